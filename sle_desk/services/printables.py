"""What can be printed of subjects: eligibility form, slip, a summary or worksheet of each visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from sle_desk.domain.safety import REPORT
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Desk

SUMMARY, WORKSHEET, SLIP, ELIGIBILITY = "visit_summary", "worksheet", "slip", "eligibility_form"
# The report of a serious event; which one stands where a visit stands elsewhere: "event-report".
SAE = "sae_form"


@dataclass(frozen=True)
class Printable:
    """One paper that can be printed; a visit to come has neither number nor day, a form or slip no visit."""

    kind: str
    subject_id: int
    subject: str
    visit: str
    visit_id: int | None
    on_day: date | None


def printables(desk: Desk) -> tuple[Printable, ...]:
    """Return what can be printed, subjects by their number, visits in the order of the package."""
    with desk.view() as session:
        subjects = session.execute(
            select(Subject.id, Subject.code).where(Subject.state == "current").order_by(Subject.number)
        ).all()
        rows = session.scalars(select(Visit).where(Visit.state == "current").order_by(Visit.on_day, Visit.id))
        allocated = {
            subject: at.date()
            for subject, at in session.execute(select(Allocation.subject_id, Allocation.allocated_at))
        }
        recorded: dict[int, list[Visit]] = {}
        for visit in rows:
            recorded.setdefault(visit.subject_id, []).append(visit)
        reports = session.scalars(
            select(FormRecord)
            .where(FormRecord.form == REPORT, FormRecord.state == "current")
            .order_by(FormRecord.id)
        ).all()
        found: list[Printable] = []
        for subject_id, code in subjects:
            seen = recorded.get(subject_id, [])
            found.append(Printable(ELIGIBILITY, subject_id, code, "", None, None))
            if subject_id in allocated:
                found.append(Printable(SLIP, subject_id, code, "", None, allocated[subject_id]))
            found += [
                Printable(SUMMARY, subject_id, code, visit.code, visit.id, visit.on_day)
                for visit in seen
                if visit.on_day is not None
            ]
            found += [
                Printable(SAE, subject_id, code, f"{row.parent_id}-{row.id}", None, row.on_day)
                for row in reports
                if row.subject_id == subject_id
            ]
            known = {visit.code for visit in seen}
            found += [
                Printable(WORKSHEET, subject_id, code, planned.code, None, None)
                for planned in desk.protocol.visits
                if planned.code not in known
            ]
        return tuple(found)
