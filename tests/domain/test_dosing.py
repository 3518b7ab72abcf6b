from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_by_weight import DoseRounding, dose_sum, prescribed_dose, volume_ml
from sle_desk.domain.dose_ends import DoseEnds
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose
from sle_desk.domain.dosing import (
    DoseFacts,
    DoseThresholds,
    PlannedDose,
    deviations,
)
from sle_desk.domain.schedule import Slot

TEN = Decimal(10)
STOCKED = (Decimal(120), Decimal(400))
DAY = date(2026, 11, 9)
NOON = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
SLOT = Slot("BEL", 3, "all", DAY, DAY - timedelta(days=5), DAY + timedelta(days=5))
PLANNED = PlannedDose("BEL", SLOT, Decimal(564), "mg", by_weight=True, weighed_on=DAY)
AS_PLANNED = RecordedDose(3, "BEL", GIVEN, DAY, NOON, Decimal(564), "LEFT_ARM")
LIMITS = DoseThresholds(Decimal(5), Decimal(10), Decimal(2), 7)
FACTS = DoseFacts(
    arm_drugs=frozenset({"BEL", "IL2"}),
    allocated_at=NOON - timedelta(days=56),
    consented_on=DAY - timedelta(days=70),
    consented_at=NOON - timedelta(days=70),
    eligible=True,
    delegated=True,
)


def found(planned=PLANNED, given=AS_PLANNED, limits=LIMITS, facts=FACTS) -> dict[str, str]:
    return {one.code: one.severity for one in deviations(planned, given, limits, facts)}


def given_mg(amount: str) -> RecordedDose:
    return replace(AS_PLANNED, administered=Decimal(amount))


def test_the_sum_stands_as_data():
    made = dose_sum(prescribed_dose(TEN, Decimal("61.2")), STOCKED, Decimal(80))
    assert (made.prescribed.per_kg, made.prescribed.weight_kg, made.prescribed.dose) == (
        10,
        Decimal("61.2"),
        612,
    )
    assert made.vials.least_waste.counts == ((Decimal(400), 1), (Decimal(120), 2))
    assert (made.vials.least_waste.total, made.vials.least_waste.left_over) == (640, 28)
    assert made.volume_ml == Decimal("7.65")


def test_a_dose_is_rounded_only_by_a_rule_and_the_exact_product_stays():
    assert prescribed_dose(TEN, Decimal("56.43")).dose == Decimal("564.3")
    dose = prescribed_dose(TEN, Decimal("56.45"), DoseRounding(Decimal(1), "nearest"))
    assert (dose.exact, dose.dose) == (Decimal("564.5"), 565)


@pytest.mark.parametrize(
    ("rule", "step", "dose"),
    [("nearest", "1", 564), ("up", "1", 565), ("down", "1", 564), ("nearest", "10", 560), ("up", "20", 580)],
)
def test_each_rounding_rule_does_what_it_says(rule, step, dose):
    assert prescribed_dose(TEN, Decimal("56.43"), DoseRounding(Decimal(step), rule)).dose == dose


@pytest.mark.parametrize(("rule", "step"), [("even", "1"), ("nearest", "0")])
def test_a_rounding_rule_nobody_knows_is_refused(rule, step):
    with pytest.raises(RuleBroken, match=r"dose\.rounding"):
        prescribed_dose(TEN, Decimal(60), DoseRounding(Decimal(step), rule))


@pytest.mark.parametrize(("per_kg", "weight"), [("10", "0"), ("10", "-60"), ("0", "60")])
def test_a_dose_is_not_planned_on_an_impossible_weight(per_kg, weight):
    with pytest.raises(RuleBroken, match=r"dose\.weight"):
        prescribed_dose(Decimal(per_kg), Decimal(weight))


