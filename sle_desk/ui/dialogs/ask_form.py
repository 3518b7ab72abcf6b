"""Asks a few fields for one act; Ctrl+Enter does it, Esc does nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Form
from sle_desk.ui.buttons import Button
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.theme import current

Act = Callable[[dict[str, Value]], object]


class AskForm(QDialog):
    """A few fields and a verb; what the act refuses is said here, with what was typed kept.

    What the fields ask about may be shown `above` them.
    """

    def __init__(
        self,
        parent: QWidget,
        state: State,
        form: Form,
        verb: str,
        note: str,
        act: Act,
        above: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        language = state.language
        self._language, self._act = language, act
        self.setWindowTitle(language.words(form.label))
        self.view = FormView(form, language, state.clock.now, finding_sentence)
        self.strip = Strip()
        take = Button(verb, "primary", keys="Ctrl+Enter")
        leave = Button(language.text("Cancel"), keys="Esc")
        take.clicked.connect(self.view.save)
        leave.clicked.connect(self.reject)
        self.view.save_requested.connect(self._do)
        px = current().px
        row = QHBoxLayout()
        row.addWidget(label(note, "caption", "text_2", wrap=True), 1)
        row.addWidget(leave)
        row.addWidget(take)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(14))
        column.addWidget(label(self.windowTitle(), "section", wrap=True))
        if above is not None:
            column.addWidget(above, 1)
        column.addWidget(self.view)
        column.addWidget(self.strip)
        column.addLayout(row)
        self.setMinimumWidth(px(620))
        self.view.go_to_first()

    def _do(self) -> None:
        try:
            self._act(self.view.values())
        except SleDeskError as error:
            self.strip.say(error_sentence(error, self._language), "bad")
            return
        self.accept()


def ask_form(parent: QWidget, state: State, form: Form, verb: str, note: str, act: Act) -> bool:
    """Ask for the fields until the act is done; false when the person went back."""
    dialog = AskForm(parent, state, form, verb, note, act)
    done = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return done


def open_form(
    parent: QWidget, state: State, form: Form, verb: str, note: str, act: Act, done: Callable[[], object]
) -> AskForm:
    """Ask for the fields over a page that goes on; `done` is called once the act is done."""
    dialog = AskForm(parent, state, form, verb, note, act)
    dialog.accepted.connect(done)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
