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
from sle_desk.domain.dose_choices import OTHER
from sle_desk.domain.kits import KIT_REASONS
from sle_desk.domain.stock import LAST, MOST_VIALS, SHELF, Lot
from sle_desk.domain.values import check_day, check_measure, check_text
from sle_desk.models.treatment import Dispensing
from sle_desk.services.desk import Change, Desk
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.kit_findings import kit_findings, renew_kit
from sle_desk.services.kits_handed import KitRow as KitRow
from sle_desk.services.kits_handed import kit_row
from sle_desk.services.kits_handed import kits_in as kits_in
from sle_desk.services.standing import require_born
from sle_desk.services.stock_findings import judge_lots_again
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


def record_dispensing(desk: Desk, new: NewDispensing, reason: str = "", note: str = "") -> KitRow:
    """Record vials of a lot handed to a subject.

    Off the arm, without an allocation or consent, after an end or expired it needs a reason, and proposes a
    deviation: RuleBroken `dispensing.reason_needed`.
    """
    said = _said(reason, note)
    with desk.change(ACTION, said, done_on=new.on_day, subject_id=new.subject_id) as change:
        check_dispensing(change, new)
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
        found = kit_findings(change, row)
        if found and not said:
            raise RuleBroken("dispensing.reason_needed", first=found[0].code, findings=found)
        change.add(row)
        judge_kit_again(change, row, (lot_of_kit(row),))
        return kit_row(row)


def _said(reason: str, note: str) -> str:
    """Return a reason of a kit as it is kept: the code, and the note where one was typed."""
    if reason and reason not in {choice.code for choice in KIT_REASONS}:
        raise RuleBroken("change.reason_needed")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    return f"{reason}: {check_text(note.strip())}" if reason and note.strip() else reason


def lot_of_kit(row: Dispensing) -> Lot:
    """Return the lot that a kit is of."""
    return Lot(row.drug, row.lot, row.strength)


def judge_kit_again(change: Change, row: Dispensing, lots: Iterable[Lot]) -> None:
    """Compare a kit with its ground, and the doses that came from it or from the shelf it was taken from."""
    change.session.flush()
    renew_kit(change, row)
    judge_doses_again(change, row.subject_id)
    judge_lots_again(change, lots)


def check_dispensing(change: Change, new: NewDispensing, was: Dispensing | None = None) -> None:
    """Refuse a kit that cannot be: of a day ahead or before birth, of no study drug, without lot or vials.

    Refused too are a kit handed over already and vials that are not on the shelf. `was` is the kit that is
    put right.
    """
    today = change.at.date()
    if new.on_day > today:
        raise RuleBroken("day.future", typed=new.on_day.isoformat(), today=today.isoformat())
    check_day(new.on_day)
    if new.drug not in {drug.code for drug in change.protocol.drugs}:
        raise RuleBroken("dose.unknown_drug", drug=new.drug)
    if not new.lot.strip() or new.count < 1 or check_measure(new.strength) <= 0:
        raise RuleBroken("dispensing.incomplete")
    if new.count > MOST_VIALS:
        raise RuleBroken("stock.count_needed", most=MOST_VIALS)
    require_born(change.session, new.subject_id, new.on_day)
    _refuse_twice(change.session, new, was)
    _refuse_short(change, new, was)


def _refuse_short(change: Change, new: NewDispensing, was: Dispensing | None) -> None:
    """Refuse to hand over what is not on the shelf, where the study supplies the drug or sent the lot."""
    lot = Lot(new.drug, new.lot.strip(), new.strength)
    if was is not None and lot == lot_of_kit(was) and new.count <= was.count and new.on_day >= was.on_day:
        # Put right so that it takes no more than before, and no sooner.
        return
    ledger = ledger_in(change.session, change.protocol, lot)
    of_study = Supplies(change.session, change.protocol).is_study(new.drug, new.on_day)
    if not of_study and lot not in ledger.received:
        return
    own = frozenset({("dispensing", was.id)}) if was is not None else frozenset()
    left = ledger.least(lot, SHELF, (new.on_day, LAST), own)
    if new.count > left:
        raise RuleBroken("stock.short", lot=lot.lot, count=new.count, left=left)


def _refuse_twice(session: Session, new: NewDispensing, was: Dispensing | None) -> None:
    kit, lot = new.kit.strip(), new.lot.strip()
    known = session.scalar(
        select(Dispensing.id).where(
            Dispensing.kit == kit,
            Dispensing.lot == lot,
            Dispensing.state == "current",
            Dispensing.id != (0 if was is None else was.id),
        )
    )
    if kit and known is not None:
        raise RuleBroken("dispensing.twice", kit=kit)


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
