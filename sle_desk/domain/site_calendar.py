"""Which days the site works: the week, and the public holidays and make-up days as they were entered.

Nothing is computed for a year of which nobody said that its days are entered: a weekday of it is unknown.
Source: the design's rules of the ward, section 8; the notices of the State Council name the days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from sle_desk.base.language import Words

# What is entered of a day: closed though it may be a weekday, worked though it is a Saturday or Sunday;
# and of a year, by its first day: that all its days are entered.
HOLIDAY, WORKED, YEAR = KINDS = ("holiday", "worked", "year")
# How a day stands beside those two.
OPEN, WEEKEND, UNKNOWN = "open", "weekend", "unknown"
NO_NAME = Words("", "")


@dataclass(frozen=True)
class SiteDay:
    """One day as it was entered, with its name and the notice or document it stands in."""

    on: date
    kind: str
    name: Words = NO_NAME
    document: str = ""


@dataclass(frozen=True)
class SiteCalendar:
    """The days that were entered, and the years of which all are."""

    days: Mapping[date, SiteDay] = field(default_factory=lambda: MappingProxyType({}))
    years: frozenset[int] = frozenset()

    def standing(self, day: date) -> str:
        """Return how a day stands: holiday or worked as entered, weekend, open, or unknown."""
        if day in self.days:
            return self.days[day].kind
        if is_weekend(day):
            return WEEKEND
        return OPEN if day.year in self.years else UNKNOWN

    def is_open(self, day: date) -> bool | None:
        """Tell whether the site works on a day; None where nobody entered the days of its year."""
        standing = self.standing(day)
        return None if standing == UNKNOWN else standing in (OPEN, WORKED)

    def is_closed(self, day: date) -> bool:
        """Tell whether the site is known to be closed on a day."""
        return self.is_open(day) is False

    def open_days(self, opens_on: date, closes_on: date) -> tuple[date, ...]:
        """Return the days of a window on which the site is known to work."""
        return tuple(day for day in days_between(opens_on, closes_on) if self.is_open(day))

    def wholly_closed(self, opens_on: date, closes_on: date) -> bool:
        """Tell whether the site is known to be closed on every day of a window."""
        return all(self.is_closed(day) for day in days_between(opens_on, closes_on))

    def unknown_years(self, days: Iterable[date]) -> tuple[int, ...]:
        """Return the years of some days whose holidays nobody entered."""
        return tuple(sorted({day.year for day in days} - self.years))


NOTHING_ENTERED = SiteCalendar()


def is_weekend(day: date) -> bool:
    """Tell whether a day is a Saturday or Sunday."""
    return day.isoweekday() > 5


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def calendar_of(entered: Iterable[SiteDay]) -> SiteCalendar:
    """Return the calendar that entries make."""
    kept = tuple(entered)
    days = {each.on: each for each in kept if each.kind != YEAR}
    return SiteCalendar(MappingProxyType(days), frozenset(each.on.year for each in kept if each.kind == YEAR))
