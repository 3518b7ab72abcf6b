"""Rows of the audit in words: what was done, to which record, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.language import Language
from sle_desk.domain.audit_words import action_words, table_words
from sle_desk.exports.wording import COLON, COMMA
from sle_desk.services.history import AuditRow
from sle_desk.ui.audit_facts import facts_words
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.table import Column
from sle_desk.ui.wording import role_words

# What is longer is read with Enter; a cell that held a whole text would take seconds to draw.
LONGEST = 400


def done_words(row: AuditRow, language: Language) -> str:
    """Return what was done; of a refusal also what was refused."""
    words = language.words(action_words(row.action))
    refused = row.facts.get("action") if row.action == "refused" else None
    more = [language.words(action_words(str(refused)))] if refused else []
    return language.words(COLON).join((words, *more))


def record_words(row: AuditRow, language: Language) -> str:
    """Return which record a row is about; an event is about none."""
    return f"{language.words(table_words(row.table))} {row.row_id}" if row.table else ""


def who_words(row: AuditRow, language: Language) -> str:
    """Return who did it, in which role."""
    return language.words(COMMA).join((row.user, role_words(row.role, language)))


def change_words(row: AuditRow, values: AuditValues) -> str:
    """Return what a row changed, as "Weight: 56 kg → 56.4 kg"; an event says its facts."""
    if row.facts:
        return facts_words(row, values.language)
    return "; ".join(line.said() for line in values.lines(row))


def why_words(row: AuditRow, values: AuditValues) -> str:
    """Return why it was done, or nothing where no reason was given."""
    reason = values.why(row.action, row.reason)
    return values.language.text("Reason: {reason}", reason=reason) if reason else ""


def shortened(said: str) -> str:
    """Return so much of a text as stands in a list."""
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def audit_columns(values: AuditValues) -> Sequence[Column]:
    """Return the columns of rows of the audit: what changed has the room, the rest stands in two lines."""
    language = values.language

    def changed(row: AuditRow) -> str:
        return shortened(change_words(row, values))

    def why(row: AuditRow) -> str:
        return why_words(row, values)

    return (
        Column(language.text("No."), lambda row: row.number, lambda row: str(row.number), align="right"),
        Column(
            language.text("When"),
            lambda row: row.at,
            lambda row: f"{row.at:%Y-%m-%d %H:%M:%S}",
            second=lambda row: row.user,
        ),
        Column(
            language.text("Action"),
            lambda row: row.action,
            lambda row: done_words(row, language),
            second=lambda row: record_words(row, language),
            width=170,
        ),
        Column(language.text("Change"), changed, changed, second=why, stretch=True, identity=True),
    )
