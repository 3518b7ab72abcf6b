"""Whatever is entered, given, corrected or marked as an error, in any order: the ledger is the sum of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dose_fixtures import dispense, injection
from examples import few
from hypothesis import given
from hypothesis import strategies as st
from stock_fixtures import A3, LOT, enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles, stock
from sle_desk.models.stock import StockMovement
from sle_desk.services import dispensing, dose_corrections, dose_log, dosing, stock_rows
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.record_corrections import Why, void_dispensing
from sle_desk.services.stock import Verdict, VialsBack

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
WHO = 3


def _take_back(desk: Desk, count: int) -> object:
    lines = [line for line in stock_rows.stock_view(desk).lines if line.own]
    return entries.take_back(desk, lines[count % len(lines)].number, "slip") if lines else None


def _decide(desk: Desk, count: int) -> object:
    held = stock_rows.stock_view(desk).excursions
    kind = stock.RELEASED if count % 2 else stock.WRITTEN_OFF
    return held and entries.decide(desk, Verdict(kind, held[0].id, count, desk.today(), "Stable.", "Wu Min"))


def _give(desk: Desk, count: int) -> object:
    vials = (VialUse(LOT, Decimal(1), count),)
    return dosing.record_injection(desk, injection(desk, WHO, reason="supply", vials=vials))


def _void_dose(desk: Desk, count: int) -> object:
    rows = [row for row in dose_log.doses(desk, WHO) if not row.void]
    row = rows[count % len(rows)] if rows else None
    return row and dose_corrections.void_dose(desk, row.id, "slip", row.version)


def _void_kit(desk: Desk, count: int) -> object:
    kits = dispensing.kits(desk, WHO)
    return kits and void_dispensing(desk, Why(kits[0].id, kits[0].version, "slip"))


def _back(desk: Desk, count: int) -> object:
    back = VialsBack(WHO, "IL2", LOT, Decimal(1), desk.today(), used=count, unused=count // 2, lost=count % 2)
    return entries.record_return(desk, back)


ACTS: dict[str, Callable[[Desk, int], object]] = {
    "receive": lambda desk, count: enter(desk, count=count),
    "quarantine": lambda desk, count: enter(desk, stock.QUARANTINED, count=count),
    "decide": _decide,
    "destroy": lambda desk, count: enter(
        desk, stock.DESTRUCTION, count=count, account=stock.TO_DESTROY[count % 4]
    ),
    "send back": lambda desk, count: enter(
        desk, stock.SENT_BACK, count=count, account=stock.TO_DESTROY[count % 4]
    ),
    "lose": lambda desk, count: enter(desk, stock.LOST, count=count),
    "find": lambda desk, count: enter(desk, stock.FOUND, count=count),
    "count": lambda desk, count: enter(desk, stock.COUNTED, count=count, note="As counted."),
    "hand out": lambda desk, count: dispense(desk, WHO, count),
    "give": _give,
    "void a dose": _void_dose,
    "void a kit": _void_kit,
    "bring back": _back,
    "take back": _take_back,
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, 12)), min_size=6, max_size=14)


@few(5)
@given(steps=STEPS)
def test_any_sequence_leaves_the_ledger_as_the_sum_and_loses_no_movement(
    supplied: Study, steps: list[tuple[str, int]]
) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    kept: set[int] = _numbers(desk)
    # A kit and a dose are there from the start, so that there is something to put right.
    for act, count in (("receive", 12), ("hand out", 6), ("give", 1), *steps):
        try:
            ACTS[act](desk, count)
        except RuleBroken:
            # Refused, so nothing of it moved anything.
            assert _numbers(desk) == kept
        assert kept <= _numbers(desk)
        kept = _numbers(desk)
        _adds_up(desk)
        supplied.clock.advance(timedelta(seconds=61))


def _numbers(desk: Desk) -> set[int]:
    with desk.view() as session:
        return {row.id for row in session.query(StockMovement)}


def _adds_up(desk: Desk) -> None:
    view = stock_rows.stock_view(desk)
    listed = [line.movement for line in view.lines]
    assert {each.key[1] for each in listed if each.key[0] == "stock_movement"} == _numbers(desk)
    given = [row for row in dose_log.doses(desk, WHO) if not row.void]
    drawn = sum(used.count for row in given for used in row.given.vials)
    assert sum(each.count for each in listed if each.kind in (stock.DRAWN, stock.TAKEN)) == drawn
    handed = sum(kit.count for kit in dispensing.kits(desk, WHO))
    assert sum(each.count for each in listed if each.kind == stock.DISPENSED) == handed
    for row in view.lots:
        assert row.lot == A3 and row.received == sum(row.places.values())
        assert row.received == _signed(listed, stock.RECEIVED)
        assert row.places["used"] == drawn - _signed(listed, stock.USED_BACK)
        # What came back used is never what came back whole, though both are vials that a subject had.
        for place, came in (("empties", stock.USED_BACK), ("returned", stock.UNUSED_BACK)):
            there = [each for each in listed if each.account == place]
            gone = sum(_signed(there, kind) for kind in (stock.DESTRUCTION, stock.SENT_BACK, stock.LOST))
            assert row.places[place] == _signed(listed, came) - gone + _signed(there, stock.FOUND)
        short = {gap.account for gap in row.gaps if gap.kind == "short" and not gap.subject_id}
        assert short == {place for place in (*stock.AT_THE_SITE, stock.MISSING) if row.places[place] < 0}


def _signed(movements: list[stock.Movement], kind: str) -> int:
    return sum(
        -each.count if each.corrects is not None else each.count for each in movements if each.kind == kind
    )


def test_a_kit_is_told_from_a_lot_of_the_same_name_on_the_shelf(supplied: Study) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk, count=10)
    dispense(desk, WHO, 4)
    dosing.record_injection(desk, injection(desk, 1, reason="supply"))
    dosing.record_injection(desk, replace(injection(desk, WHO), site="RA"))
    (row,) = stock_rows.stock_view(desk).lots
    # Subject 1 was never handed the lot: that dose came off the shelf.
    assert (row.places["shelf"], row.places["with_subject"], row.places["used"]) == (5, 3, 2)
