"""A defence of the store with the attack it is there for, and the ways to take one away."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from forging import Ground, Patch, mutated
from sqlcipher3 import dbapi2 as driver

from sle_desk.models.store import capture, database, guard, schema

Attack = Callable[[Ground], str]
Remove = Callable[[Patch], None]


def nothing(patch: Patch) -> None:
    """Take nothing away."""


@dataclass(frozen=True)
class Defence:
    """A defence: its name, the attack it is there for and how that is told, and how it is taken away."""

    name: str
    attack: Attack
    told: str
    remove: Remove
    beside: Remove = nothing


def setting(name: str, other: str, read: object) -> Remove:
    """Set a pragma to what it must not be: a build may begin with either (SQLCipher scrubs by itself)."""

    def remove(patch: Patch) -> None:
        kept = [each for each in database.PRAGMAS if each[0] != name]
        assert len(kept) == len(database.PRAGMAS) - 1
        patch.setattr(database, "PRAGMAS", (*kept, (name, other, read)))

    return remove


def without_trigger(*names: str) -> Remove:
    """Leave triggers out of the schema."""

    def remove(patch: Patch) -> None:
        made = {number: schema.statements(number) for number in range(1, schema.SCHEMA + 1)}
        kept = {
            number: tuple(each for each in statements if trigger_name(each) not in names)
            for number, statements in made.items()
        }
        # A table that a later schema made anew has its trigger made twice.
        gone = {trigger_name(each) for number in made for each in set(made[number]) - set(kept[number])}
        assert gone == set(names)
        patch.setattr(schema, "statements", kept.__getitem__)

    return remove


def trigger_name(statement: str) -> str:
    """Return the name of the trigger a statement makes, or nothing."""
    match = re.match(r'CREATE (?:TEMP )?TRIGGER "?(\w+)"?', statement)
    return match[1] if match else ""


def without_capture(operation: str) -> Remove:
    """Leave the capture triggers of one operation out."""
    made = capture.trigger_statements

    def remove(patch: Patch) -> None:
        patch.setattr(
            capture,
            "trigger_statements",
            lambda table: [each for each in made(table) if not trigger_name(each).endswith(operation)],
        )

    return remove


RULES = {
    "forbidden": "action in FORBIDDEN",
    "pragma": "action == driver.SQLITE_PRAGMA",
    "transaction": "action in TRANSACTIONS",
    "audit": "action in WRITES and first == AUDIT",
    "key": "action == driver.SQLITE_UPDATE and second in KEYS",
    "capture": "action in WRITES and first == CAPTURE",
    "schema": 'action in WRITES and (first or "").startswith("sqlite_")',
}


def without(owner: Any, name: str, old: str, new: str = "False") -> Remove:
    """Let a function run without one piece of its text."""
    return partial(mutated, owner=owner, name=name, old=old, new=new)


def without_rules(*names: str) -> Remove:
    """Take rules of the authorizer away."""

    def remove(patch: Patch) -> None:
        for name in names:
            mutated(patch, guard.Guard, "allow", RULES[name])

    return remove


def allowing(code: str) -> Remove:
    """Take one code out of what the authorizer forbids."""
    return lambda patch: patch.setattr(guard, "FORBIDDEN", guard.FORBIDDEN - {getattr(driver, code)})


def answering(owner: Any, name: str, answer: object) -> Remove:
    """Let a question always have one answer."""
    return lambda patch: patch.setattr(owner, name, lambda *anything: answer)


def without_cipher(patch: Patch) -> None:
    """Let the driver be one that has no cipher."""

    class Plain:
        Error = sqlite3.Error
        DatabaseError = sqlite3.DatabaseError
        OperationalError = sqlite3.OperationalError
        connect = staticmethod(sqlite3.connect)

    patch.setattr(database, "driver", Plain)


def with_cipher(patch: Patch, version: str) -> None:
    """Let the driver say that its cipher is of another version; all else is the driver of now."""

    class Cursor(driver.Cursor):
        def execute(self, statement: str, *values: object) -> Any:
            asks = statement == "PRAGMA cipher_version"
            return super().execute(f"SELECT '{version}'" if asks else statement, *values)

    class Connection(driver.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    other = {**vars(driver), "connect": partial(driver.connect, factory=Connection)}
    patch.setattr(database, "driver", SimpleNamespace(**other))


def both(*removals: Remove) -> Remove:
    """Take several things away."""

    def remove(patch: Patch) -> None:
        for each in removals:
            each(patch)

    return remove
