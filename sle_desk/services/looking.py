"""A study checked as it lies there, of whatever version: nothing is opened for work, nothing is migrated."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.base.private import private_folder
from sle_desk.base.written import reason_of
from sle_desk.domain import roles
from sle_desk.models.store import verification
from sle_desk.models.store.database import DriverError
from sle_desk.models.store.folder import FolderLock, StudyFolder
from sle_desk.services import behind, header_check
from sle_desk.services.counted_keys import keys_by_password
from sle_desk.services.older_keys import Returned, returned
from sle_desk.services.sign_in_checks import end_restore, refuse_entry, watch


@dataclass(frozen=True)
class Looked:
    """What the checks found, whether the key file was changed outside, and how to ask the file more."""

    verified: verification.Verified
    keys_changed: bool
    returned: Returned
    ask: Callable[[Callable[[Any], object]], object]


@contextmanager
def looked_into(path: Path, login: str, password: str, clock: Clock) -> Iterator[Looked]:
    """Check a study folder that nobody has open; NotAllowed when name or password is not right."""
    folder = StudyFolder(path)
    end_restore(folder, clock)
    folder.check_is_study()
    with _held(folder, clock) as place:
        counted = folder.attempts
        keys, found = keys_by_password(place, login, password, clock, counted, looking=True)
        connection = header_check.connected(place, found.data_key, keys.header)
        try:
            cursor = connection.cursor()
            _require_role(cursor, folder, login.strip().lower(), clock)
            verified = header_check.against_header(
                verification.verify(cursor, older=True), keys.header, cursor
            )
            verified = behind.against_backups(verified, folder, keys.header, cursor, found.data_key)
            yield Looked(
                verified, not found.as_written, returned(cursor, keys), lambda question: question(cursor)
            )
        finally:
            connection.close()


def _require_role(cursor: Any, folder: StudyFolder, login: str, clock: Clock) -> None:
    """Refuse who holds no role today, as the window does; a file that cannot be asked is only checked."""
    try:
        today = watch(cursor, clock).day()
        rows = cursor.execute(
            "SELECT until_day FROM user_role JOIN user ON user.id = user_id WHERE login = ? AND active = 1",
            (login,),
        ).fetchall()
        held = any(roles.is_held(date.fromisoformat(last) if last else None, today) for (last,) in rows)
    except (DriverError, ValueError):
        return
    if not held:
        raise refuse_entry(folder, login, clock.now(), NotAllowed("sign_in.no_role", login=login))


@contextmanager
def _held(folder: StudyFolder, clock: Clock) -> Iterator[StudyFolder]:
    """Lend the folder under its lock, or a private copy of one in which nothing can be written."""
    lock = FolderLock(folder)
    try:
        lock.take(clock.now())
    except StorageFailed as error:
        if error.code != "folder.not_writable":
            raise
        with private_folder() as private:
            yield _copied(folder, private)
        return
    try:
        yield folder
    finally:
        lock.release()


def _copied(folder: StudyFolder, private: Path) -> StudyFolder:
    # The journal comes along: without it what was never saved would be looked at.
    journal = folder.study.with_name(f"{folder.study.name}-journal")
    try:
        for part in (folder.study, folder.keys, *((journal,) if journal.exists() else ())):
            shutil.copyfile(part, private / part.name)
    except OSError as error:
        raise StorageFailed("copy.no_place", reason=reason_of(error)) from error
    return StudyFolder(private)
