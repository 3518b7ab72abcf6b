"""The second folder for backups: chosen once, kept in the study, used with the first one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sle_desk.base.errors import SleDeskError, StorageFailed
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import study_place
from sle_desk.services.backup import make_backup
from sle_desk.services.backup_file import Backup, Report, backups
from sle_desk.services.desk import Desk
from sle_desk.services.facts import keep_fact, study_fact

NAME = "backup_folder"


@dataclass(frozen=True)
class Made:
    """The backups that were made, and why the one in the second folder was not, where it failed."""

    backups: tuple[Backup, ...]
    fault: SleDeskError | None = None


def second_folder(desk: Desk) -> Path | None:
    """Return the second folder for backups, or None while none was chosen."""
    with desk.view() as session:
        kept = study_fact(session, NAME)
    return Path(kept) if kept else None


def choose_second_folder(desk: Desk, folder: StudyFolder, typed: str) -> study_place.Place:
    """Keep a second folder for backups, and make it where it does not exist yet."""
    place = study_place.backup_place(typed, folder.path)
    try:
        place.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed("place.not_writable", path=str(place.path)) from error
    with desk.change("setting.record") as change:
        keep_fact(change, NAME, str(place.path))
    return place


def make_backups(desk: Desk, folder: StudyFolder, report: Report) -> Made:
    """Make a verified backup in each folder; one that fails in the second does not undo the first."""
    made = [make_backup(desk, folder, None, report)]
    second = second_folder(desk)
    if second is None:
        return Made(tuple(made))
    try:
        made.append(make_backup(desk, folder, second, report))
    except SleDeskError as error:
        return Made(tuple(made), error)
    return Made(tuple(made))


def all_backups(desk: Desk, folder: StudyFolder) -> tuple[Backup, ...]:
    """Return the backups of this study in both folders, newest first."""
    second = second_folder(desk)
    found = [*backups(folder.backups), *(backups(second) if second is not None else ())]
    own = folder.header().study_id
    mine = (backup for backup in found if backup.study_id == own)
    return tuple(sorted(mine, key=lambda backup: (backup.number, backup.made), reverse=True))
