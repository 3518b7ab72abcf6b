"""Decisions typed from a paper: by whom, under which readings, and that they are the ink's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import PASSWORD, Study
from trial_fixtures import decide, made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import dispositions, eligibility, labs
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import ChecklistRow
from sle_desk.services.lab_judgement import TypedResult, as_new
from sle_desk.services.signatures import Ink

__all__ = ["kept_screened", "made_trial", "screened", "screened_trial"]


def row(desk: Desk, subject_id: int, leaf: str) -> ChecklistRow:
    return next(each for each in eligibility.checklist(desk, subject_id).rows if each.code == leaf)


def test_a_paper_is_typed_by_who_may_and_only_under_the_readings_it_was_signed_under(
    screened_trial: Study, screened: int
) -> None:
    coordinator = screened_trial.sit("chen.lan", roles.COORDINATOR)
    today = coordinator.today()
    with pytest.raises(NotAllowed):
        eligibility.decide(coordinator, screened, "I1", "met")
    before_the_subject = Ink("Wu Min", today - timedelta(days=400), "Binder 2")
    with pytest.raises(RuleBroken, match="eligibility.ink_before"):
        eligibility.decide(coordinator, screened, "I1", "met", ink=before_the_subject)
    with pytest.raises(RuleBroken, match="ink.incomplete"):
        eligibility.decide(coordinator, screened, "I1", "met", ink=Ink("", today, "Binder 2"))
    eligibility.decide(coordinator, screened, "I1", "met", ink=Ink("Wu Min", today, "Binder 2"))
    given = row(coordinator, screened, "I1").decision
    assert given is not None and given.ink == Ink("Wu Min", today, "Binder 2")
    pi = screened_trial.sit("wu.min", roles.PI)
    with pytest.raises(NotAllowed):
        eligibility.decide(pi, screened, "I1", "met", ink=Ink("Wu Min", today, "Binder 2"))
    with pytest.raises(RuleBroken, match="eligibility.change_reason"):
        eligibility.decide(pi, screened, "I1", "met")
    eligibility.decide(pi, screened, "I1", "met", "Seen again at the desk.")
    given = row(pi, screened, "I1").decision
    assert given is not None and given.ink is None


def type_all(desk: Desk, subject_id: int, ink: Ink | None, **instead: str) -> None:
    for each in eligibility.checklist(desk, subject_id).to_decide:
        suggested = each.judged.suggestion
        answer = suggested or ("met" if "met" in each.judged.leaf.answers else "absent")
        reason = "" if suggested and each.code not in instead else "asked"
        eligibility.decide(desk, subject_id, each.code, instead.get(each.code, answer), reason, ink)


def test_nobody_signs_for_a_paper_that_not_every_decision_was_typed_from(
    screened_trial: Study, screened: int
) -> None:
    type_all(screened_trial.sit("wu.min", roles.PI), screened, None)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    ink = Ink("Somebody Else", desk.today(), "Other drawer")
    signing = eligibility.signing_for("eligible", "en", PASSWORD, transcribed=True)
    codes = eligibility.checklist(desk, screened).codes
    with pytest.raises(RuleBroken, match="eligibility.ink_differs"):
        eligibility.sign_eligibility(desk, screened_trial.folder, screened, codes, signing, ink)


def test_a_screen_failure_typed_from_a_paper_has_the_day_of_the_ink(
    screened_trial: Study, screened: int
) -> None:
    screened_trial.clock.advance(timedelta(days=2))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    ink = Ink("Wu Min", desk.today() - timedelta(days=1), "Binder 2")
    type_all(desk, screened, ink, I3b="not_met")
    signing = eligibility.signing_for("not_eligible", "en", PASSWORD, transcribed=True)
    codes = eligibility.checklist(desk, screened).codes
    eligibility.sign_eligibility(desk, screened_trial.folder, screened, codes, signing, ink)
    (failure,) = dispositions.dispositions(desk, screened)
    assert (failure.kind, failure.on_day) == ("screen_failure", ink.signed_on)


def test_a_paper_signed_under_other_readings_has_to_be_judged_again(
    screened_trial: Study, screened: int
) -> None:
    day = screened_trial.clock.now().date()
    screened_trial.clock.advance(timedelta(days=1))
    pi = screened_trial.sit("wu.min", roles.PI)
    decide(screened_trial, pi, "D02", "haemoglobin_only")
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match="eligibility.ink_readings"):
        eligibility.decide(desk, screened, "I1", "met", ink=Ink("Wu Min", day, "Binder 2"))


def test_a_paper_older_than_the_evidence_has_to_be_judged_again(screened_trial: Study, screened: int) -> None:
    day = screened_trial.clock.now().date()
    screened_trial.clock.advance(timedelta(days=1))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    old = next(s for s in labs.samples(desk, screened) if "HGB" in s.results)
    new = replace(as_new(old), drawn_at=desk.now())
    labs.save_results(desk, new, (TypedResult("HGB", "119", "", Decimal(119), "g/L"),))
    with pytest.raises(RuleBroken, match="eligibility.ink_older"):
        eligibility.decide(desk, screened, "E1a", "absent", ink=Ink("Wu Min", day, "Binder 2"))
    eligibility.decide(desk, screened, "E1a", "absent", ink=Ink("Wu Min", desk.today(), "Binder 2"))
