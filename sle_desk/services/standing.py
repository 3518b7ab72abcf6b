"""Whether a record stands, and what goes void with it once it was entered in error."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.values import check_time
from sle_desk.models.base import Record, Row
from sle_desk.models.safety import Query
from sle_desk.models.subject import Consent, Subject
from sle_desk.services.desk import Change
from sle_desk.services.deviations import void_about
from sle_desk.services.seen import require_seen
from sle_desk.services.signatures import void_signatures

ACTION = "record.entered_in_error"
R = TypeVar("R", bound=Record)


def known_since(session: Session, subject_id: int) -> date:
    """Return the day of the first consent, or of the registration where that was earlier."""
    registered = session.get_one(Subject, subject_id).registered_at.date()
    first = session.scalar(
        select(func.min(Consent.signed_on)).where(
            Consent.subject_id == subject_id, Consent.state == "current"
        )
    )
    return registered if first is None else min(registered, first)


def require_born(session: Session, subject_id: int, on_day: date) -> None:
    """Refuse a day before the subject was born: it is the impossible that even a record of it is not."""
    if on_day < session.get_one(Subject, subject_id).birth_date:
        raise RuleBroken("day.before_birth", typed=on_day.isoformat())


def require_past(now: datetime, on_day: date, time: str) -> None:
    """Refuse a time of today (HH:MM, or nothing where it is not known) that lies ahead."""
    check_time(time)
    if on_day == now.date() and time > f"{now:%H:%M}":
        raise RuleBroken("time.future", typed=time, now=f"{now:%H:%M}")


def require_changed(change: Change, row: Row) -> None:
    """Refuse a correction to what is saved already: its reason would stand nowhere, and void signatures."""
    if not change.session.is_modified(row):
        raise RuleBroken("correction.same")


def require_standing(change: Change, record: Record) -> None:
    """Refuse to work on a record, or for a subject, that was entered in error."""
    if record.state == "void":
        raise RuleBroken("record.already_void")
    require_subject_standing(change, record.subject_id)


def require_subject_standing(change: Change, subject_id: int) -> None:
    """Refuse to work for a subject that was entered in error."""
    if change.session.get_one(Subject, subject_id).state == "void":
        raise RuleBroken("subject.void")


def to_void(change: Change, model: type[R], row_id: int, seen_version: int) -> R:
    """Return the record that is to go void, as it was seen and not void yet; its subject may be void."""
    row = change.session.get_one(model, row_id)
    if row.state == "void":
        raise RuleBroken("record.already_void")
    require_seen(change.session, row, seen_version)
    return row


def void_record(change: Change, row: Record, reason: str) -> None:
    """Mark a record as entered in error; deviations, signatures and open queries about it go with it."""
    row.state, row.void_reason = "void", reason
    change.session.flush()
    table = row.__tablename__
    void_about(change, (table, row.id))
    void_signatures(change, table, row.id, reason)
    close_queries(change, table, (row.id,), reason)


def close_queries(change: Change, table: str, ids: Collection[int], reason: str) -> None:
    """Close the questions about records that no longer stand; the reason is their answer."""
    rows = change.session.scalars(
        select(Query).where(Query.about_table == table, Query.about_id.in_(ids), Query.progress != "closed")
    ).all()
    for row in rows:
        row.progress, row.answer = "closed", row.answer or reason
