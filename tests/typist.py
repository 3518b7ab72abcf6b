"""A person at the keyboard: every press goes to the window that has the focus, and is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget

MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Space": Qt.Key.Key_Space,
    "Backspace": Qt.Key.Key_Backspace,
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "PageUp": Qt.Key.Key_PageUp,
    "PageDown": Qt.Key.Key_PageDown,
    "Delete": Qt.Key.Key_Delete,
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
}


class PressCounter(QObject):
    """Counts the key presses that reach a window."""

    def __init__(self) -> None:
        super().__init__()
        self.presses = 0
        application = QApplication.instance()
        assert application is not None
        self.setParent(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count a press once, when it reaches the window itself."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched.isWindowType():
            modifier = event.key() in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt)
            self.presses += 0 if modifier else 1
        return False


# What is to be done in dialogs that have not opened yet, in the whole process.
_awaited: list[Callable[[], None]] = []


def never_opened() -> int:
    """Return how many dialogs were awaited and never came, and await them no more.

    One that is left would answer the first dialog of a later test.
    """
    left = len(_awaited)
    _awaited.clear()
    return left


def _leads_to(window: QWindow | None, modal: QWindow | None) -> bool:
    """Tell whether what has the focus is the modal window or above it; it is where none is modal."""
    while window is not None and window is not modal:
        window = window.transientParent()
    return window is modal


@cache
def _counter() -> PressCounter:
    """Return the one counter of a process: a filter for each test would see every event of all later ones."""
    return PressCounter()


def has_line(window: QWidget) -> bool:
    """Tell whether the focus is in a line of a window: one that is going away may have it a moment longer."""
    focus = QApplication.focusWidget()
    return isinstance(focus, QLineEdit) and window.isAncestorOf(focus)


class Typist:
    """Presses keys, waits for the window, and reads what is on it."""

    def __init__(self) -> None:
        self._counter = _counter()
        self._before = self._counter.presses

    @property
    def presses(self) -> int:
        """Return how many keys were pressed since somebody sat down; a chord is one."""
        return self._counter.presses - self._before

    def press(self, *chords: str) -> None:
        """Press keys by name: "Enter", "F2", "Ctrl+N", "y"."""
        for chord in chords:
            *names, key = chord.split("+") if chord != "+" else [chord]
            modifiers = Qt.KeyboardModifier.NoModifier
            for name in names:
                modifiers |= MODIFIERS[name]
            self._send(key, modifiers)

    def _send(self, key: str, modifiers: Qt.KeyboardModifier) -> None:
        window = self._window()
        if key in KEYS:
            QTest.keyClick(window, KEYS[key], modifiers)
        elif modifiers:
            QTest.keyClick(window, Qt.Key(ord(key.upper())), modifiers)
        else:
            QTest.keyClick(window, key)
        # What a key opens gets the focus a turn or two later: nobody types between them.
        for _ in range(3):
            QCoreApplication.processEvents()
        # A dialog that does not hold up the key that opened it is answered before the next one.
        if _awaited and QApplication.activeModalWidget() is not None:
            self.wait(lambda: not _awaited)

    def _window(self) -> QWindow:
        """Return the window with the focus; when a dialog closed, the one below it gets it back.

        A window manager does that on a real screen; the offscreen platform has none. The words of a dialog
        are drawn before it has the focus, and nobody types that fast.
        """
        modal = QGuiApplication.modalWindow()
        if modal is not None and not _leads_to(QGuiApplication.focusWindow(), modal):
            modal.requestActivate()
            self.wait(lambda: _leads_to(QGuiApplication.focusWindow(), QGuiApplication.modalWindow()), 5_000)
        if QGuiApplication.focusWindow() is None:
            shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
            assert shown, "no window is shown"
            shown[-1].activateWindow()
            self.wait(lambda: QGuiApplication.focusWindow() is not None, 2_000)
        window = QGuiApplication.focusWindow()
        assert window is not None, "no window has the focus"
        return window

    def type(self, text: str) -> None:
        """Type a text character by character."""
        for character in text:
            window = self._window()
            QTest.keyClick(window, character) if character.isascii() else self._commit(character)
            QCoreApplication.processEvents()

    def _commit(self, character: str) -> None:
        # What an input method does when a character is chosen.
        from PySide6.QtGui import QInputMethodEvent

        event = QInputMethodEvent("", [])
        event.setCommitString(character)
        QCoreApplication.sendEvent(QApplication.focusWidget(), event)
        self._counter.presses += 1

    def fill(self, *texts: str) -> None:
        """Type each text and press Enter."""
        for text in texts:
            self.type(text)
            self.press("Enter")

    def wait(self, holds: Callable[[], bool], milliseconds: int = 20_000) -> None:
        """Let the window work until something holds."""
        clock = QElapsedTimer()
        clock.start()
        while not holds():
            assert clock.elapsed() < milliseconds, f"waited {milliseconds} ms; on screen: {self.seen()}"
            QCoreApplication.processEvents()
            QTest.qWait(5)

    def wait_for(self, text: str) -> None:
        """Wait until a text is seen on the screen."""
        self.wait(lambda: self.sees(text))

    def in_dialog(self, act: Callable[[], None]) -> None:
        """Act once a dialog that waits for its answer is open; then press the key that opens it."""

        _awaited.append(act)

        def later() -> None:
            if act not in _awaited:
                return
            found, focus = QApplication.activeModalWidget(), QApplication.focusWidget()
            if isinstance(found, QDialog) and found.isActiveWindow() and found.isAncestorOf(focus):
                _awaited.remove(act)
                act()
            else:
                QTimer.singleShot(20, later)

        QTimer.singleShot(20, later)

    def seen(self) -> str:
        """Return every text a person can see now, labels and table cells, in one string."""
        texts: list[str] = []
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                texts += _texts(window)
        return "\n".join(texts)

    def sees(self, text: str) -> bool:
        """Tell whether a text is on the screen."""
        return text in self.seen()


def _texts(window: QWidget) -> list[str]:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit

    texts: list[str] = []
    for widget in [window, *window.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            texts.append(widget.text())
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            columns = model.columnCount() if isinstance(model, QAbstractTableModel) else 1
            for row in range(model.rowCount()):
                for column in range(columns):
                    index = model.index(row, column)
                    shown = index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data()
                    texts.append(str(shown or ""))
    return texts
