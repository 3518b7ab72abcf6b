"""Nothing is taken that is not there from its own time on, and no more is found than was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense
from stock_fixtures import LOT, enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles, stock
from sle_desk.services import overview, stock_rows
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.stock import Verdict, VialsBack

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
WHO = 3
START = date(2026, 11, 23)


def go(study: Study, day: int, clock: str = "12:00") -> Desk:
    at(study, START + timedelta(days=day), clock)
    return study.sit("chen.lan", roles.COORDINATOR)


@pytest.fixture
def desk(supplied: Study) -> Desk:
    """Ten vials were received."""
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk, count=10)
    return desk


def refused(act: object, *args: object, **more: object) -> tuple[str, object]:
    with pytest.raises(RuleBroken) as found:
        act(*args, **more)  # type: ignore[operator]
    return found.value.code, found.value.facts.get("left")


def places(desk: Desk) -> dict[str, int]:
    (row,) = stock_rows.stock_view(desk).lots
    return {place: count for place, count in row.places.items() if count}


def verdict(desk: Desk, held: int, count: int, kind: str = stock.RELEASED) -> int:
    return entries.decide(desk, Verdict(kind, held, count, desk.today(), "Stable.", "Wu Min"))


def waiting(desk: Desk) -> bool:
    rows = [row for group in overview.today(desk).groups for row in group.rows]
    return any(item.code == "excursion" for row in rows for item in row.items)


def test_vials_lost_out_of_quarantine_are_released_by_nobody_and_wait_no_more(desk: Desk) -> None:
    held = enter(desk, stock.QUARANTINED, count=5)
    enter(desk, stock.LOST, count=3, account=stock.QUARANTINE)
    (row,) = stock_rows.stock_view(desk).excursions
    assert (row.undecided, row.gone) == (2, 3)
    assert refused(verdict, desk, held, 5) == ("stock.decided_count", 2)
    assert refused(entries.take_back, desk, held, "slip") == ("stock.decided", None)
    verdict(desk, held, 2)
    (row,) = stock_rows.stock_view(desk).excursions
    assert (row.undecided, row.gone) == (0, 3) and not waiting(desk)
    assert places(desk) == {"shelf": 7, "missing": 3}
    assert refused(dispense, desk, WHO, 8) == ("stock.short", 7)


def test_an_excursion_of_which_all_vials_are_lost_is_closed_without_a_decision(desk: Desk) -> None:
    held = enter(desk, stock.QUARANTINED, count=5)
    assert waiting(desk)
    lost = enter(desk, stock.LOST, count=5, account=stock.QUARANTINE)
    assert not waiting(desk) and refused(verdict, desk, held, 1) == ("stock.decided_count", 0)
    # Found again they wait again.
    enter(desk, stock.FOUND, count=2, account=stock.QUARANTINE)
    assert waiting(desk) and verdict(desk, held, 2, stock.WRITTEN_OFF) > lost
    assert places(desk) == {"shelf": 5, "condemned": 2, "missing": 3}


def test_no_more_is_found_than_was_lost(desk: Desk) -> None:
    assert refused(enter, desk, stock.FOUND, count=50) == ("stock.none_missing", 0)
    enter(desk, stock.LOST, count=2)
    assert refused(enter, desk, stock.FOUND, count=3) == ("stock.none_missing", 2)
    lost = stock_rows.stock_view(desk).lines[0].number
    enter(desk, stock.FOUND, count=2)
    assert places(desk) == {"shelf": 10}
    # What was found was never lost, as it turns out: that stands as a gap.
    entries.take_back(desk, lost, "slip")
    (gap,) = stock_rows.stock_view(desk).gaps
    assert (gap.kind, gap.account, gap.count) == ("short", stock.MISSING, 2)


def test_no_loss_destruction_quarantine_or_kit_of_before_takes_what_was_gone_in_between(
    supplied: Study, desk: Desk
) -> None:
    desk = go(supplied, 5)
    dispense(desk, WHO, 8)
    desk = go(supplied, 6)
    enter(desk, count=10, document="DN-2")
    desk = go(supplied, 7)
    before = START + timedelta(days=2)
    for kind, more in (
        (stock.LOST, {}),
        (stock.DESTRUCTION, {"account": stock.SHELF}),
        (stock.QUARANTINED, {}),
    ):
        assert refused(enter, desk, kind, count=3, on_day=before, **more) == ("stock.short", 2), kind
        assert refused(enter, desk, kind, count=13, **more) == ("stock.short", 12), kind
    assert refused(dispense, desk, WHO, 3, before) == ("stock.short", 2)
    enter(desk, stock.LOST, count=2, on_day=before)
    assert places(desk) == {"shelf": 10, "with_subject": 8, "missing": 2}


def test_what_goes_back_to_the_sponsor_leaves_the_site_with_its_note(desk: Desk) -> None:
    assert refused(enter, desk, stock.SENT_BACK, count=11) == ("stock.short", 10)
    for lacking in ("party", "document", "person"):
        assert (
            refused(enter, desk, stock.SENT_BACK, count=4, **{lacking: " "})[0] == "stock.sending_incomplete"
        )
    assert refused(enter, desk, stock.SENT_BACK, count=4, account=stock.QUARANTINE)[0] == "stock.place_needed"
    enter(desk, stock.SENT_BACK, count=4)
    assert places(desk) == {"shelf": 6, "with_sponsor": 4}
    (row,) = stock_rows.stock_view(desk).lots
    assert row.received == sum(row.places.values()) and row.gaps == ()


def test_vials_back_before_their_kit_or_without_one_need_a_note_and_leave_a_gap(
    supplied: Study, desk: Desk
) -> None:
    desk = go(supplied, 2)
    dispense(desk, WHO, 4)
    back = VialsBack(WHO, "IL2", LOT, Decimal(1), START, unused=1)
    for each in (back, replace(back, lot="OTHER", on_day=desk.today()), replace(back, strength=Decimal(2))):
        assert refused(entries.record_return, desk, each)[0] == "stock.not_handed"
    for each in (replace(back, lot=" "), replace(back, strength=Decimal(0))):
        assert refused(entries.record_return, desk, each)[0] == "stock.lot_needed"
    entries.record_return(desk, replace(back, on_day=desk.today()))
    entries.record_return(desk, replace(back, lot="OTHER", note="The kit of a paper that was lost."))
    (gap,) = stock_rows.stock_view(desk).gaps
    assert (gap.lot.lot, gap.kind, gap.account, gap.subject_id) == ("OTHER", "short", "with_subject", WHO)
