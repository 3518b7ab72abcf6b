"""The first dose of any study drug: what was drawn before it is baseline, what came after is not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class FirstDose:
    """Day 1, and when the first dose of that day began where that is known."""

    on_day: date
    at: datetime | None


def first_dose(given: Iterable[tuple[date, datetime | None]]) -> FirstDose | None:
    """Return the first of the doses given, each by its day and the time where one is known.

    Where one dose of that day has no time nobody knows which came first: the time is open.
    """
    doses = sorted(given, key=lambda dose: dose[0])
    if not doses:
        return None
    day = doses[0][0]
    times = [at for on_day, at in doses if on_day == day]
    known = [at for at in times if at is not None]
    return FirstDose(day, min(known) if len(known) == len(times) else None)


def drawn_before(first: FirstDose, drawn_at: datetime) -> bool | None:
    """Tell whether a sample was drawn before the first dose; None where nobody can tell.

    On the day itself the times decide. What is said of a sample beside it is about a dose of IL-2 alone.
    """
    if drawn_at.date() != first.on_day:
        return drawn_at.date() < first.on_day
    if first.at is not None:
        return drawn_at < first.at
    return None
