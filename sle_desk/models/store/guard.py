"""The authorizer: what no statement may do on a running study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2 as driver

from sle_desk.models.store.capture import CAPTURE, TRIGGER_PREFIX

FORBIDDEN = frozenset(
    {
        driver.SQLITE_ALTER_TABLE,
        driver.SQLITE_ATTACH,
        driver.SQLITE_DETACH,
        driver.SQLITE_CREATE_INDEX,
        driver.SQLITE_CREATE_TABLE,
        driver.SQLITE_CREATE_TEMP_INDEX,
        driver.SQLITE_CREATE_TEMP_TABLE,
        driver.SQLITE_CREATE_TEMP_TRIGGER,
        driver.SQLITE_CREATE_TEMP_VIEW,
        driver.SQLITE_CREATE_TRIGGER,
        driver.SQLITE_CREATE_VIEW,
        driver.SQLITE_CREATE_VTABLE,
        driver.SQLITE_DROP_INDEX,
        driver.SQLITE_DROP_TABLE,
        driver.SQLITE_DROP_TEMP_INDEX,
        driver.SQLITE_DROP_TEMP_TABLE,
        driver.SQLITE_DROP_TEMP_TRIGGER,
        driver.SQLITE_DROP_TEMP_VIEW,
        driver.SQLITE_DROP_TRIGGER,
        driver.SQLITE_DROP_VIEW,
        driver.SQLITE_DROP_VTABLE,
    }
)
# A transaction that ends elsewhere than in the store keeps what was not drained into the audit.
TRANSACTIONS = frozenset({driver.SQLITE_TRANSACTION, driver.SQLITE_SAVEPOINT})
AUDIT = "audit"
# A row that changes its number is another row to the audit: SQLite names the column, or the hidden one.
KEYS = frozenset({"id", "ROWID"})
WRITES = frozenset({driver.SQLITE_INSERT, driver.SQLITE_UPDATE, driver.SQLITE_DELETE})
# Questions that a running study may ask; every other pragma could switch a defence off.
READING_PRAGMAS = frozenset(
    {
        "quick_check",
        "cipher_integrity_check",
        "foreign_key_check",
        "application_id",
        "user_version",
        "table_info",
        "read_uncommitted",
    }
)


class Turning:
    """Open while the store itself begins or ends a transaction: no generator, since each save opens it."""

    is_open = False

    def __enter__(self) -> None:
        self.is_open = True

    def __exit__(self, *_: object) -> None:
        self.is_open = False


class Guard:
    """Refuses what could pass the audit by; opened only for set-up, migration and copying."""

    def __init__(self) -> None:
        self._opened = 0
        self._draining = 0
        self.turning = Turning()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let everything through while a migration or VACUUM INTO runs."""
        self._opened += 1
        try:
            yield
        finally:
            self._opened -= 1

    @contextmanager
    def draining(self) -> Iterator[None]:
        """Let the drain write the audit and empty the capture table."""
        self._draining += 1
        try:
            yield
        finally:
            self._draining -= 1

    def allow(
        self, action: int, first: str | None, second: str | None, database: str | None, source: str | None
    ) -> int:
        """Answer SQLite's question about one step of a statement."""
        if self._opened:
            return int(driver.SQLITE_OK)
        if action in FORBIDDEN:
            return int(driver.SQLITE_DENY)
        if action == driver.SQLITE_PRAGMA:
            asks = first in READING_PRAGMAS and (second is None or first == "table_info")
            return int(driver.SQLITE_OK if asks else driver.SQLITE_DENY)
        if action in TRANSACTIONS:
            return int(driver.SQLITE_OK if self.turning.is_open else driver.SQLITE_DENY)
        if action in WRITES and first == AUDIT:
            return int(driver.SQLITE_OK if self._draining else driver.SQLITE_DENY)
        if action == driver.SQLITE_UPDATE and second in KEYS:
            return int(driver.SQLITE_DENY)
        if action in WRITES and first == CAPTURE:
            from_trigger = (source or "").startswith(TRIGGER_PREFIX)
            return int(driver.SQLITE_OK if from_trigger or self._draining else driver.SQLITE_DENY)
        if action in WRITES and (first or "").startswith("sqlite_"):
            return int(driver.SQLITE_DENY)
        return int(driver.SQLITE_OK)
