"""The calendar of a subject: planned doses, infusions and visits with their windows, from day 1.

Every date here counts from day 1, the day of the first dose, so that a late dose moves no other. How many
doses, how far apart, in which window: all of it comes from decided settings, in `PlanRules`.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.pauses import Pause

# How "every month" is read: every 28 days, the same day of each month, or as on the label.
EVERY_28_DAYS, CALENDAR_MONTH, LABEL = "28d", "calendar", "label"
INFUSION_MODES = (EVERY_28_DAYS, CALENDAR_MONTH, LABEL)
# When the second stage begins: on its own study day, or one of its steps after the last dose of the first.
ON_STUDY_DAY, AFTER_FIRST_STAGE = "study_day", "after_first_stage"
FROM_DAY_ONE, FROM_LAST_DOSE = "day_1", "last_dose"
FROM_EXIT, FROM_EXIT_OR_STOPS = "exit", "exit_or_stops"
# From where the windows count that move with the last dose, or with the stop of the last drug.
FROM_DOSES = frozenset({FROM_LAST_DOSE, FROM_EXIT_OR_STOPS})


@dataclass(frozen=True)
class Window:
    """How many days before and after the planned day still belong to it."""

    before: int
    after: int


@dataclass(frozen=True)
class StageRules:
    """One stage of an injection plan: how many doses, how many days apart, in which window."""

    code: str
    doses: int
    every_days: int
    window: Window


@dataclass(frozen=True)
class InjectionRules:
    """A plan of injections in two stages; `second_day` is the study day on which the second begins.

    A further cycle repeats both stages `cycle_days` later. `counted_from` the last dose, each is planned as
    many days after the one before as the plan has between them (`domain/dose_anchoring.py`).
    """

    drug: str
    first: StageRules
    second: StageRules
    second_starts: str
    second_day: int
    cycles: int = 1
    cycle_days: int = 0
    counted_from: str = FROM_DAY_ONE

    def window(self, stage: str) -> Window:
        """Return the window of a stage."""
        return self.first.window if stage == self.first.code else self.second.window


@dataclass(frozen=True)
class InfusionRules:
    """A plan of infusions: the mode, how many, and the window.

    `every_days` is the step of the modes that count days, `label_days` the first study days of the label.
    """

    drug: str
    stage: str
    mode: str
    doses: int
    window: Window
    every_days: int
    label_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class VisitRule:
    """A visit: its study day, or the days after the last dose of the last study drug; and its window.

    `ends_treatment` marks the visit that closes the last of the cycles decided.
    """

    code: str
    day: int
    window: Window
    counted_from: str = FROM_DAY_ONE
    ends_treatment: bool = False


@dataclass(frozen=True)
class EarlyVisitRule:
    """The visit that is due once a subject left early; without a window it waits for the decisions named.

    `drugs` are those whose stops together count as leaving; none where only leaving the study does.
    """

    code: str
    window: Window | None
    drugs: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanRules:
    """What the decided settings make of the plan of one arm; a drug the arm does not have is None."""

    injections: InjectionRules | None
    infusions: InfusionRules | None
    visits: tuple[VisitRule, ...]
    early: EarlyVisitRule | None = None


@dataclass(frozen=True)
class Slot:
    """One planned dose of a drug: its number, its stage, its day and the days that still belong to it.

    `pause` is the pause of the drug that its day lies in.
    """

    drug: str
    number: int
    stage: str
    planned_on: date
    opens_on: date
    closes_on: date
    pause: Pause | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in the window; what a pause left out is not made up after it."""
        resumed = self.pause.resumed_on if self.pause is not None else None
        return self.opens_on <= day <= self.closes_on and (resumed is None or day < resumed)


