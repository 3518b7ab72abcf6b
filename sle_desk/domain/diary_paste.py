"""Rows of a home diary from a spreadsheet: read, and each laid beside the planned dose it fits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.protocol import Drug
from sle_desk.domain.schedule import Slot
from sle_desk.domain.values import clean, compared, is_invisible, parse_day, parse_time

# What a clipboard may hold at most: a diary of half a year is not half as long.
MOST_CHARACTERS, MOST_ROWS, LONGEST_CELL = 20_000, 200, 100
COLUMNS = ("day", "time", "site", "amount")
_SHOWN = 40
_SHORTEST_NAME = 2
# A whole date: nobody said the month of "25", and "t" is a word for the keyboard.
_WHOLE_DAY = re.compile(r"[0-9]{4}[-/年.][0-9]{1,2}[-/月.][0-9]{1,2}日?|[0-9]{8}")


@dataclass(frozen=True)
class PastedRow:
    """One row as it was pasted, with its number in the clipboard; a cell that was not there is empty."""

    number: int
    day: str
    time: str = ""
    site: str = ""
    amount: str = ""

    def shown(self) -> str:
        """Return the row in one short line that shows nothing by itself."""
        return shown_cell("; ".join(cell for cell in (self.day, self.time, self.site, self.amount) if cell))


@dataclass(frozen=True)
class Pasted:
    """The rows of a clipboard; `heading` where the first of them was taken for headings."""

    rows: tuple[PastedRow, ...]
    heading: bool


@dataclass(frozen=True)
class LeftOut:
    """A pasted row that stands in no row of the diary, and the sentence that says why."""

    row: PastedRow
    code: str

    def facts(self) -> dict[str, object]:
        """Return what its sentence tells."""
        return {"row": self.row.number, "said": self.row.shown() or "–"}


@dataclass(frozen=True)
class LaidOut:
    """Pasted rows beside planned doses, in the order of the plan, and those that fit none."""

    placed: tuple[tuple[PastedRow, Slot], ...]
    left_out: tuple[LeftOut, ...]


def shown_cell(text: str) -> str:
    """Return a pasted text as a sentence shows it: short, in one line, nothing unseen in it."""
    line = " ".join("".join(each for each in text if not is_invisible(each)).split())
    line = "".join(each if each.isprintable() else "·" for each in line)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def pasted_rows(text: str) -> Pasted:
    """Return the rows of a clipboard, or refuse: no text, too much of it, columns that are not those."""
    if len(text) > MOST_CHARACTERS:
        raise RuleBroken("diary.paste_size", found=len(text), allowed=MOST_CHARACTERS)
    if not text.strip():
        raise RuleBroken("diary.paste_nothing")
    told = [(number, cells) for number, cells in enumerate(_cells(text), start=1) if any(cells)]
    if len(told) > MOST_ROWS:
        raise RuleBroken("diary.paste_rows", found=len(told), allowed=MOST_ROWS)
    for number, cells in told:
        if len(cells) > len(COLUMNS) and any(cells[len(COLUMNS) :]):
            raise RuleBroken("diary.paste_columns", row=number, found=len(cells))
    # A first row without a digit can hold neither day nor dose.
    heading = len(told) > 1 and not any(each.isdecimal() for each in "".join(told[0][1]))
    rows = (PastedRow(number, *cells[: len(COLUMNS)]) for number, cells in told[heading:])
    return Pasted(tuple(rows), heading)


def _cells(text: str) -> Iterator[list[str]]:
    """Yield the cells of each line; a spreadsheet sets them apart by tabs, and quotes what holds one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = "\t" if "\t" in text or ";" not in text else ";"
    try:
        for cells in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter):
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise RuleBroken("diary.paste_nothing") from error


def whole_day(text: str, today: date) -> date | None:
    """Return a date that names year, month and day, or None: nothing of a date is made up."""
    typed = clean(text)
    if not _WHOLE_DAY.fullmatch(typed):
        return None
    try:
        return parse_day(typed.replace(".", "-"), today)
    except RuleBroken:
        return None


def is_time_of_day(text: str, now: datetime) -> bool:
    """Tell whether a text is a time of day; "n" and what counts from now are words for the keyboard."""
    try:
        parse_time(text, now)
    except RuleBroken:
        return False
    return not clean(text).lower().startswith("n")


def site_of(text: str, drug: Drug) -> str:
    """Return the injection site that a text names, or nothing.

    By its code, its key in the grid, its name, or the beginning of one name alone.
    """
    said = compared(text)
    named = {site.code: (site.label.en, site.label.zh) for site in drug.sites}
    for site in drug.sites:
        if said in (compared(site.code), site.key, *map(compared, named[site.code])):
            return site.code
    if len(said) < _SHORTEST_NAME:
        return ""
    begun = [
        code
        for code, names in named.items()
        if code != OTHER and any(compared(name).startswith(said) for name in names)
    ]
    return begun[0] if len(begun) == 1 else ""


def lay_out(rows: Iterable[PastedRow], empty: Sequence[Slot], today: date) -> LaidOut:
    """Lay each pasted row beside the earliest empty planned dose whose window holds its day.

    A row without a date stands beside none: a planned day is no day on which anything was given. One whose
    date cannot be read stands beside the next empty one, to be put right there.
    """
    free, placed, left_out = list(empty), list[tuple[PastedRow, Slot]](), list[LeftOut]()
    unread: list[PastedRow] = []
    for row in rows:
        day = whole_day(row.day, today)
        if max(map(len, (row.day, row.time, row.site, row.amount))) > LONGEST_CELL:
            left_out.append(LeftOut(row, "diary.paste_long"))
        elif not row.day:
            left_out.append(LeftOut(row, "diary.paste_no_day"))
        elif day is None:
            unread.append(row)
        elif (slot := next((each for each in free if each.holds(day)), None)) is None:
            left_out.append(LeftOut(row, "diary.paste_no_plan"))
        else:
            free.remove(slot)
            placed.append((row, slot))
    for row in unread:
        before = [slot.number for known, slot in placed if known.number < row.number]
        slot = next((each for each in free if each.number > max(before, default=0)), None)
        if slot is None:
            left_out.append(LeftOut(row, "diary.paste_no_plan"))
        else:
            free.remove(slot)
            placed.append((row, slot))
    placed.sort(key=lambda each: each[1].number)
    return LaidOut(tuple(placed), tuple(sorted(left_out, key=lambda each: each.row.number)))
