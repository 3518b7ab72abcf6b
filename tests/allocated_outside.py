"""An arm told outside, and an allocation marked as made in error, as tests have them."""

from __future__ import annotations

from datetime import timedelta

from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import allocation_errors, allocations_outside, subjects
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.allocations_outside import Told
from sle_desk.services.desk import Desk

# What the list holds next.
NEXT, OTHER = "BELIL2", "IL2"


def told(desk: Desk, arm: str = NEXT) -> Told:
    """Return what the statistician said by telephone an hour ago."""
    at = desk.now() - timedelta(minutes=5)
    return Told(arm, "telephone", "Sun Tong", at, "The computer did not start.", again=arm)


def record(
    study: Study, what: Told, login: str = "chen.lan", role: str = roles.COORDINATOR, subject_id: int = 1
) -> AllocationRow:
    desk = study.sit(login, role)
    subject = subjects.subject_row(desk, subject_id)
    return allocations_outside.record_outside(
        desk,
        study.folder,
        subject_id,
        subject.code[-3:],
        str(subject.birth_date.year),
        what,
        allocations_outside.signing_for("en", PASSWORD),
    )


def mark(study: Study, subject_id: int = 1, reason: str = "She was not eligible.") -> None:
    desk = study.sit("wu.min", roles.PI)
    signing = allocation_errors.signing_for("en", PASSWORD)
    allocation_errors.mark_error(desk, study.folder, subject_id, reason, signing)
