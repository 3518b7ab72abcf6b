"""The files a recovery key was written to for printing: they are told until they are deleted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, WayOut

DELETE = "Ctrl+D"


class KeyFiles(QObject):
    """What still lies on a disk and holds a key, said in a strip with the way to delete it."""

    def __init__(self, state: State, strip: Strip) -> None:
        super().__init__(strip)
        self._state, self._strip = state, strip
        self._paths: list[Path] = []

    def add(self, path: Path) -> None:
        """Remember a file that was just written."""
        if path not in self._paths:
            self._paths.append(path)
        self.show_left()

    def left(self) -> tuple[Path, ...]:
        """Return the files that are still there."""
        return tuple(path for path in self._paths if path.exists())

    def show_left(self) -> None:
        """Say which files are still there; nothing when none is."""
        left, language = self.left(), self._state.language
        if not left:
            self._strip.clear()
            return
        sentence = language.text(
            "{path} holds the key. Print it, then delete it: the key belongs on paper only.",
            path=", ".join(str(path) for path in left),
        )
        ways = [WayOut(language.text("Printed: delete the file"), DELETE, self.delete)]
        self._strip.say(sentence, "warn", ways)

    def delete(self) -> None:
        """Delete what is left, written over first."""
        for path in self.left():
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(b"\0" * size)
            path.unlink()
        self.show_left()
