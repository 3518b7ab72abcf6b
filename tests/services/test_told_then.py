"""What was missing when an arm was told outside is what was missing then, whatever came before typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from allocated_outside import record, told
from allocations_corrected import correct, facts_of
from dose_fixtures import at
from ended_subjects import SCOPES, given
from logged import enter
from study_fixtures import Study
from trial_fixtures import baseline, judge, made_ready, made_trial, open_as, ready, register, screen, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.services import allocations_outside, deviations, dispositions
from sle_desk.services.desk import Desk

__all__ = ["made_ready", "made_trial", "ready", "trial"]
Later = Callable[[Desk], object]


def sit(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def lacking(study: Study) -> list[int]:
    rows = deviations.deviations(study.sit("wu.min", roles.PI), 1, progress="proposed")
    return [int(row.facts["count"]) for row in rows if row.code == allocations_outside.UNREADY]


def withdraws(desk: Desk) -> object:
    return enter(desk, "withdrawal", given({**SCOPES, "treatment": "Y", "visits": "Y"}, day=desk.today()))


def leaves(desk: Desk) -> object:
    return dispositions.record_disposition(desk, 1, "exit", "", desk.today(), "subject")


def dies(desk: Desk) -> object:
    values = given({}, day=desk.today().isoformat(), cause="Sepsis", known_from="Family")
    return enter(desk, "death", values)


@pytest.mark.parametrize("then", [withdraws, leaves, dies])
@pytest.mark.parametrize("days", [0, 3])
def test_what_came_after_the_arm_was_told_was_not_missing_then(ready: Study, then: Later, days: int) -> None:
    what = told(sit(ready))
    if days:
        at(ready, sit(ready).today() + timedelta(days=days))
    if days or then is withdraws:
        then(sit(ready))
    record(ready, what)
    assert lacking(ready) == []


def test_a_withdrawal_before_the_arm_was_told_was_missing_then(ready: Study) -> None:
    withdraws(sit(ready))
    ready.clock.advance(timedelta(minutes=30))
    record(ready, told(sit(ready)))
    assert lacking(ready) == [1]


@pytest.mark.parametrize("scope", ["treatment", "visits", "data"])
def test_a_row_is_refused_to_who_withdrew_what_it_needs(ready: Study, scope: str) -> None:
    desk = sit(ready)
    enter(desk, "withdrawal", given({**SCOPES, scope: "Y"}, day=desk.today()))
    with pytest.raises(RuleBroken, match=f"precondition.{scope}_withdrawn"):
        open_as(ready, "wu.min", roles.PI, 1)


def test_what_was_signed_only_after_the_arm_was_told_was_missing_then(trial: Study) -> None:
    register(trial)
    screen(trial, 1)
    baseline(trial, 1)
    what = told(sit(trial))
    trial.clock.advance(timedelta(minutes=10))
    judge(trial, 1)
    record(trial, what)
    assert lacking(trial) == [1]
    # Told only after the signature, as it proves, nothing was missing.
    desk = trial.sit("wu.min", roles.PI)
    correct(trial, desk, replace(facts_of(desk), told_at=desk.now() - timedelta(minutes=5)))
    assert lacking(trial) == []
    desk = trial.sit("wu.min", roles.PI)
    correct(trial, desk, replace(facts_of(desk), told_at=what.told_at))
    assert lacking(trial) == [1]


def test_an_arm_told_before_the_consent_of_its_day_had_none(trial: Study) -> None:
    what = told(sit(trial))
    trial.clock.advance(timedelta(minutes=10))
    register(trial)
    screen(trial, 1)
    judge(trial, 1)
    baseline(trial, 1)
    record(trial, what)
    (count,) = lacking(trial)
    assert count >= 2
