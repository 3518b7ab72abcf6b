"""Is the computer's clock to be believed: never behind the last entry, never far ahead, never jumping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sle_desk.base.clock import Clock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import instant_text, read_instant
from sle_desk.models.store.capture import Event

# integrity.md section 2.4: two seconds for a clock that is set by the network, a month without an entry,
# a minute between what the wall clock says has passed and what has.
SLACK = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(days=30)
JUMP = timedelta(seconds=60)
BACK, AHEAD, JUMPED = "clock.back", "clock.ahead", "clock.jump"
ACCEPT, CONFIRM = "clock.accept", "clock.confirm"
# By which act a person says that the clock is right, once it is doubted.
ANSWERS = {BACK: ACCEPT, AHEAD: CONFIRM}


@dataclass(frozen=True)
class Doubt:
    """Why the clock is not believed: behind the last entry or far ahead of it."""

    code: str
    now: datetime
    last: datetime

    @property
    def action(self) -> str:
        """Return the act by which a person says that the clock is right."""
        return ANSWERS[self.code]

    def facts(self) -> dict[str, object]:
        """Return what the sentence names."""
        return {
            "now": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "last": f"{self.last:%Y-%m-%d %H:%M:%S}",
            "days": abs((self.now - self.last).days),
        }

    def instants(self) -> dict[str, object]:
        """Return what the audit keeps of it once a person says that the clock is right."""
        return {"now": instant_text(self.now), "last": instant_text(self.last)}


class ClockGuard:
    """Watches the clock of one sign-in against the last entry and against the time that really passed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._passed = clock.now(), clock.passed()
        self.last: datetime | None = None
        self._furthest: datetime | None = None

    def read_last(self, cursor: Any) -> None:
        """Take the latest instant of the audit since somebody accepted a clock that had gone back."""
        since = cursor.execute(
            "SELECT coalesce(max(number), 0) FROM audit WHERE action = ?", (ACCEPT,)
        ).fetchone()[0]
        row = cursor.execute("SELECT max(at) FROM audit WHERE number >= ?", (since,)).fetchone()
        self.last = read_instant(row[0]) if row[0] is not None else None
        row = cursor.execute("SELECT max(at) FROM audit").fetchone()
        self._furthest = read_instant(row[0]) if row[0] is not None else None

    def written(self, action: str, at: datetime) -> None:
        """Take note of what was written; a refusal noted by a wrong clock makes it no better."""
        self.last = at if action == ACCEPT or self.last is None else max(self.last, at)

    def latest(self) -> datetime:
        """Return the present instant, or the last entry's where the clock stands behind it."""
        now = self._clock.now()
        return now if self.last is None else max(now, self.last)

    def day(self) -> date:
        """Return the local day by which roles are held: never before any entry, accepted clock or not."""
        now = self._clock.now()
        furthest = now if self._furthest is None else max(now, self._furthest)
        return furthest.astimezone(now.tzinfo).date()

    def doubt(self, now: datetime) -> Doubt | None:
        """Return why the clock is not believed at sign-in, or None."""
        if self.last is None:
            return None
        if now < self.last - SLACK:
            return Doubt(BACK, now, self.last)
        return Doubt(AHEAD, now, self.last) if now > self.last + LONGEST_PAUSE else None

    def require_forward(self, now: datetime) -> None:
        """Refuse to write while the clock stands behind the last entry; StorageFailed `clock.back`."""
        if self.last is not None and now < self.last - SLACK:
            raise StorageFailed(BACK, **Doubt(BACK, now, self.last).facts())

    def jump(self, now: datetime) -> Event | None:
        """Return the event to note when the clock was moved, or the computer slept, since the last call."""
        passed = self._clock.passed()
        moved = (now - self._wall) - timedelta(seconds=passed - self._passed)
        self._wall, self._passed = now, passed
        if abs(moved) <= JUMP:
            return None
        return Event(JUMPED, {"seconds": round(moved.total_seconds()), "now": instant_text(now)})
