"""The content of a visit worksheet: what is due at one visit of a subject, pre-filled from saved records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.decisions import Readings
from sle_desk.domain.forms import Field, Form
from sle_desk.domain.protocol import Visit
from sle_desk.domain.schedule import PlannedVisit
from sle_desk.domain.typing_order import has_own_sheet, visit_forms
from sle_desk.domain.values import study_day
from sle_desk.domain.visit_rules import planned_name, spared_at
from sle_desk.exports.pdf.worksheet_content import Ask, Doctor, Part, Questions, Samples, Tube, Worksheet
from sle_desk.exports.plan_ends import ended_words, paused_words
from sle_desk.exports.visit_summaries import randomisation_number, sex_age, study_name
from sle_desk.exports.wording import Said, day_beside, spoken
from sle_desk.exports.worksheet_doses import dose_parts
from sle_desk.exports.worksheet_entries import ask_field, entry_parts, order_words
from sle_desk.models.subject import Subject
from sle_desk.services import courses, decisions
from sle_desk.services.asked_forms import asked_form
from sle_desk.services.courses import Course
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.site_days import site_calendar_in
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.spared_forms import forms_spared
from sle_desk.services.withdrawals import SAMPLES_FORM, VISITS, no_samples_since

NOT_EXPECTED = message("{form} (not expected)")
PREGNANCY, PGA, WEIGHT, QUESTIONS = "pregnancy_test", "pga", "weight", "visit_questions"


@dataclass(frozen=True)
class Due:
    """What a worksheet is made from: subject, visit, its plan where one is known, and today's readings."""

    copy: Snapshot
    subject: Subject
    course: Course
    visit: Visit
    calendar: Calendar
    planned: PlannedVisit | None
    readings: Readings
    # The forms of other classification sets than the one decided: a box each, and no questions.
    spared: frozenset[str]

    @property
    def day(self) -> date:
        """Return the day the visit is planned for, today where no plan says one."""
        return self.planned.planned_on if self.planned else self.copy.as_of.date()


def visit_worksheet(copy: Snapshot, subject_id: int, visit_code: str) -> Worksheet:
    """Return the worksheet of a visit; infusion and injection only where the plan of the subject knows them.

    RuleBroken `worksheet.void` for a subject who was entered in error, `worksheet.died` or
    `worksheet.visits_withdrawn` for a visit that is not to come any more.
    """
    due = _due(copy, subject_id, visit_code)
    course, calendar = due.course, due.calendar
    doses = dose_parts(due.copy, course, calendar, due.readings, due.planned)
    weighed = any(hasattr(part, "rate") for part in doses)
    parts: list[Part] = [
        _questions(due, doses=bool(doses), weighed=weighed),
        *_samples(due),
        *doses,
        *entry_parts(copy, subject_id),
        _doctor(due),
    ]
    return Worksheet(
        study=study_name(copy.protocol),
        subject=due.subject.code,
        randomisation_number=randomisation_number(copy, subject_id),
        arm=copy.protocol.arm(course.arm).label if course.arm else None,
        sex_age=sex_age(copy.protocol, due.subject, due.day),
        visit=_visit_words(due),
        planned=due.planned.planned_on if due.planned else None,
        window=_window(due.planned),
        parts=tuple(parts),
        beside=day_beside(due.day, site_calendar_in(copy.session)) if due.planned else None,
        order=order_words(copy.protocol),
        ended=(*ended_words(course), *paused_words(course, copy.protocol)),
    )


def _due(copy: Snapshot, subject_id: int, visit_code: str) -> Due:
    subject = copy.session.get_one(Subject, subject_id)
    course = courses.course(copy.session, subject_id)
    if course is None:
        raise RuleBroken("worksheet.void", subject=subject.code)
    today = copy.as_of.date()
    if course.visit(visit_code) is None:
        _refuse_after_end(course, subject.code, today)
    calendar = calendar_of(course, plan_versions(copy.session, copy.protocol, today), today)
    planned = next((each.planned for each in calendar.visits if each.planned.code == visit_code), None)
    readings = decisions.readings_on(copy.session, copy.protocol, today)
    visit = copy.protocol.visit(visit_code)
    spared = spared_at(visit, forms_spared(copy.session, copy.protocol, today))
    return Due(copy, subject, course, visit, calendar, planned, readings, spared)


def _refuse_after_end(course: Course, code: str, today: date) -> None:
    """Refuse the sheet of a visit that is not to take place any more; that of one that did is printed."""
    if course.death is not None:
        raise RuleBroken("worksheet.died", subject=code, day=course.death.written)
    since = course.withdrawn.get(VISITS)
    if since is not None and today >= since:
        raise RuleBroken("worksheet.visits_withdrawn", subject=code, day=since)


