"""How subjects leave: screen failure, one drug stopped, completion, exit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.dosing import MINOR, ProposedDeviation
from sle_desk.domain.leaving import Leaving, Standing, check_leaving, possible
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Disposition, Subject
from sle_desk.models.treatment import Dose
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import propose_about
from sle_desk.services.visits import reason_text


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


def _standing(session: Session, protocol: Protocol, subject_id: int) -> Standing:
    arm = session.scalar(select(Allocation.arm).where(Allocation.subject_id == subject_id))
    earlier = tuple(
        Leaving(row.kind, row.drug, row.on_day, row.reason, row.note) for row in _rows(session, subject_id)
    )
    return Standing(arm is not None, frozenset(protocol.arm(arm).drugs if arm else ()), earlier)


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


def possible_kinds(desk: Desk, subject_id: int) -> tuple[str, ...]:
    """Return the kinds that can still be recorded for a subject."""
    with desk.view() as session:
        return possible(_standing(session, desk.protocol, subject_id))


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
        subject = change.session.get_one(Subject, subject_id)
        if on_day < subject.birth_date:
            raise RuleBroken("day.before_birth", typed=on_day.isoformat())
        if drug and drug not in {known.code for known in change.protocol.drugs}:
            raise RuleBroken("dose.unknown_drug", drug=drug)
        check_leaving(step, _standing(change.session, change.protocol, subject_id))
        row = Disposition(
            **change.record_facts(subject_id, on_day),
            kind=kind,
            drug=drug,
            on_day=on_day,
            reason=reason,
            note=step.note,
        )
        change.add(row)
        _propose_after_stop(change, subject_id, step)
        return _row(row)


def _propose_after_stop(change: Change, subject_id: int, step: Leaving) -> None:
    if step.kind == "screen_failure":
        return
    later = select(Dose).where(
        Dose.subject_id == subject_id,
        Dose.state == "current",
        Dose.progress == GIVEN,
        Dose.on_day > step.on_day,
    )
    for dose in change.session.scalars(later.where(Dose.drug == step.drug) if step.drug else later).all():
        facts = {"on": dose.on_day, "stopped": step.on_day}
        found = ProposedDeviation("dose.after_stop", MINOR, facts)
        propose_about(change, subject_id, ("dose", dose.id), dose.on_day, [found])


def void_disposition(desk: Desk, disposition_id: int, reason: str, note: str = "") -> None:
    """Mark a step out as entered in error: the plan stands again."""
    said = reason_text(reason, note)
    with desk.change("record.entered_in_error", said) as change:
        row = change.session.get_one(Disposition, disposition_id)
        if row.state == "void":
            raise RuleBroken("record.already_void")
        row.state, row.void_reason = "void", said
