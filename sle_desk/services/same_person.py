"""All records of one person, and the arm that was opened under another of them: nobody is allocated twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import identity
from sle_desk.models.allocation import Allocation
from sle_desk.models.subject import Identity, Subject


@dataclass(frozen=True)
class Elsewhere:
    """The record of a person under which an arm is there already; never the arm."""

    code: str
    number: str


def records_of_person(session: Session, subject_id: int) -> frozenset[int]:
    """Return every record of a person, those in error too, this one among them.

    One person are the screenings that follow each other, a record in error and the one that stands for it,
    and who has the same identity paper; and whoever is one person with one of these.
    """
    rows = session.execute(
        select(
            Subject.id,
            Subject.rescreen_of,
            Subject.same_as,
            Identity.identity_kind,
            Identity.identity_number,
        ).join(Identity, Identity.subject_id == Subject.id)
    ).all()
    # Records that share a tie are one person; a record is itself the tie of those that point at it.
    ties: dict[int, set[Hashable]] = {}
    tied: dict[Hashable, set[int]] = defaultdict(set)
    for row in rows:
        paper = identity.paper(row.identity_kind, row.identity_number)
        ties[row.id] = {row.id, row.rescreen_of, row.same_as, paper} - {None}
        for tie in ties[row.id]:
            tied[tie].add(row.id)
    found, waiting = {subject_id}, [subject_id]
    while waiting:
        for tie in ties[waiting.pop()]:
            new = tied[tie] - found
            found |= new
            waiting += new
    return frozenset(found)


def allocated_elsewhere(session: Session, subject: Subject) -> Elsewhere | None:
    """Return the first other record of a subject's person that has an arm, marked in error or not."""
    others = records_of_person(session, subject.id) - {subject.id}
    first = session.execute(
        select(Subject.code, Allocation.randomisation_number)
        .join(Allocation, Allocation.subject_id == Subject.id)
        .where(Subject.id.in_(others))
        .order_by(Allocation.id)
        .limit(1)
    ).one_or_none()
    return Elsewhere(first.code, first.randomisation_number) if first is not None else None
