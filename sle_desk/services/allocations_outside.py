"""Recording an allocation that was made outside, from a sealed paper or by telephone, as what it was.

What happened is recorded: the arm as it was told. The next row is opened with it and compared; where it says
another arm the row is used all the same, and a major deviation is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language, Words, message
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation, AllocationList, AllocationSlot, EmergencyAllocation
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.services import preconditions
from sle_desk.services.after_end import renew_after_end
from sle_desk.services.allocation import (
    AllocationRow,
    allocate,
    allocation_of,
    identified,
    next_row,
)
from sle_desk.services.desk import Change, Desk
from sle_desk.services.list_kept import require_sealed, reveal_of
from sle_desk.services.same_person import allocated_elsewhere
from sle_desk.services.signatures import Signing, confirm_password
from sle_desk.services.standing import require_born
from sle_desk.services.waivers import lift_screen_failure

ACTION = "allocation.record_outside"
DISAGREES, UNREADY = "allocation.outside_disagrees", "allocation.outside_unready"
SECOND_ARM, AFTER_REVEAL = "allocation.second_arm", "allocation.outside_after_reveal"
WAYS = {
    "paper": Words("Sealed paper opened", "拆开密封信封"),
    "telephone": Words("Told by telephone", "电话告知"),
}
STATEMENT = message(
    "I confirm the identity of this subject and that this arm was told outside the program as written here."
)
LONGEST = 120


@dataclass(frozen=True)
class Told:
    """The arm that was told outside: how, by whom, when, and why it was not opened here."""

    arm: str
    way: str
    told_by: str
    told_at: datetime
    reason: str


def signing_for(language: str, password: str) -> Signing:
    """Return what is signed above the password, in the words of a language."""
    return Signing(ACTION, Language(language).text(STATEMENT), language, password)


def checked(protocol: Protocol, told: Told, now: datetime) -> Told:
    """Return what was told, trimmed; RuleBroken where it is incomplete or in the future."""
    if told.arm not in {arm.code for arm in protocol.arms} or told.way not in WAYS:
        raise RuleBroken("outside.incomplete")
    by, reason = check_text(told.told_by).strip(), check_text(told.reason).strip()
    if not by or not reason:
        raise RuleBroken("outside.incomplete")
    if len(by) > LONGEST:
        raise RuleBroken("text.too_long", found=len(by), allowed=LONGEST)
    if told.told_at > now:
        raise RuleBroken("outside.future", told=f"{told.told_at:%Y-%m-%d %H:%M}", now=f"{now:%Y-%m-%d %H:%M}")
    return Told(told.arm, told.way, by, told.told_at, reason)


def record_outside(
    desk: Desk,
    folder: StudyFolder,
    subject_id: int,
    digits: str,
    birth_year: str,
    told: Told,
    signing: Signing,
) -> AllocationRow:
    """Record the arm of a subject as it was told outside, and use the next row of the list for it.

    Role, identifiers and password are those of an allocation that is opened here. What was missing then, a
    task that was not delegated, an arm that the person has under another record, or a row that says otherwise
    refuses nothing: each proposes a deviation. RuleBroken `list.revealed` where the arm was told after the
    list was revealed.
    """
    desk.require(ACTION)
    if signing != signing_for(signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    told = checked(desk.protocol, told, desk.now())
    try:
        with desk.change(ACTION, told.reason, done_on=told.told_at.date(), subject_id=subject_id) as change:
            subject = identified(change.session, subject_id, digits, birth_year)
            require_born(change.session, subject_id, told.told_at.date())
            _propose_unready(change, subject, told)
            _propose_second_arm(change, subject, told)
            _keep(change, desk.database.list_key, subject, told, signing)
            lift_screen_failure(change, subject_id)
            # A screen failure that is not waived ends nothing any more, and limits of medicines begin.
            renew_after_end(change, subject_id)
    except (NotAllowed, RuleBroken) as error:
        desk.refuse(ACTION, error)
        raise
    recorded = allocation_of(desk, subject_id)
    assert recorded is not None
    return recorded


def _propose_unready(change: Change, subject: Subject, told: Told) -> None:
    """Propose one deviation for all that was not there when the arm was told."""
    rows = preconditions.rows(change.session, change.protocol, subject.id, told.told_at)
    lacking = sum(not row.holds for row in rows)
    if lacking:
        change.propose(subject.id, UNREADY, MAJOR, told.told_at.date(), count=lacking, of=len(rows))


def _propose_second_arm(change: Change, subject: Subject, told: Told) -> None:
    """Propose that one person was given a second arm, beside all that was missing: it happened."""
    known = allocated_elsewhere(change.session, subject)
    if known is not None:
        day, told_of = told.told_at.date(), {"other": known.code, "number": known.number}
        change.propose(subject.id, SECOND_ARM, MAJOR, day, subject=subject.code, **told_of)


def revealed_before(session: Session, row: AllocationList, told_at: datetime) -> date | None:
    """Return the day on which the list was revealed, before this is typed.

    Refused as opening a row is where the arm was told after it: whoever told it could read the row.
    """
    known = reveal_of(session, row)
    if known is None:
        return None
    if told_at >= known.revealed_at:
        require_sealed(session, row)
    return known.revealed_at.date()


def shown_of(subject: Subject, sealed: AllocationList, slot: AllocationSlot, told: Told) -> dict[str, object]:
    """Return what is shown to who signs that an arm was told outside, of which row of which list."""
    return {
        "subject": subject.code,
        "list": sealed.code,
        "digest": sealed.digest,
        "row": slot.number,
        **{name: str(value) for name, value in vars(told).items()},
    }


def _keep(change: Change, list_key: bytes, subject: Subject, told: Told, signing: Signing) -> Allocation:
    row, slot, arm = next_row(change.session, list_key)
    shown_on = revealed_before(change.session, row, told.told_at)
    shown = shown_of(subject, row, slot, told)
    allocation = allocate(change, slot, subject, told.arm, told.told_at, (signing, shown))
    agrees = arm == told.arm
    change.add(
        EmergencyAllocation(
            allocation_id=allocation.id,
            way=told.way,
            told_by=told.told_by,
            told_at=told.told_at,
            reason=told.reason,
            agrees=agrees,
        )
    )
    day, number = told.told_at.date(), allocation.randomisation_number
    if shown_on is not None:
        change.propose(subject.id, AFTER_REVEAL, MAJOR, day, number=number, list=row.code, shown=shown_on)
    if not agrees:
        # Never the arms: what the row says is compared at the reveal.
        change.propose(subject.id, DISAGREES, MAJOR, day, number=number, row=slot.number)
    return allocation
