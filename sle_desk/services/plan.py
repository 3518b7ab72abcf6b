"""The calendar of a subject: planned doses and visits as they stand today, and what is unknown and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from sle_desk.domain import schedule
from sle_desk.domain.decisions import Decision
from sle_desk.domain.decisions import readings as readings_by
from sle_desk.domain.dose_anchoring import slots_as_given
from sle_desk.domain.dose_matching import DueSlot, Match, RecordedDose, assign, due, last_dose_on
from sle_desk.domain.plan_history import Laid, Planned, key_of, through_time
from sle_desk.domain.plan_rules import OPEN, VISITS, ArmPlan, Unknown, diary_due_days, plan_rules
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.schedule import PlannedVisit, PlanRules, Slot
from sle_desk.domain.values import study_day
from sle_desk.services import courses, decisions
from sle_desk.services.courses import Course, VisitFact
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import days_of

DONE, NOT_DONE, PLANNED, WINDOW_OPEN, OVERDUE = "done", "not_done", "planned", "window_open", "overdue"


@dataclass(frozen=True)
class PlanVersion:
    """The plans of the arms under the package and the decisions in force from a day on."""

    since: date
    arms: dict[str, ArmPlan]
    diary_days: int | None


@dataclass(frozen=True)
class DueVisit:
    """A planned visit as it stands today; `on_day` is the day it took place, `in_window` whether it fits."""

    planned: PlannedVisit
    state: str
    visit_id: int | None
    on_day: date | None
    in_window: bool | None
    not_done_reason: str = ""


@dataclass(frozen=True)
class CalendarDay:
    """Everything planned for one day: doses in the order they are given, and the visits."""

    on: date
    study_day: int
    slots: tuple[DueSlot, ...]
    visits: tuple[DueVisit, ...]


@dataclass(frozen=True)
class Calendar:
    """The plan of one subject on one day.

    `day_one` is None before the first dose: then every date counts from the day of allocation and is
    `provisional`. `unknown` names each part nobody can compute and the decisions it waits for. `other_visits`
    took place outside the plan (screening, unscheduled); `extra` doses fit no slot, `contested` ones
    answer a slot that is already answered. `diary_due` gives the day the diary of a home dose is due, by
    (drug, number); `at_home` names the drugs whose last dose between visits was given at home.
    """

    subject_id: int
    arm: str
    on: date
    day_one: date | None
    provisional: bool
    slots: tuple[DueSlot, ...] = ()
    visits: tuple[DueVisit, ...] = ()
    other_visits: tuple[VisitFact, ...] = ()
    extra: tuple[RecordedDose, ...] = ()
    contested: tuple[RecordedDose, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    diary_due: Mapping[tuple[str, int], date] = field(default_factory=dict)
    at_home: frozenset[str] = frozenset()

    def knows(self, part: str) -> bool:
        """Tell whether a drug's plan, or that of the visits, can be computed."""
        return all(unknown.part != part for unknown in self.unknown)

    def of_drug(self, drug: str) -> tuple[DueSlot, ...]:
        """Return the planned doses of a drug in their order."""
        return tuple(due_slot for due_slot in self.slots if due_slot.slot.drug == drug)

    def slot(self, drug: str, number: int) -> Slot | None:
        """Return a planned dose by drug and number."""
        return next((each.slot for each in self.of_drug(drug) if each.slot.number == number), None)

    def taken_on(self, drug: str, day: date) -> DueSlot | None:
        """Return the answered dose whose window holds a day: the one planned for it, else the earliest."""
        held = [each for each in self.of_drug(drug) if each.dose is not None and each.slot.holds(day)]
        of_day = (each for each in held if each.slot.planned_on == day)
        return next(iter((*of_day, *held)), None)

    def filled_by(self, key: int) -> Slot | None:
        """Return the slot that a recorded dose fills."""
        return next(
            (each.slot for each in self.slots if each.dose is not None and each.dose.key == key), None
        )

    def open_on(self, drug: str, day: date) -> tuple[Slot, ...]:
        """Return the unfilled slots of a drug whose window holds a day, earliest first."""
        return tuple(each.slot for each in self.of_drug(drug) if each.dose is None and each.slot.holds(day))

    def next_slot(self, drug: str) -> Slot | None:
        """Return the first slot of a drug that is awaited and whose window has not closed."""
        waiting = (
            each.slot for each in self.of_drug(drug) if each.awaited and each.slot.closes_on >= self.on
        )
        return next(waiting, None)

    def days(self) -> tuple[CalendarDay, ...]:
        """Return the planned days in order; doses and a visit of one day are one row."""
        anchor = self.day_one or self.on
        on_days: dict[date, tuple[list[DueSlot], list[DueVisit]]] = {}
        for each in self.slots:
            on_days.setdefault(each.slot.planned_on, ([], []))[0].append(each)
        for visit in self.visits:
            on_days.setdefault(visit.planned.planned_on, ([], []))[1].append(visit)
        return tuple(
            CalendarDay(on, study_day(on, anchor), tuple(on_days[on][0]), tuple(on_days[on][1]))
            for on in sorted(on_days)
        )


