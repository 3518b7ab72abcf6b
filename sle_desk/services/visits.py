"""Visits, and the forms saved, read and corrected at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import checks
from sle_desk.domain.dosing import MINOR, ProposedDeviation
from sle_desk.domain.values import age_on, check_text
from sle_desk.models.store.disk import require_room
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Visit
from sle_desk.services.after_end import VISIT_AFTER, require_visit_reason, settle_visit
from sle_desk.services.answers import OTHER
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.plan import Calendar, calendar_in
from sle_desk.services.standing import require_born


@dataclass(frozen=True)
class VisitRow:
    """A visit as it is shown."""

    id: int
    version: int
    subject_id: int
    code: str
    on_day: date | None
    not_done_reason: str


def record_visit(desk: Desk, subject_id: int, code: str, on_day: date, *, reason: str = "") -> VisitRow:
    """Record that a visit takes place; an observed fact cannot lie ahead.

    After the death, or after consent for visits was withdrawn, it needs a reason: RuleBroken
    `visit.reason_needed`.
    """
    desk.protocol.visit(code)
    require_room(desk.database.free_bytes())
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    with desk.change("visit.record", reason, done_on=on_day, subject_id=subject_id) as change:
        if code != "UNS":
            refuse_twice(_visit(change.session, subject_id, code), desk.protocol.visit(code).label)
        require_born(change.session, subject_id, on_day)
        require_visit_reason(change.session, subject_id, on_day, reason)
        visit = Visit(**change.record_facts(subject_id, on_day), code=code, on_day=on_day)
        change.add(visit)
        settle_window(change, visit)
        settle_visit(change, visit)
        return _visit_row(visit)


def settle_window(change: Change, visit: Visit) -> None:
    """Propose a deviation for a visit outside the window that was decided for it, or take it back."""
    _settle(change, visit, calendar_in(change.session, change.protocol, visit.subject_id, change.at.date()))


def settle_windows(change: Change, subject_id: int) -> None:
    """Compare every recorded visit of a subject with its window again: day 1 became known, or moved."""
    rows = change.session.scalars(
        select(Visit).where(Visit.subject_id == subject_id, Visit.state == "current").order_by(Visit.id)
    ).all()
    calendar = calendar_in(change.session, change.protocol, subject_id, change.at.date()) if rows else None
    for visit in rows:
        _settle(change, visit, calendar)


def _settle(change: Change, visit: Visit, calendar: Calendar | None) -> None:
    due = next((each for each in calendar.visits if each.visit_id == visit.id), None) if calendar else None
    if due is None or calendar is None or visit.on_day is None:
        return
    planned = due.planned
    facts = {"visit": visit.code, "on": visit.on_day, "opens": planned.opens_on, "closes": planned.closes_on}
    outside = ProposedDeviation("visit.outside_window", MINOR, facts)
    # While day 1 is not known the window is a forecast: nothing is outside of it.
    found = [outside] if due.in_window is False and not calendar.provisional else []
    about = ("visit", visit.id)
    renew_proposals(change, visit.subject_id, about, visit.on_day, found, but=VISIT_AFTER)


def record_not_done(desk: Desk, subject_id: int, code: str, reason: str, note: str = "") -> VisitRow:
    """Record that a planned visit did not take place, and why; the reason "other" needs a note."""
    planned = desk.protocol.visit(code)
    if reason not in {choice.code for choice in checks.MISSING_REASONS}:
        raise RuleBroken("change.reason_needed")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    said = f"{reason}: {check_text(note.strip())}" if note.strip() else reason
    with desk.change("visit.record", said, subject_id=subject_id) as change:
        refuse_twice(_visit(change.session, subject_id, code), planned.label)
        visit = Visit(**change.record_facts(subject_id), code=code, on_day=None, not_done_reason=said)
        change.add(visit)
        return _visit_row(visit)


def refuse_twice(known: Visit | None, label: Words) -> None:
    """Refuse a visit that the subject has already, done or not done."""
    if known is None:
        return
    if known.on_day is None:
        raise RuleBroken("visit.recorded_not_done", code=label)
    raise RuleBroken("visit.twice", code=label, day=known.on_day.isoformat())


def _visit(session: Session, subject_id: int, code: str) -> Visit | None:
    return session.scalar(
        select(Visit).where(Visit.subject_id == subject_id, Visit.code == code, Visit.state == "current")
    )


def _visit_row(visit: Visit) -> VisitRow:
    return VisitRow(
        visit.id, visit.version, visit.subject_id, visit.code, visit.on_day, visit.not_done_reason
    )


def visits(desk: Desk, subject_id: int) -> tuple[VisitRow, ...]:
    """Return the visits of a subject that stand, by day."""
    with desk.view() as session:
        rows = session.scalars(
            select(Visit)
            .where(Visit.subject_id == subject_id, Visit.state == "current")
            .order_by(Visit.on_day, Visit.id)
        )
        return tuple(_visit_row(row) for row in rows)


def age_at(desk: Desk, subject_id: int, day: date) -> int:
    """Return the age of a subject on a day, in completed years."""
    with desk.view() as session:
        return age_on(session.get_one(Subject, subject_id).birth_date, day)
