"""The facts of an event of the audit in words: what they are called, and their values as people read them."""

from __future__ import annotations

from string import Formatter
from typing import Any

from sle_desk.base.instants import read_instant
from sle_desk.base.language import Language
from sle_desk.base.words import sentences
from sle_desk.domain.audit_facts import FACT_WORDS, PLACE_WORDS, WAY_WORDS, fact_words
from sle_desk.domain.audit_words import action_words
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.wording import offset
from sle_desk.services.history import AuditRow
from sle_desk.ui.audit_values import Line
from sle_desk.ui.wording import role_words

INSTANTS = frozenset({"now", "last", "restored_at"})
# Of a hash so much as tells two files apart; the workbook of the export holds the whole.
HASH_SHOWN = 12
UNSAID = "…"


def facts_words(row: AuditRow, language: Language) -> str:
    """Return what an event says, as "file: …; up to audit number: 214"."""
    return "; ".join(line.said() for line in fact_lines(row, language))


def fact_lines(row: AuditRow, language: Language) -> tuple[Line, ...]:
    """Return what an event says, a line for each fact."""
    return tuple(
        Line(language.words(fact_words(row.action, name)), None, _value(row, name, value, language))
        for name, value in _in_order(row)
    )


def _in_order(row: AuditRow) -> list[tuple[str, Any]]:
    """Return the facts as people tell them; the audit keeps them by their letters."""
    told = dict.fromkeys((*FACT_WORDS.get(row.action, {}), *row.facts))
    # A refusal has said what was refused where its action stands.
    kept = (name for name in told if name in row.facts and (row.action, name) != ("refused", "action"))
    return [(name, row.facts[name]) for name in kept]


def _value(row: AuditRow, name: str, value: Any, language: Language) -> str:
    if (row.action, name) == ("refused", "code"):
        return _why(row, str(value), language)
    if (row.action, name) == ("audit.redact", "rows"):
        return ", ".join(str(each["number"]) for each in value)
    if name in INSTANTS:
        return _instant(str(value))
    if name == "seconds":
        return language.text("{seconds} s", seconds=value)
    if name == "place" and value in PLACE_WORDS:
        return language.words(PLACE_WORDS[value])
    if name == "way" and value in WAY_WORDS:
        return language.words(WAY_WORDS[value])
    if name == "preset" and value in PRESETS:
        return language.words(PRESETS[value].label)
    return _listed(value)


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} (sha256 {str(kept)[:HASH_SHOWN]}{UNSAID})" for name, kept in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _instant(kept: str) -> str:
    try:
        at = read_instant(kept)
    except ValueError:
        # Masked, or written by another version: it stands as it is.
        return kept
    return f"{at:%Y-%m-%d %H:%M:%S} {offset(at)}"


def _why(row: AuditRow, code: str, language: Language) -> str:
    """Return why something was refused: the sentence that was shown, as far as the audit keeps its facts."""
    text = sentences().get(code)
    if text is None:
        return code
    known = {
        "action": language.words(action_words(str(row.facts.get("action", "")))),
        "role": role_words(row.role, language),
    }
    asked = {field for _, field, _, _ in Formatter().parse(text) if field}
    return language.text(text, **{name: known.get(name, UNSAID) for name in asked})
