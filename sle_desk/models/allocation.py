"""The sealed allocation list, the allocations opened from it, and what is said of some of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class AllocationList(Row):
    """One list: only its size, a digest over salted commitments and ciphertext are kept in clear."""

    __tablename__ = "allocation_list"
    code: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    digest: Mapped[str]
    # The key of the list wrapped by the data key; imported file's hash and the salts are sealed under it.
    wrapped_key: Mapped[str]
    sealed_source: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class AllocationSlot(Row):
    """One row of a list: its number, its commitment and the sealed arm."""

    __tablename__ = "allocation_slot"
    __table_args__ = (UniqueConstraint("list_id", "number"), {"sqlite_strict": True})
    list_id: Mapped[int] = mapped_column(ForeignKey("allocation_list.id"), index=True)
    number: Mapped[int]
    commitment: Mapped[str]
    sealed: Mapped[str]


class Allocation(Row):
    """The arm of a subject; the first place where an arm stands in clear."""

    __tablename__ = "allocation"
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), unique=True)
    # Nothing where an arm was told outside while no list was loaded, or the list was used up.
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_slot.id"), unique=True)
    randomisation_number: Mapped[str] = mapped_column(
        unique=True, info={"field": "subject.randomisation_number"}
    )
    arm: Mapped[str] = mapped_column(info={"field": "subject.arm"})
    allocated_at: Mapped[datetime] = mapped_column(info={"field": "subject.allocated_at"})
    allocated_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))


class DrawnList(Row):
    """How a list was drawn here: the algorithm and the figures in clear, seed and block sizes sealed."""

    __tablename__ = "drawn_list"
    list_id: Mapped[int] = mapped_column(ForeignKey("allocation_list.id"), unique=True)
    algorithm: Mapped[str]
    # Seed, block sizes and shares, sealed under the key of the list: they are the list.
    sealed_drawing: Mapped[str]
    certain_percent: Mapped[int]
    guessed_percent: Mapped[int]
    chance_percent: Mapped[int]


class EmergencyAllocation(Row):
    """That an arm was told outside, on paper or by telephone, and whether the next row said the same."""

    __tablename__ = "emergency_allocation"
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), unique=True)
    way: Mapped[str]
    told_by: Mapped[str]
    told_at: Mapped[datetime]
    reason: Mapped[str]
    # No where there was no row to compare with, too: only beside a row does it say anything.
    agrees: Mapped[bool]


class AllocationError(Row):
    """That an allocation was made in error: it stays, its row stays used, the PI signed why."""

    __tablename__ = "allocation_error"
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), unique=True)
    reason: Mapped[str]
    marked_at: Mapped[datetime]
    marked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
