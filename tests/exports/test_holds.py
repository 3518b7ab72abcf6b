"""What leaves the program of what a dose was held for: workbook, worksheet and summary."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from logged import event
from outputs import words_of
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports.about import CODE_LISTS, DICTIONARY
from sle_desk.exports.exporting import write_export
from sle_desk.exports.printing import print_worksheet
from sle_desk.exports.read_back import read_back
from sle_desk.exports.summary_treatment import treatment
from sle_desk.exports.wording import said
from sle_desk.services import courses
from sle_desk.services.desk import Desk
from sle_desk.services.held_doses import record_held
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
EN, ZH = Language("en"), Language("zh_CN")
INTERLEUKIN = 3


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The coordinator's desk: subject 3 was asked, then held for an infection, then given all the same."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN, hold="none")
    event(arms.sit("zhao.jing", roles.INVESTIGATOR), INTERLEUKIN, "Pneumonia")
    at(arms, START.date() + timedelta(days=2))
    record_held(arms.sit("lin.yue", roles.NURSE), INTERLEUKIN, "IL2", 2, "infection")
    at(arms, START.date() + timedelta(days=4))
    inject(arms.sit("lin.yue", roles.NURSE), INTERLEUKIN, hold="infection", reason="doctor")
    arms.clock.advance(timedelta(minutes=5))
    return arms.sit("chen.lan", roles.COORDINATOR)


def test_the_workbook_has_what_was_asked_and_answered_with_its_list(desk: Desk, tmp_path: Path) -> None:
    done = write_export(desk, tmp_path, "site", EN)
    doses = next(table for table in read_back(done.path) if table.name == "DOSES")
    names = [each.name for each in doses.columns]
    rows = [dict(zip(names, row, strict=True)) for row in doses.rows]
    assert [(row["PROGRESS"], row["HOLD"], row["HOLD_SHOWN"] or "") for row in rows] == [
        ("given", "none", ""),
        ("missed", "infection", "infection"),
        ("given", "infection", "infection"),
    ]
    book = openpyxl.load_workbook(done.path, read_only=True)
    told = {row[:8] for row in book[DICTIONARY].iter_rows(values_only=True) if row[0] == "DOSES"}
    assert ("HOLD", "HOLD") in {(row[1], row[7]) for row in told}
    codes = {(row[0], row[1], row[3]) for row in book[CODE_LISTS].iter_rows(values_only=True)}
    assert codes >= {
        ("HOLD", "none", "无暂停给药情形"), ("HOLD", "cytopenia", "中性粒细胞或血小板减少"),
        ("HOLD", "cleared", "已核实：情形已不存在"),
    }  # fmt: skip


def test_nothing_of_it_is_in_the_workbook_of_the_sponsor(desk: Desk, tmp_path: Path) -> None:
    text = words_of(write_export(desk, tmp_path, "sponsor", EN).path)
    assert "HOLD_SHOWN" not in text and "dose.hold" not in text


@pytest.mark.parametrize(("language", "words"), [
    (EN, ("to hold the dose for", "Low neutrophils or platelets", "given all the same, why")),
    (ZH, ("暂停给药情形", "中性粒细胞或血小板减少", "仍予给药，原因")),
])  # fmt: skip
def test_the_worksheet_has_boxes_to_tick_before_the_dose(
    desk: Desk, language: Language, words: tuple[str, ...]
) -> None:
    content = print_worksheet(desk, INTERLEUKIN, "W4", language).content
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert all(each in text for each in words)


@pytest.mark.parametrize(("language", "words"), [(EN, "1, of them held 1"), (ZH, "1（其中暂停 1）")])
def test_the_summary_says_how_many_of_the_missed_doses_were_held(
    desk: Desk, language: Language, words: str
) -> None:
    with snapshot(desk) as copy:
        course = courses.course(copy.session, INTERLEUKIN)
        assert course is not None
        rows = treatment(copy, course, START.date() + timedelta(days=4))
    assert rows is not None
    assert said(rows[0].missed, language) == words
