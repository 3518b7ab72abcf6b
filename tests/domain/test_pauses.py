from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import pauses
from sle_desk.domain.compliance import compliance
from sle_desk.domain.dose_ends import DoseEnds
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, assign, due
from sle_desk.domain.dosing import dose_after_end
from sle_desk.domain.pauses import PAUSED, RESUMED, Pause, PauseStep, check_steps, pauses_of
from sle_desk.domain.schedule import (
    InfusionRules,
    InjectionRules,
    PlanRules,
    Slot,
    StageRules,
    Window,
    date_of,
    dose_slots,
    with_pauses,
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
NOON = datetime.combine(DAY_ONE, time(12), UTC)


def on(day: int) -> date:
    return date_of(day, DAY_ONE)


def step(kind: str, day: int, told: int = 0) -> PauseStep:
    return PauseStep(kind, on(day), NOON + timedelta(days=(told or day) - 1))


def paused(first: int, resumed: int | None = None, drug: str = "IL2") -> tuple[Slot, ...]:
    return with_pauses(SLOTS, {drug: (Pause(on(first), None if resumed is None else on(resumed)),)})


def injected(*days: int) -> list[RecordedDose]:
    return [RecordedDose(key, "IL2", GIVEN, on(day), None, Decimal(1)) for key, day in enumerate(days, 1)]


def test_steps_make_the_pauses_they_tell_of_in_whatever_order_they_are_read():
    steps = [step(RESUMED, 9), step(PAUSED, 21, told=25), step(PAUSED, 5)]
    assert pauses_of(steps) == (
        Pause(on(5), on(9), NOON + timedelta(days=4)),
        # Told later than its first day: nobody knew of it that day.
        Pause(on(21), None, None),
    )
    assert pauses_of(reversed(steps)) == pauses_of(steps)
    assert pauses_of([]) == ()


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([(PAUSED, 1), (PAUSED, 5)], "pause.twice"),
        ([(PAUSED, 5), (PAUSED, 1)], "pause.twice"),
        ([(RESUMED, 5)], "pause.not_paused"),
        ([(RESUMED, 3), (PAUSED, 5)], "pause.not_paused"),
        ([(PAUSED, 1), (RESUMED, 5), (RESUMED, 6)], "pause.not_paused"),
        ([(PAUSED, 5), (RESUMED, 5)], "pause.same_day"),
        ([(PAUSED, 1), (RESUMED, 5), (PAUSED, 5)], "pause.same_day"),
        ([(PAUSED, 1), (RESUMED, 2), (PAUSED, 3)], ""),
        ([], ""),
    ],
)
def test_steps_take_turns(steps, code):
    asked = [(kind, on(day)) for kind, day in steps]
    if not code:
        check_steps(asked)
        return
    with pytest.raises(RuleBroken) as refused:
        check_steps(asked)
    assert refused.value.code == code


@given(
    st.lists(st.tuples(st.integers(1, 170), st.one_of(st.none(), st.integers(1, 30))), max_size=4),
    st.integers(1, 180),
)
def test_a_pause_moves_no_date_and_holds_exactly_the_days_between(times, today):
    own = tuple(Pause(on(first), None if length is None else on(first) + timedelta(days=length))
                for first, length in times)  # fmt: skip
    slots = with_pauses(SLOTS, {"IL2": own})
    assert [replace(slot, pause=None) for slot in slots] == list(SLOTS)
    for slot, each in zip(slots, due(slots, assign(slots, ()), on(today), {}), strict=True):
        day = slot.planned_on
        inside = slot.drug == "IL2" and any(
            pause.since <= day and (pause.resumed_on is None or day < pause.resumed_on) for pause in own
        )
        assert (slot.pause is not None) == inside == (each.state == "paused")
        assert each.awaited == (not inside)
        assert inside or each.state == due([slot], assign([slot], ()), on(today), {})[0].state


def test_a_dose_after_the_pause_does_not_make_up_for_one_that_lay_in_it():
    # Planned on days 5 and 7 with a day to each side; resumed on day 6, of the window of day 5.
    match = assign(paused(4, 6), injected(1, 3, 6))
    assert [match.number(key) for key in (1, 2, 3)] == [1, 2, 4]
    # While the pause lasted, what was given all the same is the dose of that day.
    assert assign(paused(4), injected(1, 3, 6)).number(3) == 3
    # Given the day before the pause, in the window of its first day, it is that dose given early.
    assert assign(paused(5, 9), injected(1, 3, 4)).number(3) == 3


