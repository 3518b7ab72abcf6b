"""What is said of an allocation beside its arm: that it was told outside, that it was made in error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.allocation import Allocation, AllocationError, EmergencyAllocation
from sle_desk.models.people import User


@dataclass(frozen=True)
class Outside:
    """That an arm was told outside: how, by whom, when, why, and whether the next row said the same.

    `agrees` is None where there was no row of a list to compare with.
    """

    way: str
    told_by: str
    told_at: datetime
    reason: str
    agrees: bool | None
    # The record of it, and as which version it was seen.
    id: int
    version: int


@dataclass(frozen=True)
class InError:
    """That an allocation was made in error: why, when and by whom it was marked."""

    reason: str
    marked_at: datetime
    marked_by: str
    id: int
    version: int


def outside_of(session: Session, allocation_id: int) -> Outside | None:
    """Return how an arm was told outside, or None where its row was opened here."""
    found = session.execute(
        select(EmergencyAllocation, Allocation.slot_id)
        .join(Allocation, Allocation.id == EmergencyAllocation.allocation_id)
        .where(EmergencyAllocation.allocation_id == allocation_id)
    ).one_or_none()
    if found is None:
        return None
    row, slot_id = found
    agrees = None if slot_id is None else bool(row.agrees)
    return Outside(row.way, row.told_by, row.told_at, row.reason, agrees, row.id, row.version)


def error_of(session: Session, allocation_id: int) -> InError | None:
    """Return why an allocation was marked as made in error, or None."""
    row = session.scalar(select(AllocationError).where(AllocationError.allocation_id == allocation_id))
    if row is None:
        return None
    name = session.get_one(User, row.marked_by).name
    return InError(row.reason, row.marked_at, name, row.id, row.version)
