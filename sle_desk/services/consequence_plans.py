"""Whose treatment another decision would change: planned days, amounts and vials, what doses show, flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol as Shape

from sqlalchemy import select

from sle_desk.domain import dosing
from sle_desk.domain.compliance import compliance
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dose_by_weight import DoseSum
from sle_desk.domain.dose_ends import DoseEnds
from sle_desk.domain.dose_matching import GIVEN, RecordedDose
from sle_desk.domain.dosing import DoseFacts, ProposedDeviation
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.schedule import PlannedVisit, Slot
from sle_desk.domain.vials import vials_needed
from sle_desk.models.treatment import Dose
from sle_desk.services.courses import Course, record_of
from sle_desk.services.dose_judgement import WEIGHT_CHANGE, number_of, planned_dose, thresholds
from sle_desk.services.dose_log import flagged
from sle_desk.services.dosing import VIAL_STRENGTH
from sle_desk.services.due_rows import Who
from sle_desk.services.infusions import changed_too_much, infusion_sum, last_weight
from sle_desk.services.medication_findings import medication_shows
from sle_desk.services.plan import Calendar
from sle_desk.services.safety_rows import safety_rows
from sle_desk.services.tried import Tried, Whose

VISITS = "visits"
# What is weighed again, or reported too late, beside the drugs and stages of compliance.
WEIGH, REPORT = "weigh", "report"
AGAIN = "again"
# What a recorded dose shows that rests on a setting; who gave it and whether it was due does not.
_BY_SETTINGS = ("dose.amount", "dose.prescribed", "dose.gap_", "dose.old_weight", "dose.weight_rule_open")


@dataclass(frozen=True)
class Moved:
    """A planned day that would be another one: of a dose by its number, or of a visit by its code."""

    what: str
    was: date
    becomes: date


@dataclass(frozen=True)
class Day:
    """A planned day that would come or fall away: of a dose by its number, or of a visit by its code."""

    what: str
    on_day: date


@dataclass(frozen=True)
class Dates:
    """A part of a subject's calendar that would change; days that lie behind are never among them."""

    whose: Whose
    part: str
    moved: tuple[Moved, ...] = ()
    added: tuple[Day, ...] = ()
    dropped: tuple[Day, ...] = ()
    windows: int = 0
    # Other days on which a diary is due.
    diaries: int = 0


@dataclass(frozen=True)
class Amounts:
    """What the next dose of a subject is made of before and after: the sum, or vials of one strength."""

    whose: Whose
    drug: str
    weight: Decimal | None = None
    was: DoseSum | None = None
    becomes: DoseSum | None = None
    vials_were: int | None = None
    vials_become: int | None = None


@dataclass(frozen=True)
class Compared:
    """How many recorded doses of a subject the rule would ask about, and how many the one in force would."""

    whose: Whose
    drug: str
    was: int
    becomes: int


@dataclass(frozen=True)
class Flags:
    """A mark that would be set, changed or taken away: of compliance, of a weight, of a report."""

    whose: Whose
    what: str
    stage: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Findings:
    """Deviations about a subject's medication that would be proposed, or taken back."""

    whose: Whose
    proposed: tuple[ProposedDeviation, ...]
    taken_back: tuple[ProposedDeviation, ...]


class Calendars(Shape):
    """Two plans that are compared: by a decision or a version of the package more, and without it."""

    @property
    def protocol(self) -> Protocol:
        """Return the package."""
        ...

    def treated(self) -> Iterator[tuple[Whose, Course, Calendar, Calendar]]:
        """Yield everybody who is randomised and goes on, with the calendar before and with it."""
        ...


