"""How many vials a dose was taken from: proposed, shown, typed; a part of a vial is a vial."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from PySide6.QtGui import QGuiApplication
from study_fixtures import START, clock, made_study, study
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import dispensing, dose_log, dosing
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import VialUse
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

IL2 = 3


@pytest.mark.parametrize(("strength", "vials"), [("2", 1), ("0.6", 2), ("0.5", 2), ("1", 1)])
def test_a_dose_from_vials_of_any_strength_is_proposed_whole(arms, strength, vials):
    desk = arms.sit("lin.yue", roles.NURSE)
    new = NewDispensing(IL2, "IL2", "L2", Decimal(strength), 30, desk.today(), "K2")
    dispensing.record_dispensing(desk, new)
    assert dosing.propose_injection(desk, IL2).vials == vials


def test_an_injection_from_a_vial_of_two_million_is_recorded_as_it_stands_in_the_strip(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispensing.record_dispensing(desk, NewDispensing(IL2, "IL2", "L2", Decimal(2), 30, desk.today(), "K2"))
    on_page(arms, "doses", IL2)
    typist = Typist()
    typist.press("G")
    assert typist.sees("vials: 1")
    typist.press("N", "Enter")
    assert doses_of(arms, IL2, "IL2")[0].given.vials == (VialUse("L2", Decimal(2), 1),)


def diary_of_one_dose(arms, on_page):
    """Open the diary, and say of dose 2 that it was given at eight on its day."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=3), "09:00")
    window = on_page(arms, "diary", IL2)
    typist = Typist()
    typist.fill("D-07", "t")
    typist.press("G")
    typist.fill("0800")
    typist.press("2", "N")
    return window, typist


def test_half_a_dose_of_a_diary_took_a_vial_and_the_vials_can_be_said(arms, on_page):
    window, typist = diary_of_one_dose(arms, on_page)
    view = window.page("diary").view
    view.go_to("amount")
    view.field("amount").select_all()
    typist.fill("0.5")
    assert view.field("vials").text() == "1"
    view.go_to("amount")
    view.field("amount").select_all()
    typist.fill("1.5")
    assert view.field("vials").text() == "2"
    view.field("vials").select_all()
    typist.fill("3")
    view.go_to("amount")
    view.field("amount").select_all()
    typist.fill("0.5")
    # What was typed for the vials stays.
    assert view.field("vials").text() == "3"
    view.go_to("vials")
    view.field("vials").select_all()
    typist.fill("1")
    typist.press("Ctrl+Enter")
    # Half the dose takes a reason, and the vials are no reason any more.
    assert typist.sees("Dose 2:") and not typist.sees("The vials hold")
    typist.press("5", "Ctrl+Enter")
    row = doses_of(arms, IL2, "IL2")[-1]
    assert (row.given.administered, row.given.vials) == (
        Decimal("0.5"),
        (VialUse("202607-A3", Decimal(1), 1),),
    )


def test_a_lot_of_a_diary_without_its_vials_is_not_lost_in_silence(arms, on_page):
    window, typist = diary_of_one_dose(arms, on_page)
    view = window.page("diary").view
    view.go_to("vials")
    view.field("vials").select_all()
    typist.press("Delete", "Enter", "Ctrl+Enter")
    assert typist.sees("Lot 202607-A3 is named, and not how many vials of it each dose took.")
    assert len(doses_of(arms, IL2, "IL2")) == 1


@pytest.fixture
def own_doses(arms, on_page):
    """Return the diary of two pasted rows, of two vials and of half of one."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=9), "09:00")
    page, typist = on_page(arms, "diary", IL2).page("diary"), Typist()
    typist.fill("D-07", "t")
    QGuiApplication.clipboard().setText("2026-11-25\t08:00\tRA\t2\n2026-11-27\t08:00\tLA\t0.5")
    typist.press("F7")
    for number in (2, 3):
        page.view.go_to(f"reaction_{number}")
        typist.press("N")
    yield page, typist
    QGuiApplication.clipboard().clear()


def why(page, typist):
    """Say why the doses of both rows were others, once it is asked."""
    typist.press("Ctrl+Enter")
    for number in (2, 3):
        page.view.go_to(f"why_{number}")
        typist.press("5")
    typist.press("Ctrl+Enter")


def test_a_row_with_a_dose_of_its_own_took_the_vials_that_hold_it(arms, own_doses):
    page, typist = own_doses
    assert [page.view.typed()[f"own_vials_{number}"] for number in (2, 3)] == ["2", "1"]
    why(page, typist)
    assert [row.given.vials[0].count for row in doses_of(arms, IL2, "IL2")] == [1, 2, 1]
    assert dose_log.dose_log(arms.desk, IL2).vials[0].used == 4


def test_the_vials_of_such_a_row_follow_its_dose_until_a_person_says_them_and_are_asked_where_emptied(
    arms, own_doses
):
    page, typist = own_doses
    page.view.go_to("own_amount_2")
    page.view.field("own_amount_2").select_all()
    typist.fill("3")
    assert page.view.typed()["own_vials_2"] == "3"
    page.view.go_to("own_vials_2")
    page.view.field("own_vials_2").select_all()
    typist.press("Backspace", "Enter", "Ctrl+Enter")
    assert typist.sees("Dose 2 has a dose of its own: say how many vials of lot 202607-A3 it took.")
    assert len(doses_of(arms, IL2, "IL2")) == 1
    page.view.go_to("own_vials_2")
    typist.fill("4")
    page.view.go_to("own_amount_2")
    page.view.field("own_amount_2").select_all()
    typist.fill("2")
    assert page.view.typed()["own_vials_2"] == "4"
    # A draft keeps what was said.
    typist.press("Esc")
    page.state.go(Go("diary", subject_id=IL2))
    assert page.view.typed()["own_vials_2"] == "4"
    why(page, typist)
    assert [row.given.vials[0].count for row in doses_of(arms, IL2, "IL2")] == [1, 4, 1]
