"""The line for a user name: what is typed is known only once the password fits, so nothing is judged here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.language import Language, Words
from sle_desk.ui.keys import plain_enter
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.line_input import Act, LineInput
from sle_desk.ui.theme import current


class LoginField(QWidget):
    """A line with its label; Enter on a name tells `entered`.

    A field of a form could do more, and the sign-in would wait for all that it brings with it.
    """

    entered = Signal()

    def __init__(self, words: Words, language: Language) -> None:
        super().__init__()
        self._words = words
        self.caption = label(role="label", ink="text_2")
        self.input = LineInput(self._act_for, plain=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        column.addWidget(self.caption)
        column.addWidget(self.input)
        self.setFocusProxy(self.input)
        self.retranslate(language)

    def _act_for(self, event: QKeyEvent) -> Act | None:
        return self._enter if plain_enter(event) else None

    def _enter(self) -> None:
        if self.typed():
            self.entered.emit()

    def typed(self) -> str:
        """Return the name without blanks around it."""
        return self.input.text().strip()

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        self.caption.setText(language.words(self._words))
        name_for_readers(self.input, language.words(self._words))
