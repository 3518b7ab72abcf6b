"""Things of one day without a time stand where they were entered; what cannot be told is said to be so."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain import stock
from sle_desk.domain.stock import Gap, Ledger, Lot, Movement

A3 = Lot("IL2", "A3", Decimal(1))
DAY = date(2026, 11, 2)
TABLES = {stock.DISPENSED: "dispensing", stock.DRAWN: "dose_vials", stock.TAKEN: "dose_vials"}
# What is done on a day, from which place to which, and where a count looks.
ACTS = (
    stock.RECEIVED, stock.DISPENSED, stock.DRAWN, stock.QUARANTINED, stock.RELEASED, stock.WRITTEN_OFF,
    stock.UNUSED_BACK, stock.LOST, stock.FOUND, stock.DESTRUCTION, stock.SENT_BACK, stock.COUNTED,
)  # fmt: skip
COUNTED_AT = (stock.SHELF, stock.QUARANTINE, stock.RETURNED, stock.CONDEMNED)


def moved(number: int, kind: str, count: int, clock: str = "", *, timed: bool = False, later: bool = False,
          account: str = "") -> Movement:  # fmt: skip
    """Return a movement of the day, entered at that time of it or on the day after."""
    entered = datetime(2026, 11, 2, int(clock[:2] or 12), int(clock[3:] or 0), tzinfo=UTC)
    return Movement(
        (TABLES.get(kind, "stock_movement"), number), A3, kind, count, DAY, clock if timed else "",
        subject_id=1 if kind in (*stock.OF_RECORDS, *stock.OF_SUBJECTS) else 0, account=account,
        recorded_at=entered + timedelta(days=later),
    )  # fmt: skip


@dataclass
class RealDay:
    """A day as it was: what stood where after each act, and what was counted."""

    movements: list[Movement] = field(default_factory=list)
    stands: dict[str, int] = field(default_factory=dict)
    # The last count at each place: by how much it was wrong when it was made.
    wrong: dict[str, int] = field(default_factory=dict)

    def act(self, kind: str, count: int, account: str, timed: bool, off: int, minutes: int) -> None:
        """Do something at a minute of the day and enter it there and then, with or without its time."""
        at = datetime(2026, 11, 2, 7, tzinfo=UTC) + timedelta(minutes=minutes)
        if kind in stock.ACCOUNTS_OF and account not in stock.ACCOUNTS_OF[kind]:
            return
        if kind == stock.COUNTED:
            count = max(0, self.stands.get(account, 0) + off)
            self.wrong[account] = count - self.stands.get(account, 0)
        table = TABLES.get(kind, "stock_movement")
        at += timedelta(seconds=len(self.movements))
        one = Movement(
            (table, len(self.movements) + 1), A3, kind, count, DAY, f"{at:%H:%M}" if timed else "",
            subject_id=1 if kind in (*stock.OF_RECORDS, *stock.OF_SUBJECTS) else 0,
            account=account if kind in stock.ACCOUNTS_OF else "", recorded_at=at,
        )  # fmt: skip
        source, target = one.ends
        if source != target:
            self.stands[source] = self.stands.get(source, 0) - count
            self.stands[target] = self.stands.get(target, 0) + count
        self.movements.append(one)


@st.composite
def real_days(draw: st.DrawFn) -> RealDay:
    day, minute = RealDay(), 0
    for _ in range(draw(st.integers(1, 12))):
        # Some things of one and the same minute.
        minute += draw(st.sampled_from((0, 0, 1, 35)))
        day.act(
            draw(st.sampled_from(ACTS)),
            draw(st.integers(1, 9)),
            draw(st.sampled_from(COUNTED_AT)),
            draw(st.booleans()),
            draw(st.sampled_from((0, 0, -2, 3))),
            minute,
        )
    return day


@given(real_days(), st.randoms(use_true_random=False))
def test_what_is_entered_in_its_real_time_leaves_places_counts_and_gaps_as_they_are(
    day: RealDay, dice: random.Random
) -> None:
    ledger = Ledger(tuple(dice.sample(day.movements, len(day.movements))))
    for account, count in day.stands.items():
        assert ledger.balance(A3, account) == count
    found = {each.movement.account: each.differences for each in ledger.counts()}
    assert found == {account: (wrong, wrong) for account, wrong in day.wrong.items()}
    told = {gap.account: gap.count for gap in ledger.gaps() if gap.kind == "count"}
    assert told == {account: wrong for account, wrong in day.wrong.items() if wrong}
    assert not [gap for gap in ledger.gaps() if gap.kind == "count_open"]


@given(real_days(), st.data())
def test_what_of_a_day_is_entered_later_never_hides_or_invents_a_difference(
    day: RealDay, data: st.DataObject
) -> None:
    later = [
        replace(each, recorded_at=each.recorded_at + timedelta(days=1))
        if each.recorded_at and each.kind != stock.COUNTED and data.draw(st.booleans())
        else each
        for each in day.movements
    ]
    for count in Ledger(tuple(later)).counts():
        least, most = count.differences
        # The truth lies within what is said; and what is said is one number where it is told at all.
        assert least <= day.wrong[count.movement.account] <= most
    for gap in Ledger(tuple(later)).gaps():
        if gap.kind == "count":
            assert gap.count == day.wrong[gap.account] != 0


@given(real_days(), st.integers(0, 400), st.sampled_from(("timed", "entered", "later")))
def test_a_release_after_a_dose_never_makes_the_dose_one_of_released_vials(
    day: RealDay, minute: int, told: str
) -> None:
    at = datetime(2026, 11, 2, 7, tzinfo=UTC) + timedelta(minutes=minute, seconds=30)
    dose = Movement(("dose_vials", 900), A3, stock.DRAWN, 1, DAY, f"{at:%H:%M}" if told == "timed" else "",
                    subject_id=2, recorded_at=at + timedelta(days=told == "later"))  # fmt: skip
    for late in (False, True):
        release = Movement(("stock_movement", 901), A3, stock.RELEASED, 3, DAY,
                           recorded_at=at + timedelta(minutes=5, days=late))  # fmt: skip
        before = Ledger(tuple(day.movements)).before_dose(dose)
        after = Ledger((*day.movements, release)).before_dose(dose)
        for place in (stock.SHELF, stock.QUARANTINE):
            assert before.balance(A3, place) == after.balance(A3, place)


def test_a_count_stands_by_what_was_entered_before_it_that_day() -> None:
    received, kit = moved(1, "received", 10, "08:00"), moved(3, "dispensed", 4, "15:00")
    for counted, gaps in ((10, ()), (6, (Gap("count", A3, stock.SHELF, -4, 0, DAY),))):
        count = moved(2, "counted", counted, "09:00", timed=True, account=stock.SHELF)
        assert Ledger((received, kit, count)).gaps() == gaps


@pytest.mark.parametrize(("counted", "least", "most"), [(10, 0, 4), (6, -4, 0), (3, -7, -3)])
def test_a_kit_of_that_day_entered_the_day_after_leaves_open_whether_the_count_agrees(
    counted: int, least: int, most: int
) -> None:
    count = moved(2, "counted", counted, "09:00", timed=True, account=stock.SHELF)
    ledger = Ledger((moved(1, "received", 10, "08:00"), count, moved(3, "dispensed", 4, later=True)))
    assert ledger.gaps() == (Gap("count_open", A3, stock.SHELF, least, 0, DAY, most),)
    # The next count says it.
    again = replace(count, key=("stock_movement", 4), count=6, on_day=DAY + timedelta(days=1))
    assert Ledger((*ledger.movements, again)).gaps() == ()


def test_what_is_released_on_the_day_of_its_quarantine_stands_after_it_also_when_entered_later() -> None:
    held = moved(1, "quarantined", 5, "15:00", timed=True)
    release = replace(moved(2, "released", 5, later=True), not_before="15:00")
    assert held.order < release.order and release.earliest == (DAY, "15:00")
    count = moved(3, "counted", 5, "09:00", timed=True, account=stock.SHELF)
    assert release.was_before(count) is False and held.was_before(release) is not False


def test_a_receipt_without_a_time_counts_for_every_dose_of_its_day() -> None:
    dose = moved(2, "drawn", 1, "09:00", timed=True)
    for receipt in (moved(1, "received", 10, "15:00"), moved(1, "received", 10, later=True)):
        assert A3 in Ledger((receipt,)).before_dose(dose).received
    timed = moved(1, "received", 10, "15:00", timed=True)
    assert A3 not in Ledger((timed,)).before_dose(dose).received
