"""Texts that are kept as a query because they cannot be a value (ux.md section 6, level 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sle_desk.domain.checks import IMPOSSIBLE, IN_QUERY, QUERIED, Finding, Value, judge
from sle_desk.domain.forms import Form

NO_DOUBT = "query.no_doubt"


def in_query(values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Yield the values that are texts in query, with their fields."""
    return ((code, value) for code, value in values.items() if value.missing == IN_QUERY.code)


def doubt(form: Form, code: str, value: Value, now: datetime, born: date) -> str | None:
    """Return why a text cannot be a value of its field; None where it can, or where nothing is asked."""
    field = form.field(code)
    if field.kind not in QUERIED:
        return None
    _, found = judge(field, value.typed, now, born=born)
    return next((each.code for each in found if each.level == IMPOSSIBLE), None)


def no_doubts(form: Form, values: Mapping[str, Value], now: datetime, born: date) -> tuple[Finding, ...]:
    """Return a finding for each text in query that can be a value: it is entered as one."""
    return tuple(
        Finding(IMPOSSIBLE, code, NO_DOUBT, {"label": form.field(code).label, "typed": value.typed})
        for code, value in in_query(values)
        if doubt(form, code, value, now, born) is None
    )