def dates(tried: Calendars) -> tuple[Dates, ...]:
    """Return whose planned days, windows or days of diaries would change, each drug and the visits apart."""
    found: list[Dates] = []
    for whose, _, was, becomes in tried.treated():
        for drug in tried.protocol.drugs:
            differing = sum(
                was.diary_due.get(key) != day for key, day in becomes.diary_due.items() if key[0] == drug.code
            )
            slots = by_number(was, drug.code), by_number(becomes, drug.code)
            change = _compared(whose, drug.code, slots, differing)
            found += [change] if change is not None else []
        change = _compared(whose, VISITS, (by_code(was), by_code(becomes)))
        found += [change] if change is not None else []
    return tuple(found)


Planned = Slot | PlannedVisit


def by_number(calendar: Calendar, drug: str) -> dict[str, Planned]:
    """Return the planned doses of a drug by their number."""
    return {str(each.slot.number): each.slot for each in calendar.of_drug(drug)}


def by_code(calendar: Calendar) -> dict[str, Planned]:
    """Return the planned visits by their code."""
    return {each.planned.code: each.planned for each in calendar.visits}


def _compared(
    whose: Whose,
    part: str,
    planned: tuple[Mapping[str, Planned], Mapping[str, Planned]],
    diaries: int = 0,
) -> Dates | None:
    was, becomes = planned
    both = [key for key in was if key in becomes]
    moved = tuple(
        Moved(key, was[key].planned_on, becomes[key].planned_on)
        for key in both
        if was[key].planned_on != becomes[key].planned_on
    )
    change = Dates(
        whose,
        part,
        moved,
        added=tuple(Day(key, each.planned_on) for key, each in becomes.items() if key not in was),
        dropped=tuple(Day(key, each.planned_on) for key, each in was.items() if key not in becomes),
        windows=sum(_width(was[key]) != _width(becomes[key]) for key in both),
        diaries=diaries,
    )
    changed = change.moved or change.added or change.dropped or change.windows or change.diaries
    return change if changed else None


def _width(planned: Planned) -> tuple[int, int]:
    on = planned.planned_on
    return (on - planned.opens_on).days, (planned.closes_on - on).days


def amounts(tried: Tried) -> tuple[Amounts, ...]:
    """Return whose next dose would be of other milligrams or vials, on the weight that was taken last."""
    found: list[Amounts] = []
    for whose, course, _, _ in tried.treated():
        for drug in map(tried.protocol.drug, tried.protocol.arm(course.arm).drugs):
            if course.stopped_on(drug.code) is not None:
                continue
            change = _infused(tried, whose, drug) if drug.preparation else _injected(tried, whose, drug)
            found += [change] if change is not None else []
    return tuple(found)


def _infused(tried: Tried, whose: Whose, drug: Drug) -> Amounts | None:
    weight = last_weight(tried.session, whose.id, tried.today, before=False)
    if weight is None:
        return None
    was, becomes = (_sum(drug, weight.kilograms, each) for each in (tried.before, tried.after))
    return Amounts(whose, drug.code, weight.kilograms, was, becomes) if was != becomes else None


def _sum(drug: Drug, weight: Decimal, found: Readings) -> DoseSum | None:
    return None if found.waits(f"prepare:{drug.code}") else infusion_sum(drug, weight, found)


def _injected(tried: Tried, whose: Whose, drug: Drug) -> Amounts | None:
    def needed(found: Readings) -> int | None:
        strength = number_of(found, VIAL_STRENGTH)
        return None if strength is None else vials_needed(drug.amount, strength)

    was, becomes = needed(tried.before), needed(tried.after)
    if was == becomes:
        return None
    return Amounts(whose, drug.code, vials_were=was, vials_become=becomes)


def weighing(tried: Tried) -> tuple[Flags, ...]:
    """Return whose last weight differs so from the one before that it would be weighed again, or not."""
    found = []
    for whose, _, _, _ in tried.treated():
        last = last_weight(tried.session, whose.id, tried.today, before=False)
        before = last_weight(tried.session, whose.id, last.on_day, before=True) if last else None
        if last is None or before is None:
            continue
        was, becomes = (
            AGAIN if changed_too_much(before, last.kilograms, number_of(each, WEIGHT_CHANGE)) else ""
            for each in (tried.before, tried.after)
        )
        if was != becomes:
            found.append(Flags(whose, WEIGH, "", was, becomes))
    return tuple(found)


