"""What was told of an arm outside, and why an allocation was in error, put right and signed anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allocated_outside import NEXT, OTHER, mark, record, told
from allocations_corrected import correct, correct_reason, facts_of, outside_row, why_of
from study_fixtures import PASSWORD, Study
from trial_fixtures import made_ready, made_trial, open_as, ready, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import exporting, printing
from sle_desk.exports.read_back import read_back
from sle_desk.exports.slips import allocation_slip
from sle_desk.models.store import verification
from sle_desk.services import (
    allocation,
    allocation_corrections,
    allocation_errors,
    history,
    papers,
    signatures,
    subjects,
    visits,
    void_subjects,
)
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["made_ready", "made_trial", "ready", "trial"]

MAY = [("chen.lan", roles.COORDINATOR), ("zhao.jing", roles.INVESTIGATOR), ("wu.min", roles.PI)]
ENGLISH = Language("en")


@pytest.fixture
def outside(ready: Study) -> Iterator[Study]:
    """A subject whose arm was told by telephone and recorded, as it was thought to be."""
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR)))
    yield ready


def pi(study: Study) -> Desk:
    return study.sit("wu.min", roles.PI)


@pytest.mark.parametrize(("login", "role"), MAY)
def test_the_facts_are_put_right_by_who_may_record_them_and_signed_anew(
    outside: Study, login: str, role: str
) -> None:
    before = outside_row(pi(outside))
    desk = outside.sit(login, role)
    right = replace(facts_of(desk), way="paper", told_by=" Sun Tongli ", reason="The power was cut.")
    correct(outside, desk, right, note="the protocol of the call")
    row = outside_row(pi(outside))
    assert row.outside is not None and before.outside is not None
    assert (row.outside.way, row.outside.told_by, row.outside.reason) == (
        "paper", "Sun Tongli", "The power was cut.",
    )  # fmt: skip
    kept = ("id", "arm", "randomisation_number", "row", "list_code", "allocated_at", "allocated_by")
    assert [getattr(row, name) for name in kept] == [getattr(before, name) for name in kept]
    assert row.outside.agrees == before.outside.agrees
    desk = pi(outside)
    first, second = signatures.signatures_of(desk, "allocation_slot", row.row)
    assert (first.valid, first.void_reason) == (False, "slip: the protocol of the call")
    assert (second.valid, second.role, second.id) == (True, role, row.signature_id)
    assert first.content_hash != second.content_hash
    (entry,) = (
        each for each in history.audit_trail(desk)
        if each.table == "emergency_allocation" and each.operation == "update"
    )  # fmt: skip
    assert (entry.action, entry.reason) == (
        allocation_corrections.OUTSIDE, "slip: the protocol of the call",
    )  # fmt: skip
    assert entry.old["told_by"] == "Sun Tong"
    assert desk.cursor_check(verification.verify).holds


@pytest.mark.parametrize(("login", "role"), [("lin.yue", roles.NURSE), ("sun.tong", roles.STATISTICIAN)])
def test_nobody_else_corrects_them(outside: Study, login: str, role: str) -> None:
    right = replace(facts_of(pi(outside)), told_by="Sun Tongli")
    why = why_of(pi(outside))
    with pytest.raises(NotAllowed, match=r"role\.may_not"):
        correct(outside, outside.sit(login, role), right, why=why)
    assert facts_of(pi(outside)).told_by == "Sun Tong"


def test_another_password_or_statement_corrects_nothing(outside: Study) -> None:
    desk = pi(outside)
    right, why = replace(facts_of(desk), told_by="Sun Tongli"), why_of(desk)
    signing = allocation_corrections.signing_for("en", PASSWORD)
    for changed, error in (
        ({"password": "another lantern 9"}, NotAllowed),
        ({"statement": "So."}, RuleBroken),
    ):
        with pytest.raises(error, match=r"signature\."):
            allocation_corrections.correct_outside(
                desk, outside.folder, why, right, replace(signing, **changed)
            )
    assert facts_of(desk).told_by == "Sun Tong"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "correction.same"),
        ({"way": "dream"}, "outside.incomplete"),
        ({"told_by": " "}, "outside.incomplete"),
        ({"reason": ""}, "outside.incomplete"),
        ({"told_by": "x" * 121}, "text.too_long"),
        ({"told_at": timedelta(hours=1)}, "outside.future"),
        ({"told_at": timedelta(days=-13000)}, "day.before_birth"),
    ],
)
def test_what_cannot_be_is_refused_as_on_recording_and_stays(
    outside: Study, changed: dict[str, Any], code: str
) -> None:
    desk = pi(outside)
    was = facts_of(desk)
    moved = {
        name: was.told_at + value if isinstance(value, timedelta) else value
        for name, value in changed.items()
    }
    right = replace(was, **moved)
    if changed:
        with pytest.raises(RuleBroken) as seen:
            allocation_corrections.check_outside(desk, why_of(desk), right)
        assert seen.value.code == code
    with pytest.raises(RuleBroken) as refused:
        correct(outside, desk, right)
    assert refused.value.code == code
    assert facts_of(desk) == was
    (signed,) = signatures.signatures_of(desk, "allocation_slot", 1)
    assert signed.valid


def test_a_correction_needs_a_coded_reason_and_what_was_seen(outside: Study) -> None:
    desk = pi(outside)
    right, seen = replace(facts_of(desk), told_by="Sun Tongli"), why_of(desk)
    with pytest.raises(RuleBroken, match=r"change\.reason_needed"):
        correct(outside, desk, right, why=replace(seen, reason=""))
    correct(outside, desk, right, why=seen)
    with pytest.raises(Stale):
        correct(outside, desk, replace(right, told_by="Sun Tong"), why=seen)
    with pytest.raises(Stale):
        allocation_corrections.check_outside(desk, seen, replace(right, told_by="Sun Tong"))
    assert facts_of(desk).told_by == "Sun Tongli"


def test_nothing_of_a_subject_entered_in_error_is_corrected(outside: Study) -> None:
    desk = pi(outside)
    right = replace(facts_of(desk), told_by="Sun Tongli")
    void_subjects.void_subject(desk, 1, "source", subjects.subject_row(desk, 1).version)
    with pytest.raises(RuleBroken, match=r"subject\.void"):
        correct(outside, desk, right)


@pytest.mark.parametrize("table", ["emergency_allocation", "allocation_error"])
def test_no_door_changes_them_without_a_reason(outside: Study, table: str) -> None:
    mark(outside)
    desk = pi(outside)
    with pytest.raises(RuleBroken, match=r"change\.reason_needed"), desk.change("value.correct") as change:
        change.session.connection().exec_driver_sql(f"UPDATE {table} SET reason = 'other'")


def test_papers_and_exports_show_what_is_right_and_those_of_before_are_told(
    outside: Study, tmp_path: Path
) -> None:
    desk = pi(outside)
    printing.print_slip(desk, 1, ENGLISH)
    correct(outside, desk, replace(facts_of(desk), told_by="Sun Tongli", reason="The power was cut."))
    (slip,) = papers.papers(desk)
    assert slip.state == "superseded"
    with snapshot(desk) as copy:
        shown = allocation_slip(copy, 1)
    assert "Sun Tongli" in shown.marks[0].en and "The power was cut." in shown.marks[0].en
    # Recorded by the coordinator, and signed anew by the PI: the paper shows the signature that stands.
    assert shown.signature is not None and shown.signature.name == "Wu Min"
    written = exporting.write_export(desk, tmp_path, "site", ENGLISH)
    (table,) = (each for each in read_back(written.path) if each.name == "SUBJECTS")
    place = [column.name for column in table.columns].index("OUTSIDE_REASON")
    assert table.rows[0][place] == "The power was cut."


def test_a_summary_is_superseded_by_another_day_and_by_nothing_else_of_it(ready: Study) -> None:
    # Told days after the visit, and before the summary of the visit was printed, which says the day.
    ready.clock.advance(timedelta(days=3))
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR)))
    desk = pi(ready)
    visit = visits.visits(desk, 1)[0]
    printing.print_visit_summary(desk, visit.id, ENGLISH)
    correct(ready, desk, replace(facts_of(desk), told_by="Sun Tongli"))
    (summary,) = papers.papers(desk)
    assert summary.state != "superseded"
    at = facts_of(desk).told_at - timedelta(days=1)
    assert visit.on_day is not None and visit.on_day < at.date()
    correct(ready, desk, replace(facts_of(desk), told_at=at))
    (summary,) = papers.papers(desk)
    assert summary.state == "superseded"


def test_why_an_allocation_was_in_error_is_put_right_by_the_pi_and_signed_anew(ready: Study) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    desk = pi(ready)
    printing.print_slip(desk, 1, ENGLISH)
    before = allocation.allocation_of(desk, 1)
    ready.clock.advance(timedelta(hours=1))
    correct_reason(ready, desk, " Her consent was withdrawn. ")
    row = allocation.allocation_of(desk, 1)
    assert row is not None and row.error is not None and before is not None and before.error is not None
    assert row.error.reason == "Her consent was withdrawn."
    assert (row.error.marked_at, row.error.marked_by) == (before.error.marked_at, "Wu Min")
    first, second = signatures.signatures_of(desk, "allocation", row.id)
    assert (first.valid, second.valid, second.meaning) == (False, True, allocation_errors.ACTION)
    assert first.content_hash != second.content_hash
    # The allocation itself stands as it was signed.
    assert [each.valid for each in signatures.signatures_of(desk, "allocation_slot", row.row)] == [True]
    assert papers.papers(desk)[0].state == "superseded"
    assert desk.cursor_check(verification.verify).holds


def test_why_it_was_in_error_is_refused_to_others_without_words_unchanged_and_unseen(ready: Study) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    seen = why_of(pi(ready), error=True)
    for login, role in (("chen.lan", roles.COORDINATOR), ("zhao.jing", roles.INVESTIGATOR)):
        with pytest.raises(NotAllowed, match=r"role\.may_not"):
            correct_reason(ready, ready.sit(login, role), "Another.", seen)
    desk = pi(ready)
    for reason, code in ((" ", "allocation.error_reason"), ("She was not eligible.", "correction.same")):
        with pytest.raises(RuleBroken) as refused:
            correct_reason(ready, desk, reason)
        assert refused.value.code == code
    correct_reason(ready, desk, "Another.", seen)
    with pytest.raises(Stale):
        correct_reason(ready, desk, "A third.", seen)
    with pytest.raises(Stale):
        allocation_corrections.check_error(desk, seen, "A third.")


def test_the_reason_of_an_error_is_put_right_of_a_subject_entered_in_error_too(ready: Study) -> None:
    open_as(ready, "chen.lan", roles.COORDINATOR, 1)
    mark(ready)
    desk = pi(ready)
    void_subjects.void_subject(desk, 1, "source", subjects.subject_row(desk, 1).version)
    correct_reason(ready, desk, "Another.")
    row = allocation.allocation_of(desk, 1)
    assert row is not None and row.error is not None and row.error.reason == "Another."


def test_arm_and_row_are_those_told_also_where_the_row_says_otherwise(ready: Study) -> None:
    record(ready, told(ready.sit("chen.lan", roles.COORDINATOR), OTHER))
    desk = pi(ready)
    correct(ready, desk, replace(facts_of(desk), told_by="Sun Tongli"))
    row = outside_row(desk)
    assert row.outside is not None
    assert (row.arm, row.outside.agrees) == (OTHER, False)
    assert OTHER != NEXT


def test_nothing_was_told_after_it_was_recorded(outside: Study) -> None:
    kept = facts_of(pi(outside))
    outside.clock.advance(timedelta(days=3))
    desk = pi(outside)
    later = replace(kept, told_at=kept.told_at + timedelta(days=1))
    with pytest.raises(RuleBroken, match=r"outside\.after_recorded"):
        correct(outside, desk, later)
    assert facts_of(desk) == kept
