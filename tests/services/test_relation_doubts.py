"""A sample called "pre-dose" that was drawn after the dose, or the other way round, is asked about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from sqlalchemy import select
from study_fixtures import Study, clock, made_study
from trial_fixtures import arms, laboratory, made_arms, made_trial

from sle_desk.base.errors import Unexplained
from sle_desk.domain import roles
from sle_desk.models.safety import Query
from sle_desk.services import labs, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult, as_new
from sle_desk.services.record_corrections import Why, correct_sample

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
IL2 = 3
KEPT = {"dose_relation": "rechecked"}
HGB = (TypedResult("HGB", "104", "", Decimal(104), "g/L"),)


@pytest.fixture
def desk(arms: Study) -> Desk:
    """The nurse's desk at 16:00 of a day; a sample is drawn at 14:00 or 15:00."""
    laboratory(arms)
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, nurse.today(), "16:00")
    dispense(nurse, IL2)
    return nurse


def new(desk: Desk, clock: str, relation: str) -> NewSample:
    visit = next(row.id for row in visits.visits(desk, IL2) if row.code == "V1")
    drawn = desk.now().replace(hour=int(clock[:2]), minute=int(clock[3:]))
    return NewSample(IL2, visit, "CBC", 1, drawn, f"R-{clock}", "", relation)


def dosed(desk: Desk, clock: str) -> None:
    inject(desk, IL2, started_at=desk.now().replace(hour=int(clock[:2]), minute=int(clock[3:])))


def asked(desk: Desk) -> list[tuple[str, str]]:
    with desk.view() as session:
        rows = session.scalars(select(Query).where(Query.about_table == "sample").order_by(Query.id))
        return [(row.question, row.progress) for row in rows]


@pytest.mark.parametrize(
    ("drawn", "relation", "code"), [("15:00", "pre", "after"), ("14:00", "post", "before")]
)
def test_typed_after_the_dose_it_needs_a_reason_and_is_asked_about(
    desk: Desk, drawn: str, relation: str, code: str
) -> None:
    dosed(desk, "14:30")
    before = labs.samples(desk, IL2)
    with pytest.raises(Unexplained, match=rf"sample\.{code}_dose"):
        labs.save_results(desk, new(desk, drawn, relation), HGB)
    assert labs.samples(desk, IL2) == before
    labs.save_results(desk, new(desk, drawn, relation), HGB, KEPT)
    assert asked(desk) == [(f"sample.{code}_dose", "open")]


@pytest.mark.parametrize(
    ("drawn", "relation"),
    [("14:00", "pre"), ("15:00", "post"), ("14:30", "pre"), ("14:30", "post"), ("15:00", "")],
)
def test_what_the_dose_does_not_contradict_is_not_asked(desk: Desk, drawn: str, relation: str) -> None:
    dosed(desk, "14:30")
    labs.save_results(desk, new(desk, drawn, relation), HGB)
    assert asked(desk) == []


def test_a_dose_recorded_later_asks_about_the_sample_once(desk: Desk) -> None:
    labs.save_results(desk, new(desk, "15:00", "pre"), HGB)
    assert asked(desk) == []
    dosed(desk, "14:30")
    assert asked(desk) == [("sample.after_dose", "open")]


def test_a_corrected_sample_is_asked_about_and_the_question_is_answered_when_it_is_put_right(
    desk: Desk,
) -> None:
    dosed(desk, "14:30")
    labs.save_results(desk, new(desk, "14:00", "pre"), HGB)
    for hour, told in (("15:00", ["open"]), ("14:10", ["answered"]), ("15:10", ["answered", "open"])):
        row = next(row for row in labs.samples(desk, IL2) if row.dose_relation)
        right = replace(as_new(row), drawn_at=new(desk, hour, "pre").drawn_at)
        correct_sample(desk, Why(row.id, row.version, "slip"), right)
        assert [progress for _, progress in asked(desk)] == told
