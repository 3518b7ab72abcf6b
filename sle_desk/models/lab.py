"""Laboratories, their ranges, samples and results as they were that day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sle_desk.models.base import Record, Row


class Laboratory(Row):
    """A laboratory whose reports are entered."""

    __tablename__ = "laboratory"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class LabRange(Row):
    """A reference range of a laboratory, by analyte, sex and age, with the days it is valid."""

    __tablename__ = "lab_range"
    laboratory_id: Mapped[int] = mapped_column(ForeignKey("laboratory.id"), index=True)
    analyte: Mapped[str]
    sex: Mapped[str]
    age_from: Mapped[int]
    age_until: Mapped[int]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    # Whether a value on the limit itself is inside, as the laboratory prints it.
    low_inclusive: Mapped[bool] = mapped_column(default=True)
    high_inclusive: Mapped[bool] = mapped_column(default=True)
    unit: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")


class Sample(Record):
    """A sample drawn for one panel, and where its report stands."""

    __tablename__ = "sample"
    day_told_by = "drawn_at"
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    panel: Mapped[str] = mapped_column(info={"field": "result.panel"})
    laboratory_id: Mapped[int] = mapped_column(ForeignKey("laboratory.id"))
    report_number: Mapped[str] = mapped_column(default="", info={"field": "result.report_number"})
    drawn_at: Mapped[datetime] = mapped_column(info={"field": "result.drawn_at"})
    fasting: Mapped[str] = mapped_column(default="", info={"field": "result.fasting"})
    dose_relation: Mapped[str] = mapped_column(default="", info={"field": "result.dose_relation"})


class NotDrawn(Record):
    """A panel of a visit for which no blood was drawn, and the coded reason: there is no sample."""

    __tablename__ = "not_drawn"
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    panel: Mapped[str] = mapped_column(info={"field": "result.panel"})
    reason: Mapped[str] = mapped_column(info={"field": "result.missing"})
    note: Mapped[str] = mapped_column(default="")


class Result(Row):
    """One result with the range, unit, flag and grade that were right that day."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("sample_id", "analyte"), {"sqlite_strict": True})
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    analyte: Mapped[str] = mapped_column(index=True)
    typed: Mapped[str] = mapped_column(default="", info={"field": "result.value"})
    comparator: Mapped[str] = mapped_column(default="", info={"field": "result.value"})
    value: Mapped[Decimal | None] = mapped_column(info={"field": "result.value"})
    unit: Mapped[str] = mapped_column(default="", info={"field": "result.unit"})
    text: Mapped[str | None] = mapped_column(info={"field": "result.text"})
    standard_value: Mapped[Decimal | None] = mapped_column(info={"field": "result.standard_value"})
    standard_unit: Mapped[str] = mapped_column(default="", info={"field": "result.standard_unit"})
    missing: Mapped[str | None] = mapped_column(info={"field": "result.missing"})
    low: Mapped[Decimal | None] = mapped_column(info={"field": "result.low"})
    high: Mapped[Decimal | None] = mapped_column(info={"field": "result.high"})
    low_inclusive: Mapped[bool] = mapped_column(default=True)
    high_inclusive: Mapped[bool] = mapped_column(default=True)
    range_source: Mapped[str] = mapped_column(default="", info={"field": "result.range_source"})
    flag: Mapped[str] = mapped_column(default="", info={"field": "result.flag"})
    grade: Mapped[int | None] = mapped_column(info={"field": "result.grade"})
    grade_reason: Mapped[str] = mapped_column(default="", info={"field": "result.grade_reason"})
    grade_version: Mapped[str] = mapped_column(default="")
    kept_reason: Mapped[str] = mapped_column(default="")
    significance: Mapped[str] = mapped_column(default="", info={"field": "result.significance"})
    # Judged on paper: whose ink it is, the day beside it, and where the paper is filed.
    judged_signer: Mapped[str] = mapped_column(default="", info={"field": "result.judged_signer"})
    judged_signed_on: Mapped[date | None] = mapped_column(info={"field": "result.judged_signed_on"})
    judged_reference: Mapped[str] = mapped_column(default="", info={"field": "result.judged_reference"})
