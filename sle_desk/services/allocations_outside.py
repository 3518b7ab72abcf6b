"""Recording an allocation that was made outside, from a sealed paper or by telephone, as what it was.

What happened is recorded: the arm as it was told. The next row is opened with it and compared; where it says
another arm the row is used all the same, and a major deviation is proposed. So it is where no row can be
used: while no list is loaded, when all its rows are, or when it fails its commitment. Then the allocation
has a number of a series of its own, E-001, E-002 and so on, and none of the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
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
    Used,
    allocate,
    allocation_of,
    identified,
    next_row,
    used_row,
)
from sle_desk.services.desk import Change, Desk
from sle_desk.services.list_kept import commitment, list_in_force, require_sealed, reveal_of
from sle_desk.services.same_person import allocated_elsewhere
from sle_desk.services.signatures import Signing, confirm_password
from sle_desk.services.standing import require_born
from sle_desk.services.waivers import lift_screen_failure

ACTION = "allocation.record_outside"
DISAGREES, UNREADY = "allocation.outside_disagrees", "allocation.outside_unready"
SECOND_ARM, AFTER_REVEAL = "allocation.second_arm", "allocation.outside_after_reveal"
# Why no row could be used, by what refuses to open one, and the deviation that says so.
CHANGED = "allocation.outside_list_changed"
WITHOUT_ROW = {
    "list.none": "allocation.outside_no_list",
    "list.used_up": "allocation.outside_list_ended",
    "list.changed": CHANGED,
    "list.opened_out_of_order": CHANGED,
    "list.seal_broken": CHANGED,
}
WAYS = {
    "paper": Words("Sealed paper opened", "拆开密封信封"),
    "telephone": Words("Told by telephone", "电话告知"),
}
STATEMENT = message(
    "I confirm the identity of this subject and that this arm was told outside the program as written here."
)
LONGEST = 120
# What is signed of it: the arm stands there once, for both entries are the same.
SHOWN = ("arm", "way", "told_by", "told_at", "reason")


@dataclass(frozen=True)
class Told:
    """The arm that was told outside: how, by whom, when, and why it was not opened here.

    `again` is the arm as it was entered a second time, without sight of the first.
    """

    arm: str
    way: str
    told_by: str
    told_at: datetime
    reason: str
    again: str


def signing_for(language: str, password: str) -> Signing:
    """Return what is signed above the password, in the words of a language."""
    return Signing(ACTION, Language(language).text(STATEMENT), language, password)


def checked(protocol: Protocol, told: Told, now: datetime) -> Told:
    """Return what was told, trimmed; RuleBroken where it is incomplete, in the future, or two arms."""
    if told.arm not in {arm.code for arm in protocol.arms} or told.way not in WAYS:
        raise RuleBroken("outside.incomplete")
    by, reason = check_text(told.told_by).strip(), check_text(told.reason).strip()
    if not by or not reason:
        raise RuleBroken("outside.incomplete")
    if len(by) > LONGEST:
        raise RuleBroken("text.too_long", found=len(by), allowed=LONGEST)
    if told.told_at > now:
        raise RuleBroken("outside.future", told=f"{told.told_at:%Y-%m-%d %H:%M}", now=f"{now:%Y-%m-%d %H:%M}")
    require_same_arm(told.arm, told.again)
    return replace(told, told_by=by, reason=reason)


def require_same_arm(first: str, again: str) -> None:
    """Refuse an arm that was entered otherwise the second time; neither entry is taken for the right one."""
    if first != again:
        raise RuleBroken("outside.arms_differ")


def record_outside(
    desk: Desk,
    folder: StudyFolder,
    subject_id: int,
    digits: str,
    birth_year: str,
    told: Told,
    signing: Signing,
) -> AllocationRow:
    """Record the arm of a subject as it was told outside, and use the next row of the list for it, if any.

    Role, identifiers and password are those of an allocation that is opened here. What was missing then, a
    task that was not delegated, an arm that the person has under another record, a row that says otherwise
    or is not there refuses nothing: each proposes a deviation. RuleBroken `list.revealed` where the arm was
    told after the list was revealed.
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


