"""A dose given on the day of a recorded miss: it fills its planned dose, and the miss is asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, inject, injection
from study_fixtures import START, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.said import finding_words
from sle_desk.models.safety import Query
from sle_desk.services import deviations, dose_corrections, dose_log, dosing
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]

IL2 = 3


def day(number: int):
    return START.date() + timedelta(days=number - 1)


@pytest.fixture
def desk(arms: Study) -> Desk:
    """Return the desk of day 5, one dose given on day 1."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, day(5))
    return arms.sit("lin.yue", roles.NURSE)


def given_on(desk: Desk, number: int, reason: str = "", site: str = "RB") -> dosing.Recorded:
    entry = injection(desk, IL2, on_day=day(number), started_at=None, site=site, reason=reason)
    return dosing.record_injection(desk, entry)


def asked(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.view() as session:
        rows = session.query(Query).order_by(Query.id)
        return [(row.about_table, row.question, row.progress) for row in rows]


def proposed(desk: Desk) -> set[str]:
    return {row.code for row in deviations.deviations(desk, IL2, progress="proposed")}


def test_a_dose_of_the_day_of_a_miss_fills_its_planned_dose_and_the_miss_is_asked_about(desk: Desk) -> None:
    miss = dosing.record_missed(desk, IL2, "IL2", 2, "forgotten")
    assert "dose.missed" in proposed(desk)
    recorded = given_on(desk, 3)
    assert recorded.slot is not None and recorded.slot.number == 2
    assert not {"dose.outside_plan", "dose.day_missed", "dose.missed"} & proposed(desk)
    assert asked(desk) == [("dose", "dose.missed_and_given", "open")]
    rows = {row.id: row for row in dose_log.doses(desk, IL2)}
    # Nothing is deleted and nothing put right by itself.
    assert (rows[miss.id].progress, rows[miss.id].contested, rows[miss.id].void) == (
        "missed", True, False,
    )  # fmt: skip
    whole = dose_log.dose_log(desk, IL2).compliance[-1].counts
    assert (whole.planned, whole.given, whole.missed, whole.beyond) == (2, 2, 0, 0)


def test_once_the_miss_or_the_dose_is_marked_as_an_error_the_question_is_answered(
    desk: Desk, arms: Study
) -> None:
    miss = dosing.record_missed(desk, IL2, "IL2", 2, "forgotten")
    dose = given_on(desk, 3)
    versions = {row.id: row.version for row in dose_log.doses(desk, IL2)}
    dose_corrections.void_dose(desk, dose.id, "slip", versions[dose.id])
    assert asked(desk) == [("dose", "dose.missed_and_given", "answered")]
    assert "dose.missed" in proposed(desk)
    again = given_on(desk, 3)
    assert [row[2] for row in asked(desk)] == ["answered", "open"]
    versions = {row.id: row.version for row in dose_log.doses(desk, IL2)}
    dose_corrections.void_dose(desk, miss.id, "slip", versions[miss.id])
    assert [row[2] for row in asked(desk)][-1] != "open"
    assert next(row for row in dose_log.doses(desk, IL2) if row.id == again.id).slot.number == 2


def test_a_dose_recorded_first_leaves_no_miss_to_be_recorded(desk: Desk) -> None:
    given_on(desk, 3)
    with pytest.raises(RuleBroken, match="slot_answered"):
        dosing.record_missed(desk, IL2, "IL2", 2, "forgotten")
    assert asked(desk) == []


def test_a_dose_of_another_day_of_the_window_is_told_that_its_planned_dose_is_a_miss(
    desk: Desk, arms: Study
) -> None:
    dosing.record_missed(desk, IL2, "IL2", 2, "forgotten")
    inject(desk, IL2, answered_slot=3)
    found = {each.code: each for each in given_on(desk, 4, "mistake", "LT").findings}
    assert "dose.day_missed" in found and "dose.outside_plan" not in found
    words = finding_words(desk.protocol, "dose.day_missed", found["dose.day_missed"].facts).en
    assert words == f"Given on {day(4)}; dose 2, planned on {day(3)}, is recorded as missed."
    assert asked(desk) == []


def test_a_second_dose_of_a_planned_day_is_told_that_it_has_a_record(desk: Desk) -> None:
    given_on(desk, 3)
    found = {each.code: each for each in given_on(desk, 3, "mistake", "RT").findings}
    assert "dose.day_filled" in found and "dose.outside_plan" not in found
    words = finding_words(desk.protocol, "dose.day_filled", found["dose.day_filled"].facts).en
    assert words == f"Given on {day(3)}; dose 2, planned on {day(3)}, has a record of {day(3)} already."


def test_a_dose_in_no_window_is_said_to_be_in_none(desk: Desk, arms: Study) -> None:
    at(arms, START.date() + timedelta(days=88))
    desk = arms.sit("lin.yue", roles.NURSE)
    codes = {each.code for each in given_on(desk, 89, "mistake").findings}
    assert "dose.outside_plan" in codes and not {"dose.day_missed", "dose.day_filled"} & codes
