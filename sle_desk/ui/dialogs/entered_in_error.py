"""Marks a record as entered in error: why, what goes void with it, and where it belongs instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Words
from sle_desk.domain.checks import CORRECTION_REASONS
from sle_desk.domain.forms import Choice, Field
from sle_desk.ui.choice_field import ChoiceField
from sle_desk.ui.dialogs.reason import ReasonDialog
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.type_ahead import TypeAheadField

WHAT_THEN = Words("What then?", "如何处理？")
VOID_ONLY = Words("Void only", "仅作废")
ONLY, ELSEWHERE = "only", "elsewhere"
NOTE_ERRORS = frozenset({"change.note_needed", "change.reason_needed"})


@dataclass(frozen=True)
class Case:
    """What was entered in error: its words, what goes with it, and the places it can be entered at.

    `act` is called with the reason, the note and the code of a place, empty where it is void only.
    """

    title: str
    about: str
    with_it: tuple[str, ...]
    act: Callable[[str, str, str], object]
    elsewhere: Words | None = None
    place: Words | None = None
    places: tuple[Choice, ...] = ()


class EnteredInError(ReasonDialog):
    """Nothing is chosen beforehand; Esc leaves everything as it is."""

    def __init__(self, parent: QWidget, state: State, case: Case) -> None:
        self._case = case
        context = FieldContext(state.language, state.clock.now, finding_sentence)
        more: dict[str, ChoiceField | TypeAheadField] = {}
        if case.elsewhere is not None and case.place is not None and case.places:
            options = (Choice(ONLY, VOID_ONLY, "1"), Choice(ELSEWHERE, case.elsewhere, "2"))
            then = ChoiceField(Field("then", WHAT_THEN, "choice", choices=options), context)
            then.n_means_not_done = False
            then.committed.connect(self._show_place)
            place = TypeAheadField(Field("place", case.place, "choice", choices=case.places), context)
            more = {"then": then, "place": place}
        verb = state.language.text("Mark as entered in error")
        super().__init__(
            parent, state, case.title, case.about, CORRECTION_REASONS, self._decided, verb, more, "danger"
        )
        if more:
            self.column.parts["place"].hide()
        warning = Strip()
        self.body.insertWidget(0, warning)
        warning.say("\n".join(case.with_it), "warn")

    def _show_place(self, *_: object) -> None:
        self.column.parts["place"].setVisible(self.column.typed("then") == ELSEWHERE)

    def _decided(self, reason: str, note: str) -> None:
        then = self.column.typed("then") if "then" in self.column.parts else ONLY
        if not then:
            raise RuleBroken("error.then_needed")
        place = self.column.typed("place") if then == ELSEWHERE else ""
        if then == ELSEWHERE and place not in {choice.code for choice in self._case.places}:
            raise RuleBroken("error.place_needed")
        self._case.act(reason, note, place)

    def at_end(self) -> None:
        """Go to the verb: a place that was taken from the list is looked at before it counts."""
        self.verb.setFocus(Qt.FocusReason.TabFocusReason)

    def place_of(self, error: SleDeskError) -> str:
        """Return the part below which a refusal is said: what is asked, or the place that was chosen."""
        if error.code in NOTE_ERRORS or "then" not in self.column.parts:
            return "note"
        return "place" if self.column.typed("then") == ELSEWHERE else "then"


def ask_entered_in_error(
    parent: QWidget, state: State, case: Case, done: Callable[[], object]
) -> EnteredInError:
    """Open the dialog over a page; `done` is called once the record is marked."""
    dialog = EnteredInError(parent, state, case)

    def marked() -> None:
        state.say(state.language.text("Marked as entered in error. The audit keeps it."))
        done()

    dialog.accepted.connect(marked)
    dialog.open()
    return dialog