def revealed_before(session: Session, row: AllocationList | None, told_at: datetime) -> date | None:
    """Return the day on which the list was revealed, before this is typed.

    Refused as opening a row is where the arm was told after it: whoever told it could read the row.
    """
    known = reveal_of(session, row) if row is not None else None
    if row is None or known is None:
        return None
    if told_at >= known.revealed_at:
        require_sealed(session, row)
    return known.revealed_at.date()


def signed_about(slot_id: int | None, told_id: int) -> tuple[str, int]:
    """Return the record that is signed for an arm told outside: its row, or without one what was told."""
    if slot_id is None:
        return EmergencyAllocation.__tablename__, told_id
    return AllocationSlot.__tablename__, slot_id


def shown_of(session: Session, subject: Subject, used: Used, told: Told) -> dict[str, object]:
    """Return what is shown to who signs that an arm was told outside, of which row of which list."""
    content = {"subject": subject.code, **{name: str(getattr(told, name)) for name in SHOWN}}
    if used.slot_id is None:
        return {**content, "number": used.number, "list": None, "row": None}
    slot = session.get_one(AllocationSlot, used.slot_id)
    sealed = session.get_one(AllocationList, slot.list_id)
    return {**content, "list": sealed.code, "digest": sealed.digest, "row": slot.number}


def row_awaits(desk: Desk) -> bool:
    """Tell whether a row of the list is there for the next allocation; opens nothing."""
    found = commitment(desk)
    return found is not None and found.holds and found.opened < found.size


def _next_told(session: Session) -> int:
    # Nothing is ever deleted, and one process writes at a time: known before it is there, for it is signed.
    return int(session.scalar(select(func.max(EmergencyAllocation.id))) or 0) + 1


def _without_row(session: Session) -> Used:
    """Return what an allocation takes that has no row: the next number of a series that has no gaps."""
    known = session.scalar(select(func.count()).where(Allocation.slot_id.is_(None)))
    return Used(f"E-{int(known or 0) + 1:03d}", None, *signed_about(None, _next_told(session)))


def _to_use(session: Session, list_key: bytes) -> tuple[Used, str, str]:
    """Return what the allocation takes and the arm of its row; without a row why there is none to use."""
    try:
        _, slot, arm = next_row(session, list_key)
    except (RuleBroken, StorageFailed) as refused:
        if refused.code not in WITHOUT_ROW:
            raise
        return _without_row(session), "", WITHOUT_ROW[refused.code]
    return used_row(slot), arm, ""


def _keep(change: Change, list_key: bytes, subject: Subject, told: Told, signing: Signing) -> None:
    session = change.session
    row = list_in_force(session)
    shown_on = revealed_before(session, row, told.told_at)
    used, arm, why_none = _to_use(session, list_key)
    told_id, shown = _next_told(session), shown_of(session, subject, used, told)
    allocation = allocate(change, used, subject, told.arm, told.told_at, (signing, shown))
    agrees = not why_none and arm == told.arm
    change.add(
        EmergencyAllocation(
            id=told_id,
            allocation_id=allocation.id,
            way=told.way,
            told_by=told.told_by,
            told_at=told.told_at,
            reason=told.reason,
            agrees=agrees,
        )
    )
    day, of_list = told.told_at.date(), {} if row is None else {"list": row.code}
    facts: dict[str, object] = {"number": used.number, **of_list}
    if shown_on is not None:
        change.propose(subject.id, AFTER_REVEAL, MAJOR, day, shown=shown_on, **facts)
    if why_none:
        change.propose(subject.id, why_none, MAJOR, day, **facts)
    elif not agrees:
        # Never the arms: what the row says is compared at the reveal.
        slot = session.get_one(AllocationSlot, used.slot_id)
        change.propose(subject.id, DISAGREES, MAJOR, day, number=used.number, row=slot.number)
