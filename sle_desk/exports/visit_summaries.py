"""The content of a visit summary, from the saved records of one visit."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import age_on, study_day
from sle_desk.exports.dataset import declared
from sle_desk.exports.pdf.stamp import StudyName
from sle_desk.exports.pdf.summary_content import VisitSummary
from sle_desk.exports.summary_activity import activity
from sle_desk.exports.summary_events import events
from sle_desk.exports.summary_infusions import infusions
from sle_desk.exports.summary_laboratory import compared_with, laboratory
from sle_desk.exports.summary_notes import notes
from sle_desk.exports.summary_prednisone import glucocorticoids
from sle_desk.exports.summary_treatment import treatment
from sle_desk.exports.wording import Said, spoken
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import courses
from sle_desk.services.courses import Course
from sle_desk.services.plan import calendar_of, plan_versions
from sle_desk.services.snapshots import Snapshot


def study_name(protocol: Protocol) -> StudyName:
    """Return the study as papers name it."""
    return StudyName(protocol.short_title, " · ".join(protocol.registry_ids))


def visit_summary(copy: Snapshot, visit_id: int, before_paper: int | None = None) -> VisitSummary:
    """Return the summary of a visit that took place; a part nobody has recorded anything for is left out.

    RuleBroken `summary.no_visit` when the visit was not done or was entered in error.
    """
    visit = copy.session.get_one(Visit, visit_id)
    course = courses.course(copy.session, visit.subject_id)
    if visit.on_day is None or visit.state != "current" or course is None:
        raise RuleBroken("summary.no_visit")
    subject = copy.session.get_one(Subject, visit.subject_id)
    planned = copy.protocol.visit(visit.code)
    seen = activity(copy, visit)
    before = compared_with(copy, visit)
    return VisitSummary(
        study=study_name(copy.protocol),
        subject=subject.code,
        arm=copy.protocol.arm(course.arm).label if course.arm else None,
        sex_age=sex_age(copy.protocol, subject, visit.on_day),
        randomised=course.allocated_at.date() if course.allocated_at else None,
        visit=planned.label,
        visit_day=visit.on_day,
        study_day=study_day(visit.on_day, course.day_one) if course.day_one else None,
        window=_window(copy, course, visit),
        weight=_weight(copy, visit),
        treatment=treatment(copy, course, visit.on_day),
        infusions=infusions(copy, visit),
        prednisone=glucocorticoids(copy, visit),
        activity_visits=seen.visits,
        activity=seen.rows,
        curve=seen.curve,
        laboratory=laboratory(copy, visit),
        compared_with=_short(copy.protocol, before) if before else None,
        adverse_events=events(copy, visit, before.on_day if before else None),
        notes=notes(copy, visit, before_paper),
    )


def sex_age(protocol: Protocol, subject: Subject, on: date) -> Words:
    """Return sex and completed years on a day, as "F, 34 y"; the birth date itself is printed nowhere."""
    sex = declared(protocol, "register.sex").choice(subject.sex).label
    return spoken(message("{sex}, {age} y"), sex=sex, age=age_on(subject.birth_date, on))


def randomisation_number(copy: Snapshot, subject_id: int) -> str:
    """Return the randomisation number of a subject; empty before allocation."""
    asked = select(Allocation.randomisation_number).where(Allocation.subject_id == subject_id)
    return copy.session.scalar(asked) or ""


def _short(protocol: Protocol, visit: Visit) -> Said:
    planned = protocol.visit(visit.code)
    return planned.label if planned.week is None else f"W{planned.week}"


def _window(copy: Snapshot, course: Course, visit: Visit) -> Said:
    calendar = calendar_of(
        course, plan_versions(copy.session, copy.protocol, copy.as_of.date()), copy.as_of.date()
    )
    due = next((each for each in calendar.visits if each.visit_id == visit.id), None)
    if due is None or due.in_window is None or calendar.provisional:
        return None
    planned = due.planned
    before, after = (
        (planned.planned_on - planned.opens_on).days,
        (planned.closes_on - planned.planned_on).days,
    )
    days = f"± {before}" if before == after else f"−{before} / +{after}"
    text = message("in ({days} d)") if due.in_window else message("out of window ({days} d)")
    return spoken(text, days=days)


def _weight(copy: Snapshot, visit: Visit) -> Said:
    kept = copy.session.scalar(
        select(Answer)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(
            FormRecord.visit_id == visit.id,
            FormRecord.state == "current",
            Answer.field == "weight",
            Answer.number.is_not(None),
        )
        .order_by(FormRecord.id.desc())
        .limit(1)
    )
    return f"{kept.typed} {kept.unit}" if kept is not None else None
