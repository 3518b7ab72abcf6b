"""Vials handed to a subject: the only lots that a dose outside the ward's stock can name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.dosing import MAJOR, ProposedDeviation
from sle_desk.domain.stock import SHELF, Lot
from sle_desk.domain.values import check_measure, check_text
from sle_desk.models.treatment import Dispensing
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.kits_handed import KitRow as KitRow
from sle_desk.services.kits_handed import kit_row
from sle_desk.services.kits_handed import kits_in as kits_in
from sle_desk.services.stock_findings import judge_lots_again
from sle_desk.services.stock_ledger import Supplies, ledger_in

ACTION = "dispensing.record"
EXPIRED = "dispensing.expired"


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
        judge_kit_again(change, row, (lot_of_kit(row),))
        return kit_row(row)


def lot_of_kit(row: Dispensing) -> Lot:
    """Return the lot that a kit is of."""
    return Lot(row.drug, row.lot, row.strength)


def judge_kit_again(change: Change, row: Dispensing, lots: Iterable[Lot]) -> None:
    """Compare a kit with its expiry, and the doses that came from it or from the shelf it was taken from."""
    change.session.flush()
    expired = row.expires_on is not None and row.expires_on < row.on_day
    facts = {"lot": row.lot, "expired": row.expires_on}
    shows = (ProposedDeviation(EXPIRED, MAJOR, facts),) if expired and row.state != "void" else ()
    renew_proposals(change, row.subject_id, (row.__tablename__, row.id), row.on_day, (EXPIRED,), shows)
    judge_doses_again(change, row.subject_id)
    judge_lots_again(change, lots)


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
