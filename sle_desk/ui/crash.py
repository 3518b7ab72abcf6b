"""A fault nobody expected: logged without patient data, shown once, never a traceback on screen."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sle_desk.base.errors import SleDeskError

LOG_NAME = "faults.log"
LONGEST_LOG = 512 * 1024


def log_path() -> Path:
    """Return where faults are logged."""
    # A start without a fault needs no log.
    from platformdirs import user_log_path

    return user_log_path("sle_desk", appauthor=False) / LOG_NAME


def where(error: BaseException) -> str:
    """Return what may be logged of a fault: its kind and the lines of code, never values or messages."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return " < ".join([type(error).__name__, *reversed(lines)])


class CrashHandler:
    """Stands behind every slot: an expected fault becomes its sentence, any other is a bug shown once."""

    def __init__(
        self,
        refuse: Callable[[SleDeskError], None],
        show_bug: Callable[[str], None],
        stamp: Callable[[], str],
    ) -> None:
        self._refuse = refuse
        self._show_bug = show_bug
        self._stamp = stamp
        self._shown: set[str] = set()

    def install(self) -> None:
        """Take over from Python's own handler."""
        sys.excepthook = self.handle

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Deal with one fault."""
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, SleDeskError):
            self._refuse(error)
            return
        place = where(error)
        self._log(place)
        if place not in self._shown:
            self._shown.add(place)
            self._show_bug(str(log_path()))

    def _log(self, place: str) -> None:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LONGEST_LOG:
            path.replace(path.with_suffix(".log.old"))
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{self._stamp()} {place}\n")
