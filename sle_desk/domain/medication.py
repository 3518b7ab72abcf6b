"""What a course of a medicine comes to in a day, and what the protocol says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.domain.dictionary import STABLE_KINDS, Dictionary, Term
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.steroids import SteroidTable, prednisone_equivalent
from sle_desk.domain.values import partial_bounds, plain, rounded

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


# Ways of taking a glucocorticoid by which it does not reach the whole body, as far as limits go.
NOT_SYSTEMIC = frozenset({"topical", "inhaled", "eye", "other"})
HYDROXYCHLOROQUINE = "hydroxychloroquine"
# What rests on a limit, which may be decided after a medicine was begun.
HYDROXYCHLOROQUINE_ABOVE, PREDNISONE_ABOVE = LIMIT_CODES = (
    "medication.hydroxychloroquine_above",
    "medication.prednisone_above",
)
DAY = timedelta(days=1)


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
    systemic: bool = True

    @property
    def first(self) -> date:
        """Return the first day on which it may have been taken."""
        return partial_bounds(self.start)[0]

    @property
    def last(self) -> date | None:
        """Return the last day on which it may have been taken; None while it goes on."""
        return partial_bounds(self.stop)[1] if self.stop is not None else None

    @property
    def dose(self) -> tuple[str, Decimal | None]:
        """Return what is taken and how much of it, alike in either language."""
        return (self.term.code if self.term is not None else self.name.strip().casefold(), self.mg_a_day)

    @property
    def counts(self) -> bool:
        """Tell whether its dose has to be stable: an antimalarial, or a glucocorticoid for the whole body."""
        return self.category in STABLE_KINDS and self.systemic


@dataclass(frozen=True)
class Limits:
    """What the protocol allows during the study: milligrams a day, None where nothing was decided.

    `prohibits`: a list of what must not be taken is in force (D15).
    """

    hydroxychloroquine: Decimal | None
    prednisone: Decimal | None
    prohibits: bool = True


@dataclass(frozen=True)
class InForce:
    """The limits and factors that hold from a day on, until the next ones do."""

    since: date
    limits: Limits
    table: SteroidTable


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
    category, route = values.get("category"), values.get("route")
    term = dictionary.medicine(name.text)
    return Course(
        id=record_id,
        name=name.text,
        start=start.text,
        stop=stop.text if stop is not None else None,
        mg_a_day=daily_mg(values),
        term=term,
        category=(category.choice if category else None) or (term.category if term else ""),
        systemic=route is None or route.choice not in NOT_SYSTEMIC,
    )


def prednisone_mg(course: Course, table: SteroidTable) -> Decimal | None:
    """Return the prednisone equivalent in mg a day; None where it is none or its factor is open.

    A glucocorticoid on the skin, in the eye or inhaled has none.
    """
    if course.term is None or not course.term.steroid or course.mg_a_day is None or not course.systemic:
        return None
    try:
        return prednisone_equivalent(course.term.steroid, course.mg_a_day, table).value
    except RuleBroken:
        # Sources differ on the factor, and nobody has decided.
        return None


def taken_on(course: Course, day: date) -> bool:
    """Tell whether a course may have been taken on a day: a partial day counts with every day it can mean."""
    return course.first <= day and (course.last is None or course.last >= day)


def surely_taken_on(course: Course, day: date) -> bool:
    """Tell whether a course was taken on a day whatever its partial dates mean."""
    begun = partial_bounds(course.start)[1] <= day
    return begun and (course.stop is None or partial_bounds(course.stop)[0] >= day)


def sum_on(day: date, amounts: Mapping[Course, Decimal | None]) -> Decimal:
    """Return what the courses that were surely taken on a day come to, in the milligrams given for each."""
    taken = (amount for course, amount in amounts.items() if surely_taken_on(course, day))
    return sum((amount for amount in taken if amount is not None), Decimal(0))


def shows(
    course: Course, others: Iterable[Course], limits: Limits, table: SteroidTable, since: date
) -> tuple[ProposedDeviation, ...]:
    """Return what a course shows against the protocol; `since` is the day the protocol counts from.

    A course that ended before that day shows nothing. Prohibited: D15, [P] of the dictionary. Limits and
    stability: registry, inclusion 4; unchanged for 4 weeks before screening and during the study. Doses that
    are taken together are added, and told of the one that began last.
    """
    if course.last is not None and course.last < since:
        return ()
    every = (course, *(other for other in others if other.id != course.id))
    found = []
    if course.term is not None and course.term.prohibited and limits.prohibits:
        found.append(ProposedDeviation("medication.prohibited", MAJOR, {"medicine": course.name}))
    if course.term is not None and course.term.code == HYDROXYCHLOROQUINE:
        amounts = {each: each.mg_a_day for each in every if each.dose[0] == HYDROXYCHLOROQUINE}
        found += _above(HYDROXYCHLOROQUINE_ABOVE, course, amounts, limits.hydroxychloroquine, since)
    amounts = {each: amount for each in every if (amount := prednisone_mg(each, table)) is not None}
    if course in amounts:
        found += _above(PREDNISONE_ABOVE, course, amounts, limits.prednisone, since)
    if course.counts:
        found += _changed(
            course, [each for each in every if each.category == course.category and each.counts], since
        )
    return tuple(found)


def shows_over(
    course: Course, others: Iterable[Course], readings: Sequence[InForce], since: date
) -> tuple[ProposedDeviation, ...]:
    """Return what a course shows under the readings in force while it was taken, the first on day `since`.

    It is judged by what held when it began. A limit that came later counts from its day on, where it is still
    taken then; it cures nothing from before, and what one limit told of, the next does not tell of again.
    """
    every = tuple(others)
    begun = max(partial_bounds(course.start)[1], since)
    at_first = [each for each in readings if each.since <= begun][-1]
    found = list(shows(course, every, at_first.limits, at_first.table, since))
    for later in readings:
        if later.since <= begun or not taken_on(course, later.since):
            continue
        told = {each.code for each in found}
        found += [
            replace(each, on_day=later.since)
            for each in shows(course, every, later.limits, later.table, later.since)
            if each.code in LIMIT_CODES and each.code not in told
        ]
    return tuple(found)


def _above(
    code: str, course: Course, amounts: Mapping[Course, Decimal | None], limit: Decimal | None, since: date
) -> list[ProposedDeviation]:
    """Tell of a course with which the doses of a day rise above a limit: the last one of them to begin."""
    day = max(partial_bounds(course.start)[1], since)
    others = {other: amounts[other] for other in amounts if other != course and _began_by(other, course)}
    total = (amounts[course] or Decimal(0)) + sum_on(day, others)
    if limit is None or total <= limit:
        return []
    facts = {"medicine": course.name, "amount": plain(rounded(total)), "limit": plain(limit)}
    return [ProposedDeviation(code, MINOR, facts)]


def _began_by(other: Course, course: Course) -> bool:
    return (other.first, other.id) <= (course.first, course.id)


def _changed(course: Course, alike: Iterable[Course], since: date) -> list[ProposedDeviation]:
    """Tell of a dose that began, or ended without another, after the day from which it has to be stable."""
    watched, kept = since - timedelta(days=STABLE_DAYS), list(alike)
    found = []
    if course.first > watched and _doses(kept, course.first - DAY) != _doses(kept, course.first):
        facts = {"medicine": course.name, "start": course.start, "days": STABLE_DAYS}
        found.append(ProposedDeviation("medication.not_stable", MINOR, facts))
    # Another dose after it tells of the change itself.
    if course.last is not None and since <= course.last < date.max and not _doses(kept, course.last + DAY):
        facts = {"medicine": course.name, "stop": course.stop or "", "days": STABLE_DAYS}
        ended = max(partial_bounds(course.stop or "")[0], since)
        found.append(ProposedDeviation("medication.stopped", MINOR, facts, on_day=ended))
    return found


def _doses(courses: Iterable[Course], day: date) -> set[tuple[str, Decimal | None]]:
    return {course.dose for course in courses if taken_on(course, day)}
