"""What the entries of medicines come to on the days of a time: at least, at most, and whether it changed.

A partial date counts with every day it can mean: what it leaves open stays open.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.domain.medication import A_DAY, ONCE, prednisone_mg
from sle_desk.domain.medicine_days import Course, highest_on, sum_on, surely_taken_on, taken_on, turns
from sle_desk.domain.medicine_entries import MedicineEntry
from sle_desk.domain.steroids import SteroidTable
from sle_desk.domain.values import rounded

NOTHING = Decimal(0)
# Dividing by seven days leaves something behind this decimal.
_DECIMALS = 12
# What is taken so often is one dose; taken when needed, once or otherwise it is none that could be stable.
_REGULAR = frozenset(A_DAY) - {ONCE}


@dataclass(frozen=True)
class Span:
    """Days one after another, both ends counted."""

    since: date
    until: date

    def days(self, courses: Iterable[Course]) -> list[date]:
        """Return the days on which what is taken may begin to be otherwise, the first one too."""
        turned = {day for course in courses for day in turns(course) if self.since < day <= self.until}
        return [self.since, *sorted(turned)]

    def may_hold(self, entry: MedicineEntry) -> bool:
        """Tell whether an entry may have been taken on one of the days."""
        course = entry.course
        if course is None:
            return True
        return course.first <= self.until and (course.last is None or course.last >= self.since)


@dataclass(frozen=True)
class Amount:
    """Milligrams a day: surely so many, at most so many; None at most where no amount can be told."""

    day: date
    least: Decimal
    most: Decimal | None

    @property
    def exact(self) -> Decimal | None:
        """Return the amount where nothing is open."""
        return self.least if self.least == self.most else None

    def can_be(self, typed: Decimal) -> bool:
        """Tell whether a typed amount can be this one, as exactly as it was typed."""
        places = max(0, -int(typed.as_tuple().exponent))
        highest = None if self.most is None else rounded(self.most, places)
        return rounded(self.least, places) <= typed and (highest is None or typed <= highest)


Amounts = Mapping[Course, Decimal | None]


def amounts_of(entries: Iterable[MedicineEntry], table: SteroidTable) -> dict[Course, Decimal | None]:
    """Return what each course comes to in a day: a glucocorticoid in prednisone, another as it is taken.

    A premedication given once before an infusion is no dose that a person lives on.
    """
    courses = (each.course for each in entries if each.course is not None and not each.course.premedication)
    return {each: _mg(each, table) for each in courses}


def _mg(course: Course, table: SteroidTable) -> Decimal | None:
    steroid = course.term is not None and bool(course.term.steroid)
    if not steroid and course.category == "glucocorticoid":
        # A glucocorticoid that the package has no factor of.
        return None
    return prednisone_mg(course, table) if steroid else course.mg_a_day


def amount_on(day: date, amounts: Amounts) -> Amount:
    """Return what the courses come to on one day."""
    taken = [course for course in amounts if taken_on(course, day)]
    least = rounded(sum_on(day, amounts), _DECIMALS)
    if any(amounts[course] is None for course in taken):
        return Amount(day, least, None)
    most = max((highest_on(day, amounts, about) for about in taken), default=NOTHING)
    return Amount(day, least, rounded(most, _DECIMALS))


def amounts_over(span: Span, amounts: Amounts) -> tuple[Amount, ...]:
    """Return the amounts of a span, one for each day on which they may change."""
    return tuple(amount_on(day, amounts) for day in span.days(amounts))


def highest(found: Sequence[Amount]) -> Amount:
    """Return the highest amount: what was surely reached on a day, and what may have been at most."""
    least = max(found, key=lambda each: each.least)
    most: Decimal | None = None
    if all(each.most is not None for each in found):
        most = max(each.most for each in found if each.most is not None)
    return Amount(least.day, least.least, most)


@dataclass(frozen=True)
class Steadiness:
    """Whether what is taken stayed the same over a span; `changed_on` is the first day it did not.

    `steady` is None where it cannot be told. `taken` is False where surely nothing was taken on any day.
    """

    steady: bool | None
    taken: bool | None
    changed_on: date | None = None


def steadiness(span: Span, entries: Sequence[MedicineEntry], table: SteroidTable) -> Steadiness:
    """Return whether the dose stayed the same on every day of a span."""
    amounts = amounts_of(entries, table)
    undated = any(each.course is None for each in entries)
    days = span.days(amounts)
    irregular = any(each.course in amounts and each.often not in _REGULAR for each in entries)
    said = [_signature(day, amounts) for day in days]
    taken = _taken(span, amounts, undated)
    known = [(day, each) for day, each in zip(days, said, strict=True) if each is not None]
    changed = next(
        (
            day
            for place, (day, each) in enumerate(known)
            if any(_differs(was, each) for _, was in known[:place])
        ),
        None,
    )
    if changed is not None:
        return Steadiness(False, taken, changed)
    if undated or irregular or None in said or len(set(said)) > 1:
        return Steadiness(None, taken)
    return Steadiness(True, taken)


def _taken(span: Span, amounts: Amounts, undated: bool) -> bool | None:
    if any(surely_taken_on(course, day) for course in amounts for day in span.days(amounts)):
        return True
    possibly = undated or any(taken_on(course, day) for course in amounts for day in span.days(amounts))
    return None if possibly else False


def _signature(day: date, amounts: Amounts) -> tuple[Hashable, ...] | None:
    """Return what is taken on a day, comparable; None where a partial date leaves it open.

    With an amount missing the courses themselves are compared: one course is one dose.
    """
    taken = [course for course in amounts if taken_on(course, day)]
    if not all(surely_taken_on(course, day) for course in taken):
        return None
    if any(amounts[course] is None for course in taken):
        return ("courses", frozenset(course.id for course in taken))
    by_medicine: dict[str, dict[Course, Decimal | None]] = {}
    for course in taken:
        steroid = course.term is not None and bool(course.term.steroid)
        by_medicine.setdefault("" if steroid else course.dose[0], {})[course] = amounts[course]
    sums = ((code, rounded(sum_on(day, of), _DECIMALS)) for code, of in by_medicine.items())
    return ("amounts", frozenset(each for each in sums if each[1]))


def _differs(one: tuple[Hashable, ...], other: tuple[Hashable, ...]) -> bool:
    """Tell whether two days surely differ: amounts are told apart, courses without one are not."""
    nothing: tuple[Hashable, ...] = ("amounts", frozenset())
    if nothing in (one, other):
        return one != other
    return one != other and one[0] == other[0] == "amounts"
