"""Doses of everybody as a list shows them: recorded, due or late; read in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sle_desk.domain import roles
from sle_desk.domain.dose_matching import PLANNED, DueSlot, RecordedDose
from sle_desk.services import courses
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import Who
from sle_desk.services.overview import calendars_of, people_of
from sle_desk.services.plan import Calendar

EXTRA, CONTESTED = "extra", "contested"


@dataclass(frozen=True)
class ListedDose:
    """A dose of somebody: recorded, or planned and due; `number` is None where it fills no planned dose.

    `on_day` is the day it was given or missed, or the day it was planned for while nothing is recorded.
    """

    who: Who
    drug: str
    number: int | None
    planned_on: date | None
    state: str
    on_day: date
    dose_id: int | None = None
    started_at: datetime | None = None
    administered: Decimal | None = None
    site: str = ""
    site_note: str = ""


def listed_doses(desk: Desk) -> tuple[ListedDose, ...]:
    """Return every recorded dose and every planned one that is due or late, newest first."""
    today = desk.today()
    with desk.view() as session:
        everyone = courses.courses(session)
        people = people_of(session, desk.protocol, everyone, names=desk.actor.role in roles.SEES_NAMES)
        calendars = calendars_of(session, desk.protocol, everyone, today)
    found = [row for key, calendar in calendars.items() for row in _of(people[key], calendar)]
    return tuple(sorted(found, key=_newest, reverse=True))


def _newest(row: ListedDose) -> tuple[date, str, int]:
    return row.on_day, row.started_at.isoformat() if row.started_at else "", row.who.subject_id


def _of(who: Who, calendar: Calendar) -> Iterator[ListedDose]:
    for each in calendar.slots:
        if each.dose is not None:
            yield _recorded(who, each.dose, each.state, each)
        elif each.state != PLANNED and not calendar.provisional and each.slot.planned_on <= calendar.on:
            slot = each.slot
            yield ListedDose(who, slot.drug, slot.number, slot.planned_on, each.state, slot.planned_on)
    for state, doses in ((EXTRA, calendar.extra), (CONTESTED, calendar.contested)):
        for dose in doses:
            yield _recorded(who, dose, state, None)


def _recorded(who: Who, dose: RecordedDose, state: str, due: DueSlot | None) -> ListedDose:
    return ListedDose(
        who=who,
        drug=dose.drug,
        number=due.slot.number if due else None,
        planned_on=due.slot.planned_on if due else None,
        state=state,
        on_day=dose.on_day,
        dose_id=dose.key,
        started_at=dose.started_at,
        administered=dose.administered,
        site=dose.site,
        site_note=dose.site_note,
    )
