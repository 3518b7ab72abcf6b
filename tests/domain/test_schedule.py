from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.schedule import (
    InfusionRules,
    InjectionRules,
    PlanRules,
    StageRules,
    VisitRule,
    Window,
    by_day,
    date_of,
    dose_slots,
    infusion_slots,
    injection_slots,
    planned_visits,
    same_day_of_month,
    until_stopped,
)
from sle_desk.domain.values import study_day

DAY_ONE = date(2026, 9, 14)
STARTS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
INJECTIONS = InjectionRules(
    "IL2",
    StageRules("first", 42, 2, Window(1, 1)),
    StageRules("second", 12, 7, Window(2, 2)),
    "study_day",
    85,
)
INFUSIONS = InfusionRules("BEL", "all", "28d", 6, Window(5, 5), every_days=28, label_days=(1, 15, 29))
MONTHLY = replace(INFUSIONS, mode="calendar")
COMBINED = PlanRules(INJECTIONS, INFUSIONS, ())


def study_days(slots, day_one: date) -> list[int]:
    return [study_day(slot.planned_on, day_one) for slot in slots]


@given(STARTS)
def test_54_injections_are_on_days_1_3_to_83_and_85_92_to_162(day_one):
    slots = injection_slots(day_one, INJECTIONS)
    assert study_days(slots, day_one) == [*range(1, 84, 2), *range(85, 163, 7)]
    assert [slot.number for slot in slots] == list(range(1, 55))
    assert [slot.stage for slot in slots] == ["first"] * 42 + ["second"] * 12
    ordinals = [day_one.toordinal() + 2 * step for step in range(42)]
    ordinals += [day_one.toordinal() + 84 + 7 * step for step in range(12)]
    assert [slot.planned_on.toordinal() for slot in slots] == ordinals


def test_43_injections_of_the_first_stage_reach_day_85_and_the_second_follows_a_week_later():
    rules = replace(INJECTIONS, first=replace(INJECTIONS.first, doses=43), second_starts="after_first_stage")
    days = study_days(injection_slots(DAY_ONE, rules), DAY_ONE)
    assert (len(days), days[42], days[43], days[-1]) == (55, 85, 92, 169)


def test_a_week_after_the_last_of_42_is_day_90():
    rules = replace(INJECTIONS, second_starts="after_first_stage")
    days = study_days(injection_slots(DAY_ONE, rules), DAY_ONE)
    assert (days[41], days[42], days[-1]) == (83, 90, 167)


def test_rules_that_put_two_injections_on_one_day_are_refused():
    both = replace(INJECTIONS, first=replace(INJECTIONS.first, doses=43))
    with pytest.raises(RuleBroken) as refused:
        injection_slots(DAY_ONE, both)
    assert (refused.value.code, refused.value.facts["day"]) == ("plan.two_on_one_day", 85)


@given(STARTS)
def test_a_second_cycle_repeats_both_stages_24_weeks_later(day_one):
    slots = injection_slots(day_one, replace(INJECTIONS, cycles=2, cycle_days=168))
    assert len(slots) == 108
    once = study_days(slots[:54], day_one)
    assert study_days(slots[54:], day_one) == [day + 168 for day in once]
    assert [slot.number for slot in slots] == list(range(1, 109))


def test_a_second_cycle_that_begins_inside_the_first_is_refused():
    with pytest.raises(RuleBroken, match=r"plan\.two_on_one_day"):
        injection_slots(DAY_ONE, replace(INJECTIONS, cycles=2, cycle_days=100))


@given(STARTS, st.integers(1, 14))
def test_infusions_every_28_days_equal_an_independent_count(day_one, doses):
    slots = infusion_slots(day_one, replace(INFUSIONS, doses=doses))
    assert study_days(slots, day_one) == [1 + 28 * step for step in range(doses)]
    assert [slot.number for slot in slots] == list(range(1, doses + 1))


@given(STARTS, st.integers(1, 14))
def test_monthly_infusions_keep_the_day_of_day_1_and_clamp_in_shorter_months(day_one, doses):
    for step, slot in enumerate(infusion_slots(day_one, replace(MONTHLY, doses=doses))):
        planned = slot.planned_on
        assert planned.year * 12 + planned.month == day_one.year * 12 + day_one.month + step
        last_of_month = (planned + timedelta(days=1)).month != planned.month
        assert planned.day == day_one.day or (planned.day < day_one.day and last_of_month)


def test_a_clamped_month_does_not_pull_the_next_one_with_it():
    days = [slot.planned_on for slot in infusion_slots(date(2027, 1, 31), MONTHLY)]
    assert [day.isoformat() for day in days] == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30",
    ]  # fmt: skip
    assert same_day_of_month(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert same_day_of_month(date(2027, 12, 15), 1) == date(2028, 1, 15)


@pytest.mark.parametrize(("doses", "days"), [(1, [1]), (3, [1, 15, 29]), (7, [1, 15, 29, 57, 85, 113, 141])])
def test_the_label_gives_two_loading_doses_then_every_28_days(doses, days):
    slots = infusion_slots(DAY_ONE, replace(INFUSIONS, mode="label", doses=doses))
    assert study_days(slots, DAY_ONE) == days


@pytest.mark.parametrize(("doses", "last"), [(6, 141), (7, 169)])
def test_six_or_seven_infusions_are_a_setting(doses, last):
    slots = infusion_slots(DAY_ONE, replace(INFUSIONS, doses=doses))
    assert study_days(slots, DAY_ONE)[-1] == last


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (replace(INFUSIONS, mode="monthly"), "plan.unknown_mode"),
        (replace(INFUSIONS, mode="label", label_days=()), "plan.unknown_mode"),
        (replace(INFUSIONS, doses=0), "plan.no_doses"),
        (replace(INFUSIONS, every_days=0), "plan.no_doses"),
    ],
)
def test_infusion_rules_that_make_no_plan_are_refused(rules, code):
    with pytest.raises(RuleBroken) as refused:
        infusion_slots(DAY_ONE, rules)
    assert refused.value.code == code


