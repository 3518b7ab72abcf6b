"""Visits, and the forms saved, read and corrected at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import checks
from sle_desk.domain.plan_rules import VISITS
from sle_desk.domain.protocol import Visit as PackageVisit
from sle_desk.domain.values import age_on, check_text
from sle_desk.domain.visit_rules import SAID_AHEAD, is_planned, lies_ahead, recurs
from sle_desk.models.store.disk import require_room
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Visit
from sle_desk.services.after_end import require_visit_reason, settle_visit
from sle_desk.services.answers import OTHER
from sle_desk.services.courses import course
from sle_desk.services.desk import Change, Desk
from sle_desk.services.plan import calendar_of, plan_versions
from sle_desk.services.standing import require_born, void_record
from sle_desk.services.visit_windows import settle_window


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

    After the death, after leaving, or after consent for visits was withdrawn, it needs a reason: RuleBroken
    `visit.reason_needed`. So it does where it was told as not done, `visit.recorded_not_done`: recording it
    takes that back.
    """
    desk.protocol.visit(code)
    require_room(desk.database.free_bytes())
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    with desk.change("visit.record", reason, done_on=on_day, subject_id=subject_id) as change:
        planned = change.protocol.visit(code)
        not_done = not_done_before(known_visit(change.session, subject_id, planned), planned.label, reason)
        require_born(change.session, subject_id, on_day)
        require_visit_reason(change, subject_id, code, on_day, reason)
        visit = Visit(**change.record_facts(subject_id, on_day), code=code, on_day=on_day)
        change.add(visit)
        take_back(change, not_done, visit, reason)
        settle_window(change, visit)
        settle_visit(change, visit)
        return _visit_row(visit)


def record_not_done(desk: Desk, subject_id: int, code: str, reason: str, note: str = "") -> VisitRow:
    """Record that a planned visit did not take place, and why; the reason "other" needs a note.

    One that nobody plans is refused: RuleBroken `visit.not_planned`. Before its window opens only what the
    patient said counts, with a note: RuleBroken `visit.ahead`. After an end, and where no window is known,
    nothing lies ahead.
    """
    planned = desk.protocol.visit(code)
    require_planned(planned)
    if reason not in {choice.code for choice in checks.MISSING_REASONS}:
        raise RuleBroken("change.reason_needed")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    said = f"{reason}: {check_text(note.strip())}" if note.strip() else reason
    with desk.change("visit.record", said, subject_id=subject_id) as change:
        not_done_before(known_visit(change.session, subject_id, planned), planned.label, "")
        if reason not in SAID_AHEAD or not note.strip():
            _require_come(change, subject_id, planned)
        visit = Visit(**change.record_facts(subject_id), code=code, on_day=None, not_done_reason=said)
        change.add(visit)
        settle_window(change, visit)
        return _visit_row(visit)


def require_planned(visit: PackageVisit) -> None:
    """Refuse that a visit was not done which nobody planned."""
    if not is_planned(visit):
        raise RuleBroken("visit.not_planned", code=visit.label)


def _require_come(change: Change, subject_id: int, visit: PackageVisit) -> None:
    """Refuse a visit that lies ahead of somebody who goes on; what cannot be computed does not."""
    found, today = course(change.session, subject_id), change.at.date()
    if found is None or not found.active or not found.comes_until(today):
        return
    calendar = calendar_of(found, plan_versions(change.session, change.protocol, today), today)
    planned = next((each.planned for each in calendar.visits if each.planned.code == visit.code), None)
    if planned is None and not calendar.knows(VISITS):
        return
    if not lies_ahead(visit, planned, today, provisional=calendar.provisional):
        return
    if planned is None or calendar.provisional:
        raise RuleBroken("visit.ahead_undated", code=visit.label)
    raise RuleBroken("visit.ahead", code=visit.label, opens=planned.opens_on)


def not_done_before(known: Visit | None, label: Words, reason: str) -> Visit | None:
    """Return the visit told as not done that a visit takes the place of; RuleBroken without a reason for it.

    A visit that the subject has already is refused: `visit.twice`.
    """
    if known is None:
        return None
    if known.on_day is not None:
        raise RuleBroken("visit.twice", code=label, day=known.on_day.isoformat())
    if not reason:
        raise RuleBroken("visit.recorded_not_done", code=label)
    return known


def take_back(change: Change, not_done: Visit | None, visit: Visit, reason: str) -> None:
    """Take back, in a change in hand, that a visit was not done: it took place after all."""
    if not_done is not None:
        void_record(change, not_done, reason)
        not_done.moved_to = visit.id
        visit.moved_from = visit.moved_from or not_done.id


def known_visit(session: Session, subject_id: int, planned: PackageVisit) -> Visit | None:
    """Return the visit that a subject has already where it is held once only: done, or told as not done."""
    if recurs(planned):
        return None
    wanted = select(Visit).where(Visit.subject_id == subject_id, Visit.code == planned.code)
    return session.scalar(wanted.where(Visit.state == "current"))


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
