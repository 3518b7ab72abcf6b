"""What was typed of a dose and lacks its other half: a sentence at the field, nothing dropped or made up."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, prepared
from PySide6.QtWidgets import QApplication
from study_fixtures import START, clock, made_study, study
from test_dose_correction import dialog, injected, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import preparing
from sle_desk.services.dose_entry import VialUse

__all__ = ["arms", "clock", "injected", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3
DAY_NEEDED = "Say on which day it was given. It is not taken to be today."


def retyped(view, typist, code, text=""):
    """Type a field of a form anew, or empty it."""
    view.go_to(code)
    view.field(code).select_all()
    typist.fill(text) if text else typist.press("Delete", "Enter")


def in_focus(view):
    return view.code_in_focus()


@pytest.fixture
def injection(arms, on_page):
    """Return the form of an injection with its reaction answered, and who types into it."""

    def opened(*, kit=True):
        if kit:
            dispense(arms.sit("lin.yue", roles.NURSE), IL2)
        window = on_page(arms, "doses", IL2)
        typist = Typist()
        typist.press("G", "N", "F6")
        return window.page("doses").dose.view, typist

    return opened


@pytest.fixture
def after_the_act(arms, on_page):
    """Return the form of an infusion told after the act, with its times and the reaction."""
    window = on_page(arms, "infusion", BELIMUMAB)
    arms.clock.advance(timedelta(hours=3))
    now, typist = arms.clock.now(), Typist()
    typist.press("F7")
    typist.fill(*(f"{now - timedelta(minutes=ago):%H%M}" for ago in (90, 30)))
    typist.press("N", "Enter")
    return window.page("infusion"), typist


def test_an_erased_day_of_an_injection_is_asked_for_and_never_today(arms, injection):
    view, typist = injection()
    retyped(view, typist, "given_on")
    # The list of what is missing, and saving all the same.
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees(DAY_NEEDED) and in_focus(view) == "given_on"
    assert doses_of(arms, IL2, "IL2") == []
    typist.fill("t")
    typist.press("Ctrl+Enter")
    assert doses_of(arms, IL2, "IL2")[0].given.on_day == START.date()


def test_an_erased_day_of_an_infusion_is_asked_for_and_what_was_typed_stays(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    window, typist = on_page(arms, "infusion", BELIMUMAB), Typist()
    view = window.page("infusion").view
    typist.fill(f"{start:%H%M}", f"{start + timedelta(minutes=60):%H%M}")
    typist.press("N")
    retyped(view, typist, "given_on")
    before = view.typed()
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees(DAY_NEEDED) and in_focus(view) == "given_on"
    assert view.typed() == before
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"


def test_a_bag_past_its_time_waits_for_the_day_it_was_given_on(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    at(arms, START.date() + timedelta(days=2), "15:00")
    window, typist = on_page(arms, "infusion", BELIMUMAB), Typist()
    view = window.page("infusion").view
    typist.fill("1100", "1200")
    typist.press("N", "Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees(DAY_NEEDED) and in_focus(view) == "given_on"
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"


def test_a_day_erased_in_a_correction_is_asked_for(injected, on_page):
    on_page(injected, "doses", IL2)
    typist = Typist()
    typist.press("F2", "1")
    retyped(dialog().view, typist, "given_on")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter", "Ctrl+Enter")
    assert dialog().view.code_in_focus() == "given_on"
    assert DAY_NEEDED in dialog().view.field("given_on").strip.sentence()


@pytest.mark.parametrize(
    ("erased", "field", "said"),
    [
        ("vials", "vials", "Lot 202607-A3 is named, and not how many vials of it."),
        ("lot", "lot", "Vials are entered (1), and not of which lot."),
    ],
)
def test_a_lot_and_its_vials_are_both_needed_or_both_left_out(arms, injection, erased, field, said):
    view, typist = injection()
    retyped(view, typist, erased)
    typist.press("Ctrl+Enter")
    assert typist.sees(said) and in_focus(view) == field
    assert doses_of(arms, IL2, "IL2") == []
    retyped(view, typist, "lot" if erased == "vials" else "vials")
    typist.press("Ctrl+Enter")
    assert doses_of(arms, IL2, "IL2")[0].given.vials == ()


def test_without_a_kit_no_vials_are_proposed_and_a_typed_lot_is_kept_with_its_vials(arms, injection):
    view, typist = injection(kit=False)
    assert "vials" not in view.typed()
    retyped(view, typist, "lot", "MYLOT77")
    typist.press("Ctrl+Enter")
    assert typist.sees("Lot MYLOT77 is named") and in_focus(view) == "vials"
    typist.fill("2")
    typist.press("Ctrl+Enter")
    assert typist.sees("Lot MYLOT77 was not dispensed to this subject.")
    typist.press("1", "Enter")
    assert doses_of(arms, IL2, "IL2")[0].given.vials == (VialUse("MYLOT77", Decimal(1), 2),)


def test_lots_after_the_act_need_their_vials_and_vials_their_lot(arms, after_the_act):
    page, typist = after_the_act
    for code, typed in (("weight", "61.2"), ("lot_400", "C7K2"), ("administered", "612")):
        retyped(page.view, typist, code, typed)
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees("Lot C7K2 is named") and in_focus(page.view) == "vials_400"
    typist.fill("1")
    retyped(page.view, typist, "vials_120", "2")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees("Vials are entered (2), and not of which lot.") and in_focus(page.view) == "lot_120"
    assert doses_of(arms, BELIMUMAB, "BEL") == []
    typist.fill("C7K3")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    used = doses_of(arms, BELIMUMAB, "BEL")[0].given.vials
    assert used == (VialUse("C7K2", Decimal(400), 1), VialUse("C7K3", Decimal(120), 2))


def test_the_day_of_a_weight_needs_the_weight(arms, after_the_act):
    page, typist = after_the_act
    for code, typed in (("weight_day", "2026-11-23"), ("administered", "612")):
        retyped(page.view, typist, code, typed)
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert typist.sees("A weight of 2026-11-23 is named, and not how many kg.")
    assert in_focus(page.view) == "weight"
    typist.fill("61.2")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    given = doses_of(arms, BELIMUMAB, "BEL")[0].given
    assert (given.weight, given.weight_day) == (Decimal("61.2"), START.date())


def test_a_lot_named_in_a_correction_needs_its_vials(arms, on_page):
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    on_page(arms, "doses", BELIMUMAB)
    Typist().press("F2")
    typist = retype("lot_120_2", "C120")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    assert dialog().view.code_in_focus() == "vials_120_2"
    assert len(doses_of(arms, BELIMUMAB, "BEL")[0].given.vials) == 2
    assert QApplication.activeModalWidget() is not None


def test_a_second_bag_of_a_day_is_asked_about_in_the_field_of_its_reason(arms, on_page):
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    arms.clock.advance(timedelta(minutes=30))
    window, typist = on_page(arms, "infusion", BELIMUMAB), Typist()
    typist.fill("C7K2", "C7K3", "Chen Lan")
    typist.press("N", "Ctrl+Enter")
    assert typist.sees("Belimumab was given on 2026-11-23 already.")
    assert in_focus(window.page("infusion").view) == "reason"
    assert [row.progress for row in doses_of(arms, BELIMUMAB, "BEL")] == ["given"]
