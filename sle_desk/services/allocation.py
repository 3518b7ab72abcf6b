"""The sealed allocation list: importing it, showing its commitment, opening the next row for a subject.

No arm is in an error, a log line or an audit payload before its allocation: refusals carry codes alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain import randomisation, roles
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.open_points import open_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.sealing import sha256
from sle_desk.domain.values import check_text, plain
from sle_desk.models.allocation import (
    Allocation,
    AllocationList,
    AllocationSlot,
)
from sle_desk.models.audit import Audit
from sle_desk.models.people import User
from sle_desk.models.store import sealed_list
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.sealed_list import SealedList
from sle_desk.models.subject import Subject
from sle_desk.services import decisions, preconditions
from sle_desk.services.allocation_marks import InError, Outside, error_of, outside_of
from sle_desk.services.checklist import standing_decision
from sle_desk.services.desk import Change, Desk
from sle_desk.services.enrolment import RATIO as RATIO
from sle_desk.services.enrolment import TARGET
from sle_desk.services.list_kept import (
    Commitment,
    commitment_in,
    list_in_force,
    require_sealed,
    require_unknown,
    row_of,
    sealed,
    slots,
    used,
)
from sle_desk.services.list_kept import commitment as commitment
from sle_desk.services.medication_findings import renew_medication_findings
from sle_desk.services.signatures import Signing, confirm_password, sign
from sle_desk.services.waived import waiver_row
from sle_desk.services.waivers import lift_screen_failure

OPEN_ACTION = "allocation.open"
SOURCE = "allocation.source"
IMPORTED, DRAWN = "imported", "drawn"
RETYPED_DIGITS = 3
# What each signer can truly say: a coordinator never signs that a subject is eligible.
ELIGIBLE_AND_CONSENTED, IDENTITY_AND_DECISION = "allocation.eligible", "allocation.identity"
# Of a subject who is not eligible nobody signs that they are.
WAIVED_AND_CONSENTED = "allocation.waived"
STATEMENTS = {
    ELIGIBLE_AND_CONSENTED: message("I confirm this subject is eligible and consent is documented."),
    IDENTITY_AND_DECISION: message(
        "I confirm the identity of this subject and that the signed eligibility decision is there."
    ),
    WAIVED_AND_CONSENTED: message(
        "I confirm that this subject is not eligible, that the waiver signed by the principal investigator "
        "is there, and that consent is documented."
    ),
}


@dataclass(frozen=True)
class AllocationRow:
    """An opened allocation: the arm with its shape, the row it came from and where it is recorded."""

    id: int
    subject_id: int
    subject_code: str
    arm: str
    shape: str
    randomisation_number: str
    # Empty and None where an arm told outside had no row of a list.
    list_code: str
    row: int | None
    allocated_at: datetime
    allocated_by: str
    role: str
    signature_id: int
    audit_number: int
    # Told outside in an emergency; marked as made in error.
    outside: Outside | None = None
    error: InError | None = None


def meaning_for(role: str, *, waived: bool = False) -> str:
    """Return what a person in this role signs when opening an allocation."""
    if waived:
        return WAIVED_AND_CONSENTED
    return ELIGIBLE_AND_CONSENTED if role in (roles.PI, roles.INVESTIGATOR) else IDENTITY_AND_DECISION


def signing_for(role: str, language: str, password: str, *, waived: bool = False) -> Signing:
    """Return what a person in this role signs above the password, in the words of a language."""
    meaning = meaning_for(role, waived=waived)
    return Signing(meaning, Language(language).text(STATEMENTS[meaning]), language, password)


@dataclass(frozen=True)
class Used:
    """What an allocation takes: its number, its row of a list if it has one, and what is signed for it."""

    number: str
    slot_id: int | None
    about_table: str
    about_id: int


def used_row(slot: AllocationSlot) -> Used:
    """Return what an allocation takes that uses a row of the list: it is numbered and signed as the row."""
    return Used(f"R-{slot.number:03d}", slot.id, AllocationSlot.__tablename__, slot.id)


def import_list(desk: Desk, code: str, content: bytes | str, reason: str = "") -> Commitment:
    """Import the list of a CSV file `number,arm` and seal it; the file itself is not kept.

    Refused while the target (D09) or the ratio (D27) is open, when the list differs from them, and once
    a row of a list was opened. A list nobody has used yet is replaced only with a reason.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    code = checked_code(code)
    with desk.change("list.import", reason) as change:
        readings = decisions.readings_on(change.session, change.protocol, change.at.date())
        size, shares = decided(readings, change.protocol, IMPORTED)
        check_replaceable(change.session, code, reason)
        plan = randomisation.read_list(_text(raw), shares)
        if plan.size != size:
            raise RuleBroken("list.size", found=plan.size, target=size)
        require_unknown(change.session, plan, desk.database.list_key)
        made = sealed_list.seal_list(plan, code, sha256(raw), desk.database.list_key)
        keep(change, made)
        return commitment_in(change.session, made.code)


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    # Raised out here: an exception chained to the decoder's would carry the whole list.
    if text is None:
        raise RuleBroken("list.not_text")
    return text


