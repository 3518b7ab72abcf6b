"""Windows in which the site works on no day: told while there is time, and nothing is moved by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.schedule import PlannedVisit, Slot
from sle_desk.domain.site_calendar import NOTHING_ENTERED, SiteCalendar
from sle_desk.domain.visit_rules import EARLY_TERMINATION
from sle_desk.services import courses, plan
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import Due
from sle_desk.services.plan import PLANNED, WINDOW_OPEN, Calendar, DueVisit
from sle_desk.services.site_days import site_calendar_in

VISIT, INFUSION = "visit", "infusion"


@dataclass(frozen=True)
class VisitPlan:
    """The visits of one subject that have dates, the calendar of the site, and the windows without a day."""

    visits: Mapping[str, PlannedVisit] = field(default_factory=dict)
    site: SiteCalendar = NOTHING_ENTERED
    closed: tuple[Due, ...] = ()


def closed_windows(calendar: Calendar, site: SiteCalendar, protocol: Protocol) -> tuple[Due, ...]:
    """Return what is still to come with a window whose every day is closed: visits, and infusions.

    An injection can be given at home and has no such window; before the first dose no date counts.
    """
    return () if calendar.provisional else tuple(_closed(calendar, site, protocol))


def _closed(calendar: Calendar, site: SiteCalendar, protocol: Protocol) -> Iterator[Due]:
    for visit in calendar.visits:
        planned = visit.planned
        if visit.state in (PLANNED, WINDOW_OPEN) and site.wholly_closed(planned.opens_on, planned.closes_on):
            yield Due(VISIT, {"visit": planned.code, **_window(planned), **planned.told()})
    for each in calendar.slots:
        slot = each.slot
        infused = protocol.drug(slot.drug).preparation is not None
        waits = each.awaited and slot.closes_on >= calendar.on
        if infused and waits and site.wholly_closed(slot.opens_on, slot.closes_on):
            yield Due(INFUSION, {"drug": slot.drug, "number": slot.number, **_window(slot)})


def _window(planned: PlannedVisit | Slot) -> dict[str, object]:
    return {"opens_on": planned.opens_on, "closes_on": planned.closes_on}


def visit_plan(desk: Desk, subject_id: int) -> VisitPlan:
    """Return the plan of visits of a subject; none has a date before the first dose.

    After leaving only the visit that leaving makes due has one.
    """
    today = desk.today()
    with desk.view() as session:
        site = site_calendar_in(session)
        course = courses.course(session, subject_id)
        if course is None or course.failed_on is not None or course.death is not None:
            return VisitPlan(site=site)
        calendar = plan.calendar_of(course, plan.plan_versions(session, desk.protocol, today), today)
    if calendar.provisional:
        return VisitPlan(site=site)
    if not course.active:
        early = (each for each in calendar.visits if _of_leaving(each, desk.protocol))
        calendar = replace(calendar, slots=(), visits=tuple(early))
    visits = {visit.planned.code: visit.planned for visit in calendar.visits}
    return VisitPlan(visits, site, closed_windows(calendar, site, desk.protocol))


def _of_leaving(visit: DueVisit, protocol: Protocol) -> bool:
    return EARLY_TERMINATION in protocol.visit(visit.planned.code).tags
