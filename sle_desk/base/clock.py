"""The one place where time comes from."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, with the local offset."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the present instant with the computer's offset."""
        return datetime.now(UTC).astimezone()


class ContinuedClock:
    """A demonstration's own clock: goes on from an instant at the pace of the computer's, never back."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._start, self._begun = start, time.monotonic()

    def now(self) -> datetime:
        """Return the instant it went on from, and the time passed since."""
        return self._start + timedelta(seconds=time.monotonic() - self._begun)


class SteppingClock:
    """A clock that stands where it is set and moves only when told, for demonstrations and tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = start

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move the clock to an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = instant

    def advance(self, step: timedelta) -> None:
        """Move the clock by a step."""
        self._now += step
