"""What was copied here and would outlast the person at the desk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication


class Copied(QObject):
    """Watches whether what is in the clipboard was put there while somebody worked in this application."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._here = False
        QGuiApplication.clipboard().dataChanged.connect(self._changed)

    def _changed(self) -> None:
        active = Qt.ApplicationState.ApplicationActive
        self._here = QGuiApplication.applicationState() == active

    def forget(self) -> None:
        """Empty the clipboard where it was filled here; what another program put there stays."""
        clipboard = QGuiApplication.clipboard()
        if self._here or clipboard.ownsClipboard():
            clipboard.clear()
            self._here = False
        if clipboard.supportsSelection() and clipboard.ownsSelection():
            clipboard.clear(clipboard.Mode.Selection)
