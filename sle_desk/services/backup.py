"""Backups: made at the desk, rehearsed, put in place, opened to read."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sle_desk.base.clock import Clock, SystemClock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.written import reason_of
from sle_desk.domain import roles
from sle_desk.domain.sealing import paper_code
from sle_desk.models.audit import Audit
from sle_desk.models.store import attempts, schema, verification
from sle_desk.models.store.database import DriverError, connect
from sle_desk.models.store.disk import check_local
from sle_desk.models.store.folder import ATTEMPTS_FILE, KEY_FILE, STUDY_FILE, FolderLock, StudyFolder
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.models.store.keys import slot_owner
from sle_desk.models.store.verification import quiet
from sle_desk.services import package
from sle_desk.services.backup_file import (
    Backup,
    Report,
    Source,
    backup_name,
    is_whole,
    newest_first,
    read_manifest,
    unpacked,
    verify_file,
    write_backup,
    write_synced,
)
from sle_desk.services.desk import Actor, Desk
from sle_desk.services.keys_change import Keys, opened_by_password
from sle_desk.services.sign_in_checks import tried
from sle_desk.services.studies import Unlocked, open_with_key, write_header
from sle_desk.services.study_clock import clock_of

# What is noted without anything of the trial having changed.
QUIET = ("session.open", "session.close", "backup.make", "backup.thin")
LinkAt = Callable[[int], str | None]
# Where a backup was put, as the audit says it: no path, which may name a person.
STUDY_PLACE, SECOND_PLACE = "study", "second"


@dataclass(frozen=True)
class Rehearsal:
    """What restoring would do: the backup's number against the live one, and whether it holds."""

    backup: Backup
    verified: verification.Verified
    live_number: int | None
    # Logins that the backup lets in and the study of now does not: removed since.
    revived: tuple[str, ...] = ()
    # Where backup and study went different ways: the last audit number that both have.
    parted_at: int | None = None
    # False where a study is there that could not be looked into with this name and password.
    compared: bool = True

    @property
    def goes_back(self) -> bool:
        """Tell whether the live study has rows that the backup lacks."""
        return self.live_number is not None and self.live_number > self.backup.number


def make_backup(
    desk: Desk, folder: StudyFolder, target: Path | None = None, report: Report = quiet
) -> Backup:
    """Copy the study, verify the copy, and only then give it its name; the header notes it."""
    place = target or folder.backups
    if target is not None and not place.is_dir():
        raise StorageFailed("backup.no_folder", path=str(target))
    head = desk.head()
    made = place / backup_name(desk.now(), head.number)
    if made.exists():
        return read_manifest(made)
    try:
        place.mkdir(exist_ok=True)
        source = Source(desk.snapshot, desk.database.data_key, head, desk.now(), schema.SCHEMA)
        write_backup(made, folder, source, report)
    except OSError as error:
        raise StorageFailed("backup.not_made", path=str(place), reason=reason_of(error)) from error
    where = STUDY_PLACE if target is None else SECOND_PLACE
    desk.note("backup.make", {"file": made.name, "number": head.number, "code": head.code, "place": where})
    write_header(folder, desk, last_backup=f"{instant_text(desk.now())} {made.parent}")
    return read_manifest(made)


def keys_for(folder: StudyFolder, keys: KeyFile, login: str, password: str) -> Keys:
    """Return the keys behind a person's slot; StorageFailed when name or password is not right."""
    found = opened_by_password(folder, keys, slot_owner(login), password)
    if found is None:
        raise StorageFailed("sign_in.wrong")
    return found


def rehearse(
    path: Path,
    login: str,
    password: str,
    live: StudyFolder | None,
    report: Report = quiet,
    live_link: LinkAt | None = None,
    clock: Clock | None = None,
) -> Rehearsal:
    """Unpack and verify a backup and say what restoring it would do; nothing is changed.

    `live_link` answers for the study in the folder where it is open; a closed one is looked into with the
    same name and password, where they open it.
    """
    backup = read_manifest(path)
    parted_at, compared = None, True
    counted = counted_at(path, backup.study_id, live)
    clock = clock or clock_of(counted.parent, SystemClock())
    with unpacked(path) as private:
        keys = read_keys(private / KEY_FILE)
        found = _opened(counted, StudyFolder(private), login, password, clock)
        verified = verify_file(private / STUDY_FILE, found.data_key, report)
        if live is not None and verified.holds:
            with _closed(live, login, password, clock) as closed:
                asked = live_link or closed
                compared = asked is not None or not live.study.exists()
                parted_at = _parted_at(private / STUDY_FILE, found, asked, verified.number)
    live_number: int | None = None
    revived: tuple[str, ...] = ()
    if live is not None and live.keys.exists():
        now = read_keys(live.keys)
        header = now.header
        if header.study_id != backup.study_id:
            raise StorageFailed("backup.other_study", found=backup.study_id[:8], wanted=header.study_id[:8])
        live_number, revived = header.last_number, _revived(keys, now)
    return Rehearsal(backup, verified, live_number, revived, parted_at, compared)


