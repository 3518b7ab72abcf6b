"""A study of an earlier version is brought to the schema of now when it is opened."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.written import reason_of
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.values import check_text
from sle_desk.models.store import migration, schema, verification
from sle_desk.models.store.capture import Context, Event
from sle_desk.models.store.database import DriverError, connect, set_pragmas
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.held import held, is_held
from sle_desk.models.store.key_file import KeyFile
from sle_desk.models.store.keys import change_keys
from sle_desk.services.backup_file import Source, backup_name, write_backup
from sle_desk.services.desk import APPLICATION, Head
from sle_desk.services.older_keys import returned
from sle_desk.services.sign_in_checks import watch

ROLE = "migration"


def bring_up(
    folder: StudyFolder, data_key: bytes, login: str, clock: Clock, clock_reason: str | None = ""
) -> Path | None:
    """Migrate the file of a study whose lock is held; return the backup made before, None when it is of now.

    A file of a newer version, of another application or damaged is left to the opening checks, which say so.
    StorageFailed when the file does not hold, the clock cannot be believed (as at sitting down, where a
    reason is given by who may) or the migration fails: then it is as it was. With None for a reason nobody
    works on the file: a private copy of a backup is as old as it is, and its audit goes nowhere.
    """
    connection = connect(folder.study, data_key)
    try:
        cursor = connection.cursor()
        if cursor.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
            return None
        found = schema.number_of(cursor)
        if not 1 <= found < schema.SCHEMA:
            return None
        set_pragmas(cursor)
        _require_whole(cursor)
        settled = None if clock_reason is None else _settled(cursor, login, clock, clock_reason)
        made = _back_up(folder, cursor, data_key, clock.now(), found)
        migration.migrate(cursor, _context(cursor, login, clock.now()), settled)
        _require_whole(cursor)
        _write_header(folder, cursor, data_key, clock.now())
        return made
    except DriverError as error:
        if is_held(error):
            raise held(error, folder.study) from error
        # A disk that fails while it is read, backed up or checked; the change itself was undone.
        raise StorageFailed("migration.failed", reason=str(error)) from error
    finally:
        connection.close()


def _require_whole(cursor: Any) -> None:
    verified = verification.verify(cursor, older=True)
    if not verified.holds:
        raise StorageFailed("migration.not_whole", code=verified.faults[0].code)


def _head(cursor: Any) -> Head:
    return Head(*cursor.execute("SELECT number, link FROM audit ORDER BY number DESC LIMIT 1").fetchone())


def _back_up(folder: StudyFolder, cursor: Any, data_key: bytes, now: datetime, found: int) -> Path:
    def snapshot(target: Path) -> None:
        cursor.execute("VACUUM INTO ?", (os.fspath(target),))

    head = _head(cursor)
    made = folder.backups / backup_name(now, head.number)
    try:
        folder.backups.mkdir(exist_ok=True)
        write_backup(made, folder, Source(snapshot, data_key, head, now, found))
    except OSError as error:
        raise StorageFailed("backup.not_made", path=str(folder.backups), reason=reason_of(error)) from error
    return made


def _context(cursor: Any, login: str, now: datetime) -> Context:
    row = cursor.execute("SELECT id FROM user WHERE login = ?", (login,)).fetchone()
    return Context(now, migration.MIGRATE, row[0] if row else None, login, ROLE, None, APPLICATION)


def _settled(cursor: Any, login: str, clock: Clock, reason: str) -> Context | None:
    """Return what the audit is to say of a doubted clock; refuse it where nobody who may says it is right."""
    guard = watch(cursor, clock)
    doubt = guard.doubt(clock.now())
    if doubt is None:
        return None
    if not reason.strip():
        raise StorageFailed(doubt.code, **doubt.facts())
    context = replace(_context(cursor, login, doubt.now), action=doubt.action, reason=check_text(reason))
    context.role = _role_that_may(cursor, login, doubt.action, guard.day())
    context.events.append(Event(doubt.action, doubt.instants()))
    return context


def _role_that_may(cursor: Any, login: str, action: str, today: date) -> str:
    """Return a role in which a person may act today, nobody having chosen one yet; NotAllowed without."""
    rows = cursor.execute(
        "SELECT role FROM user_role JOIN user ON user.id = user_id WHERE login = ?"
        " AND (until_day IS NULL OR until_day > ?) ORDER BY user_role.id",
        (login, today.isoformat()),
    ).fetchall()
    held: list[str] = [role for (role,) in rows]
    if not held:
        raise NotAllowed("sign_in.no_role", login=login)
    may = [role for role in held if roles.may(role, action)]
    if not may:
        raise NotAllowed("role.may_not", action=action_words(action), role=roles.ROLES[held[0]])
    return may[0]


def _write_header(folder: StudyFolder, cursor: Any, data_key: bytes, now: datetime) -> None:
    head = _head(cursor)

    def change(keys: KeyFile) -> KeyFile:
        # Never lowered: a file that went back is told by the opening checks, however often. Nor raised where
        # the key file is an older one: nobody has noted that yet.
        ahead = keys.header.last_number > head.number or bool(returned(cursor, keys))
        header = replace(
            keys.header,
            schema=schema.SCHEMA,
            last_number=keys.header.last_number if ahead else head.number,
            last_link=keys.header.last_link if ahead else head.link,
            last_instant=max(keys.header.last_instant, instant_text(now)),
        )
        return replace(keys, header=header)

    change_keys(folder.keys, data_key, change)
