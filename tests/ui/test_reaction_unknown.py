"""A reaction that nobody told of is recorded as not known: by its key, never by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject, prepared
from study_fixtures import START, clock, made_study, study
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import preparing

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3


def test_a_row_of_a_diary_whose_reaction_was_left_blank_is_recorded_as_not_known(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=3), "09:00")
    on_page(arms, "diary", IL2)
    typist = Typist()
    typist.fill("D-07", "t")
    typist.press("G")
    typist.fill("0800")
    typist.press("2", "Ctrl+Enter")
    # Left out it is asked for, and nothing is recorded for it.
    assert len(doses_of(arms, IL2, "IL2")) == 1
    typist.press("Enter", "U", "Ctrl+Enter")
    assert doses_of(arms, IL2, "IL2")[-1].given.reaction == "unknown"


@pytest.mark.parametrize(("language", "words"), [("en", "Not known, not told"), ("zh_CN", "不详或未说明")])
def test_the_strip_offers_it_beside_none_and_waits_for_an_answer(arms, on_page, language, words):
    on_page(arms, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G", "Enter")
    assert doses_of(arms, IL2, "IL2") == [] and typist.sees(words)
    typist.press("U", "Enter")
    # One answer of two: what the dose is held for is asked by itself.
    assert doses_of(arms, IL2, "IL2") == []
    typist.press("N", "Enter")
    assert doses_of(arms, IL2, "IL2")[0].given.reaction == "unknown"


def test_an_infusion_typed_from_paper_without_its_reaction_says_so(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.fill(f"{start:%H%M}", f"{start + timedelta(minutes=60):%H%M}")
    typist.press("U", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.progress, row.given.reaction) == ("given", "unknown")
