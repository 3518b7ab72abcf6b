"""One at a time at a folder: whoever else wants it, in this process or another, waits for its turn."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Of this process: a thread that has its turn may ask for it again.
_HERE = threading.RLock()
_HELD: set[Path] = set()
# Windows locks no folder: there a file of nothing stands for it, and stays.
LOCK_ENDING = ".turn"


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Have the turn at the folder of a file; a process that ends or is killed gives its turn back.

    Where the system gives no lock (some folders of other computers) turns are taken in this process alone.
    """
    place = path.absolute().parent
    with _HERE:
        if place in _HELD:
            yield
            return
        handle = _locked(path)
        _HELD.add(place)
        try:
            yield
        finally:
            _HELD.discard(place)
            if handle is not None:
                # The system gives the lock back with the last handle on it.
                os.close(handle)


def _locked(path: Path) -> int | None:
    with contextlib.suppress(OSError):
        return _lock_beside(path) if os.name == "nt" else _lock_folder(path.parent)
    return None


def _lock_folder(folder: Path) -> int:
    handle = os.open(folder, os.O_RDONLY)
    try:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        os.close(handle)
        raise
    return handle


def _lock_beside(path: Path) -> int:
    handle = os.open(path.with_name(path.name + LOCK_ENDING), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            # It gives up by itself after ten seconds: nobody hashes one password for as long.
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    except OSError:
        os.close(handle)
        raise
    return handle
