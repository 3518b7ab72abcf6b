"""The calendar of the site by keys, in both languages: offered, entered, confirmed, put right, in error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from desk_window import DeskWindow
from PySide6.QtWidgets import QApplication, QLabel
from study_fixtures import LOGINS, Study, clock, made_study, study
from study_room import Person, visible
from typist import Typist

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.site_calendar import HOLIDAY, WORKED, YEAR
from sle_desk.services import drafts, site_days
from sle_desk.services.drafts import Place
from sle_desk.services.site_days import Entered
from sle_desk.ui.desk_page import Go
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.pages.study_page import StudyPage

__all__ = ["clock", "made_study", "study"]
SPRING = date(2027, 2, 6)
NOTICE = "Notice 7"


@pytest.fixture
def at_tab(qtbot, study: Study) -> Iterator:
    """Return a function that opens the tab for a person."""
    opened = []

    def show(role: str = roles.COORDINATOR, language: str = "en") -> DeskWindow:
        go = Go("study", tab="calendar")
        desk = DeskWindow(qtbot, study, LOGINS[role], role, StudyPage, go, language)
        opened.append(desk)
        return desk

    yield show
    for desk in opened:
        desk.close()


def days(shown: DeskWindow):
    return site_days.site_days(shown.desk)


def one_day(study: Study) -> None:
    """Enter one holiday."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    site_days.record_days(desk, SPRING, None, Entered(HOLIDAY, Words("Spring Festival", "春节"), NOTICE))


@pytest.mark.parametrize(
    ("language", "offered", "taken"),
    [
        ("en", "Offered, unconfirmed and not in force: 2025", "2026: all days entered"),
        ("zh_CN", "可采用、未确认、尚未生效：2025", "2026 年：日期已全部录入"),
    ],
)
def test_one_key_takes_in_what_is_offered_and_nothing_before_it(at_tab, language, offered, taken):
    shown, typist = at_tab(language=language), Typist()
    typist.wait_for(offered)
    assert days(shown) == ()
    typist.press("o")
    typist.wait_for(taken)
    assert not typist.sees(offered) and not any(row.confirmed for row in days(shown))
    assert typist.sees("国庆节" if language == "zh_CN" else "National Day")
    typist.press("o")
    assert len(days(shown)) == sum(len(year.days) for year in site_days.offered())


def test_the_days_of_a_notice_are_confirmed_by_keys(at_tab):
    shown, typist = at_tab(), Typist()
    typist.press("o", "c")
    typist.wait_for("Each day was compared with it")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert not any(row.confirmed for row in days(shown))
    typist.press("Esc", "Esc", "c", "1", "Ctrl+Enter")
    typist.wait(lambda: {row.on_day.year for row in days(shown) if row.confirmed} == {2026})


@pytest.mark.parametrize(("role", "language"), [(roles.NURSE, "en"), (roles.ADMINISTRATOR, "zh_CN")])
def test_a_run_of_days_off_is_entered_by_keys(at_tab, role, language):
    shown, typist = at_tab(role, language), Typist()
    typist.press("Ctrl+N", "1")
    typist.fill("2027-02-06", "2027-02-08")
    typist.fill("春节", "", "国办发明电〔2026〕9号")
    typist.press("Ctrl+Enter")
    typist.wait(lambda: len(days(shown)) == 3)
    assert {row.entered for row in days(shown)} == {
        Entered(HOLIDAY, Words("", "春节"), "国办发明电〔2026〕9号")
    }
    # A name that was typed in one language stands in the other too.
    assert typist.sees("春节") and typist.sees("2027-02-06")
    assert drafts.drafts(shown.desk, Place("study.site_day")) == {}


