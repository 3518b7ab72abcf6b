from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, assign, due, last_dose_on
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
RULES = PlanRules(
    InjectionRules(
        "IL2",
        StageRules("first", 42, 2, Window(1, 1)),
        StageRules("second", 12, 7, Window(2, 2)),
        "study_day",
        85,
    ),
    InfusionRules("BEL", "all", "28d", 6, Window(5, 5), every_days=28),
    (),
)
SLOTS = dose_slots(DAY_ONE, RULES)
IL2 = {slot.number: slot for slot in SLOTS if slot.drug == "IL2"}


def dose(key: int, day: int, answered: int | None = None, **other: object) -> RecordedDose:
    recorded = RecordedDose(key, "IL2", GIVEN, date_of(day, DAY_ONE), None, Decimal(1), "", answered)
    return replace(recorded, **other)


def missed(key: int, number: int) -> RecordedDose:
    return RecordedDose(key, "IL2", MISSED, IL2[number].planned_on, answered_slot=number)


def numbers(*doses: RecordedDose) -> dict[int, int | None]:
    match = assign(SLOTS, doses)
    return {one.key: match.number(one.key) for one in doses}


def test_doses_on_their_days_fill_their_slots():
    assert numbers(dose(1, 1), dose(2, 3), dose(3, 5)) == {1: 1, 2: 2, 3: 3}


def test_a_dose_on_day_4_fills_the_earlier_of_two_slots_whose_windows_touch():
    assert numbers(dose(1, 1), dose(2, 4)) == {1: 1, 2: 2}
    assert numbers(dose(1, 1), dose(2, 3), dose(3, 4)) == {1: 1, 2: 2, 3: 3}


def test_a_dose_found_later_moves_the_others_to_where_their_own_times_put_them():
    typed_first = numbers(dose(1, 1), dose(2, 4), dose(3, 6))
    assert typed_first == {1: 1, 2: 2, 3: 3}
    assert numbers(dose(1, 1), dose(2, 4), dose(3, 6), dose(4, 3)) == {1: 1, 4: 2, 2: 3, 3: 4}


def test_a_recorded_answer_stands_wherever_the_dose_fell():
    assert numbers(dose(1, 1), dose(2, 4, answered=3)) == {1: 1, 2: 3}
    assert numbers(dose(1, 1), dose(2, 20, answered=2)) == {1: 1, 2: 2}


def test_an_answered_slot_is_not_open_to_a_dose_that_came_earlier():
    assert numbers(dose(1, 3), dose(2, 4, answered=2)) == {1: None, 2: 2}


def test_a_dose_in_no_window_belongs_to_no_slot():
    match = assign(SLOTS, [dose(1, 1), dose(2, 1, site="LEFT_THIGH"), dose(3, 89), dose(4, -5)])
    assert [one.key for one in match.extra] == [4, 2, 3]


def test_a_missed_slot_is_closed_to_doses_of_its_window():
    assert numbers(dose(1, 1), missed(2, 2), dose(3, 4)) == {1: 1, 2: 2, 3: 3}


def test_a_dose_given_on_the_very_day_of_a_miss_stands_and_the_miss_is_contested():
    for doses in ([missed(1, 2), dose(2, 3)], [dose(1, 3), missed(2, 2)]):
        match = assign(SLOTS, doses)
        assert match.record(IL2[2]).progress == "given"
        assert [one.progress for one in match.contested] == ["missed"] and match.extra == ()
    # A second dose of that day finds the slot filled.
    match = assign(SLOTS, [missed(1, 2), dose(2, 3), dose(3, 3, site="LEFT_THIGH")])
    assert [one.progress for one in (*match.extra, *match.contested)] == ["given", "missed"]


def test_two_answers_for_one_slot_keep_the_earlier_dose_and_show_the_other():
    match = assign(SLOTS, [dose(1, 4, answered=2), dose(2, 3, answered=2)])
    assert match.number(2) == 2
    assert [one.key for one in match.contested] == [1]


def test_a_given_dose_stands_before_a_miss_of_the_same_slot():
    match = assign(SLOTS, [missed(1, 2), dose(2, 4, answered=2)])
    assert match.number(2) == 2
    assert [one.key for one in match.contested] == [1]


def test_an_answer_for_a_slot_that_the_plan_no_longer_has_is_matched_by_its_day():
    assert numbers(dose(1, 3, answered=99)) == {1: 2}
    match = assign(SLOTS, [replace(missed(1, 2), answered_slot=99)])
    assert [one.key for one in match.contested] == [1]
    assert match.filled == {}


def test_a_prepared_infusion_is_not_given_yet():
    match = assign(SLOTS, [dose(1, 1, progress="prepared")])
    assert (match.filled, match.extra, match.contested) == ({}, (), ())


def test_each_drug_has_its_own_slots():
    infusion = dose(2, 1, drug="BEL", administered=Decimal(564))
    assert numbers(dose(1, 1), infusion) == {1: 1, 2: 1}
    assert numbers(replace(infusion, drug="OTHER")) == {2: None}


def test_times_of_one_day_are_compared_as_instants():
    east = timezone(timedelta(hours=8))
    day = date_of(3, DAY_ONE)
    morning = dose(1, 3, started_at=datetime.combine(day, time(8), east))
    # 02:00 in universal time is ten in the morning here.
    later = dose(2, 3, started_at=datetime.combine(day, time(2), UTC))
    unknown = dose(3, 3)
    match = assign(SLOTS, [unknown, later, morning])
    assert (match.number(1), match.number(2)) == (2, None)


