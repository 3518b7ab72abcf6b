"""Vials of one subject are compared again when those of another, or a kit, are entered or put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, infuse, injection, prepared
from stock_fixtures import A3, C7, LOT, enter, made_supplied, supplied
from study_fixtures import Study
from trial_fixtures import made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.services import (
    deviations,
    dispensing,
    dose_corrections,
    dose_log,
    dosing,
    preparing,
    void_subjects,
)
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.record_corrections import Why, correct_dispensing, void_dispensing
from sle_desk.services.subjects import subject_row

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
SMALL = replace(C7, lot="C7K120", strength=Decimal(120))
USED_UP = ["dose.lot_stock_used_up"]


@pytest.fixture
def desk(supplied: Study) -> Desk:
    """The coordinator's desk."""
    return supplied.sit("chen.lan", roles.COORDINATOR)


def told(desk: Desk, subject_id: int) -> list[str]:
    """Return what is proposed about the lots of a subject's doses."""
    found = deviations.deviations(desk, subject_id, progress="proposed")
    return [row.code for row in found if row.code.startswith("dose.lot")]


def from_shelf(desk: Desk, subject_id: int, count: int = 1, **changes: object) -> None:
    """Record an injection of vials of the lot that nobody was handed."""
    vials = (VialUse(LOT, A3.strength, count),)
    dosing.record_injection(desk, injection(desk, subject_id, reason="supply", vials=vials, **changes))


def short(desk: Desk, subject_id: int) -> list[str]:
    """Return what the ledger alone says of a subject's doses."""
    return [code for code in told(desk, subject_id) if code != "dose.lot_not_dispensed"]


def put_right(desk: Desk, subject_id: int, lot: str, count: int) -> None:
    """Correct the vials of a subject's one dose."""
    row = dose_log.doses(desk, subject_id)[-1]
    right = {"vials": (VialUse(lot, A3.strength, count),)}
    dose_corrections.correct_dose(desk, row.id, right, "slip", row.version)


def test_a_dose_of_another_that_is_put_right_or_was_none_leaves_the_vials_to_the_next(
    supplied: Study, desk: Desk
) -> None:
    enter(desk, count=3)
    from_shelf(desk, BOTH, 3)
    supplied.clock.advance(timedelta(minutes=30))
    from_shelf(desk, INTERLEUKIN)
    assert short(desk, INTERLEUKIN) == USED_UP
    for lot, count, shown in ((LOT, 2, []), (LOT, 3, USED_UP), ("202609-B1", 3, []), (LOT, 3, USED_UP)):
        put_right(desk, BOTH, lot, count)
        assert short(desk, INTERLEUKIN) == shown, (lot, count)
    row = dose_log.doses(desk, BOTH)[-1]
    dose_corrections.void_dose(desk, row.id, "slip", row.version)
    assert short(desk, INTERLEUKIN) == []


def test_a_dose_entered_late_leaves_fewer_vials_to_those_after_it(supplied: Study, desk: Desk) -> None:
    enter(desk, count=1, at_time="08:00")
    from_shelf(desk, INTERLEUKIN)
    supplied.clock.advance(timedelta(minutes=30))
    assert short(desk, INTERLEUKIN) == []
    from_shelf(desk, BOTH, started_at=desk.now() - timedelta(minutes=60))
    assert short(desk, INTERLEUKIN) == USED_UP and short(desk, BOTH) == []


def test_an_infusion_that_is_prepared_leaves_fewer_vials_to_one_of_later_that_day(
    supplied: Study, desk: Desk
) -> None:
    enter(desk, lot=C7, count=1, at_time="08:00")
    enter(desk, lot=SMALL, count=10, at_time="08:00")
    earlier = desk.now() - timedelta(minutes=5)
    infuse(supplied, desk, BELIMUMAB)
    assert told(desk, BELIMUMAB) == []
    preparing.prepare_infusion(desk, prepared(desk, BOTH, prepared_at=earlier))
    assert told(desk, BELIMUMAB) == USED_UP


