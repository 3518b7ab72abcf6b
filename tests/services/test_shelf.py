"""What is named of the shelf: lots that can be handed over today, the one that expires first ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from stock_fixtures import A3, C7, enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial

from sle_desk.domain import roles, stock
from sle_desk.services.shelf import ShelfLot, lots_on_shelf

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]


def test_the_lot_that_expires_first_is_ahead_and_what_cannot_be_handed_over_is_not_named(
    supplied: Study,
) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    today = desk.today()
    sooner, expired, gone = (replace(A3, lot=lot) for lot in ("B-SOONER", "A-EXPIRED", "A-GONE"))
    enter(desk)
    enter(desk, lot=sooner, count=4, expires_on=date(2027, 1, 31))
    enter(desk, lot=expired, count=9, expires_on=today)
    enter(desk, lot=gone, count=2)
    enter(desk, stock.LOST, lot=gone, count=2)
    enter(desk, lot=C7)
    # The last day of a lot is one on which it can be used.
    assert [each.lot.lot for each in lots_on_shelf(desk, "IL2")] == ["A-EXPIRED", "B-SOONER", A3.lot]
    supplied.clock.advance(timedelta(days=1))
    supplied.believe()
    found = lots_on_shelf(desk, "IL2")
    assert found[0] == ShelfLot(sooner, date(2027, 1, 31), 4)
    assert [each.lot for each in found] == [sooner, A3]
