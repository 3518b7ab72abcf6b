"""What a course of a medicine comes to in a day, and what the protocol says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.domain.dictionary import Dictionary, Term
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.steroids import SteroidTable, prednisone_equivalent
from sle_desk.domain.values import partial_bounds, plain

FORM = "medication"
# Doses a day of each frequency that says how many; the others (when needed, once) come to no daily dose.
A_DAY = {
    "QD": Decimal(1),
    "BID": Decimal(2),
    "TID": Decimal(3),
    "QOD": Decimal(1) / Decimal(2),
}
IN_MG = {"mg": Decimal(1), "g": Decimal(1000), "ug": Decimal("0.001")}
# [P] the registry: unchanged for at least 4 weeks before screening and during the study.
STABLE_DAYS = 28


@dataclass(frozen=True)
class Course:
    """One medicine at one dose; `start` and `stop` are partial days, no `stop` while it goes on."""

    id: int
    name: str
    start: str
    stop: str | None
    mg_a_day: Decimal | None
    term: Term | None
    category: str


@dataclass(frozen=True)
class Limits:
    """What the protocol allows during the study: milligrams a day, None where nothing was decided."""

    hydroxychloroquine: Decimal | None
    prednisone: Decimal | None


def daily_mg(values: Mapping[str, Value]) -> Decimal | None:
    """Return the milligrams a day that dose, unit and frequency come to; None where they do not say."""
    dose, unit, frequency = (values.get(code) for code in ("dose", "unit", "frequency"))
    if dose is None or dose.number is None or dose.comparator or unit is None or frequency is None:
        return None
    factor, times = IN_MG.get(unit.choice or ""), A_DAY.get(frequency.choice or "")
    return None if factor is None or times is None else dose.number * factor * times


def course_of(record_id: int, values: Mapping[str, Value], dictionary: Dictionary) -> Course | None:
    """Return the course that an entry describes; None while name or start are missing."""
    name, start, stop = (values.get(code) for code in ("name", "start", "stop"))
    if name is None or not name.text or start is None or not start.text:
        return None
    category = values.get("category")
    term = dictionary.medicine(name.text)
    return Course(
        id=record_id,
        name=name.text,
        start=start.text,
        stop=stop.text if stop is not None else None,
        mg_a_day=daily_mg(values),
        term=term,
        category=(category.choice if category else None) or (term.category if term else ""),
    )


def prednisone_mg(course: Course, table: SteroidTable) -> Decimal | None:
    """Return the prednisone equivalent in mg a day; None where it is none or its factor is open."""
    if course.term is None or not course.term.steroid or course.mg_a_day is None:
        return None
    try:
        return prednisone_equivalent(course.term.steroid, course.mg_a_day, table).value
    except RuleBroken:
        # Sources differ on the factor, and nobody has decided.
        return None


def taken_on(course: Course, day: date) -> bool:
    """Tell whether a course may have been taken on a day: a partial day counts with every day it can mean."""
    begun = partial_bounds(course.start)[0] <= day
    return begun and (course.stop is None or partial_bounds(course.stop)[1] >= day)


def steroid_on(courses: Iterable[Course], day: date, table: SteroidTable) -> Decimal | None:
    """Return the prednisone equivalent of all courses of a day; None where one of them cannot be computed."""
    total = Decimal(0)
    for course in courses:
        if course.category != "glucocorticoid" or not taken_on(course, day):
            continue
        amount = prednisone_mg(course, table)
        if amount is None:
            return None
        total += amount
    return total


def shows(
    course: Course, others: Iterable[Course], limits: Limits, table: SteroidTable, since: date
) -> tuple[ProposedDeviation, ...]:
    """Return what a course shows against the protocol; `since` is the day the protocol counts from.

    A course that ended before that day shows nothing. Prohibited: D15, [P] of the dictionary. Limits and
    stability: registry, inclusion 4; unchanged for 4 weeks before screening and during the study.
    """
    if course.stop is not None and partial_bounds(course.stop)[1] < since:
        return ()
    found = []
    if course.term is not None and course.term.prohibited:
        found.append(ProposedDeviation("medication.prohibited", MAJOR, {"medicine": course.name}))
    if course.term is not None and course.term.code == "hydroxychloroquine":
        found += _above(
            "medication.hydroxychloroquine_above", course, course.mg_a_day, limits.hydroxychloroquine
        )
    amount = prednisone_mg(course, table)
    found += _above("medication.prednisone_above", course, amount, limits.prednisone)
    if course.category in ("glucocorticoid", "antimalarial"):
        found += _changed(course, others, since)
    return tuple(found)


def _above(
    code: str, course: Course, amount: Decimal | None, limit: Decimal | None
) -> list[ProposedDeviation]:
    if amount is None or limit is None or amount <= limit:
        return []
    facts = {"medicine": course.name, "amount": plain(amount), "limit": plain(limit)}
    return [ProposedDeviation(code, MINOR, facts)]


def _changed(course: Course, others: Iterable[Course], since: date) -> list[ProposedDeviation]:
    """Tell of a dose that began after the day from which it has to be stable."""
    begun = partial_bounds(course.start)
    if begun[0] <= since - timedelta(days=STABLE_DAYS):
        return []
    before = [other for other in others if other.id != course.id and other.category == course.category]
    changed = [other for other in before if other.mg_a_day != course.mg_a_day or other.name != course.name]
    if before and not changed:
        return []
    facts = {"medicine": course.name, "start": course.start, "days": STABLE_DAYS}
    return [ProposedDeviation("medication.not_stable", MINOR, facts)]
