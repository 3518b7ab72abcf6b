"""Watches for a desk that was left: no key, no mouse, or a computer that slept."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QElapsedTimer, QEvent, QKeyCombination, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from sle_desk.base.clock import Clock
from sle_desk.ui.hearing import hear, hear_no_more

LOOK_EVERY = 2_000  # ms
LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)
# A sleep shows as time on the wall that the computer did not live through.
SLEPT = timedelta(seconds=30)
PRESENCE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


class IdleWatch(QObject):
    """Tells once that the desk is left: for longer than the time given, or by the lock's key in a dialog.

    The next key begins anew.
    """

    left = Signal()

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.minutes = 0
        self._since = QElapsedTimer()
        self._looked: tuple[float, float] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(lambda: self.look(self._since.elapsed() / 60_000))

    def start(self, minutes: int) -> None:
        """Begin to watch for a desk that was left so many minutes."""
        self.minutes = minutes
        hear(self, *PRESENCE)
        self._since.start()
        self._looked = None
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        if QApplication.instance() is not None:
            hear_no_more(self)

    def look(self, idle_minutes: float) -> None:
        """Tell when nobody was here for so long, or the computer slept since the last look."""
        now, passed = self._clock.now().timestamp(), self._clock.passed()
        before, self._looked = self._looked, (now, passed)
        slept = before is not None and (now - before[0]) - (passed - before[1]) > SLEPT.total_seconds()
        if slept or idle_minutes >= self.minutes:
            self._since.restart()
            self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take note that somebody is here; lock by its key where a dialog keeps that key from the window."""
        self._since.restart()
        asked = isinstance(event, QKeyEvent) and event.keyCombination() == LOCK
        if not asked or QApplication.activeModalWidget() is None:
            return False
        self.left.emit()
        return True
