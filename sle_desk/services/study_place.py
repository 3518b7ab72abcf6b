"""Where a study or its backups may be put: a whole path, free, writable, with room."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sle_desk.base.errors import StorageFailed
from sle_desk.models.store.disk import WARN_BELOW, check_local, free_bytes
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Desk

# A study grows to tens of megabytes, its backups to a few times that: less room than this is too little.
LEAST_FREE = 1024**3


@dataclass(frozen=True)
class Place:
    """A folder that was looked at: its path and the free bytes of its disk."""

    path: Path
    free: int


def _whole(typed: str) -> Path:
    try:
        path = Path(typed.strip()).expanduser()
        path.exists()
    except (OSError, ValueError, RuntimeError):
        # A name that is too long, or a home that is not known.
        path = Path()
    if not typed.strip() or "\0" in typed or not path.is_absolute():
        raise StorageFailed("place.not_whole", typed=typed.strip())
    return path


def _nearest(path: Path) -> Path:
    """Return the nearest folder above a path that exists."""
    return next((folder for folder in (path, *path.parents) if folder.exists()), Path(path.anchor))


def free_on(path: Path) -> int:
    """Return the free bytes of the disk a path lies on, or will lie on."""
    return free_bytes(path)


def running_low(desk: Desk) -> int | None:
    """Return the free megabytes of the study's disk once they are few, else None."""
    free = desk.database.free_bytes()
    return free // 1024**2 if free < WARN_BELOW else None


def _look(path: Path) -> Place:
    nearest = _nearest(path)
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise StorageFailed("place.not_writable", path=str(nearest))
    free = free_bytes(path)
    if free < LEAST_FREE:
        raise StorageFailed("place.full", path=str(path), free=free // 1024**2, wanted=LEAST_FREE // 1024**2)
    return Place(path, free)


def study_place(typed: str) -> Place:
    """Return the place of a new study; StorageFailed when it is in use, not local or full."""
    path = _whole(typed)
    StudyFolder(path).check_is_free()
    check_local(path)
    return _look(path)


def backup_place(typed: str, study: Path) -> Place:
    """Return a second place for backups; StorageFailed when it lies in the study folder or cannot be used."""
    path = _whole(typed)
    resolved, home = path.resolve(), study.resolve()
    if resolved == home or home in resolved.parents or resolved in home.parents:
        raise StorageFailed("place.inside_study", path=str(path), study=str(study))
    if path.exists() and not path.is_dir():
        raise StorageFailed("backup.no_folder", path=str(path))
    return _look(path)


def same_disk(first: Path, second: Path) -> bool:
    """Tell whether two folders lie on one disk: one fault would take both."""
    return _nearest(first).stat().st_dev == _nearest(second).stat().st_dev
