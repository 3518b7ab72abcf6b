"""The mouse wheel scrolls pages and lists and never changes a value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from sle_desk.ui.hearing import hear


class WheelGuard(QObject):
    """An event filter of the application; the wheel goes on to what can scroll below."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        hear(self, QEvent.Type.Wheel)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the wheel from what it would change."""
        if not isinstance(watched, QWidget) or not _is_changed_by_wheel(watched):
            return False
        # Ignored as well as stopped: so it travels on to the page around it, which may scroll.
        event.ignore()
        return True


def _is_changed_by_wheel(widget: QWidget) -> bool:
    """Tell whether Qt changes the value of a widget on a wheel, even without the focus."""
    # Classes of Qt are set up when they are first asked for: none of these is in sight at the start.
    from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QTabBar

    changed = isinstance(widget, QAbstractSpinBox | QComboBox | QAbstractSlider | QTabBar)
    return changed and not isinstance(widget, QScrollBar)
