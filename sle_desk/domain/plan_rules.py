"""From what was decided to the plan of one arm: settings and package facts become rules for the calendar.

The codes of the settings stand here once. What nobody decided makes no rule: the part is Unknown and says
which decisions it waits for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.protocol import Arm, Drug, Protocol, SettingValue, Visit
from sle_desk.domain.schedule import (
    CALENDAR_MONTH,
    FROM_DAY_ONE,
    FROM_EXIT,
    FROM_EXIT_OR_STOPS,
    FROM_LAST_DOSE,
    LABEL,
    ON_STUDY_DAY,
    EarlyVisitRule,
    InfusionRules,
    InjectionRules,
    PlanRules,
    StageRules,
    VisitRule,
    Window,
    injection_slots,
    same_day_of_month,
)

VISITS = "visits"
END_OF_TREATMENT = "end_of_treatment"
OPEN, NOT_SUPPORTED = "open", "not_supported"

SECOND_CYCLE = "study.second_cycle"
INTERVAL, INFUSIONS, INFUSION_WINDOW = "belimumab.interval", "belimumab.infusions", "belimumab.window_days"
ALONE_END, ALONE_INFUSIONS = "belimumab.arm_b_end", "belimumab.arm_b_infusions"
SECOND_INFUSIONS = "belimumab.second_cycle_infusions"
FIRST_DOSES, SECOND_START, ANCHORING = "il2.stage_1_doses", "il2.stage_2_start", "il2.anchoring"
FIRST_WINDOW, SECOND_WINDOW = "il2.window_stage_1_days", "il2.window_stage_2_days"
DIARY_DUE = "diary.due_days"
_LONGER, _YES = "longer", "yes"
_WEEK = 7
_Uncomputed = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Unknown:
    """A part of a plan that cannot be computed, why, and the codes behind it.

    The part is a drug's code, "visits", or the code of the visit after leaving early.
    """

    part: str
    reason: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ArmPlan:
    """The rules of one arm as far as they were decided, and what is unknown."""

    rules: PlanRules
    drugs: tuple[str, ...]
    unknown: tuple[Unknown, ...] = ()

    @property
    def waits(self) -> tuple[str, ...]:
        """Return every code that some part waits for, each once."""
        return tuple(dict.fromkeys(code for part in self.unknown for code in part.codes))

    def knows(self, part: str) -> bool:
        """Tell whether a part of the plan can be computed."""
        return all(unknown.part != part for unknown in self.unknown)


class _Missing(Exception):
    """A part that cannot be computed; never leaves this module."""

    def __init__(self, reason: str, codes: Iterable[str]) -> None:
        super().__init__(reason)
        self.reason, self.codes = reason, tuple(codes)


def _decided(readings: Readings, code: str) -> SettingValue:
    value = readings.value(code)
    if isinstance(value, Open):
        raise _Missing(OPEN, (value.code,))
    return value


def _whole(readings: Readings, code: str) -> int:
    value = _decided(readings, code)
    if not isinstance(value, int | Decimal):
        raise _Missing(OPEN, (code,))
    return int(value)


def _window(readings: Readings, code: str) -> Window:
    days = _whole(readings, code) if code else 0
    return Window(days, days)


def _nothing_open(readings: Readings, act: str) -> None:
    waits = readings.waits(act)
    if waits:
        raise _Missing(OPEN, waits)


def cycles(readings: Readings) -> int:
    """Return how many cycles of treatment were decided: one while nobody decided on a second."""
    return 2 if readings.value(SECOND_CYCLE) == _YES else 1


def _refuse(uncomputed: _Uncomputed, *governing: str) -> None:
    """Refuse a part of a plan for decisions on it that have no calendar together."""
    for together in uncomputed:
        if set(together) <= {*governing, SECOND_CYCLE}:
            raise _Missing(NOT_SUPPORTED, together)


def _infusion_doses(readings: Readings, protocol: Protocol, arm: Arm) -> int:
    # "At least 24 weeks" stands at the arm that has nothing but the infusions.
    alone = len(arm.drugs) == 1
    if alone and _decided(readings, ALONE_END) == _LONGER:
        return _whole(readings, ALONE_INFUSIONS)
    return sum(_whole(readings, code) for code in _infusion_settings(readings, protocol))


def _infusion_settings(readings: Readings, protocol: Protocol) -> tuple[str, ...]:
    """Return the settings that give the infusions of each cycle decided."""
    if cycles(readings) == 1:
        return (INFUSIONS,)
    # An earlier package asked for one number, that of each cycle.
    asked = any(setting.code == SECOND_INFUSIONS for setting in protocol.settings)
    return (INFUSIONS, SECOND_INFUSIONS if asked else INFUSIONS)


def _infusions(
    readings: Readings, protocol: Protocol, arm: Arm, drug: Drug, uncomputed: _Uncomputed
) -> InfusionRules:
    _nothing_open(readings, f"schedule:{drug.code}")
    stage = drug.stages[0]
    rules = InfusionRules(
        drug=drug.code,
        stage=stage.code,
        mode=str(_decided(readings, INTERVAL)),
        doses=_infusion_doses(readings, protocol, arm),
        window=_window(readings, INFUSION_WINDOW),
        every_days=stage.month_days or 0,
        label_days=stage.label_days,
    )
    alone = (ALONE_INFUSIONS,) if len(arm.drugs) == 1 else ()
    _refuse(uncomputed, INTERVAL, INFUSIONS, SECOND_INFUSIONS, *alone)
    return rules


def _injections(readings: Readings, drug: Drug, uncomputed: _Uncomputed) -> InjectionRules:
    _nothing_open(readings, f"schedule:{drug.code}")
    windows = (_window(readings, FIRST_WINDOW), _window(readings, SECOND_WINDOW))
    rules = _both_stages(readings, drug, windows, cycles(readings))
    _refuse(uncomputed, ANCHORING, FIRST_DOSES, SECOND_START)
    return replace(rules, counted_from=str(_decided(readings, ANCHORING)))


def _both_stages(
    readings: Readings, drug: Drug, windows: tuple[Window, Window], cycles: int
) -> InjectionRules:
    first, second = drug.stages
    every = second.every_days or 0
    return InjectionRules(
        drug=drug.code,
        first=StageRules(first.code, _whole(readings, FIRST_DOSES), first.every_days or 0, windows[0]),
        second=StageRules(second.code, second.weeks * _WEEK // every, every, windows[1]),
        second_starts=str(_decided(readings, SECOND_START)),
        second_day=first.weeks * _WEEK + 1,
        cycles=cycles,
        cycle_days=_cycle_days(drug),
    )


def _cycle_days(drug: Drug) -> int:
    return sum(stage.weeks for stage in drug.stages) * _WEEK


def not_computed(protocol: Protocol, readings: Readings) -> _Uncomputed:
    """Return the settings that together have no calendar as they were decided, whatever else is open."""
    return (
        *_anchored_twice(readings),
        *_infusions_past_the_end(protocol, readings),
        *_injections_meeting(protocol, readings),
    )


def _anchored_twice(readings: Readings) -> Iterator[tuple[str, ...]]:
    """Yield what is counted from day 1 where each injection is counted from the one before it."""
    if readings.value(ANCHORING) != FROM_LAST_DOSE:
        return
    # Late doses would reach the study day on which a stage, or a cycle, begins whatever was given.
    if readings.value(SECOND_START) == ON_STUDY_DAY:
        yield (ANCHORING, SECOND_START)
    if cycles(readings) > 1:
        yield (ANCHORING, SECOND_CYCLE)


def _infusions_past_the_end(protocol: Protocol, readings: Readings) -> Iterator[tuple[str, ...]]:
    twice = (SECOND_CYCLE,) if cycles(readings) > 1 else ()
    mode, numbers = readings.value(INTERVAL), _infusion_settings(readings, protocol)
    # Nobody has said whether a second cycle begins with the label's first days again.
    if twice and mode == LABEL:
        yield (INTERVAL, SECOND_CYCLE)
    try:
        doses = sum(_whole(readings, code) for code in numbers)
    except _Missing:
        return
    infused = [drug for drug in protocol.drugs if drug.preparation is not None]
    if twice and any(_infused_for(drug, doses, str(mode)) > _cycle_days(drug) * 2 for drug in infused):
        yield (*dict.fromkeys(numbers), INTERVAL, SECOND_CYCLE)
    alone = readings.value(ALONE_INFUSIONS)
    # The number of that arm is the one in all: below the others' it would be shorter, not longer.
    if readings.value(ALONE_END) == _LONGER and isinstance(alone, int | Decimal) and alone < doses:
        yield (ALONE_INFUSIONS, *dict.fromkeys(numbers), *twice)


def _infused_for(drug: Drug, doses: int, mode: str) -> int:
    """Return how many days lie between the first and the last infusion, at the least."""
    if mode == CALENDAR_MONTH:
        # No month is shorter than February, and no row of months than one that begins with it.
        start = date(2001, 2, 1)
        return (same_day_of_month(start, doses - 1) - start).days
    return (drug.stages[0].month_days or 0) * (doses - 1)


def _injections_meeting(protocol: Protocol, readings: Readings) -> Iterator[tuple[str, ...]]:
    staged = [drug for drug in protocol.drugs if len(drug.stages) > 1]
    if any(_meets_itself(readings, drug, 1) for drug in staged):
        yield (FIRST_DOSES, SECOND_START)
    elif cycles(readings) > 1 and any(_meets_itself(readings, drug, 2) for drug in staged):
        yield (FIRST_DOSES, SECOND_START, SECOND_CYCLE)


def _meets_itself(readings: Readings, drug: Drug, cycles: int) -> bool:
    """Tell whether a stage, or a cycle, still goes on when the next one begins: two doses on one day."""
    try:
        return _two_on_one_day(_both_stages(readings, drug, (Window(0, 0), Window(0, 0)), cycles))
    except _Missing:
        # What is open decides nothing yet.
        return False


# The same few rules are asked for every arm, and every day on which anything was decided.
@lru_cache(maxsize=64)
def _two_on_one_day(rules: InjectionRules) -> bool:
    try:
        injection_slots(date(2000, 1, 1), rules)
    except RuleBroken:
        return True
    return False


def spared_at_visits(protocol: Protocol, readings: Readings) -> frozenset[str]:
    """Return what need not be there by the readings in force, as "visit.form"."""
    return frozenset(
        f"{visit.code}.{form}"
        for visit in protocol.visits
        if visit.sparing is not None and readings.value(visit.sparing.setting) == visit.sparing.value
        for form in visit.sparing.forms
    )


def visits_of(protocol: Protocol, readings: Readings) -> tuple[Visit, ...]:
    """Return the visits of a package that the cycles decided have."""
    return tuple(visit for visit in protocol.visits if visit.cycles in (0, cycles(readings)))


def _visit_rule(readings: Readings, visit: Visit, *, ends: bool) -> VisitRule:
    window = _window(readings, visit.window)
    if visit.day is not None:
        return VisitRule(visit.code, visit.day, window, ends_treatment=ends)
    return VisitRule(visit.code, _whole(readings, visit.day_setting), window, FROM_LAST_DOSE)


def _visits(readings: Readings, protocol: Protocol) -> tuple[VisitRule, ...]:
    _nothing_open(readings, VISITS)
    visits = visits_of(protocol, readings)
    for visit in visits:
        # What is done at it is as open as its day.
        if visit.sparing is not None:
            _decided(readings, visit.sparing.setting)
    planned = [visit for visit in visits if visit.anchor in (FROM_DAY_ONE, FROM_LAST_DOSE)]
    ends = [visit for visit in planned if END_OF_TREATMENT in visit.tags][-1:]
    return tuple(_visit_rule(readings, visit, ends=visit in ends) for visit in planned)


def _early(readings: Readings, protocol: Protocol, arm: Arm) -> EarlyVisitRule | None:
    """Return the rule of the visit after leaving early; a package that anchors none at leaving has none."""
    anchors = (FROM_EXIT, FROM_EXIT_OR_STOPS)
    visit = next((visit for visit in protocol.visits if visit.anchor in anchors), None)
    if visit is None:
        return None
    drugs = arm.drugs if visit.anchor == FROM_EXIT_OR_STOPS else ()
    try:
        _nothing_open(readings, f"visit:{visit.code}")
        return EarlyVisitRule(visit.code, _window(readings, visit.window), drugs)
    except _Missing as missing:
        return EarlyVisitRule(visit.code, None, drugs, missing.codes)


def plan_rules(readings: Readings, protocol: Protocol, arm_code: str) -> ArmPlan:
    """Return the rules of an arm's plan; a part that waits for a decision is named, never guessed."""
    arm, unknown = protocol.arm(arm_code), []
    uncomputed = not_computed(protocol, readings)
    infusions: InfusionRules | None = None
    injections: InjectionRules | None = None
    visits: tuple[VisitRule, ...] = ()
    for drug in map(protocol.drug, arm.drugs):
        try:
            if drug.preparation is not None:
                infusions = _infusions(readings, protocol, arm, drug, uncomputed)
            else:
                injections = _injections(readings, drug, uncomputed)
        except _Missing as missing:
            unknown.append(Unknown(drug.code, missing.reason, missing.codes))
    try:
        visits = _visits(readings, protocol)
    except _Missing as missing:
        unknown.append(Unknown(VISITS, missing.reason, missing.codes))
    early = _early(readings, protocol, arm)
    return ArmPlan(PlanRules(injections, infusions, visits, early), arm.drugs, tuple(unknown))


def diary_due_days(readings: Readings) -> int | None:
    """Return how many days after a visit the home diary is due, or None while that is open."""
    value = readings.value(DIARY_DUE)
    return value if isinstance(value, int) else None
