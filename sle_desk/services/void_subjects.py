"""A whole subject entered in error: kept and left out everywhere, pointing at the record that stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.dosing import MAJOR
from sle_desk.models.allocation import Allocation
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.lab import Sample
from sle_desk.models.safety import Deviation, Query
from sle_desk.models.subject import Consent, Disposition, Subject
from sle_desk.models.treatment import Dispensing, Dose
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import VOID
from sle_desk.services.signatures import void_signatures

ACTION = "subject.entered_in_error"
ALLOCATED = "allocation.subject_void"
_RECORDS: tuple[Any, ...] = (Consent, Visit, FormRecord, Sample, Dose, Dispensing, Disposition)


@dataclass(frozen=True)
class Registration:
    """How a subject's record stands: void and why, which one stands for it, which ones point at it."""

    void: bool
    reason: str
    stands: tuple[int, str] | None
    others: tuple[tuple[int, str], ...]


def void_subject(
    desk: Desk, subject_id: int, reason: str, seen_version: int, note: str = "", *, same_as: int | None = None
) -> None:
    """Mark a subject as entered in error; `same_as` names the record of the same person that stands.

    Its records stay as they are, out of sight with it, and can still be entered where they belong. An
    allocation that was opened happened: its row stays used, and the investigator is told.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        subject = change.session.get_one(Subject, subject_id)
        if subject.state == "void":
            raise RuleBroken("record.already_void")
        if subject.version != seen_version:
            raise Stale("record.changed_meanwhile")
        if same_as is not None:
            _check_stands(change.session.get_one(Subject, same_as), subject)
        subject.state, subject.void_reason, subject.same_as = "void", said, same_as
        change.session.flush()
        _void_what_was_said(change, subject_id, said)
        _tell_of_allocation(change, subject, same_as)


def _check_stands(other: Subject, subject: Subject) -> None:
    if other.id == subject.id:
        raise RuleBroken("subject.same_as_itself", code=subject.code)
    if other.state == "void":
        raise RuleBroken("subject.same_as_void", code=other.code)


def _void_what_was_said(change: Change, subject_id: int, said: str) -> None:
    """Void signatures, the signed decision, deviations and open questions; the records themselves stay."""
    session = change.session
    for model in _RECORDS:
        ids = session.scalars(select(model.id).where(model.subject_id == subject_id)).all()
        for row_id in ids:
            void_signatures(change, model.__tablename__, row_id, said)
    for decision in _of(session, EligibilityDecision, subject_id, EligibilityDecision.state == "current"):
        decision.state, decision.void_reason = "void", said
        void_signatures(change, "eligibility_decision", decision.id, said)
    for deviation in _of(session, Deviation, subject_id, Deviation.progress != VOID):
        deviation.progress = VOID
    for query in _of(session, Query, subject_id, Query.progress != "closed"):
        query.progress, query.answer = "closed", query.answer or said


def _of(session: Session, model: Any, subject_id: int, condition: Any) -> Iterable[Any]:
    return session.scalars(select(model).where(model.subject_id == subject_id, condition)).all()


def _tell_of_allocation(change: Change, subject: Subject, same_as: int | None) -> None:
    """Propose what an opened row means now; never its arm, which is nobody's any more."""
    number = change.session.scalar(
        select(Allocation.randomisation_number).where(Allocation.subject_id == subject.id)
    )
    if number is not None:
        change.propose(same_as, ALLOCATED, MAJOR, change.at.date(), number=number, subject=subject.code)


def registration(desk: Desk, subject_id: int) -> Registration:
    """Return how the record of a subject stands among those of the same person."""
    with desk.view() as session:
        subject = session.get_one(Subject, subject_id)
        stands = session.get(Subject, subject.same_as) if subject.same_as is not None else None
        others = session.scalars(
            select(Subject).where(Subject.same_as == subject_id).order_by(Subject.number)
        ).all()
        return Registration(
            void=subject.state == "void",
            reason=subject.void_reason,
            stands=(stands.id, stands.code) if stands is not None else None,
            others=tuple((other.id, other.code) for other in others),
        )
