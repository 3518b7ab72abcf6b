"""A card beside a page on which one thing is typed: Ctrl+Enter goes on, Esc leaves everything as it was."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.keys import KEY
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

NOTHING: Mapping[str, Value] = MappingProxyType({})


class SideEntry(Card):
    """A form with what goes on and what leaves; `ended` tells that it is closed."""

    ended = Signal()

    def __init__(self, state: State, form: Form, onward: Button) -> None:
        super().__init__()
        self._state, self._about = state, ""
        # What was typed and left with Esc, by what it is about.
        self._left: dict[str, dict[str, str]] = {}
        self.view = FormView(form, state.language, state.clock.now, finding_sentence)
        self.notice = Strip()
        self.onward = onward
        self.cancel = Button("", keys="Esc")
        self.view.save_requested.connect(self.go_on)
        self.view.ended.connect(self.onward.setFocus)
        self.onward.clicked.connect(self.view.save)
        self.cancel.clicked.connect(self.leave)
        self.body.addWidget(self.view)
        self.body.addWidget(self.notice)
        self.hide()

    def go_on(self) -> None:
        """Do what the card is for with what was typed."""
        raise NotImplementedError

    def begin(self, about: str, saved: Mapping[str, Value] = NOTHING) -> None:
        """Show the card about something, with what was left typed there before."""
        self._about = about
        self.view.load(saved)
        self.view.resume(self._left.get(about, {}))
        self.retranslate()
        self.show()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        raise NotImplementedError

    def leave(self) -> None:
        """Leave everything as it was; what was typed stands there again when it is begun anew."""
        typed = self.view.typed()
        self.close_entry()
        self._left[self._about] = typed

    def close_entry(self) -> None:
        """Close the card: what it is for is done."""
        self._left.pop(self._about, None)
        self.hide()
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave on Esc."""
        if event.key() == KEY.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)
