"""Writing a file so that it is there whole or not at all, and never over another in silence."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from sle_desk.base.errors import RuleBroken, StorageFailed

TRIES = 5
PAUSE = 0.1
# What is half made is hidden, and known as ours where a killed process leaves it.
OURS, HALF_MADE = ".sle_desk-", ".part"


def write_file(
    path: Path,
    write: Callable[[BinaryIO], object],
    *,
    replace: bool = False,
    keep_old: bool = False,
    waiting: Path | None = None,
) -> Path:
    """Write a file through a temporary one in the same folder, synced before it takes its name.

    With keep_old the file that is replaced stays beside it as `<name>.old`. The temporary one may lie in a
    `waiting` folder on the same disk instead.

    RuleBroken `file.exists` when the name is taken and `replace` was not asked for; StorageFailed
    `file.not_written` when the folder, the disk or another program does not allow it.
    """
    if not replace and path.exists():
        raise RuleBroken("file.exists", name=path.name, folder=str(path.parent))
    try:
        handle, name = tempfile.mkstemp(prefix=OURS, suffix=HALF_MADE, dir=waiting or path.parent)
    except OSError as error:
        raise not_written(path, error) from error
    half_made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if keep_old and path.exists():
            _keep(path)
        _take_name(half_made, path, replace)
        sync_folder(path.parent)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        half_made.unlink(missing_ok=True)
    return path


def not_written(path: Path, error: OSError) -> StorageFailed:
    """Return the fault to raise when the system does not let a file be written."""
    return StorageFailed("file.not_written", name=path.name, folder=str(path.parent), reason=reason_of(error))


def reason_of(error: OSError) -> str:
    """Return why the system refused something, in its own words."""
    return error.strerror or type(error).__name__


def _keep(path: Path) -> None:
    """Keep a copy of a file as `<name>.old`; the one of before goes in one step."""
    beside = path.with_name(path.name + ".old.new")
    beside.unlink(missing_ok=True)
    try:
        # Made for its owner alone, like the file it is a copy of: the umask would let everybody read it.
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(path.read_bytes())
        os.replace(beside, path.with_name(path.name + ".old"))
    finally:
        beside.unlink(missing_ok=True)


def _take_name(half_made: Path, path: Path, replace: bool) -> None:
    if replace:
        _replace(half_made, path)
        return
    # The name is reserved by a call that fails if it exists: another program may have taken it meanwhile.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise RuleBroken("file.exists", name=path.name, folder=str(path.parent)) from None
    try:
        _replace(half_made, path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _replace(half_made: Path, path: Path) -> None:
    """A virus scanner or a viewer may hold the file for a moment (Windows): try again, then give up."""
    for attempt in range(1, TRIES + 1):
        try:
            os.replace(half_made, path)
            return
        except PermissionError:
            if attempt == TRIES:
                raise
            time.sleep(PAUSE)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable, where the system can sync a folder."""
    if os.name == "nt":  # Windows cannot open a folder for syncing; its renames are journalled.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
