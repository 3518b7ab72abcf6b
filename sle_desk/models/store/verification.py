"""The opening checks: is this the study, is it whole, and is it what its audit says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlcipher3 import dbapi2 as driver

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.audit_columns import column_words
from sle_desk.domain.audit_words import table_words
from sle_desk.domain.sealing import content_hash, first_link, next_link, sha256
from sle_desk.models.store import schema
from sle_desk.models.store.capture import COLUMNS
from sle_desk.models.store.held import is_held
from sle_desk.models.store.migration import MIGRATE
from sle_desk.models.store.redaction import MARK, REDACT, Redactions

ACTION, OPERATION, ROLE, REASON = (COLUMNS.index(name) for name in ("action", "operation", "role", "reason"))
# The hash of a row that was written without a payload; under any other hash one belongs there.
NO_PAYLOAD = sha256(b"")
STEPS = ("identity", "schema", "pages", "seals", "foreign_keys", "chain", "replay")
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold: a code, and where (table, row, field, audit number)."""

    code: str
    facts: dict[str, object]


@dataclass(frozen=True)
class Verified:
    """The answer of a whole check, with the audit head it was made at."""

    faults: tuple[Fault, ...]
    number: int
    link: str
    study_id: str

    @property
    def holds(self) -> bool:
        """Tell whether nothing was found."""
        return not self.faults


def quiet(step: str, share: float) -> None:
    """Report progress to nobody."""


def verify(cursor: Any, report: Report = quiet, *, older: bool = False) -> Verified:
    """Run every check; identity faults stop at once, since nothing behind them can be trusted.

    A page that cannot even be read is a fault like any other, and so is an earlier schema, unless an
    `older` file is looked at before it is migrated, or a backup of one.
    """
    try:
        return _verified(cursor, report, older)
    except driver.DatabaseError as error:
        if is_held(error):
            return Verified((Fault("file.held_at_check", {"reason": str(error)}),), 0, "", "")
        return Verified((Fault("file.damaged", {"found": str(error), "count": 1}),), 0, "", "")


def _verified(cursor: Any, report: Report, older: bool) -> Verified:
    report("identity", 0)
    faults = list(_identity(cursor, older))
    if faults:
        return Verified(tuple(faults), 0, "", "")
    for step, check in (("schema", _schema), ("pages", _pages), ("seals", _seals), ("foreign_keys", _keys)):
        report(step, 0)
        faults += check(cursor)
    if faults:
        return Verified(tuple(faults), 0, "", "")
    study_id = fact(cursor, "study_id")
    current = ReplayedRows()
    chain_faults, number, link = _chain(cursor, study_id, current, report)
    faults += chain_faults
    report("replay", 0)
    faults += list(current.differences(cursor))
    return Verified(tuple(faults), number, link, study_id)


