"""How subjects leave: screen failure, one drug stopped, completion, exit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.eligibility import NOT_ELIGIBLE
from sle_desk.domain.leaving import (
    COMPLETED,
    DRUG_STOP,
    EXIT,
    LOST,
    Leaving,
    Standing,
    check_leaving,
    possible,
)
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Disposition
from sle_desk.services.after_end import renew_after_end
from sle_desk.services.answers import reason_text
from sle_desk.services.checklist import standing_decision
from sle_desk.services.contacts import unreached
from sle_desk.services.courses import SCREEN_FAILURE, course
from sle_desk.services.death_checks import last_day_alive
from sle_desk.services.deaths import REASON as DEATH
from sle_desk.services.deaths import Told, death_of
from sle_desk.services.desk import Change, Desk
from sle_desk.services.plan import calendar_of, plan_versions
from sle_desk.services.standing import ACTION, known_since, require_born, to_void, void_record


@dataclass(frozen=True)
class DispositionRow:
    """One step out as it is shown."""

    id: int
    version: int
    kind: str
    drug: str
    on_day: date
    reason: str
    note: str


def _standing(session: Session, protocol: Protocol, subject_id: int, but: int | None = None) -> Standing:
    arm = session.scalar(select(Allocation.arm).where(Allocation.subject_id == subject_id))
    earlier = tuple(
        Leaving(row.kind, row.drug, row.on_day, row.reason, row.note)
        for row in _rows(session, subject_id)
        if row.id != but
    )
    drugs = frozenset(protocol.arm(arm).drugs if arm else ())
    return Standing(arm is not None, drugs, earlier, known_since(session, subject_id))


def _rows(session: Session, subject_id: int) -> list[Disposition]:
    return list(
        session.scalars(
            select(Disposition)
            .where(Disposition.subject_id == subject_id, Disposition.state == "current")
            .order_by(Disposition.on_day, Disposition.id)
        )
    )


def dispositions(desk: Desk, subject_id: int) -> tuple[DispositionRow, ...]:
    """Return the steps out of a subject that stand, by day."""
    with desk.view() as session:
        return tuple(map(_row, _rows(session, subject_id)))


def _row(row: Disposition) -> DispositionRow:
    return DispositionRow(row.id, row.version, row.kind, row.drug, row.on_day, row.reason, row.note)


def possible_steps(desk: Desk, subject_id: int) -> tuple[tuple[str, str], ...]:
    """Return the kinds that can still be recorded for a subject, a stop once for each drug of the arm."""
    with desk.view() as session:
        standing = _standing(session, desk.protocol, subject_id)
    stopped = {step.drug for step in standing.earlier if step.kind == DRUG_STOP}
    drugs = [drug.code for drug in desk.protocol.drugs if drug.code in standing.arm_drugs - stopped]
    return tuple(
        (kind, drug) for kind in possible(standing) for drug in (drugs if kind == DRUG_STOP else ("",))
    )


def record_disposition(
    desk: Desk, subject_id: int, kind: str, drug: str, on_day: date, reason: str, note: str = ""
) -> DispositionRow:
    """Record that a subject failed screening, stopped a drug, completed or left; plans end from that day.

    A dose already recorded after the stop stays recorded and is proposed as a deviation.
    """
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    step = Leaving(kind, drug, on_day, reason, check_text(note.strip()))
    with desk.change("disposition.record", done_on=on_day, subject_id=subject_id) as change:
        require_born(change.session, subject_id, on_day)
        if drug and drug not in {known.code for known in change.protocol.drugs}:
            raise RuleBroken("dose.unknown_drug", drug=drug)
        check_leaving(step, _standing(change.session, change.protocol, subject_id))
        _require_why(change, subject_id, step)
        row = Disposition(
            **change.record_facts(subject_id, on_day),
            kind=kind,
            drug=drug,
            on_day=on_day,
            reason=reason,
            note=step.note,
        )
        change.add(row)
        renew_after_end(change, subject_id)
        return _row(row)


def _require_why(change: Change, subject_id: int, step: Leaving, but: int | None = None) -> None:
    """Refuse a step that contradicts what is recorded or planned, until a note says why it stands."""
    if step.note:
        return
    _require_same_death(change.session, subject_id, step, but)
    _require_alive(change.session, subject_id, step, but)
    if step.kind == COMPLETED:
        _require_plan_done(change, subject_id, step.on_day)
    if (step.kind, step.reason) == (EXIT, LOST) and not unreached(change.session, subject_id):
        raise RuleBroken("disposition.no_contact")


def _require_alive(session: Session, subject_id: int, step: Leaving, but: int | None) -> None:
    if step.reason == DEATH:
        return
    died = last_day_alive(_deaths_told(session, subject_id, but))
    if died is not None and step.on_day > died:
        raise RuleBroken("disposition.after_death", day=step.on_day, died=died)


def _require_plan_done(change: Change, subject_id: int, on_day: date) -> None:
    """Ask why a study is completed while the plan goes on; the step itself does not end this plan."""
    found = course(change.session, subject_id)
    if found is None:
        return
    today = change.at.date()
    going_on = replace(found, left_on=None, exited_on=None)
    calendar = calendar_of(going_on, plan_versions(change.session, change.protocol, today), today)
    doses = sum(each.dose is None and each.slot.planned_on > on_day for each in calendar.slots)
    # One that was told as not done is no longer ahead.
    visits = sum(each.visit_id is None and each.planned.planned_on > on_day for each in calendar.visits)
    if doses or visits:
        raise RuleBroken("disposition.plan_ahead", day=on_day, doses=doses, visits=visits)


def _deaths_told(session: Session, subject_id: int, but: int | None) -> list[Told]:
    death = death_of(session, subject_id)
    return [each for each in death.told if (each.table, each.id) != ("disposition", but)] if death else []


def _require_same_death(session: Session, subject_id: int, step: Leaving, but: int | None) -> None:
    """Refuse an exit for death before every day that the death recorded can mean; later it became known."""
    if (step.kind, step.reason) != (EXIT, DEATH):
        return
    for each in _deaths_told(session, subject_id, but):
        if each.said and step.on_day < each.earliest:
            raise RuleBroken("disposition.other_death", typed=step.on_day, day=each.said)


def correct_step(change: Change, row: Disposition, on_day: date, reason: str, note: str) -> None:
    """Put right the day, the reason and the note of a step in a change in hand; kind and drug stay.

    Doses are compared with the corrected day. A step of another kind is entered in error here and entered
    anew. A screen failure that a signed decision recorded is corrected only with that decision.
    """
    _refuse_by_decision(change, row)
    step = Leaving(row.kind, row.drug, on_day, reason, check_text(note.strip()))
    check_leaving(step, _standing(change.session, change.protocol, row.subject_id, but=row.id))
    _require_why(change, row.subject_id, step, row.id)
    row.on_day, row.reason, row.note = on_day, reason, step.note
    renew_after_end(change, row.subject_id)


def _refuse_by_decision(change: Change, row: Disposition) -> None:
    signed = standing_decision(change.session, row.subject_id)
    if row.kind == SCREEN_FAILURE and signed is not None and signed.verdict == NOT_ELIGIBLE:
        raise RuleBroken("disposition.by_decision")


def void_disposition(desk: Desk, disposition_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark a step out as entered in error: the plan stands again, and doses after it are none too late.

    A screen failure that a signed decision recorded goes only with that decision.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        row = to_void(change, Disposition, disposition_id, seen_version)
        _refuse_by_decision(change, row)
        void_record(change, row, said)
        renew_after_end(change, row.subject_id)
