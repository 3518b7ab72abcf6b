"""Today by keys: what is due, an injection recorded as given, missed, or given otherwise."""

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, infuse, inject
from study_fixtures import START, clock, made_study, study
from trial_fixtures import arms, made_arms, made_ready, made_trial, ready, trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.domain import roles
from sle_desk.services import dose_log, ethics
from sle_desk.services.ethics import NewApproval
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_ready", "made_study", "made_trial", "ready", "study", "trial"]

BOTH, BELIMUMAB, IL2 = 1, 2, 3


@pytest.fixture
def dosed(arms):
    """Subjects 1 and 3 had their first injection; two days later the second is due."""
    desk = arms.sit("lin.yue", roles.NURSE)
    for subject_id in (BOTH, IL2):
        dispense(desk, subject_id)
    infuse(arms, desk, BOTH)
    for subject_id in (BOTH, IL2):
        inject(desk, subject_id)
    infuse(arms, desk, BELIMUMAB)
    at(arms, START.date() + timedelta(days=2), "08:34")
    arms.leave()
    return arms


@pytest.fixture
def seated(qtbot):
    """Return a function that opens the window on Today for a person in a role."""

    def open_window(study, login="lin.yue", role=roles.NURSE, size=(1440, 900)):
        window = WardWindow(study, login, role)
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.show_page("today")
        return window

    return open_window


def newest(study, subject_id):
    return dose_log.doses(study.desk, subject_id)[-1]


def pressed(typist, budget, *keys):
    """Press keys within a budget: a chord is one, and so is each character typed."""
    assert len(keys) <= budget
    typist.press(*keys)


def test_the_first_doses_of_everybody_are_due_on_the_day_of_allocation(arms, seated):
    seated(arms)
    typist = Typist()
    assert typist.sees("IL-2 dose 1 of 54")
    assert typist.sees("Belimumab infusion 1 of 6 + IL-2 dose 1 of 54")
    assert typist.sees("Weigh + prepare")


def test_an_injection_is_recorded_as_given_in_at_most_five_keys(dosed, seated):
    seated(dosed)
    typist = Typist()
    pressed(typist, 5, "Down", "G", "N", "Enter")
    assert typist.sees("dose 2 recorded as given")
    row = newest(dosed, IL2)
    assert (row.progress, row.slot.number, row.given.reaction, row.given.site) == ("given", 2, "none", "RA")
    assert (row.given.place, row.given.given_by, row.given.checked_by) == ("ward", "Lin Yue", "")
    assert [used.lot for used in row.given.vials] == ["202607-A3"]
    assert f"{row.given.started_at:%m-%d %H:%M}" == "11-25 08:34"


def test_another_site_takes_at_most_five_keys(dosed, seated):
    seated(dosed)
    typist = Typist()
    pressed(typist, 5, "Down", "G", "4", "N", "Enter")
    assert newest(dosed, IL2).given.site == "RB"


def test_nothing_is_recorded_before_the_reaction_is_answered(dosed, seated):
    seated(dosed)
    typist = Typist()
    typist.press("G", "Enter")
    assert typist.sees("Recording waits for the reaction. Nothing is recorded yet.")
    assert len([row for row in dose_log.doses(dosed.desk, BOTH) if row.given.drug == "IL2"]) == 1


def test_escape_closes_the_strip_and_records_nothing(dosed, seated):
    seated(dosed)
    typist = Typist()
    typist.press("G", "N", "Esc")
    assert not typist.sees("Reaction since the last dose?")
    assert len([row for row in dose_log.doses(dosed.desk, BOTH) if row.given.drug == "IL2"]) == 1
    typist.press("Down", "G")
    assert typist.sees("SLE-003: IL-2 dose 2 of 54")


def test_a_missed_dose_takes_four_keys_with_its_reason(dosed, seated):
    seated(dosed)
    typist = Typist()
    pressed(typist, 4, "D", "M", "1", "Enter")
    row = newest(dosed, BOTH)
    assert (row.progress, row.slot.number, row.given.reason) == ("missed", 2, "forgotten")
    assert row.deviations == ("dose.missed",)