def plan_versions(session: Session, protocol: Protocol, today: date) -> tuple[PlanVersion, ...]:
    """Return the plans of all arms for each day on which a decision took effect, up to today."""
    return versions_by(protocol, decisions.decisions_made(session), today)


def versions_by(protocol: Protocol, made: Sequence[Decision], today: date) -> tuple[PlanVersion, ...]:
    """Return the same by decisions in hand: those made, or with one beside them that is only thought of."""
    amended = {each.since for each in protocol.versions if each.since is not None}
    days = sorted({day for day in (*days_of(made), *amended) if day < today} | {today})
    versions = []
    for since in days:
        then = protocol.on(since)
        readings = readings_by(then, made, since)
        arms = {arm.code: plan_rules(readings, then, arm.code) for arm in then.arms}
        versions.append(PlanVersion(since, arms, diary_due_days(readings)))
    return tuple(versions)


def _laid(
    versions: Sequence[PlanVersion],
    arm: str,
    items_of: Callable[[PlanRules, Mapping[tuple[str, int], Planned], date], Iterable[Planned]],
) -> tuple[Planned, ...]:
    """Return what is planned for an arm, as its plans followed each other.

    Of a part that was planned already, nothing is planned afterwards for a day that was past by then:
    nobody was to do it. Of one that nobody could compute, what lay behind is told afterwards.
    """
    laid: Laid[Planned] = Laid()
    known: frozenset[str] = frozenset()
    for version in versions:
        plan: ArmPlan = version.arms[arm]
        standing = laid.standing
        announced = (
            item
            for item in items_of(plan.rules, standing, version.since)
            if item.planned_on >= version.since or _part(item) not in known or key_of(item) in standing
        )
        laid.change(version.since, announced)
        known = frozenset(part for part in (*plan.drugs, VISITS) if plan.knows(part))
    return laid.planned()


def _part(item: Slot | PlannedVisit) -> str:
    return item.drug if isinstance(item, Slot) else VISITS


def _slots(course: Course, versions: Sequence[PlanVersion], anchor: date) -> tuple[Slot, ...]:
    def of(rules: PlanRules, standing: Mapping[tuple[str, int], Slot], since: date) -> tuple[Slot, ...]:
        return slots_as_given(anchor, rules, course.records, standing, since)

    planned = _laid(versions, course.arm, of)
    drugs = {slot.drug for slot in planned}
    stops = {drug: day for drug in drugs if (day := course.stopped_on(drug)) is not None}
    # Stops and pauses are laid over the plan, whose dates they never move.
    return schedule.with_pauses(schedule.until_stopped(planned, stops), course.pauses)


def _still_planned(
    slots: Iterable[Slot], course: Course, match: Match, at_home: frozenset[str]
) -> tuple[Slot, ...]:
    """Return the slots without the unanswered dose of the day of a stop: nobody is to give it any more.

    Nor was anybody to give one while consent for study drugs was withdrawn, before it was signed again.

    Recorded as given that day it stands; of a drug injected at home the diary may still tell of it.
    Before the first dose no day is one yet: of a drug that has ended nothing is to come, wherever it lies.
    """

    def stands(slot: Slot) -> bool:
        if course.day_one is None:
            return course.stopped_on(slot.drug) is None or match.record(slot) is not None
        on_the_day = slot.planned_on == course.stopped_on(slot.drug)
        if not course.plans_dose(slot.planned_on):
            return match.record(slot) is not None
        return not on_the_day or match.record(slot) is not None or slot.drug in at_home

    return tuple(filter(stands, slots))


def _treatment_over(slots: Iterable[Slot], match: Match, today: date) -> bool:
    return all(match.record(slot) is not None or slot.closes_on < today for slot in slots)


def _planned_visits(
    course: Course, versions: Sequence[PlanVersion], anchor: date, last_dose: date | None
) -> tuple[PlannedVisit, ...]:
    def of(rules: PlanRules, _: object, __: date) -> tuple[PlannedVisit, ...]:
        return schedule.planned_visits(anchor, rules.visits, last_dose)

    planned = _laid(versions, course.arm, of)
    # Who will never be dosed has no day 1 to count from; what was recorded stays where it was planned.
    closed = course.never_dosed(versions[-1].arms[course.arm].drugs)
    return tuple(
        visit
        for visit in planned
        if (course.plans_visit(visit.planned_on) and not closed) or course.visit(visit.code) is not None
    )


def _treatment_ended(visits: Iterable[PlannedVisit], slots: Iterable[Slot]) -> tuple[PlannedVisit, ...]:
    """Return the visits; none whose window closes before the last planned dose is the end of treatment."""
    last = max((slot.planned_on for slot in slots), default=date.min)
    return tuple(
        replace(visit, ends_treatment=visit.ends_treatment and last <= visit.closes_on) for visit in visits
    )


