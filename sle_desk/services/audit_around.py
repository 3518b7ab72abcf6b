"""What rows of the audit point at, read once for a list: whose number it is, which field, which unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.audit import Audit
from sle_desk.models.tables import METADATA, audited_tables

Contents = Iterable[tuple[Audit, Mapping[str, Any]]]
Wanted = dict[str, set[int]]

# What tells what a record is, and never changes meaning: no name, no number and no day of a person.
DESCRIBING: dict[str, tuple[str, ...]] = {
    "consent_version": ("code",),
    "ethics_approval": ("approval_number",),
    "answer": ("field", "form_record_id", "unit"),
    "deviation": ("code",),
    "dispensing": ("drug", "unit"),
    "dose": ("drug", "unit"),
    "dose_vials": ("unit",),
    "form_record": ("form",),
    "lab_range": ("analyte", "unit"),
    "laboratory": ("name",),
    "protocol_amendment": ("package_version",),
    "protocol_decision": ("code",),
    "query": ("about_table", "about_id"),
    "result": ("analyte", "unit", "standard_unit"),
    "sample": ("panel",),
    "not_drawn": ("panel",),
    "stock_movement": ("drug", "kind", "unit"),
    "study_fact": ("name",),
    "subject": ("code",),
    "user": ("name",),
    "visit": ("code",),
}
# The table that a column points at.
POINTS_AT: dict[str, dict[str, str]] = {
    table.name: {
        column.name: key.column.table.name for column in table.columns for key in column.foreign_keys
    }
    for table in audited_tables()
}
# So many numbers in one question to the file.
AT_ONCE = 1_000


@dataclass(frozen=True)
class Around:
    """The records that rows of the audit are about or point at, by table and number."""

    records: Mapping[str, Mapping[int, Mapping[str, Any]]] = field(default_factory=dict)

    def of(self, table: str, row_id: object) -> Mapping[str, Any]:
        """Return what describes a record; nothing where it is not known."""
        return self.records.get(table, {}).get(row_id, {}) if isinstance(row_id, int) else {}


NOWHERE = Around()


def read_around(session: Session, contents: Contents) -> Around:
    """Return what describes the records of these rows; few questions, however many rows there are."""
    found: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    wanted: Wanted = defaultdict(set)
    for row, content in contents:
        for table, row_id in _pointed(row, content):
            wanted[table].add(row_id)
    while wanted:
        further: Wanted = defaultdict(set)
        for table, numbers in wanted.items():
            for row_id, record in _read(session, table, sorted(numbers - found[table].keys())):
                found[table][row_id] = record
                for other, number in _onwards(table, record):
                    further[other].add(number)
        wanted = {
            table: left for table, numbers in further.items() if (left := numbers - found[table].keys())
        }
    return Around(dict(found))


def _pointed(row: Audit, content: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if row.table_name in DESCRIBING and row.row_id is not None and content:
        yield row.table_name, row.row_id
    for side in (content.get("old"), content.get("new")):
        if isinstance(side, dict):
            yield from _onwards(row.table_name, side)


def _onwards(table: str, record: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, other in POINTS_AT.get(table, {}).items():
        if other in DESCRIBING and isinstance(record.get(name), int):
            yield other, record[name]
    if record.get("about_table") in DESCRIBING and isinstance(record.get("about_id"), int):
        yield record["about_table"], record["about_id"]


def _read(session: Session, table: str, numbers: list[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = METADATA.tables[table].c
    names = DESCRIBING[table]
    for start in range(0, len(numbers), AT_ONCE):
        asked = select(columns.id, *(columns[name] for name in names)).where(
            columns.id.in_(numbers[start : start + AT_ONCE])
        )
        for row_id, *values in session.execute(asked):
            yield row_id, dict(zip(names, values, strict=True))
