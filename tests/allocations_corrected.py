"""Corrections of an arm told outside and of an allocation in error, as tests make them."""

from __future__ import annotations

from study_fixtures import PASSWORD, Study

from sle_desk.services import allocation, allocation_corrections, allocation_errors
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.allocation_corrections import OutsideFacts
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why


def outside_row(desk: Desk, subject_id: int = 1) -> AllocationRow:
    row = allocation.allocation_of(desk, subject_id)
    assert row is not None
    return row


def facts_of(desk: Desk, subject_id: int = 1) -> OutsideFacts:
    """Return what is recorded of the arm that was told outside."""
    found = outside_row(desk, subject_id).outside
    assert found is not None
    return OutsideFacts(found.way, found.told_by, found.told_at, found.reason)


def why_of(desk: Desk, note: str = "", *, error: bool = False, subject_id: int = 1) -> Why:
    """Return a slip of the pen, about the record as it is now."""
    row = outside_row(desk, subject_id)
    found = row.error if error else row.outside
    assert found is not None
    return Why(found.id, found.version, "slip", note)


def correct(
    study: Study, desk: Desk, right: OutsideFacts, why: Why | None = None, note: str = "", subject_id: int = 1
) -> None:
    signing = allocation_corrections.signing_for("en", PASSWORD)
    seen = why or why_of(desk, note, subject_id=subject_id)
    allocation_corrections.correct_outside(desk, study.folder, seen, right, signing)


def correct_reason(study: Study, desk: Desk, reason: str, why: Why | None = None) -> None:
    signing = allocation_errors.signing_for("en", PASSWORD)
    seen = why or why_of(desk, error=True)
    allocation_corrections.correct_error(desk, study.folder, seen, reason, signing)
