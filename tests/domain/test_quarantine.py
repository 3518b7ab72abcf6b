"""Two excursions of one lot: each is decided about its own vials, never about those of the other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sle_desk.domain import stock
from sle_desk.domain.quarantine import waiting
from sle_desk.domain.stock import Ledger, Lot, Movement

A3 = Lot("IL2", "A3", Decimal(1))
START = date(2026, 11, 2)
APART, LOST, FOUND, OUT = stock.QUARANTINED, stock.LOST, stock.FOUND, stock.WRITTEN_OFF
FIRST, OTHER = 1, 2


def at_most(*acts: tuple[int, str, int]) -> tuple[int, int]:
    """Return how many wait of each excursion; 10 and 20 are decisions about them."""
    made = tuple(
        Movement(
            ("stock_movement", number), A3, kind, count, START + timedelta(days=day), account=stock.QUARANTINE
        )
        for day, (number, kind, count) in enumerate(acts)
    )
    ledger = Ledger(made)
    return waiting(ledger, A3, FIRST, {10}), waiting(ledger, A3, OTHER, {20})


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        # What was lost before the other came was of the first.
        ([(1, APART, 3), (5, LOST, 2), (2, APART, 3)], (1, 3)),
        ([(1, APART, 3), (5, LOST, 3), (2, APART, 3)], (0, 3)),
        # Lost while both lay there: nobody recorded of which; either may have kept its own.
        ([(1, APART, 3), (2, APART, 3), (5, LOST, 2)], (3, 3)),
        ([(1, APART, 3), (2, APART, 3), (5, LOST, 4)], (2, 2)),
        # A decision about one settles what the other can still have.
        ([(1, APART, 3), (2, APART, 3), (5, LOST, 2), (10, OUT, 3)], (0, 1)),
        ([(1, APART, 3), (5, LOST, 2), (2, APART, 3), (20, OUT, 3)], (1, 0)),
        ([(1, APART, 3), (10, OUT, 1), (5, LOST, 1), (2, APART, 3)], (1, 3)),
        # What was found again can be of one that lacks any.
        ([(1, APART, 3), (5, LOST, 2), (2, APART, 3), (6, FOUND, 2)], (3, 3)),
        ([(1, APART, 3), (5, LOST, 2), (2, APART, 3), (6, FOUND, 1)], (2, 3)),
    ],
)
def test_each_excursion_has_its_own_vials_at_most(
    acts: list[tuple[int, str, int]], expected: tuple[int, int]
) -> None:
    assert at_most(*acts) == expected
