"""A weight far from the one before is weighed again: the second weight is typed, not confirmed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sle_desk.domain.checks import read
from sle_desk.domain.forms import Field
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.fields import NumberField
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State


class WeighAgain(Sheet):
    """Enter hands over the second weight in kg, Esc goes back to the form."""

    def __init__(
        self,
        parent: QWidget,
        state: State,
        words: tuple[str, str],
        asked: Field,
        done: Callable[[Decimal], object],
    ) -> None:
        super().__init__(parent, *words, "weight", wide=560)
        self._state, self._asked, self._done = state, asked, done
        self.field = NumberField(asked, FieldContext(state.language, state.clock.now, finding_sentence))
        self.field.step_requested.connect(self._take)
        self.body.addWidget(self.field)
        self.add_way_out(state.language.text("Cancel"))
        self.verb = self.add_verb(state.language.text("Take the second weight"), keys="Enter")
        self.verb.clicked.connect(self._take)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def _take(self, *_: object) -> None:
        if not self.field.text() or not self.field.commit():
            return
        value = read(self._asked, self.field.text(), self._state.clock.now())
        self.accept()
        if value.number is not None:
            self._done(value.number)
