"""What the whole window shares: the desk, the language, the jobs, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sle_desk.base.clock import Clock
from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language
from sle_desk.base.words import error_sentence
from sle_desk.domain import roles
from sle_desk.services.lock_guard import refusal
from sle_desk.ui.jobs import Jobs

if TYPE_CHECKING:
    # What opens the database is not loaded before somebody signs in.
    from sle_desk.services.desk import Desk
    from sle_desk.services.studies import Unlocked


CLOCK_CODES = frozenset({"clock.back", "clock.ahead"})


class State(QObject):
    """The one object that pages are given; signals go up from it, calls go down through it."""

    changed = Signal(frozenset)
    language_changed = Signal()
    names_shown_changed = Signal()
    going = Signal(object)
    said = Signal(str)
    refused = Signal(str)
    # Something was refused because the clock cannot be believed: whoever may is asked about it.
    clock_doubted = Signal()
    # Another day than that of the sign-in began while somebody sits.
    day_began = Signal()
    # A backup that somebody wants to read (an `OpenBackup`): the window closes the study and opens it.
    backup_requested = Signal(object)
    # A backup that takes the place of the study (a `Restoring`): the window closes the study for it.
    restore_requested = Signal(object)

    def __init__(self, clock: Clock, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = clock
        self.language = language
        self.jobs = Jobs(self)
        self.names_shown = True
        self.unlocked: Unlocked | None = None
        self._desk: Desk | None = None
        self._stop: Callable[[], None] | None = None

    @property
    def desk(self) -> Desk:
        """Return the desk somebody sits at."""
        if self._desk is None:
            raise LookupError("nobody sits at the desk")
        return self._desk

    def may(self, action: str) -> bool:
        """Tell whether an action can be done at the desk now: by its role, and by the lock of the database.

        What cannot be done is offered nowhere: keys, buttons and lines to type into are absent, or only read.
        """
        desk = self.desk
        return roles.may(desk.actor.role, action) and refusal(action, desk.locked) is None

    @property
    def seated(self) -> bool:
        """Tell whether somebody sits at the desk."""
        return self._desk is not None

    def sit(self, unlocked: Unlocked, desk: Desk) -> None:
        """Take the desk of a person who signed in."""
        self.unlocked, self._desk = unlocked, desk
        # By a method of its own, which keeps this object there for as long as the desk tells of changes.
        self._stop = desk.subscribe(self._tell_changed)

    def _tell_changed(self, tables: frozenset[str]) -> None:
        self.changed.emit(tables)

    def stand(self) -> tuple[Unlocked, Desk]:
        """Give the desk up and return it for closing."""
        assert self.unlocked is not None and self._desk is not None
        if self._stop is not None:
            self._stop()
        self.jobs.forget()
        given = (self.unlocked, self._desk)
        self.unlocked = self._desk = self._stop = None
        return given

    def choose_language(self, language: Language) -> None:
        """Speak another language from now on; what is typed stays."""
        if language != self.language:
            self.language = language
            self.language_changed.emit()

    def show_names(self, shown: bool) -> None:
        """Show or hide the names of subjects everywhere at once (F8)."""
        self.names_shown = shown
        self.names_shown_changed.emit()

    def go(self, where: object) -> None:
        """Ask the window to go to a place (a `Go`)."""
        self.going.emit(where)

    def say(self, text: str) -> None:
        """Tell the person what was done; it stays until the next key."""
        self.said.emit(text)

    def refuse(self, error: SleDeskError) -> None:
        """Tell the person why something was not done."""
        self.refused.emit(error_sentence(error, self.language))
        if error.code in CLOCK_CODES:
            self.clock_doubted.emit()
