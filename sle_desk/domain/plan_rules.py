"""From what was decided to the plan of one arm: settings and package facts become rules for the calendar.

The codes of the settings stand here once. What nobody decided makes no rule: the part is Unknown and says
which decisions it waits for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.protocol import Arm, Drug, Protocol, SettingValue, Visit
from sle_desk.domain.schedule import (
    FROM_DAY_ONE,
    FROM_EXIT,
    FROM_EXIT_OR_STOPS,
    FROM_LAST_DOSE,
    LABEL,
    EarlyVisitRule,
    InfusionRules,
    InjectionRules,
    PlanRules,
    StageRules,
    VisitRule,
    Window,
    dose_slots,
    injection_slots,
)

VISITS = "visits"
OPEN, NOT_SUPPORTED = "open", "not_supported"

SECOND_CYCLE = "study.second_cycle"
INTERVAL, INFUSIONS, INFUSION_WINDOW = "belimumab.interval", "belimumab.infusions", "belimumab.window_days"
ALONE_END, ALONE_INFUSIONS = "belimumab.arm_b_end", "belimumab.arm_b_infusions"
FIRST_DOSES, SECOND_START, ANCHORING = "il2.stage_1_doses", "il2.stage_2_start", "il2.anchoring"
FIRST_WINDOW, SECOND_WINDOW = "il2.window_stage_1_days", "il2.window_stage_2_days"
DIARY_DUE = "diary.due_days"
_LONGER, _YES, _DAY_ONE = "longer", "yes", "day_1"
_WEEK = 7


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


def _cycles(readings: Readings) -> int:
    return 2 if _decided(readings, SECOND_CYCLE) == _YES else 1


def _infusion_doses(readings: Readings, arm: Arm) -> int:
    # "At least 24 weeks" stands at the arm that has nothing but the infusions.
    alone = len(arm.drugs) == 1
    if alone and _decided(readings, ALONE_END) == _LONGER:
        return _whole(readings, ALONE_INFUSIONS)
    return _whole(readings, INFUSIONS) * _cycles(readings)


def _infusions(readings: Readings, arm: Arm, drug: Drug) -> InfusionRules:
    _nothing_open(readings, f"schedule:{drug.code}")
    stage = drug.stages[0]
    mode = str(_decided(readings, INTERVAL))
    if mode == LABEL and _cycles(readings) > 1:
        raise _Missing(NOT_SUPPORTED, (INTERVAL, SECOND_CYCLE))
    return InfusionRules(
        drug=drug.code,
        stage=stage.code,
        mode=mode,
        doses=_infusion_doses(readings, arm),
        window=_window(readings, INFUSION_WINDOW),
        every_days=stage.month_days or 0,
        label_days=stage.label_days,
    )


def _injections(readings: Readings, drug: Drug) -> InjectionRules:
    _nothing_open(readings, f"schedule:{drug.code}")
    if _decided(readings, ANCHORING) != _DAY_ONE:
        raise _Missing(NOT_SUPPORTED, (ANCHORING,))
    windows = (_window(readings, FIRST_WINDOW), _window(readings, SECOND_WINDOW))
    return _both_stages(readings, drug, windows, _cycles(readings))


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
        cycle_days=(first.weeks + second.weeks) * _WEEK,
    )


def not_computed(protocol: Protocol, readings: Readings) -> tuple[tuple[str, ...], ...]:
    """Return the settings that together have no calendar as they were decided, whatever else is open."""
    anchored = readings.value(ANCHORING)
    found: list[tuple[str, ...]] = []
    if not isinstance(anchored, Open) and anchored != _DAY_ONE:
        found.append((ANCHORING,))
    # Nobody has said whether a second cycle begins with the label's first days again.
    if readings.value(INTERVAL) == LABEL and readings.value(SECOND_CYCLE) == _YES:
        found.append((INTERVAL, SECOND_CYCLE))
    staged = [drug for drug in protocol.drugs if len(drug.stages) > 1]
    if any(_meets_itself(readings, drug, 1) for drug in staged):
        found.append((FIRST_DOSES, SECOND_START))
    elif readings.value(SECOND_CYCLE) == _YES and any(_meets_itself(readings, drug, 2) for drug in staged):
        found.append((FIRST_DOSES, SECOND_START, SECOND_CYCLE))
    return tuple(found)


def _meets_itself(readings: Readings, drug: Drug, cycles: int) -> bool:
    """Tell whether a stage, or a cycle, still goes on when the next one begins: two doses on one day."""
    try:
        rules = _both_stages(readings, drug, (Window(0, 0), Window(0, 0)), cycles)
        injection_slots(date(2000, 1, 1), rules)
    except _Missing:
        # What is open decides nothing yet.
        return False
    except RuleBroken:
        return True
    return False


def _possible(rules: PlanRules) -> PlanRules:
    """Return rules that give a calendar; decisions that contradict each other leave the plan unknown."""
    try:
        dose_slots(date(2000, 1, 1), rules)
    except RuleBroken as error:
        raise _Missing(NOT_SUPPORTED, (error.code,)) from error
    return rules


def _visit_rule(readings: Readings, visit: Visit) -> VisitRule:
    window = _window(readings, visit.window)
    if visit.day is not None:
        return VisitRule(visit.code, visit.day, window)
    return VisitRule(visit.code, _whole(readings, visit.day_setting), window, FROM_LAST_DOSE)


def _visits(readings: Readings, protocol: Protocol) -> tuple[VisitRule, ...]:
    _nothing_open(readings, VISITS)
    planned = (visit for visit in protocol.visits if visit.anchor in (FROM_DAY_ONE, FROM_LAST_DOSE))
    return tuple(_visit_rule(readings, visit) for visit in planned)


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
    infusions: InfusionRules | None = None
    injections: InjectionRules | None = None
    visits: tuple[VisitRule, ...] = ()
    for drug in map(protocol.drug, arm.drugs):
        try:
            if drug.preparation is not None:
                infusions = _possible(PlanRules(None, _infusions(readings, arm, drug), ())).infusions
            else:
                injections = _possible(PlanRules(_injections(readings, drug), None, ())).injections
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
