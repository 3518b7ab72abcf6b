"""The lines of the ethics register that stand, for whatever takes an approval from there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.ethics import VOID, Approval
from sle_desk.models.protocol import EthicsApproval

CURRENT = "current"


def approvals_in(session: Session) -> tuple[Approval, ...]:
    """Return the lines of the ethics register that stand, as their end is judged."""
    rows = session.scalars(select(EthicsApproval).where(EthicsApproval.state == CURRENT))
    return tuple(Approval(row.id, row.kind, row.approved_on, row.valid_until) for row in rows)


def approval_taken(session: Session, approval_id: int) -> EthicsApproval:
    """Return the line that something takes its number and day from; one in error gives nothing."""
    row = session.get(EthicsApproval, approval_id)
    if row is None or row.state == VOID:
        raise RuleBroken("ethics.no_such_approval")
    return row


def line_of(session: Session, number: str, approved_on: date, kind: str) -> EthicsApproval | None:
    """Return the line that a typed number and day name, or None where the number stands in none.

    One letter may approve several things: the line of the kind comes first. RuleBroken `ethics.other_day`
    where the register knows the number with other days only.
    """
    lines = lines_numbered(session, number)
    found = [line for line in lines if line.approved_on == approved_on]
    if lines and not found:
        days = ", ".join(sorted({line.approved_on.isoformat() for line in lines}))
        raise RuleBroken("ethics.other_day", number=number.strip(), typed=approved_on.isoformat(), days=days)
    return next((line for line in found if line.kind == kind), next(iter(found), None))


def lines_numbered(session: Session, number: str) -> list[EthicsApproval]:
    """Return the lines that stand under a number."""
    return list(
        session.scalars(
            select(EthicsApproval)
            .where(EthicsApproval.approval_number == number.strip(), EthicsApproval.state == CURRENT)
            .order_by(EthicsApproval.id)
        )
    )
