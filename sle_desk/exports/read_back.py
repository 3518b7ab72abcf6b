"""Reading a workbook back and comparing it, cell by cell, with the tables it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from sle_desk.base.errors import StorageFailed
from sle_desk.exports.about import CODE_LISTS, DICTIONARY, MARK_COLUMN, READ_ME
from sle_desk.exports.cells import text_read
from sle_desk.exports.tables import Flat, Table, flat_columns, flat_rows
from sle_desk.exports.workbook import guarded_reader

DICTIONARY_NAMES = ("TABLE", "COLUMN", "TYPE", "UNIT")


@dataclass(frozen=True)
class ReadColumn:
    """A column as the workbook's own dictionary declares it."""

    name: str
    type: str
    unit: str


@dataclass(frozen=True)
class ReadTable:
    """A sheet as it was read: columns from the dictionary, one plain value a cell."""

    name: str
    columns: tuple[ReadColumn, ...]
    rows: tuple[tuple[Flat, ...], ...]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be; row 2 is the first data row, 1 the head, 0 the sheet."""

    table: str
    row: int
    column: str
    expected: object
    found: object


def read_back(path: Path) -> tuple[ReadTable, ...]:
    """Return every table of a workbook made here; formulas are read as faults, never computed.

    StorageFailed `workbook.unsafe_reader` when XML would be read unguarded, `workbook.unreadable`
    when the file is not such a workbook or a sheet is not what its dictionary says.
    """
    guarded_reader(path.name)
    try:
        with path.open("rb") as file:
            return _tables(path, load_workbook(file, read_only=True))
    except (OSError, KeyError, ValueError, SyntaxError, BadZipFile) as error:
        # XML that is cut short is a SyntaxError to the reader.
        raise _unreadable(path, DICTIONARY, type(error).__name__) from error


def _tables(path: Path, book: Any) -> tuple[ReadTable, ...]:
    if DICTIONARY not in book.sheetnames:
        raise _unreadable(path, DICTIONARY, "missing")
    declared = _declared(_cells(book[DICTIONARY]))
    names = [name for name in book.sheetnames if name not in (READ_ME, DICTIONARY, CODE_LISTS)]
    return tuple(_table(path, name, declared.get(name, []), _cells(book[name])) for name in names)


def _unreadable(path: Path, sheet: str, reason: str) -> StorageFailed:
    return StorageFailed("workbook.unreadable", name=path.name, sheet=sheet, reason=reason)


def _cells(sheet: Any) -> Iterator[tuple[Flat, ...]]:
    return (tuple(_plain(cell) for cell in row) for row in sheet.rows)


def _plain(cell: Any) -> Flat:
    value = cell.value
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, float):
        # The shortest digits that mean this number: up to 15 they are those that were written.
        return Decimal(repr(value))
    if cell.data_type == "s":
        return text_read(value)
    # A formula or an error is no text of ours: it must not compare equal to one.
    return f"<{cell.data_type}> {value}"


def _declared(rows: Iterable[Sequence[Flat]]) -> Mapping[str, list[ReadColumn]]:
    declared: dict[str, list[ReadColumn]] = {}
    iterator = iter(rows)
    places = {str(name): place for place, name in enumerate(next(iterator, ()))}
    for cells in iterator:
        row = (*cells, *(None,) * len(places))
        table, name, kind, unit = (str(row[places[key]] or "") for key in DICTIONARY_NAMES)
        declared.setdefault(table, []).append(ReadColumn(name, kind, unit))
    return declared


def _table(
    path: Path, name: str, columns: Sequence[ReadColumn], rows: Iterator[tuple[Flat, ...]]
) -> ReadTable:
    head = [cell for cell in next(rows, ()) if cell is not None]
    marked = bool(head) and head[-1] == MARK_COLUMN
    names = [column.name for column in columns]
    if head[: len(head) - marked] != names:
        raise _unreadable(path, name, f"{head}")
    width = len(names)
    return ReadTable(name, tuple(columns), tuple((*row, *(None,) * width)[:width] for row in rows))


def compare(tables: Sequence[Table], read: Sequence[ReadTable]) -> list[Difference]:
    """Return every difference in sheets, columns, types, units, rows and values; none means equal."""
    found = {table.name: table for table in read}
    differences = [Difference(name, 0, "", None, "sheet") for name in found.keys() - {t.name for t in tables}]
    for table in tables:
        if table.name in found:
            differences += _differences(table, found[table.name])
        else:
            differences.append(Difference(table.name, 0, "", "sheet", None))
    return differences


def _differences(table: Table, read: ReadTable) -> Iterator[Difference]:
    columns = flat_columns(table)
    for column, seen in zip_longest(columns, read.columns):
        expected = None if column is None else ReadColumn(column.name, column.type, column.unit)
        if expected != seen:
            yield Difference(table.name, 1, column.name if column else "", expected, seen)
            return
    for number, (row, seen_row) in enumerate(zip_longest(flat_rows(table), read.rows), 2):
        if row is None or seen_row is None:
            yield Difference(table.name, number, "", row and tuple(row), seen_row)
            continue
        for column, value, seen_value in zip(columns, row, seen_row, strict=True):
            if not _same(value, seen_value):
                yield Difference(table.name, number, column.name, value, seen_value)


def _same(expected: Flat, found: Flat) -> bool:
    """Numbers by their exact value, everything else by type and value."""
    if isinstance(expected, Decimal | int) and isinstance(found, Decimal | int):
        return Decimal(expected) == Decimal(found)
    if isinstance(expected, date) and isinstance(found, datetime):
        return False
    return type(expected) is type(found) and expected == found
