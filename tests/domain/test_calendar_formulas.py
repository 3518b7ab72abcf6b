"""Every date of every plan that decisions can make equals a formula written another way, for any start date.

The formulas count ordinals, and months from a table of their lengths; they ask nothing of the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as some
from judged_subjects import choices_made, decided, decision, reading
from registered_package import registered

from sle_desk.domain import schedule
from sle_desk.domain.plan_rules import ArmPlan, plan_rules
from sle_desk.domain.protocol import VALUE

STARTS = some.dates(date(2020, 1, 1), date(2060, 12, 31))
MODES = {"every_28_days": "28", "calendar_month": "month", "label": "label"}
CYCLE, SECOND_INFUSIONS = "study.second_cycle", "belimumab.second_cycle_infusions"


@dataclass(frozen=True)
class Decided:
    """One way to settle all that makes the dates."""

    mode: str
    infusions: str
    injections: str
    begins: str
    cycle: str
    second_infusions: str = "6"

    @property
    def twice(self) -> bool:
        return self.cycle == "yes"

    @property
    def times(self) -> int:
        """Return how many infusions there are."""
        each = {"six": 6, "seven": 7}[self.infusions]
        return each + (int(self.second_infusions) if self.twice else 0)


WAYS = [
    Decided(*way)
    for way in product(
        MODES,
        ("six", "seven"),
        ("forty_two", "forty_three"),
        ("day_85", "week_after_last"),
        ("no", "yes"),
        ("5", "6", "7"),
    )
    if way[4] == "yes" or way[5] == "6"
]


@cache
def plan(way: Decided, arm: str = "BELIL2") -> ArmPlan:
    """Return the plan of an arm, all the rest decided as it is proposed."""
    given = {
        "D10": (way.mode, {}),
        "D11": (way.infusions, {}),
        "D13": (way.injections, {}),
        "D14": (way.begins, {}),
        CYCLE: (VALUE, {CYCLE.replace(".", "_"): way.cycle}),
        SECOND_INFUSIONS: (VALUE, {SECOND_INFUSIONS.replace(".", "_"): way.second_infusions}),
    }
    number = len(choices_made(registered())) + 1
    made = [each for each in decided() if each.code not in given]
    made += [
        decision(code, option, place, **values)
        for place, (code, (option, values)) in enumerate(given.items(), number)
    ]
    return plan_rules(reading(tuple(made)), registered(), arm)


def by_formula(way: Decided, drug: str, start: date) -> list[date]:
    """Return the days of a drug, counted by ordinals, or by months from a table of their lengths."""
    day = start.toordinal()
    if drug == "BEL" and MODES[way.mode] == "month":
        return [months_on(start, step) for step in range(way.times)]
    if drug == "BEL":
        first = [0, 14, 28] if MODES[way.mode] == "label" else [0]
        days = first + [first[-1] + 28 * more for more in range(1, way.times)]
        return [date.fromordinal(day + each) for each in days[: way.times]]
    return [date.fromordinal(day + each) for each in injection_days(way)]


def injection_days(way: Decided) -> list[int]:
    doses = {"forty_two": 42, "forty_three": 43}[way.injections]
    weekly = 84 if way.begins == "day_85" else 2 * doses - 2 + 7
    once = [*(2 * step for step in range(doses)), *(weekly + 7 * step for step in range(12))]
    return once + [168 + each for each in once] if way.twice else once


def months_on(start: date, months: int) -> date:
    """Return the same day of a later month by the rule of thirty days hath September."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    longest = {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return date(year, month, min(start.day, longest))


def impossible(way: Decided) -> Iterator[str]:
    """Yield the drugs that have no calendar decided so, found by looking at the days."""
    ahead = injection_days(way)
    if any(after <= before for before, after in pairwise(ahead)):
        yield "IL2"
    if not way.twice:
        return
    if MODES[way.mode] == "label":
        yield "BEL"
    elif MODES[way.mode] == "month":
        # 48 weeks have eleven whole months.
        if way.times > 12:
            yield "BEL"
    elif 28 * (way.times - 1) > 48 * 7:
        yield "BEL"


def unknown_drugs(way: Decided) -> set[str]:
    unknown = set(impossible(way))
    if way.injections == "forty_three" and way.begins == "day_85":
        # The register has it that these two contradict each other: neither holds.
        unknown.add("IL2")
    return unknown


@given(STARTS)
def test_every_dose_of_every_plan_is_on_the_day_that_a_formula_gives(start: date) -> None:
    for way in WAYS:
        found, unknown = plan(way), unknown_drugs(way)
        assert {each.part for each in found.unknown} == unknown, way
        slots = schedule.dose_slots(start, found.rules)
        for drug in {"BEL", "IL2"} - unknown:
            own = [slot for slot in slots if slot.drug == drug]
            assert [slot.planned_on for slot in own] == by_formula(way, drug, start), way
            assert [slot.number for slot in own] == list(range(1, len(own) + 1))
        assert {slot.drug for slot in slots} == {"BEL", "IL2"} - unknown


@given(STARTS)
def test_every_visit_is_on_its_week_and_those_behind_the_treatment_are_behind_it(start: date) -> None:
    for way in WAYS:
        unknown = unknown_drugs(way)
        if unknown == {"BEL", "IL2"}:
            continue
        found = plan(way)
        last = max(slot.planned_on for slot in schedule.dose_slots(start, found.rules))
        visits = schedule.planned_visits(start, found.rules.visits, last)
        weeks = [0, 2, *range(4, 49 if way.twice else 25, 4)]
        ahead = [visit for visit in visits if visit.code not in ("W28", "C2FU")]
        assert [(visit.planned_on.toordinal() - start.toordinal()) / 7 for visit in ahead] == weeks
        (ends,) = [visit for visit in visits if visit.ends_treatment]
        (follow_up,) = [visit for visit in visits if visit not in ahead]
        assert (ends.code, follow_up.code) == (("C2W48", "C2FU") if way.twice else ("W24", "W28"))
        assert follow_up.planned_on.toordinal() == last.toordinal() + 28
        # Of seven calendar months the last infusion lies six months on, behind week 24 in whatever window.
        if "BEL" in unknown or (MODES[way.mode], way.times) != ("month", 7):
            assert ends.closes_on >= last, way


def test_a_plan_that_has_no_calendar_names_decisions_and_nothing_else() -> None:
    codes = {each.code for each in (*registered().settings, *registered().clarifications)}
    for way in WAYS:
        named = set(chain.from_iterable(each.codes for each in plan(way).unknown))
        assert named <= codes and bool(named) == bool(unknown_drugs(way)), way


@pytest.mark.parametrize("arm", ["BEL", "IL2"])
def test_an_arm_of_one_drug_has_the_same_days_of_it(arm: str) -> None:
    day_one = date(2026, 3, 31)
    for way in WAYS:
        both = [slot for slot in schedule.dose_slots(day_one, plan(way).rules) if slot.drug == arm]
        assert list(schedule.dose_slots(day_one, plan(way, arm).rules)) == both
