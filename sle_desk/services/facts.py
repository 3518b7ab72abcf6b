"""What is kept once for the whole study, by name: settings of the site and what it was founded with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.protocol import StudyFact
from sle_desk.services.desk import Change

# The folder beside that of the study in which a copy of each backup is kept.
SECOND_FOLDER = "backup_folder"


def study_fact(session: Session, name: str) -> str:
    """Return a fact of the study by name, or an empty text."""
    return session.scalar(select(StudyFact.value).where(StudyFact.name == name)) or ""


def keep_fact(change: Change, name: str, value: str) -> None:
    """Keep a fact of the study, or what it says now."""
    kept = change.session.scalar(select(StudyFact).where(StudyFact.name == name))
    if kept is None:
        change.add(StudyFact(name=name, value=value))
    else:
        kept.value = value
