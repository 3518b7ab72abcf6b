"""Visits and the forms filled at them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Record, Row


class Visit(Record):
    """A visit that took place, or did not and why."""

    __tablename__ = "visit"
    code: Mapped[str] = mapped_column(info={"field": "visit.code"})
    on_day: Mapped[date | None] = mapped_column(info={"field": "visit.on_day"})
    not_done_reason: Mapped[str] = mapped_column(default="", info={"field": "visit.not_done_reason"})


class FormRecord(Record):
    """One form filled for a subject at a visit, or an entry of no visit, which may be about another one."""

    __tablename__ = "form_record"
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("form_record.id"), index=True)
    form: Mapped[str]
    form_version: Mapped[str]
    on_day: Mapped[date]
    at_time: Mapped[str] = mapped_column(default="")
    # Direct, or transcribed from paper: who judged and signed there, and when.
    transcribed: Mapped[bool] = mapped_column(default=False)
    source_signer: Mapped[str] = mapped_column(default="")
    source_signed_on: Mapped[date | None]


class RecordLink(Row):
    """What an entry has to do with another record: an event with a dose, a result, a medicine."""

    __tablename__ = "record_link"
    __table_args__ = (
        CheckConstraint("state IN ('current', 'void')"),
        CheckConstraint("(state = 'void') = (void_reason <> '')"),
        {"sqlite_strict": True},
    )
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("form_record.id"), index=True)
    to_table: Mapped[str]
    to_id: Mapped[int]
    linked_at: Mapped[datetime]
    linked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")


class Answer(Row):
    """One value of a form: exactly one of number, text, day, choice or a missing reason."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("form_record_id", "field"),
        CheckConstraint(
            "(number IS NOT NULL) + (text IS NOT NULL) + (day IS NOT NULL) + (choice IS NOT NULL)"
            " + (missing IS NOT NULL) = 1"
        ),
        {"sqlite_strict": True},
    )
    form_record_id: Mapped[int] = mapped_column(ForeignKey("form_record.id"), index=True)
    field: Mapped[str]
    number: Mapped[Decimal | None]
    comparator: Mapped[str] = mapped_column(default="")
    typed: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    text: Mapped[str | None]
    day: Mapped[date | None]
    choice: Mapped[str | None]
    missing: Mapped[str | None]
    kept_reason: Mapped[str] = mapped_column(default="")
