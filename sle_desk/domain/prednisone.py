"""What the systemic glucocorticoids of a day come to in prednisone, and over which days that stays so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sle_desk.domain.decisions import Readings
from sle_desk.domain.medication import is_counted, prednisone_mg
from sle_desk.domain.medicine_days import DAY, Course, sum_on, surely_taken_on, taken_on, turns
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.steroids import SteroidTable

# Why it cannot be told what is taken on a day: a partial date that may mean the day or not, a dose that
# comes to no daily amount (when needed, once, by the tablet), a factor that nobody decided, a glucocorticoid
# that the package has no factor of.
DATES, DOSE, FACTOR, NAME = WHYS = ("dates", "dose", "factor", "name")


@dataclass(frozen=True)
class Stretch:
    """Days one after another with one amount in mg a day; `mg` is None where it cannot be told, for `why`."""

    first: date
    last: date
    mg: Decimal | None
    why: tuple[str, ...] = ()


def table_on(protocol: Protocol, readings: Readings) -> SteroidTable:
    """Return the package's factors, and those that it leaves open as they were decided."""
    table, declared = protocol.steroids, {setting.code for setting in protocol.settings}
    for steroid in protocol.steroids.steroids:
        setting = f"steroid.{steroid.code}_mg"
        amount = readings.number(setting) if setting in declared else None
        if amount is not None:
            table = table.decided(steroid.code, amount, setting)
    return table


def prednisone_over(
    courses: Iterable[Course], table: SteroidTable, since: date, until: date
) -> tuple[Stretch, ...]:
    """Return every day from `since` to `until` as stretches; nothing where no glucocorticoid is recorded.

    The sum of a day is the one the limits are compared with; a premedication stands in it, and in no limit.
    A day on which a course may have been taken or not, or comes to no amount, is not known: it is neither
    left out of the sum nor taken as 0.
    """
    counted = tuple(course for course in courses if is_counted(course))
    if not counted or since > until:
        return ()
    changes = {day for course in counted for day in turns(course) if since < day <= until}
    days = [since, *sorted(changes)]
    ends = [*(day - DAY for day in days[1:]), until]
    found: list[Stretch] = []
    for first, last in zip(days, ends, strict=True):
        stretch = _of(counted, table, first, last)
        if found and (found[-1].mg, found[-1].why) == (stretch.mg, stretch.why):
            found[-1] = replace(found[-1], last=last)
        else:
            found.append(stretch)
    return tuple(found)


def _of(courses: tuple[Course, ...], table: SteroidTable, first: date, last: date) -> Stretch:
    """Return the stretch between two turns: what holds on its first day holds on each."""
    amounts = {course: prednisone_mg(course, table) for course in courses if taken_on(course, first)}
    why = {
        reason
        for course, amount in amounts.items()
        for reason in _unclear(course, amount, surely_taken_on(course, first))
    }
    if why:
        return Stretch(first, last, None, tuple(code for code in WHYS if code in why))
    return Stretch(first, last, sum_on(first, amounts))


def _unclear(course: Course, amount: Decimal | None, surely: bool) -> Iterator[str]:
    if not surely:
        yield DATES
    if amount is None:
        known = course.term is not None and bool(course.term.steroid)
        yield NAME if not known else DOSE if course.mg_a_day is None else FACTOR
