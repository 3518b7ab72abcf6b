"""Deviations are read as sentences and settled by keys, by who judges; others only read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from desk_window import DeskWindow
from dose_fixtures import at, dispense, inject
from study_fixtures import clock, made_study
from trial_fixtures import arms, made_arms, made_trial
from typist import Typist

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.services import deviation_records, deviations, history, subjects, void_subjects
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.pages.subject_page import SubjectPage

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
UNTREATED, INTERLEUKIN = 2, 3


@pytest.fixture
def seen(arms):
    """A second injection on one day, a major deviation."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN)
    at(arms, nurse.today(), "20:00")
    inject(nurse, INTERLEUKIN, reason="mistake")
    for row in deviations.deviations(nurse, INTERLEUKIN):
        if row.code != "dose.second_on_day":
            deviations.explain(arms.sit("wu.min", roles.PI), row.id, row.version, "set aside for this test")
    arms.clock.advance(timedelta(minutes=5))
    return arms


def second_of(desk):
    """Return the deviation that the second dose is."""
    found = deviations.deviations(desk, INTERLEUKIN)
    return next(row for row in found if row.code == "dose.second_on_day")


@pytest.fixture
def at_tab(qtbot, seen):
    """Return a function that opens the tab for a person."""
    opened = []

    def show(login, role, language="en"):
        desk = DeskWindow(qtbot, seen, login, role, StudyPage, Go("study", tab="deviations"), language)
        opened.append(desk)
        return desk

    yield show
    for desk in opened:
        desk.close()


def test_the_pi_accepts_with_severity_and_note(at_tab):
    shown, typist = at_tab("wu.min", roles.PI), Typist()
    typist.wait_for("SLE-003")
    typist.press("a")
    typist.wait_for("What was done about it")
    typist.press("2", "4", "2")
    typist.type("two people check")
    typist.press("Tab")
    typist.type("the nurse was told")
    typist.press("Ctrl+Enter")
    typist.wait_for("Study drug · Left out of the per-protocol set · the nurse was told · two people check")
    row = second_of(shown.desk)
    assert (row.progress, row.severity, row.settled_by) == ("accepted", "major", "Wu Min")
    assert (row.category, row.effect, row.capa) == ("dosing", "per_protocol", "two people check")
    typist.press("t")
    typist.type("t")
    typist.press("Enter", "Ctrl+Enter")
    typist.wait_for("ethics told 2026-11-23")


def test_the_ethics_committee_is_told_of_an_accepted_deviation_alone(at_tab):
    shown, typist = at_tab("wu.min", roles.PI), Typist()
    typist.wait_for("SLE-003")
    typist.press("t")
    assert second_of(shown.desk).progress == "proposed" and shown.page.current_tab().form is None
    row = second_of(shown.desk)
    accepted = deviations.accept(shown.desk, row.id, row.version)
    with pytest.raises(RuleBroken, match="deviation.told_before"):
        deviations.tell_ethics(shown.desk, row.id, accepted.version, row.on_day - timedelta(days=1))
    with pytest.raises(RuleBroken, match="day.future"):
        deviations.tell_ethics(shown.desk, row.id, accepted.version, row.on_day + timedelta(days=1))


def test_what_somebody_saw_is_recorded_on_the_subject_and_settled_like_any_other(seen, qtbot):
    desk = DeskWindow(
        qtbot, seen, "lin.yue", roles.NURSE, SubjectPage, Go("subject", subject_id=3, tab="deviations")
    )
    typist = Typist()
    typist.wait_for("Record what happened")
    typist.press("w")
    typist.type("The tube for cytokines broke in the centrifuge")
    typist.press("Tab")
    typist.type("t")
    typist.press("Enter", "3", "Ctrl+Enter")
    typist.wait_for("The tube for cytokines broke")
    (row,) = [each for each in deviations.deviations(desk.desk, 3) if each.code == "deviation.recorded"]
    assert (row.progress, row.category, row.severity) == ("proposed", "visit", "")
    desk.close()


