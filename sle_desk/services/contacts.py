"""Attempts to reach a subject, beside a subject that counts as lost to follow-up."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.leaving import EXIT, LOST
from sle_desk.domain.safety import YES
from sle_desk.models.subject import Disposition
from sle_desk.models.visit import Answer, FormRecord

CONTACT, DAY, REACHED, NO = "contact", "day", "reached", "N"


def unreached(session: Session, subject_id: int) -> int:
    """Return how many attempts to reach a subject stand that reached nobody."""
    asked = (
        select(func.count())
        .select_from(FormRecord)
        .join(Answer, Answer.form_record_id == FormRecord.id)
        .where(FormRecord.subject_id == subject_id, FormRecord.form == CONTACT, FormRecord.state == "current")
        .where(Answer.field == REACHED, Answer.choice == NO)
    )
    return session.scalar(asked) or 0


def reached_though_lost(
    session: Session, subject_id: int, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return that a contact reached a subject after it was recorded as lost to follow-up."""
    reached, day = values.get(REACHED), values.get(DAY)
    if reached is None or reached.choice != YES or day is None or day.day is None:
        return ()
    lost = session.scalar(
        select(func.min(Disposition.on_day)).where(
            Disposition.subject_id == subject_id,
            Disposition.kind == EXIT,
            Disposition.reason == LOST,
            Disposition.state == "current",
        )
    )
    if lost is None or day.day < lost:
        return ()
    return (Finding(UNLIKELY, REACHED, "contact.though_lost", {"day": day.day, "lost": lost}),)
