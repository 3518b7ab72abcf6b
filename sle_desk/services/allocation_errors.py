"""Marking an allocation as made in error: it stays, no row is freed, and the PI signs why."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, message
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation, AllocationError
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.subject import Subject
from sle_desk.services.allocation_marks import error_of
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Signing, confirm_password, sign

ACTION = "allocation.mark_error"
IN_ERROR = "allocation.in_error"
STATEMENT = message(
    "I confirm that this allocation was made in error. It stays recorded, and no row of the list is freed."
)


def signing_for(language: str, password: str) -> Signing:
    """Return what the PI signs above the password, in the words of a language."""
    return Signing(ACTION, Language(language).text(STATEMENT), language, password)


def shown_of(subject: Subject, found: Allocation, reason: str) -> dict[str, object]:
    """Return what is shown to the PI who signs that an allocation was made in error."""
    return {"subject": subject.code, "number": found.randomisation_number, "reason": reason}


def mark_error(desk: Desk, folder: StudyFolder, subject_id: int, reason: str, signing: Signing) -> None:
    """Mark the allocation of a subject as made in error; nothing is freed and nothing is drawn again.

    The arm stays what was allocated. A major deviation is proposed.
    """
    said = check_text(reason).strip()
    if not said:
        raise RuleBroken("allocation.error_reason")
    desk.require(ACTION)
    if signing != signing_for(signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(ACTION, said) as change:
        subject = change.session.get_one(Subject, subject_id)
        found = change.session.scalar(select(Allocation).where(Allocation.subject_id == subject_id))
        if found is None:
            raise RuleBroken("allocation.none", code=subject.code)
        number = found.randomisation_number
        if error_of(change.session, found.id) is not None:
            raise RuleBroken("allocation.error_twice", number=number)
        shown = shown_of(subject, found, said)
        signature = sign(change, signing, Allocation.__tablename__, found.id, shown)
        change.add(
            AllocationError(
                allocation_id=found.id,
                reason=said,
                marked_at=change.at,
                marked_by=change.actor.user_id,
                signature_id=signature.id,
            )
        )
        about = subject_id if subject.state == "current" else subject.same_as
        change.propose(about, IN_ERROR, MAJOR, change.at.date(), number=number)
