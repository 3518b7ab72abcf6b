"""Laboratories and their reference ranges, each valid between days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.analytes import NUMBER
from sle_desk.domain.reference_ranges import PrintedLimits
from sle_desk.domain.values import check_text
from sle_desk.models.lab import Laboratory, LabRange
from sle_desk.services.desk import Change, Desk

OLDEST = 150


@dataclass(frozen=True)
class LaboratoryRow:
    """A laboratory as it is shown."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class RangeRow:
    """A reference range as it is shown; ages are completed years, both ends included."""

    id: int
    version: int
    analyte: str
    sex: str
    age_from: int
    age_until: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    valid_from: date
    valid_until: date | None
    confirmed: bool
    source: str
    low_inclusive: bool = True
    high_inclusive: bool = True

    @property
    def limits(self) -> PrintedLimits:
        """Return the limits as the laboratory prints them."""
        return PrintedLimits(self.low, self.high, self.low_inclusive, self.high_inclusive)


def record_laboratory(desk: Desk, code: str, name: str, valid_from: date) -> int:
    """Record a laboratory and set its ranges up from the package's seeds, marked unconfirmed.

    An unconfirmed range is shown as such wherever it flags a value, until the site confirms it.
    """
    if not code.strip() or not name.strip():
        raise RuleBroken("laboratory.blank")
    with desk.change("laboratory.record") as change:
        if change.session.scalar(select(Laboratory).where(Laboratory.code == code.strip())) is not None:
            raise RuleBroken("laboratory.twice", laboratory=code.strip())
        laboratory = Laboratory(code=check_text(code.strip()), name=check_text(name.strip()))
        change.add(laboratory)
        change.add(*_seeds(change, laboratory.id, valid_from))
        return laboratory.id


def _seeds(change: Change, laboratory_id: int, valid_from: date) -> tuple[LabRange, ...]:
    return tuple(
        LabRange(
            laboratory_id=laboratory_id,
            analyte=analyte.code,
            sex=seed.sex,
            age_from=seed.age_from,
            age_until=OLDEST if seed.age_to is None else seed.age_to,
            low=seed.low,
            high=seed.high,
            low_inclusive=seed.low_inclusive,
            high_inclusive=seed.high_inclusive,
            unit=analyte.standard.code,
            valid_from=valid_from,
            confirmed=seed.confirmed,
            source=seed.source,
        )
        for analyte in change.protocol.laboratory.analytes.values()
        if analyte.kind == NUMBER
        for seed in analyte.ranges
    )


def laboratories(desk: Desk) -> tuple[LaboratoryRow, ...]:
    """Return the laboratories in the order they were recorded."""
    with desk.view() as session:
        rows = session.scalars(select(Laboratory).order_by(Laboratory.id))
        return tuple(LaboratoryRow(row.id, row.code, row.name) for row in rows)


def ranges(desk: Desk, laboratory_id: int) -> tuple[RangeRow, ...]:
    """Return the ranges of a laboratory by analyte, sex and age."""
    with desk.view() as session:
        rows = session.scalars(
            select(LabRange)
            .where(LabRange.laboratory_id == laboratory_id)
            .order_by(LabRange.analyte, LabRange.sex, LabRange.age_from, LabRange.valid_from)
        )
        return tuple(
            RangeRow(
                row.id,
                row.version,
                row.analyte,
                row.sex,
                row.age_from,
                row.age_until,
                row.low,
                row.high,
                row.unit,
                row.valid_from,
                row.valid_until,
                bool(row.confirmed),
                row.source,
                bool(row.low_inclusive),
                bool(row.high_inclusive),
            )
            for row in rows
        )
