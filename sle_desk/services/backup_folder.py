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
from sle_desk.services.facts import SECOND_FOLDER, keep_fact, study_fact

ACTION = "setting.record"
# Whether it lay on a disk of its own when it was chosen: if it does not now, the stick is out.
OWN_DISK = "backup_own_disk"


@dataclass(frozen=True)
class Made:
    """The backups that were made, and why the one in the second folder was not, where it failed."""

    backups: tuple[Backup, ...]
    fault: SleDeskError | None = None


def second_folder(desk: Desk) -> Path | None:
    """Return the second folder for backups, or None while none was chosen."""
    with desk.view() as session:
        kept = study_fact(session, SECOND_FOLDER)
    return Path(kept) if kept else None


def choose_second_folder(desk: Desk, folder: StudyFolder, typed: str) -> study_place.Place:
    """Keep a second folder for backups, and make it where it does not exist yet."""
    desk.require(ACTION)
    place = study_place.backup_place(typed, folder.path)
    try:
        place.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed("place.not_writable", path=str(place.path)) from error
    with desk.change(ACTION) as change:
        keep_fact(change, SECOND_FOLDER, str(place.path))
        own = not study_place.same_disk(place.path, folder.path)
        keep_fact(change, OWN_DISK, "yes" if own else "no")
    return place


def make_backups(desk: Desk, folder: StudyFolder, report: Report) -> Made:
    """Make a verified backup in each folder; one that fails in the second does not undo the first."""
    made = [make_backup(desk, folder, None, report)]
    second = second_folder(desk)
    if second is None:
        return Made(tuple(made))
    try:
        _require_its_disk(desk, folder, second)
        made.append(make_backup(desk, folder, second, report))
    except SleDeskError as error:
        return Made(tuple(made), error)
    return Made(tuple(made))


def _require_its_disk(desk: Desk, folder: StudyFolder, second: Path) -> None:
    """Refuse to fill the empty folder that a stick leaves behind: StorageFailed."""
    with desk.view() as session:
        had_its_own = study_fact(session, OWN_DISK) == "yes"
    if had_its_own and study_place.same_disk(second, folder.path):
        raise StorageFailed("backup.stick_is_out", path=str(second))


def all_backups(desk: Desk, folder: StudyFolder) -> tuple[Backup, ...]:
    """Return the backups of this study in both folders, newest first."""
    second = second_folder(desk)
    found = [*backups(folder.backups), *(backups(second) if second is not None else ())]
    own = folder.header().study_id
    mine = (backup for backup in found if backup.study_id == own)
    return tuple(sorted(mine, key=lambda backup: (backup.number, backup.made), reverse=True))
