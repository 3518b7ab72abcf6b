"""What is proposed because records are of one person or look so: compared again when that changes."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import identity
from sle_desk.domain.dosing import MAJOR
from sle_desk.domain.screening import TOO_OFTEN, TOO_SOON
from sle_desk.models.allocation import Allocation
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Identity, Subject
from sle_desk.services.allocations_outside import SECOND_ARM
from sle_desk.services.desk import Change
from sle_desk.services.deviation_grounds import GONE, SEEN, tell_ground
from sle_desk.services.deviations import PROPOSED, VOID
from sle_desk.services.duplicates import SAME_NUMBER, propose_same_number
from sle_desk.services.same_person import records_of_person
from sle_desk.services.subjects import duplicates_of, known_as, linked_with

_OWNED = (SAME_NUMBER, SECOND_ARM, TOO_OFTEN, TOO_SOON)


def renew_person_findings(change: Change) -> None:
    """Let go what no longer holds of records of one person; of what was settled it is told.

    Whoever corrects who a subject is, or marks one as entered in error, calls it in the change in hand.
    """
    session = change.session
    session.flush()
    rows = session.scalars(select(Deviation).where(Deviation.code.in_(_OWNED), Deviation.progress != VOID))
    for row in rows.all():
        shows = _shows(session, row)
        if row.progress == PROPOSED:
            row.progress = row.progress if shows else VOID
        elif not shows:
            tell_ground(row, [])
        elif row.ground in (GONE, SEEN) and not row.ground_facts:
            tell_ground(row, [(row.code, row.facts)])


def _shows(session: Session, row: Deviation) -> bool:
    assert row.subject_id is not None
    if row.code in (TOO_OFTEN, TOO_SOON):
        return any(each < row.subject_id for each in linked_with(session, row.subject_id, standing=True))
    code = json.loads(row.facts)["other"]
    other = session.scalars(select(Subject).where(Subject.code == code)).one()
    if row.code == SECOND_ARM:
        return other.id in records_of_person(session, row.subject_id)
    paper = _paper(session, row.subject_id)
    return other.state == "current" and paper is not None and paper == _paper(session, other.id)


def _paper(session: Session, subject_id: int) -> tuple[str, str] | None:
    known = session.scalars(select(Identity).where(Identity.subject_id == subject_id)).one()
    return identity.paper(known.identity_kind, known.identity_number)


def renew_after_void(change: Change, subject_id: int) -> None:
    """Compare again what was said of a record that is in error now: of whom it stays, it is told there.

    The number of another may be that of the other screenings of the person too; and a record that is marked
    as one and the same with another may make one person of two that have an arm.
    """
    session = change.session
    renew_person_findings(change)
    left = linked_with(session, subject_id, standing=True)
    if left:
        newest = session.get_one(Subject, max(left))
        doubles = duplicates_of(session, known_as(session, newest.id), but=newest.id)
        told = _numbers_told(session)
        untold = [each for each in doubles if not _linked_by(session, told, newest.code, each.code)]
        propose_same_number(change, newest, untold)
    armed = select(Allocation.id).where(Allocation.subject_id == subject_id)
    # That a record with an arm is in error is told of itself.
    if session.scalar(armed) is None:
        propose_second_arms(change, subject_id)


def _numbers_told(session: Session) -> list[set[str]]:
    """Return the pairs of which it stands proposed or settled that their number is one."""
    rows = session.scalars(
        select(Deviation.facts).where(Deviation.code == SAME_NUMBER, Deviation.progress != VOID)
    )
    return [{facts["subject"], facts["other"]} for facts in map(json.loads, rows)]


def _linked_by(session: Session, told: list[set[str]], first: str, second: str) -> bool:
    """Tell whether one of the pairs is of two people, whichever screenings of theirs it names."""
    ids = {row.code: row.id for row in session.execute(select(Subject.code, Subject.id))}
    ours, theirs = (linked_with(session, ids[code]) | {ids[code]} for code in (first, second))
    return any({ids[code] for code in pair} & ours and {ids[code] for code in pair} & theirs for pair in told)


def propose_second_arms(change: Change, subject_id: int) -> None:
    """Propose that a person has a second arm, where it is only now known that two records are of one."""
    session = change.session
    session.flush()
    armed = session.execute(
        select(
            Subject.id, Subject.code, Subject.state, Allocation.randomisation_number, Allocation.allocated_at
        )
        .join(Allocation, Allocation.subject_id == Subject.id)
        .where(Subject.id.in_(records_of_person(session, subject_id)))
        .order_by(Allocation.id)
    ).all()
    for each in armed[1:]:
        known = select(Deviation.id).where(
            Deviation.subject_id == each.id, Deviation.code == SECOND_ARM, Deviation.progress != VOID
        )
        # Of a record in error it was told when it was marked.
        if each.state == "current" and session.scalar(known.limit(1)) is None:
            told = {"other": armed[0].code, "number": armed[0].randomisation_number}
            day = each.allocated_at.date()
            change.propose(each.id, SECOND_ARM, MAJOR, day, subject=each.code, **told)