def checked_code(typed: str) -> str:
    """Return the code of a list as it is kept; RuleBroken `list.code` for anything but letters and digits."""
    code = check_text(typed.strip())
    if not (1 <= len(code) <= 12 and code.isascii() and code.replace("-", "").isalnum()):
        raise RuleBroken("list.code", typed=code)
    return code


def decided(readings: Readings, protocol: Protocol, source: str) -> tuple[int, dict[str, int]]:
    """Return the size and the share of each arm that were decided; the list has to come from that source."""
    values = {code: readings.value(code) for code in (TARGET, RATIO, SOURCE)}
    waits = [value.code for value in values.values() if isinstance(value, Open)]
    if waits:
        raise RuleBroken("list.waits", waits=open_words(protocol, waits))
    if values[SOURCE] != source:
        raise RuleBroken("list.not_imported" if source == IMPORTED else "list.not_drawn")
    ratio, target = values[RATIO], values[TARGET]
    if not isinstance(ratio, tuple) or not isinstance(target, int | Decimal):
        raise RuleBroken("list.waits", waits=open_words(protocol, (TARGET, RATIO)))
    shares = {arm.code: int(share) for arm, share in zip(protocol.arms, ratio, strict=True)}
    if int(target) % sum(shares.values()):
        shown = " : ".join(plain(Decimal(share)) for share in shares.values())
        raise RuleBroken("list.target_ratio", target=int(target), ratio=shown)
    return int(target), shares


def check_replaceable(session: Session, code: str, reason: str) -> None:
    """Refuse another list once one is used, a code that was used before, and replacing without a reason."""
    known = session.scalars(select(AllocationList)).all()
    # An arm that was told without a row used none: the list may still be loaded, or another one.
    if session.scalar(select(func.count()).where(Allocation.slot_id.is_not(None))):
        raise RuleBroken("list.used", code=known[-1].code)
    if any(row.code == code for row in known):
        raise RuleBroken("list.code_taken", code=code)
    if known and not reason.strip():
        raise RuleBroken("list.replace_reason", code=known[-1].code)


def keep(change: Change, made: SealedList) -> AllocationList:
    """Keep a sealed list with its rows."""
    row = AllocationList(
        code=made.code,
        size=made.size,
        digest=made.digest,
        wrapped_key=made.wrapped_key,
        sealed_source=made.sealed_source,
        imported_at=change.at,
        imported_by=change.actor.user_id,
    )
    change.add(row)
    change.add(
        *(
            AllocationSlot(list_id=row.id, number=slot.number, commitment=slot.commitment, sealed=slot.sealed)
            for slot in made.rows
        )
    )
    return row


def open_allocation(
    desk: Desk, folder: StudyFolder, subject_id: int, digits: str, birth_year: str, signing: Signing
) -> AllocationRow:
    """Open the next row of the list for a subject: allocation, signature and audit in one transaction.

    Refuses before the act: role, delegation, another statement than the signer's own, password, re-typed
    identifiers, any precondition. Who is allocated already is named, and nothing is drawn again.
    """
    desk.require(OPEN_ACTION)
    waived = is_waived(desk, subject_id)
    if signing != signing_for(desk.actor.role, signing.language, signing.password, waived=waived):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    try:
        with desk.change(OPEN_ACTION, subject_id=subject_id) as change:
            check_delegated(change)
            subject = identified(change.session, subject_id, digits, birth_year)
            # Before all else that may be missing: nothing of that would make a second row right.
            preconditions.require_no_arm_elsewhere(change.session, subject)
            held = preconditions.require_all(change.session, change.protocol, subject_id, change.at)
            allocation = _open_next(change, desk.database.list_key, subject, signing, held)
            lift_screen_failure(change, subject_id)
            renew_medication_findings(change, subject_id)
            allocation_id = allocation.id
    except (NotAllowed, RuleBroken) as error:
        desk.refuse(OPEN_ACTION, error)
        raise
    with desk.view() as session:
        return _row(session, desk.protocol, session.get_one(Allocation, allocation_id))


