"""Reference flags and CTCAE grades: the highest limb stands, and no grade is an answer with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sle_desk.domain.analytes import ABNORMAL, FLAGS, HIGH, LOW, NORMAL, UNKNOWN, Analyte
from sle_desk.domain.grade_scale import (
    NO_TERM,
    NOT_REACHED,
    Baseline,
    Grade,
    Sample,
    Scale,
    graded,
    no_grade,
    scale,
)
from sle_desk.domain.grade_table import LISTED, GradeTable, Term

__all__ = [
    "ABNORMAL", "FLAGS", "HIGH", "LOW", "NORMAL", "UNKNOWN", "Baseline", "Grade", "Scale",
    "flag", "grade", "grade_answer", "grade_answers", "grade_result", "proposes_event", "scale", "worst",
]  # fmt: skip

_ZERO, _INFINITY = Decimal(0), Decimal("Infinity")
_KEPT_ROUTES = 4096


def _low_at(value: Decimal, nudge: int, low: Decimal | None, inclusive: bool) -> bool:
    if low is None:
        return False
    return value < low or (value == low and (nudge < 0 or (nudge == 0 and not inclusive)))


def _high_at(value: Decimal, nudge: int, high: Decimal | None, inclusive: bool) -> bool:
    if high is None:
        return False
    return value > high or (value == high and (nudge > 0 or (nudge == 0 and not inclusive)))


def flag(
    value: Decimal,
    comparator: str,
    low: Decimal | None,
    high: Decimal | None,
    *,
    low_inclusive: bool = True,
    high_inclusive: bool = True,
) -> str:
    """Return LOW, NORMAL, HIGH or UNKNOWN; UNKNOWN without limits, and where a comparator leaves it open."""
    if low is None and high is None:
        return UNKNOWN
    # The two ends of what the value stands for; a nudge of -1 is just below it, +1 just above it.
    ends: tuple[tuple[Decimal, int], ...] = ((value, 0),)
    if comparator in ("<", "<="):
        ends = ((_ZERO, 0), (value, -1 if comparator == "<" else 0))
    elif comparator:
        ends = ((value, 1 if comparator == ">" else 0), (_INFINITY, 0))
    found = set()
    for end, nudge in ends:
        if _low_at(end, nudge, low, low_inclusive):
            found.add(LOW)
        elif _high_at(end, nudge, high, high_inclusive):
            found.add(HIGH)
        else:
            found.add(NORMAL)
    # Low, normal, high follow each other: when both ends agree, all between them does.
    return found.pop() if len(found) == 1 else UNKNOWN


def grade(
    term: Term,
    value: Decimal,
    comparator: str,
    unit: str,
    low: Decimal | None,
    high: Decimal | None,
    baseline: Baseline | None = None,
    fasting: bool | None = None,
) -> Grade:
    """Return the grade of a value by one term; limits and baseline stand in the unit of the value."""
    return scale(term, unit, low, high, baseline, fasting).grade(value, comparator)


def grade_answer(term: Term, answer: str) -> Grade:
    """Return the grade of a result that is a word, such as a dipstick's 2+."""
    found = term.answers.get(answer)
    return graded(term, found, LISTED) if found else no_grade(term, NOT_REACHED)


class _Route(NamedTuple):
    """A scale, and the analyte that brings values into its unit (None: they are in it as typed)."""

    scale: Scale
    converts: Analyte | None


def _route(term: Term, analyte: Analyte, unit: str, sample: Sample) -> _Route:
    """Grade in the typed unit where the sheet prints limits in it, else in the standard unit."""
    low, high, baseline, fasting = sample
    if not term.units or unit in term.units or not analyte.unit(unit).same_quantity:
        return _Route(scale(term, unit, low, high, baseline, fasting), None)
    low, high = (None if limit is None else analyte.in_standard(limit, unit) for limit in (low, high))
    baseline = baseline and Baseline(analyte.in_standard(baseline.value, unit), baseline.flag)
    return _Route(scale(term, analyte.standard.code, low, high, baseline, fasting), analyte)


def _absent(table: GradeTable, analyte: Analyte) -> tuple[Grade, ...]:
    return tuple(
        Grade("", None, NO_TERM, "", term.source, False, table.version, term.reason)
        for term in table.absent.get(analyte.code, ())
    )


@lru_cache(maxsize=_KEPT_ROUTES)
def _routes(
    table: GradeTable,
    analyte: Analyte,
    unit: str,
    low: Decimal | None,
    high: Decimal | None,
    baseline: Baseline | None,
    fasting: bool | None,
) -> tuple[tuple[_Route, ...], tuple[Grade, ...]]:
    sample = Sample(low, high, baseline, fasting)
    terms = table.by_analyte.get(analyte.code, ())
    routes = tuple(_route(term, analyte, unit, sample) for term in terms if term.limbs)
    return routes, _absent(table, analyte)


def grade_result(
    table: GradeTable,
    analyte: Analyte,
    value: Decimal,
    comparator: str,
    unit: str,
    low: Decimal | None,
    high: Decimal | None,
    baseline: Baseline | None = None,
    fasting: bool | None = None,
) -> tuple[Grade, ...]:
    """Return one grade or reason for each term of the analyte; empty where this version has nothing on it."""
    routes, absent = _routes(table, analyte, unit, low, high, baseline, fasting)
    found = [
        route.scale.grade(route.converts.in_standard(value, unit) if route.converts else value, comparator)
        for route in routes
    ]
    return (*found, *absent)


def grade_answers(table: GradeTable, analyte: Analyte, answer: str) -> tuple[Grade, ...]:
    """Return the same for a result that is a word."""
    terms = table.by_analyte.get(analyte.code, ())
    return (*(grade_answer(term, answer) for term in terms if term.answers), *_absent(table, analyte))


def worst(grades: Iterable[Grade]) -> Grade | None:
    """Return what to show of several terms: the highest grade, else what is open rather than not reached."""
    return max(grades, key=lambda found: (found.grade or 0, found.reason != NOT_REACHED), default=None)


def proposes_event(now: Grade, baseline: Grade | None) -> bool:
    """Tell whether a laboratory grade proposes an adverse event: only when worse than at baseline."""
    before = baseline.grade if baseline and baseline.grade else 0
    return now.grade is not None and now.grade > before
