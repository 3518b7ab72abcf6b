"""What stands open before the database is locked: how many of each, counted from what the pages show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.language import message
from sle_desk.domain import roles
from sle_desk.domain.amendments import APPROVED, PROPOSED
from sle_desk.domain.decisions import IN_FORCE
from sle_desk.models.audit import Draft
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.services import courses, overview, papers
from sle_desk.services.clarifications import register_in
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import LABORATORY, LATE, NOW, TO_TYPE, TOMORROW
from sle_desk.services.lock_forms import LOCK_FORMS
from sle_desk.services.overview import TodayView

QUERIES, DEVIATIONS, GROUNDS = COUNTED = ("queries", "deviations", "grounds")
FORMS, RESULTS, SUBJECTS, DRAFTS, DECISIONS = "forms", "results", "subjects", "drafts", "decisions"
PAPERS, DUE = "papers", "due"
PROPOSED_AMENDMENTS, COMING_AMENDMENTS = "amendments_proposed", "amendments_coming"
# What each is called, in the order in which they are shown.
ITEMS: dict[str, str] = {
    QUERIES: message("Queries without an answer"),
    FORMS: message("Forms and entries to be signed"),
    RESULTS: message("Results out of range that nobody judged"),
    DEVIATIONS: message("Deviations proposed and not settled"),
    GROUNDS: message("Settled deviations that the records no longer show"),
    LATE: message("Doses, visits and reports overdue"),
    LABORATORY: message("Visits whose laboratory results are awaited"),
    TO_TYPE: message("Visits not typed in whole"),
    DUE: message("Other things that Today asks for"),
    SUBJECTS: message("Subjects who neither completed nor left"),
    DRAFTS: message("Forms begun and not saved"),
    DECISIONS: message("Clarifications and settings not decided"),
    PROPOSED_AMENDMENTS: message("Amendments proposed and not decided"),
    # It comes into force under the lock, by its day and by nobody's act.
    COMING_AMENDMENTS: message("Amendments approved and not yet in force"),
    PAPERS: message("Papers whose signature in ink is not recorded"),
}
_GROUPS = {LATE: LATE, NOW: DUE, LABORATORY: LABORATORY, TO_TYPE: TO_TYPE, TOMORROW: ""}


@dataclass(frozen=True)
class OpenItem:
    """One kind of thing that stands open, and how many there are."""

    code: str
    count: int


def open_items(desk: Desk) -> tuple[OpenItem, ...]:
    """Return what stands open, in the order of `ITEMS`; nothing for roles that see no values."""
    if desk.actor.role not in roles.SEES_VALUES:
        return ()
    counted = _of_today(overview.today(desk))
    # The paper that locks is signed with what it lists: it is none of that itself.
    waiting = (row for row in papers.papers(desk) if row.state == "for_signature")
    counted[PAPERS] = sum(row.kind not in LOCK_FORMS for row in waiting)
    with desk.view() as session:
        begun = select(Draft.user_id, Draft.place, Draft.record_id).distinct().subquery()
        counted[DRAFTS] = int(session.scalar(select(func.count()).select_from(begun)) or 0)
        counted[SUBJECTS] = sum(course.active for course in courses.courses(session).values())
        register = register_in(session, desk.protocol, desk.today())
        counted[DECISIONS] = sum(row.state != IN_FORCE for row in register)
        counted += _of_amendments(session, desk.today())
    return tuple(OpenItem(code, counted[code]) for code in ITEMS if counted[code])


def _of_amendments(session: Session, today: date) -> Counter[str]:
    states = session.execute(select(ProtocolAmendment.state, ProtocolAmendment.effective_from)).all()
    return Counter(
        PROPOSED_AMENDMENTS if state == PROPOSED else COMING_AMENDMENTS
        for state, effective_from in states
        if state == PROPOSED or (state == APPROVED and effective_from is not None and effective_from > today)
    )


def _of_today(shown: TodayView) -> Counter[str]:
    counted: Counter[str] = Counter({RESULTS: shown.unjudged})
    counted[FORMS] = sum(len(entry.forms) for entry in shown.to_sign)
    for group in shown.groups:
        for row in group.rows:
            of_own = [item for item in row.items if item.code in COUNTED]
            for item in of_own:
                count = item.facts["count"]
                counted[item.code] += count if isinstance(count, int) else 0
            if not of_own and _GROUPS[group.code]:
                counted[_GROUPS[group.code]] += 1
    return counted