def test_a_deviation_without_its_day_or_before_birth_is_not_recorded(seen):
    nurse = seen.sit("lin.yue", roles.NURSE)
    for day, code in ((None, "deviation.day_needed"), (date(1900, 1, 1), "day.before_birth")):
        with pytest.raises(RuleBroken, match=code):
            deviation_records.record(nurse, INTERLEUKIN, "The tube broke", day)
    coordinator = seen.sit("chen.lan", roles.COORDINATOR)
    version = subjects.subject_row(coordinator, UNTREATED).version
    void_subjects.void_subject(coordinator, UNTREATED, "slip", version)
    with pytest.raises(RuleBroken, match="subject.void"):
        deviation_records.record(coordinator, UNTREATED, "The tube broke", coordinator.today())


def test_one_that_was_recorded_is_accepted_only_with_its_severity(seen):
    nurse = seen.sit("lin.yue", roles.NURSE)
    row = deviation_records.record(nurse, INTERLEUKIN, "The tube broke", nurse.today(), "visit")
    judge = seen.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match="deviation.severity_needed"):
        deviations.accept(judge, row.id, row.version)
    accepted = deviations.accept(judge, row.id, row.version, deviations.Judged(severity="minor"))
    assert accepted.severity == "minor"


def test_a_judgement_is_never_answered_with_not_done(at_tab):
    shown, typist = at_tab("wu.min", roles.PI), Typist()
    typist.wait_for("SLE-003")
    typist.press("a")
    typist.wait_for("What was done about it")
    typist.press("Ctrl+Shift+N", "5", "Enter", "4", "2", "Ctrl+Enter", "Ctrl+Enter")
    typist.wait_for("Every field that is asked for is needed here.")
    assert second_of(shown.desk).progress == "proposed"


def test_another_day_of_the_ethics_committee_is_a_correction_with_its_reason(at_tab):
    shown, typist = at_tab("wu.min", roles.PI), Typist()
    typist.wait_for("SLE-003")
    row = second_of(shown.desk)
    accepted = deviations.accept(shown.desk, row.id, row.version)
    told = deviations.tell_ethics(shown.desk, row.id, accepted.version, row.on_day)
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        deviations.tell_ethics(shown.desk, row.id, told.version, row.on_day)
    shown.state.clock.advance(timedelta(days=1))
    typist.press("t")
    typist.type("t")
    typist.press("Enter", "Ctrl+Enter")
    typist.wait_for("Corrected to 2026-11-24. Why?")
    typist.press("1", "Enter", "Enter")
    typist.wait_for("ethics told 2026-11-24")


def test_what_is_no_deviation_is_explained(at_tab):
    shown, typist = at_tab("zhao.jing", roles.INVESTIGATOR), Typist()
    typist.wait_for("SLE-003")
    typist.press("e")
    typist.wait_for("Why it is no deviation")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert second_of(shown.desk).progress == "proposed"
    typist.press("Enter") if typist.sees("Enter goes there") else None
    typist.type("typed twice")
    typist.press("Ctrl+Enter")
    typist.wait(lambda: second_of(shown.desk).progress == "explained")


@pytest.mark.parametrize(("login", "role"), [("he.jian", roles.MONITOR)])
def test_others_read_and_do_not_settle(at_tab, login, role):
    shown, typist = at_tab(login, role), Typist()
    typist.wait_for("SLE-003")
    typist.press("a")
    assert not typist.sees("What was done about it")
    assert second_of(shown.desk).progress == "proposed"


def test_it_speaks_chinese(at_tab):
    at_tab("wu.min", roles.PI, "zh_CN")
    typist = Typist()
    typist.wait_for("待判定")
    assert not typist.sees("dose.second_on_day")


