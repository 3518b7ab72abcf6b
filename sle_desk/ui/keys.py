"""Names for the keys that the window's parts share."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

KEY = Qt.Key
NONE, KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ENTER = (KEY.Key_Return, KEY.Key_Enter)


def modifiers(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return the modifiers held; the number pad counts as none."""
    return event.modifiers() & ~KEYPAD


def plain_enter(event: QKeyEvent) -> bool:
    """Tell whether this is Enter alone, of either Enter key."""
    return event.key() in ENTER and modifiers(event) == NONE
