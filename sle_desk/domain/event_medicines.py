"""Which medicines stand on the report of an event: those of its onset, and those given for the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sle_desk.domain.checks import Value
from sle_desk.domain.medicine_days import Course, surely_taken_on
from sle_desk.domain.values import compared, partial_bounds

# What a medicine has to do with an onset. One taken once, with no end written, stands there as given before.
TAKEN, POSSIBLY, ONCE_BEFORE, FOR_EVENT = "taken", "possibly", "once_before", "for_event"


def onset(event: Mapping[str, Value], known_on: date) -> tuple[date, date]:
    """Return the first and the last day on which an event can have begun.

    It was known on a day, so it did not begin after it; with no start written it may have begun on any day.
    """
    start = event.get("start")
    first, last = partial_bounds(start.text) if start is not None and start.text else (date.min, date.max)
    return first, max(first, min(last, known_on))


def given_for(medicine: Mapping[str, Value], event: Mapping[str, Value]) -> bool:
    """Tell whether the entry of a medicine says that it was given for an event, by the event's own words."""
    why, term = medicine.get("indication"), event.get("term")
    if why is None or term is None or not why.text or not term.text:
        return False
    return compared(why.text) == compared(term.text)


def at_onset(course: Course, days: tuple[date, date], *, open_end: bool, for_event: bool) -> str | None:
    """Return what a course has to do with an onset between two days; None where it is of another time.

    `open_end`: no end is written, so that one taken once stands as given before. What was given for the event
    and may have begun with it or after it treats it, and was not taken when it began.
    """
    first, last = days
    if for_event and partial_bounds(course.start)[1] >= first:
        return FOR_EVENT
    if course.first > last:
        return None
    if course.last is None or course.last >= first:
        surely = surely_taken_on(course, first) and surely_taken_on(course, last)
        return TAKEN if surely else POSSIBLY
    return ONCE_BEFORE if course.once and open_end else None
