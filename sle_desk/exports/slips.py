"""The content of an allocation slip: arm, first sum, and the calendar of visits and doses as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.dose_matching import PAUSED, DueSlot
from sle_desk.domain.protocol import Drug
from sle_desk.domain.roles import ROLES
from sle_desk.domain.schedule import PlannedVisit, Slot
from sle_desk.domain.site_calendar import SiteCalendar
from sle_desk.domain.values import plain, study_day
from sle_desk.domain.visit_rules import planned_name
from sle_desk.exports.allocation_words import mark_words, row_words
from sle_desk.exports.pdf.dose_sum import DoseSum
from sle_desk.exports.pdf.parts import Signature
from sle_desk.exports.pdf.slip import DosePlan, Due, Slip
from sle_desk.exports.plan_ends import ended_words, paused_words
from sle_desk.exports.visit_summaries import sex_age, study_name
from sle_desk.exports.wording import Said, spoken
from sle_desk.exports.worksheet_doses import prefilled_sum
from sle_desk.models import audit
from sle_desk.models.allocation import Allocation
from sle_desk.models.people import User
from sle_desk.models.subject import Subject
from sle_desk.services import courses, decisions
from sle_desk.services.allocation_marks import error_of, outside_of
from sle_desk.services.courses import Course
from sle_desk.services.infusions import last_weight, usable_weight
from sle_desk.services.list_kept import row_of
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.site_days import site_calendar_in
from sle_desk.services.snapshots import Snapshot

SHAPES = {"diamond": "◆", "circle": "●", "square": "■"}
# More doses than these are printed side by side.
LISTED = 12


def allocation_slip(copy: Snapshot, subject_id: int) -> Slip:
    """Return the slip of an allocated subject; RuleBroken `slip.not_allocated` before the allocation.

    Without a first dose no date is printed: the plan counts from day 1, still to come.
    """
    protocol, today = copy.protocol, copy.as_of.date()
    allocation = copy.session.scalar(select(Allocation).where(Allocation.subject_id == subject_id))
    course = courses.course(copy.session, subject_id)
    if allocation is None or course is None:
        raise RuleBroken("slip.not_allocated")
    calendar = calendar_of(course, plan_versions(copy.session, protocol, today), today)
    anchor = calendar.day_one or allocation.allocated_at.date()
    drugs = [protocol.drug(code) for code in protocol.arm(allocation.arm).drugs]
    weight = last_weight(copy.session, subject_id, today, before=False)
    first_dose, weigh_first = _first_dose(copy, drugs, course)
    subject = copy.session.get_one(Subject, subject_id)
    arm = protocol.arm(allocation.arm)
    dated = Dated(calendar, anchor, site_calendar_in(copy.session))
    return Slip(
        study=study_name(protocol),
        subject=subject.code,
        randomisation_number=allocation.randomisation_number,
        arm=arm.label,
        arm_shape=SHAPES[arm.shape],
        treatment=arm.name,
        sex_age=sex_age(protocol, subject, allocation.allocated_at.date()),
        randomised=allocation.allocated_at.date(),
        weight=f"{plain(weight.kilograms)} kg, {weight.on_day.isoformat()}" if weight else None,
        first_dose=first_dose,
        weigh_first=weigh_first,
        recorded_as=_recorded_as(copy, allocation),
        visits=tuple(
            dated.due(each.planned, planned_name(protocol, each.planned)) for each in calendar.visits
        ),
        plans=tuple(dose_plan(drug, dated) for drug in drugs if calendar.of_drug(drug.code)),
        unknown_years=dated.unknown_years(),
        signature=_signature(copy, allocation),
        marks=mark_words(outside_of(copy.session, allocation.id), error_of(copy.session, allocation.id)),
        ended=(
            *ended_words(course),
            *paused_words(course, protocol),
            *_stopped(drugs, course, calendar),
        ),
    )


def _first_dose(copy: Snapshot, drugs: Iterable[Drug], course: Course) -> tuple[DoseSum | None, Said]:
    """The sum of the first infusion, or that the subject is weighed first, as on the screen.

    Neither once it is given, stopped or undecided.
    """
    infused = next((drug for drug in drugs if drug.preparation is not None), None)
    if infused is None or course.day_one is not None or course.stopped_on(infused.code) is not None:
        return None, None
    today = copy.as_of.date()
    readings = decisions.readings_on(copy.session, copy.protocol, today)
    if readings.waits(f"prepare:{infused.code}"):
        return None, None
    weight = usable_weight(copy.session, course.subject_id, today, readings)
    if weight is None:
        told = message("Weigh first: {dose} of the weight of the day.")
        return None, spoken(told, dose=infused.dose_label)
    return prefilled_sum(infused, weight.kilograms, readings), None


def _stopped(drugs: Iterable[Drug], course: Course, calendar: Calendar) -> Iterator[Words]:
    """Say of each stopped drug that has no row of its own why there is none."""
    for drug in drugs:
        if drug.code in course.stops and not calendar.of_drug(drug.code):
            told = message("{drug} was stopped on {day}: no dose of it is planned.")
            yield spoken(told, drug=drug.label, day=course.stops[drug.code])


def _recorded_as(copy: Snapshot, allocation: Allocation) -> Said:
    code, number = row_of(copy.session, allocation)
    return row_words(code, number)


def _signature(copy: Snapshot, allocation: Allocation) -> Signature | None:
    signed = copy.session.get(audit.Signature, allocation.signature_id)
    if signed is None:
        return None
    name = copy.session.get_one(User, signed.user_id).name
    return Signature(name, ROLES[signed.role], signed.signed_at, signed.statement)


@dataclass(frozen=True)
class Dated:
    """The plan with the day that study days count from, and the calendar of the site.

    `due_on`: what is open on that day, planned for it or before, is marked as due.
    """

    calendar: Calendar
    anchor: date
    site: SiteCalendar
    due_on: date | None = None

    def due(self, planned: PlannedVisit | Slot, label: Said) -> Due:
        """Return a visit or dose as papers print it; no date while the plan counts from a day to come."""
        on, provisional = planned.planned_on, self.calendar.provisional
        before, after = (on - planned.opens_on).days, (planned.closes_on - on).days
        days = f"± {before}" if before == after else f"−{before} / +{after}"
        return Due(
            label=label,
            study_day=study_day(on, self.anchor),
            planned=None if provisional else on,
            window=spoken(message("{days} d"), days=days),
            what=self._due_words(planned),
            closed=not provisional and self.site.is_closed(on),
        )

    def _due_words(self, planned: PlannedVisit | Slot) -> Said:
        if self.due_on is None or self.calendar.provisional or planned.planned_on > self.due_on:
            return ""
        return spoken(message("due, until {day}"), day=planned.closes_on)

    def unknown_years(self) -> tuple[int, ...]:
        """Return the years of the plan whose holidays nobody entered."""
        if self.calendar.provisional:
            return ()
        visits = (each.planned.planned_on for each in self.calendar.visits)
        doses = (each.slot.planned_on for each in self.calendar.slots)
        return self.site.unknown_years((*visits, *doses))


def _planned_dose(each: DueSlot, dated: Dated) -> Due:
    due = dated.due(each.slot, str(each.slot.number))
    return replace(due, what=spoken(message("paused"))) if each.state == PAUSED else due


def dose_plan(drug: Drug, dated: Dated) -> DosePlan:
    """Return the planned doses of a drug."""
    dues = tuple(_planned_dose(each, dated) for each in dated.calendar.of_drug(drug.code))
    title = Words(f"{drug.label.en}, {drug.dose_label.en}", f"{drug.label.zh}，{drug.dose_label.zh}")
    return DosePlan(title, dues, compact=len(dues) > LISTED)
