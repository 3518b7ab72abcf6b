"""From what is missing to the page where it is entered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.domain.evidence_values import Place
from sle_desk.domain.protocol import Visit
from sle_desk.domain.visit_rules import recurs
from sle_desk.services import visits
from sle_desk.ui.desk_page import Go
from sle_desk.ui.state import State


def go_to_decision(code: str) -> Go:
    """Return where a clarification or a setting is decided."""
    return Go("study", tab="clarifications", panel=code)


def go_to_gap(state: State, subject_id: int, place: Place) -> Go:
    """Return the page where something missing is entered; where its visit was not begun, the subject's."""
    if place.kind == "decision":
        return go_to_decision(place.code)
    if place.kind == "delegation":
        return Go("study", tab="delegation")
    if place.kind == "ethics":
        return Go("study", tab="ethics")
    if place.kind == "eligibility":
        return Go("eligibility", subject_id=subject_id)
    if place.kind == "consent":
        return Go("consent", subject_id=subject_id)
    if place.kind == "entry":
        return Go("subject", subject_id=subject_id, tab=state.desk.protocol.form(place.code).log)
    if place.kind == "form":
        visit_id = _visit(state, subject_id, lambda visit: place.code in visit.forms)
        if visit_id is not None:
            return Go("form", subject_id=subject_id, visit_id=visit_id, form=place.code)
    if place.kind == "analyte":
        return _laboratory(state, subject_id, place.code)
    return Go("subject", subject_id=subject_id)


def _laboratory(state: State, subject_id: int, analyte: str) -> Go:
    panels = [each.code for each in state.desk.protocol.laboratory.panels if analyte in each.analytes]
    for panel in panels:
        visit_id = _visit(state, subject_id, partial(_holds_panel, panel))
        if visit_id is not None:
            return Go("labs", subject_id=subject_id, visit_id=visit_id, panel=panel)
    return Go("subject", subject_id=subject_id)


def _holds_panel(panel: str, visit: Visit) -> bool:
    return panel in visit.panels


def _visit(state: State, subject_id: int, holds: Callable[[Visit], bool]) -> int | None:
    """Return the newest visit of the subject that holds what is asked for, a planned one first."""
    protocol = state.desk.protocol
    known = visits.visits(state.desk, subject_id)
    found = [(protocol.visit(row.code), row.id) for row in known if holds(protocol.visit(row.code))]
    planned = [number for visit, number in found if not recurs(visit)]
    return next(iter([*planned[-1:], *(number for _, number in found[-1:])]), None)
