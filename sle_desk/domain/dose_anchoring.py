"""Injection days counted from the dose before them, where that was decided: a late dose moves those after it.

Only what was given moves a day, and only days after it: when something was typed moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import zip_longest

from sle_desk.domain.dose_matching import GIVEN, MISSED, RecordedDose, answered, contradicts, in_own_time
from sle_desk.domain.schedule import (
    FROM_LAST_DOSE,
    InjectionRules,
    PlanRules,
    Slot,
    dose_slots,
    injection_slots,
    slot_on,
)


def slots_as_given(
    day_one: date,
    rules: PlanRules,
    doses: Iterable[RecordedDose],
    standing: Mapping[tuple[str, int], Slot],
    since: date,
) -> tuple[Slot, ...]:
    """Return every planned dose of the arm by day, injections counted from the doses given if so decided.

    `standing` is the plan (by drug and number) as it was before the rules took effect on `since`: what lay
    before that day keeps it, and nothing that was still to come moves into the past.
    """
    planned = dose_slots(day_one, rules)
    injections = rules.injections
    if injections is None or injections.counted_from != FROM_LAST_DOSE:
        return planned
    own = [dose for dose in doses if dose.drug == injections.drug]
    moved = _counted_from_doses(day_one, injections, own, standing, since)
    others = (slot for slot in planned if slot.drug != injections.drug)
    return tuple(sorted((*others, *moved), key=lambda slot: slot.planned_on))


def _counted_from_doses(
    day_one: date,
    rules: InjectionRules,
    doses: list[RecordedDose],
    standing: Mapping[tuple[str, int], Slot],
    since: date,
) -> Iterator[Slot]:
    fills = _Fills(injection_slots(day_one, rules), doses)
    before: Slot | None = None
    step = timedelta(0)
    for each, following in zip_longest(fills.plan, fills.plan[1:]):
        due = day_one if before is None else fills.day_after(before, step)
        slot = slot_on(each.drug, each.number, each.stage, due, rules.window(each.stage), day_one)
        before = _unmoved(slot, standing.get((each.drug, each.number)), since)
        yield before
        fills.fill(before)
        step = following.planned_on - each.planned_on if following is not None else step


def _unmoved(slot: Slot, before: Slot | None, since: date) -> Slot:
    """Return the slot as it was planned before, where that is past or the new day would be."""
    if before is None or min(before.planned_on, slot.planned_on) >= since:
        return slot
    return before


class _Fills:
    """Which dose fills each slot, asked in the order of the slots: the same as the matching of all says."""

    def __init__(self, plan: tuple[Slot, ...], doses: list[RecordedDose]) -> None:
        self.plan = plan
        records = [dose for dose in doses if dose.progress in (GIVEN, MISSED)]
        self._answers, contested = answered(records, {(slot.drug, slot.number): slot for slot in plan})
        taken = {dose.key for dose in (*self._answers.values(), *contested)}
        unasked = (dose for dose in records if dose.key not in taken and dose.progress == GIVEN)
        self._free = sorted(unasked, key=in_own_time)
        # The days of the doses that fill the slots so far, that of the last slot by itself.
        self._given: list[date] = []
        self._last: date | None = None

    def fill(self, slot: Slot) -> None:
        """Take the dose that fills the next slot, if any does."""
        dose = self._answers.get((slot.drug, slot.number))
        if dose is None or dose.progress == MISSED:
            free = (
                each
                for each in self._free
                if slot.holds(each.on_day) and (dose is None or contradicts(each, dose, slot))
            )
            dose = next(free, dose)
        if dose in self._free:
            self._free.remove(dose)
        given = dose.on_day if dose is not None and dose.progress == GIVEN else None
        # An answer that names a dose of long before its window draws nothing forward.
        self._last = given if given is not None and given >= slot.opens_on else None
        if self._last is not None:
            self._given.append(self._last)

    def day_after(self, before: Slot, step: timedelta) -> date:
        """Return the day of the slot after one: its step after the dose before it, or after its planned day.

        A dose given when the next day was past already moves what is still to come, and not that day.
        """
        untouched = before.planned_on + step
        earlier = [day for day in self._given if day <= untouched]
        if self._last is None or self._last > untouched:
            earlier.append(before.planned_on)
        # Answers may name days that cross: never are two planned for one day.
        return max(max(earlier) + step, before.planned_on + timedelta(days=1))
