"""An arm told outside while no row of a list can be used: recorded, under a number of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from allocated_outside import NEXT, OTHER, mark, record, told
from allocations_corrected import correct, facts_of, outside_row
from earlier_schema import put_back
from study_fixtures import Study
from trial_fixtures import allocated, decide, decide_everything, list_of, load_list, register

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.exports import exporting, slips
from sle_desk.exports.allocation_words import mark_words
from sle_desk.exports.list_certificates import list_certificate
from sle_desk.exports.read_back import read_back
from sle_desk.models.allocation import AllocationSlot
from sle_desk.models.store import verification
from sle_desk.services import (
    allocation,
    allocations_outside,
    deviations,
    enrolment,
    history,
    list_kept,
    preconditions,
    signatures,
    snapshots,
    subjects,
)
from sle_desk.services.desk import Desk

# The last schema in which every allocation had a row.
BEFORE = 8
CODES = set(allocations_outside.WITHOUT_ROW.values())


def pi(study: Study) -> Desk:
    return study.sit("wu.min", roles.PI)


def told_now(study: Study, arm: str = NEXT) -> allocations_outside.Told:
    return told(study.sit("chen.lan", roles.COORDINATOR), arm)


def proposed(desk: Desk) -> list[tuple[int | None, str, str, dict[str, object]]]:
    rows = deviations.deviations(desk)
    return [(row.subject_id, row.code, row.severity, dict(row.facts)) for row in rows if row.code in CODES]


@pytest.fixture
def unlisted(study: Study) -> Iterator[Study]:
    """A study in which all is decided and no list is loaded; a subject is registered."""
    decide_everything(study)
    register(study, 1)
    yield study


@pytest.fixture
def used_up(study: Study) -> Iterator[Study]:
    """A list of three whose rows are used, and more subjects decided; the fourth is registered."""
    decide_everything(study, but=frozenset({"D09"}))
    decide(study, pi(study), "D09", "other", enrolment_target="3")
    load_list(study, size=3)
    for number in (1, 2, 3):
        allocated(study, number)
    decide(study, pi(study), "D09", "other", enrolment_target="6")
    register(study, 4)
    yield study


def test_an_arm_told_while_no_list_is_loaded_is_recorded_under_a_number_of_its_own(unlisted: Study) -> None:
    what = told_now(unlisted)
    row = record(unlisted, what)
    assert (row.arm, row.randomisation_number, row.row, row.list_code) == (NEXT, "E-001", None, "")
    assert row.allocated_at == what.told_at
    assert row.outside is not None and row.outside.agrees is None
    desk = pi(unlisted)
    assert proposed(desk) == [(1, "allocation.outside_no_list", "major", {"number": "E-001"})]
    (signed,) = signatures.signatures_of(desk, "emergency_allocation", row.outside.id)
    assert (signed.id, signed.meaning, signed.valid) == (
        row.signature_id, allocations_outside.ACTION, True,
    )  # fmt: skip
    assert subjects.subject_row(desk, 1).state == "randomised"
    assert desk.cursor_check(verification.verify).holds
    entry = next(each for each in history.audit_trail(desk) if each.number == row.audit_number)
    assert (entry.action, entry.reason) == (allocations_outside.ACTION, what.reason)


def test_an_arm_told_when_the_list_is_used_up_is_recorded_and_the_list_stays_as_it_is(used_up: Study) -> None:
    before = list_kept.commitment(pi(used_up))
    row = record(used_up, told_now(used_up, OTHER), subject_id=4)
    assert (row.arm, row.randomisation_number, row.row) == (OTHER, "E-001", None)
    desk = pi(used_up)
    after = list_kept.commitment(desk)
    assert before is not None and after is not None
    assert (after.opened, after.holds, after.outside) == (3, True, ())
    assert after.without_row == (("E-001", "SLE-004"),)
    ((about, code, severity, facts),) = proposed(desk)
    assert (about, code, severity) == (4, "allocation.outside_list_ended", "major")
    assert facts == {"number": "E-001", "list": "R1"}
    assert not [each for each in deviations.deviations(desk) if each.code == allocations_outside.DISAGREES]
    with desk.view() as session:
        assert enrolment.standing(session) == 4


def test_numbers_without_a_row_go_on_whatever_becomes_of_them(used_up: Study) -> None:
    record(used_up, told_now(used_up), subject_id=4)
    mark(used_up, 4)
    fifth = register(used_up, 5)
    assert record(used_up, told_now(used_up), subject_id=fifth).randomisation_number == "E-002"
    kept = list_kept.commitment(pi(used_up))
    assert kept is not None
    assert kept.without_row == (("E-001", "SLE-004"), ("E-002", "SLE-005"))
    with pi(used_up).view() as session:
        assert enrolment.standing(session) == 4


def change_digest(study: Study) -> None:
    with pi(study).change("session.close") as change:
        first, second = change.session.query(AllocationSlot).order_by(AllocationSlot.number).limit(2)
        first.commitment, second.commitment = second.commitment, first.commitment


def break_seal(study: Study) -> None:
    with pi(study).change("session.close") as change:
        first, second = change.session.query(AllocationSlot).order_by(AllocationSlot.number).limit(2)
        first.sealed = second.sealed


@pytest.mark.parametrize("fault", [change_digest, break_seal])
def test_no_row_of_a_list_that_fails_is_opened_and_what_was_told_is_recorded_without_one(
    study: Study, fault: Callable[[Study], None]
) -> None:
    decide_everything(study)
    load_list(study)
    register(study, 1)
    fault(study)
    row = record(study, told_now(study))
    assert (row.randomisation_number, row.row) == ("E-001", None)
    desk = pi(study)
    assert proposed(desk) == [
        (1, "allocation.outside_list_changed", "major", {"number": "E-001", "list": "R1"})
    ]
    kept = list_kept.commitment(desk)
    assert kept is not None and kept.opened == 0


def test_a_list_is_loaded_and_replaced_after_it_and_gives_its_first_row_first(unlisted: Study) -> None:
    record(unlisted, told_now(unlisted))
    load_list(unlisted)
    statistician = unlisted.sit("sun.tong", roles.STATISTICIAN)
    made = allocation.import_list(statistician, "R2", list_of(), "The first was seen.")
    assert (made.code, made.opened, made.without_row) == ("R2", 0, (("E-001", "SLE-001"),))
    assert allocated(unlisted, 2).randomisation_number == "R-001"
    with pytest.raises(RuleBroken, match=r"list\.used "):
        allocation.import_list(
            unlisted.sit("sun.tong", roles.STATISTICIAN), "R3", list_of(), "Another reason."
        )
    with snapshots.snapshot(pi(unlisted)) as copy:
        assert list_certificate(copy, copy.head.number).opened == 1


def test_enrolment_stops_at_the_number_decided_with_those_without_a_row(study: Study) -> None:
    decide_everything(study, but=frozenset({"D09"}))
    decide(study, pi(study), "D09", "other", enrolment_target="3")
    record(study, told_now(study), subject_id=register(study, 1))
    load_list(study, size=3)
    for number in (2, 3):
        allocated(study, number)
    fourth = register(study, 4)
    rows = preconditions.preconditions(pi(study), fourth)
    gaps = [gap.code for row in rows if row.code == "enrolment" for gap in row.missing]
    assert gaps == ["precondition.target_reached"]
    with pi(study).view() as session:
        assert enrolment.standing(session) == 3
    assert enrolment.list_ended(pi(study)) is None


def test_what_was_told_is_corrected_and_signed_anew_and_the_deviation_moves_with_the_day(
    unlisted: Study,
) -> None:
    record(unlisted, told_now(unlisted))
    desk = pi(unlisted)
    was = facts_of(desk)
    correct(unlisted, desk, replace(was, told_at=was.told_at - timedelta(days=1), told_by="Sun Tongli"))
    desk = pi(unlisted)
    row = outside_row(desk)
    assert row.outside is not None
    assert (row.outside.told_by, row.randomisation_number, row.outside.agrees) == (
        "Sun Tongli",
        "E-001",
        None,
    )
    first, second = signatures.signatures_of(desk, "emergency_allocation", row.outside.id)
    assert (first.valid, second.valid, second.id) == (False, True, row.signature_id)
    (moved,) = [
        each for each in deviations.deviations(desk) if each.code in CODES and each.progress != "void"
    ]
    assert moved.on_day == row.allocated_at.date()
    assert desk.cursor_check(verification.verify).holds


def test_marked_in_error_it_keeps_its_signature_and_nothing_speaks_of_a_row(unlisted: Study) -> None:
    record(unlisted, told_now(unlisted))
    mark(unlisted)
    desk = pi(unlisted)
    row = allocation.allocation_of(desk, 1)
    assert row is not None and row.outside is not None and row.error is not None
    (signed,) = signatures.signatures_of(desk, "emergency_allocation", row.outside.id)
    assert signed.valid
    said = " ".join(words.en for words in mark_words(row.outside, row.error))
    assert "No row of a list was used for it." in said
    assert "stays used" not in said and "next row" not in said


def test_slip_and_tables_say_that_there_is_no_row(unlisted: Study, tmp_path: Path) -> None:
    record(unlisted, told_now(unlisted))
    desk = pi(unlisted)
    with snapshots.snapshot(desk) as copy:
        slip = slips.allocation_slip(copy, 1)
    recorded = slip.recorded_as
    assert not isinstance(recorded, str) and recorded is not None
    assert (slip.randomisation_number, recorded.en) == ("E-001", "no row of a list")
    assert slip.signature is not None
    written = exporting.write_export(desk, tmp_path, "site", Language("en"))
    (table,) = (table for table in read_back(written.path) if table.name == "SUBJECTS")
    row = dict(zip((column.name for column in table.columns), table.rows[0], strict=True))
    assert (row["RANDOMISATION_NUMBER"], row["ALLOCATED_OUTSIDE"]) == ("E-001", "telephone")
    assert not row["OUTSIDE_AGREES"]


def test_who_has_such_an_arm_gets_no_second_one(unlisted: Study) -> None:
    record(unlisted, told_now(unlisted))
    with pytest.raises(RuleBroken, match=r"allocation\.already"):
        record(unlisted, told_now(unlisted))


def test_an_allocation_from_before_keeps_its_row_and_one_without_a_row_is_recorded_after_the_migration(
    study: Study,
) -> None:
    decide_everything(study, but=frozenset({"D09"}))
    decide(study, pi(study), "D09", "other", enrolment_target="3")
    load_list(study, size=3)
    opened = allocated(study, 1)
    outside = [record(study, told_now(study, OTHER), subject_id=register(study, each)) for each in (2, 3)]
    fourth = register(study, 4)
    assert study.unlocked is not None
    key = study.unlocked.database.data_key
    study.leave()
    put_back(study.folder, key, BEFORE)
    desk = pi(study)
    assert desk.cursor_check(verification.verify).holds
    kept = [allocation.allocation_of(desk, each) for each in (1, 2, 3)]
    assert kept == [opened, *outside]
    signed = signatures.signatures_of(desk, "allocation_slot", 1)
    assert [each.id for each in signed] == [opened.signature_id]
    row = record(study, told_now(study), subject_id=fourth)
    assert (row.randomisation_number, row.row) == ("E-001", None)
    assert pi(study).cursor_check(verification.verify).holds
