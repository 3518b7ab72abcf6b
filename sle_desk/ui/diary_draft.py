"""Rows of a diary that were typed and not recorded: what is kept with them, and what of them stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sle_desk.domain.schedule import Slot
from sle_desk.ui.diary_entry import OWN_AMOUNT, PLANNED_DAY, row_code
from sle_desk.ui.diary_filling import OUTCOME, moved_answers

# Kept with a row and no field of it: the day that its "on the planned day" names.
NAMED_DAY, WHY = "named_day", "why"


@dataclass(frozen=True)
class RowsLeft:
    """What was typed into the rows that still stand; `answered` are the numbers of those that no more do.

    `with_reason` and `with_amount` are the numbers of rows that were asked why, and have their own dose.
    """

    typed: Mapping[str, str]
    answered: tuple[int, ...]
    with_reason: tuple[int, ...]
    with_amount: tuple[int, ...]


def named_days(typed: Mapping[str, str], slots: Iterable[Slot]) -> dict[str, str]:
    """Return the day that each "on the planned day" names, to be kept with the row."""
    return {
        row_code(NAMED_DAY, slot): slot.planned_on.isoformat()
        if typed.get(row_code(OUTCOME, slot)) == PLANNED_DAY
        else ""
        for slot in slots
        if row_code(OUTCOME, slot) in typed
    }


def rows_begun(kept: Mapping[str, str]) -> frozenset[int]:
    """Return the numbers of the planned doses whose rows say something."""
    said = (code.removeprefix(f"{OUTCOME}_") for code, words in kept.items() if words)
    return frozenset(int(number) for number in said if number.isdecimal())


def fields_of(kept: Mapping[str, str], numbers: Iterable[int]) -> tuple[str, ...]:
    """Return the fields of a draft that are of the rows with these numbers."""
    ends = tuple(f"_{number}" for number in numbers)
    return tuple(code for code in kept if code.endswith(ends))


def rows_left(kept: Mapping[str, str], slots: Sequence[Slot]) -> RowsLeft:
    """Return what a draft says of the planned doses that are awaited now.

    A dose given on its planned day keeps the day that was its planned one when it was typed.
    """
    as_typed = []
    for slot in slots:
        named = kept.get(row_code(NAMED_DAY, slot))
        as_typed.append(replace(slot, planned_on=date.fromisoformat(named)) if named else slot)

    def having(code: str) -> tuple[int, ...]:
        return tuple(slot.number for slot in slots if kept.get(row_code(code, slot)))

    return RowsLeft(
        typed=moved_answers(kept, as_typed, slots),
        answered=tuple(sorted(rows_begun(kept) - {slot.number for slot in slots})),
        with_reason=having(WHY),
        with_amount=having(OWN_AMOUNT),
    )
