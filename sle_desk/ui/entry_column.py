"""Fields and passwords in one column: Enter walks down, what is missing is named, a refusal stands below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.language import Language, Words
from sle_desk.domain.forms import Field
from sle_desk.ui.field_box import FieldBox, FieldContext
from sle_desk.ui.focus_path import bring_into_view
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import announce
from sle_desk.ui.password_field import PasswordField
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

Part = FieldBox | PasswordField


def line_field(
    state: State, kind: type[FieldBox], code: str, words: Words, hint: Words | None = None
) -> FieldBox:
    """Return a field of one line that stands outside a form."""
    asked = Field(code=code, label=words, kind="text", hint=hint)
    return kind(asked, FieldContext(state.language, state.clock.now, finding_sentence))


class EntryColumn(QWidget):
    """The parts by their codes, in the order they are asked."""

    ended = Signal()
    save_requested = Signal()

    def __init__(self, parts: Mapping[str, Part]) -> None:
        super().__init__()
        self.parts = dict(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(14))
        for code, part in self.parts.items():
            column.addWidget(part)
            self._listen(code, part)
        if self.parts:
            self.setFocusProxy(next(iter(self.parts.values())))

    def _listen(self, code: str, part: Part) -> None:
        if isinstance(part, PasswordField):
            part.entered.connect(partial(self._step, code, 1))
        else:
            part.fill()
            part.step_requested.connect(partial(self._step, code))
            part.save_requested.connect(self.save_requested)

    def _step(self, code: str, step: int) -> None:
        codes = [each for each, part in self.parts.items() if not part.isHidden()]
        place = codes.index(code) + step
        if place >= len(codes):
            self.ended.emit()
        elif place >= 0:
            self.go_to(codes[place])

    def typed(self, code: str) -> str:
        """Return what stands in a part; a password exactly as typed."""
        part = self.parts[code]
        return part.typed() if isinstance(part, PasswordField) else part.typed().strip()

    def missing(self) -> list[tuple[str, str]]:
        """Return code and words of each part that is shown and empty."""
        return [
            (code, part.caption.text())
            for code, part in self.parts.items()
            if not part.isHidden() and not self.typed(code)
        ]

    def go_to(self, code: str) -> None:
        """Put the focus into a part."""
        self.parts[code].setFocus(Qt.FocusReason.TabFocusReason)
        bring_into_view(self.parts[code])

    def refuse(self, code: str, sentence: str) -> None:
        """Say below a part what is wrong with it, and put the focus there."""
        part = self.parts[code]
        self.go_to(code)
        if isinstance(part, PasswordField):
            part.refuse(sentence)
            return
        part.strip.say(sentence, "bad")
        part.show_state("bad")
        announce(part.editor, sentence, urgent=True)

    def wipe_passwords(self) -> None:
        """Take every password out of its line."""
        for part in self.parts.values():
            if isinstance(part, PasswordField):
                part.wipe()

    def retranslate(self, language: Language) -> None:
        """Speak a language; what was typed stays."""
        for part in self.parts.values():
            part.retranslate(language)
