"""What was typed into a diary or a step of an infusion and is not recorded comes back, and never as of a day
that nobody said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject, prepared
from study_fixtures import PASSWORD, START, clock, made_study, study
from test_diary_moving import day, headings, moving
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist
from whole_window import opened

from sle_desk.domain import roles
from sle_desk.services import drafts, infusions, lock_items, preparing
from sle_desk.ui.desk_page import Go

__all__ = [
    "arms", "clock", "made_arms", "made_study", "made_trial", "moving", "on_page", "opened", "study", "trial",
]  # fmt: skip

BELIMUMAB, IL2 = 2, 3
GONE = {
    "en": "What was typed here of planned doses that were answered meanwhile is let go: dose 2.",
    "zh_CN": "此处填写的计划给药其间已有记录，所填内容不再保留：第2次。",
}


def ten_days_on(arms):
    """Stand ten days after the first injection, with a kit at home."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=9), "09:00")
    return desk


def type_two_rows(typist):
    typist.fill("D-07", "t")
    typist.press("G")
    typist.fill("0800")
    typist.press("2", "N", "M", "1")


def test_rows_of_a_diary_come_back_as_they_were_typed_and_are_no_draft_once_recorded(arms, on_page):
    ten_days_on(arms)
    window, typist = on_page(arms, "diary", IL2), Typist()
    page = window.page("diary")
    type_two_rows(typist)
    typist.type("D")
    typed = page.view.typed()
    typist.press("Esc")
    assert window.gone[-1].page == "doses"
    window.state.go(Go("diary", subject_id=IL2))
    assert page.view.typed() == typed and typed["time_2"] == "08:00"
    assert any(item.code == lock_items.DRAFTS for item in lock_items.open_items(window.state.desk))
    assert drafts.places_with_drafts(window.state.desk) == ("diary:3",)
    page.view.go_to("outcome_4")
    typist.press("Backspace", "Enter", "Ctrl+Enter")
    assert [row.progress for row in doses_of(arms, IL2, "IL2")] == ["given", "given", "missed"]
    assert drafts.places_with_drafts(window.state.desk) == ()
    window.state.go(Go("diary", subject_id=IL2))
    assert "reference" not in page.view.typed()
    # A page on which nothing was typed leaves nothing behind.
    typist.press("Esc")
    assert drafts.places_with_drafts(window.state.desk) == ()


def test_rows_are_there_after_the_desk_was_locked(arms, opened):
    ten_days_on(arms)
    window, typist = opened(arms, "lin.yue")
    window.state.go(Go("diary", subject_id=IL2))
    type_two_rows(typist)
    # Half typed, too.
    typist.press("G")
    typist.type("08")
    typist.press("Ctrl+L")
    typist.wait_for("Your password leads back")
    typist.fill(PASSWORD)
    typist.wait_for("Record the diary")
    window.state.go(Go("doses", subject_id=IL2))
    window.state.go(Go("diary", subject_id=IL2))
    kept = drafts.drafts(window.state.desk, drafts.diary_place(IL2))
    assert (kept["time_2"], kept["missed_3"], kept["time_4"]) == ("08:00", "forgotten", "08")
    window.close()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_row_that_was_answered_elsewhere_is_let_go_and_said(arms, on_page, language):
    ten_days_on(arms)
    window, typist = on_page(arms, "diary", IL2, language=language), Typist()
    page = window.page("diary")
    type_two_rows(typist)
    typist.press("Esc")
    second = START + timedelta(days=2)
    inject(window.state.desk, IL2, on_day=second.date(), started_at=second)
    window.state.go(Go("diary", subject_id=IL2))
    assert page.notice.sentence() == GONE[language]
    assert page.view.typed()["missed_3"] == "forgotten"
    assert not any(code.endswith("_2") for code in drafts.drafts(arms.desk, drafts.diary_place(IL2)))


