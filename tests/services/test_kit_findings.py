"""A kit not as planned is recorded with a reason and proposes a deviation; corrections are checked alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense
from stock_fixtures import A3, LOT, enter, made_supplied, movement, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial, register

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import deviations, dispensing, dispositions, stock_rows
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.record_corrections import Why, correct_dispensing

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
START = date(2026, 11, 23)


def go(study: Study, day: int, clock: str = "09:00") -> Desk:
    at(study, START + timedelta(days=day), clock)
    return study.sit("chen.lan", roles.COORDINATOR)


@pytest.fixture
def desk(supplied: Study) -> Desk:
    """A hundred vials were received."""
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk, count=100)
    return desk


def told(desk: Desk, subject_id: int) -> list[tuple[str, str]]:
    found = deviations.deviations(desk, subject_id, progress="proposed")
    return sorted((row.code, row.severity) for row in found if row.code.startswith("dispensing."))


def asked(desk: Desk, subject_id: int, *codes: tuple[str, str]) -> None:
    """Hand a kit over: refused until somebody says why, then proposed."""
    with pytest.raises(RuleBroken) as refused:
        dispense(desk, subject_id, 5)
    found = refused.value.facts["findings"]
    assert refused.value.code == "dispensing.reason_needed" and isinstance(found, tuple)
    assert sorted((each.code, each.severity) for each in found) == list(codes)
    assert not dispensing.kits(desk, subject_id) or subject_id != BELIMUMAB
    dispense(desk, subject_id, 5, reason="mistake")
    assert told(desk, subject_id) == list(codes)


def test_a_kit_off_the_arm_is_recorded_with_its_reason(desk: Desk) -> None:
    asked(desk, BELIMUMAB, ("dispensing.off_arm", "major"))
    with desk.view() as session:
        row = session.query(Audit).filter(Audit.action == "dispensing.record").order_by(Audit.number.desc())
        assert row.first().reason == "mistake"


def test_a_kit_to_somebody_never_allocated_is_recorded_with_its_reason(supplied: Study) -> None:
    subject_id = register(supplied, 9)
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    enter(desk, count=100)
    asked(desk, subject_id, ("dispensing.before_allocation", "major"))


def test_a_kit_after_a_stop_or_an_exit_is_recorded_and_one_told_late_is_compared_too(
    supplied: Study, desk: Desk
) -> None:
    desk = go(supplied, 2)
    dispense(desk, BOTH, 5)
    desk = go(supplied, 4)
    dispositions.record_disposition(desk, BOTH, "drug_stop", "IL2", START, "subject")
    assert told(desk, BOTH) == [("dispensing.after_stop", "minor")]
    (stop,) = dispositions.dispositions(desk, BOTH)
    dispositions.void_disposition(desk, stop.id, "slip", stop.version)
    assert told(desk, BOTH) == []
    dispositions.record_disposition(desk, INTERLEUKIN, "exit", "", START, "subject", note="moved")
    asked(desk, INTERLEUKIN, ("dispensing.after_stop", "minor"))


@pytest.mark.parametrize("on_day", [date(1950, 1, 1), date(2027, 1, 1)])
def test_a_day_that_cannot_be_is_refused(desk: Desk, on_day: date) -> None:
    with pytest.raises(RuleBroken, match=r"day\.(before_birth|future)"):
        dispense(desk, INTERLEUKIN, 5, on_day, "mistake")


def test_a_year_mistyped_takes_no_vials_that_had_not_come(desk: Desk) -> None:
    with pytest.raises(RuleBroken) as refused:
        dispense(desk, INTERLEUKIN, 60, START.replace(year=2025), "mistake")
    assert (refused.value.code, refused.value.facts["left"]) == ("stock.short", 0)


def test_a_kit_is_corrected_by_the_checks_of_its_entry(desk: Desk) -> None:
    dispense(desk, BOTH, 10)
    dispense(desk, INTERLEUKIN, 10)
    (first,), (kit,) = dispensing.kits(desk, BOTH), dispensing.kits(desk, INTERLEUKIN)
    new = NewDispensing(INTERLEUKIN, "IL2", LOT, Decimal(1), 10, kit.on_day, kit.kit)
    for changes, code in (
        ({"count": 91}, "stock.short"),
        ({"count": 5000}, "stock.short"),
        ({"count": 10_001}, "stock.count_needed"),
        ({"lot": "ZZZ"}, "stock.short"),
        ({"kit": first.kit}, "dispensing.twice"),
        ({"on_day": START.replace(year=2025)}, "stock.short"),
        ({"on_day": date(1950, 1, 1)}, "day.before_birth"),
    ):
        for act in (
            lambda right: correct_dispensing(desk, Why(kit.id, kit.version, "slip"), right),
            lambda right: dispensing.record_dispensing(desk, replace(right, kit=right.kit or "K"), "ward"),
        ):
            with pytest.raises(RuleBroken) as refused:
                act(replace(new, **changes))  # type: ignore[arg-type]
            assert refused.value.code in (code, "dispensing.twice"), changes
    correct_dispensing(desk, Why(kit.id, kit.version, "slip"), replace(new, count=90))
    places = stock_rows.stock_view(desk).lots[0].places
    assert (places["shelf"], places["with_subject"]) == (0, 100)


def test_a_kit_that_takes_less_is_put_right_also_where_the_shelf_is_short(desk: Desk) -> None:
    dispense(desk, INTERLEUKIN, 60)
    (receipt,) = [line for line in stock_rows.stock_view(desk).lines if line.own]
    entries.take_back(desk, receipt.number, "slip")
    (kit,) = dispensing.kits(desk, INTERLEUKIN)
    new = NewDispensing(INTERLEUKIN, "IL2", LOT, Decimal(1), 6, kit.on_day, kit.kit)
    correct_dispensing(desk, Why(kit.id, kit.version, "slip"), new)
    assert stock_rows.stock_view(desk).lots[0].places["shelf"] == -6


def test_a_lot_that_its_receipt_says_expired_is_asked_about_with_the_expiry_left_blank(
    supplied: Study,
) -> None:
    desk = supplied.sit("chen.lan", roles.COORDINATOR)
    number = enter(desk, count=10, expires_on=START + timedelta(days=3))
    dispense(desk, BOTH, 2)
    desk = go(supplied, 5)
    asked(desk, INTERLEUKIN, ("dispensing.expired", "major"))
    assert told(desk, BOTH) == []
    # The receipt was wrong, and so is what rested on it.
    entries.take_back(desk, number, "slip")
    assert told(desk, INTERLEUKIN) == []
    entries.record_movement(desk, movement(desk, lot=A3, count=10, expires_on=START, on_day=START))
    assert told(desk, INTERLEUKIN) == [("dispensing.expired", "major")]
