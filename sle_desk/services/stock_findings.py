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
from sle_desk.domain.stock import (
    DISPENSED,
    DRAWN,
    LAST,
    QUARANTINE,
    SHELF,
    WITH_SUBJECT,
    Ledger,
    Lot,
    Movement,
)
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_entry import GivenDose, entry_of
from sle_desk.services.stock_ledger import Supplies, ledger_in

UNRECEIVED, QUARANTINED = "dose.lot_stock_unreceived", "dose.lot_stock_quarantined"
USED_UP, EXPIRED = "dose.lot_stock_used_up", "dose.lot_stock_expired"
OWNED = ("dose.lot_stock",)


class Ledgers:
    """Whose the vials are, and the ledger of each lot: put together once for all doses that are compared."""

    def __init__(self, session: Session, protocol: Protocol) -> None:
        self.session, self._protocol = session, protocol
        self.supplies = Supplies(session, protocol)
        self._known: dict[tuple[str, str], Ledger] = {}

    def of(self, lot: Lot) -> Ledger:
        """Return the ledger of a lot in whatever strength."""
        named = lot.drug, lot.lot
        if named not in self._known:
            self._known[named] = ledger_in(self.session, self._protocol, lot)
        return self._known[named]


def stock_findings(
    ledgers: Ledgers, entry: GivenDose, drug: Drug, key: int, today: date
) -> tuple[ProposedDeviation, ...]:
    """Return what the ledger of that moment says of the lots of a dose, where the study supplies the drug.

    The dose itself is left out of the ledger (`key` is its number once it is kept). Nothing is refused: a
    dose that was given came from somewhere.
    """
    if not entry.vials or not ledgers.supplies.is_study(drug.code, entry.on_day):
        return ()
    own = frozenset(ledgers.session.scalars(select(DoseVials.id).where(DoseVials.dose_id == key)))
    needed: dict[Lot, int] = {}
    for used in entry.vials:
        lot = Lot(drug.code, used.lot.strip(), used.strength)
        needed[lot] = needed.get(lot, 0) + used.count
    kept = ledgers.session.get(Dose, key)
    found: list[ProposedDeviation] = []
    for lot, count in needed.items():
        whole = ledgers.of(lot)
        found += _of_lot(whole, _drawn(lot, count, entry, kept, today), own)
        expires = whole.expiries.get(lot)
        if expires is not None and expires < entry.on_day:
            found.append(ProposedDeviation(EXPIRED, dosing.MAJOR, {"lot": lot.lot, "expired": expires}))
    return tuple(found)


def _drawn(lot: Lot, count: int, entry: GivenDose, kept: Dose | None, today: date) -> Movement:
    """Return the vials of a lot of a dose as they were drawn; one not kept yet is entered after all else."""
    opened = entry.prepared_at or entry.started_at
    at_time = (
        f"{opened:%H:%M}" if opened is not None else LAST if kept is None and entry.on_day == today else ""
    )
    return Movement(
        key=("dose_vials", 0),
        lot=lot,
        kind=DRAWN,
        count=count,
        on_day=entry.on_day if opened is None else opened.date(),
        at_time=at_time,
        subject_id=entry.subject_id,
        recorded_at=None if kept is None else kept.recorded_at,
    )


def _of_lot(whole: Ledger, dose: Movement, own: Collection[int]) -> Iterator[ProposedDeviation]:
    lot, count = dose.lot, dose.count
    then = whole.before_dose(dose, frozenset(("dose_vials", number) for number in own))
    facts = {"lot": lot.lot}
    if _in_hand(then, lot, dose.subject_id):
        if then.balance(lot, WITH_SUBJECT, dose.subject_id) < count:
            yield ProposedDeviation(USED_UP, dosing.MINOR, facts)
    elif lot not in then.received:
        yield ProposedDeviation(UNRECEIVED, dosing.MINOR, facts)
    elif then.balance(lot, SHELF) < count:
        apart = then.balance(lot, QUARANTINE) > 0
        yield ProposedDeviation(
            QUARANTINED if apart else USED_UP, dosing.MAJOR if apart else dosing.MINOR, facts
        )


def _in_hand(ledger: Ledger, lot: Lot, subject_id: int) -> bool:
    """Tell whether the subject was handed vials of a lot: then its doses come from those."""
    kits = (each for each in ledger.movements if each.kind == DISPENSED and each.subject_id == subject_id)
    return any((each.lot.drug, each.lot.lot) == (lot.drug, lot.lot) for each in kits)


def lots_of(session: Session, dose_id: int) -> frozenset[Lot]:
    """Return the lots that the vials of a dose are kept of."""
    drug = session.get_one(Dose, dose_id).drug
    rows = session.scalars(select(DoseVials).where(DoseVials.dose_id == dose_id))
    return frozenset(Lot(drug, row.lot, row.strength) for row in rows)


def lots_of_subject(session: Session, subject_id: int) -> frozenset[Lot]:
    """Return the lots of the kits and doses of a subject."""
    kits = session.scalars(select(Dispensing).where(Dispensing.subject_id == subject_id))
    doses = session.scalars(select(Dose.id).where(Dose.subject_id == subject_id)).all()
    drawn = frozenset(lot for dose in doses for lot in lots_of(session, dose))
    return drawn | {Lot(kit.drug, kit.lot, kit.strength) for kit in kits}


def judge_lots_again(change: Change, lots: Iterable[Lot], since: date = date.min) -> None:
    """Compare the given doses that name these lots, of that day or later, with the ledger as it stands now.

    Vials that one subject takes, or did not take after all, are those that another's dose lacks or has.
    """
    session = change.session
    session.flush()
    ledgers = Ledgers(session, change.protocol)
    for drug, lot in sorted({(each.drug, each.lot) for each in lots}):
        named = select(DoseVials.dose_id).where(DoseVials.lot == lot)
        doses = session.scalars(
            select(Dose)
            .where(
                Dose.drug == drug,
                Dose.progress == GIVEN,
                Dose.state == "current",
                Dose.on_day >= since,
                Dose.id.in_(named),
            )
            .order_by(Dose.on_day, Dose.id)
        ).all()
        for dose in doses:
            vials = session.scalars(select(DoseVials).where(DoseVials.dose_id == dose.id)).all()
            of = change.protocol.drug(drug)
            found = stock_findings(ledgers, entry_of(dose, vials), of, dose.id, change.at.date())
            renew_proposals(change, dose.subject_id, ("dose", dose.id), dose.on_day, OWNED, found)


def supplied(session: Session, protocol: Protocol, day: date) -> tuple[str, ...]:
    """Return the drugs whose vials are the study's on a day."""
    supplies = Supplies(session, protocol)
    return tuple(drug.code for drug in protocol.drugs if supplies.is_study(drug.code, day))
