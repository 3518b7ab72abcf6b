"""Withdrawing a decision that is in force: the reason, then the signature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.language import message
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.ui.buttons import Button
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.pages.side_entry import SideEntry
from sle_desk.ui.state import State

REASON = "withdrawn_reason"


class WithdrawalEntry(SideEntry):
    """One reason; Ctrl+Enter goes on to the signature."""

    sign_requested = Signal(str)

    def __init__(self, state: State) -> None:
        fields = (Field(REASON, both(message("Why the decision is withdrawn")), "note", required=False),)
        form = Form(
            "withdrawal", "1", both(message("Withdrawal")), (Section(both(message("Withdrawal")), fields),)
        )
        super().__init__(state, form, Button("", "danger", keys="Ctrl+Enter", icon="pen"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.onward)
        self.body.addLayout(foot)
        self.retranslate()

    def open(self, about: str) -> None:
        """Ask why a decision is withdrawn."""
        self.begin(about)
        self.view.go_to(REASON)

    def go_on(self) -> None:
        """Go on to the signature."""
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
        self.notice.say(warning, "warn")
        self.onward.set_words(language.text("Sign withdrawal"))
        self.cancel.set_words(language.text("Cancel"))
