"""The doses of a subject as the log shows them, and how much of the plan was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.compliance import Compliance, Exposure, compliance, exposure
from sle_desk.domain.decisions import Readings
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reconciled import Reconciled
from sle_desk.domain.schedule import Slot
from sle_desk.models.people import User
from sle_desk.models.safety import Deviation
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services import courses, decisions
from sle_desk.services.courses import VialCount
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import KitRow, kits_in
from sle_desk.services.dose_entry import GivenDose, entry_of
from sle_desk.services.dose_judgement import number_of
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.reconciliation import reconciliations_of

LOW, HIGH = "low", "high"


@dataclass(frozen=True)
class DoseRow:
    """A recorded dose as it is shown: what was given, the planned dose it fills, and its deviations.

    `days_off` counts from the planned day; `contested` answers a planned dose that another record fills.
    """

    id: int
    version: int
    progress: str
    given: GivenDose
    unit: str
    slot: Slot | None
    days_off: int | None
    contested: bool
    deviations: tuple[str, ...]
    recorded_at: datetime
    recorded_by: str
    entered_later: bool
    void: bool
    void_reason: str
    moved_to: int | None
    moved_from: int | None


@dataclass(frozen=True)
class ComplianceRow:
    """Given over planned for one drug and stage (None: all), with its flag where limits were decided."""

    counts: Compliance
    flag: str


@dataclass(frozen=True)
class DoseLog:
    """Everything the dose page shows of one subject."""

    calendar: Calendar
    doses: tuple[DoseRow, ...]
    compliance: tuple[ComplianceRow, ...]
    exposure: tuple[Exposure, ...]
    kits: tuple[KitRow, ...]
    vials: tuple[VialCount, ...]
    # What is open that the plan, or preparing a drug of the arm, waits for.
    waits: tuple[str, ...] = ()
    # Vials handed over, brought back and lost beside the doses recorded, by drug.
    reconciled: tuple[Reconciled, ...] = ()


def doses(desk: Desk, subject_id: int) -> tuple[DoseRow, ...]:
    """Return the recorded doses of a subject by their own time, void ones too."""
    return dose_log(desk, subject_id).doses


def dose_log(desk: Desk, subject_id: int) -> DoseLog:
    """Return the plan, the doses and the compliance of a subject as they stand today."""
    today = desk.today()
    with desk.view() as session:
        course = courses.course(session, subject_id)
        versions = plan_versions(session, desk.protocol, today)
        if course is None:
            calendar = Calendar(subject_id, "", today, None, provisional=False)
            return DoseLog(calendar, _rows(session, subject_id, calendar), (), (), (), ())
        calendar = calendar_of(course, versions, today)
        readings = decisions.readings_on(session, desk.protocol, today)
        kits = kits_in(session, subject_id)
        rows = _rows(session, subject_id, calendar)
        vials = reconciliations_of(session, desk.protocol, {subject_id: course}, {subject_id: calendar})
    slots = [] if calendar.provisional else [each.slot for each in calendar.slots]
    return DoseLog(
        calendar=calendar,
        doses=rows,
        compliance=tuple(flagged(counts, readings) for counts in compliance(slots, course.records, today)),
        exposure=exposure(slots, course.records),
        kits=kits,
        vials=tuple(course.vials.values()),
        waits=_waits(desk.protocol, calendar, readings),
        reconciled=vials,
    )


def _waits(protocol: Protocol, calendar: Calendar, readings: Readings) -> tuple[str, ...]:
    drugs = protocol.arm(calendar.arm).drugs if calendar.arm else ()
    planned = {code for part in calendar.unknown for code in part.codes}
    prepared = {code for drug in drugs for code in readings.waits(f"prepare:{drug}")}
    return tuple(sorted(planned | prepared))


def flagged(counts: Compliance, readings: Readings) -> ComplianceRow:
    """Return a compliance with its flag, by the limits in force; what a pause left out is not asked of it."""
    low, high = number_of(readings, "compliance.low_percent"), number_of(readings, "compliance.high_percent")
    share = counts.share_unpaused
    if share is None or low is None or high is None:
        return ComplianceRow(counts, "")
    flag = LOW if share * 100 < low else HIGH if share * 100 > high else ""
    return ComplianceRow(counts, flag)


def _rows(session: Session, subject_id: int, calendar: Calendar) -> tuple[DoseRow, ...]:
    kept = session.scalars(select(Dose).where(Dose.subject_id == subject_id)).all()
    used: dict[int, list[DoseVials]] = {}
    for vials in session.scalars(
        select(DoseVials).join(Dose, Dose.id == DoseVials.dose_id).where(Dose.subject_id == subject_id)
    ):
        used.setdefault(vials.dose_id, []).append(vials)
    seen: dict[int, list[str]] = {}
    for deviation in session.scalars(
        select(Deviation)
        .where(
            Deviation.subject_id == subject_id, Deviation.about_table == "dose", Deviation.progress != "void"
        )
        .order_by(Deviation.id)
    ):
        if deviation.about_id is not None:
            seen.setdefault(deviation.about_id, []).append(deviation.code)
    names = {user.id: user.name for user in session.scalars(select(User))}
    contested = {dose.key for dose in calendar.contested}
    rows = [
        _row(dose, used.get(dose.id, []), calendar, seen.get(dose.id, []), names[dose.recorded_by], contested)
        for dose in kept
    ]
    return tuple(sorted(rows, key=_by_time))


def _by_time(row: DoseRow) -> tuple[date, str, int]:
    started = row.given.started_at
    return row.given.on_day, started.isoformat() if started else "~", row.id


def _row(
    dose: Dose,
    vials: list[DoseVials],
    calendar: Calendar,
    seen: list[str],
    recorded_by: str,
    contested: set[int],
) -> DoseRow:
    slot = calendar.filled_by(dose.id) if dose.state == "current" else None
    return DoseRow(
        id=dose.id,
        version=dose.version,
        progress=dose.progress,
        given=entry_of(dose, vials),
        unit=dose.unit,
        slot=slot,
        days_off=(dose.on_day - slot.planned_on).days if slot and dose.progress == "given" else None,
        contested=dose.id in contested,
        deviations=tuple(seen),
        recorded_at=dose.recorded_at,
        recorded_by=recorded_by,
        entered_later=bool(dose.entered_later),
        void=dose.state == "void",
        void_reason=dose.void_reason,
        moved_to=dose.moved_to,
        moved_from=dose.moved_from,
    )


def total_given(log: DoseLog, drug: str) -> Decimal:
    """Return the sum of all amounts given of a drug, in its unit."""
    return next((row.amount for row in log.exposure if row.drug == drug), Decimal(0))


def planned_in_all(protocol: Protocol, calendar: Calendar) -> dict[str, int]:
    """Return how many doses of each drug of the arm are planned in all."""
    drugs = protocol.arm(calendar.arm).drugs if calendar.arm else ()
    return {drug: len(calendar.of_drug(drug)) for drug in drugs}
