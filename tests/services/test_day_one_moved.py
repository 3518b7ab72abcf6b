"""Day 1 moves when the first dose is put right: answers to the plan before are led to the plan after."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from dose_fixtures import at, dispense, inject
from hypothesis import given
from hypothesis import strategies as st
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, answer_after
from sle_desk.domain.schedule import Slot
from sle_desk.services import dose_corrections, dosing, history, plan
from sle_desk.services.desk import Desk
from sle_desk.services.dose_log import doses
from sle_desk.services.dosing import DiaryRow

__all__ = ["arms", "made_arms", "made_trial"]
IL2 = 3
DAY = date(2026, 11, 23)


def slots_from(first: date) -> list[Slot]:
    days = [first + timedelta(days=2 * number) for number in range(42)]
    one = timedelta(days=1)
    return [Slot("IL2", number, "ALTERNATE", day, day - one, day + one) for number, day in enumerate(days, 1)]


def nurse(arms: Study) -> Desk:
    return arms.sit("lin.yue", roles.NURSE)


def answered(desk: Desk) -> dict[int, tuple[str, date, int | None]]:
    """Return what fills each planned dose, by number: as what, on which day, with which number named."""
    found = plan.calendar(desk, IL2)
    assert found is not None and not found.contested and not found.extra
    return {
        each.slot.number: (each.dose.progress, each.dose.on_day, each.dose.answered_slot)
        for each in found.slots
        if each.dose is not None
    }


def with_diary(arms: Study) -> Desk:
    """Record the first dose on the ward, two of a diary, one of them missed, and one more at home."""
    desk = nurse(arms)
    dispense(desk, IL2)
    inject(desk, IL2)
    first = desk.today()
    at(arms, first + timedelta(days=8), "18:00")
    desk = nurse(arms)
    rows = (
        DiaryRow(first + timedelta(days=2), 2, time(8), administered=Decimal(1), site="RA", reaction="none"),
        DiaryRow(first + timedelta(days=4), 3, missed="forgotten"),
        DiaryRow(first + timedelta(days=6), 4, time(8), administered=Decimal(1), site="LB", reaction="none"),
    )
    dosing.record_diary(desk, IL2, desk.today(), "diary 1", rows)
    return desk


def test_a_first_dose_entered_in_error_leads_the_answers_of_the_diary_to_the_plan_from_the_next(
    arms: Study,
) -> None:
    desk = with_diary(arms)
    first = desk.today() - timedelta(days=8)
    assert {number: day for number, (_, day, _) in answered(desk).items()} == {
        number: first + timedelta(days=2 * number - 2) for number in (1, 2, 3, 4)
    }
    wrong = next(row for row in doses(desk, IL2) if row.given.on_day == first)
    dose_corrections.void_dose(desk, wrong.id, "slip", wrong.version)
    assert answered(desk) == {
        1: (GIVEN, first + timedelta(days=2), None),
        2: (MISSED, first + timedelta(days=4), 2),
        3: (GIVEN, first + timedelta(days=6), None),
    }
    told = history.subject_trail(desk, IL2)
    moved = [
        row
        for row in told
        if row.old and row.new and row.new.get("answered_slot") != row.old.get("answered_slot")
    ]
    assert len(moved) == 3 and all(row.reason.startswith("slip") for row in moved)


def test_a_first_dose_put_right_by_a_day_leaves_an_answer_whose_window_still_holds_it(arms: Study) -> None:
    desk = with_diary(arms)
    first = desk.today() - timedelta(days=8)
    row = next(row for row in doses(desk, IL2) if row.given.on_day == first)
    day = first + timedelta(days=1)
    started = row.given.started_at
    assert started is not None
    dose_corrections.correct_dose(
        desk, row.id, {"on_day": day, "started_at": started + timedelta(days=1), "reason": "mistake"},
        "slip", row.version,
    )  # fmt: skip
    assert answered(desk) == {
        1: (GIVEN, day, None),
        2: (GIVEN, first + timedelta(days=2), 2),
        # A miss is of the day of its planned dose.
        3: (MISSED, first + timedelta(days=5), 3),
        4: (GIVEN, first + timedelta(days=6), 4),
    }


@given(shift=st.integers(-9, 9), number=st.integers(1, 42), late=st.integers(-3, 3))
def test_an_answer_names_a_dose_whose_window_holds_it_or_none(shift: int, number: int, late: int) -> None:
    before, after = slots_from(DAY), slots_from(DAY + timedelta(days=shift))
    planned = before[number - 1].planned_on
    taken = RecordedDose(1, "IL2", GIVEN, planned + timedelta(days=late), answered_slot=number)
    found = answer_after(taken, after)
    assert found in (None, number)
    assert (found == number) == after[number - 1].holds(taken.on_day)
    missed = RecordedDose(2, "IL2", MISSED, planned, answered_slot=number)
    named = answer_after(missed, after)
    assert named is not None
    if any(slot.holds(planned) for slot in after):
        slot = after[named - 1]
        assert slot.holds(planned)
        stays = after[number - 1].holds(planned)
        assert named == number if stays else slot.planned_on == planned or shift % 2
    else:
        assert named == number
    assert answer_after(missed, []) == number
