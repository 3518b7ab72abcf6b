"""The note of a restore: it is put in place with the files, and the next sign-in writes it into the audit.

Whatever breaks off after the files stand there, the restored study does not go on without saying so.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sle_desk.base.errors import RuleBroken
from sle_desk.base.instants import read_instant
from sle_desk.domain.sealing import canonical, paper_code
from sle_desk.domain.values import check_text
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Desk
from sle_desk.services.live_study import link_at

ACTION = "study.restore"
# Nothing seals the note: a file that is larger was not written here.
LARGEST = 8192


@dataclass(frozen=True)
class RestoredNote:
    """What the audit of a restored study says of the restore, and where its backup lay."""

    file: str
    number: int
    code: str
    over: int
    by: str
    restored_at: str
    reason: str = ""
    made_at: str = ""
    place: str = ""

    def facts(self) -> dict[str, object]:
        """Return what the audit keeps: no path, which may name a person."""
        kept = asdict(self)
        return {name: kept[name] for name in ("file", "number", "code", "over", "by", "restored_at")}

    def backed_up(self) -> str:
        """Return what the key file says of the last verified backup: the one that was restored."""
        return f"{self.made_at} {self.place}" if self.made_at else ""

    def content(self) -> bytes:
        """Return the note as it is written beside the study."""
        return json.dumps(asdict(self)).encode("utf-8")


def read_note(folder: StudyFolder) -> RestoredNote | None:
    """Return the note that waits beside a study, or None where there is none that can be read."""
    try:
        if folder.restored.stat().st_size > LARGEST:
            return None
        return _checked(json.loads(folder.restored.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError, RuleBroken):
        return None


def _checked(content: Mapping[str, Any]) -> RestoredNote:
    note = RestoredNote(**content)
    if type(note.number) is not int or type(note.over) is not int or min(note.number, note.over) < 0:
        raise TypeError("a number of a note")
    for text in (note.file, note.code, note.by, note.reason, note.place):
        check_text(text)
    for instant in filter(None, (note.restored_at, note.made_at)):
        read_instant(instant)
    return note


def note_restore(desk: Desk, folder: StudyFolder) -> str:
    """Write a waiting note into the audit, once; return what the key file is to say of the last backup."""
    if not folder.restored.exists():
        return ""
    note = read_note(folder)
    if note is not None and desk.cursor_check(lambda cursor: _is_ours(cursor, note)):
        with desk.change("session.open") as change:
            change.event(ACTION, note.facts(), note.reason)
    with contextlib.suppress(OSError):
        folder.restored.unlink()
    return note.backed_up() if note is not None else ""


def _is_ours(cursor: Any, note: RestoredNote) -> bool:
    """Tell whether a note is of this study and not in its audit yet, as a crash may leave it."""
    link = link_at(cursor, note.number)
    if link is None or paper_code(link) != note.code:
        return False
    payload = canonical(note.facts()).decode("utf-8")
    same = "SELECT 1 FROM audit WHERE number > ? AND action = ? AND payload = ?"
    return cursor.execute(same, (note.number, ACTION, payload)).fetchone() is None
