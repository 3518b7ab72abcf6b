"""A decision over the page: title with its subject, content, a verb and a safe way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, IconTile
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.theme import current

WIDTH = 720


class Sheet(QDialog):
    """A dialog for a decision and nothing else; the page is dimmed below it.

    Content goes into `body`, words beside the buttons into `foot`; Ctrl+Enter is the verb's key when
    the caller gives it to the button, Esc the way out.
    """

    def __init__(self, parent: QWidget, title: str, second: str, icon: str, wide: int = WIDTH) -> None:
        super().__init__(parent)
        px = current().px
        self._window = parent.window()
        self.setModal(True)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        # Not every window system gives the focus back to the window below by itself.
        self.finished.connect(self._window.activateWindow)
        self.setWindowTitle(title)
        name_for_readers(self, title, second)
        self._card = Card(part="sheet")
        self._card.setFixedWidth(min(px(wide), self._window.width() - px(48)))
        self._card.body.setContentsMargins(px(32), px(24), px(32), px(24))
        self._card.body.setSpacing(px(14))
        self.body = QVBoxLayout()
        self.body.setSpacing(px(14))
        self.foot = label(role="table", ink="text_2", wrap=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(px(12))
        self._buttons.addWidget(self.foot, 1)
        self._card.body.addLayout(_head(title, second, icon))
        self._card.body.addLayout(self.body)
        self._card.body.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card, alignment=Qt.AlignmentFlag.AlignCenter)
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        self.setGeometry(corner.x(), corner.y(), self._window.width(), self._window.height())

    def add_way_out(self, words: str) -> Button:
        """Add the safe way out; it has the focus until the content takes it."""
        button = Button(words, keys="Esc", high=40)
        button.clicked.connect(self.reject)
        self._buttons.addWidget(button)
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        return button

    def add_verb(self, words: str, keys: str = "", kind: str = "primary", icon: str = "") -> Button:
        """Add the button that decides; the caller connects it."""
        button = Button(words, kind, keys=keys, icon=icon, high=40)
        self._buttons.addWidget(button)
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page below."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(15, 42, 49, 150))


def _head(title: str, second: str, icon: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().px(14))
    row.addWidget(IconTile(icon, size=48), alignment=Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(current().px(2))
    column.addWidget(label(title, "page", wrap=True))
    if second:
        column.addWidget(label(second, "body", "text_2", wrap=True))
    row.addLayout(column, 1)
    return row
