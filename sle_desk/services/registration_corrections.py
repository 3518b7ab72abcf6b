"""A registration put right: who the subject is, sex and date of birth, and all that was judged by them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.models.lab import Sample
from sle_desk.models.subject import Consent, Identity, Subject
from sle_desk.models.visit import Visit
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.duplicates import note_other_person, propose_same_number, refuse_duplicates
from sle_desk.services.person_findings import propose_second_arms, renew_person_findings
from sle_desk.services.subject_again import judge_again
from sle_desk.services.subjects import NewSubject, check_new, duplicates_of, linked_with


@dataclass(frozen=True)
class RegistrationCorrection:
    """A subject as it should have been registered, and why; `other_person` says the cards were compared."""

    subject_id: int
    seen_version: int
    right: NewSubject
    reason: str
    note: str = ""
    other_person: bool = False


def correct_registration(desk: Desk, correction: RegistrationCorrection) -> int:
    """Correct who a subject is; return how many laboratory results read otherwise by it.

    Every screening of the person is put right with it. A record in error is put right alone: its identity
    number still tells whose it is.

    RuleBroken "subject.duplicate" where another subject may be the same, unless the cards were compared; with
    the identity number of another "subject.duplicate_number", and a proposed deviation all the same.
    """
    said = reason_text(correction.reason, correction.note)
    right = correction.right
    check_new(right, desk.today())
    with desk.change("value.correct", said, subject_id=correction.subject_id) as change:
        session = change.session
        subject = session.get_one(Subject, correction.subject_id)
        if subject.version != correction.seen_version:
            raise Stale("record.changed_meanwhile")
        same = [subject.id]
        if subject.state == "current":
            _compare(change, subject, right, correction.other_person)
            # Screened more than once it is one person: what is right of one record is right of each.
            same = sorted({subject.id} | linked_with(session, subject.id, standing=True))
        for each in same:
            _refuse_born_after(session, each, right)
        changed = sum(_put_right(change, session.get_one(Subject, each), right, said) for each in same)
        renew_person_findings(change)
        propose_second_arms(change, subject.id)
        return changed


def _compare(change: Change, subject: Subject, right: NewSubject, other_person: bool) -> None:
    """Refuse somebody who may be another subject, unless the cards were compared, which is kept."""
    doubles = duplicates_of(change.session, right, but=subject.id)
    if not other_person:
        refuse_duplicates(doubles)
    note_other_person(change, subject, doubles)
    propose_same_number(change, subject, doubles)


def _put_right(change: Change, subject: Subject, right: NewSubject, said: str) -> int:
    session = change.session
    known = session.scalars(select(Identity).where(Identity.subject_id == subject.id)).one()
    known.name, known.initials = right.name.strip(), right.initials.strip().upper()
    known.identity_kind, known.phone = right.identity_kind, right.phone.strip()
    known.identity_number = right.identity_number.strip().upper()
    if (subject.sex, subject.birth_date) == (right.sex, right.birth_date):
        return 0
    subject.sex, subject.birth_date = right.sex, right.birth_date
    # What is entered of a record in error counts nowhere.
    return 0 if subject.state == "void" else judge_again(change, subject.id, said)


def _refuse_born_after(session: Session, subject_id: int, right: NewSubject) -> None:
    """Refuse a date of birth after something that the subject signed, came to or gave."""
    signed = session.scalar(
        select(func.min(Consent.signed_on)).where(
            Consent.subject_id == subject_id, Consent.state == "current"
        )
    )
    seen = session.scalar(
        select(func.min(Visit.on_day)).where(Visit.subject_id == subject_id, Visit.state == "current")
    )
    drawn = session.scalar(
        select(func.min(Sample.drawn_at)).where(Sample.subject_id == subject_id, Sample.state == "current")
    )
    days = [day for day in (signed, seen, drawn.date() if drawn else None) if day is not None]
    if days and right.birth_date > min(days):
        raise RuleBroken("day.before_birth", typed=min(days).isoformat())
