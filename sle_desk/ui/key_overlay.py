"""All keys that work now, over the page, on F1."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from sle_desk.ui.cards import Card
from sle_desk.ui.chips import KeyCap
from sle_desk.ui.keybar import AllKeys, KeyHint
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.theme import current


class KeyOverlay(AllKeys):
    """All keys that work now, over the page; any of Esc, F1 or Enter closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._card = Card(part="sheet")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(current().px(16))
        self._grid.setVerticalSpacing(current().px(8))
        self._card.body.addLayout(self._grid)
        column = QVBoxLayout(self)
        column.addWidget(self._card, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def open(self, title: str, hints: Sequence[KeyHint]) -> None:
        """Show these keys; closing gives the focus back."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._card.set_title(title)
        half = (len(hints) + 1) // 2
        for place, hint in enumerate(hints):
            row, side = place % half, 0 if place < half else 2
            self._grid.addWidget(KeyCap(hint.keys), row, side, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(label(hint.words), row, side + 1)
        name_for_readers(self, title, ", ".join(f"{hint.keys}: {hint.words}" for hint in hints))
        self._back = QApplication.focusWidget()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_overlay(self) -> None:
        """Close and give the focus back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """Take every key while open: none of the page's works below."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc, F1 and Enter."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_overlay()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a click beside the keys."""
        self.close_overlay()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page below."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(15, 42, 49, 150))
