"""Subjects who may be one person registered twice, and whether somebody said that they are not."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import identity
from sle_desk.models.audit import Audit
from sle_desk.models.subject import Identity, Subject


def unexplained_twins(session: Session, subject: Subject) -> tuple[str, ...]:
    """Return the codes of subjects with the same identity, unless a reason was given at registration."""
    own = session.scalars(select(Identity).where(Identity.subject_id == subject.id)).one()
    others = session.execute(
        select(Subject, Identity)
        .join(Identity, Identity.subject_id == Subject.id)
        .where(Subject.state == "current", Subject.id != subject.id)
        .order_by(Subject.number)
    )
    return tuple(
        other.code
        for other, known in others
        if _alike(subject, own, other, known) and not _explained(session, subject, other)
    )


def _alike(subject: Subject, own: Identity, other: Subject, known: Identity) -> bool:
    if identity.same_number(own.identity_number, known.identity_number):
        return True
    born_alike = (subject.birth_date, subject.sex) == (other.birth_date, other.sex)
    return born_alike and identity.same_initials(own.initials, known.initials)


def _explained(session: Session, subject: Subject, other: Subject) -> bool:
    """Tell whether the later of the two was registered with the reason why it is another person."""
    later = max((subject, other), key=lambda each: each.number)
    reason = session.scalar(
        select(Audit.reason).where(
            Audit.table_name == "subject", Audit.row_id == later.id, Audit.action == "subject.register"
        )
    )
    return bool(reason)
