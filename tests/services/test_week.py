"""The week of everybody: each thing on its own day, nothing provisional as an appointment, few questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, infuse, inject
from sqlalchemy import event
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, register

from sle_desk.domain import roles
from sle_desk.services import dispositions, dose_corrections, dose_log, visits, week
from sle_desk.services.desk import Desk
from sle_desk.services.week import CLOSES, DOSE, NO_DAY_ONE, OPENS, VISIT, WeekRow

__all__ = ["arms", "made_arms", "made_trial"]
TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


@pytest.fixture
def desk(arms: Study) -> Iterator[Desk]:
    """The nurse's desk after the first doses of subjects 1 and 3; subject 2 had none."""
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, BOTH)
    dispense(nurse, INTERLEUKIN)
    infuse(arms, nurse, BOTH)
    inject(nurse, BOTH)
    inject(nurse, INTERLEUKIN)
    yield nurse


def row(desk: Desk, subject_id: int, day: date = TODAY) -> WeekRow:
    return next(found for found in week.week(desk, day).rows if found.who.subject_id == subject_id)


def doses(found: WeekRow) -> list[tuple[int, str, object, str]]:
    return [
        (place, str(item.facts["drug"]), item.facts["number"], str(item.facts["state"]))
        for place, items in enumerate(found.days)
        for item in items
        if item.code == DOSE
    ]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 29)])
def test_a_week_begins_on_its_monday_and_ends_on_its_sunday(desk: Desk, day: date) -> None:
    view = week.week(desk, day)
    assert (view.monday, view.day(6)) == (date(2026, 11, 23), date(2026, 11, 29))


def test_a_week_goes_over_the_end_of_the_year(desk: Desk) -> None:
    assert week.week(desk, date(2027, 1, 1)).monday == date(2026, 12, 28)


def test_doses_stand_on_the_day_they_were_given_and_those_to_come_on_their_planned_day(desk: Desk) -> None:
    assert doses(row(desk, INTERLEUKIN)) == [
        (0, "IL2", 1, "given"),
        (2, "IL2", 2, "planned"),
        (4, "IL2", 3, "planned"),
        (6, "IL2", 4, "planned"),
    ]
    assert (0, "BEL", 1, "given") in doses(row(desk, BOTH))


def test_a_late_dose_stands_on_the_day_it_was_given(arms: Study, desk: Desk) -> None:
    at(arms, TODAY + timedelta(days=3))
    inject(desk, INTERLEUKIN)
    found = doses(row(desk, INTERLEUKIN))
    assert (3, "IL2", 2, "late") in found and all(place != 2 for place, *_ in found)


def test_without_a_first_dose_no_date_is_an_appointment(desk: Desk) -> None:
    found = row(desk, BELIMUMAB)
    assert doses(found) == [] and found.waits is not None and found.waits.code == NO_DAY_ONE


def test_the_edges_of_a_window_stand_beside_the_planned_day(desk: Desk) -> None:
    found = row(desk, INTERLEUKIN, TODAY + timedelta(days=14))
    codes = [(place, item.code) for place, items in enumerate(found.days) for item in items]
    planned = [place for place, code in codes if code == VISIT]
    assert planned and any(code == CLOSES and place > planned[0] for place, code in codes)
    before = row(desk, INTERLEUKIN, TODAY + timedelta(days=7))
    assert OPENS in {item.code for items in (*before.days, *found.days) for item in items}


def test_a_dose_entered_in_error_leaves_its_day(desk: Desk) -> None:
    given = dose_log.doses(desk, INTERLEUKIN)[0]
    dose_corrections.void_dose(desk, given.id, "slip", given.version)
    assert doses(row(desk, INTERLEUKIN)) == []


def test_a_visit_outside_the_plan_stands_on_its_day(desk: Desk) -> None:
    visits.record_visit(desk, BELIMUMAB, "UNS", TODAY)
    named = {str(item.facts["visit"]) for item in row(desk, BELIMUMAB).days[0] if item.code == VISIT}
    assert "UNS" in named


def test_who_left_stands_only_in_weeks_in_which_something_took_place(desk: Desk) -> None:
    dispositions.record_disposition(desk, INTERLEUKIN, "exit", "", TODAY, "lost", "Not reached by telephone.")
    assert doses(row(desk, INTERLEUKIN)) == [(0, "IL2", 1, "given")]
    # The window of the visit of leaving closes in the week after.
    later = week.week(desk, TODAY + timedelta(days=14)).rows
    assert INTERLEUKIN not in {found.who.subject_id for found in later}


def questions(desk: Desk) -> int:
    """Return how many statements a week asks of the file."""
    asked: list[object] = []

    def note(*facts: object) -> None:
        asked.append(facts[2])

    event.listen(desk.database.engine, "before_cursor_execute", note)
    try:
        week.week(desk, TODAY)
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", note)
    return len(asked)


def test_more_subjects_ask_no_more_of_the_file(arms: Study, desk: Desk) -> None:
    before = questions(desk)
    for number in range(4, 10):
        register(arms, number)
    assert questions(arms.sit("lin.yue", roles.NURSE)) == before
