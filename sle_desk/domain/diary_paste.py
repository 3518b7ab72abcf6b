"""Rows of a home diary from a spreadsheet: read, and each laid beside the planned dose it fits."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

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
    """A pasted row that stands in no row of the diary, and the sentence that says why.

    `same` is the number of the row that says the same.
    """

    row: PastedRow
    code: str
    same: int | None = None

    def facts(self) -> dict[str, object]:
        """Return what its sentence tells."""
        facts: dict[str, object] = {"row": self.row.number, "said": self.row.shown() or "–"}
        return facts if self.same is None else {**facts, "same": self.same}


Placed = tuple[PastedRow, Slot]


@dataclass(frozen=True)
class LaidOut:
    """Pasted rows beside planned doses, in the order of the plan, and those that fit none."""

    placed: tuple[Placed, ...]
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
    """Yield the cells of each line; a spreadsheet sets them apart by tabs, and quotes what holds one.

    No cell of a diary holds a line break: a quote that a line leaves open is refused, for it would swallow
    the rows below.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = "\t" if "\t" in text or ";" not in text else ";"
    for number, line in enumerate(lines, start=1):
        try:
            cells = next(csv.reader((line,), delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            raise RuleBroken("diary.paste_quote", row=number, said=shown_cell(line)) from error
        yield [cell.strip() for cell in cells]


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


def _said(row: PastedRow, today: date) -> tuple[str, str, str, str]:
    """Return what a row says, however it is written: two that say the same are one told twice, or two."""
    day, midnight = whole_day(row.day, today), datetime.combine(today, time.min)
    clock = compared(row.time)
    if is_time_of_day(row.time, midnight):
        clock = parse_time(row.time, midnight).isoformat()
    written = compared(row.day) if day is None else day.isoformat()
    return written, clock or "~", compared(row.site), compared(row.amount)


def _readable(rows: Iterable[PastedRow], today: date) -> Iterator[PastedRow | LeftOut]:
    """Yield the rows by day and time, and those that stand beside no planned dose whatever is free."""
    told: dict[tuple[str, str, str, str], PastedRow] = {}
    for row in sorted(rows, key=lambda row: (*_said(row, today), row.number)):
        if max(map(len, (row.day, row.time, row.site, row.amount))) > LONGEST_CELL:
            yield LeftOut(row, "diary.paste_long")
        elif not row.day:
            yield LeftOut(row, "diary.paste_no_day")
        elif (first := told.setdefault(_said(row, today), row)) is not row:
            yield LeftOut(row, "diary.paste_twice", first.number)
        else:
            yield row


# What is planned once rows are placed, where each dose moves those after it.
Again = Callable[[Sequence[Placed]], Sequence[Slot]]


class _Places:
    """The empty planned doses of a diary, and the pasted rows laid beside them."""

    def __init__(self, empty: Sequence[Slot], again: Again | None) -> None:
        self._empty, self._again = empty, again
        self.placed: list[Placed] = []

    def free(self) -> list[Slot]:
        """Return the planned doses that no row is laid beside, as the rows placed so far leave the plan."""
        plan = self._empty if self._again is None else self._again(self.placed)
        taken = {slot.number for _, slot in self.placed}
        return [slot for slot in plan if slot.number not in taken]

    def place_on(self, row: PastedRow, day: date) -> bool:
        """Lay a row beside the planned dose of its very day, and tell whether there was one."""
        # Where doses move those after them, a planned day is known once the rows before it are placed.
        return self._again is None and self._place(
            row, (slot for slot in self.free() if slot.planned_on == day)
        )

    def place_within(self, row: PastedRow, day: date) -> bool:
        """Lay a row beside the earliest planned dose whose window holds its day."""
        return self._place(row, (slot for slot in self.free() if slot.holds(day)))

    def place_next(self, row: PastedRow) -> bool:
        """Lay a row beside the next planned dose after those of the rows above it."""
        before = max((slot.number for known, slot in self.placed if known.number < row.number), default=0)
        return self._place(row, (slot for slot in self.free() if slot.number > before))

    def _place(self, row: PastedRow, fitting: Iterator[Slot]) -> bool:
        slot = next(fitting, None)
        if slot is not None:
            self.placed.append((row, slot))
        return slot is not None


def lay_out(
    rows: Iterable[PastedRow], empty: Sequence[Slot], today: date, again: Again | None = None
) -> LaidOut:
    """Lay each pasted row beside a planned dose: that of its day, else the earliest whose window holds it.

    Rows are taken by day and time, whatever their order; `again` lays the plan with those placed so far,
    where each dose moves those after it. A row without a date stands beside none: a planned day is no day on
    which anything was given. One whose date cannot be read stands beside the next empty one, to be put right
    there. Of rows that say the same one is laid out, and the others are told.
    """
    places, left_out = _Places(empty, again), list[LeftOut]()
    dated: list[tuple[PastedRow, date]] = []
    unread: list[PastedRow] = []
    for row in _readable(rows, today):
        if isinstance(row, LeftOut):
            left_out.append(row)
        elif (day := whole_day(row.day, today)) is None:
            unread.append(row)
        else:
            dated.append((row, day))
    near = [(row, day) for row, day in dated if not places.place_on(row, day)]
    others = [row for row, day in near if not places.place_within(row, day)]
    unread.sort(key=lambda row: row.number)
    others += [row for row in unread if not places.place_next(row)]
    left_out += [LeftOut(row, "diary.paste_no_plan") for row in others]
    placed = sorted(places.placed, key=lambda each: each[1].number)
    return LaidOut(tuple(placed), tuple(sorted(left_out, key=lambda each: each.row.number)))
