"""The rows of Today that a plan makes: what is due for one subject, doses and visit of a day together.

Pure: from a calendar already computed. What is said is a code with facts; the window makes the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sle_desk.domain.dose_choices import next_site
from sle_desk.domain.dose_matching import DUE_TODAY, PAUSED, DueSlot
from sle_desk.domain.dose_matching import OVERDUE as SLOT_OVERDUE
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import study_day
from sle_desk.domain.visit_rules import EARLY_TERMINATION, is_expected
from sle_desk.services.courses import Course
from sle_desk.services.plan import DONE, OVERDUE, PLANNED, WINDOW_OPEN, Calendar, DueVisit
from sle_desk.services.withdrawals import SAMPLES, SAMPLES_FORM

# Groups, in the order in which they are shown.
LATE, NOW, LABORATORY, TO_TYPE, TOMORROW = GROUPS = ("overdue", "today", "laboratory", "to_type", "tomorrow")


@dataclass(frozen=True)
class Due:
    """One thing that is due or to be known: a code, and the facts its words are made of."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Who:
    """Whom a row is about; the name only for roles that see names, the arm only once allocated."""

    subject_id: int
    code: str
    name: str = ""
    arm: str = ""
    shape: str = ""


@dataclass(frozen=True)
class TodayRow:
    """One row of Today: who, what is due with its hints, how it stands, and the act that Enter offers."""

    group: str
    who: Who | None
    on: date
    items: tuple[Due, ...]
    status: str
    action: str
    hints: tuple[Due, ...] = ()
    days_late: int | None = None
    status_facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class DayFacts:
    """What else is known of a subject today: last weight, a prepared infusion, how far the visits are.

    `bag_past` is the day of a prepared infusion whose time is over, and of which nobody said what became.
    """

    weighed_on: date | None
    weight_days: int | None
    prepared: bool
    # The forms and panels entered at each recorded visit, by the number of the visit.
    entered: Mapping[int, frozenset[str]]
    pregnant_since: date | None = None
    bag_past: date | None = None
    # What decisions let be at a visit, as "visit.form".
    spared: frozenset[str] = frozenset()

    def weight_usable(self, today: date) -> bool:
        """Tell whether the last weight is young enough to prepare a dose from; False while that is open."""
        if self.weighed_on is None or self.weight_days is None:
            return False
        return (today - self.weighed_on).days <= self.weight_days


@dataclass(frozen=True)
class Table:
    """One subject's calendar with everything its rows are made from."""

    who: Who
    course: Course
    calendar: Calendar
    facts: DayFacts
    protocol: Protocol

    @property
    def today(self) -> date:
        """Return the day the calendar is of."""
        return self.calendar.on


def due_rows(table: Table) -> Iterator[TodayRow]:
    """Yield the rows of one subject: what is late, what is due today, what comes tomorrow."""
    if not table.course.arm:
        return
    if not table.course.active:
        yield from _after_leaving(table)
        return
    yield from _paused(table)
    if table.calendar.provisional:
        yield from _first_dose(table)
        return
    yield from _late(table)
    yield from _today(table)
    yield from _tomorrow(table)


def _after_leaving(table: Table) -> Iterator[TodayRow]:
    """Nothing goes on for who left but the visit that leaving early makes due, and never after a death."""
    if table.course.death is not None:
        return
    visits = [
        each
        for each in table.calendar.visits
        if EARLY_TERMINATION in table.protocol.visit(each.planned.code).tags
    ]
    alone = replace(table, calendar=replace(table.calendar, slots=(), visits=tuple(visits)))
    yield from _late(alone)
    yield from _today(alone)


def _paused(table: Table) -> Iterator[TodayRow]:
    """Yield each drug whose pause lasts, with its planned doses so far: none of them is due or late."""
    for drug in table.protocol.arm(table.course.arm).drugs:
        pause = table.course.open_pause(drug)
        if pause is None:
            continue
        paused = [each for each in table.calendar.of_drug(drug) if each.state == PAUSED]
        so_far = (
            []
            if table.calendar.provisional
            else [each for each in paused if each.slot.planned_on <= table.today]
        )
        item = Due("paused", {"drug": drug, "since": pause.since, "count": len(so_far)})
        yield TodayRow(NOW, table.who, pause.since, (item,), "paused", "end_pause")