@given(st.decimals("30", "150", places=1))
def test_dose_and_volume_are_exact_for_every_weight(weight):
    dose = prescribed_dose(TEN, weight)
    assert dose.dose == dose.exact == 10 * weight
    assert volume_ml(dose.dose, Decimal(80)) * 80 == dose.dose


def test_a_dose_given_as_planned_shows_nothing():
    assert deviations(PLANNED, AS_PLANNED, LIMITS, FACTS) == ()


@pytest.mark.parametrize(
    ("amount", "code", "severity"),
    [
        ("564", None, None),
        ("592.2", None, None),
        ("592.21", "dose.amount_reason", "reason"),
        ("535.8", None, None),
        ("535.79", "dose.amount_reason", "reason"),
        ("620.4", "dose.amount_reason", "reason"),
        ("620.41", "dose.amount", "minor"),
        ("507.6", "dose.amount_reason", "reason"),
        ("507.59", "dose.amount", "minor"),
        ("1127.99", "dose.amount", "minor"),
        ("1128", "dose.amount_fold", "major"),
        ("282.01", "dose.amount", "minor"),
        ("282", "dose.amount_fold", "major"),
        ("0", "dose.amount_fold", "major"),
    ],
)
def test_an_amount_asks_a_reason_above_5_percent_and_is_a_deviation_above_10(amount, code, severity):
    assert found(given=given_mg(amount)) == ({code: severity} if code else {})


def test_only_a_twofold_dose_or_a_second_one_asks_in_a_dialog():
    twofold = deviations(PLANNED, given_mg("1128"), LIMITS, FACTS)
    assert [one.ask_again for one in twofold] == [True]
    eleven_percent = deviations(PLANNED, given_mg("640"), LIMITS, FACTS)
    assert [one.ask_again for one in eleven_percent] == [False]
    assert eleven_percent[0].facts == {
        "planned": Decimal(564), "given": Decimal(640), "unit": "mg", "limit": Decimal(10),
    }  # fmt: skip


def test_a_reason_and_a_warning_are_no_deviations():
    kinds = {
        one.code: one.is_deviation
        for amount in ("600", "640", "1200")
        for one in deviations(PLANNED, given_mg(amount), LIMITS, FACTS)
    }
    assert kinds == {"dose.amount_reason": False, "dose.amount": True, "dose.amount_fold": True}


def test_thresholds_are_those_that_were_decided():
    wider = replace(LIMITS, reason_percent=Decimal(15), deviation_percent=Decimal(20))
    assert found(given=given_mg("640"), limits=wider) == {}


@pytest.mark.parametrize("name", ["reason_percent", "deviation_percent", "fold"])
def test_an_amount_is_not_judged_while_a_threshold_is_open(name):
    open_limits = replace(LIMITS, **{name: None})
    assert found(given=given_mg("640"), limits=open_limits) == {"dose.amount_rule_open": "warning"}
    assert found(limits=open_limits) == {}


def test_an_amount_nobody_knows_is_a_warning():
    assert found(given=replace(AS_PLANNED, administered=None)) == {"dose.amount_unknown": "warning"}
    assert found(planned=replace(PLANNED, amount=None)) == {"dose.amount_unplanned": "warning"}
    assert found(planned=replace(PLANNED, amount=Decimal(0))) == {"dose.amount_unplanned": "warning"}


@pytest.mark.parametrize(("age", "codes"), [(0, {}), (7, {}), (8, {"dose.old_weight": "minor"})])
def test_a_weight_older_than_the_rule_is_a_deviation(age, codes):
    assert found(planned=replace(PLANNED, weighed_on=DAY - timedelta(days=age))) == codes


def test_a_weight_taken_after_the_dose_or_not_at_all_is_a_deviation():
    assert found(planned=replace(PLANNED, weighed_on=DAY + timedelta(days=1))) == {"dose.old_weight": "minor"}
    assert found(planned=replace(PLANNED, weighed_on=None)) == {"dose.no_weight": "minor"}
    assert found(planned=replace(PLANNED, weighed_on=None, by_weight=False)) == {}


