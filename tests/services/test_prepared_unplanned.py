"""An infusion prepared while none is planned: asked before the act, and a deviation once it was given."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, infuse, prepared
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.services import deviations, infusions, preparing
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose

__all__ = ["arms", "made_arms", "made_trial", "trial"]

TODAY, BELIMUMAB = date(2026, 11, 23), 2


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def give(desk: Desk, dose_id: int) -> None:
    now = desk.now()
    given = GivenDose(
        BELIMUMAB,
        "BEL",
        desk.today(),
        now,
        now,
        now,
        administered=Decimal(612),
        reaction="none",
        place="ward",
    )
    infusions.give_infusion(desk, given, dose_id)


@pytest.mark.parametrize(
    ("days", "code", "shown"),
    [
        (0, "prepare.given_today", "dose.second_on_day"),
        (10, "prepare.not_planned_yet", "dose.outside_plan"),
        (22, "prepare.not_planned_yet", "dose.outside_plan"),
        (200, "prepare.not_planned", "dose.outside_plan"),
    ],
)
def test_a_bag_that_is_not_planned_is_asked_about_and_given_it_is_a_deviation(
    arms: Study, days: int, code: str, shown: str
) -> None:
    infuse(arms, nurse(arms), BELIMUMAB)
    if days:
        at(arms, TODAY + timedelta(days=days), "09:00")
    desk = nurse(arms)
    before = desk.head()
    with pytest.raises(RuleBroken) as refused:
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))
    assert refused.value.code == code
    assert desk.head() == before
    row = preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, reason="doctor"))
    # What the reason was said for is not asked again, and is proposed once it happened.
    give(desk, row.id)
    assert shown in {each.code for each in deviations.deviations(desk, BELIMUMAB)}


@pytest.mark.parametrize("days", [23, 28, 33])
def test_in_the_window_of_a_planned_infusion_nothing_is_asked(arms: Study, days: int) -> None:
    infuse(arms, nurse(arms), BELIMUMAB)
    at(arms, TODAY + timedelta(days=days), "09:00")
    desk = nurse(arms)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))


def test_the_first_infusion_is_planned_whenever_it_comes(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=9), "09:00")
    desk = nurse(arms)
    preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB))


def test_a_planned_dose_named_outside_its_window_is_asked_about_too(arms: Study) -> None:
    infuse(arms, nurse(arms), BELIMUMAB)
    at(arms, TODAY + timedelta(days=15), "09:00")
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match="prepare.not_planned_yet"):
        preparing.prepare_infusion(desk, prepared(desk, BELIMUMAB, answered_slot=2))
