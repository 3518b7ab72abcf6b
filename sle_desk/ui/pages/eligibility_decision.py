"""Deciding one leaf: the answer by digit, never chosen beforehand, and the reason where it is needed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.exports import eligibility_words as words
from sle_desk.services.eligibility import ChecklistRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.fields import TextField
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.keys import KEY
from sle_desk.ui.labels import label
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, empty
from sle_desk.ui.theme import current

ANSWER, REASON = "answer", "reason"
REASON_WIDTH = 56


def _form(row: ChecklistRow) -> Form:
    choices = tuple(
        Choice(answer, both(words.ANSWERS[answer]), str(number))
        for number, answer in enumerate(row.judged.leaf.answers, 1)
    )
    fields = (
        Field(ANSWER, both("Decision"), "choice", required=False, choices=choices),
        Field(REASON, both("Reason"), "text", required=False),
    )
    return Form("leaf.decision", "1", Words("", ""), (Section(Words("", ""), fields),))


class DecisionPanel(Card):
    """Below the checklist while one leaf is decided; Ctrl+Enter records, Esc leaves it undecided."""

    ended = Signal()
    decided = Signal(str, str, str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.row: ChecklistRow | None = None
        self.view: FormView | None = None
        px = current().px
        self.body.setSpacing(px(6))
        self._place = QVBoxLayout()
        self.said = label(role="caption", ink="text_2", wrap=True)
        self.notice = Strip()
        self.record = Button("", "primary", keys="Ctrl+Enter")
        self.cancel = Button("", keys="Esc")
        foot = QHBoxLayout()
        foot.setSpacing(px(12))
        foot.addWidget(self.said, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.record)
        self.body.addLayout(self._place)
        self.body.addWidget(self.notice)
        self.body.addLayout(foot)
        self.record.clicked.connect(self._save)
        self.cancel.clicked.connect(self.close_panel)
        self.hide()

    def open(self, row: ChecklistRow, answer: str = "", refused: str = "") -> None:
        """Ask for the decision on a leaf; with an answer given by its key, for the reason only."""
        self.row = row
        empty(self._place)
        self.view = FormView(_form(row), self._state.language, self._state.clock.now, finding_sentence)
        self.view.save_requested.connect(self._record)
        self.view.ended.connect(self.record.setFocus)
        reason = self.view.field(REASON)
        if isinstance(reason, TextField):
            reason.line.make_room_for(REASON_WIDTH)
        self._place.addWidget(self.view)
        self.view.show()
        if answer:
            self.view.resume({ANSWER: answer})
        self.retranslate()
        self.show()
        if refused:
            self.refuse(refused)
        else:
            self.notice.clear()
        self.view.go_to(REASON if answer else ANSWER)

    def refuse(self, sentence: str) -> None:
        """Say why it was not recorded; what is typed stays."""
        self.notice.say(sentence, "warn")

    def close_panel(self) -> None:
        """Leave the leaf as it was."""
        self.hide()
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == KEY.Key_Escape:
            self.close_panel()
            return
        super().keyPressEvent(event)

    def _save(self) -> None:
        if self.view is not None:
            self.view.save()

    def _record(self) -> None:
        assert self.view is not None and self.row is not None
        values = self.view.values()
        answer, reason = values.get(ANSWER), values.get(REASON)
        if answer is None:
            self.refuse(self._state.language.text("No answer is picked yet. Pick one by its digit."))
            self.view.go_to(ANSWER)
            return
        self.decided.emit(self.row.code, answer.choice or "", reason.text or "" if reason is not None else "")

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        self.record.set_words(language.text("Record decision"))
        self.cancel.set_words(language.text("Cancel"))
        if self.row is None or self.view is None:
            return
        number = words.number_words(self.row.code)
        name = language.words(self.row.judged.leaf.label)
        head, _ = words.headline(self.row, language)
        self.set_title(language.text("Decide {leaf}", leaf=f"{number} · {name}"), head)
        self.said.setText(
            language.text("A reason is needed where the evidence does not say it, or a decision is changed.")
        )
        self.view.set_language(language)
