"""Wrong passwords, counted in a small file beside the study: the count outlives the application.

Where the file cannot be written (a full disk, a folder to read from) the process itself keeps the count.
Whoever asks for a password has the turn at its folder from the question whether it must wait until it is
counted: of two processes that guess at one moment, the second is asked after the first was counted.
It keeps a person at the screen from guessing. Who takes the folder away does not ask it: there the cost of
each try of a password is the defence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sle_desk.base.errors import SleDeskError
from sle_desk.base.instants import instant_text, read_instant
from sle_desk.base.turns import turn
from sle_desk.base.written import write_file

# After so many wrong passwords each further one makes the next wait longer, and never longer than the last:
# nobody is locked out for good (integrity.md section 2.3).
FREE_TRIES = 5
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
NOBODY = ""
# What a clock of this world may have shown; beyond it an instant was not written by the application.
FIRST_YEAR, LAST_YEAR = 1970, 9000


@dataclass(frozen=True)
class Failed:
    """The wrong passwords under one name since it last opened: how many, and when the last was."""

    owner: str
    count: int
    last: datetime
    # How many the audit has yet to hear of: also of a name that opened meanwhile.
    unnoted: int

    def until(self) -> datetime | None:
        """Return the instant before which no further try is heard, or None."""
        if self.count < FREE_TRIES:
            return None
        return self.last + WAITS[min(self.count - FREE_TRIES, len(WAITS) - 1)]


# By file: what could not be written to it.
_UNWRITTEN: dict[Path, dict[str, Failed]] = {}


def failures(path: Path) -> tuple[Failed, ...]:
    """Return what is counted; a file that cannot be read holds nothing."""
    known = {each.owner: each for each in _read(path)}
    known.update(_UNWRITTEN.get(path.absolute(), {}))
    return tuple(each for _, each in sorted(known.items()) if each.count or each.unnoted)


def _read(path: Path) -> tuple[Failed, ...]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_failed(str(owner), entry) for owner, entry in content.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return ()


def _failed(owner: str, entry: dict[str, object]) -> Failed:
    count, last = int(str(entry["count"])), read_instant(str(entry["last"]))
    if not FIRST_YEAR <= last.year <= LAST_YEAR:
        raise ValueError("no clock showed that")
    return Failed(owner, count, last, int(str(entry.get("unnoted", count))))


def waits_until(path: Path, owner: str, now: datetime) -> datetime | None:
    """Return the instant until which a name must wait, or None when it may try now."""
    found = next((each for each in failures(path) if each.owner == owner), None)
    if found is None:
        return None
    if now < found.last:
        # A clock put back would make the wait as long as it was put back: it begins anew, and ends.
        found = replace(found, last=now)
        _write(path, found)
    until = found.until()
    return None if until is None or now >= until else until


def count(path: Path, owner: str, now: datetime) -> None:
    """Count one more wrong password under a name."""
    with turn(path):
        before = next((each for each in failures(path) if each.owner == owner), Failed(owner, 0, now, 0))
        _write(path, Failed(owner, before.count + 1, now, before.unnoted + 1))


def keep(path: Path, owner: str, now: datetime) -> None:
    """Keep a refusal for the audit that is no guess: nobody waits for it."""
    with turn(path):
        before = next((each for each in failures(path) if each.owner == owner), Failed(owner, 0, now, 0))
        _write(path, Failed(owner, 0, now, before.unnoted + 1))


def forget(path: Path, owner: str) -> None:
    """Forget the count of a name that opened; what the audit has not heard of is still told there."""
    with turn(path):
        _write(
            path, *(replace(each, count=0) for each in failures(path) if each.owner == owner and each.count)
        )


def noted(path: Path, owner: str, now: datetime) -> None:
    """Note that the audit holds every count, and forget that of the name that opened: nobody else's.

    A name that nobody has cannot open: it is forgotten once its wait is over.
    """
    changed = []
    with turn(path):
        for each in failures(path):
            over = each.owner == NOBODY and (each.until() or now) <= now
            changed.append(replace(each, count=0 if over or each.owner == owner else each.count, unnoted=0))
        _write(path, *changed)


def _write(path: Path, *changed: Failed) -> None:
    """Write the counts of some names anew; where that fails they are kept in memory."""
    if not changed:
        return
    place = path.absolute()
    _UNWRITTEN[place] = {**_UNWRITTEN.get(place, {}), **{each.owner: each for each in changed}}
    content = {
        each.owner: {"count": each.count, "last": instant_text(each.last), "unnoted": each.unnoted}
        for each in failures(path)
    }
    try:
        if content:
            text = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")
            write_file(path, lambda file: file.write(text), replace=True)
        else:
            path.unlink(missing_ok=True)
    except (SleDeskError, OSError):
        return
    del _UNWRITTEN[place]
