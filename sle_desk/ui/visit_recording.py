"""Recording a visit from a page: one after the death or the withdrawal asks why, and is recorded then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.domain.checks import KEEP_REASONS
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.said import finding_words
from sle_desk.services import visits
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.state import State
from sle_desk.ui.wording import visit_words

REASON_NEEDED = "visit.reason_needed"


def record_visit(
    page: DeskPage, state: State, visit: tuple[int, str, date], tell: Callable[[SleDeskError], object]
) -> bool:
    """Record a visit: subject, code, day; tell whether it is recorded now. A refusal is told."""
    subject_id, code, on_day = visit
    try:
        visits.record_visit(state.desk, subject_id, code, on_day)
    except RuleBroken as error:
        finding = error.facts.get("finding")
        if error.code != REASON_NEEDED or not isinstance(finding, ProposedDeviation):
            tell(error)
            return False
        _ask_why(page, state, visit, finding)
        return False
    except SleDeskError as error:
        tell(error)
        return False
    return True


def _ask_why(page: DeskPage, state: State, visit: tuple[int, str, date], finding: ProposedDeviation) -> None:
    subject_id, code, on_day = visit
    language = state.language

    def act(reason: str, note: str) -> None:
        said = f"{reason}: {note}" if note else reason
        visits.record_visit(state.desk, subject_id, code, on_day, reason=said)

    title = language.text("{visit}: why was it held?", visit=visit_words(state.desk.protocol, code, language))
    about = language.words(finding_words(state.desk.protocol, finding.code, finding.facts))
    ask_reason(page, state, title, about, KEEP_REASONS, act)
