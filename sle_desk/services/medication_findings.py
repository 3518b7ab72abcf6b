"""What a subject's medication shows against the protocol, compared again whenever an entry of it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Decision, readings
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.evidence import DailyDose
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.medication import FORM, InForce, Limits, Span, course_of, shows_over
from sle_desk.domain.medicine_days import Course
from sle_desk.domain.prednisone import table_on
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import partial_bounds
from sle_desk.domain.visit_rules import is_screening
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.courses import course as way_of
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.in_force import days_of, decisions_made
from sle_desk.services.words_in_use import names_in_use

PREDNISONE = "eligibility.prednisone_highest"
HYDROXYCHLOROQUINE = "hydroxychloroquine_dose"
# The decision that something is prohibited, by a list; the other option records and prohibits nothing.
PROHIBITING = ("D15", "list")
# The decision that cholinergic stimulants and topical ciclosporin have to be stable, as the registry says.
STABLE_BY_NAME = ("D06", "asked")
# What is said of a medicine begins so; consent and leaving are compared by others.
_OWNED = ("medication.",)


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
    names = names_in_use(session, protocol)
    found = (course_of(row_id, shown, names) for row_id, shown in values)
    return tuple(course for course in found if course is not None)


def renew_medication_findings(change: Change, subject_id: int) -> None:
    """Propose what the medication of a randomised subject shows; what no longer holds goes void."""
    session = change.session
    session.flush()
    allocated = session.scalar(select(Allocation.allocated_at).where(Allocation.subject_id == subject_id))
    if allocated is None:
        return
    since, span = allocated.date(), _study_of(session, change.protocol, subject_id)
    in_force = _in_force(change.protocol, decisions_made(session), since, change.at.date())
    courses = medication_of(session, change.protocol, subject_id)
    for course in courses:
        found = shows_over(course, courses, in_force, since, change.at.date(), span)
        renew_proposals(change, subject_id, ("form_record", course.id), _day(course, since), _OWNED, found)


def medication_shows(
    session: Session, protocol: Protocol, made: Sequence[Decision], subject_id: int, today: date
) -> tuple[ProposedDeviation, ...]:
    """Return what the medication of a randomised subject would show by decisions in hand."""
    allocated = session.scalar(select(Allocation.allocated_at).where(Allocation.subject_id == subject_id))
    if allocated is None:
        return ()
    since, span = allocated.date(), _study_of(session, protocol, subject_id)
    in_force = _in_force(protocol, made, since, today)
    courses = medication_of(session, protocol, subject_id)
    found = (shows_over(course, courses, in_force, since, today, span) for course in courses)
    return tuple(each for shown in found for each in shown)


def _study_of(session: Session, protocol: Protocol, subject_id: int) -> Span:
    """Return from when doses have to have been stable, the screening visit, and when the study ended."""
    found = way_of(session, subject_id)
    screening = [visit.code for visit in protocol.visits if is_screening(visit)]
    held = [each.on_day for each in found.visits if each.code in screening and each.on_day] if found else []
    ended = found.ended_on if found is not None else None
    return Span(ended=ended or date.max, screened=min(held, default=None))


def judge_medication_again(change: Change) -> None:
    """Compare the medication of every randomised subject again: other limits or factors are in force now.

    A finding that stands is not proposed twice, and one that a person settled stays as it was settled.
    """
    change.session.flush()
    subjects = change.session.scalars(
        select(Allocation.subject_id)
        .join(Subject, Subject.id == Allocation.subject_id)
        .where(Subject.state == "current")
        .order_by(Allocation.subject_id)
    ).all()
    for subject_id in subjects:
        renew_medication_findings(change, subject_id)


def _in_force(protocol: Protocol, made: Sequence[Decision], since: date, today: date) -> tuple[InForce, ...]:
    """Return what held on a day and what came into force after it up to today, oldest first."""
    hydroxychloroquine = _hydroxychloroquine(protocol)
    found = []
    for day in (since, *(day for day in days_of(made) if since < day <= today)):
        then = readings(protocol, made, day)
        decided = then.decision(PROHIBITING[0])
        prohibits = decided is not None and decided.option == PROHIBITING[1]
        asked = then.decision(STABLE_BY_NAME[0])
        by_name = asked is not None and asked.option == STABLE_BY_NAME[1]
        limits = Limits(hydroxychloroquine, then.number(PREDNISONE), prohibits, by_name)
        found.append(InForce(day, limits, table_on(protocol, then)))
    return tuple(found)


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
