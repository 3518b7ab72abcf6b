"""Vials handed to a subject: the only lots that a dose outside the ward's stock can name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.stock import SHELF, Lot
from sle_desk.domain.values import check_measure, check_text
from sle_desk.models.treatment import Dispensing
from sle_desk.services.desk import Change, Desk
from sle_desk.services.stock_ledger import Supplies, ledger_in

ACTION = "dispensing.record"


@dataclass(frozen=True)
class NewDispensing:
    """A kit as it is handed over; the strength of one vial is in the drug's own unit."""

    subject_id: int
    drug: str
    lot: str
    strength: Decimal
    count: int
    on_day: date
    kit: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class KitRow:
    """A kit handed to a subject."""

    id: int
    version: int
    drug: str
    lot: str
    kit: str
    expires_on: date | None
    strength: Decimal
    unit: str
    count: int
    on_day: date


def record_dispensing(desk: Desk, new: NewDispensing) -> KitRow:
    """Record vials of a lot handed to a subject."""
    check_dispensing(desk, new)
    with desk.change(ACTION, done_on=new.on_day, subject_id=new.subject_id) as change:
        row = Dispensing(
            **change.record_facts(new.subject_id, new.on_day),
            drug=new.drug,
            lot=check_text(new.lot.strip()),
            kit=check_text(new.kit.strip()),
            expires_on=new.expires_on,
            strength=new.strength,
            unit=change.protocol.drug(new.drug).unit,
            count=new.count,
            on_day=new.on_day,
        )
        _refuse_twice(change.session, row)
        _refuse_short(change, row)
        change.add(row)
        if row.expires_on is not None and row.expires_on < row.on_day:
            change.propose(
                row.subject_id, "dispensing.expired", "major", row.on_day, lot=row.lot, expired=row.expires_on
            )
        return _row(row)


def _refuse_short(change: Change, row: Dispensing) -> None:
    """Refuse to hand over what is not on the shelf, where the study supplies the drug."""
    if Supplies(change.session, change.protocol).is_study(row.drug, row.on_day):
        lot = Lot(row.drug, row.lot, row.strength)
        ledger = ledger_in(change.session, change.protocol, lot)
        left = ledger.least(lot, SHELF, (row.on_day, "24:00"))
        if row.count > left:
            raise RuleBroken("stock.short", lot=row.lot, count=row.count, left=left)


def _refuse_twice(session: Session, row: Dispensing) -> None:
    known = session.scalar(
        select(Dispensing.id).where(
            Dispensing.kit == row.kit, Dispensing.lot == row.lot, Dispensing.state == "current"
        )
    )
    if row.kit and known is not None:
        raise RuleBroken("dispensing.twice", kit=row.kit)


def check_dispensing(desk: Desk, new: NewDispensing) -> None:
    """Refuse a kit of a day ahead, of no study drug, without lot or vials."""
    if new.on_day > desk.today():
        raise RuleBroken("day.future", typed=new.on_day.isoformat(), today=desk.today().isoformat())
    if new.drug not in {drug.code for drug in desk.protocol.drugs}:
        raise RuleBroken("dose.unknown_drug", drug=new.drug)
    if not new.lot.strip() or new.count < 1 or check_measure(new.strength) <= 0:
        raise RuleBroken("dispensing.incomplete")


def _row(row: Dispensing) -> KitRow:
    return KitRow(**{each.name: getattr(row, each.name) for each in fields(KitRow)})


def kits_in(session: Session, subject_id: int, drug: str = "") -> tuple[KitRow, ...]:
    """Return the kits handed to a subject, newest first, from a session in hand."""
    rows = session.scalars(
        select(Dispensing)
        .where(Dispensing.subject_id == subject_id, Dispensing.state == "current")
        .order_by(Dispensing.on_day.desc(), Dispensing.id.desc())
    )
    return tuple(_row(row) for row in rows if not drug or row.drug == drug)


def require_kits_seen(desk: Desk) -> None:
    """Refuse a role that neither sees values nor hands out kits: the drug tells the arm."""
    role = desk.actor.role
    if role not in roles.SEES_VALUES and not roles.may(role, ACTION):
        raise NotAllowed("role.may_not", action=action_words(ACTION), role=roles.ROLES[role])


def kits(desk: Desk, subject_id: int) -> tuple[KitRow, ...]:
    """Return the kits handed to a subject, newest first; NotAllowed for roles that may not know them."""
    require_kits_seen(desk)
    with desk.view() as session:
        return kits_in(session, subject_id)