def test_an_older_weight_is_not_judged_while_its_rule_is_open():
    open_limits = replace(LIMITS, weight_days=None)
    older = replace(PLANNED, weighed_on=DAY - timedelta(days=30))
    assert found(planned=older, limits=open_limits) == {"dose.weight_rule_open": "warning"}
    assert found(limits=open_limits) == {}


@pytest.mark.parametrize(("days", "outside"), [(-6, True), (-5, False), (5, False), (6, True)])
def test_a_dose_outside_its_window_is_a_deviation(days, outside):
    on = DAY + timedelta(days=days)
    late = replace(AS_PLANNED, on_day=on, started_at=NOON + timedelta(days=days))
    planned = replace(PLANNED, weighed_on=on)
    assert found(planned, late) == ({"dose.outside_window": "minor"} if outside else {})


def test_a_dose_that_belongs_to_no_slot_is_a_deviation():
    assert found(planned=replace(PLANNED, slot=None)) == {"dose.outside_plan": "minor"}


def test_a_missed_dose_is_a_deviation():
    missed = replace(AS_PLANNED, progress=MISSED, administered=None, answered_slot=3)
    (only,) = deviations(PLANNED, missed, LIMITS, FACTS)
    assert (only.code, only.severity, dict(only.facts)) == ("dose.missed", "minor", {"number": 3, "on": DAY})


def test_a_drug_of_another_arm_is_a_major_deviation_whatever_its_amount():
    facts = replace(FACTS, arm_drugs=frozenset({"IL2"}))
    assert found(given=given_mg("5000"), facts=facts) == {"dose.off_arm": "major"}


def test_a_dose_before_the_arm_was_opened_is_a_major_deviation():
    assert found(facts=replace(FACTS, arm_drugs=None, allocated_at=None)) == {
        "dose.before_allocation": "major"
    }
    later = replace(FACTS, allocated_at=NOON + timedelta(minutes=1))
    assert found(facts=later) == {"dose.before_allocation": "major"}
    assert found(facts=replace(FACTS, allocated_at=NOON)) == {}
    untimed = replace(AS_PLANNED, started_at=None)
    assert found(given=untimed, facts=later) == {}
    assert found(given=untimed, facts=replace(FACTS, allocated_at=NOON + timedelta(days=1))) == {
        "dose.before_allocation": "major"
    }


@pytest.mark.parametrize(
    ("consented_on", "consented_at", "codes"),
    [
        (None, None, {"dose.no_consent": "major"}),
        (DAY + timedelta(days=1), NOON + timedelta(days=1), {"dose.before_consent": "major"}),
        (DAY, NOON + timedelta(minutes=1), {"dose.before_consent": "major"}),
        (DAY, NOON, {}),
        (DAY, None, {"dose.consent_order_unknown": "warning"}),
        (DAY - timedelta(days=1), None, {}),
    ],
)
def test_a_dose_before_consent_is_a_major_deviation(consented_on, consented_at, codes):
    facts = replace(FACTS, consented_on=consented_on, consented_at=consented_at)
    assert found(facts=facts) == codes


def test_a_dose_to_somebody_ineligible_by_somebody_not_delegated_or_after_a_stop_is_shown():
    assert found(facts=replace(FACTS, eligible=False)) == {"dose.ineligible": "major"}
    assert found(facts=replace(FACTS, delegated=False)) == {"dose.not_delegated": "minor"}
    assert found(facts=replace(FACTS, eligible=None, delegated=None)) == {}
    assert found(facts=replace(FACTS, ends=DoseEnds(DAY - timedelta(days=1)))) == {"dose.after_stop": "major"}
    assert found(facts=replace(FACTS, ends=DoseEnds(DAY))) == {}
    # The drug of who left was not stopped: the subject left.
    left = DoseEnds(DAY - timedelta(days=1), left_on=DAY - timedelta(days=1))
    assert found(facts=replace(FACTS, ends=left)) == {"dose.after_leaving": "major"}
    stopped_first = replace(left, left_on=DAY)
    assert found(facts=replace(FACTS, ends=stopped_first)) == {"dose.after_stop": "major"}


