"""The tabs of a page: words with counts, one underlined, moved by Ctrl+PageUp and Ctrl+PageDown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.buttons import paint_ring
from sle_desk.ui.chips import KeyCap, paint_pill, text_width
from sle_desk.ui.labels import button_text, name_for_readers
from sle_desk.ui.theme import current


@dataclass(frozen=True)
class Tab:
    """One tab: its code, its words, and a count in the colours of a status."""

    code: str
    words: str
    count: str = ""
    status: str = "neutral"


class TabButton(QAbstractButton):
    """One tab."""

    def __init__(self, tab: Tab) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_tab(tab)

    def set_tab(self, tab: Tab) -> None:
        """Show these words and this count."""
        self.tab = tab
        self.setText(button_text(tab.words))
        name_for_readers(self, tab.words, tab.count)
        self.updateGeometry()
        self.update()

    def _pill(self) -> int:
        theme = current()
        wide = text_width(theme.font("label"), self.tab.count) + theme.px(14)
        return max(theme.px(20), wide) if self.tab.count else 0

    def sizeHint(self) -> QSize:
        """Return the size that words and count need."""
        theme = current()
        pill = self._pill() + theme.px(8) if self.tab.count else 0
        high = max(theme.px(36), QFontMetrics(theme.font("strong")).height() + theme.px(14))
        return QSize(text_width(theme.font("strong"), self.tab.words) + pill + theme.px(6), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tab."""
        theme, chosen = current(), self.isChecked()
        with QPainter(self) as painter:
            painter.setFont(theme.font("strong" if chosen else "body"))
            painter.setPen(theme.colour("accent" if chosen else "text_2"))
            left = theme.px(3)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            room = self.rect().adjusted(left, 0, 0, -theme.px(4))
            painter.drawText(room, flags, self.tab.words)
            if self.tab.count:
                left += text_width(painter.font(), self.tab.words) + theme.px(8)
                high = theme.px(20)
                box = QRect(left, (room.height() - high) // 2, self._pill(), high)
                paint_pill(painter, box, theme, self.tab.status, self.tab.count)
            if chosen:
                line = QRect(0, self.height() - 3, self.width(), 3)
                painter.fillRect(line, theme.colour("accent"))
            if self.hasFocus():
                paint_ring(painter, self.rect(), theme.px(4), theme.colour("accent"))


class PageTabs(QWidget):
    """Tabs in a row, with the keys that move along them at the right; in two rows where one is too narrow."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self._buttons: list[TabButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row, self._second = QHBoxLayout(), QHBoxLayout()
        self._in_first = 0
        column.addLayout(self._row)
        column.addLayout(self._second)
        # Tabs stand apart as far as there is room, and closer in a small window.
        self._closest, self._apart = px(8), px(24)
        for row in (self._row, self._second):
            row.setSpacing(self._apart)
            row.addStretch(1)
        self._keys = (KeyCap("Ctrl+PgUp"), KeyCap("Ctrl+PgDn"))
        for cap in self._keys:
            self._row.addWidget(cap)
        self._moves: list[QAction] = []

    def bind_keys(self, page: QWidget, language: Language) -> None:
        """Let Ctrl+PageUp and Ctrl+PageDown move along the tabs from anywhere in a page."""
        words = (language.text("tab before"), language.text("next tab"))
        if self._moves:
            for action, said in zip(self._moves, words, strict=True):
                action.setText(said)
            return
        for keys, said, step in zip(("Ctrl+PgUp", "Ctrl+PgDown"), words, (-1, 1), strict=True):
            action = QAction(said, page)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(self._move, step))
            page.addAction(action)
            self._moves.append(action)

    def _tabs_width(self, gap: int, first: int = 0, last: int | None = None) -> int:
        return sum(button.sizeHint().width() + gap for button in self._buttons[first:last])

    def minimumSizeHint(self) -> QSize:
        """Ask for the room of the tabs in two rows; the keys are told only where there is more."""
        half = (len(self._buttons) + 1) // 2
        wide = max(self._tabs_width(self._closest, 0, half), self._tabs_width(self._closest, half))
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the tabs as far apart as they fit, and tell the keys where there is room for them."""
        super().resizeEvent(event)
        self._fit()

    def _break(self) -> None:
        """Let the tabs that have no room in the first row stand in a second one."""
        count = len(self._buttons)
        while count > 1 and self._tabs_width(self._closest, 0, count) > self.width():
            count -= 1
        if count == self._in_first:
            return
        self._in_first = count
        for place, button in enumerate(self._buttons):
            self._row.removeWidget(button)
            self._second.removeWidget(button)
            row, at = (self._row, place) if place < count else (self._second, place - count)
            row.insertWidget(at, button)

    def _fit(self) -> None:
        self._break()
        broken = self._in_first < len(self._buttons)
        each = (self.width() - self._tabs_width(0)) // max(len(self._buttons), 1)
        gap = max(self._closest, min(self._apart, each))
        self._row.setSpacing(gap)
        self._second.setSpacing(gap)
        room = -1 if broken else self.width() - self._tabs_width(gap)
        for cap in self._keys:
            room -= cap.sizeHint().width() + self._row.spacing()
        for cap in self._keys:
            cap.setVisible(room >= 0)

    def show_tabs(self, tabs: Sequence[Tab]) -> None:
        """Show these tabs; the one that was picked stays so."""
        picked = self.code()
        if [button.tab.code for button in self._buttons] == [tab.code for tab in tabs]:
            for button, tab in zip(self._buttons, tabs, strict=True):
                button.set_tab(tab)
            self._fit()
            return
        for button in self._buttons:
            self._row.removeWidget(button)
            self._second.removeWidget(button)
            button.deleteLater()
        self._buttons = [TabButton(tab) for tab in tabs]
        self._in_first = len(tabs)
        for place, button in enumerate(self._buttons):
            button.clicked.connect(self._clicked)
            self._row.insertWidget(place, button)
        codes = [tab.code for tab in tabs]
        self.mark(picked if picked in codes else codes[0] if codes else "")
        self._fit()

    def code(self) -> str:
        """Return the code of the tab that is picked."""
        return next((button.tab.code for button in self._buttons if button.isChecked()), "")

    def pick(self, code: str) -> None:
        """Pick a tab and tell it."""
        self.mark(code)
        self.picked.emit(code)

    def mark(self, code: str) -> None:
        """Show a tab as picked."""
        for button in self._buttons:
            button.setChecked(button.tab.code == code)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, TabButton):
            self.pick(button.tab.code)

    def _move(self, step: int, *_: object) -> None:
        codes = [button.tab.code for button in self._buttons]
        if codes:
            self.pick(codes[(codes.index(self.code()) + step) % len(codes)])