def _early_visits(course: Course, versions: Sequence[PlanVersion]) -> tuple[PlannedVisit, ...]:
    """Return the visit that leaving early makes due, for who was dosed and can still come; or came."""
    if course.day_one is None:
        return ()
    early = [(version.since, version.arms[course.arm].rules.early) for version in versions]
    planned = through_time(
        [
            (since, schedule.early_visits(rule, course.left_early_on(rule.drugs) if rule else None))
            for since, rule in early
        ]
    )
    return tuple(
        visit
        for visit in planned
        if course.comes_until(visit.closes_on) or course.visit(visit.code) is not None
    )


def _unknown(course: Course, plan: ArmPlan, today: date) -> tuple[Unknown, ...]:
    """Return what cannot be computed; the window of leaving early counts once the subject has left."""
    rule = plan.rules.early
    if rule is None or rule.window is not None or course.day_one is None:
        return plan.unknown
    left = course.left_early_on(rule.drugs)
    if left is None or not course.comes_until(today) or course.visit(rule.code) is not None:
        return plan.unknown
    return (*plan.unknown, Unknown(rule.code, OPEN, rule.waits))


def _due_visit(planned: PlannedVisit, fact: VisitFact | None, today: date) -> DueVisit:
    if fact is not None and fact.on_day is not None:
        return DueVisit(planned, DONE, fact.id, fact.on_day, planned.holds(fact.on_day))
    if fact is not None:
        return DueVisit(planned, NOT_DONE, fact.id, None, None, fact.not_done_reason)
    if today > planned.closes_on:
        return DueVisit(planned, OVERDUE, None, None, None)
    return DueVisit(planned, WINDOW_OPEN if planned.holds(today) else PLANNED, None, None, None)


def _visit_days(course: Course, visits: Iterable[PlannedVisit]) -> frozenset[date]:
    took_place = (visit.on_day for visit in course.visits if visit.on_day is not None)
    return frozenset((*(visit.planned_on for visit in visits), *took_place))


def _diary_due(
    course: Course, slots: Sequence[Slot], visits: Sequence[PlannedVisit], days: int | None
) -> dict[tuple[str, int], date]:
    """Return when the diary of each home dose is due: so many days after the visit it is asked for."""
    visit_days = _visit_days(course, visits)
    drugs = {slot.drug for slot in slots}
    by_diary = {drug for drug in drugs if course.reported_by_diary(drug, visit_days)}
    found = {}
    for slot in slots:
        if days is None or slot.planned_on in visit_days or slot.drug not in by_diary:
            continue
        asked = min(
            (visit.planned_on for visit in visits if visit.planned_on > slot.planned_on), default=None
        )
        if asked is not None:
            found[slot.drug, slot.number] = asked + timedelta(days=days)
    return found


def calendar_of(course: Course, versions: Sequence[PlanVersion], today: date) -> Calendar:
    """Return the calendar of one course; pure, so that Today asks the file once for everybody."""
    nothing = Calendar(
        *(course.subject_id, course.arm, today, course.day_one), provisional=False, other_visits=course.visits
    )
    if not course.arm or course.allocated_at is None:
        return nothing
    anchor = course.day_one or course.allocated_at.date()
    slots = _slots(course, versions, anchor)
    match = assign(slots, course.records)
    over = course.day_one is not None and _treatment_over(slots, match, today)
    last = last_dose_on(course.records) if over else None
    visits = _planned_visits(course, versions, anchor, last)
    visits = _treatment_ended(visits, slots)
    diary = _diary_due(course, slots, visits, versions[-1].diary_days)
    visit_days = _visit_days(course, visits)
    at_home = frozenset(
        drug for drug in {slot.drug for slot in slots} if course.given_at_home(drug, visit_days)
    )
    # Leaving moves no diary: only the days planned from day 1 ask for one.
    visits = tuple(sorted((*visits, *_early_visits(course, versions)), key=lambda each: each.planned_on))
    codes = {visit.code for visit in visits}
    return replace(
        nothing,
        provisional=course.day_one is None,
        slots=due(_still_planned(slots, course, match, at_home), match, today, diary),
        visits=tuple(_due_visit(visit, course.visit(visit.code), today) for visit in visits),
        other_visits=tuple(visit for visit in course.visits if visit.code not in codes),
        extra=match.extra,
        contested=match.contested,
        unknown=_unknown(course, versions[-1].arms[course.arm], today),
        diary_due=diary,
        at_home=at_home,
    )


def calendar_in(session: Session, protocol: Protocol, subject_id: int, today: date) -> Calendar | None:
    """Return the calendar of a subject from a session in hand; None when it was entered in error."""
    found = courses.course(session, subject_id)
    return calendar_of(found, plan_versions(session, protocol, today), today) if found else None


def calendar(desk: Desk, subject_id: int) -> Calendar:
    """Return the calendar of a subject as it stands today; empty for one who was entered in error."""
    with desk.view() as session:
        found = calendar_in(session, desk.protocol, subject_id, desk.today())
    return found or Calendar(subject_id, "", desk.today(), None, provisional=False)
