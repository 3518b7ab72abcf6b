"""The ledger of study drugs: every balance is the sum of the movements, in whatever order they come."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import PackageFaulty
from sle_desk.domain import stock, stock_words
from sle_desk.domain.reconciled import reconciled
from sle_desk.domain.stock import Gap, Ledger, Lot, Movement
from sle_desk.services import package

LOTS = (Lot("IL2", "A3", Decimal(1)), Lot("BEL", "C7", Decimal(400)))
DAY = date(2026, 11, 2)
A3 = LOTS[0]


def moved(number: int, kind: str, count: int, day: int = 2, **more: object) -> Movement:
    made = Movement((_table(kind), number), A3, kind, count, date(2026, 11, day))
    return replace(made, **more)


def _table(kind: str) -> str:
    return {stock.DISPENSED: "dispensing", stock.DRAWN: "dose_vials", stock.TAKEN: "dose_vials"}.get(
        kind, "stock_movement"
    )


@st.composite
def ledgers(draw: st.DrawFn) -> list[Movement]:
    """Movements of every kind, some of them taken back."""
    made: list[Movement] = []
    for number in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(sorted(stock.ENDS)))
        account = draw(st.sampled_from(stock.ACCOUNTS_OF[kind])) if kind in stock.ACCOUNTS_OF else ""
        of_subject = kind in (*stock.OF_SUBJECTS, *stock.OF_RECORDS)
        one = Movement(
            key=(_table(kind), number),
            lot=draw(st.sampled_from(LOTS)),
            kind=kind,
            count=draw(st.integers(1, 40)),
            on_day=date(2026, 11, draw(st.integers(1, 9))),
            at_time=draw(st.sampled_from(("", "08:00", "15:30"))),
            subject_id=draw(st.integers(1, 2)) if of_subject else 0,
            account=account,
        )
        made.append(one)
        if kind not in stock.OF_RECORDS and draw(st.booleans()):
            made.append(replace(one, key=("stock_movement", 100 + number), corrects=number))
    return made


# What each kind does to each account, written out a second time by hand.
SIGNS = {
    stock.SHELF: {"received": 1, "released": 1, "dispensed": -1, "drawn": -1, "quarantined": -1},
    stock.QUARANTINE: {"quarantined": 1, "released": -1, "written_off": -1},
    stock.WITH_SUBJECT: {"dispensed": 1, "taken": -1, "unused_back": -1, "lost_by_subject": -1},
    stock.USED: {"drawn": 1, "taken": 1, "used_back": -1},
    stock.EMPTIES: {"used_back": 1},
    stock.RETURNED: {"unused_back": 1},
    stock.CONDEMNED: {"written_off": 1},
    stock.DESTROYED: {"destroyed": 1},
    stock.WITH_SPONSOR: {"sent_back": 1},
    stock.MISSING: {"lost_by_subject": 1, "lost": 1, "found": -1},
}
NAMED = {"destroyed": -1, "sent_back": -1, "lost": -1, "found": 1}


def by_hand(movements: list[Movement], lot: Lot, account: str) -> int:
    total = 0
    for each in movements:
        if each.lot == lot:
            sign = SIGNS[account].get(each.kind, 0)
            sign += NAMED.get(each.kind, 0) if each.account == account else 0
            total += sign * each.count * (-1 if each.corrects is not None else 1)
    return total


@given(ledgers())
def test_every_balance_is_the_sum_of_the_movements_and_all_accounts_come_to_nothing(
    movements: list[Movement],
) -> None:
    ledger = Ledger(tuple(movements))
    assert ledger.movements == tuple(movements)
    for lot in LOTS:
        for account in SIGNS:
            assert ledger.balance(lot, account) == by_hand(movements, lot, account), account
        received = -ledger.balance(lot, stock.OUTSIDE)
        assert received == sum(ledger.balance(lot, account) for account in SIGNS)


@given(ledgers(), st.randoms(use_true_random=False))
def test_no_balance_depends_on_the_order_of_entry(movements: list[Movement], dice: random.Random) -> None:
    shuffled = dice.sample(movements, len(movements))
    one, other = Ledger(tuple(movements)), Ledger(tuple(shuffled))
    assert one.gaps() == other.gaps() and one.lots == other.lots
    for lot in LOTS:
        for account in SIGNS:
            assert one.balance(lot, account) == other.balance(lot, account)


@given(ledgers())
def test_a_movement_taken_back_leaves_every_balance_as_if_neither_were_there(
    movements: list[Movement],
) -> None:
    back = {each.corrects for each in movements if each.corrects is not None}
    rest = [
        each
        for each in movements
        if each.corrects is None and not (each.key[0] == "stock_movement" and each.key[1] in back)
    ]
    whole, without = Ledger(tuple(movements)), Ledger(tuple(rest))
    assert whole.gaps() == without.gaps() and list(whole.standing()) == rest
    for moment in ((date(2026, 11, 4), "09:00"), (date(2026, 11, 9), "24:00")):
        for lot in LOTS:
            for account in SIGNS:
                assert whole.balance(lot, account) == without.balance(lot, account)
                assert whole.least(lot, account, moment) == without.least(lot, account, moment)


def test_a_dose_that_takes_more_than_there_is_leaves_a_gap_and_loses_nothing() -> None:
    ledger = Ledger((moved(1, "received", 2), moved(2, "drawn", 3, subject_id=4)))
    assert ledger.balance(A3, stock.SHELF) == -1 and ledger.balance(A3, stock.USED) == 3
    assert ledger.gaps() == (Gap("short", A3, stock.SHELF, 1),)


def test_what_one_subject_has_too_few_another_does_not_make_good() -> None:
    kits = (moved(1, "received", 20), moved(2, "dispensed", 5, subject_id=1))
    kits += (moved(3, "dispensed", 5, subject_id=2), moved(4, "taken", 6, subject_id=1))
    assert Ledger(kits).gaps() == (Gap("short", A3, stock.WITH_SUBJECT, 1, 1),)


def test_used_vials_brought_back_beyond_the_doses_recorded_are_a_gap() -> None:
    ledger = Ledger((
        moved(1, "received", 9), moved(2, "dispensed", 9, subject_id=1), moved(3, "taken", 3, subject_id=1),
        moved(4, "used_back", 5, subject_id=1),
    ))  # fmt: skip
    assert ledger.gaps() == (Gap("empties", A3, stock.USED, 2, 1),)


@pytest.mark.parametrize(
    ("late", "difference"), [((), -1), ((moved(5, "drawn", 1, 3, at_time="09:00", subject_id=1),), 0)]
)
def test_a_count_differs_until_the_movement_that_explains_it_is_entered(
    late: tuple[Movement, ...], difference: int
) -> None:
    count = moved(2, "counted", 9, 4, at_time="17:00", account=stock.SHELF)
    after = moved(3, "drawn", 2, 5, at_time="09:00", subject_id=1)
    ledger = Ledger((moved(1, "received", 10), count, after, *late))
    (found,) = ledger.counts()
    assert found.differences == (difference, difference)
    assert [gap.count for gap in ledger.gaps()] == ([difference] if difference else [])


def test_only_the_last_count_of_a_place_is_compared() -> None:
    counts = (moved(2, "counted", 3, 3, account=stock.SHELF), moved(3, "counted", 10, 4, account=stock.SHELF))
    assert Ledger((moved(1, "received", 10), *counts)).gaps() == ()


def test_what_may_be_taken_stood_there_then_and_stands_there_now() -> None:
    ledger = Ledger((moved(1, "received", 10, 3), moved(2, "drawn", 4, 6, subject_id=1)))
    day = {number: (date(2026, 11, number), "24:00") for number in (2, 4, 7)}
    assert [ledger.least(A3, stock.SHELF, day[each]) for each in (2, 4, 7)] == [0, 6, 6]
    assert ledger.least(replace(A3, strength=Decimal(2)), stock.SHELF, day[7]) == 0


def test_nothing_may_be_taken_that_was_gone_in_between() -> None:
    ledger = Ledger((moved(1, "received", 10, 2), moved(2, "dispensed", 10, 5, subject_id=1),
                     moved(3, "received", 10, 6)))  # fmt: skip
    day = {number: (date(2026, 11, number), "24:00") for number in (2, 5, 6)}
    assert [ledger.least(A3, stock.SHELF, day[each]) for each in (2, 5, 6)] == [0, 0, 10]


def test_of_the_same_day_what_came_in_stands_before_what_was_used() -> None:
    used, came = moved(2, "drawn", 1, subject_id=1), moved(1, "received", 1)
    assert came.moment < replace(used, at_time="07:00").moment < used.moment


RECONCILED = [
    # dispensed, used, unused, empties, lost, over -> with the subject, difference
    ((40, 34, 2, 33, 0, False), (4, 0)),
    ((40, 34, 2, 33, 0, True), (4, 4)),
    ((40, 38, 2, 38, 0, True), (0, 0)),
    ((40, 37, 2, 37, 1, True), (0, 0)),
    ((10, 11, 0, 10, 0, False), (-1, -1)),
    ((10, 6, 0, 8, 0, False), (4, -2)),
]


@pytest.mark.parametrize(("told", "wanted"), RECONCILED)
def test_vials_of_a_subject_are_reconciled_with_the_doses_recorded(
    told: tuple[int, int, int, int, int, bool], wanted: tuple[int, int]
) -> None:
    kinds = (stock.DISPENSED, stock.TAKEN, stock.UNUSED_BACK, stock.USED_BACK, stock.LOST_BY_SUBJECT)
    rows = [moved(number, kind, count, subject_id=1) for number, (kind, count) in
            enumerate(zip(kinds, told[:5], strict=True)) if count]  # fmt: skip
    others = (moved(90, stock.DISPENSED, 7, subject_id=2), moved(91, stock.DRAWN, 3, subject_id=1))
    found = reconciled(Ledger((*rows, *others)), 1, "IL2", over=told[5])
    assert (found.remaining, found.difference) == wanted


def test_every_kind_and_place_has_words() -> None:
    assert set(stock_words.KINDS) == set(stock.ENDS)
    places = {end for ends in stock.ENDS.values() for end in ends if end}
    assert set(stock_words.PLACES) == places | set(stock.AT_THE_SITE)
    assert set(stock.ACCOUNTS_OF) == {kind for kind, ends in stock.ENDS.items() if "" in ends}


def test_a_package_that_asks_nobody_whose_the_vials_are_is_read_as_before() -> None:
    files = package.installed_files()
    text = re.sub(r'supply = "[^"]+"\n', "", files["protocol.toml"])
    for code in ("belimumab.supply", "il2.supply"):
        text = re.sub(rf'\[\[setting\]\]\ncode = "{code}".*?\n\n', "", text, flags=re.DOTALL)
    assert "supply" not in text.replace("Supply", "")
    earlier = package.read_package({**files, "protocol.toml": text})
    assert [drug.supply for drug in earlier.drugs] == ["", ""]
    assert [drug.supply for drug in package.read_package(files).drugs] == ["belimumab.supply", "il2.supply"]


def test_a_supply_that_no_choice_settles_is_a_fault_of_the_package() -> None:
    files = package.installed_files()
    text = files["protocol.toml"].replace('supply = "il2.supply"', 'supply = "il2.vial_strength"')
    with pytest.raises(PackageFaulty):
        package.read_package({**files, "protocol.toml": text})
