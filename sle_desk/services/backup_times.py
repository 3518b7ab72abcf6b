"""When a backup is made without being asked for, which old ones go, and when the second folder is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.base.instants import instant_text
from sle_desk.base.written import reason_of, sync_folder
from sle_desk.domain.thinning import kept
from sle_desk.models.audit import Audit
from sle_desk.models.people import UserSession
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.verification import quiet
from sle_desk.services import backup, backup_file, backup_folder
from sle_desk.services.backup_file import Backup
from sle_desk.services.backup_folder import Made
from sle_desk.services.desk import Desk

EVERY = timedelta(minutes=30)
SECOND_WITHIN = timedelta(days=7)


def is_time(desk: Desk, folder: StudyFolder) -> bool:
    """Tell whether something changed and the last backup, or this sign-in, lies half an hour back."""
    if desk.read_only:
        return False
    found = backup.newest(desk, folder)
    known = (found.made if found is not None else None, _sat_down(desk))
    # A backup of a clock that stood ahead says nothing of how long ago it was.
    since = max((each for each in known if each is not None and each <= desk.now()), default=None)
    return (since is None or desk.now() - since >= EVERY) and backup.is_due(desk, folder)


def _sat_down(desk: Desk) -> datetime | None:
    with desk.view() as session:
        row = session.get(UserSession, desk.actor.session_id)
        return row.opened_at if row is not None else None


def back_up(desk: Desk, folder: StudyFolder, report: backup_file.Report) -> Made:
    """Make a verified backup in each folder, then thin the older ones of this study there."""
    made = backup_folder.make_backups(desk, folder, report)
    try:
        thin(desk, folder)
    except StorageFailed as error:
        return Made(made.backups, made.fault or error)
    return made


def thin(desk: Desk, folder: StudyFolder) -> tuple[str, ...]:
    """Remove the backups that the schedule lets go, of this study alone; return their names.

    StorageFailed when one cannot be removed; those before it are gone and noted.
    """
    gone: list[str] = []
    places = [folder.backups, *filter(None, [backup_folder.second_folder(desk)])]
    try:
        for place in places:
            for each in _too_many(desk, folder, place):
                each.path.unlink()
                gone.append(each.path.name)
            if place.is_dir():
                sync_folder(place)
    except OSError as error:
        raise StorageFailed("backup.not_thinned", reason=reason_of(error)) from error
    finally:
        if gone:
            desk.note("backup.thin", {"files": gone})
    return tuple(gone)


def _too_many(desk: Desk, folder: StudyFolder, place: Path) -> list[Backup]:
    """Return the backups of a folder that the schedule lets go.

    What lies on a way that a restore has left stays: it is all that is left of it. One that is damaged keeps
    no place of a good one.
    """
    study_id = folder.header().study_id
    own = [
        each
        for each in backup_file.backups(place)
        if each.study_id == study_id and backup.is_of_now(desk, each)
    ]
    if len(kept((each.made for each in own), desk.now())) == len(own):
        return []
    whole = [each for each in own if backup_file.is_whole(each)]
    stay = kept((each.made for each in whole), desk.now())
    return [each for each in whole if each.made not in stay]


def second_is_late(desk: Desk, folder: StudyFolder) -> bool:
    """Tell whether the study is older than a week and no second copy was made in the last seven days.

    What the audit says was copied counts, and no file that lies somewhere; a copy on the disk of the study
    is none.
    """
    long_ago = desk.now() - SECOND_WITHIN
    stood = desk.cursor_check(lambda cursor: _stood_at(cursor, instant_text(long_ago)))
    if not stood:
        return False
    with desk.view() as session:
        made = session.execute(
            select(Audit.at, Audit.payload).where(Audit.number > stood, Audit.action == backup.MAKE)
        ).all()
    second = f'"place":"{backup.SECOND_PLACE}"'
    return not any(second in (payload or "") and at > long_ago for at, payload in made)


def _stood_at(cursor: Any, instant: str) -> int:
    """Return the last audit number at an instant, or 0 before the first: what is older need not be read."""
    # As text instants sort by what stands before their offset, which is UTC.
    utc = instant.partition("Z")[0]
    low, high = 0, cursor.execute("SELECT max(number) FROM audit").fetchone()[0]
    while low < high:
        middle = (low + high + 1) // 2
        (at,) = cursor.execute("SELECT at FROM audit WHERE number = ?", (middle,)).fetchone()
        low, high = (middle, high) if at.partition("Z")[0] <= utc else (low, middle - 1)
    return low


def back_up_if_due(desk: Desk, folder: StudyFolder) -> SleDeskError | None:
    """Back up at closing where anything changed; return what could not be done, having done the rest."""
    if desk.read_only or not backup.is_due(desk, folder):
        return None
    return back_up(desk, folder, quiet).fault
