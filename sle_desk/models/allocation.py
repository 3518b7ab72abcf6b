"""The sealed allocation list and the allocations opened from it."""

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
    slot_id: Mapped[int] = mapped_column(ForeignKey("allocation_slot.id"), unique=True)
    randomisation_number: Mapped[str] = mapped_column(
        unique=True, info={"field": "subject.randomisation_number"}
    )
    arm: Mapped[str] = mapped_column(info={"field": "subject.arm"})
    allocated_at: Mapped[datetime] = mapped_column(info={"field": "subject.allocated_at"})
    allocated_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
