"""The field of a choice: a key answers and goes on; no answer is chosen beforehand."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.domain.forms import Field
from sle_desk.ui.choice_buttons import RING, ROW_LIMIT, ChoiceButtons
from sle_desk.ui.field_box import FieldBox, FieldContext


class ChoiceField(FieldBox):
    """A question with 2 to 12 answers; a key answers and goes on, Delete takes the answer back."""

    says_answer = True
    waits_where_told = False

    def __init__(self, asked: Field, context: FieldContext, parent: QWidget | None = None) -> None:
        self.fills_width = len(asked.choices) > ROW_LIMIT
        self.n_means_not_done = all(choice.key.upper() != "N" for choice in asked.choices)
        super().__init__(asked, context, parent)

    def _lay_out(self) -> None:
        super()._lay_out()
        # The answers stand in from the edge by the room of their focus ring: so do the words.
        self.caption.setIndent(RING)
        self.hint.setIndent(RING)

    def make_editor(self) -> ChoiceButtons:
        """Return the answers."""
        buttons = ChoiceButtons(self.asked.choices, self.act_for)
        buttons.picked.connect(self._picked)
        buttons.left = self.left
        return buttons

    @property
    def buttons(self) -> ChoiceButtons:
        """Return the answers that take the keys."""
        editor = self.editor
        assert isinstance(editor, ChoiceButtons)
        return editor

    def retranslate(self, language: Language) -> None:
        """Show question and answers in a language."""
        self.buttons.retranslate(language)
        super().retranslate(language)

    def text(self) -> str:
        """Return the code of the chosen answer."""
        return self.buttons.code

    def put(self, text: str) -> None:
        """Show the answer with this code."""
        self.buttons.choose(text)

    def set_editable(self, editable: bool) -> None:
        """Let the answer be changed, or only read."""
        self.buttons.editable = editable

    def _picked(self, code: str, by_key: bool) -> None:
        self.edited()
        if not code:
            self.missing = ""
        if by_key:
            self.enter()
        elif self.correcting():
            return
        else:
            self.commit()

    def said(self) -> str:
        """Return the chosen answer in words, or why there is none."""
        return (
            self.context.language.words(self.asked.choice(self.text()).label)
            if self.text()
            else super().said()
        )