def test_doses_of_one_day_without_times_are_told_apart_by_what_was_given():
    some = dose(1, 3, administered=Decimal("0.5"))
    more = dose(2, 3, administered=Decimal(1))
    unknown = dose(3, 3, administered=None)
    assert assign(SLOTS, [more, some]).number(1) == 2
    assert assign(SLOTS, [replace(more, key=1), replace(some, key=2)]).number(2) == 2
    assert assign(SLOTS, [more, some, unknown]).number(3) == 2


DOSES = st.builds(
    RecordedDose,
    key=st.just(0),
    drug=st.sampled_from(["IL2", "IL2", "BEL"]),
    progress=st.sampled_from([GIVEN, GIVEN, GIVEN, MISSED]),
    on_day=st.integers(1, 30).map(lambda day: date_of(day, DAY_ONE)),
    started_at=st.none(),
    administered=st.sampled_from([Decimal(1), Decimal("0.5"), None]),
    site=st.sampled_from(["", "LEFT_THIGH"]),
    answered_slot=st.sampled_from([None, None, None, 1, 2, 3, 4, 5]),
)


def numbered(doses: list[RecordedDose]) -> list[RecordedDose]:
    """Give the keys that entering the doses in this order would give."""
    return [replace(one, key=key) for key, one in enumerate(doses, 1)]


def content(one: RecordedDose) -> tuple:
    return (one.drug, one.progress, one.on_day, one.administered, one.site, one.answered_slot)


@given(st.lists(DOSES, max_size=15), st.randoms(use_true_random=False))
def test_no_assignment_depends_on_the_order_of_entry(doses, chance):
    entered = numbered(doses)
    shuffled = list(entered)
    chance.shuffle(shuffled)
    assert assign(SLOTS, shuffled) == assign(SLOTS, entered)
    typed_otherwise = numbered(shuffled)
    first, second = assign(SLOTS, entered), assign(SLOTS, typed_otherwise)
    assert {slot: content(one) for slot, one in first.filled.items()} == {
        slot: content(one) for slot, one in second.filled.items()
    }
    for left, right in ((first.extra, second.extra), (first.contested, second.contested)):
        assert sorted(map(repr, map(content, left))) == sorted(map(repr, map(content, right)))


@given(st.lists(DOSES, max_size=20))
def test_every_dose_is_accounted_for_once_and_no_open_slot_before_its_own_would_have_held_it(doses):
    entered = numbered(doses)
    match = assign(SLOTS, entered)
    placed = [one.key for one in (*match.filled.values(), *match.extra, *match.contested)]
    assert sorted(placed) == [one.key for one in entered]
    slots = {(slot.drug, slot.number): slot for slot in SLOTS}
    for key, one in match.filled.items():
        assert slots[key].drug == one.drug
        if one.answered_slot is not None:
            assert key[1] == one.answered_slot
            continue
        assert slots[key].holds(one.on_day)
        for slot in SLOTS:
            earlier = slot.drug == one.drug and slot.planned_on < slots[key].planned_on
            assert not (earlier and slot.holds(one.on_day) and match.record(slot) is None)
    for one in match.extra:
        assert all(match.record(slot) for slot in SLOTS if slot.drug == one.drug and slot.holds(one.on_day))


def states(today_day: int, *doses: RecordedDose, diary: dict | None = None) -> dict[int, str]:
    standing = due(SLOTS, assign(SLOTS, doses), date_of(today_day, DAY_ONE), diary or {})
    return {one.slot.number: one.state for one in standing if one.slot.drug == "IL2"}


def test_each_planned_dose_has_a_state_of_its_own():
    found = states(11, dose(1, 1), dose(2, 4), missed(3, 3), dose(4, 6, answered=4))
    assert [found[number] for number in (1, 2, 3, 4, 5, 6, 7)] == [
        "given", "late", "missed", "given", "overdue", "due_today", "planned",
    ]  # fmt: skip


def test_nothing_is_called_missed_that_nobody_recorded_as_missed():
    assert set(states(400).values()) == {"overdue"}


@pytest.mark.parametrize(
    ("today", "state"),
    [(2, "planned"), (3, "due_today"), (4, "awaiting_diary"), (14, "awaiting_diary"), (15, "overdue")],
)
def test_a_dose_at_home_is_overdue_only_when_its_diary_is_due(today, state):
    diary = {("IL2", 2): date_of(15, DAY_ONE)}
    assert states(today, dose(1, 1), diary=diary)[2] == state


def test_days_off_and_the_window_are_told():
    standing = due(SLOTS, assign(SLOTS, [dose(1, 2), missed(2, 2)]), date_of(4, DAY_ONE), {})
    of_injections = [one for one in standing if one.slot.drug == "IL2"]
    assert [one.days_off for one in of_injections[:3]] == [1, None, None]
    assert [one.window_open for one in of_injections[:4]] == [False, True, True, False]


def test_the_last_dose_is_that_of_the_last_drug_given():
    doses = [dose(1, 83), dose(2, 141, drug="BEL"), missed(3, 54), dose(4, 85, progress="prepared")]
    assert last_dose_on(doses) == date_of(141, DAY_ONE)
    assert last_dose_on([missed(1, 1)]) is None