def _first_dose(table: Table) -> Iterator[TodayRow]:
    """Randomised and not dosed: the first day's doses are due, and no date counts yet."""
    calendar, allocated = table.calendar, table.course.allocated_at
    waiting = _open(calendar.slots)
    if not waiting or allocated is None:
        return
    first = waiting[0].slot.planned_on
    slots = [each for each in waiting if each.slot.planned_on == first]
    visits = [each for each in calendar.visits if _visit_today(table, each)]
    status, action = _standing(table, slots, visits)
    known = "first_dose" if status == "due_now" else status
    facts = {"allocated_on": allocated.date()}
    items, hints = _items(table, slots, visits), _no_samples(table, visits, table.today)
    hints = (*_pregnant(table, slots), *hints)
    yield TodayRow(NOW, table.who, first, items, known, action, hints, status_facts=facts)


def _open(slots: Iterable[DueSlot]) -> list[DueSlot]:
    return [each for each in slots if each.awaited]


def _late(table: Table) -> Iterator[TodayRow]:
    late = [each for each in table.calendar.slots if each.state == SLOT_OVERDUE]
    visits = [each for each in table.calendar.visits if each.state == OVERDUE]
    diary = [each for each in late if (each.slot.drug, each.slot.number) in table.calendar.diary_due]
    late = [each for each in late if each not in diary]
    if diary:
        yield _diary_row(table, diary)
    heavy = {each.slot.planned_on for each in late if _infused(table, each)}
    heavy |= {each.planned.planned_on for each in visits}
    for on in sorted(heavy):
        of_day = [each for each in late if each.slot.planned_on == on]
        at_visit = [each for each in visits if each.planned.planned_on == on]
        yield _late_row(table, on, of_day, at_visit)
    single = [each for each in late if each.slot.planned_on not in heavy]
    if single:
        yield _late_row(table, single[0].slot.planned_on, single, [])


def _late_row(table: Table, on: date, slots: Sequence[DueSlot], visits: Sequence[DueVisit]) -> TodayRow:
    status = (
        "late_in_window" if slots and all(each.window_open for each in slots) and not visits else "overdue"
    )
    _, action = _standing(table, slots, visits)
    items, hints = _items(table, slots, visits), _no_samples(table, visits, table.today)
    hints = (*_pregnant(table, slots), *hints)
    return TodayRow(LATE, table.who, on, items, status, action, hints, days_late=(table.today - on).days)


def _diary_row(table: Table, slots: Sequence[DueSlot]) -> TodayRow:
    due_on = min(table.calendar.diary_due[each.slot.drug, each.slot.number] for each in slots)
    late = (table.today - due_on).days
    facts = {**_numbers(table, slots), "due_on": due_on}
    group, status = (LATE, "diary_late") if late > 0 else (NOW, "diary_due")
    return TodayRow(
        group, table.who, due_on, (Due("diary", facts),), status, "enter_diary", days_late=late or None
    )


def _today(table: Table) -> Iterator[TodayRow]:
    today = table.today
    slots = [each for each in table.calendar.slots if each.state == DUE_TODAY]
    # Of the day of the end a diary may still tell; nobody is told to give that dose.
    slots = [each for each in slots if table.course.stopped_on(each.slot.drug) != today]
    visits = [each for each in table.calendar.visits if _visit_today(table, each)]
    if not slots and not visits:
        return
    status, action = _standing(table, slots, visits)
    done, of = _progress(table, visits)
    if done and status == "due_now":
        status = "entered"
    facts = {"done": done, "of": of} if of else {}
    items, hints = _items(table, slots, visits), _hints(table, slots, visits, today)
    yield TodayRow(NOW, table.who, today, items, status, action, hints, status_facts=facts)


def _visit_today(table: Table, visit: DueVisit) -> bool:
    planned = visit.planned.planned_on
    if visit.state == DONE:
        done, of = _progress(table, [visit])
        return visit.on_day == table.today and done < of
    # Past its planned day a visit stays due while its window is open.
    return visit.state in (WINDOW_OPEN, PLANNED) and planned <= table.today


def _progress(table: Table, visits: Sequence[DueVisit]) -> tuple[int, int]:
    """Return how many forms and panels of the visits were begun, of how many that are asked for."""
    of = done = 0
    spared = table.facts.spared
    for visit in visits:
        known = table.protocol.visit_on(visit.planned.code, visit.on_day)
        entered = table.facts.entered.get(visit.visit_id or 0, frozenset())
        asked = frozenset(code for code in (*known.forms, *known.panels) if is_expected(known, code, spared))
        if not table.course.takes_samples(visit.on_day or table.today):
            # What was drawn all the same counts; what was not is asked for no more.
            asked -= {*known.panels, SAMPLES_FORM} - entered
        of += len(asked)
        done += len(asked & entered)
    return done, of


