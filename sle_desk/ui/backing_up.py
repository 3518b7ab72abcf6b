"""Backups that nobody asks for, each half hour and at closing, and what the side bar says of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.services import backup, backup_times
from sle_desk.services.backup_folder import Made
from sle_desk.ui.state import State

LOOK_EVERY = 60_000  # ms


class BackingUp(QObject):
    """Looks each minute whether a backup is due, and makes it beside the work of the person."""

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, state: State, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look."""
        self._told = ""
        self._timer.start()

    def stop(self) -> None:
        """Look no longer; a backup under way is waited for."""
        self._timer.stop()
        self._state.jobs.wait()

    def look(self) -> None:
        """Make a backup when one is due and nothing else is under way."""
        unlocked = self._state.unlocked
        if unlocked is None or self._state.jobs.running:
            return
        desk = self._state.desk
        try:
            if not backup_times.is_time(desk, unlocked.folder):
                return
        except SleDeskError as error:
            self._tell(error)
            return
        work = partial(backup_times.back_up, desk, unlocked.folder)
        self._state.jobs.start(work, self._made, self._not_made)

    def _made(self, made: Made) -> None:
        if made.fault is not None:
            self._tell(made.fault)
        else:
            self._told = ""
        self.changed.emit()

    def _not_made(self, error: BaseException) -> None:
        if not isinstance(error, SleDeskError):
            raise error
        self._tell(error)

    def _tell(self, error: SleDeskError) -> None:
        """Tell a failure once: the next try is a minute away, and its words would cover the page."""
        if error.code != self._told:
            self._told = error.code
            self.failed.emit(error_sentence(error, self._state.language), "warn")

    def words(self) -> tuple[str, str]:
        """Return what the side bar says of the backups, and the status that it is shown with."""
        unlocked, language = self._state.unlocked, self._state.language
        if unlocked is None:
            return "", ""
        if self._state.desk.read_only:
            return language.text("A backup is being read"), ""
        found = backup.newest(self._state.desk, unlocked.folder)
        if found is None:
            return language.text("Offline · no backup yet"), "warn"
        made = found.made
        if backup_times.second_is_late(self._state.desk, unlocked.folder):
            words = language.text("No second copy for 7 days · backed up {time}", time=f"{made:%m-%d %H:%M}")
            return words, "warn"
        return language.text("Offline · backed up {time}", time=f"{made:%m-%d %H:%M}"), ""

    def at_closing(self) -> None:
        """Back up when something changed; what could not be done is refused in words."""
        unlocked = self._state.unlocked
        assert unlocked is not None
        fault = backup_times.back_up_if_due(self._state.desk, unlocked.folder)
        if fault is not None:
            self._state.refuse(fault)
