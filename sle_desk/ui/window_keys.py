"""Keys that work on every page, where the page has no use of its own for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from sle_desk.ui.hearing import hear


class WindowKeys(QObject):
    """The acts of the whole window; a page, or a part of it, that has the same key goes before them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: list[QAction] = []
        # Asked before the key is looked up: two enabled actions of one key would do nothing at all.
        hear(self, QEvent.Type.ShortcutOverride)

    def add(self, keys: str, act: Callable[[], object]) -> QAction:
        """Add an act with its key."""
        action = QAction(self._window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(act)
        self._window.addAction(action)
        self._actions.append(action)
        return action

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave each key to what is nearer to the focus, before it is looked up."""
        for action in self._actions:
            action.setEnabled(not self._is_nearer(action.shortcut()))
        return False

    def _is_nearer(self, keys: QKeySequence) -> bool:
        widget = QApplication.focusWidget()
        while widget is not None and widget is not self._window:
            if any(each.isEnabled() and each.shortcut() == keys for each in widget.actions()):
                return True
            widget = widget.parentWidget()
        return False
