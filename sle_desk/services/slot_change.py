"""A new password, a new person's or a new recovery key: key file and audit tell the same story of it.

In order: the key file holds the new slots as waiting, beside those in force; the audit names them; then they
take the place of the others. Wherever that stops, by a refusal, a full disk or the end of the process, the
audit decides whether they count: at once, or with the next opening.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.models.store.database import DriverError, connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import KeyFile, Slot, Waiting, read_keys
from sle_desk.models.store.keys import change_keys, seal_holds, slot_mark, with_seal
from sle_desk.services.desk import Change, Desk

Ask = Callable[[Callable[[Any], Any]], Any]
# Acts that give a slot to a person; their events say which.
ACTIONS = ("people.create", "people.reset_password", "password.change", "recovery.use")


@contextlib.contextmanager
def changing_slots(
    desk: Desk,
    folder: StudyFolder,
    action: str,
    slot: Slot,
    sealed: Slot | None = None,
    *,
    facts: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Change]:
    """Change what a password, and the recovery key, opens: noted, with `facts`, and in force, or neither."""
    marks = {"slot": slot_mark(slot), **({"recovery": slot_mark(sealed)} if sealed else {})}
    waiting = Waiting(marks["slot"], (slot,), sealed)
    try:
        with desk.change(action) as change:
            yield change
            change.event(action, {"login": slot.owner.partition(":")[2], **facts, **marks})
            # What the study refuses is refused before anything is written to the key file.
            change.session.flush()
            change_keys(folder.keys, desk.database.data_key, lambda now: replace(now, waiting=waiting))
    finally:
        # A disk that fails here too leaves both beside each other: the next opening settles it.
        with contextlib.suppress(SleDeskError, OSError):
            settle(desk, folder)


def settle(desk: Desk, folder: StudyFolder) -> KeyFile:
    """Let what waits take its place, or go, as the audit says; return the key file."""
    keys = read_keys(folder.keys)
    if keys.waiting is None:
        return keys
    noted = is_noted(desk.cursor_check, keys)
    return change_keys(folder.keys, desk.database.data_key, lambda now: now.settled(noted=noted))


def keys_in_force(desk: Desk, folder: StudyFolder) -> KeyFile:
    """Return the slots that count by the audit of the study that is open, also where they still wait."""
    keys = read_keys(folder.keys)
    if keys.waiting is None:
        return keys
    return keys.settled(noted=is_noted(desk.cursor_check, keys))


def keys_by_audit(
    folder: StudyFolder, keys: KeyFile, opens: Callable[[KeyFile], bytes | None], *, looking: bool
) -> KeyFile:
    """Return the slots that count of a study that is being opened; `opens` tries what somebody typed.

    Who is only `looking` leaves the key file as it is, and so does everybody with one that was changed
    outside. Where the file cannot be asked, the slots of before count: the opening checks say what is wrong.
    """
    if keys.waiting is None:
        return keys
    key = opens(keys.settled(noted=False)) or opens(keys.settled(noted=True))
    noted = key is not None and _asked(folder, key, keys)
    found = keys.settled(noted=noted)
    if key is None or not seal_holds(keys, key):
        return found
    if not looking:
        change_keys(folder.keys, key, lambda now: now.settled(noted=noted))
    return with_seal(found, key)


def _asked(folder: StudyFolder, key: bytes, keys: KeyFile) -> bool:
    try:
        connection = connect(folder.study, key)
    except StorageFailed as error:
        if error.code == "file.held":
            # It says nothing of the slots: no password is called wrong for it.
            raise
        return False
    try:
        return is_noted(lambda question: question(connection.cursor()), keys)
    except DriverError:
        return False
    finally:
        connection.close()


def is_noted(ask: Ask, keys: KeyFile) -> bool:
    """Tell whether the audit names what waits in a key file."""
    waiting = keys.waiting
    assert waiting is not None
    marks = ", ".join("?" * len(ACTIONS))
    row = ask(
        lambda cursor: cursor.execute(
            "SELECT 1 FROM audit WHERE operation = 'event'"
            f" AND action IN ({marks}) AND instr(payload, ?) > 0",
            (*ACTIONS, f'"slot":"{waiting.mark}"'),
        ).fetchone()
    )
    return row is not None
