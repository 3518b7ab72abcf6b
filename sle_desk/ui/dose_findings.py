"""What a dose shows, in sentences; and the question before one that nobody would give on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QWidget

from sle_desk.base.words import sentence
from sle_desk.domain.dosing import WARNING, ProposedDeviation
from sle_desk.domain.said import in_words
from sle_desk.ui.dialogs.sure import Sure
from sle_desk.ui.state import State


def findings_words(findings: Iterable[ProposedDeviation], state: State) -> str:
    """Return what has to be explained, one sentence after the other."""
    return " ".join(_said(each, state) for each in findings if each.severity != WARNING)


def once_sure(
    parent: QWidget, findings: Iterable[ProposedDeviation], state: State, act: Callable[[], object]
) -> None:
    """Do an act; where what was given is twice the plan, or a second dose, only once a person is sure."""
    unusual = [_said(each, state) for each in findings if each.ask_again]
    if not unusual:
        act()
        return
    language = state.language
    title = language.text("Is this really what was given?")
    Sure(parent, (title, " ".join(unusual)), language.text("Record as given"), language, act).open()


def _said(each: ProposedDeviation, state: State) -> str:
    return sentence(each.code, in_words(state.desk.protocol, each.facts), state.language)
