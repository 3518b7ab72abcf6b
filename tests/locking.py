"""Locking the database and revealing the list in tests, as the PI does it."""

from __future__ import annotations

from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import list_reveal, lock_items, locks
from sle_desk.services.desk import Desk
from sle_desk.services.lock_guard import LockState
from sle_desk.services.signatures import Ink

REVIEW = "Wu Min, 2026-11-20 to 2026-11-23, all rows by role"


def lock(
    study: Study, desk: Desk | None = None, reason: str = "The sponsor waits.", ink: Ink | None = None
) -> LockState:
    """Lock the database with what stands open, or type its lock from a paper."""
    desk = desk or study.sit("wu.min", roles.PI)
    new = locks.NewLock(lock_items.open_items(desk), REVIEW, reason)
    action = locks.LOCK if ink is None else locks.LOCK_TRANSCRIBED
    return locks.lock_database(desk, study.folder, new, locks.signing_for(action, "en", PASSWORD), ink)


def unlock(
    study: Study,
    desk: Desk | None = None,
    reason: str = "One value was found wrong.",
    ink: Ink | None = None,
) -> LockState:
    """Unlock it, or type that from a paper."""
    desk = desk or study.sit("wu.min", roles.PI)
    action = locks.UNLOCK if ink is None else locks.UNLOCK_TRANSCRIBED
    return locks.unlock_database(desk, study.folder, reason, locks.signing_for(action, "en", PASSWORD), ink)


def reveal(study: Study, desk: Desk | None = None, ink: Ink | None = None) -> None:
    """Reveal the list of a locked study, or type that from a paper."""
    desk = desk or study.sit("wu.min", roles.PI)
    action = list_reveal.ACTION if ink is None else list_reveal.TRANSCRIBED
    list_reveal.reveal(desk, study.folder, list_reveal.signing_for("en", PASSWORD, action), ink)
