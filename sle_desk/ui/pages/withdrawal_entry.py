"""Withdrawing a decision that is in force: the reason, then the signature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from sle_desk.domain.forms import Field, Form, Section
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.keys import KEY
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

REASON = "withdrawn_reason"


class WithdrawalEntry(Card):
    """One reason; Ctrl+Enter goes on to the signature, Esc leaves everything as it was."""

    ended = Signal()
    sign_requested = Signal(str)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state, self._about = state, ""
        fields = (Field(REASON, both("Why the decision is withdrawn"), "note", required=False),)
        form = Form("withdrawal", "1", both("Withdrawal"), (Section(both("Withdrawal"), fields),))
        self.view = FormView(form, state.language, state.clock.now, finding_sentence)
        self.warning = Strip()
        self.sign = Button("", "danger", keys="Ctrl+Enter", icon="pen")
        self.cancel = Button("", keys="Esc")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.sign)
        self.body.addWidget(self.view)
        self.body.addWidget(self.warning)
        self.body.addLayout(foot)
        self.view.save_requested.connect(self._go_on)
        self.view.ended.connect(self.sign.setFocus)
        self.sign.clicked.connect(self.view.save)
        self.cancel.clicked.connect(self.close_entry)
        self.hide()
        self.retranslate()

    def open(self, about: str) -> None:
        """Ask why a decision is withdrawn."""
        self._about = about
        self.view.load({})
        self.retranslate()
        self.show()
        self.view.go_to(REASON)

    def close_entry(self) -> None:
        """Leave everything as it was."""
        self.hide()
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == KEY.Key_Escape:
            self.close_entry()
            return
        super().keyPressEvent(event)

    def _go_on(self) -> None:
        value = self.view.values().get(REASON)
        self.sign_requested.emit((value.text or "") if value is not None else "")

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        language = self._state.language
        title = language.text("Withdraw the decision on {code}", code=self._about)
        self.set_title(title if self._about else "")
        self.view.set_language(language)
        warning = language.text(
            "From today nothing is in force here again. What was judged keeps its reading."
        )
        self.warning.say(warning, "warn")
        self.sign.set_words(language.text("Sign withdrawal"))
        self.cancel.set_words(language.text("Cancel"))
