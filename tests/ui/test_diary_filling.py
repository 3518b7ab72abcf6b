"""A diary filled by keys: the row above repeated, rows pasted; no date is recorded that nobody said."""

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject
from PySide6.QtGui import QGuiApplication
from study_fixtures import clock, made_study, study
from test_doses_page import START, doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

IL2 = 3
BAD = {
    "en": ("Row 3 (08:20; RT; 1) has no date", "“lft arm” is none of the sites.", "Cells to put right: 3."),
    "zh_CN": ("第3行（08:20; RT; 1）没有日期", "“lft arm” 不是可选部位", "待更正单元格：3。"),
}


@pytest.fixture
def grid(arms, on_page):
    """Return a function that opens the diary of doses 2 to 5, its head filled in."""

    def opened(language="en"):
        desk = arms.sit("lin.yue", roles.NURSE)
        dispense(desk, IL2)
        inject(desk, IL2)
        at(arms, START.date() + timedelta(days=9), "09:00")
        window = on_page(arms, "diary", IL2, language=language)
        typist = Typist()
        typist.fill("D-07", "t")
        return window.page("diary"), typist

    yield opened
    QGuiApplication.clipboard().clear()


def given(arms):
    rows = doses_of(arms, IL2, "IL2")[1:]
    return [(row.slot.number, row.progress, f"{row.given.on_day:%m-%d}") for row in rows]


def test_the_row_above_is_repeated_without_its_day_its_site_and_a_reaction_that_was_one(arms, grid):
    page, typist = grid()
    assert typist.sees("as the row above") and typist.sees("paste rows")
    typist.press("F6")
    assert typist.sees("nothing was repeated") and "time_2" not in page.view.typed()
    typist.press("G")
    typist.fill("0800")
    typist.press("2", "N", "Shift+F6")
    typed = page.view.typed()
    assert typist.sees("No date was repeated: say of each on which day it was given")
    for number in (3, 4, 5):
        assert typed.keys().isdisjoint({f"{code}_{number}" for code in ("outcome", "day", "site")})
        assert typed[f"time_{number}"] == "08:00" and typed[f"reaction_{number}"] == "none"
    # Nothing that was not said is recorded.
    typist.press("Ctrl+Enter")
    assert given(arms) == [(2, "given", "11-25")]
    assert typist.sees("SLE-003: diary rows recorded: 1. Planned doses left without an answer: 3.")


def test_a_filled_row_repeats_nothing_and_missed_is_repeated_with_its_reason(arms, grid):
    page, typist = grid()
    typist.press("M", "1")
    page.view.go_to("outcome_2")
    typist.press("F6")
    assert typist.sees("Dose 2 is filled in already")
    page.view.go_to("outcome_3")
    typist.press("F6")
    assert {page.view.typed()[code] for code in ("missed_2", "missed_3")} == {"forgotten"}
    assert typist.sees("Missed, as dose 2; rows: 1.")
    typist.press("G")
    typist.fill("0800")
    typist.press("1", "R")
    page.view.go_to("outcome_5")
    typist.press("F6", "G")
    # Redness was of dose 4 alone.
    assert page.view.typed()["time_5"] == "08:00" and "reaction_5" not in page.view.typed()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_pasted_rows_are_looked_at_put_right_and_recorded_and_one_without_a_date_is_not(arms, grid, language):
    page, typist = grid(language)
    rows = (
        "2026-11-25\t08:00\tRA\t1",
        "2026-11-26\t8h\tlft arm\t1",
        "\t08:20\tRT\t1",
        "29.11\t0815\t左侧腹部\t0.5",
    )
    QGuiApplication.clipboard().setText("\n".join(rows))
    typist.press("F7")
    typed = page.view.typed()
    assert given(arms) == []
    assert all(typist.sees(words) for words in BAD[language])
    assert (typed["outcome_2"], typed["site_2"], typed["time_2"]) == ("planned_day", "RA", "08:00")
    late = [typed[code] for code in ("outcome_3", "day_3", "other_day_time_3")]
    assert late == ["other_day", "2026-11-26", "8h"]
    assert (typed["outcome_4"], typed["day_4"], typed["own_amount_4"]) == ("other_day", "29.11", "0.5")
    assert not any(code.endswith("_5") for code in typed)
    # What cannot be read is neither skipped nor recorded.
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert given(arms) == []
    for code, right in (("other_day_time_3", "0820"), ("day_4", "2026-11-29")):
        page.view.go_to(code)
        page.view.field(code).select_all()
        typist.fill(right)
    page.view.go_to("other_day_site_3")
    typist.press("1")
    for code in ("reaction_2", "other_day_reaction_3", "other_day_reaction_4"):
        page.view.go_to(code)
        typist.press("N")
    typist.press("Ctrl+Enter")
    # Half a dose takes a reason, as when it is typed.
    page.view.go_to("why_4")
    typist.press("5", "Ctrl+Enter")
    assert given(arms) == [(2, "given", "11-25"), (3, "given", "11-26"), (4, "given", "11-29")]
    last = doses_of(arms, IL2, "IL2")[-1].given
    assert (str(last.administered), last.site, last.source_reference) == ("0.5", "LB", "D-07, 2026-12-02")
    if language == "en":
        assert typist.sees(
            "diary rows recorded: 3. Planned doses left without an answer: 1. Pasted rows left"
        )


def test_a_hostile_clipboard_records_nothing_and_is_told_in_a_sentence(arms, grid):
    _, typist = grid()
    for text, told in (
        ("", "The clipboard holds no rows."),
        ("x" * 30_000, "The clipboard holds 30000 characters"),
        ("a\tb\tc\td\te", "Row 1 has 5 columns."),
        ("t\tn\tRA\t1", "“t” is no whole date."),
        ("<img src=x>\t\x07\u202e\t{day}\t%s", "“<img src=x>” is no whole date."),
    ):
        QGuiApplication.clipboard().setText(text)
        typist.press("F7")
        assert typist.sees(told)
        typist.press("Ctrl+Enter")
    assert given(arms) == []


def test_the_same_site_twice_is_warned_of_as_when_it_is_typed(arms, grid):
    page, typist = grid()
    QGuiApplication.clipboard().setText("2026-11-25\t0800\tRA\t1\n2026-11-27\t0800\tRA\t1")
    typist.press("F7")
    for code in ("reaction_2", "reaction_3"):
        page.view.go_to(code)
        typist.press("N")
    typist.press("Ctrl+Enter")
    assert [row.given.site for row in doses_of(arms, IL2, "IL2")[1:]] == ["RA", "RA"]
    assert typist.sees("Same site as at the dose before: dose 3.")