def fact(cursor: Any, name: str) -> str:
    """Return a fact of the study file by name, or an empty text."""
    row = cursor.execute("SELECT value FROM study_fact WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def _identity(cursor: Any, older: bool) -> Iterator[Fault]:
    application = cursor.execute("PRAGMA application_id").fetchone()[0]
    if application != schema.APPLICATION_ID:
        yield Fault("file.other_application", {"found": application})
        return
    version = schema.number_of(cursor)
    if older and 1 <= version <= schema.SCHEMA:
        return
    if version > schema.SCHEMA:
        yield Fault("file.newer", {"found": version, "known": schema.SCHEMA})
    elif version < schema.SCHEMA:
        yield Fault("file.older", {"found": version, "known": schema.SCHEMA})


@cache
def expected_schema_hash(number: int = schema.SCHEMA) -> str:
    """Return the hash of the schema that the migrations up to a number make."""
    connection = driver.connect(":memory:", isolation_level=None)
    try:
        schema.create(connection.cursor(), number)
        return schema.schema_hash(connection.cursor())
    finally:
        connection.close()


def _schema(cursor: Any) -> list[Fault]:
    found = schema.schema_hash(cursor)
    expected = expected_schema_hash(schema.number_of(cursor))
    return [] if found == expected else [Fault("file.schema_changed", {"found": found[:12]})]


def _pages(cursor: Any) -> list[Fault]:
    rows = [str(row[0]) for row in cursor.execute("PRAGMA quick_check").fetchall()]
    return [] if rows == ["ok"] else [Fault("file.damaged", {"found": rows[0], "count": len(rows)})]


def _seals(cursor: Any) -> list[Fault]:
    # quick_check alone missed half of the bit flips tried; every row of the answer counts.
    rows = [str(row[0]) for row in cursor.execute("PRAGMA cipher_integrity_check").fetchall()]
    return [Fault("file.seal_broken", {"found": rows[0], "count": len(rows)})] if rows else []


def _keys(cursor: Any) -> list[Fault]:
    rows = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return [Fault("file.reference_broken", {"table": row[0], "row": row[1]}) for row in rows[:20]]


def chain_start(cursor: Any, study_id: str) -> str:
    """Return the link before the first audit row, from the study's number and package."""
    return first_link(study_id, fact(cursor, "package_hash"))


def holds_until(cursor: Any, number: int) -> bool:
    """Tell whether the chain holds up to a row, with everything that its rows were written with."""
    faults, _, _ = _chain(cursor, fact(cursor, "study_id"), ReplayedRows(), quiet)
    return all(int(str(fault.facts["number"])) > number for fault in faults)


def _chain(cursor: Any, study_id: str, current: ReplayedRows, report: Report) -> tuple[list[Fault], int, str]:
    link = chain_start(cursor, study_id)
    last = int(cursor.execute("SELECT coalesce(max(number), 0) FROM audit").fetchone()[0])
    number = 0
    report("chain", 0)
    redactions = Redactions()
    for row in cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number"):
        number += 1
        *head, payload, payload_hash, written = row
        if row[0] != number:
            return [Fault("audit.gap", {"number": number, "found": row[0]})], number - 1, link
        link = next_link(link, number, content_hash([*head, payload_hash]))
        if payload is None and payload_hash != NO_PAYLOAD:
            return [Fault("audit.payload_missing", {"number": number})], number, link
        try:
            is_changed = payload is not None and sha256(payload.encode("utf-8")) != payload_hash
            if is_changed and MARK in payload:
                redactions.meet(row, "audit.payload_changed")
            elif is_changed:
                return [Fault("audit.payload_changed", {"number": number})], number, link
            elif row[OPERATION] == "event":
                _take_event(row, payload, redactions, current)
            if link != written:
                # Only the reason may have lost a text: it is then marked, and attested as a whole.
                if MARK not in row[REASON]:
                    return [Fault("audit.link_broken", {"number": number})], number, link
                redactions.meet(row, "audit.link_broken")
            if payload is not None:
                current.apply(row[10], row[11], row[OPERATION], payload)
        except (ValueError, KeyError, TypeError, AttributeError):
            # A payload that cannot even be read was not written by the application.
            return [Fault("audit.payload_changed", {"number": number})], number, link
        # What follows was bound to the link as it was written: a row that nothing attests is told below.
        link = written
        if number % 5000 == 0:
            report("chain", number / last)
    faults = [Fault(code, {"number": told}) for told, code in redactions.unattested()]
    return faults[:1], number, link


def _take_event(row: Any, payload: str | None, redactions: Redactions, current: ReplayedRows) -> None:
    """Take in what is said of the file itself: rows that hold something else since, another schema."""
    if row[ACTION] == REDACT and roles.may(row[ROLE], REDACT):
        redactions.attest(payload or "")
    elif row[ACTION] == MIGRATE:
        said = json.loads(payload or "")
        for number in range(said["from"] + 1, said["to"] + 1):
            current.upgrade(number)


class ReplayedRows:
    """The rows that the audit says are there now, to be compared with those that are."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, dict[str, Any]]] = {}

    def apply(self, table: str, row_id: int | None, operation: str, payload: str) -> None:
        """Take one audit row in."""
        if operation == "event" or row_id is None:
            return
        content = json.loads(payload)
        rows = self._rows.setdefault(table, {})
        if operation == "insert":
            rows[row_id] = content["new"]
        elif operation == "update":
            rows.setdefault(row_id, {}).update(content["new"])
        else:
            rows.pop(row_id, None)

    def upgrade(self, number: int) -> None:
        """Make of every row what a migration made of it."""
        change = schema.UPGRADES[number]
        for table, rows in self._rows.items():
            self._rows[table] = {row_id: change(table, row) for row_id, row in rows.items()}

    def differences(self, cursor: Any) -> Iterator[Fault]:
        """Yield each row or field that differs from what the audit says."""
        for table, names in schema.tables(cursor).items():
            columns = ", ".join(f'"{name}"' for name in names)
            expected = self._rows.pop(table, {})
            for values in cursor.execute(f'SELECT {columns} FROM "{table}"'):
                row = dict(zip(names, values, strict=True))
                said = expected.pop(row["id"], None)
                if said is None:
                    yield Fault("replay.row_not_in_audit", _where(cursor, table, row))
                elif said != row:
                    yield from _fields_that_differ(cursor, table, said, row)
            for row_id, said in expected.items():
                yield Fault("replay.row_missing", _where(cursor, table, {**said, "id": row_id}))


def _fields_that_differ(
    cursor: Any, table: str, said: dict[str, Any], row: dict[str, Any]
) -> Iterator[Fault]:
    for name in row:
        if said.get(name) != row[name] or name not in said:
            facts = {**_where(cursor, table, row), "field": name, "called": column_words(name)}
            yield Fault("replay.value_differs", facts)


# How a row that names no subject itself leads to the row that does.
PARENTS = {"answer": ("form_record_id", "form_record"), "result": ("sample_id", "sample"),
           "dose_vials": ("dose_id", "dose")}  # fmt: skip


def _where(cursor: Any, table: str, row: dict[str, Any]) -> dict[str, object]:
    """Return where a row is: table and number, and in words with the subject that it is about."""
    code, name = subject_of(cursor, table, row), table_words(table)
    english, chinese = f"{name.en} {row['id']}", f"{name.zh} {row['id']}"
    place = Words(f"{english} of {code}", f"{code} 的{chinese}") if code else Words(english, chinese)
    return {"table": table, "row": row["id"], "place": place}


def subject_of(cursor: Any, table: str, row: dict[str, Any]) -> str:
    """Return the code of the subject that a row is about, as far as the file still tells it."""
    if table == "subject":
        return str(row.get("code") or "")
    key = row.get("subject_id")
    if table in PARENTS:
        column, parent = PARENTS[table]
        asked = cursor.connection.cursor().execute(
            f'SELECT subject_id FROM "{parent}" WHERE id = ?', (row.get(column),)
        )
        found = asked.fetchone()
        key = found[0] if found else None
    asked = cursor.connection.cursor().execute("SELECT code FROM subject WHERE id = ?", (key,))
    found = asked.fetchone()
    return str(found[0]) if found else ""
