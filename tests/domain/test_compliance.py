from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.compliance import compliance, exposure, percent
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, assign
from sle_desk.domain.schedule import (
    InfusionRules,
    InjectionRules,
    PlanRules,
    StageRules,
    Window,
    date_of,
    dose_slots,
)

DAY_ONE = date(2026, 9, 14)
SLOTS = dose_slots(
    DAY_ONE,
    PlanRules(
        InjectionRules(
            "IL2",
            StageRules("first", 42, 2, Window(1, 1)),
            StageRules("second", 12, 7, Window(2, 2)),
            "study_day",
            85,
        ),
        InfusionRules("BEL", "all", "28d", 6, Window(5, 5), every_days=28),
        (),
    ),
)
IL2 = [slot for slot in SLOTS if slot.drug == "IL2"]


def as_planned(last: int) -> list[RecordedDose]:
    return [RecordedDose(slot.number, "IL2", GIVEN, slot.planned_on, None, Decimal(1)) for slot in IL2[:last]]


def rows(doses: list[RecordedDose], day: int) -> dict:
    return {(row.drug, row.stage): row for row in compliance(SLOTS, doses, date_of(day, DAY_ONE))}


def test_on_day_71_thirty_four_of_thirty_five_past_doses_were_given_and_one_was_late():
    doses = as_planned(35)
    doses[20] = replace(doses[20], progress=MISSED, administered=None, answered_slot=21)
    doses[13] = replace(doses[13], on_day=date_of(28, DAY_ONE), answered_slot=14)
    found = rows(doses, 71)["IL2", "first"]
    assert (found.given, found.planned, found.missed, found.unrecorded) == (34, 35, 1, 0)
    assert found.on_planned_day == 33
    assert found.share == Fraction(34, 35)
    assert exposure(SLOTS, doses)[0].amount == 34


def test_the_dose_of_today_counts_from_tomorrow():
    assert rows(as_planned(36), 71)["IL2", "first"].share == Fraction(35, 35)
    assert rows(as_planned(36), 72)["IL2", "first"].planned == 36
    assert rows(as_planned(35), 72)["IL2", "first"].unrecorded == 1


def test_a_stage_that_has_not_begun_has_no_share():
    found = rows(as_planned(35), 71)
    assert found["IL2", "second"].share is None
    assert found["IL2", None].share == found["IL2", "first"].share
    assert found["BEL", None].planned == 3


def test_the_whole_course_has_three_figures_with_their_denominators():
    found = rows(as_planned(54), 170)
    assert {key: (row.given, row.planned) for key, row in found.items()} == {
        ("BEL", "all"): (0, 6),
        ("BEL", None): (0, 6),
        ("IL2", "first"): (42, 42),
        ("IL2", "second"): (12, 12),
        ("IL2", None): (54, 54),
    }


def test_a_dose_beyond_the_plan_counts_as_given_and_fills_no_planned_one():
    extra = RecordedDose(99, "IL2", GIVEN, DAY_ONE, None, Decimal(2), "LEFT_THIGH")
    unknown = RecordedDose(100, "OTHER", GIVEN, DAY_ONE)
    doses = [*as_planned(3), extra, unknown]
    whole = rows(doses, 7)["IL2", None]
    assert (whole.given, whole.beyond, whole.planned, whole.share) == (3, 1, 3, Fraction(4, 3))
    assert [(row.drug, row.doses, row.outside_plan, row.amount, row.amounts_unknown) for row in
            exposure(SLOTS, doses)] == [("IL2", 4, 1, 5, 0), ("OTHER", 1, 1, 0, 1)]  # fmt: skip


def test_twenty_doses_of_fifteen_planned_are_a_third_more_than_planned():
    doses = [RecordedDose(n, "IL2", GIVEN, date_of(n, DAY_ONE), None, Decimal(3)) for n in range(1, 21)]
    found = rows([*doses, *doses_twice(10)], 30)["IL2", "first"]
    assert (found.planned, found.given_in_all, found.share) == (15, 30, 2)
    found = rows(doses, 30)["IL2", "first"]
    assert (found.planned, found.given_in_all, found.share) == (15, 20, Fraction(4, 3))


def doses_twice(count: int) -> list[RecordedDose]:
    """Return second answers to the first planned doses: they contradict the first, and were given."""
    return [
        RecordedDose(900 + slot.number, "IL2", GIVEN, slot.planned_on, answered_slot=slot.number)
        for slot in IL2[:count]
    ]


@given(st.lists(st.integers(-3, 175), max_size=90), st.integers(1, 200))
def test_what_was_given_in_all_is_every_dose_but_those_for_days_to_come(days, day):
    doses = [RecordedDose(n, "IL2", GIVEN, DAY_ONE + timedelta(days=each)) for n, each in enumerate(days)]
    found, on = rows(doses, day), date_of(day, DAY_ONE)
    match = assign(IL2, doses)
    ahead = [dose for slot in IL2 if slot.planned_on >= on and (dose := match.record(slot))]
    of_past = [match.record(slot) for slot in IL2 if slot.planned_on < on]
    late = [dose for dose in of_past if dose is not None and dose.on_day >= on]
    before = [dose for dose in doses if dose.on_day < on]
    counted = len(before) - sum(dose.on_day < on for dose in ahead) + len(late)
    whole = found["IL2", None]
    assert whole.given_in_all == counted
    assert whole.planned == sum(slot.planned_on < on for slot in IL2)
    stages = [found["IL2", stage] for stage in ("first", "second")]
    assert sum(row.given_in_all for row in stages) == counted
    assert whole.share is None or whole.share * whole.planned == counted


@given(st.integers(0, 300), st.integers(1, 108))
def test_a_percentage_lies_on_the_same_side_of_every_whole_limit_as_the_share_itself(given_, planned):
    shown, exact = Fraction(percent(Fraction(given_, planned))), Fraction(given_ * 100, planned)
    assert abs(shown - exact) <= Fraction(1, 20)
    for limit in range(301):
        assert (shown < limit) == (exact < limit) and (shown > limit) == (exact > limit)


def test_forty_three_of_fifty_four_reads_as_below_eighty():
    assert percent(Fraction(43, 54)) == "79.6"
    assert [percent(Fraction(*each)) for each in ((4, 5), (1, 3), (4, 3), (0, 1), (13, 8))] == [
        "80", "33.3", "133.3", "0", "162.5",
    ]  # fmt: skip
    assert percent(Fraction(7996, 10000)) == "79.96" and percent(Fraction(12004, 10000)) == "120.04"


@given(st.lists(st.sampled_from([GIVEN, MISSED, None]), min_size=54, max_size=54), st.integers(1, 200))
def test_given_missed_and_unrecorded_always_add_up_to_planned(progress, day):
    doses = [
        RecordedDose(slot.number, "IL2", said, slot.planned_on, None, Decimal(1), "", slot.number)
        for slot, said in zip(IL2, progress, strict=True)
        if said
    ]
    found = rows(doses, day)
    past = [said for slot, said in zip(IL2, progress, strict=True) if slot.planned_on < date_of(day, DAY_ONE)]
    whole = found["IL2", None]
    assert (whole.planned, whole.given, whole.missed, whole.unrecorded) == (
        len(past), past.count(GIVEN), past.count(MISSED), past.count(None),
    )  # fmt: skip
    for name in ("planned", "given", "missed", "on_planned_day"):
        stages = getattr(found["IL2", "first"], name) + getattr(found["IL2", "second"], name)
        assert stages == getattr(whole, name)
