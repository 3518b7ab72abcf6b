"""Locking the database of the study and unlocking it: signed acts of the PI, with what stood open.

While it is locked nothing of the records is entered or changed: the Desk refuses every action that
`roles.AFTER_LOCK` does not name. What is kept names its scope, so that a form, a visit or a subject can be
locked one day in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.base.language import Language, message
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Signature
from sle_desk.models.lock import DatabaseLock
from sle_desk.models.people import User
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Change, Desk, Head
from sle_desk.services.lock_guard import STUDY, LockState
from sle_desk.services.lock_items import OpenItem, open_items
from sle_desk.services.signatures import Ink, Signing, checked_ink, confirm_password, ink_of, sign
from sle_desk.services.signers import compare_signer

LOCK, LOCK_TRANSCRIBED = "study.lock", "study.lock_transcribed"
UNLOCK, UNLOCK_TRANSCRIBED = "study.unlock", "study.unlock_transcribed"
STATEMENTS = {
    LOCK: message(
        "I lock the database of this study: what is entered is final, but for what is listed as open, and "
        "the audit trail was reviewed as written here."
    ),
    UNLOCK: message("I unlock the database of this study, for the reason written here."),
    LOCK_TRANSCRIBED: message(
        "I have typed this lock of the database as it stands on the paper signed by the PI: what is listed "
        "as open here is what is listed there."
    ),
    UNLOCK_TRANSCRIBED: message(
        "I have typed this unlocking of the database as it stands on the paper signed by the PI."
    ),
}
LONGEST = 1000


@dataclass(frozen=True)
class LockRow:
    """One lock as it is listed: when, by whom and why it was set, and how it was ended.

    What was typed from a paper has the ink: then it was done by who signed, and typed by the person named.
    """

    locked_at: datetime
    locked_by: str
    reason: str
    audit_review: str
    audit_number: int
    audit_code: str
    unlocked_at: datetime | None
    unlocked_by: str
    unlock_reason: str
    locked_ink: Ink | None = None
    unlocked_ink: Ink | None = None


@dataclass(frozen=True)
class NewLock:
    """What is signed with a lock: what was shown as open, why it is locked so, the review of the audit."""

    shown: tuple[OpenItem, ...]
    audit_review: str
    reason: str = ""


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what the PI signs above the password, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def lock_database(
    desk: Desk, folder: StudyFolder, new: NewLock, signing: Signing, ink: Ink | None = None
) -> LockState:
    """Lock the database, by the PI's signature or as typed from the paper that carries it in ink.

    From now on nothing of the records is entered or changed.

    Stale `lock.open_changed` where something else stands open than was shown; RuleBroken where the review of
    the audit is not told, or the reason for locking though something stands open.
    """
    action = LOCK if ink is None else LOCK_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    review, reason = _said(new.audit_review), _said(new.reason)
    if desk.locked is not None:
        raise RuleBroken("lock.twice")
    if not review:
        raise RuleBroken("lock.review_needed")
    if new.shown and not reason:
        raise RuleBroken("lock.reason_needed", kinds=len(new.shown))
    _confirm(desk, folder, action, signing)
    if open_items(desk) != new.shown:
        raise Stale("lock.open_changed")
    head = desk.head()
    with desk.change(action, reason) as change:
        if kept is not None:
            compare_signer(change, kept, None)
        _keep(change, NewLock(new.shown, review, reason), head, signing, kept)
    return _state(desk)


def unlock_database(
    desk: Desk, folder: StudyFolder, reason: str, signing: Signing, ink: Ink | None = None
) -> LockState:
    """Unlock the database for a reason; RuleBroken where it is not locked or no reason is told."""
    action = UNLOCK if ink is None else UNLOCK_TRANSCRIBED
    desk.require(action)
    said = _said(reason)
    if desk.locked is None:
        raise RuleBroken("lock.none")
    if not said:
        raise RuleBroken("unlock.reason_needed")
    kept = None if ink is None else ink_since_lock(desk, ink)
    _confirm(desk, folder, action, signing)
    with desk.change(action, said) as change:
        if kept is not None:
            compare_signer(change, kept, None)
        row = _newest(change.session)
        assert row is not None
        content = {"locked_at": row.locked_at.isoformat(), "audit": row.audit_number, "reason": said}
        signature = sign(change, signing, DatabaseLock.__tablename__, row.id, content, kept)
        row.unlocked_at, row.unlocked_by = change.at, change.actor.user_id
        row.unlock_reason, row.unlock_signature_id = said, signature.id
    return _state(desk)


def ink_since_lock(desk: Desk, ink: Ink) -> Ink:
    """Return what stands on a paper about the lock that is set, as it is kept; it is not older than that."""
    kept = checked_ink(ink, desk.today())
    locked = desk.locked
    if locked is not None and kept.signed_on < locked.locked_at.date():
        raise RuleBroken("lock.ink_before", signed=kept.signed_on, locked=locked.locked_at.date())
    return kept


def lock_log(desk: Desk) -> tuple[LockRow, ...]:
    """Return every lock there was, the newest first."""
    locker, opener = aliased(User), aliased(User)
    locking, opening = aliased(Signature), aliased(Signature)
    asked = (
        select(DatabaseLock, locker.name, opener.name, locking, opening)
        .join(locker, locker.id == DatabaseLock.locked_by)
        .outerjoin(opener, opener.id == DatabaseLock.unlocked_by)
        .join(locking, locking.id == DatabaseLock.signature_id)
        .outerjoin(opening, opening.id == DatabaseLock.unlock_signature_id)
        .where(DatabaseLock.scope == STUDY)
        .order_by(DatabaseLock.id.desc())
    )
    with desk.view() as session:
        return tuple(
            LockRow(
                locked_at=row.locked_at,
                locked_by=locked_by,
                reason=row.reason,
                audit_review=row.audit_review,
                audit_number=row.audit_number,
                audit_code=row.audit_code,
                unlocked_at=row.unlocked_at,
                unlocked_by=unlocked_by or "",
                unlock_reason=row.unlock_reason,
                locked_ink=ink_of(locked),
                unlocked_ink=ink_of(opened) if opened is not None else None,
            )
            for row, locked_by, unlocked_by, locked, opened in session.execute(asked)
        )


def lock_state_in(session: Session) -> LockState | None:
    """Return how the newest lock stands, inside a view, a change in hand or a copy; None without one."""
    row = _newest(session)
    if row is None:
        return None
    locked_by = signed_by(session, row.signature_id)
    opener = signed_by(session, row.unlock_signature_id) if row.unlock_signature_id is not None else ""
    return LockState(row.locked_at, locked_by, row.unlocked_at, opener)


def signed_by(session: Session, signature_id: int) -> str:
    """Return whose signature it is: of one typed from a paper, whose ink."""
    signature = session.get_one(Signature, signature_id)
    return signature.source_signer or session.get_one(User, signature.user_id).name


def is_locked_in(session: Session) -> bool:
    """Tell whether the database is locked, inside a view, a change in hand or a copy."""
    state = lock_state_in(session)
    return state is not None and state.locked


def _newest(session: Session) -> DatabaseLock | None:
    asked = select(DatabaseLock).where(DatabaseLock.scope == STUDY).order_by(DatabaseLock.id.desc()).limit(1)
    return session.scalar(asked)


def _state(desk: Desk) -> LockState:
    state = desk.lock_state
    assert state is not None
    return state


def _said(text: str) -> str:
    said = check_text(text).strip()
    if len(said) > LONGEST:
        raise RuleBroken("text.too_long", found=len(said), allowed=LONGEST)
    return said


def _confirm(desk: Desk, folder: StudyFolder, action: str, signing: Signing) -> None:
    if signing != signing_for(action, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)


def _keep(change: Change, new: NewLock, head: Head, signing: Signing, ink: Ink | None) -> None:
    # Bound to the last row of the audit: that is everything that is locked.
    told = [f"{item.code}:{item.count}" for item in new.shown]
    content = {
        "audit": [head.number, head.link],
        "open": told,
        "reason": new.reason,
        "audit_review": new.audit_review,
    }
    earlier = _newest(change.session)
    number = 1 if earlier is None else earlier.id + 1
    signature = sign(change, signing, DatabaseLock.__tablename__, number, content, ink)
    change.add(
        DatabaseLock(
            id=number,
            scope=STUDY,
            locked_at=change.at,
            locked_by=change.actor.user_id,
            reason=new.reason,
            open_items=" ".join(told),
            audit_review=new.audit_review,
            audit_number=head.number,
            audit_code=head.code,
            signature_id=signature.id,
        )
    )
