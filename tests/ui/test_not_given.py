"""An infusion that was not given, by keys: a bag past its time is said to be so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, infuse, prepared, weigh
from study_fixtures import START, clock, made_study, study
from test_dose_correction import dialog, retype
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import preparing

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB = 2
WEEK_4 = START.date() + timedelta(days=28)


@pytest.fixture
def bag(arms):
    """Infusion 2 of subject 2 is prepared on its day."""
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    at(arms, WEEK_4)
    desk = arms.sit("lin.yue", roles.NURSE)
    weigh(desk, BELIMUMAB, "W4")
    return preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_prepared_infusion_is_recorded_as_not_given_with_what_was_used_up(arms, bag, on_page, language):
    on_page(arms, "infusion", BELIMUMAB, language=language)
    typist = Typist()
    typist.press("F8")
    # The planned dose, the reason, the day of the bin.
    typist.press("1", "3")
    typist.fill("t")
    typist.press("Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[-1]
    assert (row.progress, row.slot.number, row.given.reason) == ("missed", 2, "fever_or_infection")
    assert row.given.discarded_on == WEEK_4 and len(row.given.vials) == 2
    shown = {"en": ("Missed", "discarded 12-21", "400 + 2 × 120 = 640"), "zh_CN": ("12-21 废弃",)}
    for words in shown[language]:
        assert typist.sees(words)


def test_a_bag_past_its_time_is_said_to_be_and_nothing_proposes_that_it_was_given_today(arms, bag, on_page):
    at(arms, WEEK_4 + timedelta(days=28))
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    assert typist.sees("Prepared on 2026-12-21, and past its time since 2026-12-21 17:00.")
    assert typist.sees("Belimumab infusion prepared on 2026-12-21") and not typist.sees("infusion 3 of 6")
    assert not typist.sees("2027-01-18")
    typist.press("F8", "0", "9")
    typist.fill("2026-12-22")
    typist.press("Ctrl+Enter")
    # Another one can be prepared at once, after weighing.
    assert typist.sees("Weigh first: 10 mg/kg of the weight of the day.")
    row = doses_of(arms, BELIMUMAB, "BEL")[-1]
    assert (row.progress, row.given.reason, f"{row.given.discarded_on}") == (
        "prepared",
        "spoiled",
        "2026-12-22",
    )


def test_a_planned_infusion_for_which_nothing_was_prepared_is_recorded_as_missed(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.press("F8")
    assert typist.sees("No planned infusion up to today waits for an answer.")
    at(arms, WEEK_4)
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.press("F8", "1", "8")
    typist.fill("strike of the trains")
    typist.press("Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[-1]
    assert (row.progress, row.slot.number, row.given.reason_note) == ("missed", 2, "strike of the trains")
    assert row.given.discarded_on is None


def test_the_day_and_the_reason_of_a_bag_not_given_are_corrected_by_keys(arms, bag, on_page):
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.press("F8", "1", "3")
    typist.fill("t")
    typist.press("Ctrl+Enter")
    at(arms, WEEK_4 + timedelta(days=1))
    typist.press("F2")
    assert dialog().view.typed()["why"] == "fever_or_infection"
    typist = retype("discarded_on", "2026-12-22")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[-1]
    assert row.given.discarded_on == WEEK_4 + timedelta(days=1)
    assert (row.progress, row.given.prepared, len(row.given.vials)) == ("missed", 640, 2)