@pytest.mark.parametrize(
    ("seconds", "dosed", "late"),
    [(-1, True, True), (0, True, False), (1, True, False), (59, False, True), (60, False, False)],
)
def test_on_the_day_of_its_stop_a_dose_is_late_once_the_stop_had_been_recorded(seconds, dosed, late):
    told_at = NOON + timedelta(seconds=seconds)
    ends = DoseEnds(stopped_on=DAY, stop_told_at=told_at, dosed_before=dosed)
    assert found(facts=replace(FACTS, ends=ends)) == ({"dose.after_stop": "major"} if late else {})
    ends = DoseEnds(withdrawn_on=DAY, withdrawal_told_at=told_at, dosed_before=dosed)
    assert found(facts=replace(FACTS, ends=ends)) == ({"dose.after_withdrawal": "major"} if late else {})


def test_a_second_dose_of_the_drug_on_one_day_is_a_major_deviation_and_asks():
    first = RecordedDose(2, "BEL", GIVEN, DAY, NOON - timedelta(hours=3), Decimal(564), "RIGHT_ARM")
    (only,) = deviations(PLANNED, AS_PLANNED, LIMITS, replace(FACTS, others=(first,)))
    assert (only.code, only.severity, only.ask_again, only.facts["number"]) == (
        "dose.second_on_day", "major", True, 2,
    )  # fmt: skip
    for other in (
        replace(first, drug="IL2"),
        replace(first, progress=MISSED),
        replace(first, on_day=DAY - timedelta(days=1)),
        replace(first, key=AS_PLANNED.key),
    ):
        assert found(facts=replace(FACTS, others=(other,))) == {}


def test_the_site_of_the_last_dose_is_a_warning_and_an_earlier_one_is_not():
    def before(key: int, days: int, site: str) -> RecordedDose:
        on = DAY - timedelta(days=days)
        return RecordedDose(key, "BEL", GIVEN, on, NOON - timedelta(days=days), Decimal(564), site)

    same = (before(1, 4, "RIGHT_ARM"), before(2, 2, "LEFT_ARM"))
    assert found(facts=replace(FACTS, others=same)) == {"dose.same_site": "warning"}
    other = (before(1, 4, "LEFT_ARM"), before(2, 2, "RIGHT_ARM"))
    assert found(facts=replace(FACTS, others=other)) == {}
    later = (before(1, -2, "LEFT_ARM"),)
    assert found(facts=replace(FACTS, others=later)) == {}


GAPS = replace(LIMITS, shortest_gap=timedelta(hours=24), longest_gap=timedelta(hours=72))


def with_gap(hours: float, timed: bool = True, missed_day: int | None = None) -> dict[str, str]:
    """Return what a dose shows that follows another by so many hours, or by days where times are unknown."""
    before = NOON - timedelta(hours=hours)
    other = RecordedDose(1, "BEL", GIVEN, before.date(), before if timed else None, Decimal(564))
    others = [other]
    if missed_day is not None:
        on = DAY - timedelta(days=missed_day)
        others.append(RecordedDose(2, "BEL", MISSED, on, answered_slot=2))
    given_dose = AS_PLANNED if timed else replace(AS_PLANNED, started_at=None)
    return found(given=given_dose, limits=GAPS, facts=replace(FACTS, others=tuple(others)))


@pytest.mark.parametrize(
    ("hours", "codes"),
    [
        (23.9, {"dose.gap_short": "minor"}),
        (24, {}),
        (48, {}),
        (72, {}),
        (72.1, {"dose.gap_long": "minor"}),
    ],
)
def test_a_gap_shorter_or_longer_than_decided_is_a_deviation(hours, codes):
    assert with_gap(hours) == codes