def test_a_row_given_on_its_planned_day_keeps_that_day_where_the_plan_moved_meanwhile(arms, moving):
    page, typist = moving()
    page.view.go_to("outcome_4")
    typist.press("G")
    typist.fill("0800")
    typist.press("Esc")
    third = START + timedelta(days=3)
    inject(page.state.desk, IL2, on_day=third.date(), started_at=third)
    page.state.go(Go("diary", subject_id=IL2))
    assert headings(page)[0] == f"{day(5)}"
    typed = page.view.typed()
    assert (typed["outcome_4"], typed["day_4"], typed["other_day_time_4"]) == (
        "other_day", f"{day(6)}", "08:00",
    )  # fmt: skip


def giving(arms, on_page, language="en"):
    """Open the second step of an infusion that ran for an hour, with its times and the reaction typed."""
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    window, typist = on_page(arms, "infusion", BELIMUMAB, language=language), Typist()
    typist.fill(f"{start:%H%M}", f"{start + timedelta(minutes=60):%H%M}")
    typist.press("N")
    return window, typist


def test_the_step_of_giving_stands_as_typed_after_rates_and_vital_signs(arms, on_page):
    window, typist = giving(arms, on_page)
    page = window.page("infusion")
    typed = page.view.typed()
    typist.press("F6")
    assert window.gone[-1].page == "infusion_course"
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert page.view.typed() == typed and typed["reaction"] == "none"
    typist.press("Ctrl+Enter")
    assert [row.progress for row in doses_of(arms, BELIMUMAB, "BEL")] == ["given"]
    assert drafts.places_with_drafts(window.state.desk) == ()


def test_the_day_that_stood_beside_typed_times_is_the_day_of_them(arms, on_page):
    window, _ = giving(arms, on_page)
    first = arms.clock.now()
    window.state.go(Go("doses", subject_id=BELIMUMAB))
    at(arms, (first + timedelta(days=1)).date(), "08:00")
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert window.page("infusion").view.typed()["given_on"] == first.date().isoformat()


def test_what_was_typed_of_an_infusion_that_another_person_settled_is_let_go_and_said(arms, on_page):
    window, typist = giving(arms, on_page)
    typist.press("Esc")
    (row,) = doses_of(arms, BELIMUMAB, "BEL")
    given = infusions.GivenDose(
        BELIMUMAB, "BEL", arms.desk.today(), administered=row.given.prescribed, reaction="none",
        given_by="Lin Yue", started_at=row.given.prepared_at, ended_at=arms.clock.now(), place="ward",
    )  # fmt: skip
    infusions.give_infusion(arms.desk, given, row.id, row.version)
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert typist.sees("What was typed of an infusion that was settled meanwhile is let go.")
    assert drafts.places_with_drafts(arms.desk) == ()


def test_a_weight_and_a_second_lot_come_back_with_their_sum_and_another_day_asks_the_weight_anew(
    arms, on_page
):
    arms.sit("lin.yue", roles.NURSE)
    window, typist = on_page(arms, "infusion", BELIMUMAB), Typist()
    page = window.page("infusion")
    page.view.go_to("weight")
    page.view.field("weight").select_all()
    typist.fill("62")
    typist.fill("C7K2")
    typist.press("F9")
    typist.fill("C7K9")
    typed = page.view.typed()
    typist.press("Esc")
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert page.view.typed() == typed and typed["lot_400_2"] == "C7K9"
    assert typist.sees("10 × 62 = 620 mg")
    typist.press("Esc")
    at(arms, (arms.clock.now() + timedelta(days=1)).date(), "08:00")
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert "weight" not in page.view.typed() or page.view.typed()["weight"] != "62"
    assert page.view.typed()["lot_400_2"] == "C7K9"
    assert typist.sees("What was typed here on another day stands, but for weight, time and vials.")


def test_what_was_typed_of_an_infusion_given_already_waits_behind_its_key(arms, on_page):
    arms.sit("lin.yue", roles.NURSE)
    window, typist = on_page(arms, "infusion", BELIMUMAB), Typist()
    page = window.page("infusion")
    typist.press("F7")
    page.view.go_to("given_by")
    page.view.field("given_by").select_all()
    typist.fill("Chen Lan")
    typist.press("Esc")
    window.state.go(Go("infusion", subject_id=BELIMUMAB))
    assert typist.sees("What you typed of an infusion that was given already: F7 shows it.")
    typist.press("F7")
    assert page.view.typed()["given_by"] == "Chen Lan"
