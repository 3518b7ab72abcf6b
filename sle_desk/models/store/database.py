"""The one connection to one encrypted file: its key, its pragmas and its commit."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as driver

from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.models.store import dialect, redaction, schema, verification
from sle_desk.models.store.capture import Capture, Context, Event
from sle_desk.models.store.disk import Held, free_bytes
from sle_desk.models.store.guard import Guard
from sle_desk.models.store.held import held, is_held
from sle_desk.models.tables import audited_tables

# Name, what is set, what must be read back. integrity.md 2.5 has the measurements behind each.
PRAGMAS: tuple[tuple[str, str, object], ...] = (
    ("foreign_keys", "ON", 1),
    ("recursive_triggers", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "TRUNCATE", "truncate"),
    ("synchronous", "EXTRA", 3),
)
NO_WAIT_MS = 2000
BEGIN = "BEGIN IMMEDIATE"
# The oldest SQLCipher whose files were opened under that of now, and the other way round
# (tests/older_driver.py). Another first number is another form of file, as it was from 3 to 4.
OLDEST_CIPHER = (4, 12)
# What the driver raises by itself, where SQLAlchemy does not stand between.
DriverError = driver.Error


class _Guarded(driver.Connection):  # type: ignore[misc]
    """The connection of the application: what ends its transactions passes the guard, text SQL does not."""

    guard: Guard

    def commit(self) -> None:
        """Keep the transaction."""
        with self.guard.turning:
            super().commit()

    def rollback(self) -> None:
        """Undo the transaction; nothing where there is none."""
        with self.guard.turning:
            super().rollback()


def connect(path: Path, data_key: bytes, kind: type | None = None) -> Any:
    """Return a raw connection to the file under the key; StorageFailed when it is not ours to open."""
    if not path.exists():
        raise StorageFailed("file.missing", path=str(path))
    made = {} if kind is None else {"factory": kind}
    connection = driver.connect(str(path), isolation_level=None, check_same_thread=False, **made)
    try:
        _unlock(connection, data_key)
    except driver.DatabaseError as error:
        connection.close()
        if is_held(error):
            raise held(error, path) from error
        raise StorageFailed("file.not_readable", path=str(path)) from error
    except StorageFailed:
        connection.close()
        raise
    return connection


def _unlock(connection: Any, data_key: bytes) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA cipher_log_level = NONE")
    cursor.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")
    require_cipher(cursor)
    cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()


def require_cipher(cursor: Any) -> None:
    """Refuse a driver without the cipher, or with one whose files were never tried; StorageFailed."""
    found = cursor.execute("PRAGMA cipher_version").fetchall()
    if not found:
        # A build without the cipher would write patients' data in clear.
        raise StorageFailed("file.no_cipher")
    for (version,) in found:
        numbers = re.match(r"(\d+)\.(\d+)", version)
        known = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
        if known < OLDEST_CIPHER or known[0] != OLDEST_CIPHER[0]:
            wanted = ".".join(map(str, OLDEST_CIPHER))
            raise StorageFailed("file.cipher_version", found=version, wanted=wanted, first=OLDEST_CIPHER[0])


def check_driver() -> None:
    """Look at the cipher of this installation without any file; StorageFailed as `require_cipher`."""
    connection = driver.connect(":memory:")
    try:
        require_cipher(connection.cursor())
    finally:
        connection.close()


def set_pragmas(cursor: Any) -> None:
    """Set every pragma and read it back; StorageFailed when one does not hold."""
    cursor.execute(f"PRAGMA busy_timeout = {NO_WAIT_MS}")
    for name, wanted, expected in PRAGMAS:
        cursor.execute(f"PRAGMA {name} = {wanted}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()
        if not found or found[0] != expected:
            raise StorageFailed("file.pragma", name=name, wanted=wanted, found=str(found))


def create_file(path: Path, data_key: bytes) -> None:
    """Make a new empty study file of the present schema; it must not exist."""
    if path.exists():
        raise StorageFailed("file.study_exists", path=str(path))
    path.touch(mode=0o600)
    connection = connect(path, data_key)
    try:
        cursor = connection.cursor()
        set_pragmas(cursor)
        cursor.execute("BEGIN IMMEDIATE")
        schema.create(cursor)
        cursor.execute("COMMIT")
    finally:
        connection.close()


class Database:
    """An opened study file: one connection, its guard and its capture."""

    def __init__(self, path: Path, data_key: bytes, list_key: bytes = b"") -> None:
        self.path = path
        self.data_key = data_key
        # Lists are sealed under a key of their own, which a change of the data key leaves as it is.
        self.list_key = list_key
        self._next_key: bytes | None = None
        self._held = Held(path)
        self.guard = Guard()
        self.context: Context | None = None
        self.changed: frozenset[str] = frozenset()
        self._capture = Capture(audited_tables())
        self.engine = self._engine()

    def _engine(self) -> Engine:
        # Never StaticPool: there a read opened inside a change rolled the change back in silence.
        engine = create_engine(
            dialect.URL,
            module=driver,
            execution_options=dialect.COMPILED_ONCE,
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=0.1,
            pool_reset_on_return="rollback",
        )
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._drain)
        event.listen(engine, "before_cursor_execute", self._require_begun)
        return engine

    def _connect(self) -> Any:
        connection = self._opened()
        connection.guard = self.guard
        cursor = connection.cursor()
        with self.guard.opened():
            set_pragmas(cursor)
            self._capture.install(cursor)
        connection.set_authorizer(self.guard.allow)
        # What a crash left half written was taken back with the opening.
        self._held.written()
        return connection

    def _opened(self) -> Any:
        try:
            return connect(self.path, self.data_key, _Guarded)
        except StorageFailed:
            if self._next_key is None:
                raise
        # A change of the key was told to have failed, and the disk has the file under the new one.
        connection = connect(self.path, self._next_key, _Guarded)
        self.data_key, self._next_key = self._next_key, None
        return connection

    def _begin(self, connection: Connection) -> None:
        with self.guard.turning:
            connection.exec_driver_sql(BEGIN)

    def _require_begun(self, connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        """Refuse to go on where SQLite undid the transaction itself (a full disk, INSERT OR ROLLBACK).

        Whoever passed that error over would write from here on with no transaction, and so past the drain.
        """
        if statement != BEGIN and not cursor.connection.in_transaction:
            raise StorageFailed("file.write_failed", reason="the transaction was undone")

    def _drain(self, connection: Connection) -> None:
        cursor = connection.connection.cursor()
        try:
            with self.guard.draining():
                self.changed = self._capture.drain(cursor, self.context)
            with self.guard.opened():
                # The first page is written, and so enciphered, anew: what stands there is known as ours.
                cursor.execute(schema.MARK)
            if self.context is not None and self.context.redacted:
                self._redact(cursor, self.context)
        except BaseException:
            # Raising alone would leave the driver's transaction open: the next BEGIN would fail.
            # After a fault of the disk SQLite has rolled back already. Never as a statement: it would be
            # cached, and a text could run it then.
            with contextlib.suppress(driver.OperationalError):
                connection.connection.rollback()
            raise
        finally:
            cursor.close()

    def _redact(self, cursor: Any, context: Context) -> None:
        """Take a text out of the audit, and let a row of the chain say which rows hold something else now."""
        with self.guard.opened():
            rows = redaction.redact_audit(cursor, context.redacted)
        said = [Event(redaction.REDACT, {"rows": rows})]
        with self.guard.draining():
            self._capture.drain(cursor, replace(context, redacted="", events=said))
        if not verification.verify(cursor).holds:
            # Kept like this, the study would not open again.
            raise RuleBroken("redaction.not_whole")

    @contextlib.contextmanager
    def cursor(self) -> Iterator[Any]:
        """Lend the raw cursor of the one connection, for checks and copies outside a transaction."""
        raw = self.engine.raw_connection()
        try:
            yield raw.cursor()
        finally:
            raw.close()

    def session(self) -> Session:
        """Return a session on the one connection; what it has read stays with it until it is closed."""
        session = Session(self.engine, expire_on_commit=False, autoflush=True)
        # SQLAlchemy forgets what nobody holds: a subject asked for by three rules was read three times.
        kept: list[object] = []
        event.listen(session, "loaded_as_persistent", lambda _, row: kept.append(row))
        return session

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy of the file under the same key (VACUUM INTO); target must not exist."""
        with self.cursor() as cursor, self.guard.opened():
            cursor.execute("VACUUM INTO ?", (str(target),))

    def vacuum(self) -> None:
        """Write the file anew without what was deleted or replaced."""
        with self.cursor() as cursor, self.guard.opened():
            cursor.execute("VACUUM")

    def rekey(self, data_key: bytes) -> None:
        """Write the whole file anew under another data key; a crash leaves it under one of the two.

        So does a full disk, or one that fails: then the next statement opens the file anew.
        """
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            with self.guard.opened():
                cursor.execute(f"PRAGMA rekey = \"x'{data_key.hex()}'\"")
                cursor.execute("SELECT count(*) FROM main.sqlite_master").fetchone()
            self.data_key, self._next_key = data_key, None
        except DriverError:
            # This connection has the new key now and the file has not: each save through it would add a page
            # that no key opens together with the others.
            self._next_key = data_key
            raw.invalidate()
            raise
        finally:
            raw.close()

    def is_in_place(self) -> bool:
        """Tell whether the file that was opened still stands there as our own last write left it."""
        return self._held.still()

    def is_touched(self) -> bool:
        """Tell whether it is the file of our last write by all but the time of its last change."""
        return self._held.is_same()

    def forget_pages(self) -> None:
        """Forget what was read of the file: what is asked next is read from the disk."""
        with self.cursor() as cursor, self.guard.opened():
            cursor.execute("PRAGMA shrink_memory")

    def written(self) -> None:
        """Take the file as it stands as written by us."""
        self._held.written()

    @property
    def last_number(self) -> int:
        """Return the audit number up to which the last change went; nothing was changed before: 0."""
        return self._capture.last_number

    def free_bytes(self) -> int:
        """Return the free bytes of the disk that the file lies on."""
        return free_bytes(self.path)

    def close(self) -> None:
        """Close the connection and give up the file."""
        self.engine.dispose()
        self._held.close()

    def run(self, question: Callable[[Any], Any]) -> Any:
        """Answer a question with the raw cursor."""
        with self.cursor() as cursor:
            return question(cursor)
