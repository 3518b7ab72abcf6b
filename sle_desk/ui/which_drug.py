"""Which study drug was given, where it need not be one of the subject's arm: asked before it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language, Words
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.dialogs.ask_which import AskWhich, ask_which
from sle_desk.ui.state import State

QUESTION = Words("Which study drug was given?", "给了哪种研究药物？")


def not_of_arm(protocol: Protocol, arm: str) -> tuple[Drug, ...]:
    """Return the study drugs that are not of an arm; without an arm all of them."""
    of_arm = protocol.arm(arm).drugs if arm else ()
    return tuple(drug for drug in protocol.drugs if drug.code not in of_arm)


def no_injection_words(language: Language) -> str:
    """Return why nothing is recorded as planned, and which key records what was given all the same."""
    return language.text(
        "No injection is planned for this subject: there is none to record as planned, no diary and no kit. "
        "If a study drug was given all the same, D records it."
    )


def ask_which_drug(
    parent: QWidget, state: State, subject: SubjectRow, act: Callable[[str], object]
) -> AskWhich:
    """Ask which study drug was given, and hand its code to an act; the sheet says what is not of the arm."""
    language, protocol = state.language, state.desk.protocol
    others = not_of_arm(protocol, subject.arm)
    offers = []
    for drug in protocol.drugs:
        name = language.words(drug.label)
        words = language.text("{drug} (not of this arm)", drug=name) if drug in others else name
        offers.append((words if subject.arm else name, partial(act, drug.code)))
    return ask_which(parent, state, _title(subject, language), _about(state, subject), QUESTION, offers)


def _title(subject: SubjectRow, language: Language) -> str:
    return language.text("{code}: what was given?", code=subject.code)


def _about(state: State, subject: SubjectRow) -> str:
    language, protocol = state.language, state.desk.protocol
    after = language.text("It is recorded all the same: why is asked, and a deviation is proposed.")
    if not subject.arm:
        return f"{language.text('This subject is not allocated to an arm: no dose is planned.')} {after}"
    named = language.words(ENUMERATED).join(
        language.words(drug.label) for drug in not_of_arm(protocol, subject.arm)
    )
    said = language.text("Not a drug of the arm of this subject: {drugs}.", drugs=named)
    return f"{said} {after}"
