"""What is proposed about an arm told outside, compared again once it was told on another day.

What a person settled stays as it was settled; that the records say otherwise now is told beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import roles
from sle_desk.domain.dosing import MAJOR, MINOR
from sle_desk.domain.said import SHOWN_ON
from sle_desk.domain.sealing import canonical
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit
from sle_desk.models.people import User
from sle_desk.models.safety import Deviation
from sle_desk.services import preconditions
from sle_desk.services.allocations_outside import (
    ACTION,
    AFTER_REVEAL,
    DISAGREES,
    SECOND_ARM,
    UNREADY,
    WITHOUT_ROW,
)
from sle_desk.services.delegated import MISSING
from sle_desk.services.desk import Change
from sle_desk.services.deviation_grounds import tell_ground
from sle_desk.services.deviations import PROPOSED, VOID
from sle_desk.services.preconditions import Precondition

Facts = Mapping[str, Any]


def settle_told(change: Change, allocation: Allocation, was: datetime, now: datetime) -> None:
    """Compare again what is said of an arm told outside: another row, what was missing, who recorded it."""
    day = now.date()
    _settle_unready(change, allocation.subject_id, was, now)
    if was.date() == day:
        # What else is said of it is of the day: another time of it says the same.
        return
    for code in (DISAGREES, SECOND_ARM, AFTER_REVEAL, *dict.fromkeys(WITHOUT_ROW.values())):
        rows = _standing(change.session, allocation.subject_id, code)
        if rows:
            _settle(change, allocation.subject_id, code, MAJOR, day, rows, _facts_now(rows[0]))
    _settle_recorder(change, allocation, was.date(), day)


def _standing(session: Session, subject_id: int, code: str) -> list[Deviation]:
    asked = select(Deviation).where(
        Deviation.subject_id == subject_id, Deviation.code == code, Deviation.progress != VOID
    )
    return list(session.scalars(asked.order_by(Deviation.id)))


def _facts_now(row: Deviation) -> dict[str, Any]:
    """Return the figures that the records showed last, which of a settled deviation may be others."""
    facts: dict[str, Any] = json.loads(row.ground_facts or row.facts)
    facts.pop(SHOWN_ON, None)
    return facts


def _settle(
    change: Change,
    subject_id: int,
    code: str,
    severity: str,
    day: date,
    rows: list[Deviation],
    facts: Facts | None,
) -> None:
    """Let what is proposed be of the day and the figures; without figures nothing shows it any more."""
    kept = False
    shown = None if facts is None else canonical(dict(facts)).decode("utf-8")
    for row in rows:
        if row.progress != PROPOSED:
            tell_ground(row, [] if facts is None else [(code, _beside(row, facts, day))])
            # Settled once: another day of it proposes nothing beside it.
            kept = True
        elif (row.facts, row.on_day) != (shown, day):
            row.progress = VOID
        else:
            kept = True
    if facts is not None and not kept:
        change.propose(subject_id, code, severity, day, **facts)


def _beside(row: Deviation, facts: Facts, day: date) -> str:
    moved = {} if row.on_day == day else {SHOWN_ON: day.isoformat()}
    return canonical({**facts, **moved}).decode("utf-8")


def _settle_unready(change: Change, subject_id: int, was: datetime, now: datetime) -> None:
    """Count again what was missing when the arm was told, by what the instant alone makes another.

    What was entered or went void since then changes nothing of what was there: the records of today are
    looked at on both days, and only the difference counts.
    """
    before, after = (_lacking(change, subject_id, at) for at in (was, now))
    rows = _standing(change.session, subject_id, UNREADY)
    known = [row for row in rows if row.progress == PROPOSED or row.ground_facts or not row.ground]
    facts = _facts_now(known[0]) if known else {"count": 0, "of": len(before)}
    # Of another day the protocol may have had more points open: each is a precondition of its own.
    of = int(facts["of"]) + len(after) - len(before)
    count = max(0, int(facts["count"]) + sum(after.values()) - sum(before.values()))
    told = {"count": count, "of": of} if count else None
    _settle(change, subject_id, UNREADY, MAJOR, now.date(), rows, told)


def _lacking(change: Change, subject_id: int, at: datetime) -> dict[tuple[str, object], bool]:
    rows = preconditions.rows(change.session, change.protocol, subject_id, at)
    return {(row.code, _open_point(row)): not row.holds for row in rows}


def _open_point(row: Precondition) -> object:
    return row.facts.get("code", "") if row.code == preconditions.OPEN else ""


def _settle_recorder(change: Change, allocation: Allocation, was: date, day: date) -> None:
    """Compare whoever recorded the arm with the delegation log of the day on which it was told."""
    session, user_id = change.session, allocation.allocated_by
    facts = {
        "task": roles.RANDOMISATION,
        "user_id": user_id,
        "name": session.get_one(User, user_id).name,
        "action": ACTION,
    }
    recorded = session.scalar(
        select(Audit.role)
        .where(Audit.table_name == Allocation.__tablename__, Audit.row_id == allocation.id)
        .order_by(Audit.number)
        .limit(1)
    )
    missing = recorded != roles.PI and not change.is_delegated(user_id, roles.RANDOMISATION, day)
    standing = _standing(session, allocation.subject_id, MISSING)
    own = _said_by(ACTION, user_id)
    rows = [row for row in standing if own(row)]
    _settle(change, allocation.subject_id, MISSING, MINOR, day, rows, facts if missing else None)


def _said_by(action: str, user_id: int) -> Callable[[Deviation], bool]:
    def own(row: Deviation) -> bool:
        facts = json.loads(row.facts)
        return (facts.get("action"), facts.get("user_id")) == (action, user_id)

    return own
