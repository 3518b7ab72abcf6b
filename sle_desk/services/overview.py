"""Today: what is due, overdue or awaited for everybody, read in a fixed number of questions to the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.plan_rules import spared_at_visits
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.site_calendar import NOTHING_ENTERED, SiteCalendar
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.subject import Identity
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import courses, decisions, waiting
from sle_desk.services.allocation_rows import allocation_rows
from sle_desk.services.approval_rows import approval_rows, proposal_rows, reconsent_rows
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.dose_judgement import WEIGHT_DAYS, number_of
from sle_desk.services.due_rows import GROUPS, LATE, NOW, DayFacts, Due, Table, TodayRow, Who, due_rows
from sle_desk.services.enrolment import TARGET, allocated_in_error, standing
from sle_desk.services.graded_results import graded_rows
from sle_desk.services.plan import Calendar, calendar_of, plan_versions
from sle_desk.services.pregnancies import pregnancies
from sle_desk.services.prepared_bags import PreparedBag, bag_rows, waiting_bags
from sle_desk.services.safety_rows import safety_rows
from sle_desk.services.site_days import site_calendar_in
from sle_desk.services.stock_today import stock_rows
from sle_desk.services.twins import gone_on_as
from sle_desk.services.visit_rows import visits_to_type
from sle_desk.services.waiting import ToSign

WEEK_DAYS = 6
# Who hands in and answers for what the ethics committee approves.
TOLD_OF_APPROVALS = frozenset({roles.PI, roles.COORDINATOR})
DOSES = frozenset({"injection", "infusion", "diary"})


@dataclass(frozen=True)
class Group:
    """The rows of one heading of Today."""

    code: str
    rows: tuple[TodayRow, ...]


@dataclass(frozen=True)
class Cards:
    """The counts over the list: what is due today, with doses or not, overdue, queries, forms to sign."""

    due_today: int
    with_doses: int
    overdue: int
    open_queries: int
    raised_by_monitor: int
    to_sign: int


@dataclass(frozen=True)
class Planned:
    """Something planned on one of the next days, and for whom."""

    code: str
    facts: Mapping[str, object]
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class WeekDay:
    """One of the next days and what is planned on it."""

    on: date
    planned: tuple[Planned, ...]


@dataclass(frozen=True)
class Enrolment:
    """How many were screened, randomised and failed; the target, or the decision it waits for.

    `randomised` counts to the target; `in_error` are allocations marked as made in error, which do not.
    """

    screened: int
    randomised: int
    in_error: int
    failed: int
    target: int | None
    waits: str


@dataclass(frozen=True)
class TodayView:
    """Everything the page Today shows, for the role of whoever sits at the desk."""

    on: date
    cards: Cards
    groups: tuple[Group, ...]
    week: tuple[WeekDay, ...]
    to_sign: tuple[ToSign, ...]
    # Results out of range that nobody judged significant or not.
    unjudged: int
    enrolment: Enrolment
    site: SiteCalendar = NOTHING_ENTERED

    def group(self, code: str) -> tuple[TodayRow, ...]:
        """Return the rows of one group."""
        return next(group.rows for group in self.groups if group.code == code)


def today(desk: Desk) -> TodayView:
    """Return what must be done now; roles that see no clinical value get the enrolment alone."""
    on = desk.today()
    names = desk.actor.role in roles.SEES_NAMES
    with desk.view() as session:
        readings = decisions.readings_on(session, desk.protocol, on)
        everyone = courses.courses(session)
        enrolment = _enrolment(session, everyone, readings)
        if desk.actor.role not in roles.SEES_VALUES:
            return TodayView(on, Cards(0, 0, 0, 0, 0, 0), _groups(()), (), (), 0, enrolment)
        people = people_of(session, desk.protocol, everyone, names=names)
        calendars = calendars_of(session, desk.protocol, everyone, on)
        rows = [
            *_plan_unknown(calendars, people, on),
            *_cannot_prepare(desk.protocol, readings, everyone, people, on),
            *rows_of(session, desk.protocol, readings, everyone, people, calendars, desk.now()),
            *other_rows(session, desk.protocol, readings, everyone, people, desk.now()),
            *visits_to_type(session, desk.protocol, people, on),
            *graded_rows(session, desk.protocol, everyone, people),
            *safety_rows(session, desk.protocol, readings, everyone, people, desk.now()),
            *stock_rows(session, desk.protocol, everyone, people, calendars, on),
        ]
        if desk.actor.role in TOLD_OF_APPROVALS:
            rows += approval_rows(session, on)
        if roles.may(desk.actor.role, "amendment.approve"):
            rows += proposal_rows(session)
        signing = waiting.to_sign(session, desk.protocol, people)
        unjudged = waiting.unjudged_results(session)
        by_monitor = waiting.raised_by_monitor(session)
        site = site_calendar_in(session)
    return TodayView(
        on=on,
        cards=_cards(rows, signing, by_monitor),
        groups=_groups(rows),
        week=_week(calendars, everyone, on),
        to_sign=signing,
        unjudged=unjudged,
        enrolment=enrolment,
        site=site,
    )


def rows_of(
    session: Session,
    protocol: Protocol,
    readings: Readings,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    calendars: Mapping[int, Calendar],
    now: datetime,
) -> list[TodayRow]:
    """Return the rows that the plans of these subjects make today, and of what was prepared for them."""
    bags = waiting_bags(session, protocol)
    facts = _FactsOfDay(session, readings, bags, now, spared_at_visits(protocol, readings))
    planned = [
        row
        for key, calendar in calendars.items()
        for row in due_rows(Table(people[key], everyone[key], calendar, facts(key), protocol))
    ]
    return [*planned, *bag_rows(bags, planned, people, now)]


def people_of(
    session: Session, protocol: Protocol, everyone: Mapping[int, Course], *, names: bool
) -> dict[int, Who]:
    """Return whom rows are about, by number; the names only where the role sees them."""
    known: dict[int, str] = {}
    if names:
        for subject_id, name in session.execute(select(Identity.subject_id, Identity.name)):
            known[subject_id] = name
    return {
        course.subject_id: Who(
            course.subject_id,
            course.code,
            known.get(course.subject_id, ""),
            course.arm,
            protocol.arm(course.arm).shape if course.arm else "",
        )
        for course in everyone.values()
    }


def calendars_of(
    session: Session, protocol: Protocol, everyone: Mapping[int, Course], on: date
) -> dict[int, Calendar]:
    """Return the calendars of everybody, the rules read once."""
    versions = plan_versions(session, protocol, on)
    return {key: calendar_of(course, versions, on) for key, course in everyone.items()}


class _FactsOfDay:
    """What is known of each subject today beside the plan, asked of the file once."""

    def __init__(
        self,
        session: Session,
        readings: Readings,
        bags: Iterable[PreparedBag],
        now: datetime,
        spared: frozenset[str],
    ) -> None:
        self._pregnant = pregnancies(session)
        self._weights: dict[int, date] = {}
        for subject_id, day in session.execute(
            select(FormRecord.subject_id, func.max(FormRecord.on_day))
            .join(Answer, Answer.form_record_id == FormRecord.id)
            .where(FormRecord.state == "current", Answer.field == "weight", Answer.number.is_not(None))
            .group_by(FormRecord.subject_id)
        ):
            self._weights[subject_id] = day
        self._prepared = {bag.subject_id for bag in bags if not bag.past(now)}
        self._past = {bag.subject_id: bag.on_day for bag in bags if bag.past(now)}
        entered: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        told: tuple[tuple[Any, Any], ...] = (
            *((FormRecord, FormRecord.form), (Sample, Sample.panel)),
            (NotDrawn, NotDrawn.panel),
        )
        for table, code in told:
            for subject_id, visit_id, what in session.execute(
                select(table.subject_id, table.visit_id, code).where(
                    table.state == "current", table.visit_id.is_not(None)
                )
            ):
                entered[subject_id][visit_id or 0].add(what)
        self._entered = {
            subject_id: {visit_id: frozenset(codes) for visit_id, codes in of_visit.items()}
            for subject_id, of_visit in entered.items()
        }
        days = number_of(readings, WEIGHT_DAYS)
        self._weight_days = None if days is None else int(days)
        self._spared = spared

    def __call__(self, subject_id: int) -> DayFacts:
        """Return what is known of one subject."""
        return DayFacts(
            weighed_on=self._weights.get(subject_id),
            weight_days=self._weight_days,
            prepared=subject_id in self._prepared,
            entered=self._entered.get(subject_id, {}),
            pregnant_since=self._pregnant[subject_id].since if subject_id in self._pregnant else None,
            bag_past=self._past.get(subject_id),
            spared=self._spared,
        )


def other_rows(
    session: Session,
    protocol: Protocol,
    readings: Readings,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    now: datetime,
) -> list[TodayRow]:
    """Return the rows that no plan makes: screening, deviations, queries, reports that are awaited."""
    on = now.date()
    screening = {key: people[key] for key in waiting.in_screening(session, everyone)}
    return [
        *waiting.screening_rows(session, readings, screening, on),
        *allocation_rows(session, protocol, readings, everyone, screening, people, now),
        *reconsent_rows(session, everyone, people, on),
        *waiting.deviation_rows(session, people, on),
        *waiting.ground_rows(session, people, on),
        *waiting.query_rows(session, people, on),
        *waiting.awaited_results(session, people, on),
    ]


def _plan_unknown(
    calendars: Mapping[int, Calendar], people: Mapping[int, Who], on: date
) -> Iterable[TodayRow]:
    """Yield one row for each part of a plan that cannot be computed, naming what it waits for."""
    without: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for subject_id, calendar in calendars.items():
        for part in calendar.unknown:
            without[part.part, part.reason, part.codes].append(people[subject_id].code)
    for (name, reason, codes), subjects in without.items():
        facts = {"part": name, "codes": codes, "subjects": tuple(subjects)}
        yield TodayRow(NOW, None, on, (Due("plan_unknown", facts),), reason, "open_clarification")


def _cannot_prepare(
    protocol: Protocol,
    readings: Readings,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    on: date,
) -> Iterable[TodayRow]:
    """Yield one row for each drug that cannot be prepared or counted in vials, naming what it waits for."""
    for drug in protocol.drugs:
        codes = readings.waits(f"prepare:{drug.code}")
        subjects = tuple(
            people[number].code
            for number, course in everyone.items()
            if number in people and course.active and course.arm
            if drug.code in protocol.arm(course.arm).drugs and course.stopped_on(drug.code) is None
        )
        if codes and subjects:
            facts = {"part": drug.code, "codes": codes, "subjects": subjects}
            yield TodayRow(NOW, None, on, (Due("prepare_waits", facts),), "waits", "open_clarification")


def _groups(rows: Iterable[TodayRow]) -> tuple[Group, ...]:
    """Return the rows under their headings: the latest first, then by day and subject."""
    found: dict[str, list[TodayRow]] = {code: [] for code in GROUPS}
    for row in rows:
        found[row.group].append(row)
    # Sorting is stable: within a day, rows of a plan come before questions and signatures.
    found[LATE].sort(key=lambda row: -(row.days_late or 0))
    return tuple(Group(code, tuple(kept)) for code, kept in found.items())


def _cards(rows: Iterable[TodayRow], signing: tuple[ToSign, ...], by_monitor: int) -> Cards:
    counted = Counter(row.group for row in rows)
    queries = sum(_count(item) for row in rows for item in row.items if item.code == "queries")
    dosed = sum(row.group == NOW and any(item.code in DOSES for item in row.items) for row in rows)
    to_sign = sum(len(entry.forms) for entry in signing)
    return Cards(counted[NOW], dosed, counted[LATE], queries, by_monitor, to_sign)


def _count(item: Due) -> int:
    count = item.facts["count"]
    return count if isinstance(count, int) else 0


def _week(calendars: Mapping[int, Calendar], everyone: Mapping[int, Course], on: date) -> tuple[WeekDay, ...]:
    """Return what is planned on the next days; a day without anything is left out."""
    last = on + timedelta(days=WEEK_DAYS)
    planned: dict[date, dict[tuple[str, str, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject_id, calendar in calendars.items():
        course = everyone[subject_id]
        if calendar.provisional or not course.active:
            continue
        for each in calendar.slots:
            if on < each.slot.planned_on <= last and each.awaited:
                planned[each.slot.planned_on]["dose", each.slot.drug, 0].append(course.code)
        for visit in calendar.visits:
            if on < visit.planned.planned_on <= last and visit.on_day is None:
                planned[visit.planned.planned_on]["visit", visit.planned.code, 0].append(course.code)
    return tuple(
        WeekDay(
            day,
            tuple(
                Planned(kind, {"drug" if kind == "dose" else "visit": code}, tuple(subjects))
                for (kind, code, _), subjects in sorted(of_day.items())
            ),
        )
        for day, of_day in sorted(planned.items())
    )


def _enrolment(session: Session, everyone: Mapping[int, Course], readings: Readings) -> Enrolment:
    # People, as in the flow chart: who was screened again counts once, as it came out last.
    elsewhere = gone_on_as(session)
    found = [course for key, course in everyone.items() if key not in elsewhere]
    target = readings.value(TARGET)
    return Enrolment(
        screened=len(found),
        randomised=standing(session),
        in_error=len(allocated_in_error(session)),
        failed=sum(course.failed_on is not None for course in found),
        target=int(target) if isinstance(target, Decimal | int) else None,
        waits=target.code if isinstance(target, Open) else "",
    )
