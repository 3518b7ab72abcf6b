"""What the page of one subject shows beside its lists: the timeline, what is due, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.domain import roles
from sle_desk.services import courses, decisions, waiting
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import LATE, NOW, TodayRow
from sle_desk.services.event_bars import EventBar, event_bars
from sle_desk.services.graded_results import graded_rows
from sle_desk.services.overview import calendars_of, other_rows, people_of, rows_of
from sle_desk.services.plan import Calendar, CalendarDay
from sle_desk.services.safety_rows import safety_rows


@dataclass(frozen=True)
class SubjectView:
    """One subject today: the calendar, the visits with forms to sign, and the rows of Today, due ones first.

    A subject entered in error has an empty calendar and nothing due.
    """

    calendar: Calendar
    to_sign: frozenset[int]
    due: tuple[TodayRow, ...]
    events: tuple[EventBar, ...] = ()

    def coming(self, count: int) -> tuple[CalendarDay, ...]:
        """Return the next days on which something is planned, from today on."""
        if self.calendar.provisional:
            return ()
        days = (day for day in self.calendar.days() if day.on >= self.calendar.on)
        waiting_days = [
            day
            for day in days
            if any(slot.awaited for slot in day.slots) or any(v.on_day is None for v in day.visits)
        ]
        return tuple(waiting_days[:count])


def subject_view(desk: Desk, subject_id: int) -> SubjectView:
    """Return what is planned, done and due of one subject."""
    on = desk.today()
    with desk.view() as session:
        everyone = courses.courses(session, [subject_id])
        if subject_id not in everyone:
            return SubjectView(Calendar(subject_id, "", on, None, provisional=False), frozenset(), ())
        readings = decisions.readings_on(session, desk.protocol, on)
        people = people_of(session, desk.protocol, everyone, names=desk.actor.role in roles.SEES_NAMES)
        calendars = calendars_of(session, desk.protocol, everyone, on)
        rows = [
            *rows_of(session, desk.protocol, readings, everyone, people, calendars, desk.now()),
            *other_rows(session, desk.protocol, readings, everyone, people, desk.now()),
            *graded_rows(session, desk.protocol, everyone, people),
            *safety_rows(session, desk.protocol, readings, everyone, people, desk.now()),
        ]
        events = event_bars(session, desk.protocol, subject_id)
        signing = waiting.to_sign(session, desk.protocol, people)
    groups = (NOW, LATE)
    first = [row for group in groups for row in rows if row.group == group]
    return SubjectView(
        calendar=calendars[subject_id],
        to_sign=frozenset(entry.visit_id for entry in signing if entry.visit_id is not None),
        due=(*first, *(row for row in rows if row.group not in groups)),
        events=events,
    )