def link_at(cursor: Any, number: int) -> str | None:
    """Return the link of an audit row, or None where there is no such row."""
    row = cursor.execute("SELECT link FROM audit WHERE number = ?", (number,)).fetchone()
    return str(row[0]) if row else None


def counted_at(path: Path, study_id: str, live: StudyFolder | None = None) -> Path:
    """Return where wrong passwords of a backup are counted: with its study, or beside it without one."""
    for folder in (live, StudyFolder(path.absolute().parent.parent)):
        try:
            if folder is not None and folder.header().study_id == study_id:
                return folder.attempts
        except StorageFailed:
            continue
    return path.with_name(ATTEMPTS_FILE)


def _opened(counted: Path, folder: StudyFolder, login: str, password: str, clock: Clock) -> Keys:
    """Return the keys of a backup that was unpacked; a wrong password is counted, StorageFailed."""
    keys, login = read_keys(folder.keys), login.strip().lower()
    owner = slot_owner(login)
    known = owner if keys.slot(owner) else attempts.NOBODY
    found = tried(counted, known, clock.now, lambda: opened_by_password(folder, keys, owner, password))
    if found is None:
        raise StorageFailed("sign_in.wrong")
    if not StudyFolder(counted.parent).keys.exists():
        # Beside a study its own sign-in forgets: an old password says nothing of that of now.
        attempts.forget(counted, owner)
    return found


@contextmanager
def _closed(live: StudyFolder, login: str, password: str, clock: Clock) -> Iterator[LinkAt | None]:
    """Lend the links of a study that nobody has open; None where it cannot be looked into."""
    if not (live.study.is_file() and live.keys.is_file()) or live.is_in_use():
        yield None
        return
    try:
        found = _opened(live.attempts, live, login, password, clock)
        connection = connect(live.study, found.data_key)
    except (StorageFailed, NotAllowed):
        connection = None
    if connection is None:
        yield None
        return
    try:
        yield lambda number: link_at(connection.cursor(), number)
    finally:
        connection.close()


def _parted_at(copy: Path, keys: Keys, live_link: LinkAt | None, last: int) -> int | None:
    """Return the last number that both chains have, where each goes on otherwise; else None."""
    if live_link is None:
        return None
    connection = connect(copy, keys.data_key)
    try:
        cursor = connection.cursor()
        low, high = 0, last
        # Links are chained: where they agree, everything before does too.
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if live_link(middle) == link_at(cursor, middle) else (low, middle - 1)
        return low if low < last and live_link(low + 1) is not None else None
    except DriverError:
        # A study that cannot be read any more is what a backup is restored over.
        return None
    finally:
        connection.close()


def _revived(then: KeyFile, now: KeyFile) -> tuple[str, ...]:
    known = {slot.owner for slot in now.slots}
    return tuple(slot.owner.partition(":")[2] for slot in then.slots if slot.owner not in known)


def require_restorable(rehearsal: Rehearsal, target: StudyFolder, *, accept_older: bool) -> None:
    """Raise StorageFailed when a backup may not take the place of what is in a folder.

    A folder where no study is opened is refused before anything is put there: as at creating and opening.
    """
    check_local(target.path)
    if not rehearsal.verified.holds:
        raise StorageFailed("backup.not_whole", code=rehearsal.verified.faults[0].code)
    if rehearsal.parted_at is not None:
        raise StorageFailed("backup.parted", number=rehearsal.parted_at)
    if not rehearsal.compared and not accept_older:
        raise StorageFailed("backup.not_compared", path=str(target.path))
    if rehearsal.goes_back and not accept_older:
        raise StorageFailed("backup.older", backup=rehearsal.backup.number, live=rehearsal.live_number)


