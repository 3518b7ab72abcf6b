"""Bringing the file of an earlier version to the schema of now: one transaction, or nothing."""

from __future__ import annotations

import contextlib
from typing import Any

from sqlcipher3 import dbapi2 as driver

from sle_desk.base.errors import StorageFailed
from sle_desk.models.store import schema
from sle_desk.models.store.capture import Context, Event, append
from sle_desk.models.store.held import is_held

MIGRATE = "study.migrate"
Rows = dict[str, dict[int, schema.Row]]


def migrate(cursor: Any, context: Context, before: Context | None = None) -> None:
    """Run the migrations that a file lacks and note it in the audit; the file is as it was if one fails.

    `before` is what the audit is to say ahead of it: that a clock which was doubted is right.
    The cursor is of a connection without capture and authorizer, with the pragmas of the application and no
    transaction. Each row is compared with what the migration says that it makes of it.
    """
    found = schema.number_of(cursor)
    # The pragma does nothing inside a transaction, and with it on an ALTER may take child rows along.
    cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            _run(cursor, context, before, found)
            cursor.execute("COMMIT")
        except BaseException as error:
            # After a fault of the disk SQLite has rolled back already.
            with contextlib.suppress(driver.OperationalError):
                cursor.execute("ROLLBACK")
            if isinstance(error, driver.Error) and not is_held(error):
                raise StorageFailed("migration.failed", reason=str(error)) from error
            raise
    finally:
        cursor.execute("PRAGMA foreign_keys = ON")


def _run(cursor: Any, context: Context, before: Context | None, found: int) -> None:
    expected = _rows(cursor)
    for number in range(found + 1, schema.SCHEMA + 1):
        for statement in schema.statements(number):
            cursor.execute(statement)
        change = schema.UPGRADES[number]
        expected = {
            table: {row_id: change(table, row) for row_id, row in rows.items()}
            for table, rows in expected.items()
        }
    _compare(expected, _rows(cursor))
    broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageFailed("file.reference_broken", table=broken[0][0], row=broken[0][1])
    if before is not None:
        append(cursor, before, [])
    context.events.append(Event(MIGRATE, {"from": found, "to": schema.SCHEMA}))
    append(cursor, context, [])
    cursor.execute(f"PRAGMA user_version = {schema.SCHEMA}")


def _compare(expected: Rows, found: Rows) -> None:
    """Refuse a migration that made anything else of a row than it says; new tables begin empty."""
    for table, rows in found.items():
        wanted = expected.get(table, {})
        if rows.keys() != wanted.keys():
            raise StorageFailed("migration.count", table=table, found=len(rows), wanted=len(wanted))
        for row_id, row in rows.items():
            if row != wanted[row_id]:
                raise StorageFailed("migration.row", table=table, row=row_id)
    gone = expected.keys() - found.keys()
    if gone:
        raise StorageFailed("migration.table_gone", table=min(gone))


def _rows(cursor: Any) -> Rows:
    found: Rows = {}
    for table, names in schema.tables(cursor).items():
        columns = ", ".join(f'"{name}"' for name in names)
        rows = cursor.execute(f'SELECT {columns} FROM main."{table}"').fetchall()
        found[table] = {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in rows)}
    return found
