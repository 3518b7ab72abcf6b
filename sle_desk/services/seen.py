"""Whether a record is still what a person saw when they acted on it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import Stale
from sle_desk.models.base import Row
from sle_desk.models.lab import Result, Sample
from sle_desk.models.visit import Answer, FormRecord


def whole_version(record: Row, parts: Iterable[int]) -> int:
    """Return the version a record is seen as: a form with its answers, a sample with its results.

    A part that is added, corrected, judged or taken out makes it another one, though no column of the record
    changes; versions only grow, so that two records with the same sum are the same.
    """
    return record.version + sum(parts)


def version_of(session: Session, row: Row) -> int:
    """Return the version a record is seen as; of a form with its answers, of a sample with its results."""
    if isinstance(row, FormRecord):
        return whole_version(
            row, session.scalars(select(Answer.version).where(Answer.form_record_id == row.id))
        )
    if isinstance(row, Sample):
        return whole_version(row, session.scalars(select(Result.version).where(Result.sample_id == row.id)))
    return row.version


def require_seen(session: Session, row: Row, seen_version: int) -> None:
    """Refuse to act on a record that is no longer what was seen."""
    if version_of(session, row) != seen_version:
        raise Stale("record.changed_meanwhile")
