"""The ledger of study drugs: what is entered, what doses and kits do to it, and what does not add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, infuse, inject, injection, prepared
from stock_fixtures import A3, BAG, C7, EXPIRES, LOT, enter, made_supplied, movement, supplied
from study_fixtures import Study
from trial_fixtures import decide, made_arms, made_trial, register

from sle_desk.base.errors import NotAllowed, RuleBroken, StorageFailed
from sle_desk.domain import roles, stock
from sle_desk.domain.protocol import VALUE
from sle_desk.models.stock import StockMovement
from sle_desk.services import (
    deviations,
    dispensing,
    dose_corrections,
    dose_log,
    dosing,
    overview,
    preparing,
    reconciliation,
    stock_rows,
    subjects,
    void_subjects,
)
from sle_desk.services import stock as entries
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why, void_dispensing
from sle_desk.services.stock import Verdict, VialsBack
from sle_desk.services.stock_rows import StockView

__all__ = ["made_arms", "made_supplied", "made_trial", "supplied"]
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
WHY = ("slip", "")


def keeper(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def seen(desk: Desk) -> StockView:
    return stock_rows.stock_view(desk)


def places(desk: Desk, lot: stock.Lot = A3) -> dict[str, int]:
    row = next(row for row in seen(desk).lots if row.lot == lot)
    return {place: count for place, count in row.places.items() if count}


def found(desk: Desk, subject_id: int) -> list[str]:
    standing = [row for row in deviations.deviations(desk, subject_id) if row.progress != "void"]
    return [row.code for row in standing if "lot" in row.code]


def due(desk: Desk) -> list[str]:
    rows = [row for group in overview.today(desk).groups for row in group.rows]
    return [
        item.code
        for row in rows
        for item in row.items
        if item.code in ("stock_gap", "vials_differ", "excursion")
    ]


def test_kits_and_doses_are_in_the_balance_by_their_own_records(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk)
    dispense(desk, INTERLEUKIN, 20)
    inject(desk, INTERLEUKIN)
    assert places(desk) == {"shelf": 40, "with_subject": 19, "used": 1}
    (row,) = reconciliation.reconciliation(desk, INTERLEUKIN)
    assert (row.dispensed, row.used, row.remaining, row.difference) == (20, 1, 19, 0)
    assert due(desk) == [] and found(desk, INTERLEUKIN) == []
    with desk.view() as session:
        assert session.query(StockMovement).count() == 1


def test_a_corrected_or_void_dose_and_kit_change_the_balance_by_themselves(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk)
    dispense(desk, INTERLEUKIN, 20)
    given = inject(desk, INTERLEUKIN)
    row = dose_log.doses(desk, INTERLEUKIN)[0]
    dose_corrections.void_dose(desk, row.id, "slip", row.version)
    assert places(desk) == {"shelf": 40, "with_subject": 20} and given.id == row.id
    kit = dispensing.kits(desk, INTERLEUKIN)[0]
    void_dispensing(desk, Why(kit.id, kit.version, "slip"))
    assert places(desk) == {"shelf": 60}


def test_no_kit_is_handed_over_that_is_not_on_the_shelf(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk, count=10)
    with pytest.raises(RuleBroken) as refused:
        dispense(desk, INTERLEUKIN, 11)
    assert (refused.value.code, refused.value.facts["left"]) == ("stock.short", 10)
    enter(desk, stock.QUARANTINED, count=4)
    with pytest.raises(RuleBroken, match=r"stock\.short"):
        dispense(desk, INTERLEUKIN, 7)
    dispense(desk, INTERLEUKIN, 6)
    assert places(desk) == {"quarantine": 4, "with_subject": 6}


def test_a_dose_given_from_what_the_ledger_has_not_is_recorded_and_the_gap_stands_on_today(
    supplied: Study,
) -> None:
    desk = keeper(supplied)
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        dosing.record_injection(desk, injection(desk, INTERLEUKIN))
    dosing.record_injection(desk, injection(desk, INTERLEUKIN, reason="supply"))
    assert "dose.lot_stock_unreceived" in found(desk, INTERLEUKIN)
    assert places(desk) == {"shelf": -1, "used": 1} and due(desk) == ["stock_gap"]
    # What was lacking is entered afterwards: gap and deviation go by themselves.
    enter(desk, count=10)
    assert due(desk) == [] and "dose.lot_stock_unreceived" not in found(desk, INTERLEUKIN)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda desk: None, "prepare.lot_stock_unreceived"),
        (
            lambda desk: enter(desk, lot=C7, count=1, expires_on=date(2026, 11, 1)),
            "prepare.lot_stock_expired",
        ),
        (
            lambda desk: (enter(desk, lot=C7, count=1), enter(desk, stock.QUARANTINED, C7, 1)),
            "prepare.lot_stock_quarantined",
        ),
        (
            lambda desk: (enter(desk, lot=C7, count=1), enter(desk, stock.LOST, C7, 1)),
            "prepare.lot_stock_used_up",
        ),
    ],
)
def test_an_infusion_is_prepared_from_such_a_lot_only_with_a_reason_and_tells_it(
    supplied: Study, spoil: Callable[[Desk], object], code: str
) -> None:
    desk = keeper(supplied)
    enter(desk, lot=replace(C7, lot="C7K120", strength=Decimal(120)))
    spoil(desk)
    supplied.clock.advance(timedelta(minutes=1))
    made = prepared(desk, BELIMUMAB)
    with pytest.raises(RuleBroken) as refused:
        preparing.prepare_infusion(desk, made)
    assert (refused.value.code, refused.value.facts["lot"]) == (code, BAG)
    row = preparing.prepare_infusion(desk, replace(made, reason="supply"))
    assert places(desk, C7)["used"] == 1 and row.id


def test_an_infusion_from_good_lots_asks_nothing_and_draws_from_the_shelf(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk, lot=C7, count=2)
    enter(desk, lot=replace(C7, lot="C7K120", strength=Decimal(120)), count=4)
    infuse(supplied, desk, BELIMUMAB)
    assert places(desk, C7) == {"shelf": 1, "used": 1} and found(desk, BELIMUMAB) == []


def test_where_the_hospital_supplies_a_drug_no_ledger_is_asked(supplied: Study) -> None:
    pi = supplied.sit("wu.min", roles.PI)
    decide(supplied, pi, "il2.supply", VALUE, il2_supply="hospital")
    desk = keeper(supplied)
    dispense(desk, INTERLEUKIN, 20)
    inject(desk, INTERLEUKIN)
    assert seen(desk).lots == () and due(desk) == []
    assert seen(desk).supplies == {"BEL": "study", "IL2": "hospital"}
    (row,) = reconciliation.reconciliation(desk, INTERLEUKIN)
    assert (row.dispensed, row.used) == (20, 1)


def test_an_excursion_is_assessed_and_each_vial_of_it_decided_once(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk)
    held = enter(desk, stock.QUARANTINED, count=10)
    assert due(desk) == ["excursion"]
    verdict = Verdict(stock.RELEASED, held, 7, desk.today(), "Below 25 °C for 3 h: stable.", "Wu Min", "L-3")
    entries.decide(desk, verdict)
    with pytest.raises(RuleBroken, match=r"stock\.decided_count"):
        entries.decide(desk, replace(verdict, count=4))
    entries.decide(desk, replace(verdict, kind=stock.WRITTEN_OFF, count=3))
    assert places(desk) == {"shelf": 57, "condemned": 3} and due(desk) == []
    (row,) = seen(desk).excursions
    assert (row.undecided, [each.count for each in row.decisions]) == (0, [7, 3])
    with pytest.raises(RuleBroken, match=r"stock\.decided$"):
        entries.take_back(desk, held, *WHY)
    enter(desk, stock.DESTRUCTION, count=3)
    assert places(desk) == {"shelf": 57, "destroyed": 3}


def test_a_count_that_differs_is_explained_and_stands_until_something_explains_the_vials(
    supplied: Study,
) -> None:
    desk = keeper(supplied)
    enter(desk)
    with pytest.raises(RuleBroken) as refused:
        enter(desk, stock.COUNTED, count=59)
    assert (refused.value.code, refused.value.facts["expected"]) == ("stock.count_differs", 60)
    enter(desk, stock.COUNTED, count=59, note="One box is torn.")
    assert due(desk) == ["stock_gap"] and places(desk) == {"shelf": 60}
    supplied.clock.advance(timedelta(minutes=5))
    enter(desk, stock.LOST, count=1, at_time=f"{desk.now() - timedelta(minutes=6):%H:%M}")
    assert due(desk) == [] and places(desk) == {"shelf": 59, "missing": 1}


def test_what_was_entered_wrongly_is_taken_back_and_both_stay(supplied: Study) -> None:
    desk = keeper(supplied)
    number = enter(desk, count=600)
    entries.take_back(desk, number, *WHY)
    assert places(desk) == {} and due(desk) == []
    first, second = sorted(seen(desk).lines, key=lambda line: line.number)
    assert (first.taken_back, second.movement.corrects, second.reason) == (True, number, "slip")
    for again, code in ((number, "stock.taken_back"), (second.number, "stock.takes_back")):
        with pytest.raises(RuleBroken) as refused:
            entries.take_back(desk, again, *WHY)
        assert refused.value.code == code
    with pytest.raises(RuleBroken, match=r"change\.reason_needed"):
        entries.take_back(desk, number, "")


def test_taking_back_a_receipt_of_which_vials_were_handed_out_leaves_a_gap(supplied: Study) -> None:
    desk = keeper(supplied)
    number = enter(desk)
    dispense(desk, INTERLEUKIN, 20)
    inject(desk, INTERLEUKIN)
    entries.take_back(desk, number, *WHY)
    assert places(desk) == {"shelf": -20, "with_subject": 19, "used": 1} and due(desk) == ["stock_gap"]


def test_the_file_itself_lets_no_movement_be_changed_or_deleted(supplied: Study) -> None:
    desk = keeper(supplied)
    enter(desk)
    with pytest.raises(StorageFailed, match="append-only"), desk.change("stock.correct", "slip") as change:
        change.session.query(StockMovement).one().count = 61
    with pytest.raises(StorageFailed, match="never deleted"), desk.change("stock.correct", "slip") as change:
        change.session.delete(change.session.query(StockMovement).one())
    assert places(desk) == {"shelf": 60}


def test_vials_brought_back_are_reconciled_with_the_doses_and_more_than_there_were_stands_on_today(
    supplied: Study,
) -> None:
    desk = keeper(supplied)
    enter(desk)
    dispense(desk, INTERLEUKIN, 5)
    inject(desk, INTERLEUKIN)
    back = VialsBack(
        INTERLEUKIN, "IL2", LOT, Decimal(1), desk.today(), used=1, unused=1, lost=1, document="D-1"
    )
    entries.record_return(desk, back)
    (row,) = reconciliation.reconciliation(desk, INTERLEUKIN)
    assert (row.remaining, row.used_back, row.difference) == (2, 1, 0) and due(desk) == []
    assert places(desk) == {"shelf": 55, "with_subject": 2, "empties": 1, "returned": 1, "missing": 1}
    entries.record_return(desk, replace(back, used=2, unused=0, lost=0))
    (row,) = reconciliation.reconciliation(desk, INTERLEUKIN)
    assert row.difference == -2 and due(desk) == ["vials_differ"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"used": 0}, "stock.nothing_back"),
        ({"used": -1, "unused": 2}, "stock.nothing_back"),
        ({"lot": "B9"}, "stock.not_handed"),
        ({"on_day": date(2027, 1, 1)}, "day.future"),
        ({"on_day": date(1980, 1, 1)}, "day.before_birth"),
        ({"lost": 2**63}, "stock.count_needed"),
    ],
)
def test_what_cannot_have_been_brought_back_is_refused(
    supplied: Study, change: dict[str, object], code: str
) -> None:
    desk = keeper(supplied)
    enter(desk)
    dispense(desk, INTERLEUKIN, 5)
    back = VialsBack(INTERLEUKIN, "IL2", LOT, Decimal(1), desk.today(), used=1)
    with pytest.raises(RuleBroken) as refused:
        entries.record_return(desk, replace(back, **change))  # type: ignore[arg-type]
    assert refused.value.code == code and places(desk) == {"shelf": 55, "with_subject": 5}


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("received", {"kind": "drawn"}, "stock.kind"),
        ("received", {"lot": " "}, "stock.lot_needed"),
        ("received", {"strength": Decimal(0)}, "stock.lot_needed"),
        ("received", {"count": 0}, "stock.count_needed"),
        ("received", {"expires_on": None}, "stock.receipt_incomplete"),
        ("received", {"party": " "}, "stock.receipt_incomplete"),
        ("received", {"expires_on": EXPIRES + timedelta(days=1)}, "stock.other_expiry"),
        ("received", {"on_day": date(2027, 1, 1)}, "day.future"),
        ("received", {"on_day": date(206, 11, 23)}, "day.too_early"),
        ("received", {"expires_on": date(206, 11, 23)}, "day.too_early"),
        ("received", {"count": 2**63}, "stock.count_needed"),
        ("received", {"at_time": "25:00"}, "time.unreadable"),
        ("received", {"at_time": "23:59"}, "time.future"),
        ("quarantined", {"excursion_from": None}, "stock.excursion_incomplete"),
        ("quarantined", {"highest": None}, "stock.excursion_incomplete"),
        ("quarantined", {"lowest": Decimal(12)}, "stock.excursion_range"),
        ("quarantined", {"count": 61}, "stock.short"),
        ("destroyed", {"account": "quarantine"}, "stock.place_needed"),
        ("destroyed", {"document": ""}, "stock.certificate_needed"),
        ("destroyed", {"witness": ""}, "stock.two_people"),
        ("destroyed", {"witness": "gao yao"}, "stock.same_person"),
        ("destroyed", {"account": "shelf", "count": 61}, "stock.short"),
        ("lost", {"note": ""}, "stock.why_needed"),
        ("found", {"account": ""}, "stock.place_needed"),
        ("counted", {"person": ""}, "stock.counter_needed"),
        ("counted", {"count": -1}, "stock.count_needed"),
    ],
)
def test_a_movement_that_lacks_what_it_needs_is_refused(
    supplied: Study, kind: str, change: dict[str, object], code: str
) -> None:
    desk = keeper(supplied)
    enter(desk)
    with pytest.raises(RuleBroken) as refused:
        entries.record_movement(desk, replace(movement(desk, kind), **change))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert places(desk) == {"shelf": 60} and len(seen(desk).lines) == 1


def test_of_a_subject_entered_in_error_nothing_counts_and_nothing_is_lost_from_sight(supplied: Study) -> None:
    register(supplied, 4)
    desk = keeper(supplied)
    enter(desk)
    dispense(desk, 4, 5, reason="mistake")
    entries.record_return(desk, VialsBack(4, "IL2", LOT, Decimal(1), desk.today(), unused=2))
    assert places(desk) == {"shelf": 55, "with_subject": 3, "returned": 2}
    void_subjects.void_subject(desk, 4, "slip", subjects.subject_row(desk, 4).version)
    assert places(desk) == {"shelf": 60}
    (back,) = [line for line in seen(desk).lines if line.movement.kind == stock.UNUSED_BACK]
    assert not back.counts


def test_the_statistician_and_the_administrator_see_no_stock(supplied: Study) -> None:
    for login, role in (("sun.tong", roles.STATISTICIAN), ("xu.feng", roles.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            seen(supplied.sit(login, role))


def test_vials_lost_before_another_excursion_are_not_decided_about_with_its_vials(supplied: Study) -> None:
    """Of two excursions of one lot each is decided about its own vials alone."""
    desk = keeper(supplied)
    enter(desk)
    first = enter(desk, stock.QUARANTINED, count=3)
    supplied.clock.advance(timedelta(minutes=5))
    enter(desk, stock.LOST, count=2, account=stock.QUARANTINE)
    supplied.clock.advance(timedelta(minutes=5))
    second = enter(desk, stock.QUARANTINED, count=3)

    def waiting() -> dict[int, tuple[int, int]]:
        return {row.id: (row.undecided, row.gone) for row in seen(desk).excursions}

    assert waiting() == {first: (1, 2), second: (3, 0)}
    verdict = Verdict(stock.RELEASED, first, 2, desk.today(), "Stable by the leaflet.", "Wu Min", "QA-1")
    with pytest.raises(RuleBroken, match=r"stock\.decided_count"):
        entries.decide(desk, verdict)
    entries.decide(desk, replace(verdict, count=1))
    entries.decide(desk, replace(verdict, quarantine_id=second, kind=stock.WRITTEN_OFF, count=3))
    assert waiting() == {first: (0, 2), second: (0, 0)}
