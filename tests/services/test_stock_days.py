"""What happened on one day, entered as it happened: no count, dose or kit tells another story of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, injection
from stock_fixtures import A3, LOT, enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles, stock
from sle_desk.services import deviations, dosing, reconciliation, stock_rows
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.stock import Verdict, VialsBack

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
WHO, OTHER = 3, 1
START = date(2026, 11, 23)


def go(study: Study, day: int, clock: str = "09:00") -> Desk:
    """Sit down at a time of a day; the first is that of the receipt."""
    at(study, START + timedelta(days=day), clock)
    return study.sit("chen.lan", roles.COORDINATOR)


@pytest.fixture
def received(supplied: Study) -> Study:
    """Ten vials were received on the first day."""
    enter(supplied.sit("chen.lan", roles.COORDINATOR), count=10)
    return supplied


def gaps(desk: Desk) -> list[tuple[str, str, int]]:
    return [(gap.kind, gap.account, gap.count) for gap in stock_rows.stock_view(desk).gaps]


def shelf(desk: Desk) -> int:
    return stock_rows.stock_view(desk).lots[0].places[stock.SHELF]


def give(desk: Desk, subject_id: int = WHO, **changes: object) -> None:
    dosing.record_injection(desk, injection(desk, subject_id, reason="mistake", **changes))


def told(desk: Desk, subject_id: int = WHO) -> list[tuple[str, str]]:
    found = deviations.deviations(desk, subject_id, progress="proposed")
    return sorted((row.code, row.severity) for row in found if "lot" in row.code)


def release(desk: Desk, held: int, count: int, on_day: date | None = None) -> int:
    verdict = Verdict(stock.RELEASED, held, count, on_day or desk.today(), "Stable.", "Wu Min")
    return entries.decide(desk, verdict)


def test_a_kit_of_the_afternoon_leaves_the_loss_that_the_count_of_the_morning_found(received: Study) -> None:
    desk = go(received, 1)
    enter(desk, stock.COUNTED, count=6, note="Four are lacking.")
    desk = go(received, 1, "15:00")
    dispense(desk, WHO, 4)
    assert (gaps(desk), shelf(desk)) == ([("count", "shelf", -4)], 6)


def test_what_comes_and_goes_after_a_right_count_makes_no_difference_of_it(received: Study) -> None:
    desk = go(received, 1, "08:00")
    held = enter(desk, stock.QUARANTINED, count=5)
    dispense(desk, WHO, 2)
    desk = go(received, 1)
    for place, count in ((stock.SHELF, 3), (stock.QUARANTINE, 5), (stock.RETURNED, 0)):
        enter(desk, stock.COUNTED, count=count, account=place)
    enter(desk, stock.QUARANTINED, count=1)
    desk = go(received, 1, "15:00")
    release(desk, held, 5)
    enter(desk, count=20, document="DN-2")
    dispense(desk, WHO, 4)
    entries.record_return(desk, VialsBack(WHO, "IL2", LOT, Decimal(1), desk.today(), unused=2))
    assert (gaps(desk), shelf(desk)) == ([], 23)


def test_a_kit_entered_the_day_after_leaves_the_count_open_and_the_next_count_settles_it(
    received: Study,
) -> None:
    desk = go(received, 1)
    enter(desk, stock.COUNTED, count=10)
    desk = go(received, 2)
    dispense(desk, WHO, 4, desk.today() - timedelta(days=1))
    (gap,) = stock_rows.stock_view(desk).gaps
    assert (gap.kind, gap.count, gap.most) == ("count_open", 0, 4)
    enter(desk, stock.COUNTED, count=6)
    assert gaps(desk) == []


def test_a_count_typed_later_without_a_time_asks_only_for_what_it_cannot_have_been(received: Study) -> None:
    desk = go(received, 1)
    dispense(desk, WHO, 4)
    desk = go(received, 2)
    yesterday = desk.today() - timedelta(days=1)
    with pytest.raises(RuleBroken) as refused:
        enter(desk, stock.COUNTED, count=5, on_day=yesterday)
    assert (refused.value.code, refused.value.facts["expected"]) == ("stock.count_differs", "6–10")
    enter(desk, stock.COUNTED, count=10, on_day=yesterday)
    assert gaps(desk) == [("count_open", "shelf", 0)]


@pytest.mark.parametrize("entered", [1, 2])
def test_a_dose_out_of_quarantine_stays_one_when_the_lot_is_released_later_that_day(
    received: Study, entered: int
) -> None:
    desk = go(received, 1)
    held = enter(desk, stock.QUARANTINED, count=10)
    day = desk.today()
    desk = go(received, 1, "11:00")
    give(desk)
    quarantined = [("dose.lot_not_dispensed", "minor"), ("dose.lot_stock_quarantined", "major")]
    assert told(desk) == quarantined
    desk = go(received, entered, "15:00")
    release(desk, held, 9, day)
    assert told(desk) == quarantined
    # What is given after the release is given from vials that were released.
    desk = go(received, entered, "16:00")
    give(desk, OTHER)
    assert told(desk, OTHER) == [("dose.lot_not_dispensed", "minor")]


def test_doses_of_the_ward_before_a_kit_never_come_from_the_kit(received: Study) -> None:
    desk = go(received, 1)
    give(desk)
    desk = go(received, 3)
    dispense(desk, WHO, 5)
    give(desk, site="RA")
    places = stock_rows.stock_view(desk).lots[0].places
    assert (places[stock.SHELF], places[stock.WITH_SUBJECT], places[stock.USED]) == (4, 4, 2)
    assert told(desk) == [("dose.lot_not_dispensed", "minor")]
    (row,) = reconciliation.reconciliation(desk, WHO)
    assert (row.dispensed, row.used, row.remaining) == (5, 1, 4)
    enter(desk, stock.COUNTED, count=4)
    assert gaps(desk) == []


def test_on_the_day_of_a_kit_the_doses_are_from_the_kit_whichever_was_entered_first(received: Study) -> None:
    desk = go(received, 1)
    give(desk)
    desk = go(received, 1, "15:00")
    dispense(desk, WHO, 5)
    places = stock_rows.stock_view(desk).lots[0].places
    assert (places[stock.SHELF], places[stock.WITH_SUBJECT]) == (5, 4) and told(desk) == []
    assert A3 in [row.lot for row in stock_rows.stock_view(desk).lots]
