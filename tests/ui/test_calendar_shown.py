"""Closed days and windows without an open day in words, on Schedule, Today and the visits of a subject."""

from datetime import timedelta

import pytest
from desk_window import DeskWindow
from dose_fixtures import at, dispense, inject
from PySide6.QtCore import Qt
from study_fixtures import START, clock, made_study
from trial_fixtures import arms, made_arms, made_trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.site_calendar import HOLIDAY, WORKED
from sle_desk.services import plan, site_days
from sle_desk.services.site_days import Entered
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.subject_page import SubjectPage

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
IL2 = 3
TODAY = START.date()
CLOSED = Entered(HOLIDAY, Words("Founding day", "院庆日"), "House memo 3")
WORKED_ON = Entered(WORKED, document="House memo 3")


@pytest.fixture
def dosed(arms):
    """Subject 3 after the first injection; the site closes on Wednesday and works on Saturday."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    site_days.record_days(nurse, TODAY + timedelta(days=2), None, CLOSED)
    site_days.record_days(nurse, TODAY + timedelta(days=5), None, WORKED_ON)
    return arms


@pytest.fixture
def window_of_week_4(dosed):
    """The window of the visit of week 4 of subject 3, closed on every day."""
    nurse = dosed.sit("lin.yue", roles.NURSE)
    visits = plan.calendar(nurse, IL2).visits
    window = next(each.planned for each in visits if each.planned.code == "W4")
    site_days.record_days(nurse, window.opens_on, window.closes_on, CLOSED)
    return window


def ward(qtbot, study, page, language="en"):
    window = WardWindow(study, "lin.yue", roles.NURSE, language)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.state.go(Go(page))
    return window


@pytest.mark.parametrize(
    ("language", "closed", "worked", "unknown"),
    [
        (
            "en",
            "Wed 11-25, Founding day",
            "Sat 11-28, make-up working day",
            "The holidays of 2026 have not been",
        ),
        ("zh_CN", "周三 11-25, 院庆日", "周六 11-28, 调休上班", "2026 年的节假日尚未录入"),
    ],
)
def test_the_head_of_a_day_names_it_and_an_unknown_year_is_told_once(
    qtbot, dosed, language, closed, worked, unknown
):
    window, typist = ward(qtbot, dosed, "schedule", language), Typist()
    assert typist.sees(closed) and typist.sees(worked) and typist.sees(unknown)
    page = window.page("schedule")
    assert page.closed.sentence().count("2026") == 1
    said = page.model.data(page.model.index(2, 3), Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith(f"{closed}: ")
    site_days.record_year(dosed.desk, 2026, "House memo 3")
    assert not typist.sees(unknown)


@pytest.mark.parametrize(
    ("language", "told", "chip"),
    [
        ("en", "Week 4: the site is closed on every day of the window", "No open day"),
        ("zh_CN", "内本中心每天均休息", "无工作日"),
    ],
)
def test_a_window_without_an_open_day_is_told_on_the_schedule_and_on_the_subject(
    qtbot, dosed, window_of_week_4, language, told, chip
):
    window, typist = ward(qtbot, dosed, "schedule", language), Typist()
    assert not typist.sees(told)
    weeks = (window_of_week_4.planned_on - TODAY).days // 7
    typist.press(*["PageDown"] * weeks)
    sentence = window.page("schedule").closed.sentence()
    assert told in sentence and sentence.startswith("SLE-003 · ")
    assert str(window_of_week_4.opens_on) in sentence and str(window_of_week_4.closes_on) in sentence
    window.close()
    shown = DeskWindow(
        qtbot, dosed, "lin.yue", roles.NURSE, SubjectPage, Go("subject", subject_id=IL2), language
    )
    typist.wait_for(chip)
    assert typist.sees(told) and typist.sees(str(window_of_week_4.planned_on))
    assert typist.sees("Founding day" if language == "en" else "院庆日")
    assert window_of_week_4.planned_on == next(
        each.planned.planned_on for each in plan.calendar(shown.desk, IL2).visits if each.planned.code == "W4"
    )
    shown.close()


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Wed 11-25 the site is closed: Founding day"), ("zh_CN", "周三 11-25 本中心休息：院庆日")],
)
def test_what_is_due_on_a_closed_day_says_so_on_today(qtbot, dosed, language, told):
    at(dosed, TODAY + timedelta(days=2), "08:34")
    ward(qtbot, dosed, "today", language)
    assert Typist().sees(told)


@pytest.mark.parametrize(
    ("language", "left", "week"),
    [
        ("en", "open days left: Tue 12-22, Wed 12-23, Thu 12-24", "Founding day. "),
        ("zh_CN", "窗口期内剩余工作日：周二 12-22、周三 12-23、周四 12-24", "院庆日. "),
    ],
)
def test_a_visit_planned_for_a_closed_day_tells_the_open_days_left_in_its_window(
    qtbot, dosed, language, left, week
):
    nurse = dosed.sit("lin.yue", roles.NURSE)
    planned = TODAY + timedelta(days=28)
    for day in (planned, planned + timedelta(days=6)):
        site_days.record_days(nurse, day, None, CLOSED)
    site_days.record_year(nurse, 2026, "House memo 3")
    at(dosed, planned, "08:34")
    ward(qtbot, dosed, "today", language)
    typist = Typist()
    assert typist.sees(left)
    typist.wait_for(week)


def test_a_dose_due_on_a_weekend_says_so_and_one_on_a_worked_saturday_says_nothing(qtbot, dosed):
    at(dosed, TODAY + timedelta(days=6), "08:34")
    window, typist = ward(qtbot, dosed, "today"), Typist()
    assert typist.sees("Sun 11-29 the site is closed: weekend")
    site_days.record_days(dosed.desk, TODAY + timedelta(days=6), None, WORKED_ON)
    typist.wait(lambda: not typist.sees("the site is closed: weekend"))
    assert window.isVisible()


def test_before_the_first_dose_no_row_of_today_speaks_of_a_closed_day(qtbot, arms):
    nurse = arms.sit("lin.yue", roles.NURSE)
    site_days.record_days(nurse, nurse.today(), None, CLOSED)
    ward(qtbot, arms, "today")
    typist = Typist()
    assert typist.sees("IL-2 dose 1 of 54") and not typist.sees("the site is closed")
