"""Subjects who may be one person registered twice, and whether somebody said that they are not."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import identity
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit
from sle_desk.models.subject import Identity, Subject
from sle_desk.services.subjects import linked_with, person_of


def unexplained_twins(session: Session, subject: Subject) -> tuple[str, ...]:
    """Return the codes of subjects with the same identity, unless a reason was given at registration.

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


def goes_on_as(session: Session, subject: Subject) -> Subject | None:
    """Return the record as which a person goes on: one with an arm, else the newest screening; or None.

    One person is allocated once, under whichever number: an earlier screening is left as it ended.
    """
    same = linked_with(session, subject.id, standing=True)
    others = session.scalars(select(Subject).where(Subject.id.in_(same)).order_by(Subject.number)).all()
    armed = set(session.scalars(select(Allocation.subject_id).where(Allocation.subject_id.in_(same))))
    newer = [other for other in others if other.number > subject.number]
    return next((other for other in others if other.id in armed), newer[-1] if newer else None)


def _explained(session: Session, subject: Subject, other: Subject) -> bool:
    """Tell whether the later of the two was registered with the reason why it is another person."""
    later = max((subject, other), key=lambda each: each.number)
    reason = session.scalar(
        select(Audit.reason).where(
            Audit.table_name == "subject", Audit.row_id == later.id, Audit.action == "subject.register"
        )
    )
    return bool(reason)