def test_a_dose_at_another_time_is_recorded_through_all_fields(dosed, seated):
    seated(dosed)
    typist = Typist()
    pressed(typist, 7 + 3, "D", "L", "8", "1", "2", "Enter", "N", "Ctrl+Enter")
    assert f"{newest(dosed, BOTH).given.started_at:%H:%M}" == "08:12"


def test_a_second_dose_on_a_day_asks_why_and_raises_a_deviation(dosed, seated):
    window = seated(dosed)
    typist = Typist()
    typist.press("G", "N", "Enter")
    dosed.clock.advance(timedelta(hours=3))
    window.page("today").dose.open_given(BOTH, "SLE-001")
    typist.press("N", "Enter")
    assert typist.sees("Why was it not as planned?")
    typist.press("5")
    before = newest(dosed, BOTH)
    typist.press("Enter")
    typist.wait_for("Is this really what was given?")
    typist.press("Enter")
    assert newest(dosed, BOTH) == before
    typist.press("Enter")
    typist.wait_for("Is this really what was given?")
    typist.press("Ctrl+Enter")
    row = newest(dosed, BOTH)
    assert row.given.reason == "mistake"
    assert "dose.second_on_day" in row.deviations


def test_a_dose_long_overdue_is_asked_about_and_never_given_in_silence(dosed, seated):
    desk = dosed.sit("lin.yue", roles.NURSE)
    inject(desk, IL2)
    at(dosed, START.date() + timedelta(days=7), "08:34")
    seated(dosed)
    typist = Typist()
    assert typist.sees("IL-2 doses 3 to 4 of 54") or typist.sees("IL-2 dose 3 of 54")
    typist.press("Home", "D", "M", "2", "Enter")
    row = newest(dosed, IL2)
    assert (row.progress, row.given.reason) == ("missed", "did_not_come")


def test_the_language_changes_while_the_strip_is_open_and_the_answer_stays(dosed, seated):
    window = seated(dosed)
    typist = Typist()
    typist.press("G", "N")
    window.state.choose_language(window.language.other())
    assert typist.sees("上次给药后有无反应？")
    typist.press("Enter")
    assert newest(dosed, BOTH).given.reaction == "none"


def test_a_monitor_sees_the_list_without_names_and_records_nothing(dosed, seated):
    seated(dosed, "he.jian", roles.MONITOR)
    typist = Typist()
    assert typist.sees("SLE-001")
    assert not typist.sees("李慧1")
    assert not typist.sees("Record as given")
    typist.press("G")
    assert not typist.sees("Reaction since the last dose?")


def test_what_the_allocation_lacks_is_said_and_enter_leads_there(ready, seated):
    desk = ready.sit("wu.min", roles.PI)
    ended = NewApproval("protocol", "A1", "IRB", date(2025, 11, 1), "1.0", valid_until=date(2026, 11, 22))
    ethics.record_approval(desk, ended)
    window = seated(ready, "chen.lan", roles.COORDINATOR)
    typist = Typist()
    assert typist.sees("Before the allocation, lacking: 1")
    assert typist.sees("Ethics approval A1 ended on 2026-11-22")
    assert not typist.sees("Randomise")
    typist.press("Down", "Enter")
    assert window.gone[-1] == Go("study", tab="ethics")


def test_a_filter_shows_the_doses_alone(dosed, seated):
    window = seated(dosed)
    window.page("today").filters.setFocus()
    typist = Typist()
    typist.press("Right", "Right")
    assert typist.sees("IL-2 dose 2 of 54")
    assert window.page("today").filters.code() == "doses"


def test_the_page_holds_at_1280_by_720(dosed, seated):
    window = seated(dosed, size=(1280, 720))
    assert window.page("today").width() <= window.width()
