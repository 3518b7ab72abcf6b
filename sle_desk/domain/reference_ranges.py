"""A laboratory's own reference ranges: which row is right for a sex, an age and a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.analytes import BOTH, FEMALE, MALE
from sle_desk.domain.values import clean, parse_number, plain

NO_RANGE = "range.none"
NOT_ON_DAY = "range.day"
NOT_FOR_SEX = "range.sex"
NOT_FOR_AGE = "range.age"
# Two limits with what stands between them, or one with its sign, as a laboratory prints them.
_PRINTED = re.compile(
    r"(?P<above>>=?|≥)?\s*(?P<low>[0-9][0-9.]*)\s*(?:--?|[–—−~～至]|to)\s*(?P<below><=?|≤)?\s*(?P<high>[0-9][0-9.]*)"
)
_ONE_LIMIT = re.compile(r"(?P<sign><=?|>=?|≤|≥)\s*(?P<limit>[0-9][0-9.]*)")
_OUTSIDE = ("<", ">")


@dataclass(frozen=True)
class ReferenceRange:
    """One row of a laboratory's list; ages in completed years and days include both ends, None is open."""

    analyte: str
    sex: str
    age_from: int
    age_to: int | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    valid_from: date
    valid_to: date | None = None
    source: str = ""
    low_inclusive: bool = True
    high_inclusive: bool = True

    def valid_on(self, day: date) -> bool:
        """Tell whether the row is valid on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def is_for_sex(self, sex: str) -> bool:
        """Tell whether the row is for this sex; a row for both is for everyone."""
        return self.sex in (BOTH, sex)

    def is_for_age(self, age: int) -> bool:
        """Tell whether the row is for this age in completed years."""
        return self.age_from <= age and (self.age_to is None or age <= self.age_to)


@dataclass(frozen=True)
class PrintedLimits:
    """The limits of a range, each with whether a value on it is inside; None is no limit on that side."""

    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = True
    high_inclusive: bool = True

    @property
    def words(self) -> str:
        """Return the limits as they are printed, to be read by `read_limits` again."""
        low = plain(self.low) if self.low is not None else ""
        high = plain(self.high) if self.high is not None else ""
        if low and high:
            return f"{'' if self.low_inclusive else '>'}{low} – {'' if self.high_inclusive else '<'}{high}"
        if low:
            return f"{'≥' if self.low_inclusive else '>'} {low}"
        return f"{'≤' if self.high_inclusive else '<'} {high}" if high else ""


def read_limits(text: str) -> PrintedLimits:
    """Return the limits as a laboratory prints them: "3.5-9.5", "<5", "≤ 5", ">60", "≥60".

    Raises RuleBroken lab.range_unreadable or lab.range_order.
    """
    typed = clean(text)
    both, one = _PRINTED.fullmatch(typed), _ONE_LIMIT.fullmatch(typed)
    if both is not None:
        low, high = parse_number(both["low"]).value, parse_number(both["high"]).value
        if low >= high:
            raise RuleBroken("lab.range_order", low=plain(low), high=plain(high))
        return PrintedLimits(low, high, both["above"] != ">", both["below"] != "<")
    if one is None:
        raise RuleBroken("lab.range_unreadable", typed=text)
    limit, inside = parse_number(one["limit"]).value, one["sign"] not in _OUTSIDE
    if one["sign"] in ("<", "<=", "≤"):
        return PrintedLimits(None, limit, high_inclusive=inside)
    return PrintedLimits(limit, None, low_inclusive=inside)


@dataclass(frozen=True)
class RangeFound:
    """The one row that is right, or none with the reason."""

    row: ReferenceRange | None
    reason: str = ""


def range_for(ranges: Iterable[ReferenceRange], sex: str, age: int, on: date) -> RangeFound:
    """Return the row of one laboratory and analyte for a sex, an age and a sample's day.

    Raises RuleBroken lab.ranges_overlap when two rows are right: neither may be picked.
    """
    rows = list(ranges)
    if not rows:
        return RangeFound(None, NO_RANGE)
    steps: tuple[tuple[str, Callable[[ReferenceRange], bool]], ...] = (
        (NOT_ON_DAY, lambda row: row.valid_on(on)),
        (NOT_FOR_SEX, lambda row: row.is_for_sex(sex)),
        (NOT_FOR_AGE, lambda row: row.is_for_age(age)),
    )
    for reason, fits in steps:
        rows = [row for row in rows if fits(row)]
        if not rows:
            return RangeFound(None, reason)
    if len(rows) > 1:
        raise _overlap(rows[0], rows[1])
    return RangeFound(rows[0])


def check_ranges(ranges: Sequence[ReferenceRange]) -> None:
    """Refuse a laboratory's rows of which two could be right for one patient on one day."""
    for one, other in combinations(ranges, 2):
        if one.analyte == other.analyte and _meet(one, other):
            raise _overlap(one, other)


def meet(one: ReferenceRange, other: ReferenceRange) -> bool:
    """Tell whether two rows of one analyte could both be right for somebody on some day."""
    return one.analyte == other.analyte and _meet(one, other)


def left_of(old: ReferenceRange, new: ReferenceRange) -> tuple[ReferenceRange, ...]:
    """Return what of an old row still holds once a new one begins: for the sex and the ages it is not for."""
    rest = []
    if old.sex == BOTH and new.sex != BOTH:
        rest.append(replace(old, sex=FEMALE if new.sex == MALE else MALE))
    shared = replace(old, sex=new.sex if old.sex == BOTH else old.sex)
    if old.age_from < new.age_from:
        rest.append(replace(shared, age_to=new.age_from - 1))
    if new.age_to is not None and (old.age_to is None or old.age_to > new.age_to):
        rest.append(replace(shared, age_from=new.age_to + 1))
    return tuple(replace(each, valid_from=new.valid_from) for each in rest)


def _meet(one: ReferenceRange, other: ReferenceRange) -> bool:
    sexes = one.is_for_sex(other.sex) or other.is_for_sex(one.sex)
    # Two runs meet where the later start of the two lies in both.
    age, day = max(one.age_from, other.age_from), max(one.valid_from, other.valid_from)
    return sexes and all(row.is_for_age(age) and row.valid_on(day) for row in (one, other))


def _overlap(one: ReferenceRange, other: ReferenceRange) -> RuleBroken:
    return RuleBroken(
        "lab.ranges_overlap",
        analyte=one.analyte,
        sex=one.sex if other.sex == BOTH else other.sex,
        age=max(one.age_from, other.age_from),
        day=max(one.valid_from, other.valid_from).isoformat(),
    )
