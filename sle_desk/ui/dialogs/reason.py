"""Asks one coded reason, picked by a digit, with a note where the code alone says too little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.forms import Choice, Field
from sle_desk.ui.choice_field import ChoiceField
from sle_desk.ui.entry_column import EntryColumn, line_field
from sle_desk.ui.field_box import FieldBox, FieldContext
from sle_desk.ui.fields import TextField
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State

WHY = Words("Why?", "原因？")
NOTE = Words("Note", "说明")
OTHER = "other"
WIDE = 620
NOTHING_MORE: Mapping[str, FieldBox] = MappingProxyType({})


class ReasonDialog(Sheet):
    """A digit picks the reason, Enter goes to the note and then decides, Esc leaves everything as it is.

    `act` is called with the code and the note; what it refuses is said here, and the dialog stays.
    """

    def __init__(
        self,
        parent: QWidget,
        state: State,
        title: str,
        about: str,
        reasons: tuple[Choice, ...],
        act: Callable[[str, str], object],
        verb: str = "",
        more: Mapping[str, FieldBox] = NOTHING_MORE,
        kind: str = "primary",
        wide: int = WIDE,
    ) -> None:
        super().__init__(parent, title, about, "query", wide=wide)
        self._state, self._act = state, act
        language = state.language
        asked = Field(code="reason", label=WHY, kind="choice", choices=reasons)
        context = FieldContext(language, state.clock.now, finding_sentence)
        self.reason = ChoiceField(asked, context)
        # "Not done" is no answer to why something is done.
        self.reason.n_means_not_done = False
        self.note = line_field(state, TextField, "note", NOTE)
        self.column = EntryColumn({"reason": self.reason, "note": self.note, **more})
        self.body.addWidget(self.column)
        self.add_way_out(language.text("Cancel"))
        self.verb = self.add_verb(verb or language.text("Record"), keys="Ctrl+Enter", kind=kind)
        self.verb.clicked.connect(self.decide)
        self.column.ended.connect(self.at_end)
        self.column.save_requested.connect(self.decide)
        deciding = QAction(self)
        deciding.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        deciding.triggered.connect(self.decide)
        self.addAction(deciding)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def decide(self) -> None:
        """Do it for the reason that was picked."""
        language = self._state.language
        code, note = self.column.typed("reason"), self.column.typed("note")
        if not code:
            self.column.refuse("reason", language.text("Pick a reason: its digit, or arrows and Space."))
            return
        try:
            if code == OTHER and not note:
                raise RuleBroken("change.note_needed")
            self._act(code, note)
        except SleDeskError as error:
            self.column.refuse(self.place_of(error), error_sentence(error, language))
            return
        self.accept()

    def at_end(self) -> None:
        """Decide when Enter leaves the last part."""
        self.decide()

    def place_of(self, error: SleDeskError) -> str:
        """Return the code of the part below which a refusal is said."""
        return "note"


def ask_reason(
    parent: QWidget,
    state: State,
    title: str,
    about: str,
    reasons: tuple[Choice, ...],
    act: Callable[[str, str], object],
    verb: str = "",
) -> ReasonDialog:
    """Open the dialog over a page; `act` is called with the code of the reason and the note."""
    dialog = ReasonDialog(parent, state, title, about, reasons, act, verb)
    dialog.open()
    return dialog