def _tomorrow(table: Table) -> Iterator[TodayRow]:
    on = table.today + timedelta(days=1)
    slots = [each for each in _open(table.calendar.slots) if each.slot.planned_on == on]
    visits = [
        v for v in table.calendar.visits if v.planned.planned_on == on and v.state in (PLANNED, WINDOW_OPEN)
    ]
    if slots or visits:
        items, hints = _items(table, slots, visits), _hints(table, slots, visits, on)
        yield TodayRow(TOMORROW, table.who, on, items, PLANNED, "view", hints)


def _infused(table: Table, each: DueSlot) -> bool:
    return table.protocol.drug(each.slot.drug).preparation is not None


def _at_home(table: Table, each: DueSlot) -> bool:
    by_diary = (each.slot.drug, each.slot.number) in table.calendar.diary_due
    return by_diary and each.slot.drug in table.calendar.at_home


def _standing(table: Table, slots: Sequence[DueSlot], visits: Sequence[DueVisit]) -> tuple[str, str]:
    """Return how a day stands and the act to offer; an infusion comes before the visit it belongs to."""
    if any(_infused(table, each) for each in slots):
        past = table.facts.bag_past
        if past is not None and any(_infused(table, each) and each.slot.holds(past) for each in slots):
            # It may have been given in time and wait to be typed; or it was not given at all.
            return "prepared_past", "say_of_infusion"
        if table.facts.prepared:
            return "prepared", "give_infusion"
        return "due_now" if table.facts.weight_usable(table.today) else "weight_needed", "prepare_infusion"
    if any(visit.state != DONE for visit in visits) or not slots:
        return "due_now", "open_visit"
    if all(_at_home(table, each) for each in slots):
        return "at_home", "view"
    return "due_now", "record_injection"


def _numbers(table: Table, slots: Sequence[DueSlot]) -> dict[str, object]:
    drug = slots[0].slot.drug
    return {
        "drug": drug,
        "first": slots[0].slot.number,
        "last": slots[-1].slot.number,
        "count": len(slots),
        "of": len(table.calendar.of_drug(drug)),
    }


def _items(table: Table, slots: Sequence[DueSlot], visits: Sequence[DueVisit]) -> tuple[Due, ...]:
    """Return what is due: infusion, then injection, then visit; several doses of a drug are one item."""
    anchor = table.calendar.day_one
    items = []
    for drug in dict.fromkeys(each.slot.drug for each in slots):
        own = [each for each in slots if each.slot.drug == drug]
        code = "infusion" if _infused(table, own[0]) else "injection"
        on = own[0].slot.planned_on
        day = None if anchor is None else study_day(on, anchor)
        items.append(Due(code, {**_numbers(table, own), "planned_on": on, "study_day": day}))
    for visit in visits:
        on = visit.planned.planned_on
        day = None if anchor is None else study_day(on, anchor)
        window = {"opens_on": visit.planned.opens_on, "closes_on": visit.planned.closes_on}
        facts = {"visit": visit.planned.code, "visit_id": visit.visit_id, "planned_on": on, "study_day": day}
        items.append(Due("visit", {**facts, **window, **visit.planned.told()}))
    return tuple(items)


def _no_samples(table: Table, visits: Sequence[DueVisit], on: date) -> tuple[Due, ...]:
    """Return that a visit takes no samples on a day, because consent for them was withdrawn."""
    if not visits or table.course.takes_samples(on):
        return ()
    return (Due("no_samples", {"since": table.course.withdrawn_by(SAMPLES, on)}),)


def _pregnant(table: Table, slots: Sequence[DueSlot]) -> tuple[Due, ...]:
    """Return that a dose is due to somebody who is recorded as pregnant."""
    since = table.facts.pregnant_since
    return (Due("pregnant", {"since": since}),) if slots and since is not None else ()


def _hints(table: Table, slots: Sequence[DueSlot], visits: Sequence[DueVisit], on: date) -> tuple[Due, ...]:
    hints: list[Due] = []
    hints += _pregnant(table, slots)
    if any(_infused(table, each) for each in slots):
        weighed = table.facts.weighed_on
        age = None if weighed is None else (table.today - weighed).days
        hints.append(Due("weigh_first", {"last_on": weighed, "age": age}))
    tags = {tag for visit in visits for tag in table.protocol.visit(visit.planned.code).tags}
    none_taken = _no_samples(table, visits, on)
    hints += none_taken
    if "pre_dose_samples" in tags and not none_taken:
        hints.append(Due("samples_before"))
    for each in slots:
        drug = table.protocol.drug(each.slot.drug)
        if not _infused(table, each):
            site = next_site(drug, table.course.records)
            hints.append(Due("injection", {"drug": drug.code, "amount": drug.amount, "site": site}))
    return tuple(hints)
