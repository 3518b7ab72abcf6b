"""When the database was locked and unlocked, by whom and why; and when the list was revealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class DatabaseLock(Row):
    """One lock: signed, with what stood open then; and how it was ended, if it was."""

    __tablename__ = "database_lock"
    # What is locked: the whole study. A form, a visit or a subject would be a scope of its own.
    scope: Mapped[str]
    locked_at: Mapped[datetime]
    locked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    # Why it is locked though something stands open; what stands open, as "queries:2 forms:5".
    reason: Mapped[str]
    open_items: Mapped[str]
    # Who reviewed the audit trail, when and what of it.
    audit_review: Mapped[str]
    # The audit up to which everything is locked.
    audit_number: Mapped[int]
    audit_code: Mapped[str]
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
    unlocked_at: Mapped[datetime | None]
    unlocked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    unlock_reason: Mapped[str] = mapped_column(default="")
    unlock_signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))


class ListReveal(Row):
    """That a list was revealed at the lock: how many rows agreed, and which did not."""

    __tablename__ = "list_reveal"
    list_id: Mapped[int] = mapped_column(ForeignKey("allocation_list.id"), unique=True)
    revealed_at: Mapped[datetime]
    revealed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    agreeing: Mapped[int]
    differing: Mapped[str]
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"))
