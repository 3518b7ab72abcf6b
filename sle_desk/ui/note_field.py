"""The field of a narrative: four lines, input method on, characters counted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.field_keys import Act
from sle_desk.ui.keys import ALT, ENTER, modifiers
from sle_desk.ui.labels import dress

LINES = 4


class NoteInput(QPlainTextEdit):
    """Plain lines; Enter belongs to the field, Alt+Enter begins a new line."""

    def __init__(self, act_for: Callable[[QKeyEvent], Act | None]) -> None:
        super().__init__()
        self._act_for = act_for
        self._composing = False
        self.left: Callable[[QFocusEvent], None] = _nobody
        self.setTabChangesFocus(True)
        dress(self, part="input")

    def sizeHint(self) -> QSize:
        """Return the height of four lines."""
        return QSize(super().sizeHint().width(), self.fontMetrics().lineSpacing() * LINES + 22)

    def minimumSizeHint(self) -> QSize:
        """Return the height of four lines and a narrow width."""
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.sizeHint().height())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the field before the page's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            claimed = event.key() in ENTER and modifiers(event) == ALT
            if claimed or self._act_for(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the field act on its keys; everything else is typed."""
        act = None if self._composing else self._act_for(event)
        if act is not None:
            act()
        elif event.key() in ENTER and modifiers(event) == ALT and not self.isReadOnly():
            self.insertPlainText("\n")
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the owner why the focus left."""
        super().focusOutEvent(event)
        self.left(event)


def _nobody(event: QFocusEvent) -> None:
    """Hear nothing: nobody asked yet."""


class NoteField(FieldBox):
    """Free words in several lines."""

    fills_width = True

    def make_editor(self) -> NoteInput:
        """Return the lines."""
        lines = NoteInput(self.act_for)
        lines.textChanged.connect(self._typed)
        lines.left = self.left
        return lines

    @property
    def lines(self) -> NoteInput:
        """Return the lines that take the keys."""
        editor = self.editor
        assert isinstance(editor, NoteInput)
        return editor

    def _typed(self) -> None:
        # Qt tells this for text shown by the program too: only what a person types is an edit.
        if self.lines.hasFocus():
            self.edited()

    def text(self) -> str:
        """Return the lines."""
        return self.lines.toPlainText()

    def put(self, text: str) -> None:
        """Show lines."""
        if self.lines.toPlainText() != text:
            self.lines.setPlainText(text)

    def select_all(self) -> None:
        """Mark the lines, so that typing replaces them."""
        self.lines.selectAll()

    def show_missing(self, words: str) -> None:
        """Show a dash where the lines would stand; the words stand below."""
        self.lines.setPlaceholderText("–" if words else "")

    def show_state(self, state: str) -> None:
        """Show the border of a state."""
        if self.lines.property("state") != state:
            dress(self.lines, state=state)

    def set_editable(self, editable: bool) -> None:
        """Let the lines be written, or only read."""
        self.lines.setReadOnly(not editable)
        dress(self.lines)

    def aside_words(self) -> str:
        """Return how many characters there are, and the key of a new line."""
        count = len(self.text())
        if not count:
            return ""
        return self.context.language.text("{count} characters, Alt+Enter new line", count=count)
