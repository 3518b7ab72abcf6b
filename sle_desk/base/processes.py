"""Which process is which: its number is given again, its start on one start of the computer is not."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
# Behind the name in /proc/PID/stat: the first is the third of the whole line, the start the twenty-second.
_START_BEHIND_NAME = 19
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Process:
    """A process as it is known from outside; empty texts where the system does not tell."""

    number: int
    started: str = ""
    # The start of the computer that it belongs to, and the space that its number counts in.
    boot: str = ""
    space: str = ""


def this_process() -> Process:
    """Return the process that asks."""
    return Process(os.getpid(), _started(os.getpid()), boot(), _space())


def boot() -> str:
    """Return what tells this start of the computer from every other, or nothing."""
    return _read("sys/kernel/random/boot_id").strip()


def same_computer(other: Process) -> bool:
    """Tell whether a process certainly counts as this one does: same start of the computer, same space."""
    here = this_process()
    return bool(here.boot and here.space) and (here.boot, here.space) == (other.boot, other.space)


def is_gone(other: Process) -> bool:
    """Tell whether a process of this computer has ended; another program under its number is told apart."""
    now = boot()
    if other.boot and now and other.boot != now:
        return True
    if not _runs(other.number):
        return True
    started = _started(other.number)
    return bool(other.started and started and other.started != started)


def _runs(number: int) -> bool:
    if not 0 < number <= _LARGEST:
        return False
    if number == os.getpid():
        return True
    if os.name == "nt":
        return _runs_on_windows(number)
    with contextlib.suppress(PermissionError):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
    return True


def _runs_on_windows(number: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    synchronize = 0x00100000
    handle = kernel.OpenProcess(synchronize, False, number)
    if not handle:
        # Of somebody else's process nothing is told but that it is there.
        return bool(kernel.GetLastError() == 5)
    ended = kernel.WaitForSingleObject(handle, 0) == 0
    kernel.CloseHandle(handle)
    return not ended


def _started(number: int) -> str:
    # The name of a program may hold blanks and brackets: what counts stands behind the last one.
    fields = _read(f"{number}/stat").rpartition(")")[2].split()
    return fields[_START_BEHIND_NAME] if len(fields) > _START_BEHIND_NAME else ""


def _space() -> str:
    try:
        return os.readlink(_PROC / "self/ns/pid").strip("pid:[]")
    except OSError:
        return ""


def _read(name: str) -> str:
    try:
        return (_PROC / name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
