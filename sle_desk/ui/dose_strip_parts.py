"""The parts of the strip of an injection: facts, one question with its answers, a notice and the verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.dose_facts import DoseFacts
from sle_desk.ui.dose_questions import NOTE, Question
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.fields import TextField
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.segments import SegmentButton
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, empty
from sle_desk.ui.theme import current


class StripParts(Card):
    """What the strip is made of; which question is asked, and what an answer does, is the strip's."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.view: FormView | None = None
        self.facts = DoseFacts()
        self._question = label(role="strong", wrap=True)
        self._choices = QWidget()
        self._flow = FlowLayout(self._choices, current().px(8))
        self.notice = Strip()
        self.note = TextField(NOTE, FieldContext(state.language, state.clock.now, finding_sentence))
        self.more = Button("", "secondary", keys="F6")
        self.verb = Button("", "primary", keys="Enter", icon="check")
        self._lay_out()

    def _lay_out(self) -> None:
        asked, foot = QHBoxLayout(), QHBoxLayout()
        asked.setSpacing(current().px(12))
        asked.addWidget(self._question)
        asked.addWidget(self._choices, 1)
        foot.setSpacing(current().px(12))
        foot.addWidget(self.notice, 1)
        foot.addStretch()
        foot.addWidget(self.more)
        foot.addWidget(self.verb)
        self.body.addWidget(self.facts)
        self.body.addLayout(asked)
        self.body.addWidget(self.note)
        self.body.addLayout(foot)

    def _drop_view(self) -> None:
        if self.view is not None:
            self.body.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def show_question(self, asked: Question, press: Callable[[str], object]) -> None:
        """Show a question with its answers, each pressed by its key or the mouse."""
        empty(self._flow)
        language = self._state.language
        self._question.setText(asked.words)
        for choice in asked.choices:
            button = SegmentButton(language.words(choice.label), choice.key)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setChecked(choice.code in asked.picked)
            button.clicked.connect(partial(press, choice.key))
            self._flow.addWidget(button)
            button.show()
        self._question.setVisible(bool(asked.words))
        self._choices.setVisible(bool(asked.choices))
