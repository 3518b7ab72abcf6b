"""Recording why a subject did not sign a newer version of the consent form, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.reconsent import OTHER, REASONS, REFUSED
from sle_desk.domain.values import check_text
from sle_desk.models.subject import ConsentVersion, NotReconsented
from sle_desk.services.answers import reason_text
from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.courses import courses
from sle_desk.services.desk import Desk
from sle_desk.services.reconsents import NotReconsentedRow, asked_in, not_reconsented_of
from sle_desk.services.record_corrections import Why, correcting
from sle_desk.services.standing import (
    ACTION,
    require_born,
    require_changed,
    require_subject_standing,
    to_void,
    void_record,
)

RECORD = "reconsent.not_signed"


@dataclass(frozen=True)
class NotSigned:
    """That a subject did not sign a version, and why: the day it was clear, a coded reason, a note."""

    on_day: date
    reason: str
    note: str = ""


def open_reconsent(desk: Desk, subject_id: int) -> str:
    """Return the version that a subject is still to sign, or nothing."""
    with desk.view() as session:
        asked = asked_in(session, courses(session, [subject_id]), desk.today()).get(subject_id)
    return asked.version.code if asked is not None and asked.stands_open else ""


def record_not_signed(desk: Desk, subject_id: int, version: str, told: NotSigned) -> int:
    """Record why a subject did not sign a newer version; told after its last day it proposes a deviation.

    A refusal can be followed by what came of it. RuleBroken `reconsent.not_asked` where nothing is asked of
    the subject, or it was told before.
    """
    kept = _checked(desk, told)
    with desk.change(RECORD, done_on=told.on_day, subject_id=subject_id) as change:
        require_subject_standing(change, subject_id)
        require_born(change.session, subject_id, told.on_day)
        row = change.session.scalar(select(ConsentVersion).where(ConsentVersion.code == version))
        asked = asked_in(change.session, courses(change.session, [subject_id]), change.at.date())
        own = asked.get(subject_id)
        again = own is not None and own.refused_on is not None and kept.reason == REFUSED
        if row is None or own is None or not own.stands_open or own.version.id != row.id or again:
            raise RuleBroken("reconsent.not_asked", version=version)
        if told.on_day < own.version.first_day:
            facts = {"typed": told.on_day.isoformat(), "first": own.version.first_day.isoformat()}
            raise RuleBroken("reconsent.before_use", **facts)
        record = NotReconsented(
            **change.record_facts(subject_id, told.on_day),
            consent_version_id=row.id,
            on_day=kept.on_day,
            reason=kept.reason,
            note=kept.note,
        )
        change.add(record)
        renew_consent_findings(change, subject_id)
        return record.id


def correct_not_signed(desk: Desk, why: Why, right: NotSigned) -> None:
    """Put right the day, the reason and the note; a deviation by the day is compared again."""
    kept = _checked(desk, right)
    with correcting(desk, NotReconsented, why, right.on_day) as (change, row, _):
        row.on_day, row.reason, row.note = kept.on_day, kept.reason, kept.note
        require_changed(change, row)
        renew_consent_findings(change, row.subject_id)


def void_not_signed(desk: Desk, record_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark it as entered in error: the subject is asked to sign again."""
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        row = to_void(change, NotReconsented, record_id, seen_version)
        void_record(change, row, said)
        renew_consent_findings(change, row.subject_id)


def not_signed(desk: Desk, subject_id: int) -> tuple[NotReconsentedRow, ...]:
    """Return what was told of newer versions that a subject did not sign, by day."""
    with desk.view() as session:
        return not_reconsented_of(session, subject_id)


def _checked(desk: Desk, told: NotSigned) -> NotSigned:
    if told.on_day > desk.today():
        raise RuleBroken("day.future", typed=told.on_day.isoformat(), today=desk.today().isoformat())
    if told.reason not in {choice.code for choice in REASONS}:
        raise RuleBroken("change.reason_needed")
    if told.reason == OTHER and not told.note.strip():
        raise RuleBroken("change.note_needed")
    return NotSigned(told.on_day, told.reason, check_text(told.note.strip()))
