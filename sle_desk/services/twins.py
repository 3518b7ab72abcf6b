"""Subjects who may be one person registered twice, and whether somebody said that they are not."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import identity
from sle_desk.domain.screening import records_in_force
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit
from sle_desk.models.subject import Identity, Subject
from sle_desk.services.duplicates import OTHER_PERSON
from sle_desk.services.subjects import linked_with, person_of


def unexplained_twins(session: Session, subject: Subject) -> tuple[str, ...]:
    """Return the codes of subjects with the same identity, unless somebody said that they are not.

    Another screening of the same person says so itself, and is none.
    """
    own = session.scalars(select(Identity).where(Identity.subject_id == subject.id)).one()
    others = session.execute(
        select(Subject, Identity)
        .join(Identity, Identity.subject_id == Subject.id)
        .where(Subject.state == "current", Subject.id != subject.id)
        .order_by(Subject.number)
    )
    same = linked_with(session, subject.id)
    return tuple(
        other.code
        for other, known in others
        if other.id not in same
        and identity.alike(person_of(subject, own), person_of(other, known))
        and not _explained(session, subject, other)
    )


def of_one_number(session: Session, subject: Subject) -> tuple[str, ...]:
    """Return the codes of the other records that stand for the identity number of a subject.

    Screenings that follow each other are none. Whatever reason was given at a registration, one number is one
    person: as soon as one of the records had an arm, the other could be given none.
    """
    kept = session.execute(
        select(Subject.id, Subject.code, Identity.identity_kind, Identity.identity_number)
        .join(Identity, Identity.subject_id == Subject.id)
        .where(Subject.state == "current")
        .order_by(Subject.number)
    ).all()
    papers = {row.id: identity.paper(row.identity_kind, row.identity_number) for row in kept}
    own, linked = papers.get(subject.id), linked_with(session, subject.id) | {subject.id}
    return tuple(row.code for row in kept if own and row.id not in linked and papers[row.id] == own)


def goes_on_as(session: Session, subject: Subject) -> Subject | None:
    """Return the record as which a person goes on: one with an arm, else the newest screening; or None.

    One person is allocated once, under whichever number: an earlier screening is left as it ended.
    """
    other = gone_on_as(session).get(subject.id)
    return session.get_one(Subject, other) if other is not None else None


def gone_on_as(session: Session) -> dict[int, int]:
    """Return every screening whose person is in the study under another number, with that record."""
    rows = session.execute(select(Subject.id, Subject.rescreen_of, Subject.state)).all()
    standing = {row.id for row in rows if row.state == "current"}
    armed = set(session.scalars(select(Allocation.subject_id)))
    found = records_in_force({row.id: row.rescreen_of for row in rows}, standing, armed)
    return {each: other for each, other in found.items() if each != other}


def _explained(session: Session, subject: Subject, other: Subject) -> bool:
    """Tell whether it was said of two people that they are two: at a registration, or at a correction.

    Whichever screenings of theirs it was said of: the people are the same ones.
    """
    ours, theirs = (linked_with(session, each.id) | {each.id} for each in (subject, other))
    # Of two records the later one was registered in sight of the other.
    later = {max(own, known) for own in ours for known in theirs}
    registered = session.scalars(
        select(Audit.reason).where(
            Audit.table_name == "subject", Audit.row_id.in_(later), Audit.action == "subject.register"
        )
    )
    return any(registered) or _told_apart(session, ours, theirs)


def _told_apart(session: Session, ours: frozenset[int], theirs: frozenset[int]) -> bool:
    """Tell whether a correction that made two people look alike noted that they are two."""
    rows = session.execute(select(Subject.code, Subject.id).where(Subject.id.in_(ours | theirs))).all()
    ids = {row.code: row.id for row in rows}
    told = session.scalars(
        select(Audit.payload).where(Audit.action == OTHER_PERSON, Audit.operation == "event")
    )
    for facts in (json.loads(payload or "{}") for payload in told):
        pair = {ids.get(facts.get("subject")), ids.get(facts.get("other"))}
        if pair & ours and pair & theirs:
            return True
    return False
