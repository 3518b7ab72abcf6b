"""The vials of each subject against the doses recorded: handed over, used, brought back, lost, left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reconciled import Reconciled, reconciled
from sle_desk.domain.stock import DRAWN, Ledger
from sle_desk.services import courses
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.stock_ledger import ledger_in


def reconciliations_in(
    session: Session, protocol: Protocol, on: date, subject_ids: Iterable[int] | None = None
) -> tuple[Reconciled, ...]:
    """Return the vials of every drug that a subject was handed, by subject and drug, hospital stock too."""
    everyone = courses.courses(session, subject_ids)
    versions = plan_versions(session, protocol, on)
    calendars = {key: calendar_of(course, versions, on) for key, course in everyone.items()}
    return reconciliations_of(session, protocol, everyone, calendars)


def reconciliations_of(
    session: Session,
    protocol: Protocol,
    everyone: Mapping[int, Course],
    calendars: Mapping[int, Calendar],
) -> tuple[Reconciled, ...]:
    """Return the same from courses and calendars in hand."""
    ledger = ledger_in(session, protocol, hospital=True)
    return tuple(_rows(ledger, everyone, calendars))


def _rows(
    ledger: Ledger, everyone: Mapping[int, Course], calendars: Mapping[int, Calendar]
) -> Iterator[Reconciled]:
    held = {
        (each.subject_id, each.lot.drug)
        for each in ledger.movements
        if each.subject_id and each.kind != DRAWN
    }
    for subject_id, drug in sorted(held):
        if subject_id in everyone:
            course, calendar = everyone[subject_id], calendars[subject_id]
            counted = course.vials.get(drug)
            unnamed, over = counted.unnamed if counted else 0, is_over(course, calendar, drug)
            yield reconciled(ledger, subject_id, drug, no_lot=unnamed, over=over)


def is_over(course: Course, calendar: Calendar, drug: str) -> bool:
    """Tell whether no vial should be with the subject any more: the drug stopped, or its last dose passed.

    What is told by diary has passed once the diary is due.
    """
    stopped, on = course.stopped_on(drug), calendar.on
    if stopped is not None:
        return stopped < on
    slots = [each.slot for each in calendar.of_drug(drug)]
    if calendar.provisional or not slots or not calendar.knows(drug):
        return False
    told = [day for (of, _), day in calendar.diary_due.items() if of == drug]
    return max((*told, *(slot.closes_on for slot in slots))) < on


def reconciliation(desk: Desk, subject_id: int) -> tuple[Reconciled, ...]:
    """Return the vials of one subject, a row for each drug that it was handed."""
    with desk.view() as session:
        return reconciliations_in(session, desk.protocol, desk.today(), (subject_id,))
