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
from sle_desk.models.lock import DatabaseLock
from sle_desk.models.people import User
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Change, Desk, Head
from sle_desk.services.lock_guard import STUDY, LockState
from sle_desk.services.lock_items import OpenItem, open_items
from sle_desk.services.signatures import Signing, confirm_password, sign

LOCK, UNLOCK = "study.lock", "study.unlock"
STATEMENTS = {
    LOCK: message(
        "I lock the database of this study: what is entered is final, but for what is listed as open, and "
        "the audit trail was reviewed as written here."
    ),
    UNLOCK: message("I unlock the database of this study, for the reason written here."),
}
LONGEST = 1000


@dataclass(frozen=True)
class LockRow:
    """One lock as it is listed: when, by whom and why it was set, and how it was ended."""

    locked_at: datetime
    locked_by: str
    reason: str
    audit_review: str
    audit_number: int
    audit_code: str
    unlocked_at: datetime | None
    unlocked_by: str
    unlock_reason: str


@dataclass(frozen=True)
class NewLock:
    """What is signed with a lock: what was shown as open, why it is locked so, the review of the audit."""

    shown: tuple[OpenItem, ...]
    audit_review: str
    reason: str = ""


def signing_for(action: str, language: str, password: str) -> Signing:
    """Return what the PI signs above the password, in the words of a language."""
    return Signing(action, Language(language).text(STATEMENTS[action]), language, password)


def lock_database(desk: Desk, folder: StudyFolder, new: NewLock, signing: Signing) -> LockState:
    """Lock the database; from now on nothing of the records is entered or changed.

    Stale `lock.open_changed` where something else stands open than was shown; RuleBroken where the review of
    the audit is not told, or the reason for locking though something stands open.
    """
    desk.require(LOCK)
    review, reason = _said(new.audit_review), _said(new.reason)
    if desk.locked is not None:
        raise RuleBroken("lock.twice")
    if not review:
        raise RuleBroken("lock.review_needed")
    if new.shown and not reason:
        raise RuleBroken("lock.reason_needed", kinds=len(new.shown))
    _confirm(desk, folder, LOCK, signing)
    if open_items(desk) != new.shown:
        raise Stale("lock.open_changed")
    head = desk.head()
    with desk.change(LOCK, reason) as change:
        _keep(change, NewLock(new.shown, review, reason), head, signing)
    return _state(desk)


def unlock_database(desk: Desk, folder: StudyFolder, reason: str, signing: Signing) -> LockState:
    """Unlock the database for a reason; RuleBroken where it is not locked or no reason is told."""
    desk.require(UNLOCK)
    said = _said(reason)
    if desk.locked is None:
        raise RuleBroken("lock.none")
    if not said:
        raise RuleBroken("unlock.reason_needed")
    _confirm(desk, folder, UNLOCK, signing)
    with desk.change(UNLOCK, said) as change:
        row = _newest(change.session)
        assert row is not None
        content = {"locked_at": row.locked_at.isoformat(), "audit": row.audit_number, "reason": said}
        signature = sign(change, signing, DatabaseLock.__tablename__, row.id, content)
        row.unlocked_at, row.unlocked_by = change.at, change.actor.user_id
        row.unlock_reason, row.unlock_signature_id = said, signature.id
    return _state(desk)


def lock_log(desk: Desk) -> tuple[LockRow, ...]:
    """Return every lock there was, the newest first."""
    locker, opener = aliased(User), aliased(User)
    asked = (
        select(DatabaseLock, locker.name, opener.name)
        .join(locker, locker.id == DatabaseLock.locked_by)
        .outerjoin(opener, opener.id == DatabaseLock.unlocked_by)
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
            )
            for row, locked_by, unlocked_by in session.execute(asked)
        )


def lock_state_in(session: Session) -> LockState | None:
    """Return how the newest lock stands, inside a view, a change in hand or a copy; None without one."""
    row = _newest(session)
    if row is None:
        return None
    opener = session.get_one(User, row.unlocked_by).name if row.unlocked_by is not None else ""
    return LockState(row.locked_at, session.get_one(User, row.locked_by).name, row.unlocked_at, opener)


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


def _keep(change: Change, new: NewLock, head: Head, signing: Signing) -> None:
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
    signature = sign(change, signing, DatabaseLock.__tablename__, number, content)
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
