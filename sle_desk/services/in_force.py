"""The decisions that were signed, as the domain reads them, and the readings they put in force on a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import event, select
from sqlalchemy.orm import Session, object_session

from sle_desk.domain.decisions import Decision, Readings, readings
from sle_desk.domain.plan_rules import visits_of
from sle_desk.domain.protocol import Given, Protocol
from sle_desk.models.protocol import ProtocolDecision

# Where a session keeps what it read of the decisions: one judgement asks for them dozens of times.
MADE = "decisions_made"


def decisions_made(session: Session) -> tuple[Decision, ...]:
    """Return every decision ever signed, withdrawn ones too, in the order they were signed."""
    if any(isinstance(row, ProtocolDecision) for row in (*session.new, *session.dirty)):
        session.flush()
    kept: tuple[Decision, ...] | None = session.info.get(MADE)
    if kept is None:
        rows = session.scalars(select(ProtocolDecision).order_by(ProtocolDecision.id))
        session.info[MADE] = kept = tuple(decision_of(row) for row in rows)
    return kept


def _forget(mapper: object, connection: object, row: ProtocolDecision) -> None:
    """Let the session that writes a decision read them anew."""
    session = object_session(row)
    if session is not None:
        session.info.pop(MADE, None)


event.listen(ProtocolDecision, "after_insert", _forget)
event.listen(ProtocolDecision, "after_update", _forget)


def decision_of(row: ProtocolDecision) -> Decision:
    """Return a kept decision as the domain reads it."""
    return Decision(
        code=row.code,
        option=row.option,
        values=_values(row),
        own_words=row.own_words,
        effective_from=row.effective_from,
        withdrawn=row.withdrawn_on,
        number=row.id,
    )


def _values(row: ProtocolDecision) -> dict[str, Given]:
    return {
        code: tuple(given) if isinstance(given, list) else given
        for code, given in json.loads(row.settings).items()
    }


def readings_on(session: Session, protocol: Protocol, day: date) -> Readings:
    """Return the readings in force on a day."""
    return readings(protocol, decisions_made(session), day)


def visits_planned(session: Session, protocol: Protocol, day: date) -> frozenset[str]:
    """Return the codes of the visits that the cycles of treatment decided on a day have."""
    return frozenset(visit.code for visit in visits_of(protocol, readings_on(session, protocol, day)))


def effective_days(session: Session) -> tuple[date, ...]:
    """Return the days on which a decision took effect or was withdrawn, oldest first."""
    return days_of(decisions_made(session))


def days_of(made: Sequence[Decision]) -> tuple[date, ...]:
    """Return the days on which one of these decisions took effect or was withdrawn, oldest first."""
    withdrawn = (each.withdrawn for each in made if each.withdrawn is not None)
    return tuple(sorted({*(each.effective_from for each in made), *withdrawn}))
