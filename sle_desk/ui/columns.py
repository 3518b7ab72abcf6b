"""A page's main part with a rail at its right; where there is little room the rail moves below."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from sle_desk.ui.theme import current

RAIL, NARROW, LOWEST = 228, 1200, 360


class MainAndRail(QWidget):
    """Two parts side by side; one below the other where the window is under 1200 pixels wide."""

    def __init__(self, main: QWidget, rail: QWidget) -> None:
        super().__init__()
        self._main, self._rail = main, rail
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(current().px(16))
        self._row.addWidget(main, 1)
        self._row.addWidget(rail)

    def stacked(self) -> bool:
        """Tell whether the rail stands below."""
        return self._row.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the rail where there is room for it."""
        super().resizeEvent(event)
        theme = current()
        narrow = self.window().width() < theme.px(NARROW)
        self._row.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )
        # Stacked, the page scrolls, and the main part must not be squeezed to nothing.
        self._main.setMinimumHeight(theme.px(LOWEST) if narrow else 0)
        self._rail.setMinimumWidth(0 if narrow else theme.px(RAIL))
        self._rail.setMaximumWidth(16_777_215 if narrow else theme.px(RAIL))
