"""All answers of one question under one focus, in a row or as rows; none is chosen beforehand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.forms import Choice
from sle_desk.ui.buttons import paint_ring
from sle_desk.ui.field_keys import Act
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.keys import NONE, SHIFT, modifiers
from sle_desk.ui.option_row import OptionRow
from sle_desk.ui.segments import SegmentButton
from sle_desk.ui.theme import current

ROW_LIMIT = 5
RING = 4
_ARROWS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class ChoiceButtons(QWidget):
    """The answers of one question: keys pick, arrows point, Space picks what is pointed at."""

    picked = Signal(str, bool)  # the code, and whether a key picked it

    def __init__(self, choices: tuple[Choice, ...], act_for: Callable[[QKeyEvent], Act | None]) -> None:
        super().__init__()
        self._choices, self._act_for = choices, act_for
        self.left: Callable[[QFocusEvent], None] = _nobody
        self.code = ""
        self.editable = True
        self._pointed = -1
        self.rows = len(choices) > ROW_LIMIT
        self._buttons: list[SegmentButton | OptionRow] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._lay_out()

    def _lay_out(self) -> None:
        px = current().px
        self._grid, self._columns, flow = QGridLayout(), 0, FlowLayout(None, px(8))
        self._grid.setSpacing(px(4))
        for choice in self._choices:
            button = OptionRow("", choice.key) if self.rows else SegmentButton("", choice.key)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._clicked)
            self._buttons.append(button)
            if not self.rows:
                flow.addWidget(button)
        column = QVBoxLayout(self)
        # Room for the focus ring around all answers.
        column.setContentsMargins(RING, RING, RING, RING)
        column.addLayout(self._grid if self.rows else flow)
        self._stand_in(2)

    def _stand_in(self, columns: int) -> None:
        """Let rows stand in so many columns, one answer below the other in each."""
        if not self.rows or columns == self._columns:
            return
        self._columns, deep = columns, -(-len(self._buttons) // columns)
        for place, button in enumerate(self._buttons):
            self._grid.addWidget(button, place % deep, place // deep)

    def _fit(self) -> None:
        """Let no answer be cut where two stand side by side: one column is enough then."""
        needed = 2 * max(button.sizeHint().width() for button in self._buttons) + self._grid.spacing()
        self._stand_in(2 if needed <= self.width() - 2 * RING else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the answers stand as the width has room for."""
        super().resizeEvent(event)
        self._fit()

    def retranslate(self, language: Language) -> None:
        """Show the answers in a language."""
        for choice, button in zip(self._choices, self._buttons, strict=True):
            button.set_words(language.words(choice.label), choice.key)
        if self.isVisible():
            self._fit()

    def choose(self, code: str) -> None:
        """Show an answer as chosen, or none; nobody is told."""
        self.code = code
        for choice, button in zip(self._choices, self._buttons, strict=True):
            button.setChecked(choice.code == code)

    def _clicked(self) -> None:
        pressed = self._buttons.index(self.sender())  # type: ignore[arg-type]
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if not self.editable:
            self.choose(self.code)
            return
        self._pick(self._choices[pressed].code, by_key=False)

    def _pick(self, code: str, *, by_key: bool) -> None:
        self.choose(code)
        self.picked.emit(code, by_key)

    def _choice_of(self, event: QKeyEvent) -> Choice | None:
        if modifiers(event) & ~SHIFT or not event.text() or not self.editable:
            return None
        return next((choice for choice in self._choices if choice.key.upper() == event.text().upper()), None)

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the answers before the page's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = modifiers(event) == NONE
            claimed = plain and event.key() in (*_ARROWS, Qt.Key.Key_Space, Qt.Key.Key_Delete)
            if claimed or self._act_for(event) is not None or self._choice_of(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick, point, clear; everything else belongs to the owner or the page."""
        act = self._act_for(event)
        choice = self._choice_of(event)
        if act is not None:
            act()
        elif choice is not None:
            self._pick(choice.code, by_key=True)
        elif event.key() in _ARROWS and modifiers(event) == NONE:
            self._point(self._pointed + _ARROWS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space and self._pointed >= 0 and self.editable:
            self._pick(self._choices[self._pointed].code, by_key=False)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.editable:
            self._pick("", by_key=False)
        else:
            event.ignore()

    def _point(self, index: int) -> None:
        self._pointed = max(0, min(index, len(self._buttons) - 1)) if index > -2 else -1
        for number, button in enumerate(self._buttons):
            button.pointed_at = number == self._pointed and self.hasFocus()
            button.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Point at the chosen answer, if there is one."""
        super().focusInEvent(event)
        codes = [choice.code for choice in self._choices]
        self._point(codes.index(self.code) if self.code in codes else -2)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away and tell the owner why the focus left."""
        super().focusOutEvent(event)
        self._point(-2)
        self.update()
        self.left(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the focus ring around all answers."""
        if self.hasFocus():
            theme = current()
            with QPainter(self) as painter:
                paint_ring(painter, self.rect(), theme.px(8), theme.colour("accent"))


def _nobody(event: QFocusEvent) -> None:
    """Hear nothing: nobody asked yet."""
