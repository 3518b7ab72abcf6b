"""Which backup is offered where a study does not open: the newest good one of the way in force.

Nobody is signed in, so the chain cannot be asked: a restore leaves backups of another way, and their numbers
may be higher. The key file knows the instant of the last backup of its own way; a restore writes that of its
backup there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import read_instant
from sle_desk.models.store.folder import StudyFolder
from sle_desk.models.store.key_file import Header
from sle_desk.services.backup_file import Backup, is_whole, newest_first

# The copy in the second folder, which may be away now, is made with the one beside the study.
TOGETHER = timedelta(minutes=30)


def offered(study: Path) -> tuple[Backup, ...]:
    """Return the newest whole backup; two where nothing here tells which of them is of the way in force."""
    folder = StudyFolder(study)
    found = list(newest_first(folder.backups))
    header = _header(folder)
    if header is None:
        # Without a key file nothing says of which study this folder was.
        return _whole(found, 2) if len({made.study_id for made in found}) == 1 else ()
    known, place = _last_backup(header)
    if place is not None and place.resolve() != folder.backups.resolve():
        found += newest_first(place)
    mine = [made for made in found if made.study_id == header.study_id and _may_be_ours(made, header)]
    exact = _whole((made for made in mine if made.link == header.last_link), 1)
    return exact or _by_instant(mine, known)


def _by_instant(mine: list[Backup], known: datetime | None) -> tuple[Backup, ...]:
    """Choose by the instant of the last backup that the key file knows of."""
    mine.sort(key=lambda made: (made.made, made.number), reverse=True)
    if known is None:
        return _whole(mine, 2)
    last = _whole((made for made in mine if made.made == known), 1)
    if last:
        # A later one may be ours, unknown to the key file after a crash, or of a way that a restore has left.
        later = (made for made in mine if made.made > known and made.number > last[0].number)
        return (*_whole(later, 1), *last)
    before = [made for made in mine if made.made < known]
    away = not any(made.made == known for made in mine)
    together = _whole((made for made in before if away and known - made.made < TOGETHER), 1)
    return together or _whole(before, 2) or _whole(mine, 2)


def _may_be_ours(made: Backup, header: Header) -> bool:
    """Tell whether a backup may be of the way in force: no higher in number, or made after all we know."""
    if made.number <= header.last_number:
        return True
    return not header.last_instant or made.made >= read_instant(header.last_instant)


def _header(folder: StudyFolder) -> Header | None:
    try:
        return folder.header()
    except StorageFailed:
        return None


def _last_backup(header: Header) -> tuple[datetime | None, Path | None]:
    made, _, place = header.last_backup.partition(" ")
    try:
        # Nothing seals the header before sign-in: what cannot be read there says nothing.
        at = read_instant(made)
        path = Path(place)
        return at, path if place and path.is_absolute() and path.is_dir() else None
    except (ValueError, OverflowError, OSError):
        return None, None


def _whole(found: Iterable[Backup], most: int) -> tuple[Backup, ...]:
    """Return the first that are whole; the file of each is read."""
    kept: list[Backup] = []
    for made in found:
        if len(kept) == most:
            break
        if is_whole(made):
            kept.append(made)
    return tuple(kept)
