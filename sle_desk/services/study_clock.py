"""Which clock a study goes by: the computer's, or, for a demonstration, one of its own."""

from __future__ import annotations

from pathlib import Path

from sle_desk.base.clock import Clock, ContinuedClock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import read_instant
from sle_desk.models.store.folder import StudyFolder


def clock_of(path: Path, clock: Clock) -> Clock:
    """Return the clock to open a study with: a demonstration goes on from its last instant.

    A folder that cannot be read gets the clock given: whoever opens it says what is wrong with it.
    """
    try:
        header = StudyFolder(path).header()
    except StorageFailed:
        return clock
    if not header.demonstration or not header.last_instant:
        return clock
    return ContinuedClock(read_instant(header.last_instant))
