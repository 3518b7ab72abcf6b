"""The readings a clarification can be given: a digit picks one, none is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.ui.buttons import paint_ring
from sle_desk.ui.chips import Chip, KeyCap, rounded_box
from sle_desk.ui.keys import CTRL, ENTER, NONE, modifiers
from sle_desk.ui.labels import announce, label, name_for_readers
from sle_desk.ui.theme import current

_TOP = Qt.AlignmentFlag.AlignTop
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True)
class Reading:
    """One reading as it is offered: key, words, consequence, and a mark where it is only proposed."""

    code: str
    key: str
    words: str
    consequence: str
    mark: str = ""


class RadioMark(QWidget):
    """The round mark of one answer among several."""

    def __init__(self) -> None:
        super().__init__()
        self.on = False

    def sizeHint(self) -> QSize:
        """Return the room of the mark."""
        return QSize(current().px(18), current().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the circle, filled when it is on."""
        theme = current()
        size = theme.px(14)
        circle = QRectF(1, (self.height() - size) / 2, size, size)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent" if self.on else "input_line"), 1.5))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(circle)
            if self.on:
                painter.setBrush(theme.colour("accent"))
                painter.drawEllipse(circle.adjusted(4, 4, -4, -4))


class ReadingRow(QFrame):
    """One reading in a row: as many lines as its words need."""

    pressed = Signal(str)

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        px = current().px
        self.code, self.pointed_at = reading.code, False
        self.mark = RadioMark()
        self.words = label(role="strong", wrap=True)
        self.consequence = label(role="caption", ink="text_2", wrap=True)
        self.remark = label(role="caption", ink="text_2", wrap=True)
        self.proposed = Chip("", "neutral", "pencil")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(8), px(12), px(8))
        row.setSpacing(px(10))
        row.addWidget(KeyCap(reading.key), alignment=_TOP)
        row.addWidget(self.mark, alignment=_TOP)
        column = QVBoxLayout()
        column.setSpacing(px(2))
        for part in (self.words, self.consequence, self.remark):
            column.addWidget(part)
        row.addLayout(column, 1)
        row.addWidget(self.proposed, alignment=_TOP)
        self.remark.hide()
        self.show_reading(reading)

    def show_reading(self, reading: Reading) -> None:
        """Show these words."""
        self.words.setText(reading.words)
        self.consequence.setText(reading.consequence)
        self.proposed.show_status(reading.mark, "neutral", "pencil")
        self.proposed.setVisible(bool(reading.mark))
        self._name()

    def say(self, remark: str, status: str = "text_2") -> None:
        """Show a remark below, as who would be affected."""
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.remark.setProperty("ink", status)
        self.remark.style().polish(self.remark)
        self._name()

    def _name(self) -> None:
        said = (self.consequence.text(), self.proposed.word, self.remark.text())
        name_for_readers(self, self.words.text(), ". ".join(part for part in said if part))

    def choose(self, on: bool) -> None:
        """Show the reading as chosen or not."""
        self.mark.on = on
        self.mark.update()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick it."""
        self.pressed.emit(self.code)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box; the chosen one is filled softly and framed."""
        theme = current()
        with QPainter(self) as painter:
            ground = theme.colour("accent_soft" if self.mark.on else "surface")
            line = theme.colour("accent" if self.mark.on else "line")
            rounded_box(painter, self.rect(), theme.px(6), ground, line)
            if self.pointed_at:
                paint_ring(painter, self.rect(), theme.px(6), theme.colour("accent"))


class ReadingOptions(QWidget):
    """All readings of one clarification under one focus."""

    picked = Signal(str, bool)  # the code, and whether the focus goes on
    sign_requested = Signal()

    def __init__(self, readings: Sequence[Reading]) -> None:
        super().__init__()
        self.code = ""
        self._keys = {reading.key: reading.code for reading in readings}
        self.rows: dict[str, ReadingRow] = {}
        self._pointed = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(6))
        for reading in readings:
            row = ReadingRow(reading)
            row.pressed.connect(self._pressed)
            self.rows[reading.code] = row
            column.addWidget(row)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def retranslate(self, readings: Sequence[Reading], name: str) -> None:
        """Show the same readings in other words."""
        for reading in readings:
            self.rows[reading.code].show_reading(reading)
        name_for_readers(self, name)

    def choose(self, code: str) -> None:
        """Show a reading as chosen, or none; nobody is told."""
        self.code = code if code in self.rows else ""
        for other, row in self.rows.items():
            row.choose(other == self.code)

    def _pick(self, code: str, go_on: bool) -> None:
        self.choose(code)
        announce(self, self.rows[code].words.text())
        self.picked.emit(code, go_on)

    def _pressed(self, code: str) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pick(code, False)

    def _point(self, code: str) -> None:
        self._pointed = code
        for other, row in self.rows.items():
            row.pointed_at = other == code and self.hasFocus()
            row.update()

    def event(self, event: QEvent) -> bool:
        """Claim digits, arrows and Enter before the page's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = modifiers(event)
            mine = event.text() in self._keys or event.key() in (*_STEPS, *ENTER, Qt.Key.Key_Space)
            if (held == NONE and mine) or (held == CTRL and event.key() in ENTER):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick by digit, point with arrows, pick or go on with Enter."""
        held, codes = modifiers(event), list(self.rows)
        if held == CTRL and event.key() in ENTER:
            self.sign_requested.emit()
        elif held != NONE:
            event.ignore()
        elif event.text() in self._keys:
            self._pick(self._keys[event.text()], True)
        elif event.key() in _STEPS and codes:
            here = codes.index(self._pointed) if self._pointed in codes else -1
            self._point(codes[max(0, min(here + _STEPS[Qt.Key(event.key())], len(codes) - 1))])
        elif event.key() in ENTER and self.code and self._pointed in ("", self.code):
            self.picked.emit(self.code, True)
        elif event.key() in (*ENTER, Qt.Key.Key_Space) and self._pointed:
            self._pick(self._pointed, event.key() in ENTER)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Point at the chosen reading, or at the first: pointing chooses nothing."""
        super().focusInEvent(event)
        self._point(self.code or next(iter(self.rows), ""))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._point(self._pointed)