@dataclass(frozen=True)
class PlannedVisit:
    """One planned visit with its window; `ends_treatment` where it closes the last cycle."""

    code: str
    planned_on: date
    opens_on: date
    closes_on: date
    ends_treatment: bool = False

    def told(self) -> dict[str, object]:
        """Return what a row that tells of the visit has to say beside its code."""
        return {"ends_treatment": True} if self.ends_treatment else {}

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in the window."""
        return self.opens_on <= day <= self.closes_on


@dataclass(frozen=True)
class DosingDay:
    """Everything planned for one day, in the order in which it is given."""

    on: date
    slots: tuple[Slot, ...]


def date_of(study_day: int, day_one: date) -> date:
    """Return the date of a study day; there is no day 0, and day -1 is the day before day 1."""
    if study_day == 0:
        raise RuleBroken("plan.no_day_zero")
    return day_one + timedelta(days=study_day - 1 if study_day > 0 else study_day)


def same_day_of_month(start: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def slot_on(drug: str, number: int, stage: str, on: date, window: Window, day_one: date) -> Slot:
    """Return a planned dose of a day with its window."""
    # Day 1 is the first dose of all: no window can open before it.
    opens = max(day_one, on - timedelta(days=window.before))
    return Slot(drug, number, stage, on, opens, on + timedelta(days=window.after))


def _steps(start: date, stage: StageRules) -> tuple[tuple[StageRules, date], ...]:
    return tuple((stage, start + timedelta(days=stage.every_days * step)) for step in range(stage.doses))


def _cycle(day_one: date, rules: InjectionRules) -> tuple[tuple[StageRules, date], ...]:
    first = _steps(day_one, rules.first)
    if rules.second_starts == ON_STUDY_DAY:
        start = date_of(rules.second_day, day_one)
    elif rules.second_starts == AFTER_FIRST_STAGE:
        start = first[-1][1] + timedelta(days=rules.second.every_days)
    else:
        raise RuleBroken("plan.unknown_start", found=rules.second_starts)
    return first + _steps(start, rules.second)


def injection_slots(day_one: date, rules: InjectionRules) -> tuple[Slot, ...]:
    """Return every planned injection; refuse rules that put two doses on one day."""
    least = min(rules.cycles, rules.first.doses, rules.first.every_days, rules.second.every_days)
    if least < 1 or rules.second.doses < 0:
        raise RuleBroken("plan.no_doses", drug=rules.drug)
    planned = [
        (stage, day + timedelta(days=rules.cycle_days * cycle))
        for cycle in range(rules.cycles)
        for stage, day in _cycle(day_one, rules)
    ]
    for (_, before), (_, after) in pairwise(planned):
        if after <= before:
            raise RuleBroken("plan.two_on_one_day", drug=rules.drug, day=(after - day_one).days + 1)
    return tuple(
        slot_on(rules.drug, number, stage.code, day, stage.window, day_one)
        for number, (stage, day) in enumerate(planned, 1)
    )


def _infusion_day(step: int, day_one: date, rules: InfusionRules) -> date:
    if rules.mode == CALENDAR_MONTH:
        # Counted from day 1 and not from the month before: 31 January, 28 February, 31 March.
        return same_day_of_month(day_one, step)
    if rules.mode == EVERY_28_DAYS:
        return day_one + timedelta(days=rules.every_days * step)
    first = rules.label_days
    if step < len(first):
        return date_of(first[step], day_one)
    return date_of(first[-1], day_one) + timedelta(days=rules.every_days * (step - len(first) + 1))


def infusion_slots(day_one: date, rules: InfusionRules) -> tuple[Slot, ...]:
    """Return every planned infusion in the mode that was decided."""
    if rules.mode not in INFUSION_MODES or (rules.mode == LABEL and not rules.label_days):
        raise RuleBroken("plan.unknown_mode", found=rules.mode, allowed=", ".join(INFUSION_MODES))
    if rules.doses < 1 or rules.every_days < 1:
        raise RuleBroken("plan.no_doses", drug=rules.drug)
    return tuple(
        slot_on(rules.drug, step + 1, rules.stage, _infusion_day(step, day_one, rules), rules.window, day_one)
        for step in range(rules.doses)
    )


def dose_slots(day_one: date, rules: PlanRules) -> tuple[Slot, ...]:
    """Return every planned dose of the arm by day, infusions first on a day they share."""
    infusions = infusion_slots(day_one, rules.infusions) if rules.infusions else ()
    injections = injection_slots(day_one, rules.injections) if rules.injections else ()
    return tuple(sorted((*infusions, *injections), key=lambda slot: slot.planned_on))


def planned_visits(
    day_one: date, rules: Iterable[VisitRule], last_dose_on: date | None
) -> tuple[PlannedVisit, ...]:
    """Return the visits by day; those after treatment only once the last dose of all is known.

    `last_dose_on` is the last dose of the last study drug: None while treatment goes on.
    """
    visits = []
    for rule in rules:
        if rule.counted_from == FROM_DAY_ONE:
            on = date_of(rule.day, day_one)
        elif last_dose_on is not None:
            on = last_dose_on + timedelta(days=rule.day)
        else:
            continue
        visits.append(replace(_visit(rule.code, on, rule.window), ends_treatment=rule.ends_treatment))
    return tuple(sorted(visits, key=lambda visit: visit.planned_on))


def _visit(code: str, on: date, window: Window) -> PlannedVisit:
    return PlannedVisit(code, on, on - timedelta(days=window.before), on + timedelta(days=window.after))


def early_visits(rule: EarlyVisitRule | None, left_on: date | None) -> tuple[PlannedVisit, ...]:
    """Return the visit around the day of leaving early; none before it, and none without a window."""
    if rule is None or rule.window is None or left_on is None:
        return ()
    return (_visit(rule.code, left_on, rule.window),)


def until_stopped(slots: Iterable[Slot], stopped_on: Mapping[str, date]) -> tuple[Slot, ...]:
    """Return the slots that stand when drugs were stopped: none planned after the day of its stop."""
    return tuple(
        slot for slot in slots if slot.drug not in stopped_on or slot.planned_on <= stopped_on[slot.drug]
    )


def with_pauses(slots: Iterable[Slot], pauses: Mapping[str, Sequence[Pause]]) -> tuple[Slot, ...]:
    """Return the slots on their days, each with the pause of its drug that the day lies in."""

    def paused(slot: Slot) -> Slot:
        lying = (pause for pause in pauses.get(slot.drug, ()) if pause.holds(slot.planned_on))
        pause = next(lying, None)
        return slot if pause is None else replace(slot, pause=pause)

    return tuple(map(paused, slots))


def by_day(slots: Iterable[Slot], order: Sequence[str]) -> tuple[DosingDay, ...]:
    """Return the slots as days, so that an infusion and an injection of one day are one row.

    `order` is the order of the drugs on a shared day, as the protocol gives it.
    """
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.planned_on, []).append(slot)
    return tuple(
        DosingDay(on, tuple(sorted(days[on], key=lambda slot: (order.index(slot.drug), slot.number))))
        for on in sorted(days)
    )
