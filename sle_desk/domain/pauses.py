"""A study drug that is paused for a time: what may follow what, and on which days nobody is to give it.

The protocol says nothing of a pause or of catching up, so nothing is made up: a planned dose that lies in a
pause is not given later, and those after it keep their days, counted from day 1 as the setting
`il2.anchoring` and the mode of the infusions decide (domain.md section 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words

# The form of a package that declares a pause; an earlier package has none, and nothing is paused by it.
FORM = "dose_pause"
PAUSED, RESUMED = "paused", "resumed"
KINDS = MappingProxyType(
    {
        PAUSED: Words("One drug paused", "暂停一种研究药物"),
        RESUMED: Words("One drug resumed", "恢复一种研究药物"),
    }
)


@dataclass(frozen=True)
class PauseStep:
    """One step as it was recorded: its kind, its day, and when that was recorded."""

    kind: str
    on_day: date
    told_at: datetime


@dataclass(frozen=True)
class Pause:
    """A time in which a drug is not given: from `since` to the day before `resumed_on`, None while it lasts.

    `told_at` is when it was recorded, where that was on its first day.
    """

    since: date
    resumed_on: date | None = None
    told_at: datetime | None = None

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in the pause."""
        return self.since <= day and (self.resumed_on is None or day < self.resumed_on)

    def lies_between(self, first: date, last: date) -> bool:
        """Tell whether any day of the pause lies after one day and before another."""
        begins = max(first + timedelta(days=1), self.since)
        return begins < last and self.holds(begins)


def pauses_of(steps: Iterable[PauseStep]) -> tuple[Pause, ...]:
    """Return the pauses of one drug by day, from its steps that stand, in whatever order they come."""
    found: list[Pause] = []
    for step in sorted(steps, key=lambda step: (step.on_day, step.kind)):
        lasts = bool(found) and found[-1].resumed_on is None
        if step.kind == PAUSED and not lasts:
            told = step.told_at if step.told_at.date() == step.on_day else None
            found.append(Pause(step.on_day, None, told))
        elif step.kind == RESUMED and lasts:
            found[-1] = Pause(found[-1].since, step.on_day, found[-1].told_at)
    return tuple(found)


def check_steps(steps: Iterable[tuple[str, date]]) -> None:
    """Refuse steps of one drug that do not take turns: paused, resumed a day later or more, paused again."""
    last: tuple[str, date] | None = None
    for kind, day in sorted(steps, key=lambda step: step[1]):
        if last is not None and day == last[1]:
            raise RuleBroken("pause.same_day", day=day)
        if kind == PAUSED and last is not None and last[0] == PAUSED:
            raise RuleBroken("pause.twice", day=last[1])
        if kind == RESUMED and (last is None or last[0] == RESUMED):
            raise RuleBroken("pause.not_paused", day=day)
        last = (kind, day)
