"""Recorded visits beside their windows: outside of it, or not done; compared again whenever a plan moves."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.schedule import FROM_DOSES
from sle_desk.domain.visit_rules import (
    EARLY_TERMINATION,
    MISSED,
    missed_visit,
    outside_window,
)
from sle_desk.models.visit import Visit
from sle_desk.services.courses import Course, course
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.withdrawals import VISITS

# What is said of a visit beside its window; the ends of a subject are compared by others.
_OWNED = ("visit.outside_window", *MISSED)


def settle_window(change: Change, visit: Visit) -> None:
    """Propose that a visit lies outside its decided window, or was not done, or take that back."""
    _settle_all(change, visit.subject_id, [visit])


def settle_windows(change: Change, subject_id: int) -> None:
    """Compare every recorded visit of a subject with its window again: day 1 became known, or moved."""
    _settle_all(change, subject_id, _visits(change, subject_id))


def settle_after_doses(change: Change, subject_id: int) -> None:
    """Compare again the recorded visits whose windows count from the last dose: another one may be it now."""
    change.session.flush()
    counted = _from_doses(change)
    rows = [row for row in _visits(change, subject_id) if row.code in counted]
    _settle_all(change, subject_id, rows)


def settle_by_end(change: Change, found: Course) -> None:
    """Compare again what an end moves: what was not done, and the visit that leaving makes due."""
    moved = {visit.code for visit in change.protocol.visits if EARLY_TERMINATION in visit.tags}
    moved |= _from_doses(change)
    rows = _visits(change, found.subject_id)
    _settle_all(change, found.subject_id, [row for row in rows if row.on_day is None or row.code in moved])


def _from_doses(change: Change) -> set[str]:
    return {visit.code for visit in change.protocol.visits if visit.anchor in FROM_DOSES}


def _visits(change: Change, subject_id: int) -> list[Visit]:
    rows = select(Visit).where(Visit.subject_id == subject_id, Visit.state == "current").order_by(Visit.id)
    return list(change.session.scalars(rows))


def _settle_all(change: Change, subject_id: int, rows: Iterable[Visit]) -> None:
    visits = list(rows)
    found = course(change.session, subject_id) if visits else None
    if found is None:
        return
    today = change.at.date()
    calendar = calendar_of(found, plan_versions(change.session, change.protocol, today), today)
    for visit in visits:
        _settle(change, visit, found, calendar)


def _settle(change: Change, visit: Visit, found: Course, calendar: Calendar) -> None:
    planned = next((each.planned for each in calendar.visits if each.visit_id == visit.id), None)
    # While day 1 is not known the window is a forecast: nothing is outside of it, and nothing missed.
    if calendar.provisional:
        planned = None
    about, today = ("visit", visit.id), change.at.date()
    if visit.on_day is None:
        of_leaving = EARLY_TERMINATION in change.protocol.visit(visit.code).tags
        ended = found.died_on if of_leaving else found.ended_on
        missed: tuple[ProposedDeviation, ...] = ()
        if planned is not None:
            withdrawn = found.withdrawn_by(VISITS, planned.closes_on)
            missed = tuple(missed_visit(planned, today, ended, withdrawn))
        renew_proposals(change, visit.subject_id, about, today, _OWNED, missed)
        return
    outside = () if planned is None else tuple(outside_window(planned, visit.on_day))
    renew_proposals(change, visit.subject_id, about, visit.on_day, _OWNED, outside)
