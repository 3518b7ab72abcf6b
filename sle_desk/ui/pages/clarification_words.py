"""Words of the clarification register on its page; what is said on paper too stands in the exports."""

from __future__ import annotations

from sle_desk.base.language import Language, Words
from sle_desk.exports.register_words import (
    ACTS,
    BASES,
    DECISION_STATES,
    STATES,
    basis_words,
    code_words,
    given_words,
    in_force_words,
    is_open,
    reading_words,
    signed_words,
    values_words,
    waits_words,
)
from sle_desk.exports.wording import SEMICOLON
from sle_desk.services.clarifications import RegisterRow

# What the page says is found here, whether the paper says it too or not.
__all__ = [
    "ACTS", "BASES", "DECISION_STATES", "STATES", "basis_words", "both", "code_words", "given_words",
    "in_force_words", "is_open", "not_supported_words", "reading_words", "signed_words", "values_words",
    "waits_words",
]  # fmt: skip


def both(text: str, **facts: object) -> Words:
    """Return a message of the catalogue in both languages, for a form that is made here."""
    return Words(Language("en").text(text, **facts), Language("zh_CN").text(text, **facts))


def not_supported_words(row: RegisterRow, language: Language) -> str:
    """Return which options are refused because the program has no calendar for them, or nothing."""
    if not row.not_supported:
        return ""
    options = language.words(SEMICOLON).join(language.words(label) for label in row.not_supported)
    return language.text("Not supported, the program has no dose calendar for it: {options}", options=options)
