"""The workbook: a sheet for each table, typed cells, and the sheets that explain them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from lxml import etree
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet import _writer as sheet_writer

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.language import Language
from sle_desk.base.private import half_made
from sle_desk.base.written import write_file
from sle_desk.exports.about import (
    CODE_LISTS,
    DICTIONARY,
    MARK_COLUMN,
    READ_ME,
    About,
    code_lists,
    dictionary,
    read_me,
)
from sle_desk.exports.cells import Write, cell_writer
from sle_desk.exports.tables import Column, Flat, Table, flat_columns, flat_rows

DAY_FORMAT = "yyyy-mm-dd"
MARK = "DEMONSTRATION DATA 演示数据"
LONGEST_NAME = 31
MOST_ROWS = 1_048_575
_FORBIDDEN = set("[]:*?/\\'")
_WIDTHS = {"number": 12, "whole": 10, "day": 12, "partial_day": 13, "instant": 27, "code": 14, "text": 22}
_WIDE = {
    READ_ME: (34, 120),
    DICTIONARY: (14, 22, 34, 30, 12, 30, 12, 14, 26, 60, 60),
    CODE_LISTS: (16, 16, 44, 44),
}


def write_workbook(
    path: Path,
    tables: Sequence[Table],
    about: About,
    language: Language,
    *,
    replace: bool = False,
    before_sheet: Callable[[int, int], object] = lambda number, count: None,
    study: Path | None = None,
) -> Path:
    """Write the tables as a workbook, each on its sheet, with Read me, Dictionary and Code lists.

    `before_sheet` is told the number of each sheet and how many there are; what it raises leaves no file.
    Of a `study` the next opening removes what a process left that was killed meanwhile.
    RuleBroken when a cell could not be kept as it is (`workbook.control`, `workbook.too_long`,
    `workbook.digits`, `workbook.not_a_number`, `workbook.day`; the facts name sheet, row and column),
    when a sheet has too many rows, or when the file exists and `replace` was not asked for.
    """
    given = tuple(tables)
    _check(given, about)
    if not replace and path.exists():
        raise RuleBroken("file.exists", name=path.name, folder=str(path.parent))
    sheets = [read_me(about, given, language), *given, dictionary(given, language), code_lists(about)]
    # Half-made sheets hold coded data: they lie in the folder chosen for the export, not elsewhere.
    with half_made(study or path.parent, path) as folder:
        save = partial(_save, sheets, about, folder, before_sheet)
        return write_file(path, save, replace=replace, waiting=folder)


def guarded_reader(name: str) -> None:
    """Refuse to read a workbook where XML would be read without its guard against hostile files."""
    if not openpyxl.DEFUSEDXML:
        raise StorageFailed("workbook.unsafe_reader", name=name)


def _check(tables: tuple[Table, ...], about: About) -> None:
    """Sheets, code lists and sizes that would break the workbook are refused before it is begun."""
    names = {READ_ME.casefold(), DICTIONARY.casefold(), CODE_LISTS.casefold()}
    lists = {codelist.name for codelist in about.codelists}
    for table in tables:
        if not 0 < len(table.name) <= LONGEST_NAME or _FORBIDDEN & set(table.name):
            raise ValueError(f"no name for a sheet: {table.name!r}")
        if table.name.casefold() in names:
            raise ValueError(f"two sheets are called {table.name}")
        names.add(table.name.casefold())
        if len(table.rows) > MOST_ROWS:
            raise RuleBroken("workbook.rows", sheet=table.name, rows=len(table.rows), most=MOST_ROWS)
        for column in table.columns:
            if column.codelist and column.codelist not in lists:
                raise ValueError(f"{table.name}.{column.name}: no code list {column.codelist}")


def _save(
    sheets: Sequence[Table],
    about: About,
    folder: Path,
    before_sheet: Callable[[int, int], object],
    file: BinaryIO,
) -> None:
    book = openpyxl.Workbook(write_only=True)
    properties = book.properties
    properties.creator, properties.lastModifiedBy = about.application, None
    properties.title = f"{about.study.en} {about.export_number}"
    properties.created = about.made_at.astimezone(UTC).replace(tzinfo=None)
    try:
        for number, table in enumerate(sheets, 1):
            before_sheet(number, len(sheets))
            _Sheet(book.create_sheet(table.name), table, about, folder / f"{number}.xml").write()
        book.save(file)
    except etree.SerialisationError as error:
        # What the writer of XML calls a disk that is full or fails.
        raise OSError(errno.EIO, str(error)) from error


def _ready_cells(cells: Sequence[Any], row: int) -> Iterator[Any]:
    for column, cell in enumerate(cells, 1):
        if cell is not None:
            cell.row, cell.column = row, column
            yield cell


class _Sheet:
    """One sheet being written: its columns, and one ready cell for each of them."""

    def __init__(self, sheet: Any, table: Table, about: About, file: Path) -> None:
        self.sheet, self.table, self.about = sheet, table, about
        self.columns = flat_columns(table)
        if about.demonstration:
            self.columns = (*self.columns, Column(MARK_COLUMN, about.study))
        self._prepare()
        # The half-made sheet lies where the export goes; openpyxl takes it away with its own.
        sheet._writer = sheet_writer.WorksheetWriter(sheet, out=str(file))
        sheet_writer.ALL_TEMP_FILES.append(str(file))
        sheet._writer.write_top()
        # Its own way tries each cell as a plain value first, which takes longer than writing it.
        sheet._values_to_row = _ready_cells
        self.cells = [self._ready(column) for column in self.columns]
        self.writers: list[Write] = [cell_writer(column) for column in self.columns]

    def _prepare(self) -> None:
        sheet, about = self.sheet, self.about
        sheet.freeze_panes = "A2"
        widths = _WIDE.get(self.table.name, ())
        for place, column in enumerate(self.columns):
            own = max(_WIDTHS[column.type], len(column.name) + 4)
            letter = get_column_letter(place + 1)
            sheet.column_dimensions[letter].width = widths[place] if place < len(widths) else own
        last = get_column_letter(len(self.columns))
        sheet.auto_filter.ref = f"A1:{last}{len(self.table.rows) + 1}"
        sheet.HeaderFooter.oddFooter.left.text = about.export_number
        sheet.HeaderFooter.oddFooter.right.text = f"{about.audit_number}:{about.audit_code}"
        if about.demonstration:
            sheet.HeaderFooter.oddHeader.center.text = MARK
            sheet.sheet_properties.tabColor = "FFC000"

    def _ready(self, column: Column) -> Any:
        """One cell serves its whole column: styling each anew doubles the time."""
        cell = WriteOnlyCell(self.sheet)
        if column.type == "day":
            cell.number_format = DAY_FORMAT
        elif column.type not in ("number", "whole"):
            # Marked as text twice over: neither `=` nor a long number is anything else for Excel.
            cell.data_type = "s"
            cell.quotePrefix = True
            if self.table.name in _WIDE:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def write(self) -> None:
        """Write head and rows."""
        mark = [MARK] if self.about.demonstration else []
        try:
            self.sheet.append([self._head(column.name) for column in self.columns])
            for number, row in enumerate(flat_rows(self.table), 2):
                self.sheet.append(self._row(number, [*row, *mark]))
        finally:
            self.sheet.close()

    def _head(self, name: str) -> Any:
        cell = WriteOnlyCell(self.sheet, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="EDF1F3")
        return cell

    def _row(self, number: int, row: Sequence[Flat]) -> list[Any]:
        cells: list[Any] = []
        for place, value in enumerate(row):
            if value is None:
                cells.append(None)
                continue
            cell = self.cells[place]
            try:
                cell._value = self.writers[place](value)
            except RuleBroken as broken:
                where = {"sheet": self.table.name, "row": number, "column": self.columns[place].name}
                raise RuleBroken(broken.code, **broken.facts, **where) from None
            cells.append(cell)
        return cells
