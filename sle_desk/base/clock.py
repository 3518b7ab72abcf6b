"""The one place where time comes from."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sle_desk.base.zones import zone_name


class Clock(Protocol):
    """Something that tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, with the local offset."""
        ...

    def passed(self) -> float:
        """Return seconds that only ever go on, from a start of their own, whatever `now` is set to."""
        ...

    def zone(self) -> str:
        """Return the name of the time zone that `now` is told in."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the present instant with the computer's offset."""
        return datetime.now(UTC).astimezone()

    def passed(self) -> float:
        """Return the seconds of the computer that nobody can set."""
        return time.monotonic()

    def zone(self) -> str:
        """Return the name of the zone that the computer is set to."""
        return zone_name(self.now())


class ContinuedClock:
    """A demonstration's own clock: goes on from an instant at the pace of the computer's, never back."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._start, self._begun = start, time.monotonic()

    def now(self) -> datetime:
        """Return the instant it went on from, and the time passed since."""
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def passed(self) -> float:
        """Return the seconds of the computer that nobody can set."""
        return time.monotonic()

    def zone(self) -> str:
        """Return the name of the zone of the instant it went on from."""
        return self._start.tzname() or ""

    def go_on_from(self, instant: datetime) -> None:
        """Go on from a later instant: the application ended before it could note where the clock stood."""
        if instant > self.now():
            self._start, self._begun = instant, time.monotonic()


class SteppingClock:
    """A clock that stands where it is set and moves only when told, for demonstrations and tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = self._start = start
        self._set_wrong = timedelta()

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._now + self._set_wrong

    def zone(self) -> str:
        """Return the name of the zone it is set to."""
        return self.now().tzname() or ""

    def passed(self) -> float:
        """Return the seconds gone by on it; setting it wrong lets none go by."""
        return (self._now - self._start).total_seconds()

    def set_wrong(self, by: timedelta) -> None:
        """Show another time than has passed, as a computer whose clock somebody changed."""
        self._set_wrong = by

    def set(self, instant: datetime) -> None:
        """Move the clock to an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = instant

    def advance(self, step: timedelta) -> None:
        """Move the clock by a step."""
        self._now += step
