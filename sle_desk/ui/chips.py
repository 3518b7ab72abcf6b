"""Chips (icon and word of a status), key caps and counts: painted alike in widgets and in table rows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sle_desk.ui import icons
from sle_desk.ui.labels import name_for_readers
from sle_desk.ui.theme import Theme, current

_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def key_words(keys: str) -> str:
    """Return a shortcut as people read it: blanks between the keys, arrows as signs."""
    spoken = {"Return": "Enter", "PgDown": "PgDn", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}
    parts = keys.replace("++", "+Plus").split("+")
    return " ".join(spoken.get(part, part) for part in parts)


def rounded_box(painter: QPainter, box: QRect, radius: float, ground: QColor, line: QColor | None) -> None:
    """Paint a rounded box, with a hairline where a colour is given."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(ground)
    painter.setPen(QPen(line, 1) if line else Qt.PenStyle.NoPen)
    # A one-pixel line is sharp when it runs through pixel centres.
    inner = box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5) if line else box.toRectF()
    painter.drawRoundedRect(inner, radius, radius)
    painter.restore()


def text_width(font: QFont, text: str) -> int:
    """Return the width that a text takes in a font."""
    return QFontMetrics(font).horizontalAdvance(text)


def chip_size(theme: Theme, word: str) -> QSize:
    """Return the size of a chip with this word."""
    width = theme.px(8 + 14 + 5 + 10) + text_width(theme.font("label"), word)
    return QSize(width, max(theme.px(22), QFontMetrics(theme.font("label")).height() + theme.px(4)))


def paint_chip(painter: QPainter, box: QRect, theme: Theme, status: str, word: str, icon: str = "") -> None:
    """Paint a chip: the ground and ink of its status, its icon, its word."""
    look = theme.status(status)
    ground, ink = QColor(look.ground), QColor(look.ink)
    rounded_box(painter, box, box.height() / 2, ground, None)
    size = theme.px(14)
    spot = QRect(box.left() + theme.px(8), box.top() + (box.height() - size) // 2, size, size)
    icons.paint(painter, icon or look.icon, spot, ink, ground)
    painter.setFont(theme.font("label"))
    painter.setPen(ink)
    painter.drawText(box.adjusted(theme.px(8 + 14 + 5), 0, 0, 0), _LEFT, word)


def key_size(theme: Theme, words: str) -> QSize:
    """Return the size of a key cap with these words."""
    font = theme.font("key")
    high = max(theme.px(20), QFontMetrics(font).height() + theme.px(2))
    return QSize(max(high, text_width(font, words) + theme.px(12)), high)


def paint_key(painter: QPainter, box: QRect, theme: Theme, words: str) -> None:
    """Paint a key cap."""
    rounded_box(painter, box, theme.px(4), theme.colour("surface_2"), theme.colour("line"))
    painter.setFont(theme.font("key"))
    painter.setPen(theme.colour("text_2"))
    painter.drawText(box, _CENTRE, words)


class Chip(QWidget):
    """A status as icon, word and colour."""

    def __init__(self, word: str = "", status: str = "neutral", icon: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_status(word, status, icon)

    def show_status(self, word: str, status: str, icon: str = "") -> None:
        """Show a word in a status; the icon is the status's own unless another is named."""
        self.word, self.status, self.icon = word, status, icon
        name_for_readers(self, word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size the word needs."""
        return chip_size(current(), self.word)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        with QPainter(self) as painter:
            paint_chip(painter, self.rect(), current(), self.status, self.word, self.icon)


class KeyCap(QWidget):
    """A key as it stands on the keyboard."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_keys(keys)

    def show_keys(self, keys: str) -> None:
        """Show another key."""
        self.words = key_words(keys)
        name_for_readers(self, self.words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size the words need."""
        return key_size(current(), self.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the key."""
        with QPainter(self) as painter:
            paint_key(painter, self.rect(), current(), self.words)


class CountPill(QWidget):
    """A number in a pill, as in navigation and on tabs."""

    def __init__(self, text: str = "", status: str = "neutral") -> None:
        super().__init__()
        self.text_shown, self.status = text, status
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size the number needs."""
        theme = current()
        high = theme.px(20)
        return QSize(max(high, text_width(theme.font("label"), self.text_shown) + theme.px(14)), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill."""
        with QPainter(self) as painter:
            paint_pill(painter, self.rect(), current(), self.status, self.text_shown)


def paint_pill(painter: QPainter, box: QRect, theme: Theme, status: str, text: str) -> None:
    """Paint a number in a pill."""
    look = theme.status(status)
    rounded_box(painter, box, box.height() / 2, QColor(look.ground), None)
    painter.setFont(theme.font("label"))
    painter.setPen(QColor(look.ink))
    painter.drawText(box, _CENTRE, text)
