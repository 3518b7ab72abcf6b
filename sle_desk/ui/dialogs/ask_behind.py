"""Asks why a study is gone on with though a backup holds later entries of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Words
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.ui.dialogs.ask_clock import ask_why
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.state import State

BEHIND = Form(
    "behind",
    "1",
    Words("Go on with the older study?", "继续使用较早的研究？"),
    (
        Section(
            Words("Why it is gone on with", "继续使用的原因"),
            (Field("reason", Words("Reason", "原因"), "text"),),
        ),
    ),
)


def ask_behind(parent: QWidget, state: State, told: str, act: Callable[[str], object]) -> AskForm:
    """Ask for the reason; `act` is called with it once the dialog is gone."""
    return ask_why(parent, state, BEHIND, state.language.text("Go on with it"), told, act)
