"""Asks one day; Enter takes it, Esc does nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value, read
from sle_desk.domain.forms import Field
from sle_desk.ui.buttons import Button
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.fields import DateField
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

DAY_FIELD = Field(code="day", label=Words("Date", "日期"), kind="day")


class AskDay(QDialog):
    """One day; a future day or one that does not exist is refused with its sentence."""

    def __init__(self, parent: QWidget, state: State, title: str) -> None:
        super().__init__(parent)
        language = state.language
        self.setWindowTitle(title)
        self._now = state.clock.now
        self.field = DateField(DAY_FIELD, FieldContext(language, state.clock.now, finding_sentence))
        self.field.committed.connect(self.accept)
        take = Button(language.text("Record"), "primary", keys="Enter")
        leave = Button(language.text("Cancel"), keys="Esc")
        take.clicked.connect(self._take)
        leave.clicked.connect(self.reject)
        px = current().px
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(take)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(14))
        column.addWidget(label(title, "section", wrap=True))
        column.addWidget(self.field)
        column.addLayout(row)
        self.setMinimumWidth(px(420))
        self.field.setFocus()

    def _take(self) -> None:
        if self.field.commit():
            self.accept()

    def day(self) -> date | None:
        """Return the accepted day."""
        accepted = self.field.answer.accepted
        value: Value | None = read(DAY_FIELD, accepted, self._now()) if accepted else None
        return value.day if value else None


def ask_day(parent: QWidget, state: State, title: str, done: Callable[[date], None]) -> None:
    """Ask for a day and hand it over; nothing happens when the person goes back."""
    dialog = AskDay(parent, state, title)

    def finished(result: int) -> None:
        day = dialog.day() if result == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        if day is not None:
            done(day)

    dialog.finished.connect(finished)
    dialog.open()
