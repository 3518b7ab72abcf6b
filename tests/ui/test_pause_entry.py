"""A drug paused and resumed by keys, where a step out is recorded; seen on the strip, the doses and Today."""

import pytest
from desk_window import DeskWindow
from ended_subjects import treated
from paused_subjects import pause
from PySide6.QtWidgets import QApplication
from study_fixtures import clock, made_study
from treated_subject import BOTH
from trial_fixtures import made_arms, made_trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import pauses
from sle_desk.ui.chips import Chip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.doses_page import DosesPage
from sle_desk.ui.pages.subject_page import SubjectPage
from sle_desk.ui.pages.today_page import TodayPage

__all__ = ["clock", "made_arms", "made_study", "made_trial", "treated"]
VISITS = Go("subject", subject_id=BOTH, tab="visits")


@pytest.fixture
def opened(qtbot, treated):
    windows = []

    def open_page(build=SubjectPage, go=VISITS, language="en"):
        windows.append(DeskWindow(qtbot, treated, "zhao.jing", roles.INVESTIGATOR, build, go, language))
        return windows[-1]

    yield open_page
    for each in windows:
        each.close()


def chips(at):
    return [chip.word for chip in at.window.findChildren(Chip) if chip.isVisible()]


def pick(words):
    offers = QApplication.activeModalWidget().field.asked.choices
    return next(each.key for each in offers if words in each.label.en)


@pytest.mark.parametrize(
    ("language", "paused", "resumed", "chip"),
    [
        ("en", "One drug paused: IL-2", "One drug resumed: IL-2", "IL-2 paused since 11-27"),
        ("zh_CN", "暂停一种研究药物：重组", "恢复一种研究药物：重组", "重组人白介素-2 自 11-27 起暂停"),
    ],
)
def test_a_drug_is_paused_by_keys_and_seen_before_anything_is_given(opened, language, paused, resumed, chip):
    at, typist = opened(language=language), Typist()
    typist.press("Ctrl+D")
    at.settle()
    typist.press(pick(paused))
    at.settle()
    before = typist.presses
    typist.press("t", "Enter", "Enter", "2")
    typist.type("Zhao Jing")
    typist.press("Ctrl+Enter")
    at.settle()
    (step,) = pauses.pause_steps(at.desk, BOTH)
    assert (step.kind, step.drug, step.told.reason) == ("paused", "IL2", "infection")
    assert (step.told.on_day, step.told.decided_by) == (at.desk.today(), "Zhao Jing")
    # Day, reason and act beside the letters of the name.
    assert typist.presses - before == 5 + len("Zhao Jing")
    at.settle()
    assert chip in chips(at)
    typist.press("Ctrl+D")
    at.settle()
    assert pick(resumed)
    typist.press("Esc")


def test_what_is_refused_says_why_and_keeps_what_was_typed(opened):
    at, typist = opened(), Typist()
    typist.press("Ctrl+D")
    at.settle()
    typist.press(pick("One drug paused: IL-2"))
    at.settle()
    dialog = QApplication.activeModalWidget()
    typist.press("t", "Enter")
    typist.type("2026-11-27")
    typist.press("Enter", "9")
    typist.type("Zhao Jing")
    typist.press("Ctrl+Enter")
    at.settle()
    assert dialog.isVisible() and pauses.pause_steps(at.desk, BOTH) == ()
    assert dialog.view.field("decided_by").typed() == "Zhao Jing"
    typist.press("Esc", "Esc")


def test_a_step_is_put_right_and_taken_back_by_keys(opened, treated):
    pause(treated.sit("zhao.jing", roles.INVESTIGATOR), 4)
    at, typist = opened(), Typist()
    typist.press("F2")
    at.settle()
    typist.press(pick("One drug paused: IL-2 2026-11-26"))
    at.settle()
    dialog = QApplication.activeModalWidget()
    dialog.view.go_to("reason")
    typist.press("1")
    dialog.column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    at.settle()
    assert [step.told.reason for step in pauses.pause_steps(at.desk, BOTH)] == ["adverse_event"]
    typist.press("Ctrl+Shift+X")
    at.settle()
    typist.press(pick("One drug paused: IL-2"))
    at.settle()
    typist.press("1", "Enter", "Ctrl+Enter")
    at.settle()
    assert pauses.pause_steps(at.desk, BOTH) == ()


def test_the_doses_and_today_show_what_is_paused(opened, treated):
    pause(treated.sit("zhao.jing", roles.INVESTIGATOR), 3)
    at, typist = opened(DosesPage, Go("doses", subject_id=BOTH)), Typist()
    assert typist.sees("Paused") and typist.sees("since 11-25")
    at.close()
    opened(TodayPage, None)
    assert typist.sees("IL-2 paused, planned so far: 1")