def test_a_plan_can_have_one_stage_and_a_dose_every_day():
    rules = replace(
        INJECTIONS,
        first=StageRules("first", 5, 1, Window(0, 0)),
        second=replace(INJECTIONS.second, doses=0),
    )
    assert study_days(injection_slots(DAY_ONE, rules), DAY_ONE) == [1, 2, 3, 4, 5]
    daily = infusion_slots(DAY_ONE, replace(INFUSIONS, every_days=1, doses=3))
    assert study_days(daily, DAY_ONE) == [1, 2, 3]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (replace(INJECTIONS, second_starts="day_85"), "plan.unknown_start"),
        (replace(INJECTIONS, cycles=0), "plan.no_doses"),
        (replace(INJECTIONS, first=replace(INJECTIONS.first, doses=0)), "plan.no_doses"),
    ],
)
def test_injection_rules_that_make_no_plan_are_refused(rules, code):
    with pytest.raises(RuleBroken) as refused:
        injection_slots(DAY_ONE, rules)
    assert refused.value.code == code


@given(STARTS, st.integers(0, 6), st.integers(0, 6))
def test_windows_are_as_wide_as_decided_and_none_opens_before_day_1(day_one, before, after):
    rules = replace(INFUSIONS, window=Window(before, after))
    for slot in infusion_slots(day_one, rules):
        assert slot.closes_on == slot.planned_on + timedelta(days=after)
        assert slot.opens_on == max(day_one, slot.planned_on - timedelta(days=before))
        assert slot.holds(slot.opens_on) and slot.holds(slot.closes_on)
        assert not slot.holds(slot.opens_on - timedelta(days=1))
        assert not slot.holds(slot.closes_on + timedelta(days=1))


@given(STARTS, st.integers(-60, 400).filter(bool))
def test_a_study_day_and_its_date_are_each_others_inverse(day_one, day):
    assert study_day(date_of(day, day_one), day_one) == day


def test_there_is_no_study_day_0():
    with pytest.raises(RuleBroken, match=r"plan\.no_day_zero"):
        date_of(0, DAY_ONE)


@given(STARTS)
def test_each_infusion_day_of_the_combined_arm_is_one_day_with_the_infusion_first(day_one):
    days = by_day(dose_slots(day_one, COMBINED), ("BEL", "IL2"))
    shared = [day for day in days if len(day.slots) == 2]
    assert [study_day(day.on, day_one) for day in shared] == [1, 29, 57, 85, 113, 141]
    assert all([slot.drug for slot in day.slots] == ["BEL", "IL2"] for day in shared)
    assert sum(len(day.slots) for day in days) == 60
    assert [day.on for day in days] == sorted({day.on for day in days})
    swapped = by_day(dose_slots(day_one, COMBINED), ("IL2", "BEL"))
    assert [slot.drug for slot in swapped[0].slots] == ["IL2", "BEL"]


def test_an_arm_has_only_the_drugs_of_its_plan():
    assert {slot.drug for slot in dose_slots(DAY_ONE, replace(COMBINED, injections=None))} == {"BEL"}
    assert {slot.drug for slot in dose_slots(DAY_ONE, replace(COMBINED, infusions=None))} == {"IL2"}


VISITS = (
    VisitRule("V8", 169, Window(7, 7)),
    VisitRule("V0", -1, Window(27, 0)),
    VisitRule("V2", 15, Window(3, 3)),
    VisitRule("V9", 28, Window(7, 7), counted_from="last_dose"),
)


def test_visits_count_from_day_1_and_screening_before_it():
    visits = {visit.code: visit for visit in planned_visits(DAY_ONE, VISITS, None)}
    assert list(visits) == ["V0", "V2", "V8"]
    assert visits["V0"].planned_on == DAY_ONE - timedelta(days=1)
    assert visits["V0"].opens_on == DAY_ONE - timedelta(days=28)
    assert visits["V2"].planned_on == DAY_ONE + timedelta(days=14)
    assert visits["V8"].opens_on == DAY_ONE + timedelta(days=161)
    assert visits["V8"].holds(visits["V8"].opens_on)
    assert not visits["V8"].holds(visits["V8"].opens_on - timedelta(days=1))
    assert visits["V8"].holds(DAY_ONE + timedelta(days=175))
    assert not visits["V8"].holds(DAY_ONE + timedelta(days=176))


@given(STARTS, st.integers(0, 400))
def test_follow_up_counts_from_the_last_dose_of_all_and_waits_for_it(day_one, treated):
    last = day_one + timedelta(days=treated)
    found = [visit for visit in planned_visits(day_one, VISITS, last) if visit.code == "V9"]
    assert [visit.planned_on for visit in found] == [last + timedelta(days=28)]
    assert "V9" not in {visit.code for visit in planned_visits(day_one, VISITS, None)}


def test_stopping_one_drug_leaves_the_other_plan_alone():
    stop = date_of(60, DAY_ONE)
    left = until_stopped(dose_slots(DAY_ONE, COMBINED), {"IL2": stop})
    assert study_days([slot for slot in left if slot.drug == "IL2"], DAY_ONE)[-1] == 59
    assert len([slot for slot in left if slot.drug == "BEL"]) == 6
    on_the_day = until_stopped(dose_slots(DAY_ONE, COMBINED), {"BEL": date_of(57, DAY_ONE)})
    assert study_days([slot for slot in on_the_day if slot.drug == "BEL"], DAY_ONE) == [1, 29, 57]
