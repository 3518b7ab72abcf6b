"""Marking at the window an allocation as made in error: why, and the signature of the PI."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import allocation_errors
from sle_desk.services.signatures import Signing
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.pages.side_form import text_of
from sle_desk.ui.state import State

TITLE = Words("An allocation made in error", "错误的随机分配")
ERROR_FORM = Form(
    code="allocation_error",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (Field(code="reason", label=Words("Why it was made in error", "错误原因"), kind="text"),),
        ),
    ),
)


def ask_allocation_error(page: QWidget, state: State, subject: SubjectRow, number: str) -> None:
    """Ask why, then for the signature; the allocation stays, and is marked."""
    language, typed = state.language, {"reason": ""}

    def take(values: dict[str, Value]) -> None:
        typed["reason"] = text_of(values, "reason").strip()
        if not typed["reason"]:
            raise RuleBroken("allocation.error_reason")

    note = language.text("It stays recorded: no row of the list is freed, and nothing is drawn again.")
    if not ask_form(page, state, ERROR_FORM, language.text("Go on"), note, take):
        return

    def mark(signing: Signing) -> None:
        assert state.unlocked is not None
        folder = state.unlocked.folder
        allocation_errors.mark_error(state.desk, folder, subject.id, typed["reason"], signing)
        state.say(language.text("Allocation {number} is marked as made in error.", number=number))

    said = allocation_errors.signing_for(language.code, "")
    title = language.text("{code}: allocation {number}", code=subject.code, number=number)
    ask_to_sign(page, state, Asked(title, typed["reason"], said.meaning, said.statement), mark)
