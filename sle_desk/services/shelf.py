"""What stands on the shelf of a drug now: the lots that a kit can come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sle_desk.domain.stock import SHELF, Lot
from sle_desk.services.desk import Desk
from sle_desk.services.stock_ledger import ledger_in


@dataclass(frozen=True)
class ShelfLot:
    """A lot with vials on the shelf: until when it can be used, where a receipt says so, and how many."""

    lot: Lot
    expires_on: date | None
    count: int


def lots_on_shelf(desk: Desk, drug: str) -> tuple[ShelfLot, ...]:
    """Return the lots of a drug that can be handed over today, the one that expires first ahead."""
    with desk.view() as session:
        ledger = ledger_in(session, desk.protocol)
        found = [
            ShelfLot(lot, ledger.expiries.get(lot), count)
            for lot in ledger.lots
            if lot.drug == drug and (count := ledger.balance(lot, SHELF)) > 0
        ]
    usable = (each for each in found if each.expires_on is None or each.expires_on >= desk.today())
    return tuple(sorted(usable, key=lambda each: (each.expires_on or date.max, each.lot)))
