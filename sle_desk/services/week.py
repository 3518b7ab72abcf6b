"""A week of everybody: what is planned and what took place, by subject and day; few questions for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sle_desk.domain import roles
from sle_desk.domain.site_calendar import SiteCalendar
from sle_desk.services import courses
from sle_desk.services.closed_windows import closed_windows
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import Due, Who
from sle_desk.services.overview import calendars_of, people_of
from sle_desk.services.plan import DONE, PLANNED, WINDOW_OPEN, Calendar, DueVisit
from sle_desk.services.site_days import site_calendar_in
from sle_desk.services.withdrawals import TREATMENT, VISITS

DAYS = 7
VISIT, OPENS, CLOSES, DOSE = "visit", "window_opens", "window_closes", "dose"
# Why a subject has no planned dates: a decision is open, or nothing was given yet.
OPEN_DECISIONS, NO_DAY_ONE = "open_decisions", "no_day_one"
# Why nothing more is planned: a death; for a withdrawal its scope is the code.
DIED = "died"


@dataclass(frozen=True)
class WeekRow:
    """One subject's week: what stands on each of its seven days, and why dates are missing.

    `closed` names what has a window that touches the week and no open day in it.
    """

    who: Who
    days: tuple[tuple[Due, ...], ...]
    waits: Due | None = None
    closed: tuple[Due, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing stands in the week."""
        return not any(self.days)


@dataclass(frozen=True)
class WeekView:
    """The seven days from a Monday on, with the rows of everybody who is in the study."""

    monday: date
    today: date
    rows: tuple[WeekRow, ...]
    site: SiteCalendar

    @property
    def unknown_years(self) -> tuple[int, ...]:
        """Return the years of the week whose holidays nobody entered."""
        return self.site.unknown_years(self.day(number) for number in range(DAYS))

    def day(self, number: int) -> date:
        """Return a day by its number from 0."""
        return self.monday + timedelta(days=number)


def monday_of(day: date) -> date:
    """Return the Monday of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


def week(desk: Desk, day: date) -> WeekView:
    """Return the week that a day lies in; who left or failed stands in it only with what took place."""
    today = desk.today()
    with desk.view() as session:
        everyone = courses.courses(session)
        people = people_of(session, desk.protocol, everyone, names=desk.actor.role in roles.SEES_NAMES)
        calendars = calendars_of(session, desk.protocol, everyone, today)
        site = site_calendar_in(session)
    monday = monday_of(day)
    rows = tuple(
        _row(
            people[key],
            everyone[key],
            calendars[key],
            monday,
            closed_windows(calendars[key], site, desk.protocol),
        )
        for key in everyone
    )
    shown = tuple(row for row in rows if everyone[row.who.subject_id].active or not row.empty)
    return WeekView(monday, today, shown, site)


def _row(who: Who, course: Course, calendar: Calendar, monday: date, closed: Sequence[Due]) -> WeekRow:
    found: dict[int, list[Due]] = defaultdict(list)
    for on, item in _items(calendar):
        place = (on - monday).days
        if 0 <= place < DAYS:
            found[place].append(item)
    days = tuple(tuple(found[place]) for place in range(DAYS))
    touching = (each for each in closed if _touches(each, monday) and course.active)
    return WeekRow(who, days, _waits(course, calendar), tuple(touching))


def _touches(window: Due, monday: date) -> bool:
    opens_on, closes_on = window.facts["opens_on"], window.facts["closes_on"]
    assert isinstance(opens_on, date) and isinstance(closes_on, date)
    return opens_on <= monday + timedelta(days=DAYS - 1) and closes_on >= monday


def _waits(course: Course, calendar: Calendar) -> Due | None:
    if course.death is not None:
        return Due(DIED, {"death": course.death})
    for scope in (VISITS, TREATMENT):
        if course.active and scope in course.withdrawn:
            return Due(scope, {"since": course.withdrawn[scope]})
    codes: Sequence[str] = sorted({code for part in calendar.unknown for code in part.codes})
    if codes:
        return Due(OPEN_DECISIONS, {"codes": tuple(codes)})
    return Due(NO_DAY_ONE) if course.arm and course.active and calendar.provisional else None


def _items(calendar: Calendar) -> Iterator[tuple[date, Due]]:
    """Yield what stands on each day: visits, their windows, doses, and what fits no plan."""
    for fact in calendar.other_visits:
        if fact.on_day is not None:
            yield fact.on_day, Due(VISIT, {"visit": fact.code, "visit_id": fact.id, "state": DONE})
    for visit in calendar.visits:
        # Before the first dose every planned date is provisional: it is no appointment.
        if visit.on_day is not None or not calendar.provisional:
            yield from _visit(visit)
    for each in calendar.slots:
        facts = {"drug": each.slot.drug, "number": each.slot.number, "state": each.state}
        if each.dose is not None:
            yield each.dose.on_day, Due(DOSE, facts)
        elif not calendar.provisional:
            yield each.slot.planned_on, Due(DOSE, facts)
    for state, doses in (("extra", calendar.extra), ("contested", calendar.contested)):
        for dose in doses:
            yield dose.on_day, Due(DOSE, {"drug": dose.drug, "number": None, "state": state})


def _visit(visit: DueVisit) -> Iterator[tuple[date, Due]]:
    planned = visit.planned
    facts = {"visit": planned.code, "visit_id": visit.visit_id, "state": visit.state, **planned.told()}
    yield visit.on_day or planned.planned_on, Due(VISIT, facts)
    if visit.state in (PLANNED, WINDOW_OPEN):
        for edge, code in ((planned.opens_on, OPENS), (planned.closes_on, CLOSES)):
            if edge != planned.planned_on:
                yield edge, Due(code, facts)
