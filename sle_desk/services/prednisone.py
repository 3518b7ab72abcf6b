"""The prednisone equivalent of one subject over time, beside the limit of the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Readings
from sle_desk.domain.medication import STABLE_DAYS
from sle_desk.domain.prednisone import Stretch, prednisone_over, table_on
from sle_desk.domain.protocol import Protocol
from sle_desk.models.visit import Visit
from sle_desk.services import decisions
from sle_desk.services.desk import Desk
from sle_desk.services.medication_findings import PREDNISONE, medication_of


@dataclass(frozen=True)
class Prednisone:
    """Every day of a time as stretches of one amount in mg a day; no limit where none is in force."""

    stretches: tuple[Stretch, ...]
    limit: Decimal | None = None


NOTHING = Prednisone(())


def prednisone_between(
    session: Session, protocol: Protocol, subject_id: int, days: tuple[date, date], readings: Readings
) -> Prednisone:
    """Return what the medication of a subject comes to from one day to another, both counted."""
    courses = medication_of(session, protocol, subject_id)
    stretches = prednisone_over(courses, table_on(protocol, readings), *days)
    return Prednisone(stretches, readings.number(PREDNISONE)) if stretches else NOTHING


def prednisone_to_today(desk: Desk, subject_id: int) -> Prednisone:
    """Return it up to today, from four weeks before the first visit: the time in which it is to be stable."""
    today = desk.today()
    with desk.view() as session:
        first = session.scalar(
            select(func.min(Visit.on_day)).where(Visit.subject_id == subject_id, Visit.state == "current")
        )
        days = (stable_since(min(first or today, today)), today)
        readings = decisions.readings_on(session, desk.protocol, today)
        return prednisone_between(session, desk.protocol, subject_id, days, readings)


def stable_since(day: date) -> date:
    """Return the day from which a dose has to be stable before another day."""
    return day - timedelta(days=STABLE_DAYS)
