"""How far enrolment has come: the number decided, the allocations that stand, what the list still gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from math import gcd

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Open, Readings, readings
from sle_desk.domain.evidence_values import Missing, Place, facts_of
from sle_desk.domain.protocol import Protocol
from sle_desk.models.allocation import Allocation, AllocationError, AllocationList, AllocationSlot
from sle_desk.models.protocol import ProtocolDecision
from sle_desk.models.subject import Subject
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import decision_of, readings_on
from sle_desk.services.list_kept import list_in_force

TARGET, RATIO = "enrolment.target", "allocation.ratio"


def target_of(found: Readings) -> int | None:
    """Return how many subjects were decided, or None while nobody decided it."""
    value = found.value(TARGET)
    return None if isinstance(value, Open) or value is None else int(str(value))


def standing(session: Session, until: datetime | None = None) -> int:
    """Return how many allocations stand: none marked as made in error, none of a subject entered in error."""
    asked = (
        select(func.count())
        .select_from(Allocation)
        .join(Subject, Subject.id == Allocation.subject_id)
        .outerjoin(AllocationError, AllocationError.allocation_id == Allocation.id)
        .where(Subject.state == "current", AllocationError.id.is_(None))
    )
    if until is not None:
        asked = asked.where(Allocation.allocated_at <= until)
    return int(session.scalar(asked) or 0)


def allocated_in_error(session: Session) -> frozenset[int]:
    """Return the subjects that stand whose allocation was made in error: `standing` counts none of them."""
    return frozenset(
        session.scalars(
            select(Allocation.subject_id)
            .join(Subject, Subject.id == Allocation.subject_id)
            .join(AllocationError, AllocationError.allocation_id == Allocation.id)
            .where(Subject.state == "current")
        )
    )


def enrolment_gaps(
    session: Session, protocol: Protocol, found: Readings, at: datetime
) -> tuple[Missing, ...]:
    """Return why nobody is enrolled any more: the number is reached, the list used up, its ratio another."""
    target, row = target_of(found), list_in_force(session)
    missing: list[Missing] = []
    if target is not None and (count := standing(session, at)) >= target:
        facts = facts_of(count=count, target=target)
        missing.append(Missing("precondition.target_reached", _decided_at(protocol, TARGET), facts))
    elif row is not None and (ended := _ended(session, protocol, row, target, at)) is not None:
        missing.append(ended)
    if row is not None:
        missing += _ratio_gaps(session, protocol, row, found)
    return tuple(missing)


def list_ended(desk: Desk) -> Missing | None:
    """Return that the list in force is used up though more subjects were decided, or None."""
    at = desk.now()
    with desk.view() as session:
        row, target = list_in_force(session), target_of(readings_on(session, desk.protocol, at.date()))
        return None if row is None else _ended(session, desk.protocol, row, target, at)


def _decided_at(protocol: Protocol, code: str) -> Place:
    return Place("decision", protocol.setting(code).clarification or code)


def _ended(
    session: Session, protocol: Protocol, row: AllocationList, target: int | None, at: datetime
) -> Missing | None:
    opened = session.scalar(
        select(func.count())
        .select_from(Allocation)
        .join(AllocationSlot, AllocationSlot.id == Allocation.slot_id)
        .where(AllocationSlot.list_id == row.id, Allocation.allocated_at <= at)
    )
    count = standing(session, at)
    if target is None or count >= target or int(opened or 0) < row.size:
        return None
    facts = facts_of(code=row.code, size=row.size, count=count, target=target)
    return Missing("precondition.list_ended", _decided_at(protocol, TARGET), facts)


def _ratio_gaps(
    session: Session, protocol: Protocol, row: AllocationList, found: Readings
) -> tuple[Missing, ...]:
    made, decided = _ratio(_readings_of_list(session, protocol, row)), _ratio(found)
    if made is None or decided is None or made == decided:
        return ()
    facts = facts_of(code=row.code, made=_shown(made), decided=_shown(decided))
    return (Missing("precondition.ratio_changed", _decided_at(protocol, RATIO), facts),)


def _readings_of_list(session: Session, protocol: Protocol, row: AllocationList) -> Readings:
    """Return what was in force at the moment a list was loaded: it is taken over only where it agrees.

    The arms are sealed, so that nothing else tells the ratio of a list.
    """
    known = session.scalars(
        select(ProtocolDecision)
        .where(ProtocolDecision.decided_at <= row.imported_at)
        .order_by(ProtocolDecision.id)
    )
    made = []
    for each in known:
        stood = each.withdrawn_at is None or each.withdrawn_at > row.imported_at
        made.append(replace(decision_of(each), withdrawn=None) if stood else decision_of(each))
    return readings(protocol, made, row.imported_at.date())


def _ratio(found: Readings) -> tuple[int, ...] | None:
    """Return the ratio in its smallest whole numbers, or None while nobody decided it."""
    value = found.value(RATIO)
    if not isinstance(value, tuple):
        return None
    shares = [int(share) for share in value]
    return tuple(share // gcd(*shares) for share in shares)


def _shown(ratio: tuple[int, ...]) -> str:
    return " : ".join(map(str, ratio))
