"""The keys of a study or a backup opened by a password: wrong ones are counted, and the next one waits."""

from __future__ import annotations

from pathlib import Path

from sle_desk.base.clock import Clock
from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.models.store import attempts
from sle_desk.models.store.folder import ATTEMPTS_FILE, StudyFolder
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.models.store.keys import slot_owner
from sle_desk.services.keys_change import Keys, opened_by_password
from sle_desk.services.sign_in_checks import end_restore, tried


def counted_at(path: Path, study_id: str, live: StudyFolder | None = None) -> Path:
    """Return where wrong passwords of a backup are counted: with its study, or beside it without one."""
    for folder in (live, StudyFolder(path.absolute().parent.parent)):
        try:
            if folder is not None and folder.header().study_id == study_id:
                return folder.attempts
        except StorageFailed:
            continue
    return path.with_name(ATTEMPTS_FILE)


def counted_keys(
    counted: Path, folder: StudyFolder, login: str, password: str, clock: Clock, *, looking: bool = False
) -> Keys:
    """Return the keys behind a person's slot; StorageFailed when name or password is not right: counted.

    Who is only `looking` leaves the key file as it is.
    """
    keys, login = read_keys(folder.keys), login.strip().lower()
    owner = slot_owner(login)
    known = owner if keys.slot(owner) else attempts.NOBODY
    found = tried(
        counted,
        known,
        clock.now,
        lambda: opened_by_password(folder, keys, owner, password, looking=looking),
    )
    if found is None:
        raise StorageFailed("sign_in.wrong")
    if not StudyFolder(counted.parent).keys.exists():
        # Beside a study its own sign-in forgets: an old password says nothing of that of now.
        attempts.forget(counted, owner)
    return found


def keys_by_password(
    folder: StudyFolder,
    login: str,
    password: str,
    clock: Clock,
    at: Path | None = None,
    looking: bool = False,
) -> tuple[KeyFile, Keys]:
    """Return key file and keys behind a slot; a wrong password is counted `at` a place, NotAllowed.

    Who is only `looking` leaves the key file as it is.
    """
    end_restore(folder, clock)
    folder.check_is_study()
    keys = read_keys(folder.keys)
    owner = slot_owner(login.strip().lower())
    found = tried(
        at or folder.attempts,
        # A name that nobody has is not kept: it may be a password typed into the wrong line.
        owner if keys.slot(owner) else attempts.NOBODY,
        clock.now,
        lambda: opened_by_password(folder, keys, owner, password, looking=looking),
    )
    if found is None:
        raise NotAllowed("sign_in.wrong")
    return keys, found
