"""Screening somebody again whose screening ended: a new number, the same person, both records linked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import screening as rule
from sle_desk.domain.decisions import Readings
from sle_desk.domain.dosing import MINOR
from sle_desk.domain.screening import DAYS, RESCREEN_REASONS, TIMES
from sle_desk.domain.values import check_text
from sle_desk.models.allocation import Allocation
from sle_desk.models.store.disk import require_room
from sle_desk.models.subject import Disposition, Identity, Subject
from sle_desk.services.consent_order import renew_reconsent
from sle_desk.services.courses import EXIT, SCREEN_FAILURE
from sle_desk.services.deaths import death_of
from sle_desk.services.decisions import readings_on
from sle_desk.services.desk import Change, Desk
from sle_desk.services.subjects import SubjectRow, add_subject, linked_with, new_row
from sle_desk.services.withdrawals import SCREENED_FOR, spells_of, standing

ACTION = "subject.rescreen"
OTHER = "other"


@dataclass(frozen=True)
class Linked:
    """Another screening of the same person: its numbers, the day it ended, if it did, whether it failed."""

    subject_id: int
    code: str
    screening_number: str
    ended_on: date | None
    void: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Links:
    """What a subject was screened as before and is screened as since; `may` tells that it can be again."""

    before: Linked | None
    since: Linked | None
    may: bool


def rescreen(desk: Desk, subject_id: int, reason: str, note: str = "") -> SubjectRow:
    """Screen a person again whose screening failed, or who left or withdrew in it, for a coded reason.

    Return the new record. Identity, sex and birth are those of the record before, which stays; its consents
    do not cover the new one. What breaks the study's rule, where one is decided, proposes a deviation: it is
    screened again all the same.
    """
    said = _reason(reason, note)
    require_room(desk.database.free_bytes())
    with desk.change(ACTION, said) as change:
        session = change.session
        before = session.get_one(Subject, subject_id)
        ended_on = _require_ended(session, before)
        known = session.scalars(select(Identity).where(Identity.subject_id == subject_id)).one()
        subject = add_subject(change, before.sex, before.birth_date, rescreen_of=before.id)
        change.add(
            Identity(
                subject_id=subject.id,
                name=known.name,
                initials=known.initials,
                identity_kind=known.identity_kind,
                identity_number=known.identity_number,
                phone=known.phone,
            )
        )
        _propose(change, subject, ended_on)
        # From now on the newer version is signed under the new number.
        renew_reconsent(change, before.id)
        return new_row(change, subject, desk)


def outside_rule(desk: Desk, subject_id: int) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return how screening a subject again today would break the rule: codes with their facts."""
    with desk.view() as session:
        subject = session.get_one(Subject, subject_id)
        ended_on = _ended_on(session, subject_id)
        if ended_on is None:
            return ()
        readings = readings_on(session, desk.protocol, desk.today())
        before = len(linked_with(session, subject.id, standing=True))
        return tuple(_outside(readings, before, ended_on, desk.today()))


def links_of(desk: Desk, subject_id: int) -> Links:
    """Return what a subject was screened as before and since, and whether it can be screened again now."""
    with desk.view() as session:
        subject = session.get_one(Subject, subject_id)
        before = session.get(Subject, subject.rescreen_of) if subject.rescreen_of is not None else None
        since = _since(session, subject_id)
        ended = _ended_on(session, subject_id)
        over = ended is not None and since is None and _allocated_as(session, subject_id) is None
        alive = subject.state == "current" and death_of(session, subject_id) is None
        return Links(_linked(session, before), _linked(session, since), may=over and alive)


def _reason(code: str, note: str) -> str:
    if code not in {choice.code for choice in RESCREEN_REASONS}:
        raise RuleBroken("change.reason_needed")
    if code == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    return f"{code}: {check_text(note.strip())}" if note.strip() else code


def _require_ended(session: Session, subject: Subject) -> date:
    if subject.state == "void":
        raise RuleBroken("subject.void")
    allocated = _allocated_as(session, subject.id)
    if allocated is not None:
        raise RuleBroken("rescreen.allocated", code=subject.code, number=allocated)
    ended_on = _ended_on(session, subject.id)
    if ended_on is None or death_of(session, subject.id) is not None:
        raise RuleBroken("rescreen.not_ended", code=subject.code)
    since = _since(session, subject.id)
    if since is not None:
        raise RuleBroken("rescreen.again_already", code=subject.code, other=since.code)
    return ended_on


def _ended_on(session: Session, subject_id: int) -> date | None:
    """Return the day on which a screening ended: it failed, the subject left, or withdrew consent for it."""
    steps = session.scalar(
        select(func.min(Disposition.on_day)).where(
            Disposition.subject_id == subject_id,
            Disposition.kind.in_((SCREEN_FAILURE, EXIT)),
            Disposition.state == "current",
        )
    )
    scopes = standing(spells_of(session, subject_id))
    days = (steps, *(scopes.get(scope) for scope in SCREENED_FOR))
    return min((day for day in days if day is not None), default=None)


def _failed(session: Session, subject_id: int) -> bool:
    failed = select(Disposition.id).where(
        Disposition.subject_id == subject_id,
        Disposition.kind == SCREEN_FAILURE,
        Disposition.state == "current",
    )
    return session.scalar(failed.limit(1)) is not None


def _allocated_as(session: Session, subject_id: int) -> str | None:
    """Return the randomisation number of a subject, told outside after the failure as well."""
    asked = select(Allocation.randomisation_number).where(Allocation.subject_id == subject_id)
    return session.scalar(asked)


def _since(session: Session, subject_id: int) -> Subject | None:
    """Return the record that goes on from a subject; one entered in error is passed over."""
    later = [each for each in linked_with(session, subject_id, standing=True) if each > subject_id]
    return session.get_one(Subject, min(later)) if later else None


def _linked(session: Session, subject: Subject | None) -> Linked | None:
    if subject is None:
        return None
    ended, failed = _ended_on(session, subject.id), _failed(session, subject.id)
    return Linked(subject.id, subject.code, subject.screening_number, ended, subject.state == "void", failed)


def _outside(
    readings: Readings, before: int, ended_on: date, today: date
) -> Iterable[tuple[str, dict[str, object]]]:
    # A study made with a package of before knows no such settings: then nothing is decided either.
    times, days = (readings.decided_number(code) for code in (TIMES, DAYS))
    facts: dict[str, dict[str, object]] = {
        rule.TOO_OFTEN: {"before": before, "allowed": times},
        rule.TOO_SOON: {"days": (today - ended_on).days, "allowed": days},
    }
    for code in rule.outside_rule(before, ended_on, today, times, days):
        yield code, facts[code]


def _propose(change: Change, subject: Subject, ended_on: date) -> None:
    today = change.at.date()
    readings = readings_on(change.session, change.protocol, today)
    # Without the new record itself, and without the one that was the first screening.
    before = len(linked_with(change.session, subject.id, standing=True)) - 1
    for code, facts in _outside(readings, before, ended_on, today):
        change.propose(subject.id, code, MINOR, today, **facts)
