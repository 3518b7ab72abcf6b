"""The allocation list opened after its reveal: every row compared with what was sealed, and with its use.

Nothing of it is kept in the clear: it is opened anew from the seal each time, and only while the database is
locked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import StorageFailed
from sle_desk.domain import roles
from sle_desk.domain.allocation_drawing import Drawing
from sle_desk.domain.randomisation import list_digest
from sle_desk.models.allocation import Allocation, AllocationList, AllocationSlot, DrawnList
from sle_desk.models.audit import Audit
from sle_desk.models.people import User
from sle_desk.models.store import sealed_list
from sle_desk.models.subject import Subject
from sle_desk.services.allocation_marks import InError, Outside, error_of, outside_of
from sle_desk.services.desk import Desk
from sle_desk.services.list_kept import list_in_force, reveal_of, sealed, slots
from sle_desk.services.locks import is_locked_in, signed_by
from sle_desk.services.subjects import require_values_seen


@dataclass(frozen=True)
class UsedBy:
    """Who a row was used for: the arm that was allocated, when, and what is said of it."""

    subject: str
    randomisation_number: str
    arm: str
    allocated_at: datetime
    allocated_by: str
    outside: Outside | None = None
    error: InError | None = None
    # The subject was entered in error.
    void: bool = False


@dataclass(frozen=True)
class RevealedRow:
    """One row as it was opened; without arm and salt where its seal is broken.

    `agrees` tells whether it opens, gives its commitment, and this is the commitment that was sealed at the
    start, as the audit keeps it.
    """

    number: int
    arm: str
    agrees: bool
    commitment: str
    salt: str
    used: UsedBy | None = None

    @property
    def arm_agrees(self) -> bool:
        """Tell whether the arm that was allocated is that of the row; nothing is said of an unused one."""
        return self.used is None or self.used.arm == self.arm


@dataclass(frozen=True)
class Opened:
    """A whole list as it opens: its rows, and whether they are those that the certificate binds.

    `drawing_agrees` tells whether a list that was drawn here is that of its seed; None of an imported one.
    """

    code: str
    size: int
    digest: str
    digest_agrees: bool
    source_hash: str
    rows: tuple[RevealedRow, ...]
    drawing: Drawing | None = None
    drawing_agrees: bool | None = None
    # Arms told outside that used no row of any list.
    without_row: tuple[UsedBy, ...] = ()

    @property
    def agreeing(self) -> int:
        """Return how many rows agree."""
        return sum(row.agrees for row in self.rows)

    @property
    def differing(self) -> tuple[int, ...]:
        """Return the numbers of the rows that do not agree, or are not there."""
        agreeing = {row.number for row in self.rows if row.agrees}
        return tuple(number for number in range(1, self.size + 1) if number not in agreeing)

    @property
    def other_arm(self) -> tuple[int, ...]:
        """Return the numbers of the rows that were allocated with another arm than they hold."""
        return tuple(row.number for row in self.rows if not row.arm_agrees)

    @property
    def whole(self) -> bool:
        """Tell whether all that was sealed agrees: rows, digest and drawing."""
        return not self.differing and self.digest_agrees and self.drawing_agrees is not False


@dataclass(frozen=True)
class Revealed(Opened):
    """A revealed list: when, and by whom."""

    revealed_at: datetime = datetime.min
    revealed_by: str = ""


def revealed(desk: Desk) -> Revealed | None:
    """Return the revealed list; None before its reveal, and while the database is unlocked again.

    NotAllowed for a role that reads neither clinical values nor the list.
    """
    require_reads_list(desk)
    with desk.view() as session:
        return revealed_in(session, desk.database.list_key)


def require_reads_list(desk: Desk) -> None:
    """Refuse a role that reads neither clinical values nor the list: a row tells the arm of a subject."""
    if not reads_list(desk.actor.role):
        require_values_seen(desk)


def reads_list(role: str) -> bool:
    """Tell whether a role may read the revealed list: whoever sees values, and the statistician."""
    return role in roles.SEES_VALUES or role == roles.STATISTICIAN


def revealed_in(session: Session, list_key: bytes) -> Revealed | None:
    """Return the same inside a view, or of a copy that is printed."""
    row = list_in_force(session)
    known = reveal_of(session, row) if row is not None else None
    if row is None or known is None or not is_locked_in(session):
        return None
    by = signed_by(session, known.signature_id)
    return Revealed(**vars(opened(session, row, list_key)), revealed_at=known.revealed_at, revealed_by=by)


def opened(session: Session, row: AllocationList, list_key: bytes) -> Opened:
    """Open every row of a list and compare it; for the reveal alone."""
    kept, uses, sealed_at_start = slots(session, row), _uses(session, row), _commitments(session, row)
    rows = []
    for slot in kept:
        (each,) = sealed([slot])
        found = sealed_list.reveal_row(each, row.code, row.digest, row.wrapped_key, list_key)
        same = sealed_at_start.get(slot.number) == slot.commitment
        rows.append(
            RevealedRow(
                number=slot.number,
                arm=found[0].arm if found else "",
                agrees=found is not None and same,
                commitment=slot.commitment,
                salt=found[1].hex() if found else "",
                used=uses.get(slot.id),
            )
        )
    drawing, drawing_agrees = _drawing(session, row, list_key, rows)
    return Opened(
        code=row.code,
        size=row.size,
        digest=row.digest,
        digest_agrees=list_digest([each.commitment for each in kept]) == row.digest,
        source_hash=_source_hash(row, list_key),
        rows=tuple(rows),
        drawing=drawing,
        drawing_agrees=drawing_agrees,
        without_row=_without_row(session),
    )


def _commitments(session: Session, row: AllocationList) -> Mapping[int, str]:
    """Return the commitment of each row as it was when the list was sealed."""
    asked = (
        select(Audit.payload)
        .join(AllocationSlot, AllocationSlot.id == Audit.row_id)
        .where(
            Audit.table_name == AllocationSlot.__tablename__,
            Audit.operation == "insert",
            AllocationSlot.list_id == row.id,
        )
    )
    told = [json.loads(payload or "{}")["new"] for payload in session.scalars(asked)]
    return {int(each["number"]): str(each["commitment"]) for each in told}


def _uses(session: Session, row: AllocationList) -> Mapping[int, UsedBy]:
    of_list = select(AllocationSlot.id).where(AllocationSlot.list_id == row.id)
    found = _used_by(session, Allocation.slot_id.in_(of_list))
    return {slot_id: each for slot_id, each in found if slot_id is not None}


def _without_row(session: Session) -> tuple[UsedBy, ...]:
    return tuple(each for _, each in _used_by(session, Allocation.slot_id.is_(None)))


def _used_by(session: Session, which: ColumnElement[bool]) -> Iterator[tuple[int | None, UsedBy]]:
    asked = (
        select(Allocation, Subject, User.name)
        .join(Subject, Subject.id == Allocation.subject_id)
        .join(User, User.id == Allocation.allocated_by)
        .where(which)
        .order_by(Allocation.id)
    )
    for each, subject, name in session.execute(asked):
        yield (
            each.slot_id,
            UsedBy(
                subject=subject.code,
                randomisation_number=each.randomisation_number,
                arm=each.arm,
                allocated_at=each.allocated_at,
                allocated_by=name,
                outside=outside_of(session, each.id),
                error=error_of(session, each.id),
                void=subject.state == "void",
            ),
        )


def _source_hash(row: AllocationList, list_key: bytes) -> str:
    try:
        return sealed_list.source_hash_of(row.sealed_source, row.code, row.digest, row.wrapped_key, list_key)
    except StorageFailed:
        return ""


def _drawing(
    session: Session, row: AllocationList, list_key: bytes, rows: list[RevealedRow]
) -> tuple[Drawing | None, bool | None]:
    """Return what a list was drawn with, and whether its seed gives these rows; a broken seal gives none."""
    drawn = session.scalar(select(DrawnList).where(DrawnList.list_id == row.id))
    if drawn is None:
        return None, None
    try:
        drawing = sealed_list.drawing_of(
            drawn.sealed_drawing, row.code, row.digest, row.wrapped_key, list_key
        )
    except StorageFailed:
        return None, False
    given = [(each.number, each.arm) for each in drawing.plan().allocations]
    return drawing, given == [(each.number, each.arm) for each in rows]
