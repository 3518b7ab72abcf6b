"""What the study in a folder really holds, asked before a backup takes its place; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.models.store.database import DriverError, connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.services.counted_keys import counted_keys

# How a file is asked: a question that takes a raw cursor.
Ask = Callable[[Callable[[Any], Any]], Any]
NEW_PASSWORDS = ("people.reset_password", "password.change", "recovery.use")


@dataclass(frozen=True)
class Then:
    """The study of a verified backup: its number, its keys, and how it is asked."""

    study_id: str
    number: int
    keys: KeyFile
    ask: Ask


@dataclass(frozen=True)
class Returning:
    """Whom a backup lets in otherwise than the study of now."""

    # Logins that the study of now does not let in: removed since.
    revived: tuple[str, ...] = ()
    # False where nothing here says who was removed: `revived` are then all whom the backup lets in.
    known: bool = True
    # Login and role, where the role was taken away since.
    regained: tuple[tuple[str, str], ...] = ()
    # Logins whose password is another one since.
    old_passwords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Live:
    """What stands in the folder, as far as it could be read."""

    # By the file where it opens, else by the header; None where neither is there.
    number: int | None = None
    # Where backup and study went different ways: the last audit number that both have.
    parted_at: int | None = None
    # False where a study is there that could not be looked into with this name and password.
    compared: bool = True
    returning: Returning = Returning()


@dataclass(frozen=True)
class Who:
    """Who looks, with the password that is tried and the clock that a wrong one waits by."""

    login: str
    password: str
    clock: Clock


def look(live: StudyFolder, then: Then, who: Who, ask: Ask | None) -> Live:
    """Compare the study in a folder with that of a backup; StorageFailed when it is another study.

    `ask` asks the study where it is open; a closed one is opened with the same name and password.
    """
    keys = _keys(live)
    if keys is not None:
        _require_same(then.study_id, keys.header.study_id)
    with _closed(live, keys, who) as closed:
        asked = ask or closed
        try:
            found = _compared(asked, then, keys) if asked is not None else None
        except (DriverError, StorageFailed, ValueError) as error:
            if isinstance(error, StorageFailed) and error.code == "backup.other_study":
                raise
            # A study that cannot be read any more is what a backup is restored over.
            found = None
    if found is not None:
        return found
    number = keys.header.last_number if keys is not None else None
    return Live(number, None, not live.study.exists(), _returning(then, keys))


def link_at(cursor: Any, number: int) -> str | None:
    """Return the link of an audit row, or None where there is no such row."""
    row = cursor.execute("SELECT link FROM audit WHERE number = ?", (number,)).fetchone()
    return str(row[0]) if row else None


def _keys(live: StudyFolder) -> KeyFile | None:
    """Return the key file; None where there is none that can be read: that stops no restore."""
    try:
        return read_keys(live.keys)
    except StorageFailed:
        return None


def _require_same(wanted: str, found: str) -> None:
    if found != wanted:
        raise StorageFailed("backup.other_study", found=wanted[:8], wanted=found[:8])


@contextmanager
def _closed(live: StudyFolder, keys: KeyFile | None, who: Who) -> Iterator[Ask | None]:
    """Lend how to ask a study that nobody has open; None where it cannot be looked into."""
    if keys is None or not live.study.is_file() or live.is_in_use():
        yield None
        return
    try:
        found = counted_keys(live.attempts, live, who.login, who.password, who.clock, looking=True)
        connection = connect(live.study, found.data_key)
    except (StorageFailed, NotAllowed):
        connection = None
    if connection is None:
        yield None
        return
    try:
        yield lambda question: question(connection.cursor())
    finally:
        connection.close()


def _compared(ask: Ask, then: Then, keys: KeyFile | None) -> Live:
    _require_same(then.study_id, ask(_study_id))
    return Live(ask(_last_number), _parted_at(ask, then), True, _returning(then, keys, ask))


def _study_id(cursor: Any) -> str:
    row = cursor.execute("SELECT value FROM study_fact WHERE name = 'study_id'").fetchone()
    return str(row[0]) if row else ""


def _last_number(cursor: Any) -> int:
    return int(cursor.execute("SELECT coalesce(max(number), 0) FROM audit").fetchone()[0])


def _parted_at(ask: Ask, then: Then) -> int | None:
    """Return the last number that both chains have, where each goes on otherwise; else None."""
    low, high = 0, then.number
    # Links are chained: where they agree, everything before does too.
    while low < high:
        middle = (low + high + 1) // 2
        same = _link(ask, middle) == _link(then.ask, middle)
        low, high = (middle, high) if same else (low, middle - 1)
    return low if low < then.number and _link(ask, low + 1) is not None else None


def _link(ask: Ask, number: int) -> str | None:
    link: str | None = ask(lambda cursor: link_at(cursor, number))
    return link


def _returning(then: Then, keys: KeyFile | None, ask: Ask | None = None) -> Returning:
    let_in = tuple(slot.owner.partition(":")[2] for slot in then.keys.slots)
    if keys is None and ask is None:
        return Returning(let_in, known=False)
    # Both say who is let in now; where one was changed by somebody, the other one still tells.
    slots = {slot.owner.partition(":")[2] for slot in keys.slots} if keys is not None else set(let_in)
    active = set(ask(_active)) if ask is not None else set(let_in)
    revived = tuple(login for login in let_in if login not in slots or login not in active)
    if ask is None:
        return Returning(revived)
    lost = sorted(set(then.ask(_held_roles)) - set(ask(_held_roles)))
    changed = ask(lambda cursor: _passwords_since(cursor, then.number))
    staying = [login for login in let_in if login not in revived]
    return Returning(
        revived,
        True,
        tuple((login, role) for login, role in lost if login in staying),
        tuple(login for login in staying if login in changed),
    )


def _active(cursor: Any) -> list[str]:
    return [str(row[0]) for row in cursor.execute('SELECT login FROM "user" WHERE active = 1')]


def _held_roles(cursor: Any) -> list[tuple[str, str]]:
    rows = cursor.execute(
        'SELECT u.login, r.role FROM user_role r JOIN "user" u ON u.id = r.user_id WHERE r.until_day IS NULL'
    )
    return [(str(login), str(role)) for login, role in rows]


def _passwords_since(cursor: Any, number: int) -> set[str]:
    marks = ", ".join("?" * len(NEW_PASSWORDS))
    rows = cursor.execute(
        f"SELECT payload FROM audit WHERE number > ? AND operation = 'event' AND action IN ({marks})",
        (number, *NEW_PASSWORDS),
    )
    return {str(json.loads(payload).get("login", "")) for (payload,) in rows if payload}
