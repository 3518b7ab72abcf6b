"""What is known of a study before anybody signed in; nothing here loads the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sle_desk.base.instants import read_instant
from sle_desk.base.language import Words, message
from sle_desk.models.store.folder import StudyFolder

# What each step of the opening checks does, in words.
CHECK_WORDS = {
    "identity": message("Is it a study of this application …"),
    "schema": message("Comparing the structure …"),
    "pages": message("Checking every page …"),
    "seals": message("Checking every seal …"),
    "foreign_keys": message("Checking references …"),
    "chain": message("Checking the audit chain …"),
    "replay": message("Comparing every value with its audit …"),
}


@dataclass(frozen=True)
class StudyHeader:
    """What the sign-in page may show of a study, as last written."""

    title: Words
    numbers: tuple[str, ...]
    backed_up_at: datetime | None
    backup_place: str
    demonstration: bool


def study_header(path: Path) -> StudyHeader:
    """Return the plain header of a study folder; nothing behind it is opened or changed."""
    folder = StudyFolder(path)
    folder.check_is_study()
    header = folder.header()
    made, _, place = header.last_backup.partition(" ")
    title = Words(header.title, header.title_zh)
    return StudyHeader(title, header.registry_numbers, _instant(made), place, header.demonstration)


def _instant(text: str) -> datetime | None:
    # Nothing seals the header before sign-in: what cannot be read there says nothing.
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        return None
