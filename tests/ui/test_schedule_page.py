"""The week of everybody by keys: days, weeks, what opens, an unscheduled visit."""

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject
from PySide6.QtCore import Qt
from study_fixtures import clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.domain import roles
from sle_desk.services import visits
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
IL2 = 3


@pytest.fixture
def window(qtbot, arms):
    """The nurse at the schedule, after the first injection of subject 3."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    inject(nurse, IL2)
    window = WardWindow(arms, "lin.yue", roles.NURSE)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.state.go(Go("schedule"))
    return window


def subject_by_keys(typist, steps):
    typist.press("Home", *["Down"] * steps)


def test_the_week_shows_what_was_given_and_what_is_planned(window):
    typist = Typist()
    assert typist.sees("IL-2 #1: Given") and typist.sees("IL-2 #2: Planned")
    assert typist.sees("Mon 11-23, today") and typist.sees("Sun 11-29")
    assert typist.sees("Day 1 not set")


def test_pages_turn_weeks_and_t_comes_back(window):
    typist = Typist()
    typist.press("PageDown")
    assert typist.sees("Mon 11-30") and not typist.sees("IL-2 #1: Given")
    typist.press("PageUp", "PageUp")
    assert typist.sees("Mon 11-16") and typist.sees("Sun 11-22")
    typist.press("T")
    assert typist.sees("Mon 11-23, today")


def test_enter_opens_the_doses_of_a_day_and_the_subject_of_an_empty_one(window):
    typist = Typist()
    subject_by_keys(typist, 2)
    typist.press("Enter")
    assert window.gone[-1] == Go("doses", subject_id=IL2)
    window.state.go(Go("schedule"))
    subject_by_keys(typist, 2)
    typist.press("Right", "Enter")
    assert window.gone[-1] == Go("subject", subject_id=IL2)


def test_u_records_an_unscheduled_visit_on_the_chosen_day(window, arms):
    typist = Typist()
    subject_by_keys(typist, 1)
    typist.press("U")
    assert typist.sees("SLE-002: unscheduled visit of 2026-11-23 recorded.")
    assert ("UNS", date(2026, 11, 23)) in {(row.code, row.on_day) for row in visits.visits(arms.desk, 2)}


def test_a_visit_ahead_is_refused_and_nothing_is_recorded(window, arms):
    typist = Typist()
    before = visits.visits(arms.desk, 2)
    subject_by_keys(typist, 1)
    typist.press("Right", "U")
    tomorrow = (arms.desk.today() + timedelta(days=1)).isoformat()
    assert typist.sees(tomorrow) and visits.visits(arms.desk, 2) == before


def test_each_cell_says_its_day_and_what_stands_there_to_a_reader(window):
    page = window.page("schedule")
    role = Qt.ItemDataRole.AccessibleTextRole
    said = [page.model.data(page.model.index(2, column), role) for column in range(1, 8)]
    assert said[0].startswith("Mon 11-23, today: ") and "IL-2 #1: Given" in said[0]
