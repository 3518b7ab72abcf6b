"""Enrolment stops at the number decided, with its list, and where another ratio was decided than its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allocated_outside import mark, record, told
from study_fixtures import PASSWORD, Study
from trial_fixtures import (
    allocated,
    arms,
    decide,
    decide_everything,
    list_of,
    load_list,
    made_arms,
    made_ready,
    made_trial,
    open_as,
    ready,
    ready_to_allocate,
    register,
    trial,
)

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.base.words import sentence
from sle_desk.domain import roles
from sle_desk.domain.evidence_values import Missing
from sle_desk.services import (
    allocation,
    allocations_outside,
    decisions,
    deviations,
    enrolment,
    overview,
    preconditions,
    screening_log,
    subjects,
    void_subjects,
)

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "trial"]


def target(study: Study, count: int) -> None:
    decide(study, study.sit("wu.min", roles.PI), "D09", "other", enrolment_target=str(count))


def ratio(study: Study, *shares: str) -> None:
    decide(study, study.sit("wu.min", roles.PI), "D27", "other", allocation_ratio=shares)


def gaps(study: Study, subject_id: int) -> list[Missing]:
    rows = preconditions.preconditions(study.sit("chen.lan", roles.COORDINATOR), subject_id)
    return [gap for row in rows if row.code == "enrolment" for gap in row.missing]


def counted(study: Study) -> set[tuple[int, int]]:
    """Return how many are randomised and in error, by Today, the flow chart, the stop and the log."""
    desk = study.sit("wu.min", roles.PI)
    today, flow = overview.today(desk).enrolment, screening_log.screening_log(desk).flow
    with desk.view() as session:
        stop = (enrolment.standing(session), len(enrolment.allocated_in_error(session)))
    outcomes = [row.outcome for row in screening_log.screening_log(desk).rows]
    listed = (outcomes.count("randomised"), outcomes.count("in_error"))
    return {(today.randomised, today.in_error), (flow.randomised, flow.in_error), stop, listed}


def refused(study: Study, subject_id: int) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        open_as(study, "wu.min", roles.PI, subject_id)
    return caught.value


def test_enrolment_stops_where_as_many_as_were_decided_are_randomised(arms: Study) -> None:
    fourth = ready_to_allocate(arms, 4)
    assert gaps(arms, fourth) == []
    target(arms, 3)
    (gap,) = gaps(arms, fourth)
    assert (gap.code, gap.place.code, dict(gap.facts)) == (
        "precondition.target_reached",
        "D09",
        {"count": 3, "target": 3},
    )
    assert refused(arms, fourth).code == "precondition.target_reached"
    target(arms, 4)
    assert open_as(arms, "wu.min", roles.PI, fourth).randomisation_number == "R-004"


def test_an_allocation_in_error_and_a_subject_in_error_do_not_count(arms: Study) -> None:
    fourth = ready_to_allocate(arms, 4)
    target(arms, 3)
    mark(arms, 2)
    assert counted(arms) == {(2, 1)}
    assert gaps(arms, fourth) == []
    assert open_as(arms, "wu.min", roles.PI, fourth).randomisation_number == "R-004"
    other = register(arms, 5)
    assert [gap.code for gap in gaps(arms, other)] == ["precondition.target_reached"]
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    void_subjects.void_subject(desk, 1, "slip", subjects.subject_row(desk, 1).version)
    assert gaps(arms, other) == []
    assert counted(arms) == {(2, 1)}


def test_an_arm_told_outside_beyond_the_number_is_recorded_with_the_deviation(arms: Study) -> None:
    fourth = ready_to_allocate(arms, 4)
    target(arms, 3)
    record(arms, told(arms.sit("chen.lan", roles.COORDINATOR)), subject_id=fourth)
    found = deviations.deviations(arms.sit("wu.min", roles.PI), fourth)
    (unready,) = [row for row in found if row.code == allocations_outside.UNREADY]
    assert (unready.severity, unready.facts["count"]) == ("major", 1)


def test_nothing_is_stopped_by_a_number_that_nobody_decided(arms: Study) -> None:
    fourth = register(arms, 4)
    desk = arms.sit("wu.min", roles.PI)
    with desk.view() as session:
        made = {each.code: each.number for each in decisions.decisions_made(session)}
    for code in ("D09", "D27"):
        signing = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
        decisions.withdraw_decision(desk, arms.folder, made[code], "Asked again.", signing)
    assert gaps(arms, fourth) == []


def test_no_row_is_opened_of_a_list_of_another_ratio_than_was_decided(ready: Study) -> None:
    ratio(ready, "2", "2", "2")
    assert gaps(ready, 1) == []
    ratio(ready, "2", "1", "1")
    (gap,) = gaps(ready, 1)
    assert (gap.code, gap.place.code, dict(gap.facts)) == (
        "precondition.ratio_changed",
        "D27",
        {"code": "R1", "made": "1 : 1 : 1", "decided": "2 : 1 : 1"},
    )
    assert refused(ready, 1).code == "precondition.ratio_changed"
    # Another list of that ratio, while no row is used, or the ratio of the list again.
    target(ready, 32)
    order = ("BELIL2", "BEL", "BELIL2", "IL2")
    statistician = ready.sit("sun.tong", roles.STATISTICIAN)
    allocation.import_list(statistician, "R2", list_of(order, 32), "The ratio was decided again.")
    assert gaps(ready, 1) == []
    ready.clock.advance(timedelta(minutes=1))
    ratio(ready, "1", "1", "1")
    assert [gap.facts["made"] for gap in gaps(ready, 1)] == ["2 : 1 : 1"]
    ratio(ready, "2", "1", "1")
    assert open_as(ready, "wu.min", roles.PI, 1).list_code == "R2"


def test_where_more_were_decided_than_a_used_up_list_has_it_is_said(study: Study) -> None:
    decide_everything(study, but=frozenset({"D09"}))
    target(study, 3)
    load_list(study, size=3)
    for number in (1, 2, 3):
        allocated(study, number)
    fourth = ready_to_allocate(study, 4)
    desk = study.sit("sun.tong", roles.STATISTICIAN)
    assert enrolment.list_ended(desk) is None
    target(study, 6)
    (gap,) = gaps(study, fourth)
    assert (gap.code, dict(gap.facts)) == (
        "precondition.list_ended",
        {"code": "R1", "size": 3, "count": 3, "target": 6},
    )
    assert refused(study, fourth).code == "precondition.list_ended"
    assert enrolment.list_ended(study.sit("sun.tong", roles.STATISTICIAN)) == gap
    said = sentence(gap.code, gap.facts, Language("en"))
    assert "R1" in said and "6" in said
