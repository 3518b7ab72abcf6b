"""Rows of the audit in words: what was done, to which record, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.language import Language
from sle_desk.domain.audit_words import action_words, column_words, table_words
from sle_desk.domain.protocol import Protocol
from sle_desk.services.history import AuditRow
from sle_desk.ui.audit_facts import facts_words
from sle_desk.ui.table import Column
from sle_desk.ui.wording import role_words

NOT_TOLD = (None, "", "current", 0)
# What is longer stands in the record it is about; a cell that held a whole file would take seconds to draw.
LONGEST = 400


def done_words(row: AuditRow, language: Language) -> str:
    """Return what was done; of a refusal also what was refused."""
    words = language.words(action_words(row.action))
    refused = row.facts.get("action") if row.action == "refused" else None
    return f"{words}: {language.words(action_words(str(refused)))}" if refused else words


def record_words(row: AuditRow, language: Language) -> str:
    """Return which record a row is about; an event is about none."""
    return f"{language.words(table_words(row.table))} {row.row_id}" if row.table else ""


def change_words(row: AuditRow, language: Language, protocol: Protocol) -> str:
    """Return what a row changed, as "Weight: 56 → 56.4"; an event says its facts."""
    if row.facts:
        return facts_words(row, language)

    def name(column: str) -> str:
        form, _, field = row.fields.get(column, "").partition(".")
        return language.words(protocol.form(form).field(field).label if field else column_words(column))

    if row.operation == "insert":
        told = {column: value for column, value in row.new.items() if value not in NOT_TOLD}
        return ", ".join(f"{name(column)} = {_short(value)}" for column, value in told.items())
    changed = ((column, _short(row.old.get(column)), _short(value)) for column, value in row.new.items())
    return ", ".join(f"{name(column)}: {old} → {new}" for column, old, new in changed)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def audit_columns(language: Language, protocol: Protocol) -> Sequence[Column]:
    """Return the columns of rows of the audit."""

    def changed(row: AuditRow) -> str:
        return change_words(row, language, protocol)

    return (
        Column(language.text("No."), lambda row: row.number, lambda row: str(row.number), align="right"),
        Column(language.text("When"), lambda row: row.at, lambda row: f"{row.at:%Y-%m-%d %H:%M:%S}"),
        Column(
            language.text("Who"),
            lambda row: row.user,
            lambda row: f"{row.user}, {role_words(row.role, language)}",
        ),
        Column(language.text("Action"), lambda row: row.action, lambda row: done_words(row, language)),
        Column(language.text("Record"), lambda row: row.table, lambda row: record_words(row, language)),
        Column(language.text("Change"), changed, changed, stretch=True, identity=True),
        Column(language.text("Reason"), lambda row: row.reason, lambda row: row.reason, width=160),
    )
