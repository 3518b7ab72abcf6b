"""Backups: a verified copy before it counts, restored only after a rehearsal."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

import sle_desk
from sle_desk.base.clock import Clock
from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import instant_text, read_instant
from sle_desk.base.written import sync_folder
from sle_desk.domain.sealing import sha256
from sle_desk.models.audit import Audit
from sle_desk.models.store import schema, verification
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import (
    KEY_FILE,
    RESTORE_PREFIX,
    STUDY_FILE,
    FolderLock,
    StudyFolder,
)
from sle_desk.models.store.keys import KeyFile, read_keys
from sle_desk.services import package
from sle_desk.services.desk import Actor, Desk, Head
from sle_desk.services.keys_change import Keys, opened_by_password
from sle_desk.services.studies import (
    Unlocked,
    open_with_key,
    slot_owner,
    write_header,
)

ENDING = ".slebak"
MANIFEST = "manifest.json"
LARGEST = 2 * 1024**3
# What is noted without anything of the trial having changed.
QUIET = ("session.open", "session.close", "backup.make", "backup.thin")
MEMBERS = (STUDY_FILE, KEY_FILE, MANIFEST)
# Where a backup was put, as the audit says it: no path, which may name a person.
STUDY_PLACE, SECOND_PLACE = "study", "second"
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Backup:
    """A backup file and what it holds, by its own manifest."""

    path: Path
    study_id: str
    number: int
    code: str
    made_at: str
    schema: int

    @property
    def made(self) -> datetime:
        """Return the instant it was made, by the clock of its study."""
        return read_instant(self.made_at)


@dataclass(frozen=True)
class Rehearsal:
    """What restoring would do: the backup's number against the live one, and whether it holds."""

    backup: Backup
    verified: verification.Verified
    live_number: int | None
    # Logins that the backup lets in and the study of now does not: removed since.
    revived: tuple[str, ...] = ()

    @property
    def goes_back(self) -> bool:
        """Tell whether the live study has rows that the backup lacks."""
        return self.live_number is not None and self.live_number > self.backup.number


def _quiet(step: str, share: float) -> None:
    """Report progress to nobody."""


def backup_name(now: datetime, number: int) -> str:
    """Return the file name of a backup: its instant and audit number, nothing of the study."""
    return f"study-{now:%Y%m%dT%H%M%S}-{number:07d}{ENDING}"