@pytest.mark.parametrize(("days", "codes"), [(1, {}), (3, {}), (4, {}), (5, {"dose.gap_long": "minor"})])
def test_where_times_are_unknown_only_a_gap_that_is_surely_too_long_is_shown(days, codes):
    assert with_gap(days * 24, timed=False) == codes


def test_a_missed_dose_in_between_explains_a_long_gap():
    assert with_gap(96) == {"dose.gap_long": "minor"}
    assert with_gap(96, missed_day=2) == {}
    for outside in (0, 4, 6):
        assert with_gap(96, missed_day=outside) == {"dose.gap_long": "minor"}


def test_one_known_time_of_two_says_no_more_than_the_days():
    before = RecordedDose(1, "BEL", GIVEN, DAY - timedelta(days=4), None, Decimal(564))
    assert found(limits=GAPS, facts=replace(FACTS, others=(before,))) == {}
    timed = replace(before, started_at=NOON - timedelta(days=4))
    untimed = replace(AS_PLANNED, started_at=None)
    assert found(given=untimed, limits=GAPS, facts=replace(FACTS, others=(timed,))) == {}


def test_a_stage_without_a_rule_for_gaps_shows_none():
    other = RecordedDose(1, "BEL", GIVEN, DAY - timedelta(days=9), NOON - timedelta(days=9), Decimal(564))
    assert found(facts=replace(FACTS, others=(other,))) == {}


def test_everything_at_once_is_recordable_and_shown_together():
    wrong = RecordedDose(9, "BEL", GIVEN, DAY - timedelta(days=90), None, Decimal(5640), "LEFT_ARM")
    facts = replace(
        FACTS, arm_drugs=frozenset({"BEL"}), allocated_at=NOON, eligible=False, delegated=False,
        ends=DoseEnds(DAY - timedelta(days=91)), others=(replace(wrong, key=8),),
    )  # fmt: skip
    assert set(found(replace(PLANNED, weighed_on=None), wrong, LIMITS, facts)) == {
        "dose.before_allocation", "dose.ineligible", "dose.after_stop", "dose.not_delegated",
        "dose.before_consent", "dose.outside_window", "dose.amount_fold", "dose.no_weight",
        "dose.second_on_day", "dose.same_site",
    }  # fmt: skip


@given(
    st.builds(
        RecordedDose,
        key=st.just(1),
        drug=st.sampled_from(["BEL", "IL2", "OTHER"]),
        progress=st.sampled_from([GIVEN, MISSED]),
        on_day=st.dates(),
        started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        administered=st.none() | st.decimals(0, 10**9, places=3),
        site=st.sampled_from(["", "LEFT_ARM"]),
        answered_slot=st.none() | st.integers(1, 60),
    ),
    st.builds(
        DoseFacts,
        arm_drugs=st.none() | st.frozensets(st.sampled_from(["BEL", "IL2"])),
        allocated_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        consented_on=st.none() | st.dates(),
        consented_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        eligible=st.none() | st.booleans(),
        delegated=st.none() | st.booleans(),
        ends=st.builds(DoseEnds, stopped_on=st.none() | st.dates()),
    ),
    st.builds(
        DoseThresholds,
        reason_percent=st.none() | st.decimals(0, 100, places=1),
        deviation_percent=st.none() | st.decimals(0, 100, places=1),
        fold=st.none() | st.decimals("1.1", "10", places=1),
        weight_days=st.none() | st.integers(0, 60),
    ),
    st.booleans(),
)
def test_whatever_happened_can_be_recorded(given_dose, facts, limits, planned_at_all):
    planned = PLANNED if planned_at_all else PlannedDose(given_dose.drug, None, None, "mg")
    for one in deviations(planned, given_dose, limits, facts):
        assert one.severity in ("warning", "reason", "minor", "major")
