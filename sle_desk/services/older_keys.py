"""A key file of before, put back: whose earlier password opens again, and that is told and noted.

The audit names the mark of each slot that was given to somebody. What it says after the number that the
header of the key file ends at must stand in the file: else the file is older than the study.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed
from sle_desk.models.store.database import DriverError
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import Header, KeyFile, read_keys
from sle_desk.models.store.keys import slot_mark, slot_owner
from sle_desk.services import slot_change
from sle_desk.services.backup_file import newest_first

Told = tuple[str, dict[str, object]]
# What names no backup to restore: there is a key file to put back.
OLDER_BESIDE, OLDER_BACKUP, NOT_THIS = "keys.older_beside", "keys.older_backup", "keys.not_this_file"


@dataclass(frozen=True)
class Returned:
    """What an older key file brings back: earlier passwords, the recovery key of before; whom it lacks."""

    passwords: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    recovery: bool = False

    def __bool__(self) -> bool:
        return bool(self.passwords or self.missing or self.recovery)

    def facts(self) -> dict[str, object]:
        """Return what the audit keeps of it."""
        kept = {"passwords": list(self.passwords), "missing": list(self.missing)}
        told: dict[str, object] = {name: logins for name, logins in kept.items() if logins}
        return {**told, "recovery": "yes"} if self.recovery else told

    def together(self, facts: dict[str, Any]) -> Returned:
        """Return it with what the audit kept of another time."""
        return Returned(
            tuple(dict.fromkeys((*self.passwords, *facts.get("passwords", ())))),
            tuple(dict.fromkeys((*self.missing, *facts.get("missing", ())))),
            self.recovery or "recovery" in facts,
        )

    def told(self) -> Iterator[Told]:
        """Yield the sentences to tell: code and facts."""
        yield "keys.older", {}
        if self.passwords:
            yield "keys.older_passwords", {"logins": ", ".join(self.passwords)}
        if self.recovery:
            yield "keys.older_recovery", {}
        if self.missing:
            yield "keys.older_missing", {"logins": ", ".join(self.missing)}


def returned(cursor: Any, keys: KeyFile) -> Returned:
    """Return what the key file brings back; nothing of a file that cannot be asked."""
    try:
        return _returned(cursor, keys)
    except (DriverError, ValueError):
        # The opening checks say what is wrong with it.
        return Returned()


def _returned(cursor: Any, keys: KeyFile) -> Returned:
    if keys.waiting is not None:
        keys = keys.settled(noted=slot_change.is_noted(lambda question: question(cursor), keys))
    given, sealed = _given_since(cursor, keys.header.last_number)
    if not given:
        return Returned()
    active = {row[0] for row in cursor.execute('SELECT login FROM "user" WHERE active = 1')}
    slots = {login: keys.slot(slot_owner(login)) for login in given if login in active}
    found = {login: slot_mark(slot) for login, slot in slots.items() if slot is not None}
    paper = slot_mark(keys.recovery) if keys.recovery else ""
    return Returned(
        tuple(login for login, mark in found.items() if mark != given[login]),
        tuple(login for login, slot in slots.items() if slot is None),
        sealed is not None and sealed != paper,
    )


def _given_since(cursor: Any, number: int) -> tuple[dict[str, str], str | None]:
    """Return the mark last given to each login after an audit number, and that of the recovery key."""
    marks = ", ".join("?" * len(slot_change.ACTIONS))
    rows = cursor.execute(
        "SELECT action, payload FROM audit WHERE number > ? AND operation = 'event'"
        f" AND action IN ({marks}) ORDER BY number",
        (number, *slot_change.ACTIONS),
    ).fetchall()
    given: dict[str, str] = {}
    sealed: str | None = None
    for action, payload in rows:
        facts = json.loads(payload or "{}")
        # An earlier version noted no mark: of what it noted nothing here can tell that it is in force.
        given[str(facts.get("login", ""))] = str(facts.get("slot", ""))
        if action == "recovery.use":
            sealed = str(facts.get("recovery", ""))
    return given, sealed


def not_its_key(folder: StudyFolder, header: Header) -> StorageFailed:
    """Return what is known where a right password opens a key that the study file is not under."""
    number = header.last_number
    beside = max(_beside(folder, header), default=(0, ""))
    if beside[0] > number:
        return StorageFailed(OLDER_BESIDE, number=number, later=beside[0], kept=beside[1])
    for made in newest_first(folder.backups):
        if made.study_id == header.study_id and made.number > number:
            return StorageFailed(OLDER_BACKUP, number=number, later=made.number, backup=made.path.name)
    return StorageFailed(NOT_THIS, path=str(folder.study), number=number)


def _beside(folder: StudyFolder, header: Header) -> Iterator[tuple[int, str]]:
    """Yield the number and name of each key file of the study that was kept beside this one."""
    found: list[Path] = sorted(folder.path.glob(f"{folder.keys.name}.*"))
    for kept in found:
        try:
            said = read_keys(kept).header
        except StorageFailed:
            continue
        if said.study_id == header.study_id:
            yield said.last_number, kept.name
