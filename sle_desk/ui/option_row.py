"""One answer in a row of its own: key, radio mark, words, perhaps a second line and a remark."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from sle_desk.ui.buttons import paint_ring
from sle_desk.ui.chips import key_size, key_words, paint_key, rounded_box, text_width
from sle_desk.ui.labels import button_text, name_for_readers
from sle_desk.ui.theme import Theme, current

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class OptionRow(QAbstractButton):
    """An answer as a full row; the chosen one is filled softly and framed."""

    def __init__(self, words: str, keys: str = "", second: str = "", remark: str = "") -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pointed_at = False
        self.set_words(words, keys, second, remark)

    def set_words(self, words: str, keys: str = "", second: str = "", remark: str = "") -> None:
        """Show these words, this key, this second line and this remark at the right."""
        self.words, self.keys, self.second, self.remark = words, key_words(keys), second, remark
        self.setText(button_text(words))
        name_for_readers(self, words, ", ".join(part for part in (second, remark, self.keys) if part))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the words beside key and mark."""
        theme = current()
        wide = text_width(theme.font("strong"), self.words)
        wide = max(wide, text_width(theme.font("caption"), self.second))
        wide += text_width(theme.font("table"), self.remark) + (theme.px(24) if self.remark else 0)
        lines = QFontMetrics(theme.font("strong")).height()
        lines += QFontMetrics(theme.font("caption")).height() if self.second else 0
        return QSize(wide + self._indent(theme) + theme.px(16), max(theme.px(36), lines + theme.px(12)))

    minimumSizeHint = sizeHint

    def _indent(self, theme: Theme) -> int:
        key = key_size(theme, self.keys).width() + theme.px(12) if self.keys else 0
        return theme.px(12) + key + theme.px(16 + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        theme, chosen = current(), self.isChecked()
        with QPainter(self) as painter:
            ground = theme.colour("accent_soft" if chosen else "surface")
            line = theme.colour("accent" if chosen else "line")
            rounded_box(painter, self.rect(), theme.px(6), ground, line)
            if self.pointed_at:
                paint_ring(painter, self.rect(), theme.px(6), theme.colour("accent"))
            self._paint_marks(painter, theme, chosen)
            self._paint_words(painter, theme, chosen)

    def _paint_marks(self, painter: QPainter, theme: Theme, chosen: bool) -> None:
        left = theme.px(12)
        if self.keys:
            key = key_size(theme, self.keys)
            box = QRect(left, (self.height() - key.height()) // 2, key.width(), key.height())
            paint_key(painter, box, theme, self.keys)
            left += key.width() + theme.px(12)
        size = theme.px(14)
        circle = QRectF(left, (self.height() - size) / 2, size, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent" if chosen else "input_line"), 1.5))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(circle)
        if chosen:
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(circle.adjusted(4, 4, -4, -4))

    def _paint_words(self, painter: QPainter, theme: Theme, chosen: bool) -> None:
        indent = self._indent(theme)
        room = QRect(indent, 0, self.width() - indent - theme.px(16), self.height())
        if self.remark:
            painter.setFont(theme.font("table"))
            painter.setPen(theme.colour("text_2"))
            painter.drawText(room, _RIGHT, self.remark)
        first = QFontMetrics(theme.font("strong")).height()
        second = QFontMetrics(theme.font("caption")).height() if self.second else 0
        top = (self.height() - first - second) // 2
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("strong" if chosen or self.second else "body"))
        painter.drawText(QRect(room.left(), top, room.width(), first), _LEFT, self.words)
        if self.second:
            painter.setPen(theme.colour("text_2"))
            painter.setFont(theme.font("caption"))
            painter.drawText(QRect(room.left(), top + first, room.width(), second), _LEFT, self.second)
