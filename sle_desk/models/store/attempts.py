"""Failed sign-ins, counted in a small file beside the study: the count outlives the application.

It keeps a person at the screen from guessing. Who takes the folder away does not ask it: there the cost of
each try of a password is the defence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sle_desk.base.instants import instant_text, read_instant
from sle_desk.base.written import write_file

# After so many wrong passwords each further one makes the next wait longer, and never longer than the last:
# nobody is locked out for good (integrity.md section 2.3).
FREE_TRIES = 5
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
NOBODY = ""


@dataclass(frozen=True)
class Failed:
    """The failed sign-ins under one name since it last opened: how many, and when the last was."""

    owner: str
    count: int
    last: datetime

    def until(self) -> datetime | None:
        """Return the instant before which no further try is heard, or None."""
        if self.count < FREE_TRIES:
            return None
        return self.last + WAITS[min(self.count - FREE_TRIES, len(WAITS) - 1)]


def failures(path: Path) -> tuple[Failed, ...]:
    """Return what the file holds; a file that cannot be read holds nothing."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Failed(str(owner), int(entry["count"]), read_instant(str(entry["last"])))
            for owner, entry in sorted(content.items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def waits_until(path: Path, owner: str, now: datetime) -> datetime | None:
    """Return the instant until which a name must wait, or None when it may try now."""
    found = next((each for each in failures(path) if each.owner == owner), None)
    until = found.until() if found is not None else None
    if found is None or until is None or now >= until:
        return None
    # A clock put back would make the wait as long as it was put back.
    return until if now >= found.last else min(until, now + WAITS[-1])


def count(path: Path, owner: str, now: datetime) -> None:
    """Count one more failed sign-in under a name."""
    known = {each.owner: each for each in failures(path)}
    before = known.get(owner)
    known[owner] = Failed(owner, (before.count if before else 0) + 1, now)
    _write(path, known.values())


def forget(path: Path, owner: str) -> None:
    """Forget the count of a name that opened, once it stands in the audit."""
    _write(path, [each for each in failures(path) if each.owner != owner])


def forget_all(path: Path) -> None:
    """Forget every count: they stand in the audit now."""
    path.unlink(missing_ok=True)


def _write(path: Path, known: Iterable[Failed]) -> None:
    content = {each.owner: {"count": each.count, "last": instant_text(each.last)} for each in known}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")
    write_file(path, lambda file: file.write(text), replace=True)
