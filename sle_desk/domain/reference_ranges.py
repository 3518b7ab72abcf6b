"""A laboratory's own reference ranges: which row is right for a sex, an age and a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.analytes import BOTH

NO_RANGE = "range.none"
NOT_ON_DAY = "range.day"
NOT_FOR_SEX = "range.sex"
NOT_FOR_AGE = "range.age"


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
