"""The mouse wheel scrolls pages and lists and never changes a value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollBar,
    QTabBar,
    QWidget,
)

# Qt changes the value of these on a wheel, even without the focus.
_CHANGED_BY_WHEEL = (QAbstractSpinBox, QComboBox, QAbstractSlider, QTabBar)


class WheelGuard(QObject):
    """An event filter of the application; the wheel goes on to what can scroll below."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the wheel from what it would change."""
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if not isinstance(watched, _CHANGED_BY_WHEEL) or isinstance(watched, QScrollBar):
            return False
        # Ignored as well as stopped: so it travels on to the page around it, which may scroll.
        event.ignore()
        return True
