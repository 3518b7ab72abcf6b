"""An arm told outside on another day than was recorded: plan, doses and deviations follow, records stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from allocated_outside import NEXT, OTHER, record, told
from allocations_corrected import correct, facts_of, outside_row
from dose_fixtures import dispense, inject
from logged import medicine, proposed
from study_fixtures import Study
from trial_fixtures import Made, copied, made_ready, made_trial, ready, register, trial

from sle_desk.domain import roles
from sle_desk.domain.said import finding_words
from sle_desk.models.store import verification
from sle_desk.services import allocations_outside, delegations, deviations, plan
from sle_desk.services.delegations import NewDelegation
from sle_desk.services.desk import Desk
from sle_desk.services.deviations import DeviationRow

__all__ = ["made_ready", "made_trial", "ready", "trial"]

DISAGREES, UNREADY = allocations_outside.DISAGREES, allocations_outside.UNREADY


def pi(study: Study) -> Desk:
    return study.sit("wu.min", roles.PI)


def record_later(study: Study, arm: str = NEXT, days: int = 1, **who: str) -> datetime:
    """Record, some days on, that the arm was told an hour ago; return when."""
    study.clock.advance(timedelta(days=days))
    what = told(study.sit("chen.lan", roles.COORDINATOR), arm)
    record(study, what, **who)
    return what.told_at


@pytest.fixture
def outside(ready: Study) -> Iterator[Study]:
    """A subject who was ready when the arm was told."""
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR)))
    yield ready


def tell_at(study: Study, at: datetime, desk: Desk | None = None) -> Desk:
    """Correct when the arm was told, as the PI."""
    desk = desk or pi(study)
    correct(study, desk, replace(facts_of(desk), told_at=at))
    return desk


def standing(desk: Desk, code: str) -> list[DeviationRow]:
    return [row for row in deviations.deviations(desk, 1) if row.code == code]


def test_the_allocation_and_every_planned_date_move_with_the_day(outside: Study) -> None:
    desk = pi(outside)
    first = outside_row(desk).allocated_at
    before = plan.calendar(desk, 1)
    assert before.provisional and before.visits and before.slots
    tell_at(outside, first - timedelta(days=1))
    desk = pi(outside)
    after = plan.calendar(desk, 1)
    assert outside_row(desk).allocated_at == first - timedelta(days=1)
    a_day = timedelta(days=1)
    days = [each.slot.planned_on for each in before.slots]
    assert [each.slot.planned_on for each in after.slots] == [day - a_day for day in days]
    moved = {each.planned.code: each.planned.planned_on for each in after.visits}
    counted = [each.planned for each in before.visits if each.visit_id is None and each.planned.code in moved]
    assert counted and all(moved[each.code] == each.planned_on - a_day for each in counted)
    assert desk.cursor_check(verification.verify).holds


def test_a_dose_is_compared_with_the_instant_again_and_stays_as_recorded(ready: Study) -> None:
    ready.clock.advance(timedelta(hours=5))
    recorded = ready.clock.now()
    first = recorded - timedelta(hours=4)
    record(ready, replace(told(ready.sit("chen.lan", roles.COORDINATOR)), told_at=first))
    desk = ready.sit("lin.yue", roles.NURSE)
    dispense(desk, 1)
    given = inject(desk, 1, started_at=first + timedelta(hours=2))
    assert not standing(desk, "dose.before_allocation")
    ready.clock.advance(timedelta(days=1))
    desk = tell_at(ready, first + timedelta(hours=3))
    (row,) = standing(desk, "dose.before_allocation")
    assert (row.about_table, row.about_id, row.progress) == ("dose", given.id, "proposed")
    desk = tell_at(ready, first)
    assert not standing(desk, "dose.before_allocation")


def test_a_medicine_is_compared_from_the_right_day_on(ready: Study) -> None:
    first = record_later(ready, days=3)
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    days = [(first - timedelta(days=ago)).date().isoformat() for ago in (2, 1)]
    medicine(desk, "Prednisone", "40", days[0], 1, stop=days[1])
    above = "medication.prednisone_above"
    assert above not in proposed(desk, 1)
    desk = tell_at(ready, first - timedelta(days=3))
    assert above in proposed(desk, 1)
    desk = tell_at(ready, first)
    assert above not in proposed(desk, 1)


def test_what_was_missing_on_the_right_day_is_proposed_and_taken_back(outside: Study) -> None:
    first = outside_row(pi(outside)).allocated_at
    assert not standing(pi(outside), UNREADY)
    early = first - timedelta(days=6)
    desk = tell_at(outside, early)
    (row,) = standing(desk, UNREADY)
    assert (row.severity, row.on_day, row.progress) == ("major", early.date(), "proposed")
    assert 0 < row.facts["count"] < row.facts["of"]
    # A day later as much is missing: it is of that day now.
    desk = tell_at(outside, early + timedelta(days=1))
    (again,) = standing(desk, UNREADY)
    assert again.id != row.id
    assert (again.on_day, again.facts) == (early.date() + timedelta(days=1), row.facts)
    desk = tell_at(outside, first)
    assert not standing(desk, UNREADY)


def test_what_was_missing_for_another_cause_is_still_counted_on_the_right_day(trial: Study) -> None:
    register(trial, 1)
    first = record_later(trial)
    (row,) = standing(pi(trial), UNREADY)
    # Nothing of it is a matter of the day.
    desk = tell_at(trial, first - timedelta(days=1))
    (again,) = standing(desk, UNREADY)
    assert (again.facts, again.on_day) == (row.facts, first.date() - timedelta(days=1))


@pytest.mark.parametrize("days", [0, 2, 9])
def test_a_corrected_day_counts_what_a_recorded_one_would(
    made_ready: Made, tmp_path: Path, days: int
) -> None:
    found = []
    for name, recorded in (("corrected", timedelta()), ("recorded", timedelta(days=days))):
        study = copied(made_ready, tmp_path / name)
        study.clock.advance(timedelta(days=1))
        what = told(study.sit("chen.lan", roles.COORDINATOR))
        record(study, replace(what, told_at=what.told_at - recorded))
        desk = pi(study)
        if name == "corrected" and days:
            tell_at(study, what.told_at - timedelta(days=days), desk)
        found.append([(row.facts, row.on_day) for row in standing(desk, UNREADY)])
        study.leave()
    assert found[0] == found[1] != []


@pytest.mark.parametrize("explained", [False, True])
def test_what_a_person_settled_stays_and_is_told_with_its_right_day(ready: Study, explained: bool) -> None:
    first = record_later(ready, OTHER)
    desk = pi(ready)
    (row,) = standing(desk, DISAGREES)
    if explained:
        deviations.explain(desk, row.id, row.version, "The sheet was misread.")
    else:
        deviations.accept(desk, row.id, row.version)
    day = first.date() - timedelta(days=1)
    desk = tell_at(ready, first - timedelta(days=1))
    (kept,) = standing(desk, DISAGREES)
    assert (kept.id, kept.on_day, kept.facts) == (row.id, first.date(), row.facts)
    assert kept.progress == ("explained" if explained else "accepted")
    assert kept.ground == "differs"
    said = finding_words(desk.protocol, kept.code, kept.ground_facts)
    assert f"({day})" in said.en and f"（{day}）" in said.zh
    # As it was recorded first it stands again, and nothing is told.
    desk = tell_at(ready, first)
    (kept,) = standing(desk, DISAGREES)
    assert kept.ground == ""


def test_what_was_settled_and_is_shown_no_more_is_told(outside: Study) -> None:
    first = outside_row(pi(outside)).allocated_at
    desk = tell_at(outside, first - timedelta(days=6))
    (row,) = standing(desk, UNREADY)
    deviations.accept(desk, row.id, row.version)
    desk = tell_at(outside, first)
    (kept,) = standing(desk, UNREADY)
    assert (kept.id, kept.progress, kept.ground) == (row.id, "accepted", "gone")
    desk = tell_at(outside, first - timedelta(days=6))
    (kept,) = standing(desk, UNREADY)
    assert (kept.id, kept.ground) == (row.id, "")


def test_that_the_row_holds_another_arm_is_of_the_right_day(ready: Study) -> None:
    first = record_later(ready, OTHER)
    (row,) = standing(pi(ready), DISAGREES)
    desk = tell_at(ready, first - timedelta(days=2))
    (again,) = standing(desk, DISAGREES)
    assert (again.facts, again.on_day) == (row.facts, first.date() - timedelta(days=2))
    assert (again.progress, again.severity) == ("proposed", "major")


def test_another_time_of_the_same_day_proposes_nothing_anew(ready: Study) -> None:
    first = record_later(ready, OTHER)
    (row,) = standing(pi(ready), DISAGREES)
    desk = tell_at(ready, first - timedelta(minutes=10))
    assert [each.id for each in standing(desk, DISAGREES)] == [row.id]
    assert outside_row(desk).allocated_at == first - timedelta(minutes=10)


def test_whoever_recorded_it_is_compared_with_the_delegation_log_of_the_right_day(ready: Study) -> None:
    ready.clock.advance(timedelta(days=3))
    today = ready.clock.now().date()
    give_since(ready, today)
    first = told(ready.sit("zhao.jing", roles.INVESTIGATOR)).told_at
    record(ready, told(ready.sit("zhao.jing", roles.INVESTIGATOR)), "zhao.jing", roles.INVESTIGATOR)
    assert not standing(pi(ready), "delegation.missing")
    desk = tell_at(ready, first - timedelta(days=1))
    (row,) = standing(desk, "delegation.missing")
    assert (row.on_day, row.facts["name"]) == (today - timedelta(days=1), "Zhao Jing")
    assert row.facts["action"] == allocations_outside.ACTION
    desk = tell_at(ready, first)
    assert not standing(desk, "delegation.missing")


def give_since(study: Study, day: date) -> None:
    """Let the investigator be given the task on a day, and have had it never before."""
    desk = pi(study)
    (line,) = [
        line for line in delegations.delegation_log(desk)
        if line.name == "Zhao Jing" and line.task == roles.RANDOMISATION
    ]  # fmt: skip
    delegations.end_delegation(desk, line.id, day - timedelta(days=30))
    delegations.record_delegation(desk, NewDelegation(line.user_id, roles.RANDOMISATION, day))
