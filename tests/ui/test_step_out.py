"""A step out by keys: which step, its day and reason; put right later with why."""

from datetime import timedelta

import pytest
from desk_window import DeskWindow
from logged import enter, given
from PySide6.QtWidgets import QApplication
from study_fixtures import clock, made_study
from trial_fixtures import arms, made_arms, made_trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import dispositions, subjects
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.correct_record import CorrectRecord
from sle_desk.ui.pages.subject_page import SubjectPage

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
BOTH = 1
STEP = "Ctrl+D"


@pytest.fixture
def opened(qtbot, arms):
    windows = []

    def open_subject(login="lin.yue", role=roles.NURSE, language="en"):
        go = Go("subject", subject_id=BOTH, tab="visits")
        windows.append(DeskWindow(qtbot, arms, login, role, SubjectPage, go, language))
        return windows[-1]

    yield open_subject
    for each in windows:
        each.close()


def in_sight(kind):
    shown = QApplication.activeModalWidget()
    assert isinstance(shown, kind)
    return shown


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_one_drug_is_stopped_and_the_others_go_on(opened, language):
    at, typist = opened(language=language), Typist()
    typist.press(STEP, "2")
    at.settle()
    in_sight(AskForm)
    typist.press("t", "Enter", "4", "Enter", "Ctrl+Enter")
    at.settle()
    (step,) = dispositions.dispositions(at.desk, BOTH)
    assert (step.kind, step.drug, step.reason) == ("drug_stop", "IL2", "subject")
    assert step.on_day == at.desk.today()
    assert subjects.subject_row(at.desk, BOTH).state == "randomised"


def test_what_is_incomplete_or_lies_ahead_is_refused_and_what_was_typed_stays(opened):
    at, typist = opened(), Typist()
    typist.press(STEP, "Enter")
    at.settle()
    assert typist.sees("Nothing is picked yet")
    typist.press("4")
    at.settle()
    dialog = in_sight(AskForm)
    typist.press("Ctrl+Enter")
    assert dialog.isVisible() and dispositions.dispositions(at.desk, BOTH) == ()
    ahead = (at.desk.today() + timedelta(days=3)).isoformat()
    dialog.view.go_to("on_day")
    typist.type(ahead)
    typist.press("Enter")
    assert dialog.view.field("on_day").typed() == ahead and dispositions.dispositions(at.desk, BOTH) == ()
    typist.press("Esc", "Esc", "Esc")


def test_a_step_is_put_right_with_its_reason(opened):
    at, typist = opened(), Typist()
    enter(at.desk, "contact", given({}, how="telephone", reached="N", alive="U"))
    dispositions.record_disposition(at.desk, BOTH, "exit", "", at.desk.today(), "subject")
    at.settle()
    typist.press("F2")
    at.settle()
    offers = QApplication.activeModalWidget().field.asked.choices
    place = next(each.key for each in offers if "Left the study" in each.label.en)
    typist.press(place)
    at.settle()
    dialog = in_sight(CorrectRecord)
    dialog.view.go_to("reason")
    typist.press("6")
    dialog.column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    at.settle()
    (step,) = dispositions.dispositions(at.desk, BOTH)
    assert step.reason == "lost"


def test_a_step_entered_in_error_is_named_and_marked(opened):
    at, typist = opened(), Typist()
    dispositions.record_disposition(at.desk, BOTH, "drug_stop", "IL2", at.desk.today(), "subject")
    at.settle()
    typist.press("Ctrl+Shift+X")
    at.settle()
    offers = QApplication.activeModalWidget().field.asked.choices
    typist.press(next(each.key for each in offers if "One drug stopped: IL-2" in each.label.en))
    at.settle()
    assert typist.sees("One drug stopped: IL-2")
    typist.press("1", "Enter", "Ctrl+Enter")
    at.settle()
    assert dispositions.dispositions(at.desk, BOTH) == ()


def test_who_may_not_has_no_such_key(opened):
    opened("he.jian", roles.MONITOR)
    Typist().press(STEP)
    assert QApplication.activeModalWidget() is None
