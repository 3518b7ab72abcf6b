"""The week of everybody by keys: days, weeks, what opens, an unscheduled visit."""

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject
from ended_subjects import given
from logged import enter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy import select
from study_fixtures import clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.domain import roles
from sle_desk.domain.checks import AFTER_END_REASONS
from sle_desk.models.audit import Audit
from sle_desk.services import visits
from sle_desk.services.answers import Given
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_day import AskDay
from sle_desk.ui.dialogs.reason import ReasonDialog

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


def held(arms):
    return {(row.code, row.on_day) for row in visits.visits(arms.desk, 2)}


def test_u_asks_on_which_day_and_more_keys_record_an_unscheduled_visit(window, arms):
    typist = Typist()
    before = held(arms)
    subject_by_keys(typist, 1)
    typist.press("U")
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, AskDay) and asked.windowTitle() == "Unscheduled of SLE-002: on which day?"
    typist.press("Esc")
    assert held(arms) == before
    typist.press("U", "T", "Enter")
    assert typist.sees("SLE-002: unscheduled visit of 2026-11-23 recorded.")
    assert held(arms) == before | {("UNS", date(2026, 11, 23))}


def test_enter_opens_the_very_visit_of_a_day(window, arms):
    visit = visits.record_visit(arms.desk, 2, "UNS", arms.desk.today())
    typist = Typist()
    subject_by_keys(typist, 1)
    typist.press("Enter")
    assert window.gone[-1] == Go("subject", subject_id=2, visit_id=visit.id)


def test_a_visit_after_the_death_is_recorded_for_a_reason_that_fits_it(window, arms):
    died = given({}, day="2026-11-22", cause="Sepsis", known_from="Family")
    # The day before consent: asked about, and kept.
    enter(arms.desk, "death", Given(died.values, {"day": "checked"}), 2)
    typist = Typist()
    subject_by_keys(typist, 1)
    typist.press("U", "T", "Enter")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    assert dialog.reason.asked.choices == AFTER_END_REASONS
    assert all(typist.sees(each.label.en) for each in AFTER_END_REASONS)
    typist.press("5", "Enter", "Ctrl+Enter")
    assert ("UNS", date(2026, 11, 23)) in {(row.code, row.on_day) for row in visits.visits(arms.desk, 2)}
    with arms.desk.view() as session:
        reasons = session.scalars(select(Audit.reason).where(Audit.table_name == "visit")).all()
    assert reasons[-1] == "relatives"


def test_a_visit_ahead_is_refused_and_nothing_is_recorded(window, arms):
    typist = Typist()
    before = visits.visits(arms.desk, 2)
    subject_by_keys(typist, 1)
    typist.press("U")
    tomorrow = (arms.desk.today() + timedelta(days=1)).isoformat()
    typist.type(tomorrow)
    typist.press("Enter")
    assert typist.sees(tomorrow) and visits.visits(arms.desk, 2) == before


def test_each_cell_says_its_day_and_what_stands_there_to_a_reader(window):
    page = window.page("schedule")
    role = Qt.ItemDataRole.AccessibleTextRole
    said = [page.model.data(page.model.index(2, column), role) for column in range(1, 8)]
    assert said[0].startswith("Mon 11-23, today: ") and "IL-2 #1: Given" in said[0]
