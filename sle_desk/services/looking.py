"""A study checked as it lies there, of whatever version: nothing is opened for work, nothing is migrated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sle_desk.base.clock import Clock
from sle_desk.models.store import verification
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import FolderLock, StudyFolder
from sle_desk.services import header_check, studies


@dataclass(frozen=True)
class Looked:
    """What the checks found, whether the key file was changed outside, and how to ask the file more."""

    verified: verification.Verified
    keys_changed: bool
    ask: Callable[[Callable[[Any], object]], object]


@contextmanager
def looked_into(path: Path, login: str, password: str, clock: Clock) -> Iterator[Looked]:
    """Check a study folder that nobody has open; NotAllowed when name or password is not right."""
    folder = StudyFolder(path)
    keys, found = studies.keys_by_password(folder, login, password, clock, looking=True)
    lock = FolderLock(folder)
    lock.take(clock.now())
    try:
        connection = connect(folder.study, found.data_key)
        try:
            cursor = connection.cursor()
            verified = header_check.against_header(
                verification.verify(cursor, older=True), keys.header, cursor
            )
            yield Looked(verified, not found.as_written, lambda question: question(cursor))
        finally:
            connection.close()
    finally:
        lock.release()
