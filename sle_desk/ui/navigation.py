"""The pages in the navigation: icon, words, count and key of each; one focus for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.ui import icons
from sle_desk.ui.buttons import paint_ring
from sle_desk.ui.chips import key_words, rounded_box, text_width
from sle_desk.ui.keys import KEY, plain_enter
from sle_desk.ui.labels import button_text, name_for_readers, set_tooltip
from sle_desk.ui.theme import Theme, current

WIDTH, FOLDED = 224, 64
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# On the dark ground a count needs a light pill: status, ground and ink.
_PILLS = (("query", "#D9C6EF", "#3A1F63"), ("warn", "#F6C667", "#3A2A08"), ("bad", "#F6B5AE", "#5A120C"))


@dataclass(frozen=True)
class NavEntry:
    """One page in the navigation."""

    code: str
    words: str
    icon: str
    keys: str


class NavItem(QAbstractButton):
    """A page: icon, words, count, key; folded only the icon, with a dot where there is a count."""

    def __init__(self, entry: NavEntry) -> None:
        super().__init__()
        self.entry = entry
        self.count, self.status = 0, "warn"
        self.folded = self.pointed_at = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_entry(entry)

    def set_entry(self, entry: NavEntry) -> None:
        """Show the words of an entry, as after a change of language."""
        self.entry = entry
        self.setText(button_text(entry.words))
        self._name()

    def set_count(self, count: int, status: str) -> None:
        """Show how many things wait on the page; none shows nothing."""
        self.count, self.status = count, status
        self._name()

    def set_folded(self, folded: bool) -> None:
        """Show the icon only, with the words as tooltip, or everything."""
        self.folded = folded
        set_tooltip(self, f"{self.entry.words}  {self.entry.keys}" if folded else "")
        self.updateGeometry()
        self.update()

    def _name(self) -> None:
        count = str(self.count) if self.count else ""
        name_for_readers(self, self.entry.words, ", ".join(part for part in (count, self.entry.keys) if part))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of an item."""
        return QSize(current().px(FOLDED - 16 if self.folded else WIDTH - 16), current().px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the item."""
        theme = current()
        with QPainter(self) as painter:
            self._paint_ground(painter, theme)
            size = theme.px(18)
            left = (self.width() - size) // 2 if self.folded else theme.px(15)
            ink = QColor("white") if self.isChecked() else theme.colour("sidebar_text")
            spot = QRect(left, (self.height() - size) // 2, size, size)
            icons.paint(painter, self.entry.icon, spot, ink, theme.colour("sidebar"))
            if self.folded:
                self._paint_dot(painter, theme, spot)
            else:
                self._paint_words(painter, theme, ink)

    def _paint_ground(self, painter: QPainter, theme: Theme) -> None:
        if self.isChecked() or self.underMouse():
            rounded_box(painter, self.rect(), theme.px(6), theme.colour("sidebar_active"), None)
        if self.isChecked():
            bar = QRect(0, 0, theme.px(3), self.height())
            rounded_box(painter, bar, 1.5, theme.colour("sidebar_mark"), None)
        if self.pointed_at:
            paint_ring(painter, self.rect(), theme.px(6), theme.colour("sidebar_mark"))

    def _paint_words(self, painter: QPainter, theme: Theme, ink: QColor) -> None:
        room = self.rect().adjusted(theme.px(41), 0, -theme.px(11), 0)
        painter.setFont(theme.font("micro"))
        painter.setPen(theme.colour("sidebar_hint"))
        keys = key_words(self.entry.keys)
        painter.drawText(room, _RIGHT, keys)
        right = room.right() - text_width(painter.font(), keys) - theme.px(10)
        if self.count:
            right = self._paint_pill(painter, theme, right)
        painter.setFont(theme.font("strong" if self.isChecked() else "body"))
        painter.setPen(ink)
        words = QRect(room.left(), 0, right - room.left(), self.height())
        shown = painter.fontMetrics().elidedText(self.entry.words, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, _LEFT, shown)

    def _pill(self) -> tuple[QColor, QColor]:
        for status, ground, ink in _PILLS:
            if status == self.status:
                return QColor(ground), QColor(ink)
        return QColor(_PILLS[1][1]), QColor(_PILLS[1][2])

    def _paint_pill(self, painter: QPainter, theme: Theme, right: int) -> int:
        text, high = str(self.count), theme.px(20)
        painter.setFont(theme.font("label"))
        wide = max(high, text_width(painter.font(), text) + theme.px(12))
        box = QRect(right - wide, (self.height() - high) // 2, wide, high)
        ground, ink = self._pill()
        rounded_box(painter, box, high / 2, ground, None)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return box.left() - theme.px(8)

    def _paint_dot(self, painter: QPainter, theme: Theme, icon: QRect) -> None:
        if self.count:
            size = theme.px(8)
            box = QRect(icon.right() - size // 2, icon.top() - size // 2, size, size)
            rounded_box(painter, box, size / 2, self._pill()[0], None)


class NavList(QWidget):
    """All pages under one focus: arrows point, Enter opens."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._items: list[NavItem] = []
        self._pointed = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().px(2))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_entries(self, entries: Sequence[NavEntry]) -> None:
        """Show these pages, or the same ones in other words."""
        if [item.entry.code for item in self._items] == [entry.code for entry in entries]:
            for item, entry in zip(self._items, entries, strict=True):
                item.set_entry(entry)
            return
        for item in self._items:
            item.deleteLater()
        self._items = [NavItem(entry) for entry in entries]
        for item in self._items:
            item.clicked.connect(self._clicked)
            self._column.addWidget(item)

    def item(self, code: str) -> NavItem:
        """Return the item of a page."""
        return next(item for item in self._items if item.entry.code == code)

    def items(self) -> tuple[NavItem, ...]:
        """Return all items."""
        return tuple(self._items)

    def check(self, code: str) -> None:
        """Show which page is in sight."""
        for place, item in enumerate(self._items):
            item.setChecked(item.entry.code == code)
            if item.entry.code == code:
                self._pointed = place

    def _clicked(self) -> None:
        item = self.sender()
        if isinstance(item, NavItem):
            self.requested.emit(item.entry.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point with the arrows, open with Enter."""
        step = (event.key() == KEY.Key_Down) - (event.key() == KEY.Key_Up)
        if step and self._items:
            self._pointed = max(0, min(self._pointed + step, len(self._items) - 1))
            self._point()
        elif plain_enter(event) and self._items:
            self.requested.emit(self._items[self._pointed].entry.code)
        else:
            event.ignore()

    def _point(self) -> None:
        for place, item in enumerate(self._items):
            item.pointed_at = self.hasFocus() and place == self._pointed
            item.update()
        name_for_readers(self, self._items[self._pointed].entry.words if self._items else "")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the arrows start."""
        super().focusInEvent(event)
        self._point()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._point()
