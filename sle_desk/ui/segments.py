"""Answers in a row, and rows of buttons of which one is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from sle_desk.ui import icons
from sle_desk.ui.buttons import paint_button_ground
from sle_desk.ui.chips import key_size, key_words, paint_key, text_width
from sle_desk.ui.labels import button_text, name_for_readers
from sle_desk.ui.theme import Theme, current


class SegmentButton(QAbstractButton):
    """One answer in a row of answers: chosen it is filled and ticked; its key stands on it."""

    def __init__(self, text: str, keys: str = "", *, ticked: bool = True, high: int = 32) -> None:
        super().__init__()
        self.setCheckable(True)
        self._ticked, self._high = ticked, high
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.pointed_at = False
        self.set_words(text, keys)

    def set_words(self, text: str, keys: str = "") -> None:
        """Show these words and this key."""
        self.words, self.keys = text, key_words(keys)
        self.setText(button_text(text))
        name_for_readers(self, text, self.keys)
        self.updateGeometry()
        self.update()

    def _mark(self, theme: Theme) -> int:
        """Return the room of the tick; the key gives its room to it, so that nothing jumps."""
        return theme.px(22) if self._ticked else 0

    def sizeHint(self) -> QSize:
        """Return the size that holds words and key, or tick and words."""
        theme = current()
        key = key_size(theme, self.keys).width() + theme.px(8) if self.keys else 0
        words = text_width(theme.font("strong"), self.words)
        high = max(theme.px(self._high), QFontMetrics(theme.font("strong")).height() + theme.px(6))
        return QSize(words + max(key, self._mark(theme)) + theme.px(24), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the answer."""
        theme, chosen = current(), self.isChecked()
        with QPainter(self) as painter:
            ink = paint_button_ground(
                painter, self.rect(), theme, "primary" if chosen else "secondary",
                hover=self.underMouse(), held=self.isDown(), focus=self.hasFocus() or self.pointed_at,
            )  # fmt: skip
            painter.setFont(theme.font("strong" if chosen else "body"))
            painter.setPen(ink)
            self._paint_words(painter, theme, ink, chosen)

    def _paint_words(self, painter: QPainter, theme: Theme, ink: QColor, chosen: bool) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        words = text_width(painter.font(), self.words)
        tick = self._mark(theme) if chosen else 0
        key = key_size(theme, self.keys) if self.keys and not chosen else QSize(0, 0)
        gap = theme.px(8) if key.width() else 0
        left = (self.width() - tick - words - gap - key.width()) // 2
        if tick:
            size = theme.px(16)
            icons.paint(painter, "check", QRect(left, (self.height() - size) // 2, size, size), ink)
        painter.drawText(QRect(left + tick, 0, words + 1, self.height()), flags, self.words)
        if key.width():
            top = (self.height() - key.height()) // 2
            box = QRect(left + words + gap, top, key.width(), key.height())
            paint_key(painter, box, theme, self.keys)


class SegmentedButtons(QWidget):
    """A row of buttons of which one is on, as filters of a list: arrows move, a click picks."""

    picked = Signal(str)

    def __init__(self, items: Sequence[tuple[str, str]], *, ticked: bool = False, name: str = "") -> None:
        super().__init__()
        self._buttons: dict[str, SegmentButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        name_for_readers(self, name)
        for code, text in items:
            button = SegmentButton(text, ticked=ticked)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._clicked)
            row.addWidget(button)
            self._buttons[code] = button
        row.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._buttons[items[0][0]].setChecked(True)

    def set_texts(self, texts: Sequence[str]) -> None:
        """Show other words in the same order, as after a change of language or count."""
        for button, text in zip(self._buttons.values(), texts, strict=True):
            button.set_words(text)

    def code(self) -> str:
        """Return the code of the button that is on."""
        return next(code for code, button in self._buttons.items() if button.isChecked())

    def pick(self, code: str) -> None:
        """Turn a button on and tell it, when it was not on."""
        changed = self.code() != code
        for other, button in self._buttons.items():
            button.setChecked(other == code)
        self._point()
        if changed:
            self.picked.emit(code)

    def _clicked(self) -> None:
        pressed = self.sender()
        pressed_code = next(code for code, button in self._buttons.items() if button is pressed)
        for code, button in self._buttons.items():
            button.setChecked(code == pressed_code)
        self._point()
        self.picked.emit(pressed_code)

    def _point(self) -> None:
        for button in self._buttons.values():
            button.pointed_at = self.hasFocus() and button.isChecked()
            button.update()
        chosen = self._buttons[self.code()]
        name_for_readers(self, self.accessibleName(), chosen.words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along the row with the arrows."""
        codes = list(self._buttons)
        step = (event.key() == Qt.Key.Key_Right) - (event.key() == Qt.Key.Key_Left)
        if not step:
            super().keyPressEvent(event)
            return
        self.pick(codes[(codes.index(self.code()) + step) % len(codes)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the arrows start."""
        super().focusInEvent(event)
        self._point()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._point()
