"""The days on which a course of a medicine was or may have been taken, and what a day comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sle_desk.domain.dictionary import ALWAYS, LOCAL, STABLE_KINDS, Term
from sle_desk.domain.values import partial_bounds

DAY = timedelta(days=1)
PREMEDICATION = "premedication"


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
    once: bool = False

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
    def premedication(self) -> bool:
        """Tell whether it was given once before an infusion: no dose that a person lives on."""
        return self.once and self.category == PREMEDICATION

    @property
    def counts(self) -> bool:
        """Tell whether its dose has to be stable: an antimalarial, or a glucocorticoid for the whole body."""
        return self.category in STABLE_KINDS and self.systemic

    @property
    def counts_by_name(self) -> bool:
        """Tell whether its dose has to be stable by its name: always, or where it is used locally."""
        where = self.term.stable if self.term is not None else ""
        return where == ALWAYS or (where == LOCAL and not self.systemic)


def taken_on(course: Course, day: date) -> bool:
    """Tell whether a course may have been taken on a day: a partial day counts with every day it can mean."""
    return course.first <= day and (course.last is None or course.last >= day)


def surely_taken_on(course: Course, day: date) -> bool:
    """Tell whether a course was taken on a day whatever its partial dates mean."""
    begun = partial_bounds(course.start)[1] <= day
    return begun and (course.stop is None or partial_bounds(course.stop)[0] >= day)


def sum_on(day: date, amounts: Mapping[Course, Decimal | None], about: Course | None = None) -> Decimal:
    """Return what the courses that were surely taken on a day come to, in the milligrams given for each.

    On a day on which some of them end and others begin, one took the place of the other: the larger counts,
    or with `about` the side that this course is on.
    """
    taken = {course: amount for course, amount in amounts.items() if surely_taken_on(course, day)}
    # A partial date may mean that the one ended as the other began; then the sum of both is not sure.
    ends = {each for each in taken if each.stop is not None and partial_bounds(each.stop)[0] == day}
    return _handed_over(taken, ends, {each for each in taken if partial_bounds(each.start)[1] == day}, about)


def highest_on(day: date, amounts: Mapping[Course, Decimal | None], about: Course) -> Decimal:
    """Return what the courses that may have been taken on a day can come to, as `about` is taken."""
    taken = {course: amount for course, amount in amounts.items() if taken_on(course, day)}
    ends = {each for each in taken if each.last == day}
    return _handed_over(taken, ends, {each for each in taken if each.first == day}, about)


def _handed_over(
    taken: Mapping[Course, Decimal | None], ends: set[Course], begins: set[Course], about: Course | None
) -> Decimal:
    """Sum a day; what is taken on that day alone replaces nothing and is added."""
    ended, begun = ends - begins, begins - ends
    sides = [_total(taken, taken.keys() - ended), _total(taken, taken.keys() - begun)]
    if not ended or not begun:
        return _total(taken, taken.keys())
    if about in begun:
        return sides[0]
    return sides[1] if about in ended else max(sides)


def _total(amounts: Mapping[Course, Decimal | None], courses: Iterable[Course]) -> Decimal:
    return sum((amounts[each] or Decimal(0) for each in courses), Decimal(0))


def is_beside(other: Course, course: Course, first: date, last: date) -> bool:
    """Tell whether another was taken on every one of some days, and on none of them in place of a course."""
    if not (surely_taken_on(other, first) and surely_taken_on(other, last)):
        return False
    ended = other.stop is not None and partial_bounds(other.stop)[0] == last
    replaced = course.stop is not None and partial_bounds(course.stop)[0] <= first
    return not (
        (ended and partial_bounds(course.start)[1] >= last)
        or (replaced and partial_bounds(other.start)[1] == first)
    )


def turns(course: Course) -> Iterator[date]:
    """Yield the days on which something about a course may begin to be otherwise than the day before."""
    yield from partial_bounds(course.start)
    if course.stop is not None:
        yield from (day + DAY for day in partial_bounds(course.stop) if day < date.max)
