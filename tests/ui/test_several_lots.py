"""An infusion from several lots of one strength is recorded lot by lot, and corrected so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from dose_fixtures import infuse
from study_fixtures import clock, made_study, study
from test_dose_correction import dialog, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services.dose_entry import VialUse

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB = 2
FOUR, ONE = Decimal(400), Decimal(120)


def vials(arms):
    return doses_of(arms, BELIMUMAB, "BEL")[0].given.vials


def test_a_second_lot_of_a_strength_is_added_by_its_key_and_what_was_typed_stays(arms, on_page):
    window = on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.fill("A400", "B120")
    typist.press("F9")
    view = window.page("infusion").view
    assert view.field("lot_400").text() == "A400" and view.field("vials_120").text() == "2"
    assert typist.sees("Lot of 120 mg, lot 2")
    # The second lot of 400 mg is passed over, that of 120 mg is named.
    view.go_to("lot_120_2")
    typist.fill("C120", "Chen Lan")
    typist.press("N", "Ctrl+Enter")
    assert typist.sees("Lot C120 is named, and not how many vials of it.")
    assert doses_of(arms, BELIMUMAB, "BEL") == []
    view.go_to("vials_120_2")
    typist.fill("1")
    typist.press("Ctrl+Enter")
    # Two of the first lot and one of the second are a vial too many.
    assert doses_of(arms, BELIMUMAB, "BEL") == []
    view.go_to("vials_120")
    view.field("vials_120").select_all()
    typist.fill("1")
    typist.press("Ctrl+Enter")
    assert vials(arms) == (VialUse("A400", FOUR, 1), VialUse("B120", ONE, 1), VialUse("C120", ONE, 1))
    assert doses_of(arms, BELIMUMAB, "BEL")[0].given.prepared == Decimal(640)


def test_a_lot_that_was_left_out_is_entered_by_a_correction(arms, on_page):
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    on_page(arms, "doses", BELIMUMAB)
    Typist().press("F2")
    retype("vials_120", "1")
    retype("lot_120_2", "C120")
    typist = retype("vials_120_2", "1")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    used = {(each.lot, each.strength, each.count) for each in vials(arms)}
    assert used == {("C7K400", FOUR, 1), ("C7K120", ONE, 1), ("C120", ONE, 1)}
    # Both lots stand in the next correction, and what is not touched stays.
    typist.press("F2")
    typed = dialog().view.typed()
    assert (typed["lot_120"], typed["lot_120_2"]) == ("C7K120", "C120")
    typist = retype("given_by", "Chen Lan")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert row.given.given_by == "Chen Lan"
    assert {(each.lot, each.strength, each.count) for each in row.given.vials} == used


def test_an_infusion_recorded_after_the_act_names_two_lots_too(arms, on_page):
    window = on_page(arms, "infusion", BELIMUMAB)
    arms.clock.advance(timedelta(hours=3))
    typist = Typist()
    typist.press("F7", "F9")
    view = window.page("infusion").view
    assert view.field("lot_400_2").isVisible()
    typist.press("Esc")
