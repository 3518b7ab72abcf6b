"""Taking a text out of the file that was typed by accident, a name in a note: the chain of the audit stays.

What stands in records is replaced like any correction. Audit rows that hold the text lose it: their own
hash and link stay as they were written, and a later row of the chain says which rows were changed and what
they hold now. Whoever forges a row without that is found by the opening checks as before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text

from sle_desk.domain.sealing import canonical, content_hash
from sle_desk.models.store import schema
from sle_desk.models.store.capture import COLUMNS
from sle_desk.models.tables import audited_tables

MARK = "[redacted]"
REDACT = "audit.redact"
# Tables where a name belongs, or that hold the protocol, people's accounts and the sealed list.
KEPT = frozenset(
    {"identity", "user", "user_role", "user_session", "delegation", "study_fact", "protocol_file"}
    | {"allocation", "allocation_list", "allocation_slot", "lab_range", "laboratory", "consent_version"}
)
# Columns whose texts are codes of the program or the protocol; every other text is a person's own words.
CODED = frozenset(
    {"about_table", "analyte", "audit_code", "choice", "code", "comparator", "content_hash", "copy_given"}
    | {
        "consent_version",
        "decision",
        "dose_relation",
        "drug",
        "fasting",
        "field",
        "file_hash",
        "flag",
        "form",
    }
    | {"form_version", "grade_reason", "grade_version", "kind", "language", "leaf", "meaning", "missing"}
    | {"option", "panel", "place", "precheck", "preset", "progress", "protocol_version", "quotes_sha256"}
    | {
        "range_source",
        "reaction",
        "role",
        "screening_number",
        "severity",
        "sex",
        "significance",
        "signed_time",
    }
    | {
        "at_time",
        "site",
        "source",
        "standard_unit",
        "state",
        "statement_language",
        "target",
        "unit",
        "verdict",
    }
)


@dataclass(frozen=True)
class Place:
    """A value of a record that holds the text."""

    table: str
    row_id: int
    column: str


def free_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that hold a person's own words."""
    if table.name in KEPT:
        return ()
    return tuple(
        column.name for column in table.columns if type(column.type) is Text and column.name not in CODED
    )


def places(cursor: Any, text: str) -> tuple[Place, ...]:
    """Return every value of a record that holds the text."""
    found = []
    for table in audited_tables():
        for name in free_columns(table):
            question = f'SELECT id FROM "{table.name}" WHERE instr("{name}", ?) ORDER BY id'
            found += [Place(table.name, row[0], name) for row in cursor.execute(question, (text,)).fetchall()]
    return tuple(found)


def audit_rows(cursor: Any, text: str) -> tuple[int, ...]:
    """Return the numbers of the audit rows that hold the text where it may be taken out."""
    return tuple(number for number, _, _ in _changed_rows(cursor, text))


def replace_in_records(cursor: Any, text: str, found: tuple[Place, ...]) -> None:
    """Replace the text in records; the audit captures it like any change."""
    for place in found:
        statement = (
            f'UPDATE "{place.table}" SET "{place.column}" = replace("{place.column}", ?, ?),'
            " version = version + 1 WHERE id = ?"
        )
        cursor.execute(statement, (text, MARK, place.row_id))
    cursor.execute("UPDATE draft SET typed = replace(typed, ?, ?)", (text, MARK))


def redact_audit(cursor: Any, text: str) -> list[dict[str, Any]]:
    """Take the text out of audit rows, inside the caller's transaction; return what each row holds now.

    The trigger that forbids it is put back before anything is kept.
    """
    changed = list(_changed_rows(cursor, text))
    cursor.execute("DROP TRIGGER audit_no_update")
    for number, payload, reason in changed:
        cursor.execute("UPDATE audit SET payload = ?, reason = ? WHERE number = ?", (payload, reason, number))
    cursor.execute(schema.NO_UPDATE)
    return [
        {"number": number, "holds": row_content(row)}
        for number, _, _ in changed
        for row in cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM audit WHERE number = ?", (number,)
        ).fetchall()
    ]


def row_content(row: Any) -> str:
    """Return the hash of everything an audit row holds, its written hash and link too."""
    return content_hash(list(row))


def _changed_rows(cursor: Any, text: str) -> Iterator[tuple[int, str | None, str]]:
    rows = cursor.execute(
        "SELECT number, table_name, payload, reason FROM audit"
        " WHERE NOT (action = ? AND operation = 'event') AND (instr(payload, ?) OR instr(reason, ?))"
        " ORDER BY number",
        (REDACT, text, text),
    ).fetchall()
    free = {table.name: frozenset(free_columns(table)) for table in audited_tables()}
    for number, table, payload, reason in rows:
        now = (_payload(payload, free.get(table), text), reason.replace(text, MARK))
        if now != (payload, reason):
            yield (number, *now)


def _payload(payload: str | None, free: frozenset[str] | None, text: str) -> str | None:
    """Return a payload without the text; `free` names the columns of a row, None is an event."""
    if payload is None or text not in payload:
        return payload
    content = json.loads(payload)
    if free is None:
        content = _without(content, text)
    else:
        for side in content.values():
            side.update({name: _without(side[name], text) for name in free & set(side)})
    return canonical(content).decode("utf-8")


def _without(content: Any, text: str) -> Any:
    if isinstance(content, str):
        return content.replace(text, MARK)
    if isinstance(content, list):
        return [_without(each, text) for each in content]
    if isinstance(content, dict):
        return {name: _without(each, text) for name, each in content.items()}
    return content


class Redactions:
    """The rows of a chain that no longer hold what they were written with, until one attests them."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[str, str]] = {}
        self._attested: dict[int, set[str]] = {}

    def meet(self, row: Any, fault: str) -> None:
        """Take note of a row whose content is not what was written, and what it would be a fault of."""
        self._open[row[0]] = (row_content(row), fault)

    def attest(self, payload: str) -> None:
        """Take the word of a row that says what others hold since."""
        for each in json.loads(payload)["rows"]:
            self._attested.setdefault(each["number"], set()).add(each["holds"])

    def unattested(self) -> Iterator[tuple[int, str]]:
        """Yield the number and fault of each changed row that nothing stands for."""
        for number, (holds, fault) in sorted(self._open.items()):
            if holds not in self._attested.get(number, ()):
                yield number, fault
