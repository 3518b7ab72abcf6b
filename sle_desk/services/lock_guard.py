"""Whether the database is locked: asked at the write door, and told wherever the records leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sle_desk.base.errors import NotAllowed
from sle_desk.base.instants import read_instant
from sle_desk.domain import roles

TABLE, STUDY = "database_lock", "study"
Ask = Callable[[Callable[[Any], Any]], Any]
_NEWEST = (
    "SELECT lock.locked_at, coalesce(nullif(locking.source_signer, ''), locker.name),"
    " lock.unlocked_at, coalesce(nullif(opening.source_signer, ''), opener.name) FROM database_lock AS lock"
    " JOIN user AS locker ON locker.id = lock.locked_by"
    " JOIN signature AS locking ON locking.id = lock.signature_id"
    " LEFT JOIN user AS opener ON opener.id = lock.unlocked_by"
    " LEFT JOIN signature AS opening ON opening.id = lock.unlock_signature_id"
    " WHERE lock.scope = ? ORDER BY lock.id DESC LIMIT 1"
)


@dataclass(frozen=True)
class LockState:
    """How the newest lock of the database stands: since when and by whom, and whether it was ended.

    Typed from a paper, it is by who signed that.
    """

    locked_at: datetime
    locked_by: str
    unlocked_at: datetime | None = None
    unlocked_by: str = ""

    @property
    def locked(self) -> bool:
        """Tell whether the database is locked now."""
        return self.unlocked_at is None


class LockGuard:
    """Asks the study once, and anew after a lock was set or ended: nobody else writes it meanwhile."""

    def __init__(self) -> None:
        self._asked = False
        self._state: LockState | None = None

    def written(self, tables: frozenset[str]) -> None:
        """Take note of what was changed."""
        if TABLE in tables:
            self._asked = False

    def state(self, ask: Ask) -> LockState | None:
        """Return how the newest lock stands; `ask` asks the study where that is not known."""
        if not self._asked:
            self._state = ask(lambda cursor: read_state(cursor.execute(_NEWEST, (STUDY,)).fetchone()))
            self._asked = True
        return self._state


def refusal(action: str, lock: LockState | None) -> NotAllowed | None:
    """Return why an action is refused while a lock stands, or None: it goes on, or nothing is locked."""
    if lock is None or roles.ACTIONS[action].after_lock:
        return None
    return NotAllowed("study.locked", since=f"{lock.locked_at:%Y-%m-%d %H:%M}", name=lock.locked_by)


def read_state(row: Any) -> LockState | None:
    """Return a lock from its instants and names as they are kept; None where nothing was ever locked."""
    if row is None:
        return None
    locked_at, locked_by, unlocked_at, unlocked_by = row
    ended = read_instant(unlocked_at) if unlocked_at else None
    return LockState(read_instant(locked_at), str(locked_by), ended, str(unlocked_by or ""))
