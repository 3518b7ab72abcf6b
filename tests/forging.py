"""What somebody with the key and no scruples does to a study; and the program with one piece taken out."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2 as driver
from study_fixtures import PASSWORD, START, Study

from sle_desk.base.clock import SteppingClock
from sle_desk.base.errors import SleDeskError
from sle_desk.domain.sealing import content_hash, first_link, next_link, sha256
from sle_desk.models.store import database, schema, verification
from sle_desk.models.store.capture import COLUMNS
from sle_desk.models.store.database import Database, DriverError
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.counted_keys import counted_keys

KEY = b"k" * 32
Patch = pytest.MonkeyPatch


def mutated(patch: Patch, owner: Any, name: str, old: str, new: str = "False") -> None:
    """Let a function of the program run with one piece of its text replaced; the piece stands there once."""
    function = getattr(owner, name)
    text = getattr(function, "text", "") or textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
    made: dict[str, Any] = {}
    text = text.replace(old, new)
    # Annotations stay texts here as in the program: the flag of this module is inherited.
    exec(compile(text, f"<{name} with {new}>", "exec"), inspect.unwrap(function).__globals__, made)
    made[name].text = text
    patch.setattr(owner, name, made[name])


def said(do: Callable[[], object]) -> str:
    """Do something; return what refused it, or nothing."""
    try:
        do()
    except (SleDeskError, DatabaseError, DriverError) as error:
        return str(error)
    return ""


@dataclass
class Ground:
    """Where attacks take place: each on a fresh copy of a study, or on a fresh empty file."""

    made: tuple[Path, str]
    place: Path
    _studies: list[Study] = field(default_factory=list)
    _copies: int = 0

    def _next(self) -> Path:
        self._copies += 1
        return self.place / f"{self._copies}"

    def empty(self) -> Path:
        """Return a fresh file of no bytes."""
        path = self._next()
        path.touch()
        return path

    def study(self) -> Study:
        """Return a fresh copy of the study, signed out."""
        place, recovery_key = self.made
        shutil.copytree(place, copy := self._next())
        study = Study(StudyFolder(copy), SteppingClock(START), recovery_key)
        self._studies.append(study)
        return study

    def file(self) -> Database:
        """Return a fresh file of the schema, opened as the application does."""
        path = self._next()
        database.create_file(path, KEY)
        return Database(path, KEY)

    def close(self) -> None:
        """Sign out wherever somebody sits still."""
        for study in self._studies:
            if study.desk is not None and study.unlocked is not None:
                study.desk.close()
                study.unlocked.lock.release()


def memory() -> Any:
    """Return the cursor of an empty study in memory, where references and values are not looked at."""
    cursor = driver.connect(":memory:", isolation_level=None).cursor()
    schema.create(cursor)
    cursor.execute("PRAGMA ignore_check_constraints = ON")
    cursor.execute("PRAGMA foreign_keys = OFF")
    return cursor


def row_put(table: Table, number: int = 1, **values: object) -> tuple[str, dict[str, object]]:
    """Return the statement that adds a row that says nothing to a table, and its values by name."""
    kinds = {column.name: column.type.compile(dialect=sqlite.dialect()) for column in table.columns}
    row = {name: values.get(name, number if kind == "INTEGER" else "x") for name, kind in kinds.items()}
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f":{name}" for name in row)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', row


def put_row(cursor: Any, table: Table, **values: object) -> None:
    """Add a row that says nothing to a table."""
    cursor.execute(*row_put(table, **values))


def data_key(study: Study) -> bytes:
    """Return the key of a study's file."""
    return counted_keys(study.folder.attempts, study.folder, "wu.min", PASSWORD, study.clock).data_key


@contextmanager
def outside(study: Study) -> Iterator[Any]:
    """Lend the cursor of somebody who has the key; the triggers are gone meanwhile and put back after."""
    connection = database.connect(study.folder.study, data_key(study))
    cursor = connection.cursor()
    made = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in made:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield cursor
    for _, sql in made:
        cursor.execute(sql)
    connection.close()


def found(study: Study) -> str:
    """Run the opening checks on a file; return the first code, or nothing when all is well."""
    connection = database.connect(study.folder.study, data_key(study))
    try:
        faults = verification.verify(connection.cursor()).faults
        return faults[0].code if faults else ""
    finally:
        connection.close()


Changed = Callable[[list[Any], str], tuple[list[Any], str] | None]


def rewrite_chain(cursor: Any, change: Changed) -> None:
    """Write every audit row anew as `change` wants it, or leave it out, with links that fit."""
    facts = dict(cursor.execute("SELECT name, value FROM study_fact").fetchall())
    link = first_link(facts["study_id"], facts["package_hash"])
    rows = cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY number").fetchall()
    cursor.execute("DELETE FROM audit")
    place = 0
    for *head, payload, _, _ in rows:
        wanted = change(head, payload)
        if wanted is None:
            continue
        place += 1
        head, payload = wanted
        hashed = sha256(payload.encode("utf-8"))
        link = next_link(link, place, content_hash([*head, hashed]))
        marks = ", ".join("?" * len(COLUMNS))
        cursor.execute(f"INSERT INTO audit VALUES ({marks})", (*head, payload, hashed, link))