def restore(
    path: Path, target: StudyFolder, rehearsal: Rehearsal, clock: Clock, *, accept_older: bool = False
) -> None:
    """Put a rehearsed backup in place; what was there before stays beside it as `.pre-restore`."""
    require_restorable(rehearsal, target, accept_older=accept_older)
    try:
        _put(path, target, clock)
    except OSError as error:
        raise StorageFailed("backup.not_restored", path=str(target.path), reason=reason_of(error)) from error


def _put(path: Path, target: StudyFolder, clock: Clock) -> None:
    target.path.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(target)
    lock.take(clock.now())
    try:
        stamp = f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        with unpacked(path, target.path) as private:
            for name in (STUDY_FILE, KEY_FILE):
                live = target.path / name
                if live.exists():
                    # A copy, not a second name: two names of one database file are how one is damaged.
                    write_synced(target.path / f"{name}.{stamp}.pre-restore", live.read_bytes())
            # From here on a crash is ended by the next opening: never one file of now beside one of then.
            target.begin_restore(private)
            target.finish_restore()
    finally:
        lock.release()


@contextmanager
def reading(path: Path, login: str, password: str, clock: Clock) -> Iterator[tuple[Unlocked, Desk]]:
    """Open a backup to read: a private copy, at which nothing can be written."""
    with unpacked(path) as private:
        folder = StudyFolder(private)
        counted = counted_at(path, read_manifest(path).study_id)
        found = _opened(counted, folder, login, password, clock)
        person = login.strip().lower()
        unlocked = open_with_key(folder, read_keys(folder.keys), found, person, clock, None)
        try:
            with unlocked.database.session() as session:
                protocol = package.read_package(package.stored_files(session))
            actor = Actor(unlocked.user_id, unlocked.login, unlocked.name, unlocked.roles[0], None)
            yield unlocked, Desk(unlocked.database, protocol, clock, actor, read_only=True)
        finally:
            unlocked.database.close()
            unlocked.lock.release()


def require_administrator(path: Path, login: str, password: str, clock: Clock) -> None:
    """Refuse a restore by who was no administrator when the backup was made: NotAllowed."""
    with reading(path, login, password, clock) as (then, _):
        if roles.ADMINISTRATOR not in then.roles:
            raise NotAllowed("backup.administrator", role=roles.ROLES[then.roles[0]])


@contextmanager
def opened_read_only(path: Path, login: str, password: str, clock: Clock) -> Iterator[Desk]:
    """Open a backup to read and lend its desk."""
    with reading(path, login, password, clock) as (_, desk):
        yield desk


def of_now(desk: Desk, folder: StudyFolder) -> Iterator[Backup]:
    """Yield the backups beside the study that lie on its own way, newest first.

    Not those of another study, nor those made on a way that a restore has left: their numbers may be higher
    than that of now.
    """
    study_id = folder.header().study_id
    for made in newest_first(folder.backups):
        if made.study_id == study_id and is_of_now(desk, made):
            yield made


def is_of_now(desk: Desk, made: Backup) -> bool:
    """Tell whether the study still has the audit row that a backup ends with."""
    link = desk.cursor_check(lambda cursor: link_at(cursor, made.number))
    return link is not None and paper_code(link) == made.code


def newest(desk: Desk, folder: StudyFolder) -> Backup | None:
    """Return the newest backup beside the study that lies on its own way, or None."""
    return max(of_now(desk, folder), key=lambda made: made.number, default=None)


def is_due(desk: Desk, folder: StudyFolder) -> bool:
    """Tell whether anything but sessions and backups was recorded since the newest backup."""
    found = newest(desk, folder)
    since = found.number if found else 0
    with desk.view() as session:
        row = session.scalar(
            select(Audit.number).where(Audit.number > since, Audit.action.not_in(QUIET)).limit(1)
        )
        return row is not None


def newest_of(study: Path) -> str:
    """Return the name of the newest whole backup beside a study, or nothing; nobody is signed in yet."""
    folder = StudyFolder(study)
    study_id = folder.header().study_id if folder.keys.is_file() else ""
    for made in newest_first(folder.backups):
        if made.study_id == study_id and is_whole(made):
            return made.path.name
    return ""