def test_a_kit_entered_late_is_what_the_doses_of_its_day_came_from(supplied: Study, desk: Desk) -> None:
    enter(desk, count=10)
    from_shelf(desk, INTERLEUKIN)
    assert told(desk, INTERLEUKIN) == ["dose.lot_not_dispensed"]
    supplied.clock.advance(timedelta(minutes=30))
    dispense(desk, INTERLEUKIN, 4)
    assert told(desk, INTERLEUKIN) == []


def test_a_kit_that_is_put_right_void_or_of_nobody_changes_what_is_on_the_shelf_for_others(
    supplied: Study, desk: Desk
) -> None:
    enter(desk, count=4)
    enter(desk, lot=replace(A3, lot="202609-B1"), count=4)
    dispense(desk, INTERLEUKIN, 1)
    supplied.clock.advance(timedelta(minutes=30))
    from_shelf(desk, BELIMUMAB, 2)
    assert short(desk, BELIMUMAB) == []
    supplied.clock.advance(timedelta(minutes=30))
    enter(desk, count=2, at_time=f"{desk.now():%H:%M}", document="DN-2")
    (kit,) = dispensing.kits(desk, INTERLEUKIN)
    more = NewDispensing(INTERLEUKIN, "IL2", LOT, A3.strength, 4, kit.on_day, kit.kit)
    correct_dispensing(desk, Why(kit.id, kit.version, "slip"), more)
    assert short(desk, BELIMUMAB) == USED_UP
    (kit,) = dispensing.kits(desk, INTERLEUKIN)
    other = NewDispensing(INTERLEUKIN, "IL2", "202609-B1", A3.strength, 4, kit.on_day, kit.kit)
    correct_dispensing(desk, Why(kit.id, kit.version, "slip"), other)
    assert short(desk, BELIMUMAB) == []
    (kit,) = dispensing.kits(desk, INTERLEUKIN)
    correct_dispensing(desk, Why(kit.id, kit.version, "slip"), more)
    (kit,) = dispensing.kits(desk, INTERLEUKIN)
    void_dispensing(desk, Why(kit.id, kit.version, "slip"))
    assert short(desk, BELIMUMAB) == []


def test_that_a_kit_was_expired_stands_and_falls_with_the_kit(desk: Desk) -> None:
    enter(desk, count=4)
    day = desk.today()
    kit = NewDispensing(INTERLEUKIN, "IL2", LOT, A3.strength, 1, day, "K-7", day - timedelta(days=1))
    row = dispensing.record_dispensing(desk, kit, "supply")

    def expired() -> list[str]:
        found = deviations.deviations(desk, INTERLEUKIN, progress="proposed")
        return [each.code for each in found if each.code == "dispensing.expired"]

    assert expired()
    correct_dispensing(desk, Why(row.id, row.version, "slip"), replace(kit, expires_on=day))
    assert not expired()
    (row,) = dispensing.kits(desk, INTERLEUKIN)
    correct_dispensing(desk, Why(row.id, row.version, "slip"), kit)
    assert expired()
    (row,) = dispensing.kits(desk, INTERLEUKIN)
    void_dispensing(desk, Why(row.id, row.version, "slip"))
    assert not expired()


def test_a_subject_of_nobody_leaves_its_kit_on_the_shelf(supplied: Study, desk: Desk) -> None:
    enter(desk, count=4)
    dispense(desk, INTERLEUKIN, 3)
    supplied.clock.advance(timedelta(minutes=30))
    from_shelf(desk, BELIMUMAB, 2)
    assert short(desk, BELIMUMAB) == USED_UP
    void_subjects.void_subject(desk, INTERLEUKIN, "slip", subject_row(desk, INTERLEUKIN).version)
    assert short(desk, BELIMUMAB) == []
