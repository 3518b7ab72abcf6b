"""The content of a visit worksheet: what is due at one visit of a subject, pre-filled from saved records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.domain.decisions import Readings
from sle_desk.domain.forms import Field, unit_words
from sle_desk.domain.protocol import Visit
from sle_desk.domain.schedule import PlannedVisit
from sle_desk.domain.values import study_day
from sle_desk.exports.pdf.worksheet_content import Ask, Doctor, Part, Questions, Samples, Tube, Worksheet
from sle_desk.exports.visit_summaries import randomisation_number, sex_age, study_name
from sle_desk.exports.wording import Said, spoken
from sle_desk.exports.worksheet_doses import dose_parts
from sle_desk.models.subject import Subject
from sle_desk.services import courses, decisions
from sle_desk.services.courses import Course
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.snapshots import Snapshot
from sle_desk.services.withdrawals import SAMPLES_FORM, no_samples_since

PREGNANCY, PGA, VITALS, WEIGHT = "pregnancy_test", "pga", "vitals", "weight"
# What is written on the sheet itself; every other form of the visit is one of its own, with a box to tick.
ON_THE_SHEET = frozenset({PREGNANCY, PGA, VITALS, SAMPLES_FORM})


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

    @property
    def day(self) -> date:
        """Return the day the visit is planned for, today where no plan says one."""
        return self.planned.planned_on if self.planned else self.copy.as_of.date()


def visit_worksheet(copy: Snapshot, subject_id: int, visit_code: str) -> Worksheet:
    """Return the worksheet of a visit; infusion and injection only where the plan of the subject knows them.

    RuleBroken `worksheet.void` for a subject who was entered in error.
    """
    due = _due(copy, subject_id, visit_code)
    course, calendar = due.course, due.calendar
    doses = dose_parts(due.copy, course, calendar, due.readings, due.planned)
    weighed = any(hasattr(part, "rate") for part in doses)
    parts: list[Part] = [
        _questions(due, doses=bool(doses), weighed=weighed),
        *_samples(due),
        *doses,
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
    )


def _due(copy: Snapshot, subject_id: int, visit_code: str) -> Due:
    subject = copy.session.get_one(Subject, subject_id)
    course = courses.course(copy.session, subject_id)
    if course is None:
        raise RuleBroken("worksheet.void", subject=subject.code)
    today = copy.as_of.date()
    calendar = calendar_of(course, plan_versions(copy.session, copy.protocol, today), today)
    planned = next((each.planned for each in calendar.visits if each.planned.code == visit_code), None)
    readings = decisions.readings_on(copy.session, copy.protocol, today)
    return Due(copy, subject, course, copy.protocol.visit(visit_code), calendar, planned, readings)


def _visit_words(due: Due) -> Words:
    if due.planned is None or due.calendar.day_one is None:
        return due.visit.label
    day = study_day(due.planned.planned_on, due.calendar.day_one)
    return spoken(message("{visit}, day {day}"), visit=due.visit.label, day=day)


def _window(planned: PlannedVisit | None) -> Said:
    return f"{planned.opens_on:%m-%d} – {planned.closes_on:%m-%d}" if planned else None


def _questions(due: Due, *, doses: bool, weighed: bool) -> Questions:
    protocol, forms = due.copy.protocol, due.visit.forms
    rows: list[tuple[Ask, ...]] = []
    first: list[Ask] = []
    if PGA in forms:
        pga = next(protocol.form(PGA).fields())
        first += [_ask(pga, 50.0), Ask(spoken(message("doctor")), width=90.0)]
    if PREGNANCY in forms and due.subject.sex == "F":
        first.append(_pregnancy(due))
    if first:
        rows.append(tuple(first))
    if VITALS in forms:
        asked = [field for field in protocol.form(VITALS).fields() if field.required]
        vitals = [_ask(field, 44.0) for field in asked if field.code != WEIGHT or not weighed]
        rows.append(tuple(vitals))
    rows.append((_complaint(due),))
    title = spoken(message("Before the dose") if doses else message("Asked and measured"))
    note = spoken(message("doctor scores PGA first, blind to earlier scores")) if PGA in forms else None
    return Questions(title, tuple(rows), note)


def _ask(field: Field, width: float) -> Ask:
    limits = field.hard if field.investigator else None
    label = field.label
    if limits is not None:
        span = f" ({limits[0]:f} – {limits[1]:f})"
        label = Words(label.en + span, label.zh + span)
    return Ask(label, unit_words(field.unit), width=width)


def _pregnancy(due: Due) -> Ask:
    form = due.copy.protocol.form(PREGNANCY)
    done = form.field("done").choice("not_applicable").label
    results = tuple(choice.label for choice in form.field("result").choices)
    return Ask(form.label, choices=(*results, done))


def _complaint(due: Due) -> Ask:
    seen = [visit.on_day for visit in due.course.visits if visit.on_day is not None]
    last = max(seen, default=None)
    since = (
        spoken(message("Any complaint since {day}?"), day=last) if last else spoken(message("Any complaint?"))
    )
    return Ask(since, choices=(spoken(message("none")),), write_other=True, fill=True)


def _samples(due: Due) -> Iterator[Samples]:
    if not due.visit.panels:
        return
    before = "pre_dose_samples" in due.visit.tags
    title = spoken(message("Samples before the dose") if before else message("Samples"))
    since = no_samples_since(due.copy.session, due.subject.id)
    # A visit whose planned day has passed is done from today on.
    if since is not None and max(due.day, due.copy.as_of.date()) >= since:
        told = spoken(message("No samples: consent for them was withdrawn on {day}."), day=since)
        yield Samples(spoken(message("Samples")), (), refused=told)
        return
    panels = map(due.copy.protocol.laboratory.panel, due.visit.panels)
    yield Samples(title, tuple(Tube(panel.label) for panel in panels))


def _doctor(due: Due) -> Doctor:
    protocol = due.copy.protocol
    forms = [protocol.form(code).label for code in due.visit.forms if code not in ON_THE_SHEET]
    asked = [
        spoken(message("adverse events asked")),
        spoken(message("concomitant medication asked")),
    ]
    return Doctor((*forms, *asked), _vials_out(due), _following(due))


def _vials_out(due: Due) -> int | None:
    out = [count for count in due.course.vials_out.values() if count > 0]
    return sum(out) if out else None


def _following(due: Due) -> Words | None:
    """Return the next visit that is planned after this one."""
    if due.planned is None:
        return None
    later = [each.planned for each in due.calendar.visits if each.planned.planned_on > due.planned.planned_on]
    if not later:
        return None
    following = min(later, key=lambda each: each.planned_on)
    label = due.copy.protocol.visit(following.code).label
    return spoken(message("{visit}, {day}"), visit=label, day=following.planned_on)
