"""Watches, while somebody works, what a sign-in asks once: the clock, the day, whether the role is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import sentence
from sle_desk.domain import roles
from sle_desk.services.new_day import BEGIN, begin_day
from sle_desk.services.sign_in_checks import settle_clock
from sle_desk.ui.dialogs.ask_clock import ask_clock
from sle_desk.ui.state import State

LOOK_EVERY = 30_000  # milliseconds


class DeskWatch(QObject):
    """Tells when the last day of a role is over; asks about a clock not to be believed; begins each day."""

    role_ended = Signal()

    def __init__(
        self, state: State, window: QWidget, locked: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._window, self._locked = state, window, locked
        state.clock_doubted.connect(self.ask_again)
        self._day: date | None = None
        # Told once each: who may not answer it, or did not, goes on reading.
        self._asked = ""
        timer = QTimer(self)
        timer.setInterval(LOOK_EVERY)
        timer.timeout.connect(self.look)
        timer.start()

    def start(self) -> None:
        """Note the day of the sign-in: what it shows was looked for then."""
        self._day = self._state.desk.today()

    def look(self) -> None:
        """Look now; nothing where nobody sits at the desk, or a job has the study."""
        if self._locked() or not self._state.seated or self._state.jobs.running or self._state.desk.read_only:
            return
        if self._state.desk.role_ended:
            self.role_ended.emit()
        elif QApplication.activeModalWidget() is None:
            self._look_at_clock()

    def ask_again(self) -> None:
        """Ask now, whoever was asked before: something was refused for it."""
        self._asked = ""
        self.look()

    def _look_at_clock(self) -> None:
        desk = self._state.desk
        doubt = desk.clock_guard.doubt(desk.now())
        if doubt is None or self._asked == doubt.code:
            self._asked = "" if doubt is None else self._asked
            if doubt is None:
                self._look_at_day()
            return
        self._asked = doubt.code
        told = sentence(doubt.code, doubt.facts(), self._state.language)
        if roles.may(desk.actor.role, doubt.action):
            ask_clock(self._window, self._state, told, self._settle)
        else:
            self._state.refused.emit(told)

    def _look_at_day(self) -> None:
        """Begin another day than the one looked at last; a dialog that is open is waited for."""
        desk = self._state.desk
        if self._day in (None, desk.today()):
            return
        try:
            if self._state.may(BEGIN):
                begin_day(desk)
        except SleDeskError as error:
            # Tried again at the next look: the file may be held for a moment.
            self._state.refuse(error)
            return
        self._day = desk.today()
        self._state.day_began.emit()

    def _settle(self, reason: str) -> None:
        settle_clock(self._state.desk, reason)
        self._state.say(self._state.language.text("Noted. What was refused can be saved now."))
