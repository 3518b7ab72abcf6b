"""A line for the path of a folder, with a button that browses for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Words
from sle_desk.ui.buttons import Button
from sle_desk.ui.entry_column import line_field
from sle_desk.ui.fields import TextField
from sle_desk.ui.file_choice import Ask, ask_folder
from sle_desk.ui.labels import announce, label
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

KEYS = "Ctrl+O"


class PathLine(QWidget):
    """A folder, typed or browsed for; below it what is known about the place, or what is wrong."""

    typed_path = Signal(str)
    ended = Signal()
    save_requested = Signal()

    def __init__(self, state: State, words: Words) -> None:
        super().__init__()
        px = current().px
        self._state, self._words = state, words
        self.choose_folder: Ask = ask_folder
        self.field = line_field(state, TextField, "path", words)
        self.field.fill()
        self.strip = self.field.take_strip()
        self.browse = Button("", icon="folder", keys=KEYS)
        self.browse.clicked.connect(self.ask)
        self.known = label(role="caption", ink="text_2", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(px(10))
        row.addWidget(self.field, 1)
        row.addWidget(self.browse, alignment=Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addLayout(row)
        column.addWidget(self.known)
        column.addWidget(self.strip)
        self.setFocusProxy(self.field)
        self.field.committed.connect(self.typed_path)
        self.field.step_requested.connect(self._stepped)
        self.field.save_requested.connect(self.save_requested)
        self.retranslate()

    def typed(self) -> str:
        """Return what stands in the line."""
        return self.field.typed().strip()

    def show_known(self, words: str) -> None:
        """Say what is known about the place."""
        self.known.setText(words)
        self.known.setVisible(bool(words))

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the place."""
        self.show_known("")
        self.field.show_state("bad")
        self.strip.say(sentence, "bad")
        announce(self.field.editor, sentence, urgent=True)

    def retranslate(self) -> None:
        """Speak the chosen language; what was typed stays."""
        language = self._state.language
        self.field.retranslate(language)
        self.browse.set_words(language.text("Browse…"))

    def ask(self) -> None:
        """Browse for a folder."""
        title = self._state.language.words(self._words)
        chosen: Path | None = self.choose_folder(self, title, self.typed())
        if chosen is not None:
            self.field.resume(str(chosen))
            self.typed_path.emit(str(chosen))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stepped(self, step: int) -> None:
        if step > 0:
            self.ended.emit()
