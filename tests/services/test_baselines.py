"""Grades against the baseline: the last value before the first dose of any study drug, whenever typed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.services import laboratories, labs, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]

INTERLEUKIN = 3


def alt(value: str) -> tuple[TypedResult, ...]:
    return (TypedResult("ALT", value, "", Decimal(value), "U/L"),)


def laboratory(study: Study) -> int:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    return laboratories.record_laboratory(desk, "PKUPH", "PKUPH central laboratory", desk.today())


def grades(desk: Desk) -> dict[str, int | None]:
    rows = (row.results["ALT"] for row in labs.samples(desk, INTERLEUKIN) if "ALT" in row.results)
    # That of the screening visit is 22.
    return {row.typed: row.grade for row in rows if row.typed != "22"}


@pytest.mark.parametrize("typed", ["in time", "to a sample awaited", "as a sample"])
def test_a_baseline_typed_late_is_what_later_values_are_graded_against(arms: Study, typed: str) -> None:
    number = laboratory(arms)
    desk = arms.sit("lin.yue", roles.NURSE)
    day = desk.today()
    first = next(row.id for row in visits.visits(desk, INTERLEUKIN) if row.code == "V1")
    at(arms, day, "14:00")
    before = NewSample(INTERLEUKIN, first, "CHEM", number, desk.now())
    awaited = None
    if typed != "as a sample":
        awaited = labs.save_results(desk, before, alt("80") if typed == "in time" else ())
    at(arms, day, "16:00")
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN, started_at=desk.now())
    at(arms, day + timedelta(days=14))
    later = visits.record_visit(desk, INTERLEUKIN, "W2", desk.today()).id
    labs.save_results(desk, NewSample(INTERLEUKIN, later, "CHEM", number, desk.now()), alt("250"))
    if typed == "as a sample":
        labs.save_results(desk, before, alt("80"))
    elif typed == "to a sample awaited":
        assert awaited is not None
        labs.add_results(desk, awaited.id, alt("80"))
    # reality.md 9: over three times 80, not yet five times; against the range alone it were grade 3.
    assert grades(desk) == {"80": 1, "250": 2}


@pytest.mark.parametrize("timed", [True, False])
def test_a_first_dose_without_a_time_moves_no_baseline_behind_it(arms: Study, timed: bool) -> None:
    number = laboratory(arms)
    desk = arms.sit("lin.yue", roles.NURSE)
    day = desk.today()
    first = next(row.id for row in visits.visits(desk, INTERLEUKIN) if row.code == "V1")
    at(arms, day, "14:00")
    labs.save_results(desk, NewSample(INTERLEUKIN, first, "CHEM", number, desk.now()), alt("80"))
    at(arms, day, "16:00")
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN, started_at=desk.now() if timed else None)
    at(arms, day + timedelta(days=1))
    second = visits.record_visit(desk, INTERLEUKIN, "UNS", desk.today(), reason="source").id
    labs.save_results(desk, NewSample(INTERLEUKIN, second, "CHEM", number, desk.now()), alt("250"))
    at(arms, day + timedelta(days=2))
    inject(desk, INTERLEUKIN, started_at=desk.now())
    at(arms, day + timedelta(days=9))
    third = visits.record_visit(desk, INTERLEUKIN, "UNS", desk.today(), reason="source").id
    labs.save_results(desk, NewSample(INTERLEUKIN, third, "CHEM", number, desk.now()), alt("500"))
    found = grades(desk)
    assert found["500"] == 3
    # Without the time of the first dose nobody knows whether 80 was drawn before it; the screening visit was.
    assert found["250"] == (2 if timed else 3)