def compared_doses(tried: Tried) -> tuple[Compared, ...]:
    """Return how many recorded doses another rule would ask about: each keeps the rule of its own day."""
    found = []
    for whose, course, calendar, _ in tried.treated():
        rows = tried.session.scalars(
            select(Dose).where(Dose.subject_id == whose.id, Dose.state == "current", Dose.progress == GIVEN)
        ).all()
        for drug in map(tried.protocol.drug, tried.protocol.arm(course.arm).drugs):
            own = [row for row in rows if row.drug == drug.code]
            was, becomes = (
                sum(_is_asked(tried, drug, row, course, calendar, each) for row in own)
                for each in (tried.before, tried.after)
            )
            if was != becomes:
                found.append(Compared(whose, drug.code, was, becomes))
    return tuple(found)


def _is_asked(
    tried: Tried, drug: Drug, row: Dose, course: Course, calendar: Calendar, found: Readings
) -> bool:
    slot, given = calendar.filled_by(row.id), record_of(row)
    planned = planned_dose(drug, slot, (row.weight, row.weight_day), row.prescribed, found)
    limits = thresholds(found, tried.protocol, drug, slot, calendar)
    shown = dosing.deviations(planned, given, limits, _beside(tried, course, given))
    return any(each.code.startswith(_BY_SETTINGS) and each.severity != dosing.WARNING for each in shown)


def _beside(tried: Tried, course: Course, given: RecordedDose) -> DoseFacts:
    """Return the facts that no setting changes, as of a dose that was due."""
    others = tuple(each for each in course.records if each.key != given.key)
    arm_drugs = frozenset(tried.protocol.arm(course.arm).drugs)
    ends = DoseEnds(pauses=course.pauses.get(given.drug, ()))
    return DoseFacts(arm_drugs, None, given.on_day, None, None, None, ends, others)


def flags(tried: Tried) -> tuple[Flags, ...]:
    """Return whose compliance would be marked otherwise."""
    found = []
    for whose, course, calendar, _ in tried.treated():
        slots = [] if calendar.provisional else [each.slot for each in calendar.slots]
        for counts in compliance(slots, course.records, tried.today):
            was, becomes = (flagged(counts, each).flag for each in (tried.before, tried.after))
            if was != becomes:
                found.append(Flags(whose, counts.drug, counts.stage or "", was, becomes))
    return tuple(found)


def medication(tried: Tried) -> tuple[Findings, ...]:
    """Return what would be proposed about the medication of randomised subjects at once, or taken back."""
    found = []
    for number, course in tried.everybody.items():
        if not course.arm:
            continue
        was, becomes = (
            medication_shows(tried.session, tried.protocol, made, number, tried.today)
            for made in (tried.made, tried.with_it)
        )
        proposed = tuple(each for each in becomes if each not in was)
        taken_back = tuple(each for each in was if each not in becomes)
        if proposed or taken_back:
            found.append(Findings(Whose(number, course.code, randomised=True), proposed, taken_back))
    return tuple(found)


def reports(tried: Tried) -> tuple[Flags, ...]:
    """Return whose serious event would be late for its report, or would not be any more."""
    people = {number: Who(number, course.code) for number, course in tried.everybody.items()}

    def late(found: Readings) -> dict[int, str]:
        rows = safety_rows(tried.session, tried.protocol, found, tried.everybody, people, tried.at)
        return {
            row.who.subject_id: row.status
            for row in rows
            if row.who is not None and row.status in ("clock", "clock_late")
        }

    was, becomes = late(tried.before), late(tried.after)
    return tuple(
        Flags(
            Whose(number, people[number].code, bool(tried.everybody[number].arm)),
            REPORT,
            "",
            was.get(number, ""),
            status,
        )
        for number, status in becomes.items()
        if was.get(number) != status
    )
