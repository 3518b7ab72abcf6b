"""Whether a record is still what a person saw when they acted on it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import Stale
from sle_desk.models.base import Row
from sle_desk.models.visit import Answer, FormRecord


def form_version(record: FormRecord, answers: Iterable[int]) -> int:
    """Return the version a form is seen as: it grows with the record and with each of its answers.

    An answer that is added, corrected or taken out makes it another form, though no column of the record
    changes; versions only grow, so that two forms with the same sum are the same form.
    """
    return record.version + sum(answers)


def version_of(session: Session, row: Row) -> int:
    """Return the version a record is seen as; of a form with its answers."""
    if not isinstance(row, FormRecord):
        return row.version
    return form_version(row, session.scalars(select(Answer.version).where(Answer.form_record_id == row.id)))


def require_seen(session: Session, row: Row, seen_version: int) -> None:
    """Refuse to act on a record that is no longer what was seen."""
    if version_of(session, row) != seen_version:
        raise Stale("record.changed_meanwhile")
