"""What is planned while the rules of a plan follow each other: the past keeps the days it had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Generic, TypeVar

from sle_desk.domain.schedule import PlannedVisit, Slot

Planned = TypeVar("Planned", Slot, PlannedVisit)


def key_of(item: Slot | PlannedVisit) -> tuple[str, int]:
    """Return what a planned dose or visit stays when its day moves."""
    return (item.drug, item.number) if isinstance(item, Slot) else (item.code, 0)


def through_time(versions: Sequence[tuple[date, Iterable[Planned]]]) -> tuple[Planned, ...]:
    """Return what is planned when the rules changed on the way: the past keeps the date it had.

    Each version holds from its day on; a date that lay before the next version is never moved again.
    """
    laid: Laid[Planned] = Laid()
    for since, items in versions:
        laid.change(since, items)
    return laid.planned()


class Laid(Generic[Planned]):
    """What is planned while versions of the rules follow each other: past days are fixed at each change."""

    def __init__(self) -> None:
        self._fixed: dict[tuple[str, int], Planned] = {}
        self._ahead: dict[tuple[str, int], Planned] = {}

    @property
    def standing(self) -> dict[tuple[str, int], Planned]:
        """Return what is planned so far, by its key."""
        return self._fixed | self._ahead

    def change(self, since: date, items: Iterable[Planned]) -> None:
        """Plan by other rules from a day on."""
        self._fixed |= {key: item for key, item in self._ahead.items() if item.planned_on < since}
        current = {}
        for item in items:
            known = self._ahead.get(key_of(item))
            # What was still to come keeps its old date rather than move into the past.
            moved_back = known is not None and item.planned_on < since
            current[key_of(item)] = known if known is not None and moved_back else item
        self._ahead = {key: item for key, item in current.items() if key not in self._fixed}

    def planned(self) -> tuple[Planned, ...]:
        """Return all of it by day."""
        return tuple(sorted(self.standing.values(), key=lambda item: item.planned_on))
