"""Eligibility: the answer to each criterion leaf, and the signed decision."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Row


class CriterionAnswer(Row):
    """One leaf of one subject: the pre-check, the decision, and the evidence both were made on."""

    __tablename__ = "criterion_answer"
    __table_args__ = (UniqueConstraint("subject_id", "leaf"), {"sqlite_strict": True})
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    leaf: Mapped[str]
    precheck: Mapped[str] = mapped_column(default="")
    precheck_at: Mapped[datetime | None]
    precheck_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(default="")
    # Typed from a paper: whose ink decided, the day beside it, and where the paper is filed.
    source_signer: Mapped[str] = mapped_column(default="")
    source_signed_on: Mapped[date | None]
    source_reference: Mapped[str] = mapped_column(default="")
    # Evidence as it was computed when decided, canonical JSON; and the number of the reading in force.
    evidence: Mapped[str] = mapped_column(default="")
    readings: Mapped[str] = mapped_column(default="")


class EligibilityDecision(Row):
    """The whole checklist of a subject, decided and signed once."""

    __tablename__ = "eligibility_decision"
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    verdict: Mapped[str]
    decided_on: Mapped[date]
    content: Mapped[str]
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    state: Mapped[str] = mapped_column(default="current")
    void_reason: Mapped[str] = mapped_column(default="")
    # From when on it no longer stood: what was given before rested on it.
    voided_at: Mapped[datetime | None]
