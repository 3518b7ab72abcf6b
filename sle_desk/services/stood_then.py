"""How a subject stood at an instant, by what is known now: what is told late is judged by its own time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.subject import Disposition
from sle_desk.services.checklist import SignedDecision
from sle_desk.services.courses import COMPLETED, EXIT, SCREEN_FAILURE
from sle_desk.services.deaths import Death, death_of
from sle_desk.services.waived import Waiver
from sle_desk.services.withdrawals import Spell, spells_of


def withdrawn_then(session: Session, subject_id: int, at: datetime) -> dict[str, date]:
    """Return each scope of consent that was withdrawn at an instant, with the day since when."""
    found = spells_of(session, subject_id).items()
    return {scope: each.since for scope, own in found for each in own if _held(each, at)}


def _held(spell: Spell, at: datetime) -> bool:
    told = spell.told_at
    later = told is not None and told.date() == spell.since == at.date() and told > at
    return spell.holds(at.date()) and not later


def died_by(session: Session, subject_id: int, on_day: date) -> Death | None:
    """Return the death of a subject, where it was of a day or before."""
    death = death_of(session, subject_id)
    return death if death is not None and death.on_day <= on_day else None


def ended_by(session: Session, subject_id: int, on_day: date) -> frozenset[str]:
    """Return the kinds of steps that had ended a subject's screening or course by a day."""
    steps = select(Disposition.kind).where(
        Disposition.subject_id == subject_id,
        Disposition.state == "current",
        Disposition.kind.in_((SCREEN_FAILURE, EXIT, COMPLETED)),
        Disposition.on_day <= on_day,
    )
    return frozenset(session.scalars(steps))


def signed_by(signed: SignedDecision | Waiver | None, at: datetime) -> bool:
    """Tell whether a decision or a waiver was signed by an instant; what was signed in ink tells its day."""
    if signed is None:
        return False
    if signed.ink is not None:
        return signed.ink.signed_on <= at.date()
    return signed.signed_at <= at
