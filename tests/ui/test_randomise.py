"""The allocation by keys: what is missing is led to, the arm is shown only after it was recorded."""

import pytest
from people_invented import identity_number
from study_fixtures import PASSWORD, clock, made_study, study
from trial_fixtures import made_ready, made_trial, ready, register, trial
from typist import Typist
from ward_window import WardWindow

from sle_desk.domain import roles
from sle_desk.services import allocation
from sle_desk.ui.dialogs.randomise import Randomise

__all__ = ["clock", "identity_number", "made_ready", "made_study", "made_trial", "ready", "study", "trial"]

ARM_WORDS = ("BEL + IL-2", "10 mg/kg", "1 million IU")


@pytest.fixture
def today(qtbot):
    """Return a function that opens Today for a person in a role."""

    def open_window(study, login="wu.min", role=roles.PI):
        window = WardWindow(study, login, role)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.show_page("today")
        return window

    return open_window


def test_the_pi_opens_the_allocation_within_its_budget_and_only_then_sees_the_arm(ready, today):
    window = today(ready)
    typist = Typist()
    typist.press("Enter")
    assert typist.sees("Randomise SLE-001")
    assert typist.sees("Not randomised before; no duplicate (birth date, sex, initials)")
    assert not any(typist.sees(words) for words in ARM_WORDS)
    keys = ("0", "0", "1", "Tab", "1", "9", "9", "2", "Tab")
    assert len(keys) + 1 <= 10
    typist.press(*keys)
    typist.type(PASSWORD)
    typist.press("Ctrl+Enter")
    row = allocation.allocation_of(ready.desk, 1)
    assert row is not None and row.arm == "BELIL2"
    assert typist.sees("SLE-001 is randomised")
    assert typist.sees("BEL + IL-2") and typist.sees("R-001")
    assert typist.sees("10 × 61.2 = 612 mg prescribed")
    assert typist.sees("Still not given: the plan is not a dose.")
    typist.press("Enter")
    assert (window.gone[-1].page, window.gone[-1].subject_id) == ("subject", 1)


@pytest.mark.parametrize(
    ("digits", "year", "password", "said"),
    [
        ("002", "1992", PASSWORD, "The last three digits do not fit this subject."),
        ("001", "1991", PASSWORD, "The year of birth does not fit this subject."),
    ],
)
def test_wrong_identifiers_open_nothing(ready, today, digits, year, password, said):
    today(ready)
    typist = Typist()
    typist.press("Enter")
    typist.type(digits)
    typist.press("Tab")
    typist.type(year)
    typist.press("Tab")
    typist.type(password)
    typist.press("Ctrl+Enter")
    assert typist.sees(said)
    assert allocation.allocation_of(ready.desk, 1) is None


def test_a_wrong_password_opens_nothing_and_the_dialog_stays(ready, today):
    today(ready)
    typist = Typist()
    typist.press("Enter", "0", "0", "1", "Tab", "1", "9", "9", "2", "Tab")
    typist.type("not the password")
    typist.press("Ctrl+Enter")
    assert typist.sees("Randomise SLE-001")
    assert allocation.allocation_of(ready.desk, 1) is None


def test_enter_alone_opens_nothing(ready, today):
    today(ready)
    typist = Typist()
    typist.press("Enter", "0", "0", "1", "Tab", "1", "9", "9", "2", "Tab")
    typist.type(PASSWORD)
    typist.press("Enter")
    assert typist.sees("Ctrl+Enter opens the allocation. It cannot be undone.")
    assert allocation.allocation_of(ready.desk, 1) is None


def test_escape_leaves_and_nothing_is_opened(ready, today):
    today(ready)
    typist = Typist()
    typist.press("Enter", "Esc")
    assert not typist.sees("Randomise SLE-001")
    assert allocation.allocation_of(ready.desk, 1) is None


def test_what_is_missing_is_listed_and_led_to(trial, today):
    register(trial)
    window = today(trial)
    Randomise(window.page("today"), window.state, 1).open()
    typist = Typist()
    assert typist.sees("Missing: ")
    typist.press("Ctrl+Enter")
    assert allocation.allocation_of(trial.desk, 1) is None
    typist.press("F6")
    assert window.gone and not typist.sees("Randomise SLE-001")


def test_from_the_arm_a_key_leads_to_its_slip(ready, today):
    window = today(ready)
    typist = Typist()
    typist.press("Enter", "0", "0", "1", "Tab", "1", "9", "9", "2", "Tab")
    typist.type(PASSWORD)
    typist.press("Ctrl+Enter")
    window.gone.clear()
    typist.press("Ctrl+P")
    assert [(go.page, go.subject_id, go.tab) for go in window.gone] == [("reports", 1, "slip")]
