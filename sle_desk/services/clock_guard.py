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
ZONE = "clock.zone"
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
        self._zone = clock.zone()
        self.last: datetime | None = None

    def read_last(self, cursor: Any) -> None:
        """Take the latest instant of the audit since somebody accepted a clock that had gone back."""
        since = cursor.execute(
            "SELECT coalesce(max(number), 0) FROM audit WHERE action = ?", (ACCEPT,)
        ).fetchone()[0]
        row = cursor.execute(
            "SELECT max(at) FROM audit WHERE number >= ? AND action NOT IN ('refused', ?)", (since, JUMPED)
        ).fetchone()
        if row[0] is None:
            self.last = None
            return
        # What was refused by a clock far ahead makes that clock no better.
        most = instant_text(read_instant(row[0]) + LONGEST_PAUSE)
        row = cursor.execute(
            "SELECT max(at) FROM audit WHERE number >= ? AND at <= ?", (since, most)
        ).fetchone()
        self.last = read_instant(row[0])

    def written(self, action: str, at: datetime) -> None:
        """Take note of what was written; a refusal noted by a wrong clock makes it no better."""
        if action == ACCEPT or self.last is None:
            self.last = at
        elif action == CONFIRM or at <= self.last + LONGEST_PAUSE:
            self.last = max(self.last, at)

    def latest(self) -> datetime:
        """Return the present instant, or the last entry's where the clock stands behind it."""
        now = self._clock.now()
        return now if self.last is None else max(now, self.last)

    def day(self) -> date:
        """Return the local day by which roles are held: never before an entry, but one of a clock put right.

        Where the PI or the administrator has accepted a clock that went back, what was entered by the wrong
        one before would shut everybody out whose account has a last day.
        """
        return self.latest().astimezone(self._clock.now().tzinfo).date()

    def doubt(self, now: datetime) -> Doubt | None:
        """Return why the clock is not believed, or None."""
        if self.last is None:
            return None
        if now < self.last - SLACK:
            return Doubt(BACK, now, self.last)
        return Doubt(AHEAD, now, self.last) if now > self.last + LONGEST_PAUSE else None

    def require_believed(self, now: datetime) -> None:
        """Refuse to write by a clock that cannot be believed; StorageFailed with the code of the doubt."""
        doubt = self.doubt(now)
        if doubt is not None:
            raise StorageFailed(doubt.code, **doubt.facts())

    def moved(self, now: datetime) -> tuple[Event, ...]:
        """Return what is to be noted of the clock since the last call: moved, slept, another zone."""
        return tuple(each for each in (self._zone_changed(now), self._jump(now)) if each is not None)

    def _zone_changed(self, now: datetime) -> Event | None:
        zone = self._clock.zone()
        if zone == self._zone:
            return None
        self._zone = zone
        return Event(ZONE, {"zone": zone, "now": instant_text(now)})

    def _jump(self, now: datetime) -> Event | None:
        passed = self._clock.passed()
        moved = (now - self._wall) - timedelta(seconds=passed - self._passed)
        self._wall, self._passed = now, passed
        if abs(moved) <= JUMP:
            return None
        return Event(JUMPED, {"seconds": round(moved.total_seconds()), "now": instant_text(now)})
