"""Where each thing that stands open before the lock is dealt with: the first of its kind, or its list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sle_desk.domain.decisions import IN_FORCE
from sle_desk.services import clarifications, drafts, lock_items, overview, papers, subjects
from sle_desk.services.drafts import Begun
from sle_desk.services.due_rows import LABORATORY, LATE, TO_TYPE
from sle_desk.ui.desk_page import Go
from sle_desk.ui.gap_places import go_to_decision
from sle_desk.ui.pages.subjects_page import FILTERS
from sle_desk.ui.state import State

# The lists, with the filter that shows this kind alone.
_LISTS: dict[str, Go] = {
    lock_items.QUERIES: Go("today", tab="queries"),
    lock_items.RESULTS: Go("lab_list", tab="to_judge"),
    lock_items.DEVIATIONS: Go("study", tab="deviations"),
    lock_items.GROUNDS: Go("study", tab="deviations"),
    lock_items.PROPOSED_AMENDMENTS: Go("study", tab="protocol"),
    lock_items.COMING_AMENDMENTS: Go("study", tab="protocol"),
    lock_items.DUE: Go("today", tab="all"),
    LATE: Go("today", tab="all"),
    LABORATORY: Go("today", tab="labs"),
    TO_TYPE: Go("today", tab="visits"),
}


def place_of(state: State, code: str) -> Go | None:
    """Return the page where a kind of thing is dealt with; None for drafts that are all of others."""
    return _LISTS[code] if code in _LISTS else _FIRST[code](state)


def _to_sign(state: State) -> Go:
    """Return the first form to be signed: once it is, the next one is the first."""
    first = next(iter(overview.today(state.desk).to_sign), None)
    if first is None:
        return Go("today", tab="all")
    record = None if first.visit_id is not None else first.record_ids[0]
    return Go(
        "form",
        subject_id=first.who.subject_id,
        visit_id=first.visit_id,
        form=first.forms[0],
        record_id=record,
    )


def _subjects(state: State) -> Go:
    """Return those in the study; those in screening where nobody is in the study any more."""
    shown = {row.state for row in subjects.subjects(state.desk)}
    return Go("subjects", tab="in_study" if shown & FILTERS["in_study"] else "screening")


def _decision(state: State) -> Go:
    rows = clarifications.register(state.desk)
    first = next((row.code for row in rows if row.state != IN_FORCE), None)
    return Go("study", tab="clarifications") if first is None else go_to_decision(first)


def _paper(state: State) -> Go:
    rows = papers.papers(state.desk)
    return Go("reports", record_id=next((row.id for row in rows if row.state == "for_signature"), None))


def _draft(state: State) -> Go | None:
    """Return where the person at the desk left something; what others left opens for nobody else."""
    left = next(iter(drafts.begun(state.desk)), None)
    return None if left is None else _of_draft(left)


def _of_draft(left: Begun) -> Go:
    if left.kind == "form":
        return Go("form", subject_id=left.subject_id, visit_id=left.visit_id, form=left.form)
    if left.kind == "lab":
        return Go("labs", subject_id=left.subject_id, visit_id=left.visit_id, panel=left.form)
    if left.kind == "entry" and left.record_id is not None:
        return Go("form", subject_id=left.subject_id, form=left.form, record_id=left.record_id)
    if left.kind == "entry":
        return Go("form", subject_id=left.subject_id, form=left.form, **_entry_about(left.parts[2:]))
    if left.kind == "decision":
        return go_to_decision(left.parts[0])
    if left.kind == "infusion":
        return Go(left.kind, subject_id=left.subject_id, about_drug=left.parts[1])
    if left.kind in ("register", "consent", "diary"):
        return Go(left.kind, subject_id=left.subject_id)
    page, *part = left.kind.split(".")
    return (
        Go("stock") if page == "stock" else Go("study", tab=_STUDY_TABS.get("".join(part[:1]), "deviations"))
    )


def _entry_about(parts: tuple[str, ...]) -> dict[str, Any]:
    """Return what an entry that was begun is about, and what it is linked with."""
    about, *link = parts
    return {
        "about": int(about) if about else None,
        "link": (link[0], int(link[1])) if len(link) == 2 else None,
    }


# The tabs on which the forms beside the lists of the study are begun, by the place of their drafts.
_STUDY_TABS = {
    "consent_version": "consents",
    "ethics_approval": "ethics",
    "delegation": "delegation",
    "laboratory": "laboratories",
    "lab_range": "laboratories",
    "site_day": "calendar",
    "person": "people",
}
_FIRST: dict[str, Callable[[State], Go | None]] = {
    lock_items.FORMS: _to_sign,
    lock_items.SUBJECTS: _subjects,
    lock_items.DECISIONS: _decision,
    lock_items.PAPERS: _paper,
    lock_items.DRAFTS: _draft,
}
