"""A new data key when somebody left: sealed to everybody who stays, without their passwords.

In order: the key file holds both keys, then the study file is written anew, then the key file holds the new
one alone. Wherever that stops, the file opens with one of the two, and the next opening ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from sle_desk.base.errors import StorageFailed
from sle_desk.models.people import User
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import Coming, KeyFile
from sle_desk.models.store.keys import (
    change_keys,
    is_changed,
    new_data_key,
    new_vault,
    open_vault,
    resealed,
    seal_holds,
    slot_owner,
    unwrap,
)
from sle_desk.services.desk import Desk
from sle_desk.services.sign_in_checks import last_event
from sle_desk.services.slot_change import keys_by_audit, settle

ACTION, CLOSING = "key.change", "people.deactivate"


@dataclass(frozen=True)
class Keys:
    """What a slot opened: the data key that the file is under, and the key of the sealed lists."""

    data_key: bytes
    list_key: bytes
    # False where somebody changed the key file outside the application.
    as_written: bool = True


def change_data_key(desk: Desk, folder: StudyFolder) -> None:
    """Write the study anew under a fresh key: who knows the old one opens no later file.

    Slots of closed accounts are left behind.
    """
    desk.require(ACTION)
    # A slot that still waits is of the old key: it takes its place first, or nothing is begun.
    settle(desk, folder)
    old, new, closed = desk.database.data_key, new_data_key(), _closed(desk)

    def announce(keys: KeyFile) -> KeyFile:
        for login in closed:
            keys = keys.without_slot(slot_owner(login))
        study = keys.header.study_id
        coming = Coming(
            tuple(resealed(study, slot, old, new) for slot in keys.slots),
            resealed(study, keys.recovery, old, new) if keys.recovery else None,
            new_vault(study, new, open_vault(study, keys.vault, old)),
        )
        return replace(keys, coming=coming)

    keys = change_keys(folder.keys, old, announce)
    desk.rekey(new)
    change_keys(folder.keys, new, _settled, sealed_by=old)
    desk.note(ACTION, {"slots": len(keys.slots)})


def _closed(desk: Desk) -> tuple[str, ...]:
    with desk.view() as session:
        return tuple(session.scalars(select(User.login).where(User.active.is_(False))))


def is_left_open(desk: Desk) -> bool:
    """Tell whether an account was closed and the data key has not changed since: that was broken off."""
    return last_event(desk, CLOSING) > last_event(desk, ACTION)


def opened_by_password(
    folder: StudyFolder, keys: KeyFile, owner: str, password: str, *, looking: bool = False
) -> Keys | None:
    """Return the keys behind a person's password, or None when it is not right; for `looking` see below."""
    study = keys.header.study_id

    def opens(each: KeyFile) -> bytes | None:
        slot = each.slot(owner)
        return unwrap(study, slot, password) if slot else None

    keys = keys_by_audit(folder, keys, opens, looking=looking)
    slot = keys.slot(owner)
    successor = (
        next((each for each in keys.coming.slots if each.owner == owner), None) if keys.coming else None
    )
    now = opens(keys)
    later = unwrap(study, successor, password) if successor and (now or not slot) else None
    return opened_with(folder, keys, now, later, looking=looking)


def opened_with(
    folder: StudyFolder, keys: KeyFile, now: bytes | None, later: bytes | None, *, looking: bool = False
) -> Keys | None:
    """Return the key that the file opens with, and end a change of the key that was broken off.

    `now` and `later` are what a slot and its successor opened to; None where neither did. Who is only
    `looking` writes nothing; nor is a file that was changed outside sealed anew before a sign-in notes it.
    """
    known = [key for key in (now, later) if key is not None]
    as_written = not is_changed(keys, *known)
    seal = next((key for key in known if seal_holds(keys, key)), b"")
    for key, vault, ended in (
        (now, keys.vault, _as_before),
        (later, keys.coming.vault if keys.coming else "", _settled),
    ):
        if key is None or (keys.coming is not None and not _opens(folder, key)):
            continue
        if keys.coming is not None and as_written and not looking:
            change_keys(folder.keys, key, ended, sealed_by=seal)
        return Keys(key, open_vault(keys.header.study_id, vault, key), as_written)
    return None


def _opens(folder: StudyFolder, key: bytes) -> bool:
    try:
        connect(folder.study, key).close()
    except StorageFailed as error:
        if error.code == "file.held":
            # It says nothing of the key: no password is called wrong for it.
            raise
        return False
    return True


def _as_before(keys: KeyFile) -> KeyFile:
    return replace(keys, coming=None)


def _settled(keys: KeyFile) -> KeyFile:
    """Let the coming slots be the only ones."""
    coming = keys.coming
    assert coming is not None
    return replace(keys, slots=coming.slots, recovery=coming.recovery, vault=coming.vault, coming=None)
