"""Rows of a diary filled from the row above, or from pasted ones: what goes into which field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import IMPOSSIBLE, Finding
from sle_desk.domain.diary_paste import PastedRow, is_time_of_day, shown_cell, site_of, whole_day
from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.domain.protocol import Drug
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import parse_number, parse_time
from sle_desk.ui.diary_entry import (
    MISSED,
    OF_GIVEN,
    OTHER_DAY,
    OWN_AMOUNT,
    PLANNED_DAY,
    dose_beside,
    of_day,
    row_code,
)

OUTCOME, DAY, TIME, SITE, REACTION = "outcome", "day", "time", "site", "reaction"
# A reaction that was one is of its own dose alone.
NO_REACTION = frozenset({"none", "unknown"})


def repeated(typed: Mapping[str, str], above: Slot, below: Slot) -> dict[str, str]:
    """Return what the row of one dose repeats of that of another, by the fields of the second.

    Why a dose was missed; of one that was given its time, and that there was no reaction. Never a day: that
    it was given on its planned one is said of each. Never the site, which takes turns.
    """

    def said(code: str) -> str:
        return typed.get(row_code(code, above), "")

    if said(OUTCOME) == MISSED:
        reason = said(MISSED)
        return {row_code(OUTCOME, below): MISSED, **({row_code(MISSED, below): reason} if reason else {})}
    day = OTHER_DAY if said(OUTCOME) == OTHER_DAY else PLANNED_DAY
    kept = {code: typed.get(of_day(code, above, day), "") for code in (TIME, REACTION)}
    if kept[REACTION] not in NO_REACTION:
        kept[REACTION] = ""
    # Whichever day is said of it, they stand there then.
    return {
        of_day(code, below, each): text
        for code, text in kept.items()
        if text
        for each in (PLANNED_DAY, OTHER_DAY)
    }


def moved_answers(typed: Mapping[str, str], before: Iterable[Slot], after: Iterable[Slot]) -> dict[str, str]:
    """Return what was typed once planned days moved: a dose given on one keeps the day it named."""
    kept, planned = dict(typed), {slot.number: slot.planned_on for slot in after}
    for slot in before:
        if planned.get(slot.number, slot.planned_on) == slot.planned_on:
            continue
        if typed.get(row_code(OUTCOME, slot)) == PLANNED_DAY:
            kept |= {row_code(OUTCOME, slot): OTHER_DAY, row_code(DAY, slot): slot.planned_on.isoformat()}
            for code in OF_GIVEN:
                kept[of_day(code, slot, OTHER_DAY)] = kept.pop(of_day(code, slot, PLANNED_DAY), "")
    return kept


def pasted_dose(row: PastedRow, slot: Slot, drug: Drug, now: datetime) -> Iterator[RecordedDose]:
    """Yield the dose that a pasted row tells of, where its day can be read."""
    day = whole_day(row.day, now.date())
    if day is not None:
        at = parse_time(row.time, now) if is_time_of_day(row.time, now) else None
        yield dose_beside(drug.code, slot, day, at, now.tzinfo)


@dataclass(frozen=True)
class FilledRow:
    """What a pasted row puts into the fields of a planned dose; `doubts` are cells that cannot be read.

    `own_amount`: its dose is another one than that of every row.
    """

    typed: Mapping[str, str]
    doubts: Mapping[str, tuple[str, Finding]]
    own_amount: bool


def filled(row: PastedRow, slot: Slot, drug: Drug, amount: Decimal | None, now: datetime) -> FilledRow:
    """Return the fields of a pasted row; what cannot be read keeps what was pasted, with its sentence."""
    day = whole_day(row.day, now.date())
    outcome = PLANNED_DAY if day == slot.planned_on else OTHER_DAY
    typed, doubts = {row_code(OUTCOME, slot): outcome}, dict[str, tuple[str, Finding]]()

    def doubt(code: str, cell: str, sentence: str, kept: str = "") -> None:
        doubts[code] = kept, Finding(IMPOSSIBLE, code, sentence, {"typed": shown_cell(cell)})

    if day is None:
        doubt(row_code(DAY, slot), row.day, "diary.paste_day", row.day)
    elif outcome == OTHER_DAY:
        typed[row_code(DAY, slot)] = day.isoformat()
    time, site = of_day(TIME, slot, outcome), of_day(SITE, slot, outcome)
    if row.time and is_time_of_day(row.time, now):
        typed[time] = row.time
    elif row.time:
        doubt(time, row.time, "diary.paste_time", row.time)
    if code := site_of(row.site, drug) if row.site else "":
        typed[site] = code
    elif row.site:
        doubt(site, row.site, "diary.paste_site")
    own = bool(row.amount) and _number(row.amount) != amount
    if own:
        typed[row_code(OWN_AMOUNT, slot)] = row.amount
    return FilledRow(typed, doubts, own)


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(text).value
    except RuleBroken:
        return None
