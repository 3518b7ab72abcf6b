"""Consent is withdrawn for samples only, by keys: later visits go on, and no samples are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from at_the_desk import Person, people
from at_the_papers import export_for_site, print_paper, print_summary, sheet, write_into
from at_the_visit import begin_visit, fill_form, fill_report
from outputs import words_of
from study_fixtures import Study
from treated_subject import BOTH, treat_until

from sle_desk.services import log_entries, papers, plan, visit_states

__all__ = ["people"]
WEEK_2 = date(2026, 12, 7)
WITHDRAWN_ON = WEEK_2 + timedelta(days=1)
CBC = {"WBC": "3.25", "HGB": "104"}
VITALS = {"temperature": "36.8", "systolic": "120", "diastolic": "77", "pulse": "74", "respiration": "16",
          "oxygen_saturation": "98", "weight": "61.0"}  # fmt: skip
# What is said on the strip and on Today, in the list of a visit, and on paper.
SAID = {
    "en": (
        "no samples: consent withdrawn 12-08",
        "No samples",
        "No samples: consent for them was withdrawn on 2026-12-08.",
    ),
    "zh_CN": (
        "不采样：已于 12-08 撤回知情同意",
        "不再采样",
        "不采集样本：已于 2026-12-08 撤回采样的知情同意。",
    ),
}


def draw_at_week_2(study: Study, people: list[Person], language: str) -> None:
    """Type the blood count of week 2, and that the chemistry was drawn."""
    person = Person(study, "lin.yue", language)
    people[:] = [person]
    person.to_subject("SLE-001")
    visit = begin_visit(person, "W2")
    fill_form(person, visit, "vitals", VITALS)
    fill_report(person, visit, "CBC", CBC)
    fill_report(person, visit, "CHEM", {})
    assert states(person, "W2") == {"CBC": "partial", "CHEM": "awaited", "SUBSETS": "empty"}
    person.close()


def states(person: Person, code: str) -> dict[str, str]:
    """Return how the panels of a visit stand."""
    (visit,) = (row for row in visit_states.visit_states(person.desk, BOTH) if row.code == code)
    return {form.code: form.state for form in visit.forms if form.kind == visit_states.PANEL}


def withdraw(person: Person, folder: Path, language: str) -> None:
    """Print a worksheet, then enter that consent for samples is withdrawn, told in person."""
    on_strip, _, _ = SAID[language]
    person.to_page("reports")
    write_into(person, folder)
    print_paper(person, "worksheet", "W4", folder)
    person.to_subject("SLE-001")
    person.add_entry("records", "withdrawal", ":t", "N", "N", "Y", "N", "1")
    (row,) = log_entries.entries(person.desk, "records", BOTH)
    assert (row.form, row.state) == ("withdrawal", "complete")
    person.until(lambda: on_strip in person.chips())
    assert [row.state for row in papers.papers(person.desk)] == ["superseded"]


def nothing_before_moved(person: Person) -> None:
    """What was drawn stands, what was drawn and is not reported yet is awaited still."""
    assert states(person, "W2") == {"CBC": "partial", "CHEM": "awaited", "SUBSETS": "empty"}
    assert [each.planned.code for each in plan.calendar(person.desk, BOTH).visits][-1] == "W24"
    person.to_page("today")
    person.to_row(lambda row: getattr(row, "action", "") == "enter_results")


def week_4(person: Person, language: str) -> None:
    """The visit is due and says on Today, on the strip and in its list that no samples are to be taken."""
    on_strip, in_list, _ = SAID[language]
    person.to_page("today")
    due = person.row_words(lambda row: getattr(row, "group", "") == "today" and row.who.code == "SLE-001")
    assert on_strip in due
    person.to_subject("SLE-001")
    assert on_strip in person.chips()
    visit = begin_visit(person, "W4")
    assert set(states(person, "W4").values()) == {"no_samples"}
    for code in ("CBC", "pre_dose_samples"):
        assert in_list in person.row_words(
            lambda row, code=code: (getattr(row, "visit_id", 0), getattr(row, "code", "")) == (visit, code)
        )
    fill_form(person, visit, "vitals", VITALS)
    person.to_page("today")
    of = len(person.desk.protocol.visit("W4").forms) - 1
    begun = person.language.text("{done} of {of} begun", done=1, of=of)
    assert begun in person.row_words(
        lambda row: getattr(row, "status", "") == "entered" and row.who.code == "SLE-001"
    )


def papers_and_workbook(person: Person, folder: Path, language: str) -> None:
    """The worksheet, the summary and the workbook say it; the summary misses no samples."""
    _, _, on_paper = SAID[language]
    person.to_page("reports")
    write_into(person, folder)
    assert on_paper in words_of(print_paper(person, "worksheet", "W8", folder))
    person.to_subject("SLE-001")
    summary = words_of(print_summary(person, "W4", folder))
    assert on_paper in summary
    assert person.language.words(person.desk.protocol.laboratory.panel("CYTOKINES").label) not in summary
    book = export_for_site(person, folder)
    (told,) = sheet(book, "WITHDRAWAL")
    assert (told["SUBJID"], told["SAMPLES"], told["VISITS"]) == ("SLE-001", "Y", "N")
    assert str(told["DAY"]).startswith(str(WITHDRAWN_ON))
    drawn = {(row["VISIT"], row["TEST"]) for row in sheet(book, "LAB") if row["SUBJID"] == "SLE-001"}
    assert {("W2", code) for code in CBC} <= drawn


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_no_samples_are_asked_for_and_everything_else_goes_on(
    arms: Study, people: list[Person], tmp_path: Path, language: str
) -> None:
    treat_until(arms, 15)
    draw_at_week_2(arms, people, language)
    treat_until(arms, 16)
    person = Person(arms, "chen.lan", language)
    people[:] = [person]
    withdraw(person, tmp_path, language)
    nothing_before_moved(person)
    person.close()
    treat_until(arms, 29)
    person = Person(arms, "chen.lan", language)
    people[:] = [person]
    week_4(person, language)
    papers_and_workbook(person, tmp_path, language)
