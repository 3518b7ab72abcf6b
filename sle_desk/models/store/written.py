"""Writing a file so that a crash leaves either the old one or the new one, whole."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes, *, keep_old: bool = False) -> None:
    """Write the content beside the path, sync it, and put it in place in one step.

    With keep_old the former file stays beside it as `<name>.old`.
    """
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if keep_old and path.exists():
            old = path.with_name(path.name + ".old")
            old_beside = path.with_name(path.name + ".old.new")
            old_beside.write_bytes(path.read_bytes())
            os.replace(old_beside, old)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable, where the system can sync a folder."""
    if os.name == "nt":  # Windows cannot open a folder for syncing; its renames are journalled.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
