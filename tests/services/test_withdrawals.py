"""Consent withdrawn for samples: none is due from that day, what was drawn stands, all else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from dose_fixtures import at
from study_fixtures import Study
from treated_subject import BOTH, treat_until
from trial_fixtures import arms, laboratory, made_arms, made_trial, results, trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.pdf.worksheet_content import Samples
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import (
    deviations,
    form_records,
    labs,
    log_entries,
    overview,
    papers,
    plan,
    visit_states,
    visits,
    void_forms,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import TodayRow
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "made_arms", "made_trial", "trial"]
DRAWN_ON = date(2026, 12, 7)
WITHDRAWN_ON = DRAWN_ON + timedelta(days=1)


@pytest.fixture
def withdrawn(arms: Study) -> Iterator[Study]:
    """At week 2 a blood count was drawn and reported and the chemistry is awaited; a day later: no more."""
    treat_until(arms, 15)
    desk = sit(arms)
    visit = visits.record_visit(desk, BOTH, "W2", DRAWN_ON).id
    number = laboratory(arms)
    desk = sit(arms)
    results(desk, BOTH, visit, number, "CBC", ("HGB", "NEUT", "LYM"))
    labs.save_results(desk, NewSample(BOTH, visit, "CHEM", number, desk.now()), ())
    at(arms, WITHDRAWN_ON)
    withdraw(desk, samples="Y")
    yield arms


def sit(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def withdraw(desk: Desk, **scopes: str) -> int:
    """Record a withdrawal of consent of today."""
    said = {"treatment": "N", "visits": "N", "samples": "N", "data": "N", "told": "in_person", **scopes}
    values = {code: Value(choice=choice) for code, choice in said.items()}
    given = Given({**values, "day": Value(day=desk.today())})
    return form_records.save_form(desk, NewForm(BOTH, None, "withdrawal", desk.today(), given)).id


def begun(desk: Desk, code: str) -> dict[str, str]:
    """Begin a visit of today and return how its forms and panels stand."""
    visits.record_visit(desk, BOTH, code, desk.today())
    return states(desk, code)


def states(desk: Desk, code: str) -> dict[str, str]:
    """Return how the forms and panels of a visit stand."""
    (visit,) = (row for row in visit_states.visit_states(desk, BOTH) if row.code == code)
    return {form.code: form.state for form in visit.forms}


def row_of(desk: Desk, group: str) -> TodayRow:
    """Return the first row of the subject in a group of Today."""
    rows = overview.today(desk).group(group)
    return next(row for row in rows if row.who is not None and row.who.subject_id == BOTH)


def test_what_was_drawn_before_stands_and_is_awaited(withdrawn: Study) -> None:
    desk = sit(withdrawn)
    known = states(desk, "W2")
    assert (known["CBC"], known["CHEM"], known["SUBSETS"]) == ("partial", "awaited", "empty")
    assert [item.facts["panels"] for item in row_of(desk, "laboratory").items] == [("CHEM",)]


def test_the_next_visit_is_due_and_asks_for_no_samples(withdrawn: Study) -> None:
    at(withdrawn, DRAWN_ON + timedelta(days=13))
    desk = sit(withdrawn)
    hints = {hint.code: hint.facts for hint in row_of(desk, "tomorrow").hints}
    assert hints["no_samples"] == {"since": WITHDRAWN_ON} and "samples_before" not in hints
    at(withdrawn, DRAWN_ON + timedelta(days=14))
    hints = {hint.code: hint.facts for hint in row_of(desk, "today").hints}
    assert "no_samples" in hints and "samples_before" not in hints
    planned = [each.planned.code for each in plan.calendar(desk, BOTH).visits]
    assert planned[-1] == "W24"
    known = begun(desk, "W4")
    laboratory_work = {"pre_dose_samples", *desk.protocol.visit("W4").panels}
    assert {code for code, state in known.items() if state == "no_samples"} == laboratory_work
    form_records.save_form(
        desk, NewForm(BOTH, visits.visits(desk, BOTH)[-1].id, "physical_examination", desk.today(), Given({}))
    )
    assert row_of(desk, "today").status_facts == {"done": 1, "of": len(known) - len(laboratory_work)}


def test_a_sample_taken_all_the_same_is_recorded_and_counts(withdrawn: Study) -> None:
    at(withdrawn, DRAWN_ON + timedelta(days=14))
    desk = sit(withdrawn)
    known = begun(desk, "W4")
    visit = visits.visits(desk, BOTH)[-1].id
    labs.save_results(desk, NewSample(BOTH, visit, "CBC", 1, desk.now()), ())
    assert states(desk, "W4") == {**known, "CBC": "awaited"}


def test_a_withdrawal_of_something_else_or_in_error_leaves_the_samples(withdrawn: Study) -> None:
    desk = sit(withdrawn)
    entries = log_entries.entries(desk, "records", BOTH)
    row = next(row for row in entries if row.form == "withdrawal")
    void_forms.void_form(desk, row.id, "slip", row.version)
    withdraw(desk, data="Y")
    at(withdrawn, DRAWN_ON + timedelta(days=14))
    assert "no_samples" not in begun(sit(withdrawn), "W4").values()


def test_papers_say_that_none_are_taken_and_those_of_before_are_superseded(arms: Study) -> None:
    treat_until(arms, 15)
    desk = sit(arms)
    english = Language("en")
    printing.print_worksheet(desk, BOTH, "W4", english)
    printing.print_slip(desk, BOTH, english)
    withdraw(desk, samples="Y")
    assert {row.kind: row.state for row in papers.papers(desk)} == {
        "worksheet.W4": "superseded",
        "slip": "on_ward",
    }
    visit = visits.record_visit(desk, BOTH, "W2", desk.today()).id
    with snapshot(desk) as copy:
        (part,) = (part for part in visit_worksheet(copy, BOTH, "W4").parts if isinstance(part, Samples))
        notes = visit_summary(copy, visit).notes or ()
        earlier = next(row.id for row in visits.visits(desk, BOTH) if row.code == "V1")
        before = visit_summary(copy, earlier).notes or ()
    assert part.tubes == () and part.refused is not None and str(DRAWN_ON) in part.refused.en
    assert [note.kind for note in notes] == ["consent", "missing"]
    assert "consent" not in {note.kind for note in before}


def proposed(desk: Desk) -> list[tuple[date, str]]:
    """Return the day and the code of each deviation about consent that is proposed of the subject."""
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    return [(row.on_day, row.code) for row in rows if row.code.startswith("consent.")]


def test_a_sample_drawn_after_the_withdrawal_is_a_deviation_and_none_without_it(withdrawn: Study) -> None:
    desk = sit(withdrawn)
    assert proposed(desk) == []
    visit = next(row.id for row in visits.visits(desk, BOTH) if row.code == "W2")
    number = laboratory(withdrawn)
    at(withdrawn, WITHDRAWN_ON, "10:00")
    desk = sit(withdrawn)
    labs.save_results(desk, NewSample(BOTH, visit, "URINE", number, desk.now()), ())
    assert proposed(desk) == [(WITHDRAWN_ON, "consent.samples_withdrawn")]
    entry = next(row for row in log_entries.entries(desk, "records", BOTH) if row.form == "withdrawal")
    void_forms.void_form(desk, entry.id, "slip", entry.version)
    assert proposed(desk) == []


def test_a_withdrawal_that_is_recorded_later_tells_of_what_was_drawn_since(withdrawn: Study) -> None:
    desk = sit(withdrawn)
    entry = next(row for row in log_entries.entries(desk, "records", BOTH) if row.form == "withdrawal")
    row = form_records.form_row(desk, entry.id)
    seen = row.answer_versions["day"]
    form_records.correct_value(desk, Correction(row.id, "day", Value(day=DRAWN_ON), "source", seen))
    assert proposed(desk) == [(DRAWN_ON, "consent.samples_withdrawn")] * 2


def test_what_was_drawn_before_the_withdrawal_of_its_day_is_covered_by_its_time(
    withdrawn: Study,
) -> None:
    """Drawn in the morning, withdrawn at noon; told of by its own time once that is known."""
    desk = sit(withdrawn)
    entry = next(row for row in log_entries.entries(desk, "records", BOTH) if row.form == "withdrawal")
    void_forms.void_form(desk, entry.id, "slip", entry.version)
    visit = next(row.id for row in visits.visits(desk, BOTH) if row.code == "W2")
    number = laboratory(withdrawn)
    today = WITHDRAWN_ON + timedelta(days=1)
    at(withdrawn, today, "08:00")
    desk = sit(withdrawn)
    labs.save_results(desk, NewSample(BOTH, visit, "URINE", number, desk.now()), ())
    at(withdrawn, today, "12:00")
    desk = sit(withdrawn)
    record = withdraw(desk, samples="Y")
    assert proposed(desk) == []
    form_records.correct_value(desk, Correction(record, "time", Value(text="07:50"), "late", 0))
    assert proposed(desk) == [(today, "consent.samples_withdrawn")]
    seen = form_records.form_row(desk, record).answer_versions["time"]
    form_records.correct_value(desk, Correction(record, "time", Value(text="08:30"), "late", seen))
    assert proposed(desk) == []
