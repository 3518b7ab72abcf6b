"""What a subject's medication shows against the protocol, compared again whenever an entry of it changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.evidence import DailyDose
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.medication import FORM, Course, Limits, course_of, shows
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import partial_bounds
from sle_desk.models.allocation import Allocation
from sle_desk.models.visit import FormRecord
from sle_desk.services import decisions
from sle_desk.services.answers import values_of
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_judgement import number_of

PREDNISONE = "eligibility.prednisone_highest"
HYDROXYCHLOROQUINE = "hydroxychloroquine_dose"


def medication_of(session: Session, protocol: Protocol, subject_id: int) -> tuple[Course, ...]:
    """Return the courses of medicines of a subject that stand, in the order they were entered."""
    form = next((each for each in protocol.forms if each.code == FORM), None)
    if form is None:
        return ()
    rows = session.scalars(
        select(FormRecord.id)
        .where(FormRecord.subject_id == subject_id, FormRecord.form == FORM, FormRecord.state == "current")
        .order_by(FormRecord.id)
    ).all()
    values = ((row_id, asked_values(form, values_of(session, row_id))) for row_id in rows)
    found = (course_of(row_id, shown, protocol.dictionary) for row_id, shown in values)
    return tuple(course for course in found if course is not None)


def renew_medication_findings(change: Change, subject_id: int) -> None:
    """Propose what the medication of a randomised subject shows; what no longer holds goes void."""
    session = change.session
    session.flush()
    allocated = session.scalar(select(Allocation.allocated_at).where(Allocation.subject_id == subject_id))
    if allocated is None:
        return
    courses = medication_of(session, change.protocol, subject_id)
    readings = decisions.readings_on(session, change.protocol, change.at.date())
    limits = Limits(_hydroxychloroquine(change.protocol), number_of(readings, PREDNISONE))
    for course in courses:
        found = shows(course, courses, limits, change.protocol.steroids, allocated.date())
        about = ("form_record", course.id)
        renew_proposals(change, subject_id, about, _day(course, allocated.date()), found)


def _day(course: Course, since: date) -> date:
    """Return the day of a finding: the start of the course, or the allocation if it was taken by then."""
    return max(partial_bounds(course.start)[0], since)


def _hydroxychloroquine(protocol: Protocol) -> Decimal | None:
    """Return the limit that the registry prints, as the criterion on it has it."""
    for leaf in protocol.leaves:
        evidence = leaf.evidence
        if isinstance(evidence, DailyDose) and evidence.dose.field == HYDROXYCHLOROQUINE:
            return evidence.limit.number
    return None
