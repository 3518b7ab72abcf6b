"""A dose prescribed otherwise than by weight: judged however it was recorded, and again when corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import infuse, prepared
from study_fixtures import Study
from trial_fixtures import WEIGHT, arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.services import deviations, dose_corrections, dose_log, infusions, preparing
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose, VialUse

__all__ = ["arms", "made_arms", "made_trial", "trial"]

BELIMUMAB = 2
FOLD, PRESCRIBED = ("dose.prescribed_fold", "major"), ("dose.prescribed", "minor")


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def given(desk: Desk, amount: int) -> GivenDose:
    now = desk.now()
    return GivenDose(
        BELIMUMAB,
        "BEL",
        desk.today(),
        now,
        now,
        observed_until=now,
        administered=Decimal(amount),
        reaction="none",
        place="ward",
    )


def codes(desk: Desk) -> set[tuple[str, str]]:
    return {(row.code, row.severity) for row in deviations.deviations(desk, BELIMUMAB)}


@pytest.mark.parametrize("amount", [1224, 300])
def test_a_double_or_half_order_told_after_the_act_takes_a_reason_and_is_a_major_deviation(
    arms: Study, amount: int
) -> None:
    desk = nurse(arms)
    told = replace(given(desk, amount), weight=WEIGHT, weight_day=desk.today(), prescribed=Decimal(amount))
    shown = infusions.preview_giving(desk, told, None)
    assert [each.code for each in shown.findings if each.ask_again] == [FOLD[0]]
    with pytest.raises(RuleBroken, match="reason_needed"):
        infusions.give_infusion(desk, told)
    infusions.give_infusion(desk, replace(told, reason="doctor"))
    assert codes(desk) == {FOLD}


def test_a_double_order_prepared_with_its_reason_is_a_deviation_once_it_was_given(arms: Study) -> None:
    desk = nurse(arms)
    vials = (VialUse("C1", Decimal(400), 3), VialUse("C2", Decimal(120), 1))
    made = prepared(desk, BELIMUMAB, prescribed=Decimal(1224), reason="doctor", vials=vials)
    row = preparing.prepare_infusion(desk, made)
    assert codes(desk) == set()
    infusions.give_infusion(desk, given(desk, 1224), row.id, row.version)
    assert codes(desk) == {FOLD}


def test_an_order_is_judged_again_when_its_weight_or_the_order_is_put_right(arms: Study) -> None:
    desk = nurse(arms)
    infuse(arms, desk, BELIMUMAB)
    (row,) = dose_log.doses(desk, BELIMUMAB)
    assert codes(desk) == set()
    arms.clock.advance(timedelta(minutes=5))
    other = {"weight": Decimal("71.2"), "reason": "doctor"}
    dose_corrections.correct_dose(desk, row.id, other, "slip", row.version)
    assert PRESCRIBED in codes(desk)
    (row,) = dose_log.doses(desk, BELIMUMAB)
    right = {"prescribed": Decimal(712), "administered": Decimal(712)}
    dose_corrections.correct_dose(desk, row.id, right, "slip", row.version)
    assert PRESCRIBED not in codes(desk)