def make_backup(
    desk: Desk, folder: StudyFolder, target: Path | None = None, report: Report = _quiet
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
        _write(made, desk, folder, head, report)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageFailed("backup.not_made", path=str(place), reason=reason) from error
    where = STUDY_PLACE if target is None else SECOND_PLACE
    desk.note("backup.make", {"file": made.name, "number": head.number, "code": head.code, "place": where})
    write_header(folder, desk, last_backup=f"{instant_text(desk.now())} {made.parent}")
    return read_manifest(made)


def _write(made: Path, desk: Desk, folder: StudyFolder, head: Head, report: Report) -> None:
    with _private_folder(made.parent) as private:
        copy = private / STUDY_FILE
        desk.snapshot(copy)
        shutil.copyfile(folder.keys, private / KEY_FILE)
        _verify_copy(copy, desk.database.data_key, head, report)
        packed = private / "packed"
        _pack(packed, private, desk, head)
        _verify_packed(packed)
        os.replace(packed, made)
    sync_folder(made.parent)


@contextmanager
def _private_folder(place: Path) -> Iterator[Path]:
    # In the same folder, so that the last step is a rename and never a copy.
    private = Path(tempfile.mkdtemp(prefix=".backup-", dir=place))
    try:
        yield private
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _verify_copy(copy: Path, data_key: bytes, head: Head, report: Report) -> None:
    verified = verify_file(copy, data_key, report)
    if not verified.holds:
        raise StorageFailed("backup.not_whole", **{"code": verified.faults[0].code})
    if (verified.number, verified.link) != (head.number, head.link):
        raise StorageFailed("backup.other_state", found=verified.number, wanted=head.number)


def verify_file(path: Path, data_key: bytes, report: Report = _quiet) -> verification.Verified:
    """Run the opening checks on a file that nobody works on."""
    connection = connect(path, data_key)
    try:
        return verification.verify(connection.cursor(), report)
    finally:
        connection.close()


def _pack(packed: Path, private: Path, desk: Desk, head: Head) -> None:
    parts = {name: (private / name) for name in (STUDY_FILE, KEY_FILE)}
    manifest = {
        "study_id": read_keys(private / KEY_FILE).header.study_id,
        "number": head.number,
        "code": head.code,
        "link": head.link,
        "made_at": instant_text(desk.now()),
        "schema": schema.SCHEMA,
        "application": sle_desk.__version__,
        "parts": {name: sha256(path.read_bytes()) for name, path in parts.items()},
    }
    with packed.open("xb") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, path in parts.items():
                archive.write(path, name)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        stream.flush()
        os.fsync(stream.fileno())


def _verify_packed(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        for name, wanted in manifest["parts"].items():
            if sha256(archive.read(name)) != wanted:
                raise StorageFailed("backup.part_changed", path=str(packed), part=name)


def _manifest(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.is_symlink():
        raise StorageFailed("backup.not_a_file", path=str(path))
    if path.stat().st_size > LARGEST:
        raise StorageFailed("backup.too_large", path=str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            if sorted(archive.namelist()) != sorted(MEMBERS):
                raise StorageFailed("backup.not_one", path=str(path))
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise StorageFailed("backup.too_large", path=str(path))
            content: dict[str, Any] = json.loads(archive.read(MANIFEST))
            return content
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise StorageFailed("backup.not_one", path=str(path)) from error


def read_manifest(path: Path) -> Backup:
    """Return what a backup says of itself; StorageFailed when it is none."""
    content = _manifest(path)
    try:
        return Backup(
            path,
            content["study_id"],
            content["number"],
            content["code"],
            content["made_at"],
            content["schema"],
        )
    except KeyError as error:
        raise StorageFailed("backup.not_one", path=str(path)) from error


@contextmanager
def unpacked(path: Path, place: Path | None = None) -> Iterator[Path]:
    """Unpack a backup into a private folder, each part compared with its hash."""
    content = _manifest(path)
    private = Path(tempfile.mkdtemp(prefix=RESTORE_PREFIX, dir=place))
    try:
        try:
            with zipfile.ZipFile(path) as archive:
                for name in (STUDY_FILE, KEY_FILE):
                    data = archive.read(name)
                    if sha256(data) != content["parts"][name]:
                        raise StorageFailed("backup.part_changed", path=str(path), part=name)
                    _write_synced(private / name, data)
        except (zipfile.BadZipFile, OSError, KeyError) as error:
            raise StorageFailed("backup.not_one", path=str(path)) from error
        yield private
    finally:
        # What waits to be put in place stays for the next opening to end it.
        if place is None or not StudyFolder(place).is_restoring:
            shutil.rmtree(private, ignore_errors=True)


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def keys_for(folder: StudyFolder, keys: KeyFile, login: str, password: str) -> Keys:
    """Return the keys behind a person's slot; StorageFailed when name or password is not right."""
    found = opened_by_password(folder, keys, slot_owner(login), password)
    if found is None:
        raise StorageFailed("sign_in.wrong")
    return found


def rehearse(
    path: Path, login: str, password: str, live: StudyFolder | None, report: Report = _quiet
) -> Rehearsal:
    """Unpack and verify a backup and say what restoring it would do; nothing is changed."""
    backup = read_manifest(path)
    with unpacked(path) as private:
        keys = read_keys(private / KEY_FILE)
        found = keys_for(StudyFolder(private), keys, login, password)
        verified = verify_file(private / STUDY_FILE, found.data_key, report)
    live_number: int | None = None
    revived: tuple[str, ...] = ()
    if live is not None and live.keys.exists():
        now = read_keys(live.keys)
        header = now.header
        if header.study_id != backup.study_id:
            raise StorageFailed("backup.other_study", found=backup.study_id[:8], wanted=header.study_id[:8])
        live_number, revived = header.last_number, _revived(keys, now)
    return Rehearsal(backup, verified, live_number, revived)


def _revived(then: KeyFile, now: KeyFile) -> tuple[str, ...]:
    known = {slot.owner for slot in now.slots}
    return tuple(slot.owner.partition(":")[2] for slot in then.slots if slot.owner not in known)


def restore(
    path: Path, target: StudyFolder, rehearsal: Rehearsal, clock: Clock, *, accept_older: bool = False
) -> None:
    """Put a rehearsed backup in place; what was there before stays beside it as `.pre-restore`."""
    if not rehearsal.verified.holds:
        raise StorageFailed("backup.not_whole", code=rehearsal.verified.faults[0].code)
    if rehearsal.goes_back and not accept_older:
        raise StorageFailed("backup.older", backup=rehearsal.backup.number, live=rehearsal.live_number)
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
                    _write_synced(target.path / f"{name}.{stamp}.pre-restore", live.read_bytes())
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
        keys = read_keys(folder.keys)
        unlocked = open_with_key(folder, keys, keys_for(folder, keys, login, password), login, clock)
        try:
            with unlocked.database.session() as session:
                protocol = package.read_package(package.stored_files(session))
            actor = Actor(unlocked.user_id, unlocked.login, unlocked.name, unlocked.roles[0], None)
            yield unlocked, Desk(unlocked.database, protocol, clock, actor, read_only=True)
        finally:
            unlocked.database.close()
            unlocked.lock.release()


@contextmanager
def opened_read_only(path: Path, login: str, password: str, clock: Clock) -> Iterator[Desk]:
    """Open a backup to read and lend its desk."""
    with reading(path, login, password, clock) as (_, desk):
        yield desk


def newest(folder: StudyFolder) -> datetime | None:
    """Return when the newest backup beside the study was made, or None."""
    found = next(_newest_first(folder.backups), None)
    return found.made if found else None


def is_due(desk: Desk, folder: StudyFolder) -> bool:
    """Tell whether anything but sessions and backups was recorded since the newest backup."""
    found = next(_newest_first(folder.backups), None)
    since = found.number if found else 0
    with desk.view() as session:
        row = session.scalar(
            select(Audit.number).where(Audit.number > since, Audit.action.not_in(QUIET)).limit(1)
        )
        return row is not None


def newest_of(study: Path) -> str:
    """Return the name of the newest backup beside a study, or nothing."""
    found = next(_newest_first(StudyFolder(study).backups), None)
    return found.path.name if found else ""


def backups(place: Path) -> tuple[Backup, ...]:
    """Return the backups in a folder, newest first; files that are none are left out."""
    return tuple(_newest_first(place))


def _newest_first(place: Path) -> Iterator[Backup]:
    for path in sorted(place.glob(f"*{ENDING}"), reverse=True) if place.is_dir() else ():
        with contextlib.suppress(StorageFailed):
            yield read_manifest(path)
