"""Asks whether the computer's clock is right after all, and why it shows what it shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.state import State

CLOCK = Form(
    "clock",
    "1",
    Words("Is the computer's clock right?", "计算机时钟是否正确？"),
    (
        Section(
            Words("Why it shows this time", "显示此时间的原因"),
            (Field("reason", Words("Reason", "原因"), "text"),),
        ),
    ),
)


def ask_clock(parent: QWidget, state: State, told: str, act: Callable[[str], object]) -> AskForm:
    """Ask why the clock shows what it shows; `act` is called with the reason once the dialog is gone."""
    return ask_why(parent, state, CLOCK, state.language.text("The clock is right"), told, act)


def ask_why(
    parent: QWidget, state: State, form: Form, verb: str, told: str, act: Callable[[str], object]
) -> AskForm:
    """Open a question of one reason over the sign-in; `act` is called with it once the dialog is gone."""
    given: list[str] = []

    def take(values: dict[str, Value]) -> None:
        reason = (values["reason"].text or "").strip() if "reason" in values else ""
        if not reason:
            raise RuleBroken("change.reason_needed")
        given.append(reason)

    dialog = AskForm(parent, state, form, verb, told, take)
    dialog.accepted.connect(lambda: act(given[0]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
