"""A keyboard for the parts of the window: every press goes to the widget that has the focus."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from typist import KEYS, MODIFIERS

NONE = Qt.KeyboardModifier.NoModifier


class Keyboard:
    """Presses keys by name and types texts; counts the presses."""

    def __init__(self):
        self.presses = 0

    def press(self, *chords):
        """Press keys by name: "Enter", "F2", "Ctrl+N", "y"."""
        for chord in chords:
            *names, key = chord.split("+")
            held = NONE
            for name in names:
                held |= MODIFIERS[name]
            code = KEYS.get(key) or (Qt.Key(ord(key.upper())) if held else key)
            QTest.keyClick(_focus(), code, held)
            self._done()

    def type(self, text):
        """Type a text character by character; what no key bears comes as from an input method."""
        for character in text:
            if character.isascii():
                QTest.keyClick(_focus(), character)
            elif _focus().testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
                event = QInputMethodEvent("", [])
                event.setCommitString(character)
                QCoreApplication.sendEvent(_focus(), event)
            else:
                QTest.sendKeyEvent(QTest.KeyAction.Click, _focus(), Qt.Key.Key_unknown, character, NONE)
            self._done()

    def _done(self):
        self.presses += 1
        QCoreApplication.processEvents()


def _focus():
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget
