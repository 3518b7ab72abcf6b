"""What a course of a medicine comes to in a day, and what the protocol says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.domain.dictionary import GLUCOCORTICOID, Dictionary
from sle_desk.domain.dosing import MAJOR, MINOR, ProposedDeviation
from sle_desk.domain.medicine_days import (
    DAY,
    highest_on,
    is_beside,
    sum_on,
    turns,
)
from sle_desk.domain.medicine_days import (
    Course as Course,
)
from sle_desk.domain.medicine_days import (
    surely_taken_on as surely_taken_on,
)
from sle_desk.domain.medicine_days import (
    taken_on as taken_on,
)
from sle_desk.domain.steroids import SteroidTable, prednisone_equivalent
from sle_desk.domain.values import partial_bounds, plain, rounded

FORM = "medication"
ONCE = "ONCE"
# Doses, and the days they are spread over, of each frequency that says how many; the others (when needed)
# come to no daily dose. What is taken once counts on its one day with its whole amount.
A_DAY = {
    "QD": (Decimal(1), Decimal(1)),
    "BID": (Decimal(2), Decimal(1)),
    "TID": (Decimal(3), Decimal(1)),
    "QOD": (Decimal(1), Decimal(2)),
    "QW": (Decimal(1), Decimal(7)),
    "Q4W": (Decimal(1), Decimal(28)),
    ONCE: (Decimal(1), Decimal(1)),
}
IN_MG = {"mg": Decimal(1), "g": Decimal(1000), "ug": Decimal("0.001")}
# [P] the registry: unchanged for at least 4 weeks before screening and during the study.
STABLE_DAYS = 28


# Ways of taking a glucocorticoid by which it does not reach the whole body, as far as limits go.
NOT_SYSTEMIC = frozenset({"topical", "inhaled", "eye", "other"})
HYDROXYCHLOROQUINE = "hydroxychloroquine"
# What rests on a limit, which may be decided after a medicine was begun.
(
    HYDROXYCHLOROQUINE_ABOVE,
    PREDNISONE_ABOVE,
    HYDROXYCHLOROQUINE_PERHAPS,
    PREDNISONE_PERHAPS,
    NO_AMOUNT,
    UNKNOWN,
) = LIMIT_CODES = (
    "medication.hydroxychloroquine_above",
    "medication.prednisone_above",
    "medication.hydroxychloroquine_perhaps_above",
    "medication.prednisone_perhaps_above",
    "medication.no_daily_amount",
    "medication.no_equivalent",
)
_HYDROXYCHLOROQUINE_CODES = (HYDROXYCHLOROQUINE_ABOVE, HYDROXYCHLOROQUINE_PERHAPS)
_PREDNISONE_CODES = (PREDNISONE_ABOVE, PREDNISONE_PERHAPS)
_PERHAPS = dict((_HYDROXYCHLOROQUINE_CODES, _PREDNISONE_CODES))


@dataclass(frozen=True)
class Limits:
    """What the protocol allows during the study: milligrams a day, None where nothing was decided.

    `prohibits`: a list of what must not be taken is in force (D15). `by_name`: so is that cholinergic
    stimulants and topical ciclosporin have to be stable (D06).
    """

    hydroxychloroquine: Decimal | None
    prednisone: Decimal | None
    prohibits: bool = True
    by_name: bool = False


@dataclass(frozen=True)
class InForce:
    """The limits and factors that hold from a day on, until the next ones do."""

    since: date
    limits: Limits
    table: SteroidTable

    @property
    def compares(self) -> tuple[object, ...]:
        """Return what a dose is compared with."""
        return (self.limits.hydroxychloroquine, self.limits.prednisone, self.table)


def daily_mg(values: Mapping[str, Value]) -> Decimal | None:
    """Return the milligrams a day that dose, unit and frequency come to; None where they do not say."""
    dose, unit, frequency = (values.get(code) for code in ("dose", "unit", "frequency"))
    if dose is None or dose.number is None or dose.comparator or unit is None or frequency is None:
        return None
    factor, often = IN_MG.get(unit.choice or ""), A_DAY.get(frequency.choice or "")
    if factor is None or often is None or (frequency.choice == ONCE and not _is_one_day(values)):
        return None
    doses, days = often
    return dose.number * factor * doses / days


def _is_one_day(values: Mapping[str, Value]) -> bool:
    """Tell whether what was taken once can have been of one day: it neither goes on nor ended on another."""
    start, stop, goes_on = (values.get(code) for code in ("start", "stop", "ongoing"))
    if goes_on is not None and goes_on.choice == "Y":
        return False
    if stop is None or not stop.text or start is None or not start.text:
        return True
    return partial_bounds(stop.text)[0] <= partial_bounds(start.text)[1]


def course_of(record_id: int, values: Mapping[str, Value], dictionary: Dictionary) -> Course | None:
    """Return the course that an entry describes; None while name or start are missing."""
    name, start, stop = (values.get(code) for code in ("name", "start", "stop"))
    if name is None or not name.text or start is None or not start.text:
        return None
    category, route, frequency = (values.get(code) for code in ("category", "route", "frequency"))
    term = dictionary.medicine(name.text)
    once = frequency is not None and frequency.choice == ONCE and _is_one_day(values)
    ended = stop.text if stop is not None else None
    return Course(
        id=record_id,
        name=name.text,
        start=start.text,
        stop=start.text if once and not ended else ended,
        mg_a_day=daily_mg(values),
        term=term,
        category=(category.choice if category else None) or (term.category if term else ""),
        systemic=route is None or route.choice not in NOT_SYSTEMIC,
        once=once,
    )


def is_counted(course: Course) -> bool:
    """Tell whether a course is a glucocorticoid for the whole body, by its name or by its kind."""
    steroid = course.term is not None and bool(course.term.steroid)
    return course.systemic and (steroid or course.category == GLUCOCORTICOID)


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


@dataclass(frozen=True)
class Span:
    """The days over which a limit holds; no day after today, or after the end of the study, is compared.

    `screened`: the day from which doses have to have been stable, the first day of the limit unless told.
    """

    since: date = date.min
    until: date = date.max
    today: date = date.max
    ended: date = date.max
    screened: date | None = None


WHOLE = Span()


def shows(
    course: Course,
    others: Iterable[Course],
    limits: Limits,
    table: SteroidTable,
    since: date,
    span: Span = WHOLE,
) -> tuple[ProposedDeviation, ...]:
    """Return what a course shows against the protocol; `since` is the day the protocol counts from.

    A course that ended before that day, or began after the end of the study, breaks no limit. Prohibited:
    D15, [P] of the dictionary. Limits and stability: registry, inclusion 4; unchanged for 4 weeks before
    screening and during the study. Doses that are taken together are added, and told of the one that began
    last. A premedication given once counts for neither: it is no daily dose.
    """
    if course.first > span.ended:
        return ()
    every = (course, *(other for other in others if other.id != course.id))
    if course.last is not None and course.last < since:
        return () if course.premedication else tuple(_unstable(course, every, limits, since, span))
    found = []
    if course.term is not None and course.term.prohibited and limits.prohibits:
        found.append(ProposedDeviation("medication.prohibited", MAJOR, {"medicine": course.name}))
    if course.premedication:
        return tuple(found)
    every = tuple(each for each in every if not each.premedication)
    span = replace(span, since=since)
    if course.dose[0] == HYDROXYCHLOROQUINE:
        amounts = {each: each.mg_a_day for each in every if each.dose[0] == HYDROXYCHLOROQUINE}
        found += _against(_HYDROXYCHLOROQUINE_CODES, course, amounts, limits.hydroxychloroquine, span)
    if is_counted(course):
        amounts = {each: prednisone_mg(each, table) for each in every if is_counted(each)}
        found += _against(_PREDNISONE_CODES, course, amounts, limits.prednisone, span)
    found += _unstable(course, every, limits, since, span)
    return tuple(found)


def _unstable(
    course: Course, every: Iterable[Course], limits: Limits, since: date, span: Span
) -> list[ProposedDeviation]:
    """Tell of a change of what has to be stable, by its kind or by its name."""
    screened = span.screened or since
    if course.counts:
        alike = [each for each in every if each.category == course.category and each.counts]
    elif limits.by_name and course.counts_by_name:
        alike = [each for each in every if each.counts_by_name and each.dose[0] == course.dose[0]]
    else:
        return []
    return _changed(course, alike, screened, span.ended)


def shows_over(
    course: Course,
    others: Iterable[Course],
    readings: Sequence[InForce],
    since: date,
    today: date = date.max,
    span: Span = WHOLE,
) -> tuple[ProposedDeviation, ...]:
    """Return what a course shows under the readings in force while it was taken, the first on day `since`.

    `span` says when the study began and ended for this subject. The course is judged by what held when it may
    have begun, from `since` on. A limit that came later counts from its
    day on, where it is still taken then; it cures nothing from before, and what one limit told of, the next
    does not tell of again.
    """
    every = tuple(others)
    begun = max(course.first, since)
    past = [each for each in readings if each.since <= begun]
    turned = [two for one, two in pairwise(readings[len(past) - 1 :]) if one.compares != two.compares]
    ends = [*(each.since - DAY for each in turned), date.max]
    at_first, of_study = past[-1], replace(span, today=min(today, span.ended))
    found = list(
        shows(course, every, at_first.limits, at_first.table, since, replace(of_study, until=ends[0]))
    )
    for later, end in zip(turned, ends[1:], strict=True):
        if not taken_on(course, later.since):
            continue
        told, then = {each.code for each in found}, replace(of_study, until=end)
        found += [
            replace(each, on_day=each.on_day or later.since)
            for each in shows(course, every, later.limits, later.table, later.since, then)
            if each.code in LIMIT_CODES and each.code not in told
        ]
    sure = {_PERHAPS[each.code] for each in found if each.code in _PERHAPS}
    return tuple(each for each in found if each.code not in sure)


def _against(
    codes: tuple[str, str],
    course: Course,
    amounts: Mapping[Course, Decimal | None],
    limit: Decimal | None,
    span: Span,
) -> list[ProposedDeviation]:
    """Tell of a course with which the doses of a day rise above a limit: the last one of them to begin.

    Where no daily amount can be told of it, that is said; where a partial date decides, that too.
    """
    own = amounts[course]
    if limit is None:
        return []
    if own is None:
        code = NO_AMOUNT if course.mg_a_day is None else UNKNOWN
        return [ProposedDeviation(code, MINOR, {"medicine": course.name})]
    told = {each: amount for each, amount in amounts.items() if each == course or _began_by(each, course)}
    begins = zip(codes, (_surely_above, _perhaps_above), reversed(partial_bounds(course.start)), strict=True)
    for code, found, begun in begins:
        above = found(course, told, limit, span)
        if above is not None:
            day, total = above
            facts = {"medicine": course.name, "amount": plain(rounded(total)), "limit": plain(limit)}
            return [
                ProposedDeviation(code, MINOR, facts, on_day=day if day > max(begun, span.since) else None)
            ]
    return []


def _surely_above(
    course: Course, amounts: Mapping[Course, Decimal | None], limit: Decimal, span: Span
) -> tuple[date, Decimal] | None:
    """Return the first day on which the doses are above a limit whatever partial dates mean, with its sum."""
    for day in _turns_of(course, amounts, span):
        total = sum_on(day, amounts, course)
        if surely_taken_on(course, day) and _is_above(total, limit):
            return day, total
    first, last = max(course.first, span.since), min(course.last or date.max, span.until)
    # It was taken on one of these days at least, with what was taken on all of them.
    if not _was_taken_in(course, span):
        return None
    whole = sum(
        (
            amount
            for each, amount in amounts.items()
            if amount is not None and (each == course or is_beside(each, course, first, last))
        ),
        Decimal(0),
    )
    return (first, whole) if _is_above(whole, limit) else None


def _perhaps_above(
    course: Course, amounts: Mapping[Course, Decimal | None], limit: Decimal, span: Span
) -> tuple[date, Decimal] | None:
    """Return the first day on which the doses may be above a limit, with its sum: a partial date decides."""
    for day in _turns_of(course, amounts, span):
        total = highest_on(day, amounts, course)
        if taken_on(course, day) and _is_above(total, limit):
            return day, total
    return None


def _turns_of(course: Course, courses: Iterable[Course], span: Span) -> list[date]:
    """Return the days of a span on which what is taken may change, its first one too."""
    end = min(span.until, span.today)
    days = {span.since, *(day for each in courses for day in turns(each))}
    return sorted(
        day for day in days if span.since <= day <= end and day < date.max and taken_on(course, day)
    )


def _was_taken_in(course: Course, span: Span) -> bool:
    """Tell whether a course was taken on a day of a span whatever its partial dates mean."""
    last = course.last or date.max
    begun_by = min(partial_bounds(course.start)[1], last)
    ended_from = last if course.stop is None else max(partial_bounds(course.stop)[0], course.first)
    return begun_by <= span.until and ended_from >= span.since


def _is_above(total: Decimal, limit: Decimal) -> bool:
    """Compare without what dividing by seven days leaves behind the twelfth decimal."""
    return rounded(total, 12) > limit


def _began_by(other: Course, course: Course) -> bool:
    return (other.first, other.id) <= (course.first, course.id)


def _changed(
    course: Course, alike: Iterable[Course], since: date, study_ended: date
) -> list[ProposedDeviation]:
    """Tell of a dose that began, or ended without another, after the day from which it has to be stable.

    What ended with the study, by death or by leaving, was not stopped during it.
    """
    watched, kept = since - timedelta(days=STABLE_DAYS), list(alike)
    found = []
    if course.first > watched and _doses(kept, course.first - DAY) != _doses(kept, course.first):
        facts = {"medicine": course.name, "start": course.start, "days": STABLE_DAYS}
        found.append(ProposedDeviation("medication.not_stable", MINOR, facts))
    # Another dose after it tells of the change itself.
    ended = not course.once and course.last is not None and watched <= course.last < study_ended
    if ended and course.last is not None and not _doses(kept, course.last + DAY):
        facts = {"medicine": course.name, "stop": course.stop or "", "days": STABLE_DAYS}
        day = max(partial_bounds(course.stop or "")[0], since)
        found.append(ProposedDeviation("medication.stopped", MINOR, facts, on_day=day))
    return found


def _doses(courses: Iterable[Course], day: date) -> set[tuple[str, Decimal | None]]:
    return {course.dose for course in courses if taken_on(course, day)}