def test_a_make_up_day_and_a_whole_year_are_entered_by_keys(at_tab):
    shown, typist = at_tab(), Typist()
    typist.press("Ctrl+N", "2")
    typist.fill("2027-02-06", "", "", NOTICE)
    typist.press("Ctrl+Enter")
    typist.wait_for("Sat 2027-02-06")
    assert typist.sees("2027: not said to be entered whole")
    typist.press("Ctrl+N", "3")
    typist.fill("2027", NOTICE)
    typist.press("Ctrl+Enter")
    typist.wait_for("2027: all days entered")
    assert {(row.entered.kind, row.on_day) for row in days(shown)} == {
        (WORKED, SPRING), (YEAR, date(2027, 1, 1)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("2", ("2027-02-08", "", "", NOTICE), "2027-02-08 is no Saturday or Sunday"),
        ("1", ("2027-02-06", "", "", "", NOTICE), "A holiday needs its name"),
        ("1", ("2027-02-06", "2027-02-01", "春节", "", NOTICE), "lies before the first day 2027-02-06"),
        ("1", ("2027-02-06", "2027-03-06", "春节", "", NOTICE), "are more than 16 days"),
    ],
)
def test_what_is_refused_is_said_at_its_field_and_keeps_what_was_typed(at_tab, kind, typed, told):
    shown, typist = at_tab(), Typist()
    typist.press("Ctrl+N", kind)
    typist.fill(*typed)
    typist.press("Ctrl+Enter")
    typist.wait_for(told)
    assert days(shown) == () and typist.sees(NOTICE)


def test_a_day_is_put_right_with_a_reason_by_keys(at_tab, study):
    one_day(study)
    shown, typist = at_tab(), Typist()
    typist.wait_for("Sat 2027-02-06")
    typist.press("F2")
    typist.wait_for("Sat 2027-02-06: correct the entry")
    typist.press("2", "Ctrl+Enter")
    assert days(shown)[0].entered.kind == HOLIDAY
    typist.wait_for("Pick a reason")
    typist.press("1", "Ctrl+Enter")
    typist.wait(lambda: days(shown)[0].entered.kind == WORKED)
    assert days(shown)[0].version == 2


def test_of_a_year_the_notice_is_put_right_by_keys(at_tab, study):
    site_days.record_year(study.sit("chen.lan", roles.COORDINATOR), 2027, NOTICE)
    shown, typist = at_tab(), Typist()
    typist.wait_for("2027: all days entered")
    typist.press("F2")
    typist.wait_for("2027: correct the entry")
    typist.press("End")
    typist.type("b")
    typist.press("Enter", "1", "Enter", "Enter")
    typist.wait(lambda: days(shown)[0].entered == Entered(YEAR, document="Notice 7b"))


@pytest.mark.parametrize(("language", "state"), [("en", "entered in error"), ("zh_CN", "录入错误")])
def test_a_day_in_error_stays_in_sight_with_its_reason(at_tab, study, language, state):
    one_day(study)
    shown, typist = at_tab(language=language), Typist()
    typist.wait_for("2027-02-06")
    typist.press("Ctrl+Shift+X")
    typist.press("1", "Ctrl+Enter")
    typist.wait(lambda: days(shown)[0].state == "void")
    typist.wait_for(state)
    assert typist.sees("Spring Festival · Entry slip" if language == "en" else "春节 · 笔误")
    # What is in error is neither put right nor confirmed.
    for keys in ("c", "F2", "Ctrl+Shift+X", "Enter"):
        typist.press(keys)
        assert shown.page.current_tab().form is None and QApplication.activeModalWidget() is None


@pytest.mark.parametrize("role", [roles.MONITOR, roles.STATISTICIAN])
def test_who_may_not_enter_days_reads_them_and_is_offered_nothing(at_tab, study, role):
    one_day(study)
    shown, typist = at_tab(role), Typist()
    typist.wait_for("Spring Festival")
    assert not typist.sees("Offered")
    typist.press("o", "Ctrl+N", "F2")
    assert shown.page.current_tab().form is None and len(days(shown)) == 1


def test_f1_lists_the_keys_of_the_tab_in_both_languages(qtbot, study):
    person = Person(study, "lin.yue", roles.NURSE, qtbot)
    person.to("calendar")
    for words in (("Take in what is offered", "Confirm a notice…"), ("采用所提供的日期", "确认通知…")):
        person.press("F1")
        hints = [hint.text() for hint in visible(person.shell, QLabel)]
        assert all(any(each in hint for hint in hints) for each in words)
        person.press("Esc", "Ctrl+Shift+L")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_key_means_two_things_and_no_label_is_cut(at_tab, study, language):
    one_day(study)
    shown, typist = at_tab(language=language), Typist()
    for keys in ((), ("Ctrl+N", "1"), ("Esc", "Esc", "c")):
        typist.press(*keys)
        assert conflicts(shown.window) == ()
        typist.wait(lambda: not [each for each in visible(shown.window, QLabel) if label_is_cut(each)])
