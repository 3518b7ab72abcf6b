"""The one-line input under the fields: plain characters, no input method where digits are typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from sle_desk.domain.values import clean
from sle_desk.ui.keys import ENTER
from sle_desk.ui.labels import dress

Act = Callable[[], object]


def plain_characters(text: str) -> str:
    """Return the text with full-width characters made plain; blanks between characters stay."""
    return "".join(clean(character) or character for character in text.replace("\u3000", " "))


def one_line(text: str) -> str:
    """Return a pasted text in one line."""
    return " ".join(text.replace("\u2028", "\n").replace("\u2029", "\n").splitlines())


class LineInput(QLineEdit):
    """A line that asks its owner about each key first, and never changes what was typed unseen.

    `plain` is for numbers, days, times and codes: no input method, full-width characters made plain
    at once. `letters_free` hands single letters to the page while the line is empty.
    """

    def __init__(
        self, act_for: Callable[[QKeyEvent], Act | None], *, plain: bool, letters_free: bool = False
    ) -> None:
        super().__init__()
        self._act_for, self._plain, self._letters_free = act_for, plain, letters_free
        self._composing = False
        self._characters = 0
        self.left = _nobody
        dress(self, part="input", high="normal")
        self.textEdited.connect(self._make_plain)
        self._settle_input_method()

    left: Callable[[QFocusEvent], None]

    def set_size(self, size: str) -> None:
        """Make the line "small" (in a strip), "normal" or "large" (in a dialog)."""
        dress(self, high=size)

    def make_room_for(self, characters: int) -> None:
        """Set the width in characters of the font."""
        self._characters = characters
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the width of so many digits, or Qt's own width."""
        hint = super().sizeHint()
        if self._characters:
            hint.setWidth(self.fontMetrics().horizontalAdvance("0") * self._characters + 24)
        return hint

    def minimumSizeHint(self) -> QSize:
        """Return the width of so many digits, or Qt's own width."""
        return self.sizeHint() if self._characters else super().minimumSizeHint()

    def _settle_input_method(self) -> None:
        if self._plain:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            hints = Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhLatinOnly
            self.setInputMethodHints(hints)

    def set_read_only(self, only: bool) -> None:
        """Let the line be read and not typed into, or the other way round."""
        self.setReadOnly(only)
        # Qt turns the input method on again with each change of this.
        self._settle_input_method()
        dress(self)

    def show_state(self, state: str) -> None:
        """Show the border of a state: "bad", "warn" or none."""
        if self.property("state") != state:
            dress(self, state=state)

    def _make_plain(self, text: str) -> None:
        wanted = plain_characters(text) if self._plain else one_line(text)
        if wanted != text:
            behind = len(text) - self.cursorPosition()
            self.setText(wanted)
            self.setCursorPosition(len(wanted) - behind)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def _is_free_letter(self, event: QKeyEvent) -> bool:
        typed = event.text()
        plain_key = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        return self._letters_free and not self.text() and plain_key and typed.isalpha()

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the field before the page's shortcuts, and leave free letters to them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._act_for(event) is not None:
                event.accept()
                return True
            if self._is_free_letter(event):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the owner act on its keys; everything else is typed."""
        act = None if self._composing else self._act_for(event)
        if act is not None:
            act()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape or event.key() in ENTER:
            event.ignore()  # One level up: QLineEdit would swallow Enter and do nothing with it.
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the owner why the focus left."""
        super().focusOutEvent(event)
        self.left(event)


def _nobody(event: QFocusEvent) -> None:
    """Hear nothing: nobody asked yet."""
