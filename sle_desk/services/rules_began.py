"""Prints that a rule has overtaken: one that began after they were printed, or one that came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.amendments import APPROVED, REJECTED, WITHDRAWN
from sle_desk.models.audit import Audit, Paper
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.services.in_force import effective_days
from sle_desk.services.paper_watch import ELIGIBILITY, REGISTER, WARD
from sle_desk.services.printables import AMENDED


def overtaken(session: Session, rows: Sequence[Paper], today: date) -> frozenset[int]:
    """Return the prints made before a rule began that holds today, and of a rule that came to nothing."""
    return _began(session, rows, today) | _came_to_nothing(session, rows)


def _began(session: Session, rows: Sequence[Paper], today: date) -> frozenset[int]:
    """Return what shows rules and was printed before the day of one; its decision may be much older."""
    approved = session.scalars(
        select(ProtocolAmendment.effective_from).where(ProtocolAmendment.state == APPROVED)
    )
    days = {*effective_days(session), *(day for day in approved if day is not None)}
    last = max((day for day in days if day <= today), default=date.min)
    return frozenset(row.id for row in rows if _shows_rules(row) and row.printed_at.date() < last)


def _shows_rules(paper: Paper) -> bool:
    """Tell whether a print shows what is in force; a signed checklist keeps what it was signed under."""
    kind = paper.kind.partition(".")[0]
    return kind in WARD or kind == REGISTER or (kind == ELIGIBILITY and paper.signed_on is None)


def _came_to_nothing(session: Session, rows: Sequence[Paper]) -> frozenset[int]:
    """Return the prints of an amendment that was rejected or withdrawn after they were printed."""
    ended = select(ProtocolAmendment.id).where(ProtocolAmendment.state.in_((REJECTED, WITHDRAWN)))
    found = session.execute(
        select(Audit.row_id, func.max(Audit.number))
        .where(Audit.table_name == ProtocolAmendment.__tablename__, Audit.row_id.in_(ended))
        .group_by(Audit.row_id)
    )
    newest: dict[int | None, int] = {row.row_id: row[1] for row in found}
    return frozenset(row.id for row in rows if row.audit_number < newest.get(_amendment(row), 0))


def _amendment(paper: Paper) -> int | None:
    kind, _, part = paper.kind.partition(".")
    return int(part.partition("v")[0]) if kind == AMENDED else None
