"""Recording a visit from a page: one after an end, or told as not done, asks why and is recorded then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.domain.checks import AFTER_END_REASONS, CORRECTION_REASONS
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.forms import Choice
from sle_desk.domain.said import finding_words
from sle_desk.services import visits
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.state import State
from sle_desk.ui.wording import visit_words

REASON_NEEDED, NOT_DONE = "visit.reason_needed", "visit.recorded_not_done"


def record_visit(
    page: DeskPage, state: State, visit: tuple[int, str, date], tell: Callable[[SleDeskError], object]
) -> bool:
    """Record a visit: subject, code, day; tell whether it is recorded now. A refusal is told."""
    subject_id, code, on_day = visit
    try:
        visits.record_visit(state.desk, subject_id, code, on_day)
    except RuleBroken as error:
        finding = error.facts.get("finding")
        if error.code == NOT_DONE:
            about = state.language.text("It is recorded as not done. That is taken back with this reason.")
            _ask_why(page, state, visit, about, CORRECTION_REASONS)
        elif error.code == REASON_NEEDED and isinstance(finding, ProposedDeviation):
            words = finding_words(state.desk.protocol, finding.code, finding.facts)
            _ask_why(page, state, visit, state.language.words(words), AFTER_END_REASONS)
        else:
            tell(error)
        return False
    except SleDeskError as error:
        tell(error)
        return False
    return True


def _ask_why(
    page: DeskPage, state: State, visit: tuple[int, str, date], about: str, reasons: tuple[Choice, ...]
) -> None:
    subject_id, code, on_day = visit
    language = state.language

    def act(reason: str, note: str) -> None:
        said = f"{reason}: {note}" if note else reason
        visits.record_visit(state.desk, subject_id, code, on_day, reason=said)

    title = language.text("{visit}: why was it held?", visit=visit_words(state.desk.protocol, code, language))
    ask_reason(page, state, title, about, reasons, act)
