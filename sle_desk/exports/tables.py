"""Named tables with typed columns: the form every export is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.domain.values import Measured

TYPES = ("text", "code", "number", "whole", "day", "partial_day", "instant")
Value = str | Decimal | int | date | datetime | Measured | None
Row = Sequence[Value]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True)
class Column:
    """One column: its name, its label, and what stands in it.

    `source` says where a value comes from (form and field, or a CDISC name), `derivation` how it is
    computed. An `as_typed` number takes `Measured` values and is written with the text as typed and
    the comparator beside it; a value with a comparator has no number, only these two. Of a `packaged` text
    every word is the protocol's own: what people typed is none.
    """

    name: str
    label: Words
    type: str = "text"
    unit: str = ""
    codelist: str = ""
    source: str = ""
    derivation: Words | None = None
    as_typed: bool = False
    packaged: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"no name for a column: {self.name!r}")
        if self.type not in TYPES:
            raise ValueError(f"{self.name}: no such type: {self.type}")
        if self.as_typed and self.type != "number":
            raise ValueError(f"{self.name}: only a number is kept as typed")


@dataclass(frozen=True)
class Table:
    """A named table; each row has one value for each column, in order."""

    name: str
    label: Words
    columns: tuple[Column, ...]
    rows: Sequence[Row]


@dataclass(frozen=True)
class CodeList:
    """The codes that a column may hold, with their words."""

    name: str
    codes: tuple[tuple[str, Words], ...]


# What one column becomes on a sheet: name ending, type, and what the label gains.
_PARTS = {
    "as_typed": (
        ("typed", "text", Words(", as typed", "（原始录入）")),
        ("comparator", "text", Words(", comparator", "（比较符）")),
    ),
    "partial_day": (
        ("year", "whole", Words(", year", "（年）")),
        ("month", "whole", Words(", month", "（月）")),
        ("day", "whole", Words(", day", "（日）")),
    ),
}


def written_columns(column: Column) -> tuple[Column, ...]:
    """Return the columns this one becomes on a sheet: itself, then its typed text or its parts."""
    parts = _PARTS["as_typed" if column.as_typed else "partial_day"] if _has_parts(column) else ()
    return (column, *(_beside(column, *part) for part in parts))


def _has_parts(column: Column) -> bool:
    return column.as_typed or column.type == "partial_day"


def _beside(column: Column, ending: str, kind: str, gain: Words) -> Column:
    ending = ending.upper() if column.name.isupper() else ending
    label = Words(column.label.en + gain.en, column.label.zh + gain.zh)
    made = replace(column, name=f"{column.name}_{ending}", label=label, type=kind, unit="", as_typed=False)
    return replace(made, source=column.name, derivation=None, codelist="")


def flat_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns of the table as they stand on a sheet; a name may not stand there twice."""
    columns = tuple(flat for column in table.columns for flat in written_columns(column))
    names = [column.name.upper() for column in columns]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{table.name}: two columns are called {twice}")
    return columns


MOST_DIGITS = 15  # a workbook keeps numbers in binary: the sixteenth digit changes


def significant_digits(value: Decimal) -> int:
    """Return how many digits matter: leading zeros never, trailing zeros not."""
    digits = value.as_tuple().digits
    start, end = 0, len(digits)
    while end and digits[end - 1] == 0:
        end -= 1
    while start < end and digits[start] == 0:
        start += 1
    return end - start


Flat = str | Decimal | int | date | None


def flat_rows(table: Table) -> Iterator[list[Flat]]:
    """Yield the rows with one plain value for each written column; an empty text is no value."""
    plans = [(column.type, column.as_typed) for column in table.columns]
    for number, row in enumerate(table.rows, 1):
        if len(row) != len(plans):
            raise ValueError(f"{table.name}, row {number}: {len(row)} values for {len(plans)} columns")
        flat: list[Flat] = []
        for (kind, as_typed), value in zip(plans, row, strict=True):
            flat += _flat(kind, as_typed, value)
        yield flat


def _flat(kind: str, as_typed: bool, value: Value) -> tuple[Flat, ...]:
    if as_typed:
        return _measured(value)
    if kind == "partial_day":
        return _partial(value)
    if value is None or value == "":
        return (None,)
    if isinstance(value, datetime):
        return (instant_text(value),)
    if isinstance(value, Measured):
        raise TypeError("a value as typed needs a column that keeps it as typed")
    return (value,)


def _measured(value: Value) -> tuple[Flat, ...]:
    if value is None:
        return None, None, None
    if not isinstance(value, Measured):
        raise TypeError(f"a column as typed takes Measured, not {type(value).__name__}")
    # "<0.5" is not 0.5: with a comparator there is no number, only what was typed. And a number that
    # a workbook would change stands only as typed.
    kept = not value.comparator and significant_digits(value.value) <= MOST_DIGITS
    number = value.value if kept else None
    return number, value.typed or None, value.comparator or None


def _partial(value: Value) -> tuple[Flat, ...]:
    if value is None or value == "":
        return None, None, None, None
    parts = str(value).split("-")
    return (str(value), *(None if part == "UK" else int(part) for part in parts))


def instant_text(at: datetime) -> str:
    """Return an aware instant as ISO 8601 text to the second, with its offset."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return at.isoformat(timespec="seconds" if at.microsecond == 0 else "microseconds")
