"""A card beside a page on which one thing is typed: Ctrl+Enter goes on, Esc leaves everything as it was."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from sle_desk.domain.forms import Form
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.keys import KEY
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip


class SideEntry(Card):
    """A form with what goes on and what leaves; `ended` tells that it is closed."""

    ended = Signal()

    def __init__(self, state: State, form: Form, onward: Button) -> None:
        super().__init__()
        self._state, self._about = state, ""
        self.view = FormView(form, state.language, state.clock.now, finding_sentence)
        self.notice = Strip()
        self.onward = onward
        self.cancel = Button("", keys="Esc")
        self.view.save_requested.connect(self.go_on)
        self.view.ended.connect(self.onward.setFocus)
        self.onward.clicked.connect(self.view.save)
        self.cancel.clicked.connect(self.close_entry)
        self.body.addWidget(self.view)
        self.body.addWidget(self.notice)
        self.hide()

    def go_on(self) -> None:
        """Do what the card is for with what was typed."""
        raise NotImplementedError

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
