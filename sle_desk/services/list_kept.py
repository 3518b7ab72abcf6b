"""The list that is in force: its rows as they were sealed, which are used, and what may be shown of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.randomisation import AllocationPlan, repeats
from sle_desk.models.allocation import (
    Allocation,
    AllocationError,
    AllocationList,
    AllocationSlot,
    DrawnList,
    EmergencyAllocation,
)
from sle_desk.models.lock import ListReveal
from sle_desk.models.people import User
from sle_desk.models.store import sealed_list
from sle_desk.models.store.sealed_list import SealedRow
from sle_desk.models.subject import Subject
from sle_desk.services.desk import Desk


@dataclass(frozen=True)
class Commitment:
    """What may be shown and printed of a list: its code, size and the digest over its commitments.

    `in_error` names the rows that stay used though they were opened in error, or for a subject who was.
    """

    code: str
    size: int
    digest: str
    imported_at: datetime
    imported_by: str
    opened: int
    holds: bool
    in_error: tuple[tuple[int, str], ...] = ()
    # Rows whose arm was told outside in an emergency.
    outside: tuple[tuple[int, str], ...] = ()
    # The version of the algorithm where it was drawn here.
    algorithm: str = ""
    # Allocations told outside that used no row of any list: the number and the subject.
    without_row: tuple[tuple[str, str], ...] = ()


def list_in_force(session: Session) -> AllocationList | None:
    """Return the list that allocations are opened from: the newest."""
    return session.scalar(select(AllocationList).order_by(AllocationList.id.desc()).limit(1))


def slots(session: Session, row: AllocationList) -> list[AllocationSlot]:
    """Return the rows of a list in their order."""
    return list(
        session.scalars(
            select(AllocationSlot).where(AllocationSlot.list_id == row.id).order_by(AllocationSlot.number)
        )
    )


def used(session: Session, row: AllocationList) -> list[int]:
    """Return the numbers of the rows that were opened."""
    return list(
        session.scalars(
            select(AllocationSlot.number)
            .join(Allocation, Allocation.slot_id == AllocationSlot.id)
            .where(AllocationSlot.list_id == row.id)
        )
    )


def row_of(session: Session, allocation: Allocation) -> tuple[str, int | None]:
    """Return list and number of the row that an allocation used; empty and None where it used none."""
    if allocation.slot_id is None:
        return "", None
    slot = session.get_one(AllocationSlot, allocation.slot_id)
    return session.get_one(AllocationList, slot.list_id).code, slot.number


def without_row(session: Session) -> tuple[tuple[str, str], ...]:
    """Return number and subject of each allocation that used no row of any list, oldest first."""
    found = session.execute(
        select(Allocation.randomisation_number, Subject.code)
        .join(Subject, Subject.id == Allocation.subject_id)
        .where(Allocation.slot_id.is_(None))
        .order_by(Allocation.id)
    )
    return tuple((number, code) for number, code in found)


def _marked(
    session: Session, row: AllocationList, marked: ColumnElement[bool]
) -> tuple[tuple[int, str], ...]:
    found = session.execute(
        select(AllocationSlot.number, Subject.code)
        .join(Allocation, Allocation.slot_id == AllocationSlot.id)
        .join(Subject, Subject.id == Allocation.subject_id)
        .outerjoin(AllocationError, AllocationError.allocation_id == Allocation.id)
        .outerjoin(EmergencyAllocation, EmergencyAllocation.allocation_id == Allocation.id)
        .where(AllocationSlot.list_id == row.id, marked)
        .order_by(AllocationSlot.number)
    )
    return tuple((number, code) for number, code in found)


def sealed(rows: Iterable[AllocationSlot]) -> tuple[SealedRow, ...]:
    """Return rows of a list as they were sealed."""
    return tuple(SealedRow(slot.number, slot.commitment, slot.sealed) for slot in rows)


def list_holds(cursor: Any) -> tuple[str, int, bool] | None:
    """Return code and size of the list in force, and whether its commitments give its digest; opens nothing.

    None without a list. It asks the file itself, as the checks of the command line do.
    """
    found = cursor.execute("SELECT id, code, size, digest FROM allocation_list ORDER BY id DESC").fetchone()
    if found is None:
        return None
    number, code, size, digest = found
    asked = "SELECT number, commitment, sealed FROM allocation_slot WHERE list_id = ? ORDER BY number"
    rows = tuple(SealedRow(*row) for row in cursor.execute(asked, (number,)).fetchall())
    return code, size, len(rows) == size and sealed_list.commitments_hold(rows, digest)


def reveal_of(session: Session, row: AllocationList) -> ListReveal | None:
    """Return when and by whom a list was revealed, or None."""
    return session.scalar(select(ListReveal).where(ListReveal.list_id == row.id))


def require_sealed(session: Session, row: AllocationList) -> None:
    """Refuse the next row of a list that was revealed: whoever looked knows it."""
    known = reveal_of(session, row)
    if known is not None:
        raise RuleBroken("list.revealed", code=row.code, day=known.revealed_at.date().isoformat())


def require_unknown(session: Session, plan: AllocationPlan, list_key: bytes) -> None:
    """Refuse a list that repeats a revealed one: its arms were seen, and sealing it anew hides nothing.

    The revealed rows are opened from their seal and compared here; neither arm nor row is told or kept.
    """
    shown = select(AllocationList).join(ListReveal, ListReveal.list_id == AllocationList.id)
    for row in session.scalars(shown.order_by(AllocationList.id)):
        known = (
            sealed_list.reveal_row(each, row.code, row.digest, row.wrapped_key, list_key)
            for each in sealed(slots(session, row))
        )
        if repeats(plan, [found[0].arm if found is not None else "" for found in known]):
            raise RuleBroken("list.known_order", code=row.code)


def commitment_in(session: Session, code: str) -> Commitment:
    """Return what may be shown of a list, inside a view or a change in hand."""
    row = session.scalars(select(AllocationList).where(AllocationList.code == code)).one()
    rows = sealed(slots(session, row))
    return Commitment(
        code=row.code,
        size=row.size,
        digest=row.digest,
        imported_at=row.imported_at,
        imported_by=session.get_one(User, row.imported_by).name,
        opened=len(used(session, row)),
        holds=len(rows) == row.size and sealed_list.commitments_hold(rows, row.digest),
        in_error=_marked(session, row, or_(Subject.state == "void", AllocationError.id.is_not(None))),
        outside=_marked(session, row, EmergencyAllocation.id.is_not(None)),
        algorithm=session.scalar(select(DrawnList.algorithm).where(DrawnList.list_id == row.id)) or "",
        without_row=without_row(session),
    )


def told_without_row(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return number and subject of each allocation that used no row, whether a list is loaded or not."""
    with desk.view() as session:
        return without_row(session)


def commitment(desk: Desk) -> Commitment | None:
    """Return what may be shown of the list in force, or None when the statistician has loaded none."""
    with desk.view() as session:
        row = list_in_force(session)
        return commitment_in(session, row.code) if row else None
