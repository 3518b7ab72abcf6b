"""Decisions typed from a paper: by whom, under which readings, and that they are the ink's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import Study
from trial_fixtures import made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import eligibility
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import ChecklistRow
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
    before_the_readings = Ink("Wu Min", today - timedelta(days=400), "Binder 2")
    with pytest.raises(RuleBroken, match="eligibility.ink_readings"):
        eligibility.decide(coordinator, screened, "I1", "met", ink=before_the_readings)
    with pytest.raises(RuleBroken, match="ink.incomplete"):
        eligibility.decide(coordinator, screened, "I1", "met", ink=Ink("", today, "Binder 2"))
    eligibility.decide(coordinator, screened, "I1", "met", ink=Ink("Wu Min", today, "Binder 2"))
    given = row(coordinator, screened, "I1").decision
    assert given is not None and given.ink == Ink("Wu Min", today, "Binder 2")
    pi = screened_trial.sit("wu.min", roles.PI)
    with pytest.raises(NotAllowed):
        eligibility.decide(pi, screened, "I1", "met", ink=Ink("Wu Min", today, "Binder 2"))
    eligibility.decide(pi, screened, "I1", "met")
    given = row(pi, screened, "I1").decision
    assert given is not None and given.ink is None
