"""Where a row of what is due is done, and the action that its act needs."""

from __future__ import annotations

from sle_desk.domain.evidence_values import Missing
from sle_desk.domain.infusion_course import LOG as INFUSIONS
from sle_desk.services.due_rows import TodayRow
from sle_desk.ui.desk_page import Go
from sle_desk.ui.gap_places import go_to_decision, go_to_gap
from sle_desk.ui.pages.today_rows import first_fact
from sle_desk.ui.state import State

# The action that the act of a row needs.
NEEDS = {
    "record_injection": "dose.record",
    "prepare_infusion": "dose.prepare",
    "give_infusion": "dose.record",
    "say_of_infusion": "dose.record",
    "enter_diary": "dose.record",
    "enter_results": "results.save",
    "record_consent": "consent.record",
    "open_allocation": "allocation.open",
    "report_event": "form.save",
    "add_event": "form.save",
    "add_pregnancy": "form.save",
    "add_death": "form.save",
    "add_biologic": "form.save",
    "answer_entry": "form.save",
    "answer_form": "form.save",
}

# The entry that an act makes.
ADDS = {"add_pregnancy": "pregnancy", "add_death": "death", "add_biologic": "prior_biologic"}


def way_of(state: State, row: TodayRow) -> Go:
    """Return the page where a row is done; what the checklist of the allocation lacks has its own place."""
    gap = first_fact(row, "gap")
    if isinstance(gap, Missing) and row.who is not None:
        return go_to_gap(state, row.who.subject_id, gap.place)
    return place_of(row)


def place_of(row: TodayRow) -> Go:
    """Return the page where a row is done."""
    if row.action == "open_clarification":
        codes = first_fact(row, "codes")
        return go_to_decision(str(codes[0])) if isinstance(codes, tuple) and codes else Go("study")
    if row.action == "open_stock":
        return Go("stock", tab="excursions" if row.items[0].code == "excursion" else "lots")
    if row.action == "open_ethics":
        return Go("study", tab="ethics")
    if row.action == "open_amendment":
        record = first_fact(row, "record")
        return Go("study", tab="protocol", record_id=record if isinstance(record, int) else None)
    assert row.who is not None
    subject_id, visit_id = row.who.subject_id, first_fact(row, "visit_id")
    visit = visit_id if isinstance(visit_id, int) else None
    if row.action == "report_event":
        event = first_fact(row, "event")
        about = event if isinstance(event, int) else None
        return Go("form", subject_id=subject_id, form="sae_report", about=about)
    if row.action == "add_event":
        result = first_fact(row, "result")
        link = ("result", result) if isinstance(result, int) else None
        return Go("form", subject_id=subject_id, form="adverse_event", link=link)
    if row.action == "answer_entry":
        record = first_fact(row, "record")
        of = record if isinstance(record, int) else None
        return Go("form", subject_id=subject_id, form=str(first_fact(row, "form")), record_id=of)
    if row.action == "answer_form":
        return Go("form", subject_id=subject_id, visit_id=visit, form=str(first_fact(row, "form")))
    if row.action in ADDS:
        return Go("form", subject_id=subject_id, form=ADDS[row.action])
    if row.action in ("record_exit", "end_pause", "repeat_test"):
        return Go("subject", subject_id=subject_id, tab="visits")
    if row.action == "complete_entries" and first_fact(row, "log") == INFUSIONS:
        return Go("doses", subject_id=subject_id)
    if row.action == "complete_entries":
        return Go("subject", subject_id=subject_id, tab=str(first_fact(row, "log")))
    if row.action == "settle_deviations":
        return Go("study", tab="deviations")
    if row.action == "enter_results":
        panels = first_fact(row, "panels")
        panel = str(panels[0]) if isinstance(panels, tuple) else ""
        return Go("labs", subject_id=subject_id, visit_id=visit, panel=panel)
    pages = {
        "prepare_infusion": "infusion",
        "give_infusion": "infusion",
        "say_of_infusion": "infusion",
        "enter_diary": "diary",
        "record_consent": "consent",
        "open_eligibility": "eligibility",
        "record_injection": "doses",
        "view": "doses",
    }
    return Go(pages.get(row.action, "subject"), subject_id=subject_id, visit_id=visit)
