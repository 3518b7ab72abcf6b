"""The kits that a subject was handed, as they stand: read by whatever compares doses with them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.treatment import Dispensing


@dataclass(frozen=True)
class KitRow:
    """A kit handed to a subject."""

    id: int
    version: int
    drug: str
    lot: str
    kit: str
    expires_on: date | None
    strength: Decimal
    unit: str
    count: int
    on_day: date


def kits_in(session: Session, subject_id: int, drug: str = "") -> tuple[KitRow, ...]:
    """Return the kits handed to a subject, newest first, from a session in hand."""
    rows = session.scalars(
        select(Dispensing)
        .where(Dispensing.subject_id == subject_id, Dispensing.state == "current")
        .order_by(Dispensing.on_day.desc(), Dispensing.id.desc())
    )
    return tuple(kit_row(row) for row in rows if not drug or row.drug == drug)


def kit_row(row: Dispensing) -> KitRow:
    """Return a kit as it is shown."""
    return KitRow(**{each.name: getattr(row, each.name) for each in fields(KitRow)})
