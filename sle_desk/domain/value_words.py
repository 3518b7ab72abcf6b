"""A saved value as people read it: words of an answer, a number with its unit, why nothing is there."""

from __future__ import annotations

from sle_desk.base.language import Words
from sle_desk.domain.checks import IN_QUERY, MISSING_REASONS, NO_LONGER_ASKED, Value
from sle_desk.domain.forms import Field, unit_words

NOTHING = Words("–", "–")


def value_words(asked: Field, value: Value | None) -> Words:
    """Return a value of a field in both languages, a number as it was typed; a dash where there is none."""
    if value is None:
        return NOTHING
    if value.missing == IN_QUERY.code:
        return Words(f"{IN_QUERY.label.en}: {value.typed}", f"{IN_QUERY.label.zh}：{value.typed}")
    if value.missing is not None:
        reasons = (*MISSING_REASONS, NO_LONGER_ASKED)
        found = next((reason.label for reason in reasons if reason.code == value.missing), None)
        return found or Words(value.missing, value.missing)
    if value.choice is not None:
        return _choice(asked, value.choice)
    if value.number is not None and asked.unit:
        unit = unit_words(asked.unit)
        return Words(f"{value.as_typed} {unit.en}", f"{value.as_typed} {unit.zh}")
    return Words(value.as_typed, value.as_typed)


def _choice(asked: Field, code: str) -> Words:
    found = next((choice.label for choice in asked.choices if choice.code == code), None)
    return found or Words(code, code)
