"""A saved value being corrected: done for its coded reason, or refused below the field it stands in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError, Stale
from sle_desk.domain.checks import CORRECTION_REASONS, refusal
from sle_desk.ui.dialogs.reason import OTHER, ask_reason
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.state import State

# Saves the correction for a coded reason and a note.
Save = Callable[[str, str], object]


def correct(
    page: QWidget, state: State, box: FieldBox, reason: str, save: Save, read_again: Callable[[], object]
) -> None:
    """Save a correction typed into a field; the reason "other" is asked for its note first.

    `read_again` shows the record as it is saved now. What is refused is said below the field, which stays
    open with what was typed.
    """
    done = partial(_done, state, box, save, read_again)
    if reason == OTHER:
        _ask_note(page, state, box, done)
        return
    try:
        done(reason, "")
    except Stale as error:
        # The value typed over is no longer the one that is saved: that one has to be seen first.
        box.end_correction()
        read_again()
        box.show_finding(refusal(box.asked, error))
    except SleDeskError as error:
        box.show_finding(refusal(box.asked, error))


def _ask_note(page: QWidget, state: State, box: FieldBox, done: Save) -> None:
    language = state.language
    title = language.text("Corrected to {value}. Why?", value=box.said())
    about = language.words(box.asked.label)
    dialog = ask_reason(page, state, title, about, CORRECTION_REASONS, done)
    dialog.reason.show_text(OTHER)
    dialog.column.go_to("note")
    dialog.finished.connect(lambda _: box.setFocus())


def _done(
    state: State, box: FieldBox, save: Save, read_again: Callable[[], object], reason: str, note: str
) -> None:
    save(reason, note)
    box.end_correction()
    read_again()
    state.say(state.language.text("Corrected. F11 tells the history of the value."))
