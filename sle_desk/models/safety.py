"""Deviations: proposed by the application, accepted or explained by a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class Deviation(Row):
    """A deviation from the protocol, with the record it was seen on."""

    __tablename__ = "deviation"
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    code: Mapped[str] = mapped_column(info={"field": "deviation.code"})
    severity: Mapped[str] = mapped_column(info={"field": "deviation.severity"})
    on_day: Mapped[date] = mapped_column(info={"field": "deviation.on_day"})
    facts: Mapped[str]
    about_table: Mapped[str] = mapped_column(default="")
    about_id: Mapped[int | None]
    progress: Mapped[str] = mapped_column(
        CheckConstraint("progress IN ('proposed', 'accepted', 'explained', 'void')"),
        default="proposed",
        info={"field": "deviation.progress"},
    )
    explanation: Mapped[str] = mapped_column(default="", info={"field": "deviation.explanation"})
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Settled on paper: whose ink it is, the day beside it, and where the paper is filed.
    source_signer: Mapped[str] = mapped_column(default="")
    source_signed_on: Mapped[date | None]
    source_reference: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="", info={"field": "deviation.category"})
    # What it means for the analysis sets, what is done against it, when the ethics committee was told.
    effect: Mapped[str] = mapped_column(default="", info={"field": "deviation.effect"})
    capa: Mapped[str] = mapped_column(default="", info={"field": "deviation.capa"})
    ethics_on: Mapped[date | None] = mapped_column(info={"field": "deviation.ethics_on"})
    # Once it is settled: whether the records show it still, and the facts that they show instead.
    ground: Mapped[str] = mapped_column(
        CheckConstraint("ground IN ('', 'gone', 'differs', 'seen')"), default=""
    )
    ground_facts: Mapped[str] = mapped_column(default="")


class Query(Row):
    """A question about a record that stays open until it is answered and closed."""

    __tablename__ = "query"
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    about_table: Mapped[str]
    about_id: Mapped[int]
    field: Mapped[str] = mapped_column(default="")
    question: Mapped[str]
    progress: Mapped[str] = mapped_column(
        CheckConstraint("progress IN ('open', 'answered', 'closed')"), default="open"
    )
    raised_at: Mapped[datetime]
    raised_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(default="")
