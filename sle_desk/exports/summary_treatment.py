"""The treatment of a visit summary: what was planned and given of each drug up to the visit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from sle_desk.base.language import Words, message
from sle_desk.domain.compliance import Compliance, Exposure, compliance, exposure, percent
from sle_desk.domain.dose_matching import GIVEN, LATE, MISSED, RecordedDose
from sle_desk.domain.protocol import Drug
from sle_desk.exports.pdf.summary_content import DrugRow
from sle_desk.exports.wording import Said, spoken
from sle_desk.models.treatment import Dose
from sle_desk.services.courses import Course
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.snapshots import Snapshot


def treatment(copy: Snapshot, course: Course, until: date) -> tuple[DrugRow, ...] | None:
    """Return one row a drug, doses of the day of the visit counted; None before an arm is allocated."""
    if not course.arm and not course.records:
        return None
    past = replace(course, records=tuple(dose for dose in course.records if dose.on_day <= until))
    versions = plan_versions(copy.session, copy.protocol, copy.as_of.date())
    calendar = calendar_of(past, versions, until)
    codes = list(copy.protocol.arm(course.arm).drugs) if course.arm else []
    codes += [dose.drug for dose in past.records if dose.progress == GIVEN and dose.drug not in codes]
    drugs = (copy.protocol.drug(code) for code in dict.fromkeys(codes))
    held = _held(copy, course.subject_id, until)
    return tuple(_with_held(_row(drug, calendar, past, until), held[drug.code]) for drug in drugs)


def _held(copy: Snapshot, subject_id: int, until: date) -> Counter[str]:
    """Return how many doses of each drug were held for a condition, and so are among those missed."""
    missed = select(Dose.drug).where(
        Dose.subject_id == subject_id,
        Dose.state == "current",
        Dose.progress == MISSED,
        Dose.on_day <= until,
        Dose.hold.in_([each.code for each in copy.protocol.holds]),
    )
    return Counter(copy.session.scalars(missed))


def _with_held(row: DrugRow, held: int) -> DrugRow:
    if not held:
        return row
    return replace(row, missed=spoken(message("{missed}, of them held {held}"), missed=row.missed, held=held))


def _row(drug: Drug, calendar: Calendar, course: Course, until: date) -> DrugRow:
    own = tuple(dose for dose in course.records if dose.drug == drug.code)
    slots = [each.slot for each in calendar.of_drug(drug.code)]
    # Before the first dose every planned date is provisional: nothing is due by it.
    planned = bool(slots) and calendar.knows(drug.code) and not calendar.provisional
    counted = _counted(drug, calendar, own, until) if planned else None
    taken = next((row for row in exposure(slots, own) if row.drug == drug.code), None)
    given = [dose.on_day for dose in own if dose.progress == GIVEN]
    return DrugRow(
        drug=_named(drug, course, until),
        planned=_planned(counted) if counted else None,
        given=taken.doses if taken else 0,
        missed=counted.missed if counted else sum(dose.progress == MISSED for dose in own),
        late=_late(calendar, drug.code, until) if planned else None,
        cumulative=_cumulative(drug, taken),
        percent=_percent(counted.share) if counted else None,
        last_dose=max(given, default=None),
    )


def _planned(counted: Compliance) -> Said:
    """Return how many doses were planned, and how many of them a pause left out."""
    if not counted.paused:
        return counted.planned
    told = message("{planned}, of them paused {paused}")
    return spoken(told, planned=counted.planned, paused=counted.paused)


def _named(drug: Drug, course: Course, until: date) -> Said:
    """Return the drug with its dose and route, and the day it was stopped, or since when it was paused."""
    name = Words(*(f"{one} {two}, {three}" for one, two, three in _names(drug)))
    stopped, pause = course.stops.get(drug.code), course.pause_on(drug.code, until)
    if stopped is not None and stopped <= until:
        return spoken(message("{drug}; stopped on {day}"), drug=name, day=stopped)
    if pause is not None:
        return spoken(message("{drug}; paused since {day}"), drug=name, day=pause.since)
    return name


def _names(drug: Drug) -> tuple[tuple[str, str, str], ...]:
    return (
        (drug.label.en, drug.dose_label.en, drug.route.en),
        (drug.label.zh, drug.dose_label.zh, drug.route.zh),
    )


def _counted(
    drug: Drug, calendar: Calendar, records: tuple[RecordedDose, ...], until: date
) -> Compliance | None:
    slots = [each.slot for each in calendar.of_drug(drug.code)]
    rows = compliance(slots, records, until + timedelta(days=1))
    return next((row for row in rows if row.drug == drug.code and row.stage is None), None)


def _late(calendar: Calendar, drug: str, until: date) -> int:
    due = (each for each in calendar.of_drug(drug) if each.slot.planned_on <= until)
    return sum(each.state == LATE for each in due)


def _cumulative(drug: Drug, taken: Exposure | None) -> Said:
    if taken is None:
        return None
    unit = drug.unit_label
    if not taken.amounts_unknown:
        return spoken(message("{amount} {unit}"), amount=taken.amount, unit=unit)
    unknown = taken.amounts_unknown
    return spoken(
        message("{amount} {unit}, {unknown} not known"), amount=taken.amount, unit=unit, unknown=unknown
    )


def _percent(share: Fraction | None) -> Said:
    """Return the share as it is shown everywhere; planned and given stand beside it."""
    return None if share is None else f"{percent(share)} %"
