"""Numbered migrations: a new study is made by running them all, an older one by those that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sle_desk.base.paths import resource
from sle_desk.domain.sealing import sha256
from sle_desk.models.base import UNAUDITED

APPLICATION_ID = 0x534C4544  # "SLED"

# The one statement of the schema that is run again on its own: taking a text out of the audit needs it.
NO_UPDATE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
)
Row = dict[str, Any]
Upgrade = Callable[[str, Row], Row]


def _second(table: str, row: Row) -> Row:
    # The day of the training was not asked for before: it stays open.
    return {**row, "trained_on": None} if table == "user" else row


def _third(table: str, row: Row) -> Row:
    # Every form was one of a visit, and of a deviation there was only whether it is one.
    if table == "form_record":
        return {**row, "parent_id": None}
    if table == "deviation":
        return {**row, "category": "", "effect": "", "capa": "", "ethics_on": None}
    return row


def _fourth(table: str, row: Row) -> Row:
    # What is new stands in tables of its own, which begin empty.
    return row


# The statements of each migration stand in resources/schema; here is what it makes of a row that was there.
UPGRADES: dict[int, Upgrade] = {2: _second, 3: _third, 4: _fourth}
SCHEMA = max(UPGRADES)
_NEXT = "-- next"


def statements(number: int) -> tuple[str, ...]:
    """Return the statements of one migration; a new file is made by running them all."""
    text = resource("schema", f"{number:04}.sql").read_text(encoding="utf-8")
    parts = (part.strip() for part in text.split(_NEXT))
    return tuple(part for part in parts if part and not part.startswith("--"))


def create(cursor: Any, number: int = SCHEMA) -> None:
    """Run the migrations up to a number on an empty file, inside the caller's transaction."""
    for each in range(1, number + 1):
        for statement in statements(each):
            cursor.execute(statement)
    cursor.execute(f"PRAGMA user_version = {number}")
    cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def number_of(cursor: Any) -> int:
    """Return the number of the schema that a file has."""
    return int(cursor.execute("PRAGMA user_version").fetchone()[0])


def schema_hash(cursor: Any) -> str:
    """Return the hash of every statement of the schema, whoever made it."""
    rows = cursor.execute(
        "SELECT type, name, coalesce(sql, '') FROM main.sqlite_master ORDER BY type, name"
    ).fetchall()
    return sha256("\n".join("\t".join(row) for row in rows).encode("utf-8"))


def tables(cursor: Any) -> dict[str, tuple[str, ...]]:
    """Return the audited tables of a file of any schema, with the names of their columns."""
    found = cursor.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    names = [row[0] for row in found if row[0] not in UNAUDITED and not row[0].startswith("sqlite_")]
    return {
        name: tuple(row[1] for row in cursor.execute(f'PRAGMA main.table_info("{name}")').fetchall())
        for name in names
    }
