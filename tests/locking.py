"""Locking the database and revealing the list in tests, as the PI does it."""

from __future__ import annotations

from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import list_reveal, lock_items, locks
from sle_desk.services.desk import Desk
from sle_desk.services.lock_guard import LockState

REVIEW = "Wu Min, 2026-11-20 to 2026-11-23, all rows by role"


def lock(study: Study, desk: Desk | None = None, reason: str = "The sponsor waits.") -> LockState:
    """Lock the database with what stands open."""
    desk = desk or study.sit("wu.min", roles.PI)
    new = locks.NewLock(lock_items.open_items(desk), REVIEW, reason)
    return locks.lock_database(desk, study.folder, new, locks.signing_for(locks.LOCK, "en", PASSWORD))


def unlock(study: Study, desk: Desk | None = None, reason: str = "One value was found wrong.") -> LockState:
    """Unlock it."""
    desk = desk or study.sit("wu.min", roles.PI)
    return locks.unlock_database(desk, study.folder, reason, locks.signing_for(locks.UNLOCK, "en", PASSWORD))


def reveal(study: Study, desk: Desk | None = None) -> None:
    """Reveal the list of a locked study."""
    desk = desk or study.sit("wu.min", roles.PI)
    list_reveal.reveal(desk, study.folder, list_reveal.signing_for("en", PASSWORD))