def test_who_reads_no_values_reads_none(at_tab):
    at_tab("sun.tong", roles.STATISTICIAN)
    assert not Typist().sees("SLE-003")


def test_a_settled_deviation_is_opened_again_with_a_reason_and_keeps_its_history(at_tab):
    shown, typist = at_tab("wu.min", roles.PI), Typist()
    typist.wait_for("SLE-003")
    judged = deviations.Judged(severity="major", effect="per_protocol", note="the nurse was told")
    row = second_of(shown.desk)
    deviations.accept(shown.desk, row.id, row.version, judged)
    typist.wait_for("the nurse was told")
    typist.press("o")
    typist.wait_for("Opened again. Why?")
    typist.press("3", "Enter", "Enter")
    typist.wait(lambda: second_of(shown.desk).progress == "proposed")
    row = second_of(shown.desk)
    assert (row.explanation, row.effect, row.settled_by, row.settled_at) == ("", "", "", None)
    last = history.row_history(shown.desk, "deviation", row.id)[-1]
    assert (last.old["progress"], last.old["explanation"], last.reason) == (
        "accepted", "the nurse was told", "late",
    )  # fmt: skip
    assert deviations.explain(shown.desk, row.id, row.version, "put right").progress == "explained"


def test_only_who_judges_opens_again_and_only_what_is_settled(seen):
    judge = seen.sit("wu.min", roles.PI)
    row = second_of(judge)
    with pytest.raises(RuleBroken, match="deviation.not_settled"):
        deviations.reopen(judge, row.id, row.version, "slip")
    explained = deviations.explain(judge, row.id, row.version, "typed twice")
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        deviations.reopen(judge, row.id, explained.version, "")
    with pytest.raises(Stale):
        deviations.reopen(judge, row.id, row.version, "slip")
    nurse = seen.sit("lin.yue", roles.NURSE)
    with pytest.raises(NotAllowed):
        deviations.reopen(nurse, row.id, explained.version, "slip")


def test_a_recorded_deviation_is_marked_as_entered_in_error_by_its_key(at_tab, seen):
    nurse = seen.sit("lin.yue", roles.NURSE)
    row = deviation_records.record(nurse, INTERLEUKIN, "The tube broke", nurse.today(), "visit")
    seen.leave()
    shown, typist = at_tab("lin.yue", roles.NURSE), Typist()
    typist.wait_for("The tube broke")
    typist.press("Home")
    for _ in range(9):
        if shown.page.current_tab().table.current_row().id == row.id:
            break
        typist.press("Down")
    typist.press("Ctrl+Shift+X")
    typist.wait_for("Mark as entered in error")
    typist.press("1", "Enter", "Enter")
    typist.wait(lambda: row.id not in [each.id for each in deviations.deviations(shown.desk)])


def test_what_the_application_proposed_is_not_marked_as_entered_in_error(seen):
    judge = seen.sit("wu.min", roles.PI)
    row = second_of(judge)
    with pytest.raises(RuleBroken, match="deviation.not_recorded"):
        deviation_records.void(judge, row.id, "slip", row.version)
    assert second_of(judge).progress == "proposed"


def test_the_nurse_types_what_was_settled_on_paper(at_tab):
    shown, typist = at_tab("lin.yue", roles.NURSE), Typist()
    typist.wait_for("SLE-003")
    typist.press("e")
    typist.wait_for("Enter what stands on the paper")
    for part in ("Zhao Jing", shown.desk.today().isoformat(), "Log, page 4"):
        typist.type(part)
        typist.press("Enter" if part != "Log, page 4" else "Ctrl+Enter")
    typist.wait_for("Why it is no deviation")
    typist.type("It was the other arm's syringe.")
    typist.press("Ctrl+Enter")
    typist.wait_for("Zhao Jing, 2026-11-23 (Log, page 4)")
    row = second_of(shown.desk)
    assert (row.progress, row.settled_by) == ("explained", "Lin Yue")
