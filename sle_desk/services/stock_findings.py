"""What the ledger says of the lots that a dose names: not received, in quarantine, used up, expired."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import dosing
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.stock import DISPENSED, QUARANTINE, SHELF, WITH_SUBJECT, Ledger, Lot
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_entry import GivenDose, entry_of
from sle_desk.services.stock_ledger import Supplies, ledger_in

UNRECEIVED, QUARANTINED = "dose.lot_stock_unreceived", "dose.lot_stock_quarantined"
USED_UP, EXPIRED = "dose.lot_stock_used_up", "dose.lot_stock_expired"
OWNED = ("dose.lot_stock",)


def stock_findings(
    session: Session, protocol: Protocol, entry: GivenDose, drug: Drug, key: int
) -> tuple[ProposedDeviation, ...]:
    """Return what the ledger of that moment says of the lots of a dose, where the study supplies the drug.

    The dose itself is left out of the ledger (`key` is its number once it is kept). Nothing is refused: a
    dose that was given came from somewhere.
    """
    if not entry.vials or not Supplies(session, protocol).is_study(drug.code, entry.on_day):
        return ()
    own = frozenset(session.scalars(select(DoseVials.id).where(DoseVials.dose_id == key)))
    needed: dict[Lot, int] = {}
    for used in entry.vials:
        lot = Lot(drug.code, used.lot.strip(), used.strength)
        needed[lot] = needed.get(lot, 0) + used.count
    return tuple(
        found
        for lot, count in needed.items()
        for found in _of_lot(ledger_in(session, protocol, lot), lot, count, entry, own)
    )


def _of_lot(
    whole: Ledger, lot: Lot, count: int, entry: GivenDose, own: Collection[int]
) -> Iterator[ProposedDeviation]:
    opened = entry.prepared_at or entry.started_at
    moment = (entry.on_day, "24:00") if opened is None else (opened.date(), f"{opened:%H:%M}")
    then = whole.until(moment, frozenset(("dose_vials", number) for number in own))
    facts = {"lot": lot.lot}
    if _in_hand(then, lot, entry.subject_id):
        if then.balance(lot, WITH_SUBJECT, entry.subject_id) < count:
            yield ProposedDeviation(USED_UP, dosing.MINOR, facts)
    elif lot not in then.received:
        yield ProposedDeviation(UNRECEIVED, dosing.MINOR, facts)
    elif then.balance(lot, SHELF) < count:
        apart = then.balance(lot, QUARANTINE) > 0
        yield ProposedDeviation(
            QUARANTINED if apart else USED_UP, dosing.MAJOR if apart else dosing.MINOR, facts
        )
    expires = whole.expiries.get(lot)
    if expires is not None and expires < entry.on_day:
        yield ProposedDeviation(EXPIRED, dosing.MAJOR, {**facts, "expired": expires})


def _in_hand(ledger: Ledger, lot: Lot, subject_id: int) -> bool:
    """Tell whether the subject was handed vials of a lot: then its doses come from those."""
    kits = (each for each in ledger.movements if each.kind == DISPENSED and each.subject_id == subject_id)
    return any((each.lot.drug, each.lot.lot) == (lot.drug, lot.lot) for each in kits)


def judge_lots_again(change: Change, lots: Iterable[Lot]) -> None:
    """Compare the given doses that name these lots with the ledger as it stands now."""
    session = change.session
    session.flush()
    for drug, lot in sorted({(each.drug, each.lot) for each in lots}):
        named = select(DoseVials.dose_id).where(DoseVials.lot == lot)
        doses = session.scalars(
            select(Dose)
            .where(Dose.drug == drug, Dose.progress == GIVEN, Dose.state == "current", Dose.id.in_(named))
            .order_by(Dose.on_day, Dose.id)
        ).all()
        for dose in doses:
            vials = session.scalars(select(DoseVials).where(DoseVials.dose_id == dose.id)).all()
            of = change.protocol.drug(drug)
            found = stock_findings(session, change.protocol, entry_of(dose, vials), of, dose.id)
            renew_proposals(change, dose.subject_id, ("dose", dose.id), dose.on_day, OWNED, found)


def supplied(session: Session, protocol: Protocol, day: date) -> tuple[str, ...]:
    """Return the drugs whose vials are the study's on a day."""
    supplies = Supplies(session, protocol)
    return tuple(drug.code for drug in protocol.drugs if supplies.is_study(drug.code, day))
