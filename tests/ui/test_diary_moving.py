"""A diary where each injection is counted from the last: its planned days move as doses are told."""

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject
from PySide6.QtGui import QGuiApplication
from study_fixtures import clock, made_study, study
from test_doses_page import START, doses_of, on_page
from trial_fixtures import arms, decide, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

IL2 = 3
DAY_1 = START.date()


def day(number):
    return DAY_1 + timedelta(days=number)


@pytest.fixture
def moving(arms, on_page):
    """Return a function that opens the diary of day 11, injections counted from the last dose."""
    principal = arms.sit("wu.min", roles.PI)
    decide(arms, principal, "D14", "week_after_last")
    decide(arms, principal, "il2.anchoring", VALUE, il2_anchoring="last_dose")
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, day(10), "09:00")

    def opened(language="en"):
        window = on_page(arms, "diary", IL2, language=language)
        typist = Typist()
        typist.fill("D-07", "t")
        return window.page("diary"), typist

    yield opened
    QGuiApplication.clipboard().clear()


def headings(page):
    """Return the planned day of each row of the grid, as it is headed."""
    return [section.label.en.split()[-1] for section in page.view.form.sections[1:-1]]


def given(arms):
    rows = doses_of(arms, IL2, "IL2")[1:]
    return [(row.slot.number, row.given.on_day) for row in rows]


TOLD = {"en": "those after it were laid again", "zh_CN": "其后各次已重新推算"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_dose_told_late_moves_the_rows_below_and_one_said_to_be_on_its_day_keeps_that_day(
    arms, moving, language
):
    page, typist = moving(language)
    assert headings(page)[:3] == [f"{day(each)}" for each in (2, 4, 6)]
    page.view.go_to("outcome_4")
    typist.press("G")
    typist.fill("0800")
    page.view.go_to("outcome_2")
    typist.press("D")
    typist.fill(f"{day(3)}")
    assert headings(page)[:3] == [f"{day(each)}" for each in (2, 5, 7)]
    assert typist.sees(TOLD[language])
    # The keys go on where they were, and the day that was said of dose 4 stands as a day of its own.
    assert page.view.code_in_focus() == "other_day_time_2"
    typed = page.view.typed()
    said = [typed.get(code) for code in ("outcome_4", "day_4", "other_day_time_4", "time_4")]
    assert said == ["other_day", f"{day(6)}", "08:00", None]


def test_pasted_rows_stand_beside_the_doses_that_they_would_fill_one_by_one(arms, moving):
    page, typist = moving()
    days = [day(each) for each in (9, 3, 6)]
    QGuiApplication.clipboard().setText("\n".join(f"{each}\t0800\tRA\t1" for each in days))
    typist.press("F7")
    assert headings(page)[:3] == [f"{day(each)}" for each in (2, 5, 8)]
    for number in (2, 3, 4):
        page.view.go_to(f"other_day_reaction_{number}")
        typist.press("N")
    typist.press("Ctrl+Enter")
    asked = [code for code in page.view.typed() if code.startswith("why")] if page.view else []
    assert asked == [] and given(arms) == [(2, day(3)), (3, day(6)), (4, day(9))]


def test_a_row_that_says_something_stays_when_its_day_moves_beyond_today(arms, moving):
    page, typist = moving()
    page.view.go_to("outcome_6")
    assert headings(page)[-1] == f"{day(10)}"
    typist.press("M", "1")
    page.view.go_to("outcome_2")
    typist.press("D")
    typist.fill(f"{day(3)}")
    assert page.view.typed()["outcome_6"] == "missed"
    page.view.go_to("other_day_time_2")
    typist.fill("0800")
    page.view.go_to("other_day_site_2")
    typist.press("1")
    page.view.go_to("other_day_reaction_2")
    typist.press("N", "Ctrl+Enter")
    # Of a dose still to come nobody says that it was missed; nothing is recorded, what was typed stays.
    assert given(arms) == [] and page.view.typed()["outcome_6"] == "missed"
    assert typist.sees(f"A dose of {day(11)} cannot stand in a diary collected on {day(10)}.")
