"""The calendar of the site on slip and worksheet and in the workbook: what is closed, worked, unknown."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.site_calendar import HOLIDAY, WORKED
from sle_desk.exports.exporting import write_export
from sle_desk.exports.pdf.slip import Slip
from sle_desk.exports.printing import print_slip, print_worksheet
from sle_desk.exports.read_back import read_back
from sle_desk.exports.slips import allocation_slip
from sle_desk.services import plan, site_days
from sle_desk.services.desk import Desk
from sle_desk.services.site_days import Entered
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
BOTH, IL2 = 1, 3
WORKS = Entered(HOLIDAY, Words("Founding day", "院庆日"), "House memo 3")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_CN"])


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The nurse's desk after the first injection of subject 3."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    return nurse


def slip_of(desk: Desk, subject_id: int = IL2) -> Slip:
    with snapshot(desk) as copy:
        return allocation_slip(copy, subject_id)


def closed_on(slip: Slip) -> set[date]:
    dues = [*slip.visits, *(due for each in slip.plans for due in each.doses)]
    return {due.planned for due in dues if due.closed and due.planned is not None}


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def planned_of(desk: Desk) -> list[date]:
    return [each.slot.planned_on for each in plan.calendar(desk, IL2).slots]


def test_a_slip_marks_holidays_and_leaves_worked_days_unmarked(desk: Desk) -> None:
    before, days = slip_of(desk), planned_of(desk)
    weekday = next(day for day in days if day.isoweekday() < 6 and day > desk.today())
    weekend = next(day for day in days if day.isoweekday() > 5)
    site_days.record_days(desk, weekday, None, WORKS)
    site_days.record_days(desk, weekend, None, Entered(WORKED, document="House memo 3"))
    after = slip_of(desk)
    assert closed_on(after) == closed_on(before) - {weekend} | {weekday}
    # Nothing is moved by it.
    assert [due.planned for due in after.visits] == [due.planned for due in before.visits]


@LANGUAGES
def test_a_slip_says_which_years_nobody_entered(desk: Desk, language: str) -> None:
    told = {
        "en": "Public holidays of {} are not entered and not marked.",
        "zh_CN": "{} 年的法定节假日尚未录入，未标注。",
    }[language]
    assert slip_of(desk).unknown_years == (2026, 2027)
    site_days.take_in(desk)
    text = text_of(print_slip(desk, IL2, Language(language)).content)
    assert told.format("2027") in text and "2026, 2027" not in text
    site_days.record_year(desk, 2027, "House memo 3")
    assert slip_of(desk).unknown_years == ()
    # Without a date nothing is marked, and nothing is said of years.
    assert slip_of(desk, BOTH).unknown_years == () and closed_on(slip_of(desk, BOTH)) == set()


@LANGUAGES
def test_a_worksheet_says_beside_the_planned_day_that_the_site_is_closed(desk: Desk, language: str) -> None:
    visit = next(each.planned for each in plan.calendar(desk, IL2).visits if each.planned.code == "W4")
    plainly = text_of(print_worksheet(desk, IL2, "W4", Language(language)).content)
    site_days.record_days(desk, visit.planned_on, None, WORKS)
    text = text_of(print_worksheet(desk, IL2, "W4", Language(language)).content)
    beside = f"{visit.planned_on} · {'Founding day' if language == 'en' else '院庆日'}"
    assert beside in text and beside not in plainly and str(visit.planned_on) in plainly


@pytest.mark.parametrize("preset", ["site", "sponsor"])
def test_the_workbook_has_the_calendar_in_both_presets_without_what_is_in_error(
    arms: Study, desk: Desk, tmp_path: Path, preset: str
) -> None:
    site_days.record_days(desk, date(2027, 2, 5), date(2027, 2, 6), WORKS)
    first, second = site_days.site_days(desk)
    site_days.void_day(desk, first.id, first.version, "slip")
    site_days.take_in(desk)
    arms.clock.advance(timedelta(minutes=5))
    coordinator = arms.sit("chen.lan", roles.COORDINATOR)
    tables = read_back(write_export(coordinator, tmp_path, preset, Language("en")).path)
    sheet = next(table for table in tables if table.name == "SITE_CALENDAR")
    names = [column.name for column in sheet.columns]
    assert names == ["DATE", "KIND", "NAME_EN", "NAME_ZH", "NOTICE", "CONFIRMED", "RECORDED_AT"]
    found = [tuple(row[:6]) for row in sheet.rows]
    offered = [
        (day.on, day.kind, day.name.en, day.name.zh, day.document, "N")
        for year in site_days.offered()
        for day in year.days
    ]
    own = (second.on_day, "holiday", "Founding day", "院庆日", "House memo 3", "Y")
    assert sorted(map(_plain, found)) == sorted(map(_plain, [*offered, own]))


def _plain(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)
