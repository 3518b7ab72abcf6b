from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.compliance import compliance, exposure
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose
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


def test_a_dose_outside_the_plan_is_exposure_and_not_compliance():
    extra = RecordedDose(99, "IL2", GIVEN, DAY_ONE, None, Decimal(2), "LEFT_THIGH")
    unknown = RecordedDose(100, "OTHER", GIVEN, DAY_ONE)
    doses = [*as_planned(3), extra, unknown]
    assert rows(doses, 7)["IL2", None].given == 3
    assert [(row.drug, row.doses, row.outside_plan, row.amount, row.amounts_unknown) for row in
            exposure(SLOTS, doses)] == [("IL2", 4, 1, 5, 0), ("OTHER", 1, 1, 0, 1)]  # fmt: skip


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
