"""The file of a backup: written only once its copy was verified, read only as far as it is whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sle_desk
from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import instant_text, read_instant
from sle_desk.base.private import private_folder
from sle_desk.base.written import reason_of, sync_folder
from sle_desk.domain.sealing import sha256
from sle_desk.models.store import verification
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import (
    BACKUP_PREFIX,
    KEY_FILE,
    LARGEST,
    RESTORE_PREFIX,
    STUDY_FILE,
    StudyFolder,
)
from sle_desk.models.store.key_file import read_keys
from sle_desk.models.store.verification import quiet
from sle_desk.services.desk import Head

ENDING = ".slebak"
MANIFEST = "manifest.json"
MEMBERS = (STUDY_FILE, KEY_FILE, MANIFEST)
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Backup:
    """A backup file and what it holds, by its own manifest."""

    path: Path
    study_id: str
    number: int
    code: str
    link: str
    made_at: str
    schema: int

    @property
    def made(self) -> datetime:
        """Return the instant it was made, by the clock of its study."""
        return read_instant(self.made_at)


def backup_name(now: datetime, number: int) -> str:
    """Return the file name of a backup: its instant and audit number, nothing of the study."""
    return f"study-{now:%Y%m%dT%H%M%S}-{number:07d}{ENDING}"


@dataclass(frozen=True)
class Source:
    """What a backup is made of: how the file is copied, its key, where its audit stands, and its schema."""

    snapshot: Callable[[Path], object]
    data_key: bytes
    head: Head
    now: datetime
    schema: int


def write_backup(made: Path, folder: StudyFolder, source: Source, report: Report = quiet) -> None:
    """Write a backup under its name once its copy was verified; OSError where the disk does not allow it."""
    with _private_folder(made.parent) as private:
        copy = private / STUDY_FILE
        source.snapshot(copy)
        write_synced(private / KEY_FILE, folder.keys.read_bytes())
        _verify_copy(copy, source.data_key, source.head, report)
        packed = private / "packed"
        _pack(packed, private, source)
        _verify_packed(packed)
        os.replace(packed, made)
    sync_folder(made.parent)


@contextmanager
def _private_folder(place: Path) -> Iterator[Path]:
    # In the same folder, so that the last step is a rename and never a copy.
    private = Path(tempfile.mkdtemp(prefix=BACKUP_PREFIX, dir=place))
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


def verify_file(path: Path, data_key: bytes, report: Report = quiet) -> verification.Verified:
    """Run the opening checks on a file that nobody works on; it may be of an earlier version."""
    connection = connect(path, data_key)
    try:
        return verification.verify(connection.cursor(), report, older=True)
    finally:
        connection.close()


def _pack(packed: Path, private: Path, source: Source) -> None:
    parts = {name: (private / name) for name in (STUDY_FILE, KEY_FILE)}
    manifest = {
        "study_id": read_keys(private / KEY_FILE).header.study_id,
        "number": source.head.number,
        "code": source.head.code,
        "link": source.head.link,
        "made_at": instant_text(source.now),
        "schema": source.schema,
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
    packed.chmod(0o600)


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
        texts = [content[name] for name in ("study_id", "code", "link", "made_at")]
        numbers = [content[name] for name in ("number", "schema")]
        if not all(isinstance(text, str) for text in texts) or not all(type(one) is int for one in numbers):
            raise TypeError("a manifest of another kind")
        read_instant(content["made_at"])
        return Backup(
            path,
            content["study_id"],
            content["number"],
            content["code"],
            content["link"],
            content["made_at"],
            content["schema"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StorageFailed("backup.not_one", path=str(path)) from error


@contextmanager
def unpacked(path: Path, place: Path | None = None) -> Iterator[Path]:
    """Unpack a backup into a private folder, each part compared with its hash."""
    content = _manifest(path)
    with private_folder() if place is None else _waiting(place) as private:
        try:
            for name, data in _parts(path, content):
                write_synced(private / name, data)
        except OSError as error:
            # No room to unpack a good backup says nothing against it.
            raise StorageFailed("copy.no_place", reason=reason_of(error)) from error
        yield private


def _parts(path: Path, content: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the two files of a backup, each compared with its hash; StorageFailed where one is not whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in (STUDY_FILE, KEY_FILE):
                data = archive.read(name)
                if sha256(data) != content["parts"][name]:
                    raise StorageFailed("backup.part_changed", path=str(path), part=name)
                yield name, data
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise StorageFailed("backup.not_one", path=str(path)) from error


@contextmanager
def _waiting(place: Path) -> Iterator[Path]:
    """Lend a folder in a study's own, from where a backup takes the place of what is there."""
    private = Path(tempfile.mkdtemp(prefix=RESTORE_PREFIX, dir=place))
    try:
        yield private
    finally:
        # What waits to be put in place stays for the next opening to end it.
        if not StudyFolder(place).is_restoring:
            shutil.rmtree(private, ignore_errors=True)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and see it on the disk."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def backups(place: Path) -> tuple[Backup, ...]:
    """Return the backups in a folder, newest first; files that are none are left out."""
    return tuple(newest_first(place))


def is_whole(backup: Backup) -> bool:
    """Tell whether a backup holds what was packed, byte for byte; its whole file is read."""
    try:
        # Nothing is put on the disk: one that is full says nothing against a backup.
        return all(data for _, data in _parts(backup.path, _manifest(backup.path)))
    except (StorageFailed, OSError):
        return False


def newest_first(place: Path) -> Iterator[Backup]:
    """Yield the backups in a folder, newest first: by audit number, then by instant.

    The name says the local time of a clock that may have been wrong.
    """
    found: list[Backup] = []
    for path in place.glob(f"*{ENDING}") if place.is_dir() else ():
        with contextlib.suppress(StorageFailed):
            found.append(read_manifest(path))
    yield from sorted(found, key=lambda made: (made.number, made.made), reverse=True)