DOSES = st.lists(st.integers(1, 40), max_size=12)


@given(DOSES, st.integers(1, 30), st.integers(1, 15), st.randoms(use_true_random=False))
def test_with_a_pause_the_order_of_entry_still_decides_nothing(days, first, length, random):
    slots = paused(first, first + length)
    doses = injected(*days)
    mixed = [replace(dose, key=key) for key, dose in enumerate(random.sample(doses, len(doses)), 1)]

    def filled(records):
        return {key: dose.on_day for key, dose in assign(slots, records).filled.items()}

    assert filled(doses) == filled(mixed)
    resumed = on(first + length)
    for (drug, number), day in filled(doses).items():
        slot = next(each for each in slots if (each.drug, each.number) == (drug, number))
        assert slot.pause is None or day < resumed


def test_paused_doses_are_counted_and_named_and_stay_in_the_denominator():
    # Days 1 to 19 are doses 1 to 10; 5 to 8 (days 9, 11, 13, 15) are paused, one of them was given.
    doses = injected(1, 3, 5, 11, 17)
    doses.append(RecordedDose(9, "IL2", MISSED, on(7), answered_slot=4))
    rows = compliance(paused(9, 17), doses, on(20))
    (found,) = (row for row in rows if (row.drug, row.stage) == ("IL2", "first"))
    assert (found.planned, found.given, found.missed, found.paused, found.unrecorded) == (10, 5, 1, 3, 1)
    assert (found.share, found.share_unpaused) == (Fraction(5, 10), Fraction(5, 7))
    (belimumab,) = (row for row in rows if (row.drug, row.stage) == ("BEL", None))
    assert belimumab.paused == 0


def test_where_every_past_dose_was_paused_there_is_no_share_without_them():
    rows = compliance(paused(1), (), on(2))
    (found,) = (row for row in rows if (row.drug, row.stage) == ("IL2", None))
    assert (found.planned, found.paused, found.share, found.share_unpaused) == (1, 1, 0, None)


@given(DOSES, st.integers(1, 30), st.one_of(st.none(), st.integers(1, 15)), st.integers(1, 60))
@example([], 1, None, 1)
def test_the_parts_of_the_plan_always_add_up(days, first, length, until):
    slots = paused(first, None if length is None else first + length)
    for row in compliance(slots, injected(*days), on(until)):
        parts = (row.given, row.missed, row.paused, row.unrecorded)
        assert row.planned == sum(parts)
        assert min(parts) >= 0


def during(day: int, pause: Pause, clock: int | None = None) -> list[str]:
    started = None if clock is None else NOON + timedelta(days=day - 1, hours=clock - 12)
    dose = RecordedDose(1, "IL2", GIVEN, on(day), started, Decimal(1))
    return [each.code for each in dose_after_end(dose, DoseEnds(pauses=(pause,)))]


def test_a_dose_in_a_pause_is_a_deviation_and_on_its_first_day_once_the_pause_was_known():
    pause = Pause(on(5), on(9), NOON + timedelta(days=4))
    said = ["dose.during_pause"]
    assert [during(day, pause) for day in (4, 6, 8, 9)] == [[], said, said, []]
    # Told at noon: the dose of the morning came before, that of the evening after.
    assert [during(5, pause, 8), during(5, pause, 18), during(5, pause)] == [[], said, []]
    assert during(5, replace(pause, told_at=None), 18) == []


def test_what_ended_a_drug_weighs_more_than_a_pause():
    ends = DoseEnds(stopped_on=on(4), pauses=(Pause(on(2)),))
    codes = [each.code for each in dose_after_end(injected(6)[0], ends)]
    assert codes == ["dose.after_stop"]


def test_a_pause_lies_between_two_doses_when_a_day_of_it_does():
    pause = Pause(on(5), on(8))
    assert pause.lies_between(on(3), on(9))
    assert pause.lies_between(on(6), on(8))
    assert not pause.lies_between(on(7), on(9))
    assert not pause.lies_between(on(1), on(5))
    assert Pause(on(5)).lies_between(on(5), on(7))


def test_every_kind_has_words():
    assert set(pauses.KINDS) == {PAUSED, RESUMED}
