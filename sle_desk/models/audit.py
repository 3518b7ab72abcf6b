"""The append-only audit, signatures, printed papers and drafts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Base, Row


class Audit(Base):
    """One changed row or one event, linked to the row before it."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_row", "table_name", "row_id"), {"sqlite_strict": True})
    number: Mapped[int] = mapped_column(primary_key=True)
    # Rows written by one change carry the number of its first row.
    change: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    user: Mapped[str]
    role: Mapped[str]
    session_id: Mapped[int | None]
    action: Mapped[str]
    reason: Mapped[str]
    application: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[int | None]
    operation: Mapped[str]
    payload: Mapped[str | None]
    payload_hash: Mapped[str]
    link: Mapped[str]


class Signature(Row):
    """A password-confirmed act, bound to the canonical content that was shown."""

    __tablename__ = "signature"
    meaning: Mapped[str]
    statement: Mapped[str]
    statement_language: Mapped[str]
    about_table: Mapped[str]
    about_id: Mapped[int]
    content_hash: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str]
    signed_at: Mapped[datetime]
    # Transcribed from paper: whose ink it is, the day written beside it, and where the paper is filed.
    transcribed: Mapped[bool] = mapped_column(default=False)
    source_signer: Mapped[str] = mapped_column(default="")
    source_signed_on: Mapped[date | None]
    source_reference: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(CheckConstraint("state IN ('valid', 'void')"), default="valid")
    void_reason: Mapped[str] = mapped_column(default="")


class Paper(Row):
    """A print: its number, what it shows and the audit number and code in its footer."""

    __tablename__ = "paper"
    number: Mapped[int]
    print_number: Mapped[int]
    kind: Mapped[str]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    language: Mapped[str]
    # The day of the signature that it shows, where it was signed at the desk before it was printed.
    signed_on: Mapped[date | None]
    printed_at: Mapped[datetime]
    printed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    audit_number: Mapped[int]
    audit_code: Mapped[str]
    content_hash: Mapped[str]
    file_hash: Mapped[str]


class Export(Row):
    """An export that was written, by preset, with its number and the hash of each file."""

    __tablename__ = "export"
    number: Mapped[int] = mapped_column(unique=True)
    preset: Mapped[str]
    files: Mapped[str]
    audit_number: Mapped[int]
    audit_code: Mapped[str]
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Draft(Base):
    """A field typed and not yet saved: its author's own, outside audit, replay and export."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("user_id", "place", "record_id", "field"),
        {"sqlite_strict": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    place: Mapped[str]
    record_id: Mapped[int] = mapped_column(default=0)
    record_version: Mapped[int] = mapped_column(default=0)
    field: Mapped[str]
    typed: Mapped[str]
    kept_at: Mapped[datetime]
