"""Arms told outside in an emergency, and allocations made in error: recorded as what they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from allocated_outside import NEXT, OTHER, mark, record, told
from outputs import arms_told
from study_fixtures import PASSWORD, Study
from trial_fixtures import allocated, made_ready, made_trial, open_as, ready, register, trial

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import exporting
from sle_desk.exports.read_back import read_back
from sle_desk.models.allocation import AllocationSlot
from sle_desk.models.store import verification
from sle_desk.services import (
    allocation,
    allocation_errors,
    allocations_outside,
    courses,
    delegations,
    deviations,
    dispositions,
    history,
    rescreening,
    signatures,
    subjects,
    void_subjects,
)
from sle_desk.services.desk import Desk

__all__ = ["made_ready", "made_trial", "ready", "trial"]


def proposed(desk: Desk, code: str) -> list[deviations.DeviationRow]:
    return [row for row in deviations.deviations(desk) if row.code == code]


def test_an_arm_told_outside_is_recorded_as_such_and_uses_the_next_row(ready: Study) -> None:
    what = told(ready.sit("chen.lan", roles.COORDINATOR))
    row = record(ready, what)
    assert (row.arm, row.randomisation_number, row.row) == (NEXT, "R-001", 1)
    assert row.allocated_at == what.told_at
    assert row.outside is not None
    assert (row.outside.way, row.outside.told_by, row.outside.reason) == (
        "telephone",
        "Sun Tong",
        "The computer did not start.",
    )
    assert row.outside.agrees
    desk = ready.sit("wu.min", roles.PI)
    (signed,) = signatures.signatures_of(desk, "allocation_slot", row.row)
    assert signed.meaning == allocations_outside.ACTION
    entry = next(each for each in history.audit_trail(desk) if each.number == row.audit_number)
    assert (entry.action, entry.reason) == (allocations_outside.ACTION, what.reason)
    assert not proposed(desk, allocations_outside.DISAGREES)
    assert not proposed(desk, allocations_outside.UNREADY)
    assert desk.cursor_check(verification.verify).holds
    # The list goes on behind it.
    assert allocated(ready, 2).row == 2


def test_an_arm_that_the_row_does_not_hold_is_recorded_as_told_with_a_major_deviation(ready: Study) -> None:
    row = record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    assert row.arm == OTHER
    assert row.outside is not None
    assert not row.outside.agrees
    desk = ready.sit("wu.min", roles.PI)
    (deviation,) = proposed(desk, allocations_outside.DISAGREES)
    assert (deviation.severity, deviation.subject_id) == ("major", 1)
    assert deviation.facts == {"number": "R-001", "row": 1}
    shown = allocation.commitment(desk)
    assert shown is not None
    assert (shown.opened, shown.holds) == (1, True)
    # What the row holds stands nowhere in the clear: it is compared at the reveal.
    assert not arms_told(desk)


def test_what_was_missing_then_refuses_nothing_and_is_a_deviation(trial: Study) -> None:
    register(trial, 1)
    row = record(trial, told(trial.sit("chen.lan", roles.COORDINATOR)))
    assert row.arm == NEXT
    (deviation,) = proposed(trial.sit("wu.min", roles.PI), allocations_outside.UNREADY)
    assert deviation.severity == "major"
    assert 0 < deviation.facts["count"] <= deviation.facts["of"]


def test_who_failed_screening_and_was_allocated_outside_is_in_the_study_and_the_failure_stays_recorded(
    ready: Study, tmp_path: Path
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, 1, "screen_failure", "", desk.today(), "other", "no bed was free")
    assert subjects.subject_row(desk, 1).state == "failed"
    record(ready, told(desk))
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    assert subjects.subject_row(desk, 1).state == "randomised"
    with desk.view() as session:
        course = courses.course(session, 1)
        assert courses.gone_on(session, 1) is None
    assert course is not None and course.active and course.failed_on is None
    (kept,) = dispositions.dispositions(desk, 1)
    assert (kept.kind, kept.note) == ("screen_failure", "no bed was free")
    written = exporting.write_export(desk, tmp_path, "site", Language("en"))
    tables = {table.name: table for table in read_back(written.path)}
    columns = [column.name for column in tables["SUBJECTS"].columns]
    (row,) = (row for row in tables["SUBJECTS"].rows if row[0] == subjects.subject_row(desk, 1).code)
    assert row[columns.index("STATE")] == "randomised"
    assert [line[1] for line in tables["DISPOSITIONS"].rows] == ["screen_failure"]
    (deviation,) = proposed(desk, allocations_outside.UNREADY)
    assert deviation.severity == "major"


def test_a_person_without_the_task_records_it_and_the_log_is_compared(ready: Study) -> None:
    desk = ready.sit("wu.min", roles.PI)
    for line in delegations.delegation_log(desk):
        if line.name == "Zhao Jing" and line.task == roles.RANDOMISATION:
            delegations.end_delegation(desk, line.id, desk.today() - timedelta(days=1))
    record(ready, told(ready.sit("zhao.jing", roles.INVESTIGATOR)), "zhao.jing", roles.INVESTIGATOR)
    (missing,) = proposed(ready.sit("wu.min", roles.PI), "delegation.missing")
    assert missing.facts["task"] == roles.RANDOMISATION


def test_nobody_else_may_record_one(ready: Study) -> None:
    for login, role in (("lin.yue", roles.NURSE), ("sun.tong", roles.STATISTICIAN)):
        what = told(ready.sit("chen.lan", roles.COORDINATOR))
        with pytest.raises(NotAllowed):
            allocations_outside.record_outside(
                ready.sit(login, role),
                ready.folder,
                1,
                "001",
                "1992",
                what,
                allocations_outside.signing_for("en", PASSWORD),
            )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"arm": "PLACEBO"}, "outside.incomplete"),
        ({"again": OTHER}, "outside.arms_differ"),
        ({"again": ""}, "outside.arms_differ"),
        ({"way": "dream"}, "outside.incomplete"),
        ({"told_by": " "}, "outside.incomplete"),
        ({"reason": ""}, "outside.incomplete"),
        ({"told_by": "x" * 121}, "text.too_long"),
    ],
)
def test_what_is_incomplete_is_refused_and_opens_nothing(
    ready: Study, changed: dict[str, str], code: str
) -> None:
    what = replace(told(ready.sit("chen.lan", roles.COORDINATOR)), **changed)
    with pytest.raises(RuleBroken) as refused:
        record(ready, what)
    assert refused.value.code == code
    assert allocation.allocation_of(ready.sit("wu.min", roles.PI), 1) is None


def test_nothing_was_told_in_the_future(ready: Study) -> None:
    what = told(ready.sit("chen.lan", roles.COORDINATOR))
    with pytest.raises(RuleBroken, match="outside.future"):
        record(ready, replace(what, told_at=what.told_at + timedelta(hours=1)))


def test_nothing_was_told_before_the_subject_was_born(ready: Study) -> None:
    what = told(ready.sit("chen.lan", roles.COORDINATOR))
    with pytest.raises(RuleBroken, match="day.before_birth"):
        record(ready, replace(what, told_at=what.told_at.replace(year=1990)))
    assert allocation.allocation_of(ready.sit("wu.min", roles.PI), 1) is None


def test_who_is_allocated_already_is_told_and_nothing_is_used(ready: Study) -> None:
    open_as(ready, "wu.min", roles.PI, 1)
    with pytest.raises(RuleBroken, match="allocation.already"):
        record(ready, told(ready.sit("chen.lan", roles.COORDINATOR)))
    shown = allocation.commitment(ready.sit("wu.min", roles.PI))
    assert shown is not None
    assert shown.opened == 1


def test_a_row_is_opened_once_for_a_person_under_whichever_number_of_a_screening(trial: Study) -> None:
    first = register(trial, 1)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, first, "screen_failure", "", desk.today(), "window")
    again = rescreening.rescreen(desk, first, "window")
    record(trial, told(desk))
    with pytest.raises(RuleBroken, match="precondition.randomised_elsewhere") as refused:
        open_as(trial, "wu.min", roles.PI, again.id)
    assert refused.value.facts["other"] == "SLE-001"
    # What happened is recorded all the same.
    record(trial, told(trial.sit("chen.lan", roles.COORDINATOR)), subject_id=again.id)
    (second,) = proposed(trial.sit("wu.min", roles.PI), allocations_outside.SECOND_ARM)
    assert (second.severity, second.facts["other"]) == ("major", "SLE-001")


def test_who_was_allocated_after_a_failure_is_not_screened_again(trial: Study) -> None:
    register(trial, 1)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    dispositions.record_disposition(desk, 1, "screen_failure", "", desk.today(), "window")
    record(trial, told(desk))
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    assert not rescreening.links_of(desk, 1).may
    with pytest.raises(RuleBroken, match="rescreen.allocated"):
        rescreening.rescreen(desk, 1, "window")


def test_an_allocation_in_error_stays_used_and_says_so(ready: Study) -> None:
    first = open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    desk = ready.sit("wu.min", roles.PI)
    row = allocation.allocation_of(desk, 1)
    assert row is not None
    assert (row.arm, row.randomisation_number) == (first.arm, "R-001")
    assert row.error is not None
    assert (row.error.reason, row.error.marked_by) == ("She was not eligible.", "Wu Min")
    shown = allocation.commitment(desk)
    assert shown is not None
    assert (shown.opened, shown.in_error) == (1, ((1, "SLE-001"),))
    (deviation,) = proposed(desk, allocation_errors.IN_ERROR)
    assert (deviation.severity, deviation.facts) == ("major", {"number": "R-001"})
    assert desk.cursor_check(verification.verify).holds
    # Neither is the subject allocated again, nor the row given to another.
    with pytest.raises(RuleBroken, match="allocation.already"):
        open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    assert allocated(ready, 2).row == 2


def test_an_allocation_is_marked_once_with_a_reason_by_the_pi_alone(ready: Study) -> None:
    signing = allocation_errors.signing_for("en", PASSWORD)
    with pytest.raises(RuleBroken, match="allocation.none"):
        mark(ready)
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    with pytest.raises(RuleBroken, match="error_reason"):
        mark(ready, reason=" ")
    with pytest.raises(NotAllowed, match="role.may_not"):
        allocation_errors.mark_error(
            ready.sit("chen.lan", roles.COORDINATOR), ready.folder, 1, "A reason.", signing
        )
    wrong = replace(signing, password="another lantern 9")
    with pytest.raises(NotAllowed, match="signature.password"):
        allocation_errors.mark_error(ready.sit("wu.min", roles.PI), ready.folder, 1, "A reason.", wrong)
    mark(ready)
    with pytest.raises(RuleBroken, match="error_twice"):
        mark(ready)


def test_the_row_of_a_subject_entered_in_error_is_told_once_however_it_was_marked(ready: Study) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    desk = ready.sit("wu.min", roles.PI)
    void_subjects.void_subject(desk, 1, "source", subjects.subject_row(desk, 1).version)
    shown = allocation.commitment(desk)
    assert shown is not None
    assert (shown.opened, shown.in_error) == (1, ((1, "SLE-001"),))


def test_rows_and_marks_are_never_taken_away(ready: Study) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    desk = ready.sit("wu.min", roles.PI)
    for table in ("allocation", "allocation_slot", "allocation_list", "allocation_error"):
        with pytest.raises(Exception, match="never deleted"), desk.change("session.close") as change:
            change.session.connection().exec_driver_sql(f"DELETE FROM {table}")
    with desk.view() as session:
        assert session.query(AllocationSlot).count() == 30
