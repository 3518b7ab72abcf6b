"""What was left in the bag of an infusion, and until when it may run: told, typed, corrected and exported."""

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import prepared
from hypothesis import given
from hypothesis import strategies as some
from study_fixtures import clock, made_study, study
from test_dose_correction import dialog, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.dose_by_weight import given_by_residual
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import read_back
from sle_desk.services import preparing

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB = 2
TOLD = {
    "en": ("20 of 250 mL left: by volume about 563 mg of 612 mg were given.", "to be ended by 11-23 18:45"),
    "zh_CN": ("袋内剩余 20/250 mL：按体积计约给药 563 mg（处方 612 mg）。", "须于 11-23 18:45 前输完"),
}


@given(some.integers(1, 5000), some.integers(1, 2000), some.integers(0, 2000))
def test_what_is_left_and_what_was_given_are_together_what_was_prepared(amount, bag, left):
    left = min(left, bag)
    given_, kept = (
        given_by_residual(Decimal(amount), Decimal(bag), Decimal(each)) for each in (left, bag - left)
    )
    assert abs(given_ + kept - amount) < Decimal("1e-40")
    assert (given_ == amount) is (left == 0) and (given_ == 0) is (left == bag)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_amount_by_volume_is_told_and_a_person_says_what_was_given(arms, on_page, language, tmp_path):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    window = on_page(arms, "infusion", BELIMUMAB, language=language)
    view, typist = window.page("infusion").view, Typist()
    assert typist.sees(TOLD[language][1])
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    typist.fill(*(f"{start + timedelta(minutes=minutes):%H%M}" for minutes in (0, 60)))
    typist.press("N")
    view.go_to("residual_ml")
    typist.fill("20")
    assert typist.sees(TOLD[language][0])
    # Nothing is put in the place of what was typed or proposed.
    assert view.typed()["administered"] == "612"
    view.go_to("administered")
    view.field("administered").select_all()
    typist.fill("563")
    view.go_to("why")
    typist.press("3", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.given.residual_ml, row.given.administered, row.given.hold) == (20, 563, "none")
    arms.clock.advance(timedelta(minutes=5))
    if language == "en":
        typist.press("F2")
        retype("residual_ml", "19")
        dialog().column.go_to("reason")
        typist.press("1", "Ctrl+Enter")
        row = doses_of(arms, BELIMUMAB, "BEL")[0]
        assert (row.given.residual_ml, row.given.administered) == (19, 563)
        done = write_export(arms.sit("chen.lan", roles.COORDINATOR), tmp_path, "site", Language("en"))
        doses = next(table for table in read_back(done.path) if table.name == "DOSES")
        names = [each.name for each in doses.columns]
        (exported,) = (dict(zip(names, row, strict=True)) for row in doses.rows)
        assert exported["RESIDUAL_ML"] == 19


def test_more_than_the_bag_held_cannot_be_left_in_it(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    window = on_page(arms, "infusion", BELIMUMAB)
    typist, start = Typist(), arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    typist.fill(*(f"{start + timedelta(minutes=minutes):%H%M}" for minutes in (0, 60)))
    typist.press("N")
    window.page("infusion").view.go_to("residual_ml")
    typist.fill("251")
    typist.press("Ctrl+Enter")
    assert typist.sees("251 mL left in the bag cannot be")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"


def test_a_full_bag_left_over_is_no_full_dose_without_a_reason(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    window = on_page(arms, "infusion", BELIMUMAB)
    view, typist, start = window.page("infusion").view, Typist(), arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    typist.fill(*(f"{start + timedelta(minutes=minutes):%H%M}" for minutes in (0, 60)))
    typist.press("N")
    view.go_to("residual_ml")
    typist.fill("250")
    typist.press("Ctrl+Enter")
    told = "250 of 250 mL were left: by volume about 0 mg were given, and 612 mg are recorded."
    assert typist.sees(told) and view.code_in_focus() == "why"
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"
    typist.press("5", "Ctrl+Enter")
    assert typist.sees("Is this really what was given?") and typist.sees(told)
    typist.press("Esc")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].progress == "prepared"
    # What was left is put right: both agree, and the reason is not needed.
    view.go_to("residual_ml")
    view.field("residual_ml").select_all()
    typist.fill("0")
    typist.press("Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].given.administered == 612
