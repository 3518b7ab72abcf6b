"""Injection days counted from the dose before them: a late dose moves what is to come, nothing the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as some

from sle_desk.domain.dose_anchoring import slots_as_given
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, assign
from sle_desk.domain.schedule import (
    InfusionRules,
    InjectionRules,
    PlanRules,
    Slot,
    StageRules,
    Window,
    dose_slots,
)

DAY_ONE = date(2026, 9, 14)
INJECTIONS = InjectionRules(
    "IL2",
    StageRules("first", 42, 2, Window(1, 1)),
    StageRules("second", 12, 7, Window(2, 2)),
    "after_first_stage",
    85,
    counted_from="last_dose",
)
INFUSIONS = InfusionRules("BEL", "all", "28d", 6, Window(5, 5), every_days=28)
RULES = PlanRules(INJECTIONS, INFUSIONS, ())
STEPS = [2] * 41 + [7] * 12


def dose(key: int, day: int, progress: str = GIVEN, answered: int | None = None) -> RecordedDose:
    return RecordedDose(key, "IL2", progress, DAY_ONE + timedelta(days=day), None, None, "", answered)


def as_given(*doses: RecordedDose, rules: PlanRules = RULES) -> tuple[Slot, ...]:
    planned = slots_as_given(DAY_ONE, rules, doses, {}, DAY_ONE)
    return tuple(slot for slot in planned if slot.drug == "IL2")


def days(*doses: RecordedDose) -> list[int]:
    return [(slot.planned_on - DAY_ONE).days for slot in as_given(*doses)]


def test_without_doses_the_plan_is_that_from_day_1() -> None:
    assert days() == [0, *accumulate(STEPS)]
    assert slots_as_given(DAY_ONE, RULES, (), {}, DAY_ONE) == dose_slots(DAY_ONE, RULES)


def test_a_late_dose_moves_those_after_it_and_no_infusion() -> None:
    assert days(dose(1, 0), dose(2, 3))[:4] == [0, 2, 5, 7]
    planned = slots_as_given(DAY_ONE, RULES, (dose(1, 0), dose(2, 3)), {}, DAY_ONE)
    infusions = [slot for slot in planned if slot.drug == "BEL"]
    assert infusions == [slot for slot in dose_slots(DAY_ONE, RULES) if slot.drug == "BEL"]
    assert [slot.planned_on for slot in planned] == sorted(slot.planned_on for slot in planned)


def test_counted_from_day_1_no_dose_moves_another() -> None:
    rules = replace(RULES, injections=replace(INJECTIONS, counted_from="day_1"))
    assert as_given(dose(1, 0), dose(2, 3), rules=rules) == as_given(rules=rules)


def test_a_missed_dose_is_not_made_up_and_moves_nothing() -> None:
    assert days(dose(1, 0), dose(2, 2, MISSED, 2))[:4] == [0, 2, 4, 6]


def test_a_dose_that_belongs_to_no_slot_moves_nothing() -> None:
    assert days(dose(1, 0), dose(2, 0))[:3] == [0, 2, 4]


def test_the_weekly_stage_begins_a_week_after_the_last_dose_of_the_first() -> None:
    late = [dose(number, 2 * number - 2, GIVEN, number) for number in range(1, 42)]
    assert days(*late, dose(42, 83))[40:44] == [80, 82, 90, 97]


def test_a_dose_long_after_its_day_leaves_the_days_that_were_past_by_then() -> None:
    # Days 8 to 18 in another hospital; the dose of day 20 is told to be the fifth.
    given_before = [dose(number, 2 * number - 2) for number in range(1, 5)]
    found = days(*given_before, dose(5, 19, GIVEN, 5))
    assert found[:10] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert found[10:12] == [21, 23]


OFFSETS = some.lists(some.sampled_from([-1, 0, 1, None]), min_size=54, max_size=54)


@given(some.dates(date(2020, 1, 1), date(2050, 1, 1)), OFFSETS)
def test_every_day_is_its_step_after_the_dose_before_it(start: date, offsets: list[int | None]) -> None:
    # Day 1 is the first dose; None stands for a dose that was missed, and is not made up.
    expected, doses = [start.toordinal()], []
    for number, offset in enumerate([0, *offsets[1:]], 1):
        on = expected[-1] + (offset or 0)
        missed = offset is None
        day = date.fromordinal(on)
        doses.append(
            RecordedDose(
                number, "IL2", MISSED if missed else GIVEN, day, answered_slot=number if missed else None
            )
        )
        expected.append(on + (2 if number < 42 else 7))
    slots = [slot for slot in slots_as_given(start, RULES, doses, {}, start) if slot.drug == "IL2"]
    assert [slot.planned_on.toordinal() for slot in slots] == expected[:-1]
    assert {key: record.key for key, record in assign(slots, doses).filled.items()} == {
        ("IL2", number): number for number in range(1, 55)
    }


SOME_DOSES = some.builds(
    dose,
    some.integers(1, 10_000),
    some.integers(0, 190),
    some.sampled_from([GIVEN, GIVEN, GIVEN, MISSED, "prepared"]),
    some.one_of(some.none(), some.integers(1, 60)),
)
RECORDS = some.lists(SOME_DOSES, max_size=30, unique_by=lambda record: record.key)


@given(RECORDS, some.integers(0, 190), some.one_of(some.none(), some.integers(1, 60)))
def test_no_dose_moves_a_day_before_its_own(
    doses: list[RecordedDose], day: int, answered: int | None
) -> None:
    before = as_given(*doses)
    if ("IL2", answered) in assign(before, doses).filled:
        # Nobody is asked about a slot that another dose fills.
        answered = None
    one = dose(0, day, GIVEN, answered)
    for was, slot in zip(before, as_given(*doses, one), strict=True):
        if min(was.planned_on, slot.planned_on) < one.on_day:
            assert slot == was


@given(RECORDS, some.randoms(use_true_random=False))
def test_neither_days_nor_slots_depend_on_the_order_of_entry(
    doses: list[RecordedDose], chance: object
) -> None:
    mixed = list(doses)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert as_given(*mixed) == as_given(*doses)
    assert assign(as_given(*mixed), mixed).filled == assign(as_given(*doses), doses).filled


@given(RECORDS, some.data())
def test_neither_days_nor_slots_depend_on_the_day_that_a_miss_was_told_of(
    doses: list[RecordedDose], chance: some.DataObject
) -> None:
    told: dict[int | None, RecordedDose] = {each.answered_slot: each for each in doses}
    once = [each for each in doses if each.progress != MISSED or told[each.answered_slot] is each]
    moved = [
        replace(each, on_day=DAY_ONE + timedelta(days=chance.draw(some.integers(0, 190))))
        if each.progress == MISSED
        else each
        for each in once
    ]
    assert as_given(*moved) == as_given(*once)
    by_key = {slot: record.key for slot, record in assign(as_given(*once), once).filled.items()}
    assert {slot: record.key for slot, record in assign(as_given(*moved), moved).filled.items()} == by_key


@given(RECORDS)
def test_days_rise_and_each_dose_fills_the_slot_it_moved_from(doses: list[RecordedDose]) -> None:
    slots = as_given(*doses)
    planned = [slot.planned_on for slot in slots]
    assert planned == sorted(set(planned)) and planned[0] == DAY_ONE
    # Laid again over what stands, nothing moves: matching and days agree with each other.
    standing = {(slot.drug, slot.number): slot for slot in slots}
    again = slots_as_given(DAY_ONE, RULES, doses, standing, DAY_ONE + timedelta(days=60))
    assert tuple(slot for slot in again if slot.drug == "IL2") == slots
    filled = assign(slots, doses).filled
    for slot, following, step in zip(slots, slots[1:], STEPS, strict=False):
        record = filled.get(("IL2", slot.number))
        untouched = slot.planned_on + timedelta(days=step)
        if record is None or record.progress == MISSED or record.on_day > untouched:
            assert following.planned_on >= untouched
        else:
            assert following.planned_on >= max(
                record.on_day + timedelta(days=step), slot.planned_on + timedelta(days=1)
            )


@given(RECORDS, some.integers(1, 120))
def test_a_decision_to_count_so_moves_nothing_that_was_past(doses: list[RecordedDose], since: int) -> None:
    day = DAY_ONE + timedelta(days=since)
    from_day_one = replace(RULES, injections=replace(INJECTIONS, counted_from="day_1"))
    old = {(slot.drug, slot.number): slot for slot in dose_slots(DAY_ONE, from_day_one)}
    for slot in slots_as_given(DAY_ONE, RULES, doses, old, day):
        was = old[slot.drug, slot.number]
        assert slot == was if was.planned_on < day else slot.planned_on >= day


def test_days_planned_from_day_1_stay_and_a_dose_between_two_of_them_fills_the_first_alone() -> None:
    from_day_one = replace(RULES, injections=replace(INJECTIONS, counted_from="day_1"))
    old = {(slot.drug, slot.number): slot for slot in dose_slots(DAY_ONE, from_day_one)}
    # The second dose a day late; decided on the day after the third was planned.
    doses = (dose(1, 0), dose(2, 3))
    slots = slots_as_given(DAY_ONE, RULES, doses, old, DAY_ONE + timedelta(days=5))
    days = [(slot.planned_on - DAY_ONE).days for slot in slots if slot.drug == "IL2"]
    assert days[:5] == [0, 2, 4, 6, 8]
