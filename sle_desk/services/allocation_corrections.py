"""What was told of an allocation made outside, and why one was made in error, put right and signed anew.

Never the arm, its row, its number, or whether the row said the same: those are what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import (
    Allocation,
    AllocationError,
    AllocationList,
    AllocationSlot,
    EmergencyAllocation,
)
from sle_desk.models.audit import Audit
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.services import allocation_errors, outside_findings
from sle_desk.services.allocation import Used
from sle_desk.services.allocations_outside import Told, checked, revealed_before, shown_of, signed_about
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.list_kept import list_in_force
from sle_desk.services.medication_findings import renew_medication_findings
from sle_desk.services.record_corrections import Why
from sle_desk.services.seen import require_seen
from sle_desk.services.signatures import Signing, confirm_password, sign, void_signatures
from sle_desk.services.standing import require_born, require_changed, require_subject_standing
from sle_desk.services.subject_again import judge_again

OUTSIDE, IN_ERROR = "allocation.correct_outside", "allocation.correct_error"
STATEMENT = message(
    "I confirm that the arm of this subject was told outside the program as it is corrected here."
)


@dataclass(frozen=True)
class OutsideFacts:
    """How, by whom, when and why an arm was told outside, as it should have been recorded."""

    way: str
    told_by: str
    told_at: datetime
    reason: str


def signing_for(language: str, password: str) -> Signing:
    """Return what is signed above the password where the facts are corrected, in the words of a language."""
    return Signing(OUTSIDE, Language(language).text(STATEMENT), language, password)


def check_outside(desk: Desk, why: Why, right: OutsideFacts) -> None:
    """Refuse what cannot be, before anybody is asked to sign it: as `correct_outside` else."""
    reason_text(why.reason, why.note)
    with desk.view() as session:
        row = session.get_one(EmergencyAllocation, why.record_id)
        require_seen(session, row, why.seen_version)
        _told(session, desk.protocol, row, right, desk.now())


def correct_outside(desk: Desk, folder: StudyFolder, why: Why, right: OutsideFacts, signing: Signing) -> None:
    """Correct how, by whom, when and why an arm was told outside; who corrects signs it anew.

    The allocation is of the corrected instant, and what rests on its day is judged again.
    """
    desk.require(OUTSIDE)
    said = reason_text(why.reason, why.note)
    if signing != signing_for(signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(OUTSIDE, said) as change:
        row = change.session.get_one(EmergencyAllocation, why.record_id)
        require_seen(change.session, row, why.seen_version)
        allocation = change.session.get_one(Allocation, row.allocation_id)
        require_subject_standing(change, allocation.subject_id)
        told, was = _told(change.session, change.protocol, row, right, change.at), row.told_at
        row.way, row.told_by, row.told_at, row.reason = told.way, told.told_by, told.told_at, told.reason
        require_changed(change, row)
        _sign_anew(change, allocation, row.id, told, (signing, said))
        if told.told_at != was:
            _move(change, allocation, was, told.told_at, said)


def _told(
    session: Session, protocol: Protocol, row: EmergencyAllocation, right: OutsideFacts, now: datetime
) -> Told:
    """Return what was told as it is to be kept, checked as on recording; the arm is the one recorded.

    Nothing can have been told after it was recorded here, nor after the list was revealed.
    """
    allocation = session.get_one(Allocation, row.allocation_id)
    arm = allocation.arm
    said = Told(arm, right.way, right.told_by, right.told_at, right.reason, again=arm)
    told = checked(protocol, said, now)
    require_born(session, allocation.subject_id, told.told_at.date())
    recorded = _recorded_at(session, row)
    if told.told_at > recorded:
        times = {"told": f"{told.told_at:%Y-%m-%d %H:%M}", "recorded": f"{recorded:%Y-%m-%d %H:%M}"}
        raise RuleBroken("outside.after_recorded", **times)
    revealed_before(session, _list_of(session, allocation), told.told_at)
    return told


def _list_of(session: Session, allocation: Allocation) -> AllocationList | None:
    """Return the list whose row was used; without a row the one in force, whose arms its reveal told."""
    if allocation.slot_id is None:
        return list_in_force(session)
    slot = session.get_one(AllocationSlot, allocation.slot_id)
    return session.get_one(AllocationList, slot.list_id)


def _recorded_at(session: Session, row: EmergencyAllocation) -> datetime:
    """Return when somebody recorded first what was told."""
    first = (
        select(Audit.at)
        .where(Audit.table_name == EmergencyAllocation.__tablename__, Audit.row_id == row.id)
        .order_by(Audit.number)
        .limit(1)
    )
    return session.scalars(first).one()


def _sign_anew(
    change: Change, allocation: Allocation, told_id: int, told: Told, signed: tuple[Signing, str]
) -> None:
    (signing, said), (table, about) = signed, signed_about(allocation.slot_id, told_id)
    subject = change.session.get_one(Subject, allocation.subject_id)
    void_signatures(change, table, about, said)
    used = Used(allocation.randomisation_number, allocation.slot_id, table, about)
    shown = shown_of(change.session, subject, used, told)
    # Papers show the signature that stands.
    allocation.signature_id = sign(change, signing, table, about, shown).id


def _move(change: Change, allocation: Allocation, was: datetime, now: datetime, said: str) -> None:
    """Let the allocation be of the instant it was told at; what was recorded stays, and is judged again."""
    subject_id = allocation.subject_id
    allocation.allocated_at = now
    change.session.flush()
    outside_findings.settle_told(change, allocation, was, now)
    judge_again(change, subject_id, said)
    # The limits of medicines count from the day of the arm; while no dose is given no window stands yet.
    renew_medication_findings(change, subject_id)


def check_error(desk: Desk, why: Why, reason: str) -> None:
    """Refuse what cannot be corrected, before the PI is asked to sign it: as `correct_error` else."""
    reason_text(why.reason, why.note)
    said_error(reason)
    with desk.view() as session:
        require_seen(session, session.get_one(AllocationError, why.record_id), why.seen_version)


def said_error(reason: str) -> str:
    """Return why an allocation was made in error, trimmed; RuleBroken where nothing is said."""
    right = check_text(reason).strip()
    if not right:
        raise RuleBroken("allocation.error_reason")
    return right


def correct_error(desk: Desk, folder: StudyFolder, why: Why, reason: str, signing: Signing) -> None:
    """Correct why an allocation was made in error; who marked it and when stay, and the PI signs anew."""
    desk.require(IN_ERROR)
    said, right = reason_text(why.reason, why.note), said_error(reason)
    if signing != allocation_errors.signing_for(signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(IN_ERROR, said) as change:
        row = change.session.get_one(AllocationError, why.record_id)
        require_seen(change.session, row, why.seen_version)
        row.reason = right
        require_changed(change, row)
        allocation = change.session.get_one(Allocation, row.allocation_id)
        subject = change.session.get_one(Subject, allocation.subject_id)
        void_signatures(change, Allocation.__tablename__, allocation.id, said)
        shown = allocation_errors.shown_of(subject, allocation, right)
        row.signature_id = sign(change, signing, Allocation.__tablename__, allocation.id, shown).id
