"""The content of what a subject takes home: the diary of planned injections, the card of visits and doses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_choices import rotation
from sle_desk.domain.dose_matching import DueSlot
from sle_desk.domain.visit_rules import planned_name
from sle_desk.exports.pdf.subject_papers import DateCard, Diary, DiaryPart
from sle_desk.exports.plan_ends import ended_words, paused_words
from sle_desk.exports.slips import Dated, dose_plan
from sle_desk.exports.visit_summaries import study_name
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Subject
from sle_desk.services import courses
from sle_desk.services.courses import Course
from sle_desk.services.dosing import injection_drug
from sle_desk.services.plan import NOT_DONE, Calendar, calendar_of, plan_versions
from sle_desk.services.site_days import site_calendar_in
from sle_desk.services.snapshots import Snapshot


def _planned(copy: Snapshot, subject_id: int) -> tuple[Course, Calendar, Dated]:
    """Return course and plan of an allocated subject whose day 1 is known: before it no day has a date."""
    today = copy.as_of.date()
    allocated = copy.session.scalar(select(Allocation.id).where(Allocation.subject_id == subject_id))
    course = courses.course(copy.session, subject_id)
    if allocated is None or course is None:
        raise RuleBroken("slip.not_allocated")
    calendar = calendar_of(course, plan_versions(copy.session, copy.protocol, today), today)
    if calendar.day_one is None or calendar.provisional:
        raise RuleBroken("paper.no_dates")
    return course, calendar, Dated(calendar, calendar.day_one, site_calendar_in(copy.session), today)


def _ahead(each: DueSlot, today: date) -> bool:
    """Tell whether a planned dose without an answer is to come, or still due: its window is not over."""
    return each.dose is None and (each.slot.planned_on >= today or (each.awaited and each.slot.holds(today)))


def dose_diary(copy: Snapshot, subject_id: int) -> Diary:
    """Return the diary of the planned injections to come or still due that nobody has answered, by visit.

    RuleBroken `slip.not_allocated`, `paper.no_dates` before the first dose, or `paper.no_doses`.
    """
    course, calendar, plan = _planned(copy, subject_id)
    protocol, today = copy.protocol, copy.as_of.date()
    drug = injection_drug(protocol, course.arm)
    waiting = (each for each in calendar.of_drug(drug.code) if each.awaited)
    slots = [each.slot for each in waiting if _ahead(each, today)]
    if not slots:
        raise RuleBroken("paper.no_doses")
    visits = sorted(
        (each.planned for each in calendar.visits if each.planned.planned_on >= today),
        key=lambda planned: planned.planned_on,
    )
    parts: list[DiaryPart] = []
    for slot in slots:
        visit = next((each for each in visits if each.planned_on >= slot.planned_on), None)
        label = protocol.visit(visit.code).label if visit is not None else None
        collected = plan.due(visit, label) if visit is not None else None
        due = plan.due(slot, str(slot.number))
        if parts and parts[-1].collected_at == collected:
            parts[-1] = replace(parts[-1], doses=(*parts[-1].doses, due))
        else:
            parts.append(DiaryPart(collected, (due,)))
    reactions = protocol.list(drug.reactions).choices
    return Diary(
        study=study_name(protocol),
        subject=copy.session.get_one(Subject, subject_id).code,
        drug=drug.label,
        dose=drug.dose_label,
        parts=tuple(parts),
        sites=tuple(site.label for site in rotation(drug)),
        reactions=tuple(choice.label for choice in reactions if choice.code != "unknown"),
        reasons=tuple(choice.label for choice in protocol.list("missed_reason").choices),
        unknown_years=plan.unknown_years(),
    )


def date_card(copy: Snapshot, subject_id: int) -> DateCard:
    """Return the card of the visits and doses to come or still due that nobody has answered.

    RuleBroken `slip.not_allocated`, or `paper.no_dates` before the first dose.
    """
    course, calendar, plan = _planned(copy, subject_id)
    protocol, today = copy.protocol, copy.as_of.date()
    drugs = [protocol.drug(code) for code in protocol.arm(course.arm).drugs]
    ahead = replace(
        calendar,
        slots=tuple(each for each in calendar.slots if _ahead(each, today)),
    )
    plan = replace(plan, calendar=ahead)
    return DateCard(
        study=study_name(protocol),
        subject=copy.session.get_one(Subject, subject_id).code,
        visits=tuple(
            plan.due(each.planned, planned_name(protocol, each.planned))
            for each in calendar.visits
            if each.on_day is None and each.state != NOT_DONE and each.planned.closes_on >= today
        ),
        plans=tuple(
            replace(dose_plan(drug, plan), compact=True) for drug in drugs if ahead.of_drug(drug.code)
        ),
        unknown_years=plan.unknown_years(),
        ended=(*ended_words(course), *paused_words(course, protocol)),
    )