def _visit_words(due: Due) -> Words:
    if due.planned is None or due.calendar.day_one is None:
        return due.visit.label
    name = planned_name(due.copy.protocol, due.planned)
    day = study_day(due.planned.planned_on, due.calendar.day_one)
    return spoken(message("{visit}, day {day}"), visit=name, day=day)


def _window(planned: PlannedVisit | None) -> Said:
    return f"{planned.opens_on:%m-%d} – {planned.closes_on:%m-%d}" if planned else None


def _questions(due: Due, *, doses: bool, weighed: bool) -> Questions:
    """Return the forms of the visit in the order in which the screen asks for them."""
    forms = tuple(form for form in visit_forms(due.copy.protocol, due.visit.code) if _is_for(due, form))
    rows = [row for form in forms for row in _form_rows(due, form, weighed)]
    title = spoken(message("Before the dose") if doses else message("Asked and measured"))
    scored = any(form.code == PGA for form in forms)
    note = spoken(message("doctor scores PGA first, blind to earlier scores")) if scored else None
    return Questions(title, tuple(rows), note)


def _is_for(due: Due, form: Form) -> bool:
    if form.code == SAMPLES_FORM:
        return _no_samples(due) is None
    return form.code != PREGNANCY or due.subject.sex == "F"


def _no_samples(due: Due) -> date | None:
    """Return since when no samples may be taken, where that is so at this visit."""
    since = no_samples_since(due.copy.session, due.subject.id)
    # A visit whose planned day has passed is done from today on.
    return since if since is not None and max(due.day, due.copy.as_of.date()) >= since else None


def _form_rows(due: Due, form: Form, weighed: bool) -> Iterator[tuple[Ask, ...]]:
    """Yield a row for each section of a form; a long one has a sheet of its own, and a box here."""
    if has_own_sheet(form) or form.code in due.spared:
        label = spoken(NOT_EXPECTED, form=form.label) if form.code in due.spared else form.label
        yield (Ask(label, own_sheet=True),)
        return
    asked = asked_form(due.copy.session, due.copy.protocol, due.subject.id, form.code)
    first = next(asked.fields(), None) if len(tuple(asked.fields())) > 1 else None
    for section in asked.sections:
        # What is weighed for the infusion has its line there.
        fields = [field for field in section.fields if not (weighed and field.code == WEIGHT)]
        asks = [
            replace(
                ask_field(field, reminder=_reminder(due, form, field)),
                heading=form.label if field is first else None,
            )
            for field in fields
        ]
        if form.signed:
            asks.append(Ask(spoken(message("doctor")), width=90.0))
        yield tuple(asks)


def _reminder(due: Due, form: Form, field: Field) -> Words | None:
    """Return where an answer leads and since when is asked, for the questions that call for entries."""
    if form.code != QUESTIONS or field.hint is None:
        return None
    seen = [visit.on_day for visit in due.course.visits if visit.on_day is not None]
    last = max(seen, default=None)
    if last is None or field is not next(form.fields()):
        return field.hint
    return spoken(message("last visit {day}; {hint}"), day=last, hint=field.hint)


def _samples(due: Due) -> Iterator[Samples]:
    if not due.visit.panels:
        return
    before = "pre_dose_samples" in due.visit.tags
    title = spoken(message("Samples before the dose") if before else message("Samples"))
    since = _no_samples(due)
    if since is not None:
        told = spoken(message("No samples: consent for them was withdrawn on {day}."), day=since)
        yield Samples(spoken(message("Samples")), (), refused=told)
        return
    panels = map(due.copy.protocol.laboratory.panel, due.visit.panels)
    yield Samples(title, tuple(Tube(panel.label) for panel in panels))


def _doctor(due: Due) -> Doctor:
    handed = tuple(due.course.vials.values())
    # Where a dose names no vials nobody can say how many were used: they are counted on the table.
    known = not any(each.uncounted or each.left < 0 for each in handed)
    return Doctor(
        vials_used=sum(each.used for each in handed) if known else None,
        vials_left=sum(each.left for each in handed) if known else None,
        vials_handed=bool(handed),
        following=_following(due),
    )


def _following(due: Due) -> Words | None:
    """Return the next visit that is planned after this one."""
    if due.planned is None:
        return None
    later = [each.planned for each in due.calendar.visits if each.planned.planned_on > due.planned.planned_on]
    if not later:
        return None
    following = min(later, key=lambda each: each.planned_on)
    label = planned_name(due.copy.protocol, following)
    return spoken(message("{visit}, {day}"), visit=label, day=following.planned_on)
