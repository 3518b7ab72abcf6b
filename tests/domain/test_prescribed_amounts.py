"""What was prescribed beside the dose by weight, and what was given beside both."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sle_desk.domain.dose_matching import GIVEN, RecordedDose
from sle_desk.domain.dosing import Bag, DoseFacts, DoseThresholds, PlannedDose, deviations, residual_differs
from sle_desk.domain.schedule import Slot

BY_WEIGHT = Decimal(600)
DAY, NOON = date(2026, 11, 9), datetime(2026, 11, 9, 12, tzinfo=UTC)
SLOT = Slot("BEL", 3, "all", DAY, DAY - timedelta(days=5), DAY + timedelta(days=5))
LIMITS = DoseThresholds(Decimal(5), Decimal(10), Decimal(2), 7)
EARLIER = timedelta(days=56)
FACTS = DoseFacts(
    frozenset({"BEL"}), NOON - EARLIER, DAY - EARLIER, NOON - EARLIER, eligible=True, delegated=True
)


def found(prescribed, administered, limits=LIMITS, computed=BY_WEIGHT):
    planned = PlannedDose(
        "BEL", SLOT, Decimal(prescribed), "mg", by_weight=True, weighed_on=DAY, computed=computed
    )
    dose = RecordedDose(3, "BEL", GIVEN, DAY, NOON, Decimal(administered))
    return deviations(planned, dose, limits, FACTS)


@pytest.mark.parametrize(
    ("prescribed", "code", "severity"),
    [
        ("600", None, None),
        ("630", None, None),
        ("570", None, None),
        ("630.01", "dose.prescribed_reason", "reason"),
        ("569.99", "dose.prescribed_reason", "reason"),
        ("660", "dose.prescribed_reason", "reason"),
        ("660.01", "dose.prescribed", "minor"),
        ("539.99", "dose.prescribed", "minor"),
        ("1199.99", "dose.prescribed", "minor"),
        ("1200", "dose.prescribed_fold", "major"),
        ("300", "dose.prescribed_fold", "major"),
    ],
)
def test_an_order_that_is_not_the_dose_by_weight_is_told_once_though_it_was_given_as_ordered(
    prescribed, code, severity
):
    shown = found(prescribed, prescribed)
    assert [(one.code, one.severity) for one in shown] == ([(code, severity)] if code else [])
    assert [one.ask_again for one in shown] == ([severity == "major"] if code else [])


def test_the_order_and_the_sum_stand_in_the_finding():
    (one,) = found(1224, 1224)
    assert one.facts == {"computed": 600, "prescribed": 1224, "unit": "mg", "limit": 2}


def test_an_order_and_its_giving_within_the_limits_are_told_where_both_together_pass_them():
    assert [(one.code, one.facts["planned"]) for one in found(630, 661)] == [("dose.amount", 600)]
    assert [one.code for one in found(630, 660)] == ["dose.amount_reason"]
    assert found(630, 600) == ()


def test_what_was_not_given_as_ordered_is_told_though_it_is_the_dose_by_weight():
    assert [one.code for one in found(300, 600)] == ["dose.prescribed_fold", "dose.amount_fold"]


def test_without_a_weight_the_order_is_compared_with_nothing():
    assert found(1224, 1224, computed=None) == ()


@pytest.mark.parametrize("name", ["reason_percent", "deviation_percent", "fold"])
def test_an_order_is_not_judged_while_a_threshold_is_open(name):
    shown = found(1224, 1224, limits=replace(LIMITS, **{name: None}))
    assert [(one.code, one.severity) for one in shown] == [("dose.prescribed_rule_open", "warning")]


@given(some.integers(1, 3000), some.integers(1, 3000))
def test_a_dose_far_from_that_by_weight_never_passes_unseen(prescribed, administered):
    """Whatever was ordered, a dose more than 10 % off the sum is a proposed deviation."""
    far = abs(administered - BY_WEIGHT) * 100 > 10 * BY_WEIGHT
    shown = found(prescribed, administered)
    assert any(one.is_deviation for one in shown) or not far


@pytest.mark.parametrize(
    ("left", "administered", "severity", "again"),
    [
        (None, 600, None, None),
        (0, 600, None, None),
        (10, 600, None, None),
        (20, 600, "reason", False),
        (20, 552, None, None),
        (125, 600, "reason", True),
        (125, 300, None, None),
        (250, 600, "reason", True),
        (0, 300, "reason", True),
    ],
)
def test_what_was_left_in_the_bag_and_contradicts_the_amount_is_asked_about(
    left, administered, severity, again
):
    planned = PlannedDose("BEL", SLOT, BY_WEIGHT, "mg", by_weight=True, weighed_on=DAY, computed=BY_WEIGHT)
    dose = RecordedDose(3, "BEL", GIVEN, DAY, NOON, Decimal(administered))
    bag = Bag(Decimal(250), None if left is None else Decimal(left))
    shown = list(residual_differs(planned, dose, bag, LIMITS))
    assert [(one.code, one.severity, one.ask_again) for one in shown] == (
        [("dose.residual_differs", severity, again)] if severity else []
    )
    open_limits = residual_differs(planned, dose, bag, replace(LIMITS, fold=None))
    assert {one.severity for one in open_limits} <= {"warning"}
