"""Asks which of a few things is meant; its digit takes it, Esc leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, Field
from sle_desk.ui.choice_field import ChoiceField
from sle_desk.ui.entry_column import EntryColumn
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State

MOST = 9


class AskWhich(Sheet):
    """The things one below another, each with its digit."""

    def __init__(
        self, parent: QWidget, state: State, title: str, about: str, question: Words, offers: Sequence[str]
    ) -> None:
        super().__init__(parent, title, about, "query", wide=620)
        choices = tuple(
            Choice(str(place), Words(words, words), str(place + 1)) for place, words in enumerate(offers)
        )
        context = FieldContext(state.language, state.clock.now, finding_sentence)
        self.field = ChoiceField(Field("which", question, "choice", choices=choices), context)
        self.field.n_means_not_done = False
        self.column = EntryColumn({"which": self.field})
        self._language = state.language
        self.column.ended.connect(self._take)
        self.body.addWidget(self.column)
        self.add_way_out(state.language.text("Cancel"))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        if self.column.typed("which"):
            self.accept()
        else:
            self.column.refuse("which", self._language.text("Nothing is picked yet. Pick one by its digit."))

    def chosen(self) -> int:
        """Return the place of what was taken."""
        return int(self.column.typed("which"))


def ask_which(
    parent: QWidget,
    state: State,
    title: str,
    about: str,
    question: Words,
    offers: Sequence[tuple[str, Callable[[], object]]],
) -> AskWhich:
    """Open the question over a page; the act of what was taken is done once it is closed.

    There are nine digits: where more things are meant, the last one leads on to the others.
    """
    shown = list(offers)
    if len(shown) > MOST:
        rest = shown[MOST - 1 :]
        more = state.language.text("{count} more…", count=len(rest))
        onward = partial(ask_which, parent, state, title, about, question, rest)
        shown = [*shown[: MOST - 1], (more, onward)]
    dialog = AskWhich(parent, state, title, about, question, [words for words, _ in shown])

    def finished(result: int) -> None:
        dialog.deleteLater()
        if result == QDialog.DialogCode.Accepted:
            shown[dialog.chosen()][1]()

    dialog.finished.connect(finished)
    dialog.open()
    return dialog
