"""A study folder: the encrypted file, its keys, its lock and its backups."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sle_desk.base import private, processes
from sle_desk.base.errors import StorageFailed
from sle_desk.base.turns import turn
from sle_desk.base.written import HALF_MADE, OURS, reason_of, sync_folder, write_file
from sle_desk.models.store.key_file import Header, read_keys

STUDY_FILE = "study.sled"
KEY_FILE = "study.keys"
LOCK_FILE = "study.lock"
ATTEMPTS_FILE = "study.attempts"
BACKUPS = "backups"
# No study of one clinic comes near it: what is larger was not written here, and is not read to the end.
LARGEST = 2 * 1024**3
# While a backup is put in place: in which folder beside the study its files wait.
RESTORING_FILE = "study.restoring"
RESTORE_PREFIX = ".restore-"
# Comes with the files of a backup: what the audit of the restored study is to say of the restore.
RESTORED_FILE = "study.restored"
# What SQLite keeps beside its file, and rolls into whatever file stands there under that name.
BESIDE_FILE = ("-journal", "-wal", "-shm")
# A backup is made in a folder of its own beside the others, until it is whole.
BACKUP_PREFIX = ".backup-"


@dataclass(frozen=True)
class StudyFolder:
    """The place of one study and the names of what is in it."""

    path: Path

    @property
    def study(self) -> Path:
        """Return the path of the encrypted file."""
        return self.path / STUDY_FILE

    @property
    def keys(self) -> Path:
        """Return the path of the key file."""
        return self.path / KEY_FILE

    @property
    def beside_study(self) -> tuple[Path, ...]:
        """Return what a save that was broken off left beside the encrypted file."""
        named = (self.path / f"{STUDY_FILE}{ending}" for ending in BESIDE_FILE)
        return tuple(path for path in named if path.is_file())

    @property
    def attempts(self) -> Path:
        """Return the path of the file that counts failed sign-ins."""
        return self.path / ATTEMPTS_FILE

    @property
    def restored(self) -> Path:
        """Return the path of the note of a restore that the audit does not hold yet."""
        return self.path / RESTORED_FILE

    @property
    def backups(self) -> Path:
        """Return the folder of the backups beside the study."""
        return self.path / BACKUPS

    @property
    def is_restoring(self) -> bool:
        """Tell whether a restore was broken off between its files."""
        return (self.path / RESTORING_FILE).exists()

    def begin_restore(self, waiting: Path) -> None:
        """Note that the files of a backup, whole and verified, wait to be put in place."""
        text = json.dumps({"from": waiting.name}).encode("utf-8")
        write_file(self.path / RESTORING_FILE, lambda file: file.write(text), replace=True)

    def finish_restore(self) -> None:
        """Put what waits in place, all of it, and forget the note: the same after a crash as without one."""
        marker = self.path / RESTORING_FILE
        try:
            name = str(json.loads(marker.read_text(encoding="utf-8"))["from"])
        except (OSError, ValueError, KeyError, TypeError):
            name = ""
        if name.startswith(RESTORE_PREFIX) and "/" not in name and "\\" not in name:
            waiting = self.path / name
            if (waiting / STUDY_FILE).is_file():
                self._forget_journal()
            for part in (STUDY_FILE, KEY_FILE, RESTORED_FILE):
                if (waiting / part).is_file():
                    os.replace(waiting / part, self.path / part)
            sync_folder(self.path)
            shutil.rmtree(waiting, ignore_errors=True)
        marker.unlink(missing_ok=True)

    def _forget_journal(self) -> None:
        """Take the journal of the file of now away before another stands there: it would be rolled into it.

        A copy of it stays with that of the file that goes. Once the other file is in place, what stands
        beside it is its own.
        """
        for path in self.beside_study:
            path.unlink()
        sync_folder(self.path)

    def clear_away(self) -> None:
        """Remove what a crash left of a backup, a restore or a file half written; for who holds the lock."""
        folders = [*self.backups.glob(f"{BACKUP_PREFIX}*")]
        if not self.is_restoring:
            folders += self.path.glob(f"{RESTORE_PREFIX}*")
        for place in folders:
            shutil.rmtree(place, ignore_errors=True)
        private.clear_half_made(self.path)
        # Wrong passwords are counted without the lock: whoever writes there now has the turn.
        with turn(self.attempts):
            for folder in (self.path, self.backups):
                for left in folder.glob(f"{OURS}*{HALF_MADE}"):
                    if left.is_file() and not left.is_symlink():
                        left.unlink(missing_ok=True)

    def is_in_use(self) -> bool:
        """Tell whether somebody has the study open."""
        return FolderLock(self).is_held()

    def header(self) -> Header:
        """Return what may be shown before sign-in, as last written."""
        return read_keys(self.keys).header

    def check_is_study(self) -> None:
        """Refuse a folder that does not hold a study, naming what is missing; nothing is changed."""
        if not self.path.is_dir():
            raise StorageFailed("folder.missing", path=str(self.path))
        for part in (self.study, self.keys):
            if part.is_symlink() or (part.exists() and not part.is_file()):
                raise StorageFailed("folder.not_a_file", path=str(part))
            if not part.exists():
                raise StorageFailed("folder.part_missing", path=str(self.path), part=part.name)
        if (size := self.study.stat().st_size) > LARGEST:
            raise StorageFailed(
                "file.too_large", path=str(self.study), found=size // 1024**2, allowed=LARGEST // 1024**2
            )

    def check_is_free(self) -> None:
        """Refuse a folder for a new study that already holds anything."""
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise StorageFailed("folder.not_empty", path=str(self.path))


class FolderLock:
    """The lock of an open study: a second opening is told who holds it."""

    def __init__(self, folder: StudyFolder) -> None:
        self._path = folder.path / LOCK_FILE
        self._held = False

    def take(self, now: datetime) -> None:
        """Take the lock, or raise StorageFailed naming the holder; a lock left by a crash is taken over."""
        holder = self._holder()
        if holder is not None:
            raise holder
        own = processes.this_process()
        content = {
            "host": platform.node(),
            "process": own.number,
            "started": own.started,
            "boot": own.boot,
            "space": own.space,
            "since": now.isoformat(timespec="minutes"),
        }
        try:
            self._path.unlink(missing_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(content, stream)
        except FileExistsError as error:
            raise (self._holder() or StorageFailed("folder.in_use_now")) from error
        except OSError as error:
            # On a full disk it was made and could not be filled.
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            raise StorageFailed(
                "folder.not_writable", path=str(self._path.parent), reason=reason_of(error)
            ) from error
        self._held = True

    def is_held(self) -> bool:
        """Tell whether the lock is held, here or elsewhere."""
        return self._holder() is not None

    def release(self) -> None:
        """Give the lock back."""
        if self._held:
            self._path.unlink(missing_ok=True)
            self._held = False

    def _holder(self) -> StorageFailed | None:
        """Return the refusal that says who holds the lock, or None when it is free or its process is gone."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            facts = {"host": str(content["host"]), "since": str(content["since"])}
            told = [str(content.get(name, "")) for name in ("started", "boot", "space")]
            owner = processes.Process(int(content["process"]), *told)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return None
        facts["process"] = str(owner.number)
        # A computer may be called otherwise since: as long as it runs, its processes are known all the same.
        if facts["host"] != platform.node() and not processes.same_computer(owner):
            # Another computer's lock is never taken over: its process cannot be seen from here.
            return StorageFailed(
                "folder.in_use_elsewhere", **facts, path=str(self._path), here=platform.node()
            )
        # On Windows the exclusive lock on the file itself decides.
        gone = processes.is_gone(owner) or (os.name == "nt" and owner.number != os.getpid())
        return None if gone else StorageFailed("folder.in_use", **facts)
