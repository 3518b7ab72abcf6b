"""Numbered migrations: a new study is made by running them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from sle_desk.domain.sealing import sha256
from sle_desk.models.tables import METADATA

APPLICATION_ID = 0x534C4544  # "SLED"

NO_UPDATE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
)
APPEND_ONLY = (
    NO_UPDATE,
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    # REPLACE would rewrite history: a row may only follow the last one.
    "CREATE TRIGGER audit_in_sequence BEFORE INSERT ON audit"
    " WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit)"
    " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
)


@dataclass(frozen=True)
class Migration:
    """One step of the schema: its statements and how an older audit payload is read after it."""

    number: int
    statements: Callable[[], tuple[str, ...]]
    upgrade_payload: Callable[[str, dict[str, Any]], dict[str, Any]]


def _unchanged(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return row


def _first_schema() -> tuple[str, ...]:
    # Until the first release the first schema is the metadata itself; a release freezes it as text.
    dialect = sqlite.dialect()
    statements = []
    for table in METADATA.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            statements.append(str(CreateIndex(index).compile(dialect=dialect)).strip())
        if table.name not in ("audit", "draft"):
            statements.append(
                f'CREATE TRIGGER "{table.name}_no_delete" BEFORE DELETE ON "{table.name}"'
                " BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END"
            )
    return (*statements, *APPEND_ONLY)


MIGRATIONS: tuple[Migration, ...] = (Migration(1, _first_schema, _unchanged),)
SCHEMA = MIGRATIONS[-1].number


def create(cursor: Any) -> None:
    """Run every migration on an empty file, inside the caller's transaction."""
    for migration in MIGRATIONS:
        for statement in migration.statements():
            cursor.execute(statement)
        cursor.execute(f"PRAGMA user_version = {migration.number}")
    cursor.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def schema_hash(cursor: Any) -> str:
    """Return the hash of every statement of the schema, whoever made it."""
    rows = cursor.execute(
        "SELECT type, name, coalesce(sql, '') FROM main.sqlite_master ORDER BY type, name"
    ).fetchall()
    return sha256("\n".join("\t".join(row) for row in rows).encode("utf-8"))