def is_waived(desk: Desk, subject_id: int) -> bool:
    """Tell whether a subject would be randomised under a waiver, which the signature has to say."""
    with desk.view() as session:
        decision = standing_decision(session, subject_id)
        return decision is not None and waiver_row(session, decision.id) is not None


def check_delegated(change: Change) -> None:
    """Refuse a signer without the task in the delegation log today; the PI delegates and needs none."""
    if change.actor.role == roles.PI:
        return
    if not change.is_delegated(change.actor.user_id, roles.RANDOMISATION, change.at.date()):
        raise NotAllowed("allocation.not_delegated", name=change.actor.name)


def identified(session: Session, subject_id: int, digits: str, birth_year: str) -> Subject:
    """Return the subject whose identifiers were re-typed; what is right is not said.

    A record takes one arm, told outside or opened here.
    """
    subject = session.get_one(Subject, subject_id)
    if subject.state != "current":
        raise RuleBroken("allocation.void", code=subject.code)
    known = session.scalar(select(Allocation).where(Allocation.subject_id == subject_id))
    if known is not None:
        raise RuleBroken("allocation.already", code=subject.code, number=known.randomisation_number)
    if digits.strip() != subject.code[-RETYPED_DIGITS:]:
        raise RuleBroken("allocation.digits")
    if birth_year.strip() != str(subject.birth_date.year):
        raise RuleBroken("allocation.birth_year")
    return subject


def next_row(session: Session, list_key: bytes) -> tuple[AllocationList, AllocationSlot, str]:
    """Return the list, its next row and the arm in it, verified against what was shown of the list."""
    row = list_in_force(session)
    if row is None:
        raise RuleBroken("list.none")
    kept = slots(session, row)
    if not sealed_list.commitments_hold(sealed(kept), row.digest):
        raise RuleBroken("list.changed", code=row.code)
    number = randomisation.next_slot(used(session, row), row.size)
    slot = next(slot for slot in kept if slot.number == number)
    opened = sealed_list.open_row(sealed([slot])[0], row.code, row.digest, row.wrapped_key, list_key)
    return row, slot, opened.arm


def _open_next(
    change: Change, list_key: bytes, subject: Subject, signing: Signing, held: object
) -> Allocation:
    row, slot, arm = next_row(change.session, list_key)
    require_sealed(change.session, row)
    # What was shown to the signer: never the arm, which nobody had seen.
    shown = {
        "subject": subject.code,
        "list": row.code,
        "digest": row.digest,
        "row": slot.number,
        "conditions": held,
    }
    return allocate(change, used_row(slot), subject, arm, change.at, (signing, shown))


def allocate(
    change: Change,
    used_by_it: Used,
    subject: Subject,
    arm: str,
    at: datetime,
    signed: tuple[Signing, object],
) -> Allocation:
    """Give a subject an arm and its row, in a change in hand; `signed` is how, and what was shown."""
    signing, shown = signed
    signature = sign(change, signing, used_by_it.about_table, used_by_it.about_id, shown)
    allocation = Allocation(
        subject_id=subject.id,
        slot_id=used_by_it.slot_id,
        randomisation_number=used_by_it.number,
        arm=change.protocol.arm(arm).code,
        allocated_at=at,
        allocated_by=change.actor.user_id,
        signature_id=signature.id,
    )
    change.add(allocation)
    return allocation


def allocation_of(desk: Desk, subject_id: int) -> AllocationRow | None:
    """Return the allocation of a subject as it was recorded, or None before it."""
    with desk.view() as session:
        found = session.scalar(select(Allocation).where(Allocation.subject_id == subject_id))
        return _row(session, desk.protocol, found) if found else None


def _row(session: Session, protocol: Protocol, allocation: Allocation) -> AllocationRow:
    code, number = row_of(session, allocation)
    user = session.get_one(User, allocation.allocated_by)
    noted = session.execute(
        select(Audit.number, Audit.role)
        .where(Audit.table_name == "allocation", Audit.row_id == allocation.id)
        .order_by(Audit.number)
        .limit(1)
    ).one()
    return AllocationRow(
        id=allocation.id,
        subject_id=allocation.subject_id,
        subject_code=session.get_one(Subject, allocation.subject_id).code,
        arm=allocation.arm,
        shape=protocol.arm(allocation.arm).shape,
        randomisation_number=allocation.randomisation_number,
        list_code=code,
        row=number,
        allocated_at=allocation.allocated_at,
        allocated_by=user.name,
        role=noted.role,
        signature_id=allocation.signature_id,
        audit_number=noted.number,
        outside=outside_of(session, allocation.id),
        error=error_of(session, allocation.id),
    )
