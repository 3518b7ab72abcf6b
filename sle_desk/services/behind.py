"""Is the study behind a backup of its own way: an older copy of both files was put over the newer ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sle_desk.base.errors import StorageFailed
from sle_desk.base.instants import read_instant
from sle_desk.domain.values import check_text
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import STUDY_FILE, StudyFolder
from sle_desk.models.store.key_file import Header
from sle_desk.models.store.verification import Fault, Verified
from sle_desk.services.backup_file import Backup, newest_first, unpacked
from sle_desk.services.desk import Desk
from sle_desk.services.facts import SECOND_FOLDER
from sle_desk.services.live_study import link_at
from sle_desk.services.restored_note import ACTION as RESTORE
from sle_desk.services.restored_note import read_note

CODE, ACCEPT = "study.behind", "behind.accept"
# Since when an older study is known and meant: it was restored, or somebody said why it is gone on with.
MEANT = "SELECT at FROM audit WHERE action IN (?, ?) AND operation = 'event'"


@dataclass(frozen=True)
class Behind:
    """A backup that knows later entries of this study than the study itself."""

    number: int
    later: Backup

    def facts(self) -> dict[str, object]:
        """Return what the sentence names."""
        later = self.later
        made = f"{later.made:%Y-%m-%d %H:%M}"
        return {"found": self.number, "later": later.number, "made": made, "name": later.path.name}


def behind(cursor: Any, folder: StudyFolder, header: Header, data_key: bytes) -> Behind | None:
    """Return the backup that a study is behind, or None; nothing is changed."""
    number, link = cursor.execute("SELECT number, link FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    # What the key file knew before the opening: a migration has added rows of its own since.
    known = (header.last_number, header.last_link) if header.last_link else (number, link)
    meant: datetime | None = None
    for later in _later(cursor, folder, header.study_id, number):
        meant = meant or _meant(cursor, folder)
        if later.made > meant and _of_one_way(later, data_key, *known):
            return Behind(number, later)
    return None


def _later(cursor: Any, folder: StudyFolder, study_id: str, number: int) -> Iterator[Backup]:
    second = cursor.execute("SELECT value FROM study_fact WHERE name = ?", (SECOND_FOLDER,)).fetchone()
    for place in (folder.backups, *((Path(second[0]),) if second else ())):
        for made in newest_first(place):
            if made.number <= number:
                break
            if made.study_id == study_id:
                yield made


def _meant(cursor: Any, folder: StudyFolder) -> datetime:
    """Return until when backups of later entries are known of: a restore leaves them, and notes itself."""
    note = read_note(folder)
    waiting = [note.restored_at] if note is not None else []
    said = [row[0] for row in cursor.execute(MEANT, (RESTORE, ACCEPT))]
    return max(map(read_instant, [*waiting, *said, "2000-01-01T00:00:00.000000Z+000"]))


def _of_one_way(later: Backup, data_key: bytes, number: int, link: str) -> bool:
    """Tell whether a backup goes on from a row of the study; yes where it does not open, and cannot say."""
    try:
        with unpacked(later.path) as private:
            copy = connect(private / STUDY_FILE, data_key)
            try:
                return link_at(copy.cursor(), number) == link
            finally:
                copy.close()
    except StorageFailed:
        return True


def against_backups(
    verified: Verified, folder: StudyFolder, header: Header, cursor: Any, data_key: bytes
) -> Verified:
    """Compare a study that was verified with the backups beside it."""
    found = behind(cursor, folder, header, data_key) if verified.holds else None
    return replace(verified, faults=(Fault(CODE, found.facts()),)) if found is not None else verified


def require_reason(desk: Desk, folder: StudyFolder, header: Header, reason: str) -> Behind | None:
    """Return what a study is behind, to be noted; StorageFailed where nobody says why it is gone on with."""
    found: Behind | None = desk.cursor_check(
        lambda cursor: behind(cursor, folder, header, desk.database.data_key)
    )
    if found is not None and not reason.strip():
        raise StorageFailed(CODE, **found.facts())
    return found


def accept(desk: Desk, found: Behind | None, reason: str) -> None:
    """Note who goes on with a study that is behind a backup, and why."""
    if found is not None:
        facts = {"found": found.number, "later": found.later.number, "file": found.later.path.name}
        desk.note(ACCEPT, facts, check_text(reason))
