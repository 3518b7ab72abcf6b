"""The calendar of a subject: counted from the first dose, ended by stops, never moved in the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, infuse, inject
from hypothesis import given
from hypothesis import strategies as some
from study_fixtures import PASSWORD, Study
from trial_fixtures import arms, decide, made_arms, made_trial, register, trial

from sle_desk.domain import roles
from sle_desk.domain.dose_matching import AWAITING_DIARY, DUE_TODAY, GIVEN, OVERDUE
from sle_desk.domain.plan_history import through_time
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.schedule import Slot
from sle_desk.services import decisions, dispositions, dosing, plan, visits
from sle_desk.services.desk import Desk

__all__ = ["arms", "made_arms", "made_trial", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 1 had infusion 1 and injection 1 today, subject 3 injection 1."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, BOTH)
    dispense(desk, INTERLEUKIN)
    infuse(arms, desk, BOTH)
    inject(desk, BOTH)
    inject(desk, INTERLEUKIN)
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def test_before_the_arm_is_known_nothing_is_planned(trial: Study) -> None:
    subject_id = register(trial)
    calendar = plan.calendar(nurse(trial), subject_id)
    assert (calendar.arm, calendar.slots, calendar.visits, calendar.unknown) == ("", (), (), ())


def test_before_the_first_dose_the_plan_counts_from_the_allocation_and_says_so(arms: Study) -> None:
    calendar = plan.calendar(nurse(arms), BOTH)
    assert (calendar.day_one, calendar.provisional) == (None, True)
    assert calendar.slots[0].slot.planned_on == TODAY
    assert [len(calendar.of_drug(drug)) for drug in ("BEL", "IL2")] == [6, 54]


@pytest.mark.parametrize(("subject_id", "counts"), [(BELIMUMAB, (6, 0)), (INTERLEUKIN, (0, 54))])
def test_an_arm_of_one_drug_plans_the_other_nowhere(
    arms: Study, subject_id: int, counts: tuple[int, int]
) -> None:
    calendar = plan.calendar(nurse(arms), subject_id)
    assert (len(calendar.of_drug("BEL")), len(calendar.of_drug("IL2"))) == counts


def test_infusion_injection_and_visit_of_one_day_are_one_row_in_the_order_they_are_given(
    dosed: Study,
) -> None:
    calendar = plan.calendar(nurse(dosed), BOTH)
    combined = [day for day in calendar.days() if {each.slot.drug for each in day.slots} == {"BEL", "IL2"}]
    assert [day.study_day for day in combined] == [1, 29, 57, 85, 113, 141]
    assert all([each.slot.drug for each in day.slots] == ["BEL", "IL2"] for day in combined)
    assert [visit.planned.code for visit in combined[2].visits] == ["W8"]


def test_a_late_first_dose_makes_day_one_and_moves_every_date(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=2))
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    calendar = plan.calendar(desk, INTERLEUKIN)
    assert (calendar.day_one, calendar.provisional) == (date(2026, 11, 25), False)
    days = [each.slot.planned_on for each in calendar.of_drug("IL2")]
    expected = [*range(0, 83, 2), *range(84, 162, 7)]
    assert days == [date(2026, 11, 25) + timedelta(days=day) for day in expected]


def test_a_slot_is_due_on_its_day_and_overdue_after_it(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    calendar = plan.calendar(nurse(dosed), BOTH)
    assert [each.state for each in calendar.of_drug("IL2")[:2]] == [GIVEN, DUE_TODAY]
    at(dosed, TODAY + timedelta(days=3))
    inject(nurse(dosed), BOTH)
    at(dosed, TODAY + timedelta(days=8))
    states = [each.state for each in plan.calendar(nurse(dosed), BOTH).of_drug("IL2")[:5]]
    assert states == [GIVEN, "late", OVERDUE, OVERDUE, DUE_TODAY]


def test_a_dose_at_home_is_awaited_until_the_diary_is_due_after_the_next_visit(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    inject(nurse(dosed), INTERLEUKIN, place="home", source="diary", source_reference="D-01")
    at(dosed, TODAY + timedelta(days=6))
    calendar = plan.calendar(nurse(dosed), INTERLEUKIN)
    assert [each.state for each in calendar.of_drug("IL2")[:4]] == [GIVEN, GIVEN, AWAITING_DIARY, DUE_TODAY]
    # Asked for at week 2 (day 15), due three days later.
    assert calendar.diary_due["IL2", 3] == TODAY + timedelta(days=14 + 3)
    at(dosed, TODAY + timedelta(days=17))
    assert plan.calendar(nurse(dosed), INTERLEUKIN).of_drug("IL2")[2].state == OVERDUE


def test_a_stopped_drug_is_planned_no_more_and_the_other_goes_on(dosed: Study) -> None:
    before = plan.calendar(nurse(dosed), BOTH)
    stop = TODAY + timedelta(days=30)
    at(dosed, stop)
    dispositions.record_disposition(nurse(dosed), BOTH, "drug_stop", "IL2", stop, "adverse_event")
    after = plan.calendar(nurse(dosed), BOTH)
    # Planned for the day of the stop and given by nobody: it is not to be given any more.
    kept = [each.slot for each in before.of_drug("IL2") if each.slot.planned_on < stop]
    assert [each.slot for each in after.of_drug("IL2")] == kept
    assert len(after.of_drug("BEL")) == 6
    assert [visit.planned.code for visit in after.visits][-1] == "W24"


def test_the_dose_of_the_day_of_a_stop_is_due_no_more_and_stands_once_it_was_given(dosed: Study) -> None:
    stop = TODAY + timedelta(days=2)
    at(dosed, stop)
    desk = nurse(dosed)
    assert plan.calendar(desk, BOTH).slot("IL2", 2) is not None
    dispositions.record_disposition(desk, BOTH, "drug_stop", "IL2", stop, "adverse_event")
    assert [each.slot.number for each in plan.calendar(desk, BOTH).of_drug("IL2")] == [1]
    # It had been given in the morning, before the stop, and is typed afterwards: no dose beside the plan.
    recorded = inject(desk, BOTH)
    assert [(each.slot.number, each.state) for each in plan.calendar(desk, BOTH).of_drug("IL2")] == [
        (1, GIVEN),
        (2, GIVEN),
    ]
    assert recorded.slot is not None and recorded.findings == ()


def test_a_diary_still_to_come_may_tell_of_the_day_of_the_stop(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    inject(nurse(dosed), INTERLEUKIN, place="home", source="diary", source_reference="D-01")
    stop = TODAY + timedelta(days=4)
    at(dosed, stop)
    desk = nurse(dosed)
    dispositions.record_disposition(desk, INTERLEUKIN, "drug_stop", "IL2", stop, "subject")
    assert [slot.number for slot in dosing.diary_slots(desk, INTERLEUKIN)] == [3]


def test_leaving_ends_doses_and_visits_from_that_day_and_an_error_brings_them_back(dosed: Study) -> None:
    day = TODAY + timedelta(days=30)
    at(dosed, day)
    desk = nurse(dosed)
    row = dispositions.record_disposition(desk, BOTH, "exit", "", day, "subject")
    calendar = plan.calendar(desk, BOTH)
    assert max(each.slot.planned_on for each in calendar.slots) <= day
    assert [visit.planned.code for visit in calendar.visits] == ["V1", "W2", "W4", "ET"]
    dispositions.void_disposition(desk, row.id, "slip", row.version)
    assert len(plan.calendar(desk, BOTH).slots) == 60


def test_the_follow_up_is_planned_once_the_last_dose_of_all_is_known(dosed: Study) -> None:
    codes = [visit.planned.code for visit in plan.calendar(nurse(dosed), INTERLEUKIN).visits]
    assert "W28" not in codes
    day = TODAY + timedelta(days=10)
    at(dosed, day)
    desk = nurse(dosed)
    dispositions.record_disposition(desk, INTERLEUKIN, "drug_stop", "IL2", TODAY, "subject")
    follow_up = plan.calendar(desk, INTERLEUKIN).visits[1]
    assert (follow_up.planned.code, follow_up.planned.planned_on) == ("W2", TODAY + timedelta(days=14))
    by_code = {visit.planned.code: visit for visit in plan.calendar(desk, INTERLEUKIN).visits}
    assert by_code["W28"].planned.planned_on == TODAY + timedelta(days=28)


def test_a_visit_is_done_late_or_overdue_by_its_window(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=14 + 3))
    week_2 = {visit.planned.code: visit for visit in plan.calendar(nurse(dosed), BOTH).visits}["W2"]
    assert week_2.state == plan.WINDOW_OPEN
    at(dosed, TODAY + timedelta(days=14 + 4))
    desk = nurse(dosed)
    assert {v.planned.code: v.state for v in plan.calendar(desk, BOTH).visits}["W2"] == plan.OVERDUE
    visits.record_visit(desk, BOTH, "W2", desk.today())
    done = {visit.planned.code: visit for visit in plan.calendar(desk, BOTH).visits}["W2"]
    assert (done.state, done.in_window) == (plan.DONE, False)


def test_a_decision_withdrawn_leaves_the_past_and_says_what_the_rest_waits_for(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=30))
    pi = dosed.sit("wu.min", roles.PI)
    with pi.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(pi, dosed.folder, made["D10"], "Asked again.", signing)
    at(dosed, TODAY + timedelta(days=31))
    calendar = plan.calendar(nurse(dosed), BOTH)
    assert [each.slot.planned_on for each in calendar.of_drug("BEL")] == [TODAY, TODAY + timedelta(days=28)]
    assert [(part.part, part.codes) for part in calendar.unknown] == [("BEL", ("D10",))]
    assert len(calendar.of_drug("IL2")) == 54


def test_a_later_decision_moves_what_is_to_come_and_nothing_that_is_past(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=30))
    decide(dosed, dosed.sit("wu.min", roles.PI), "D10", "calendar_month")
    decide(dosed, dosed.sit("wu.min", roles.PI), "D11", "seven")
    at(dosed, TODAY + timedelta(days=31))
    days = [each.slot.planned_on for each in plan.calendar(nurse(dosed), BOTH).of_drug("BEL")]
    assert days[:2] == [TODAY, TODAY + timedelta(days=28)]
    assert days[2:] == [date(2027, month, 23) for month in (1, 2, 3, 4, 5)]


PLANNED = some.lists(some.integers(0, 60), min_size=1, max_size=12, unique=True).map(sorted)


def _slots(days: list[int]) -> tuple[Slot, ...]:
    return tuple(
        Slot("IL2", number, "S", TODAY + timedelta(days=day), TODAY, TODAY + timedelta(days=day))
        for number, day in enumerate(days, 1)
    )


@given(PLANNED, PLANNED, some.integers(1, 60))
def test_no_change_of_rules_moves_a_day_that_was_past(
    first: list[int], second: list[int], change: int
) -> None:
    since = TODAY + timedelta(days=change)
    old, new = _slots(first), _slots(second)
    found = through_time([(TODAY, old), (since, new)])
    past = [slot for slot in old if slot.planned_on < since]
    assert [slot for slot in found if slot.number <= len(past)] == past
    assert len({slot.number for slot in found}) == len(found)
    known = {slot.number for slot in old}
    late = [slot for slot in found if slot.number > len(past) and slot.planned_on < since]
    assert not [slot for slot in late if slot.number in known]


def test_with_injections_counted_from_the_dose_before_a_late_one_moves_what_is_to_come(arms: Study) -> None:
    pi = arms.sit("wu.min", roles.PI)
    decide(arms, pi, "D14", "week_after_last")
    decide(arms, pi, "il2.anchoring", VALUE, il2_anchoring="last_dose")
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, TODAY + timedelta(days=3))
    desk = nurse(arms)
    inject(desk, INTERLEUKIN)
    calendar = plan.calendar(desk, INTERLEUKIN)
    days = [(each.slot.planned_on - TODAY).days for each in calendar.of_drug("IL2")]
    assert days[:5] == [0, 2, 5, 7, 9] and len(days) == 54
    assert [each.state for each in calendar.of_drug("IL2")[:3]] == [GIVEN, "late", "planned"]
    at(arms, TODAY + timedelta(days=5))
    recorded = inject(nurse(arms), INTERLEUKIN)
    assert recorded.findings == () and recorded.slot is not None and recorded.slot.number == 3
    # Counted from day 1 again, what was past keeps its day.
    decide(arms, arms.sit("wu.min", roles.PI), "il2.anchoring", VALUE, il2_anchoring="day_1")
    again = [
        (each.slot.planned_on - TODAY).days for each in plan.calendar(nurse(arms), INTERLEUKIN).of_drug("IL2")
    ]
    assert again[:5] == [0, 2, 5, 6, 8]
