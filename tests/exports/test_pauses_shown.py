"""A pause on sheets and paper: counted and named apart, told to the ward, and not to the sponsor."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from dose_fixtures import at, inject
from ended_subjects import sit, treated
from paused_subjects import day, pause, resume
from study_fixtures import Study, clock, made_study
from treated_subject import BOTH
from trial_fixtures import made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.record_source import PAPER, Told
from sle_desk.exports.exporting import write_export
from sle_desk.exports.printing import print_date_card, print_slip
from sle_desk.exports.read_back import read_back
from sle_desk.exports.subject_papers import date_card, dose_diary
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import papers, plan, visits
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["clock", "made_arms", "made_study", "made_trial", "treated"]
EN = Language("en")
NOTE = "Fever of 38.4, seen on the ward round."


@pytest.fixture
def desk(treated: Study) -> Desk:
    """IL-2 paused from day 5 to 8, one dose given in it; the day is 14, and it is paused again since 13."""
    at(treated, day(7))
    desk = treated.sit("lin.yue", roles.NURSE)
    pause(desk, 5, note=NOTE, source=Told(PAPER, "ward notes 12"))
    inject(desk, BOTH, reason="subject")
    at(treated, day(11))
    desk = treated.sit("lin.yue", roles.NURSE)
    resume(desk, 9)
    inject(desk, BOTH)
    at(treated, day(14))
    desk = treated.sit("chen.lan", roles.COORDINATOR)
    pause(desk, 13)
    return desk


def rows(path: Path, name: str) -> list[dict]:
    table = next(table for table in read_back(path) if table.name == name)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def test_the_workbook_tells_each_step_each_paused_dose_and_all_parts_of_compliance(desk, tmp_path) -> None:
    path = write_export(desk, tmp_path, "site", EN).path
    steps = rows(path, "PAUSES")
    assert [(row["KIND"], row["DRUG"], row["ON_DAY"], row["REASON"], row["NOTE"]) for row in steps] == [
        ("paused", "IL2", day(5), "infection", NOTE),
        ("resumed", "IL2", day(9), None, None),
        ("paused", "IL2", day(13), "infection", None),
    ]
    assert (steps[0]["SOURCE"], steps[0]["SOURCE_REFERENCE"]) == (PAPER, "ward notes 12")
    assert not any("BY" in name for name in steps[0])
    # Dose 4 of day 7 was given; the first that is still to come, of day 15, is not of the past.
    left_out = [
        (row["PLANNED_NUMBER"], row["PLANNED_ON"], row["PAUSED_SINCE"]) for row in rows(path, "PAUSED_DOSES")
    ]
    assert left_out == [(3, day(5), day(5)), (7, day(13), day(13))]
    (found,) = (row for row in rows(path, "COMPLIANCE") if (row["DRUG"], row["STAGE"]) == ("IL2", None))
    # Of days 1, 3, 5, 7, 9, 11 and 13: day 9 alone has no word.
    assert {name: found[name] for name in ("PLANNED", "GIVEN", "MISSED", "PAUSED", "UNRECORDED")} == {
        "PLANNED": 7, "GIVEN": 4, "MISSED": 0, "PAUSED": 2, "UNRECORDED": 1,
    }  # fmt: skip


def test_the_sponsor_reads_of_no_pause_before_lock(desk, tmp_path) -> None:
    path = write_export(desk, tmp_path, "sponsor", EN).path
    assert not {table.name for table in read_back(path)} & {"PAUSES", "PAUSED_DOSES", "COMPLIANCE"}
    with zipfile.ZipFile(path) as book:
        text = "\n".join(book.read(name).decode("utf-8") for name in book.namelist()).lower()
    for told in ("pause", "fever of 38.4", "ward notes 12"):
        assert told not in text, told


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_papers_of_the_ward_and_the_subject_say_what_is_paused(desk, language) -> None:
    said = {"en": f"is paused since {day(13)}", "zh_CN": f"自{day(13)}起暂停"}[language]
    for act in (print_slip, print_date_card):
        pages = pypdf.PdfReader(BytesIO(act(desk, BOTH, Language(language)).content)).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert "".join(said.split()) in text
    with snapshot(desk) as copy:
        sheet, card = visit_worksheet(copy, BOTH, "W2"), date_card(copy, BOTH)
    assert any("paused" in words.en for words in sheet.ended)
    assert not any(hasattr(part, "reactions") for part in sheet.parts)
    injections = next(each for each in card.plans if len(each.doses) > 10)
    assert {due.what.en for due in injections.doses} == {"paused"}
    planned = [each.slot.planned_on for each in plan.calendar(desk, BOTH).of_drug("IL2")]
    assert [due.planned for due in injections.doses] == [on for on in planned if on >= desk.today()]


def test_after_the_pause_the_diary_holds_the_days_of_the_plan(desk, treated) -> None:
    at(treated, day(18))
    desk = treated.sit("chen.lan", roles.COORDINATOR)
    resume(desk, 18)
    with snapshot(desk) as copy:
        diary = dose_diary(copy, BOTH)
    assert next(iter(diary.parts)).doses[0].planned == day(19)


def test_the_summary_of_a_visit_counts_paused_doses_apart(desk, treated) -> None:
    visit = visits.record_visit(desk, BOTH, "W2", desk.today())
    with snapshot(desk) as copy:
        belimumab, il2 = visit_summary(copy, visit.id).treatment
    assert il2.planned.en == "7, of them paused 2"
    assert "; paused since 2026-12-05" in il2.drug.en
    assert (il2.given, il2.percent) == (4, "57.1 %")
    assert belimumab.planned == 1


def test_a_pause_supersedes_what_tells_of_the_plan(treated: Study) -> None:
    desk = sit(treated)
    print_date_card(desk, BOTH, EN)
    pause(desk, 5)
    assert papers.papers(desk)[0].state == "superseded"
