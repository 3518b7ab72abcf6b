"""Audit capture: TEMP triggers note every changed row, and a commit drains them into the chain.

TEMP triggers catch ORM, Core, bulk and text SQL alike; ORM events do not.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.domain.sealing import canonical, content_hash, next_link, sha256

CAPTURE = "capture"
TRIGGER_PREFIX = "capture_"
COLUMNS = (
    *("number", "change", "at", "user_id", "user", "role", "session_id", "action", "reason", "application"),
    *("table_name", "row_id", "operation", "payload", "payload_hash", "link"),
)
# Statements are cached by their text: a text nobody can know cannot be run by anybody else.
UNKNOWN = f"/* {secrets.token_hex(8)} */"
INSERT_AUDIT = f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) {UNKNOWN}"
EMPTY_CAPTURE = f"DELETE FROM temp.{CAPTURE} {UNKNOWN}"
CREATE_CAPTURE = (
    f"CREATE TEMP TABLE {CAPTURE} (number INTEGER PRIMARY KEY, table_name TEXT, row_id INTEGER,"
    " operation TEXT, old TEXT, new TEXT)"
)


@dataclass
class Event:
    """Something that happened without a changed row: a sign-in, a print, a refusal."""

    action: str
    facts: dict[str, Any]
    # Why it was done, where it is told beside another act.
    reason: str = ""


@dataclass
class Context:
    """Who changes, in which role and session, why, and the one instant of the change."""

    at: datetime
    action: str
    user_id: int | None
    user: str
    role: str
    session_id: int | None
    application: str
    reason: str = ""
    # A step forward (a prepared dose is given), not a correction: it needs no reason.
    progress: bool = False
    corrected_tables: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    # A text that was typed by accident and is to be gone from the audit once this is kept.
    redacted: str = ""

    def reason_missing(self, rows: list[Any]) -> bool:
        """Tell whether captured rows correct something clinical and nobody said why."""
        if self.reason.strip() or self.progress:
            return False
        return any(row[3] != "insert" and row[1] in self.corrected_tables for row in rows)


def _json(table: Table, row: str) -> str:
    pairs = ", ".join(f"'{column.name}', {row}.\"{column.name}\"" for column in table.columns)
    return f"json_object({pairs})"


def trigger_statements(table: Table) -> tuple[str, ...]:
    """Return the TEMP triggers of one table: capture on insert, update and delete."""
    name = table.name
    keys = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
    statements = []
    for operation, row in keys.items():
        old = "NULL" if operation == "insert" else _json(table, "OLD")
        new = "NULL" if operation == "delete" else _json(table, "NEW")
        statements.append(
            f"CREATE TEMP TRIGGER {TRIGGER_PREFIX}{name}_{operation}"
            f' AFTER {operation.upper()} ON main."{name}"'
            f" BEGIN INSERT INTO {CAPTURE} (table_name, row_id, operation, old, new)"
            f" VALUES ('{name}', {row}.id, '{operation}', {old}, {new}); END"
        )
    return tuple(statements)


class Capture:
    """The capture of one connection: installs the triggers and drains them at commit."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self._tables = tables
        # The audit number up to which the last drain went.
        self.last_number = 0

    def install(self, cursor: Any) -> None:
        """Create the capture table and the triggers on a new connection."""
        cursor.execute(CREATE_CAPTURE)
        for table in self._tables:
            for statement in trigger_statements(table):
                cursor.execute(statement)

    def drain(self, cursor: Any, context: Context | None) -> frozenset[str]:
        """Move what was captured into the chain; return the tables changed.

        StorageFailed when rows changed and nobody stands for it: the caller rolls back.
        """
        rows = cursor.execute(
            f"SELECT number, table_name, row_id, operation, old, new FROM temp.{CAPTURE} ORDER BY number"
        ).fetchall()
        if not rows and not (context and context.events):
            return frozenset()
        if context is None:
            raise StorageFailed("audit.no_context")
        if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
            raise StorageFailed("audit.capture_disturbed")
        if context.reason_missing(rows):
            raise RuleBroken("change.reason_needed")
        self.last_number = append(cursor, context, rows)
        cursor.execute(EMPTY_CAPTURE)
        return frozenset(row[1] for row in rows)


def append(cursor: Any, context: Context, rows: list[Any]) -> int:
    """Add captured rows, and the events of the context, to the end of the chain; return its last number."""
    head = cursor.execute("SELECT number, link FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    if head is None:
        head = (0, _chain_start(cursor))
    added = list(_audit_rows(context, rows, head[0], head[1]))
    cursor.executemany(INSERT_AUDIT, added)
    return int(added[-1][0]) if added else int(head[0])


def _chain_start(cursor: Any) -> str:
    found = cursor.execute("SELECT value FROM study_fact WHERE name = 'chain_start'").fetchone()
    if found is None:
        raise StorageFailed("audit.no_chain")
    return str(found[0])


def _audit_rows(context: Context, rows: list[Any], number: int, link: str) -> Iterator[tuple[Any, ...]]:
    first, at = number + 1, instant_text(context.at)
    entries = [
        (row[1], row[2], row[3], _changes(row[4], row[5]), context.action, context.reason) for row in rows
    ]
    for event in context.events:
        # What is noted beside the act, a clock that jumped, was not done for the reason of the act.
        why = event.reason or (context.reason if event.action == context.action else "")
        entries.append(("", None, "event", event.facts, event.action, why))
    for table_name, row_id, operation, payload, action, reason in entries:
        number += 1
        text = canonical(payload)
        head = (
            number,
            first,
            at,
            context.user_id,
            context.user,
            context.role,
            context.session_id,
            action,
            reason,
            context.application,
            table_name,
            row_id,
            operation,
        )
        payload_hash = sha256(text)
        link = next_link(link, number, content_hash([*head, payload_hash]))
        yield (*head, text.decode("utf-8"), payload_hash, link)


def _changes(old: str | None, new: str | None) -> dict[str, Any]:
    before = json.loads(old) if old else None
    after = json.loads(new) if new else None
    if before is not None and after is not None:
        changed = [name for name in after if after[name] != before[name]]
        return {
            "old": {name: before[name] for name in changed},
            "new": {name: after[name] for name in changed},
        }
    return {"new": after} if before is None else {"old": before}
