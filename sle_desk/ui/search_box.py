"""The line that finds anything: subjects, forms, acts; its answers open below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from sle_desk.ui import icons
from sle_desk.ui.chips import key_size, paint_key
from sle_desk.ui.keys import KEY, plain_enter
from sle_desk.ui.labels import dress, name_for_readers
from sle_desk.ui.suggestions import Suggestion, SuggestionList
from sle_desk.ui.theme import current

_KEYS = "Ctrl K"


class SearchBox(QLineEdit):
    """Typing finds, arrows choose, Enter goes there, Esc gives the focus back."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self._find: Callable[[str], Sequence[Suggestion]] = _nothing
        self._list: SuggestionList | None = None
        self._back: QWidget | None = None
        dress(self, part="input", high="normal")
        self.setTextMargins(px(24), 0, key_size(current(), _KEYS).width() + px(6), 0)
        self.textEdited.connect(self._search)

    def answer_with(self, find: Callable[[str], Sequence[Suggestion]]) -> None:
        """Take where answers come from: a text typed gives what is found."""
        self._find = find

    def set_words(self, words: str) -> None:
        """Show what can be found while nothing is typed."""
        self.setPlaceholderText(words)
        name_for_readers(self, words, _KEYS)

    def start(self) -> None:
        """Take the focus and remember where it was."""
        self._back = QApplication.focusWidget()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _answers(self) -> SuggestionList:
        if self._list is None:
            self._list = SuggestionList(self)
            self._list.taken.connect(self._take)
        return self._list

    def _search(self, typed: str) -> None:
        found = self._find(typed) if typed.strip() else ()
        self._answers().offer(found, typed)
        if self._answers().is_open():
            self._answers().move_by(1)

    def _take(self, code: str) -> None:
        self._answers().hide()
        self.clear()
        self.chosen.emit(code)

    def sizeHint(self) -> QSize:
        """Return the width of the box."""
        return QSize(current().px(296), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move among the answers, take one, or give the focus back."""
        step = (event.key() == KEY.Key_Down) - (event.key() == KEY.Key_Up)
        if step:
            self._answers().move_by(step)
        elif plain_enter(event):
            offer = self._answers().marked()
            if offer is not None:
                self._take(offer.code)
        elif event.key() == KEY.Key_Escape:
            self._answers().hide()
            self.clear()
            if self._back is not None:
                self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the answers."""
        super().focusOutEvent(event)
        self._answers().hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line with its glass and its key."""
        super().paintEvent(event)
        theme = current()
        size, key = theme.px(16), key_size(theme, _KEYS)
        with QPainter(self) as painter:
            spot = QRect(theme.px(11), (self.height() - size) // 2, size, size)
            icons.paint(painter, "search", spot, theme.colour("text_2"))
            left = self.width() - key.width() - theme.px(8)
            box = QRect(left, (self.height() - key.height()) // 2, key.width(), key.height())
            paint_key(painter, box, theme, _KEYS)


def _nothing(typed: str) -> Sequence[Suggestion]:
    return ()
