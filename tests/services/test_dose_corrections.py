"""A dose put right or entered in error: nothing is overwritten in silence, both records name each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject, injection
from study_fixtures import PASSWORD, Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.store import verification
from sle_desk.services import deviations, dose_corrections, dose_log, dosing, history, signatures
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.signatures import Signing

__all__ = ["arms", "made_arms", "made_trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subjects 1 and 3 have their kits, and subject 3 the first injection of today."""
    desk = nurse(arms)
    dispense(desk, BOTH)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    yield arms


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def only(desk: Desk, subject_id: int) -> DoseRow:
    (row,) = dose_log.doses(desk, subject_id)
    return row


def test_a_corrected_value_keeps_old_new_reason_user_and_time(dosed: Study) -> None:
    desk = nurse(dosed)
    row = only(desk, INTERLEUKIN)
    dose_corrections.correct_dose(desk, row.id, {"site": "RB"}, "slip", row.version)
    changed = only(desk, INTERLEUKIN)
    assert (changed.given.site, changed.version) == ("RB", row.version + 1)
    past = history.value_history(desk, "dose", row.id, ("site",))
    assert [value.value["site"] for value in past] == ["LA", "RB"]
    assert (past[-1].reason, past[-1].user) == ("slip", "lin.yue")


def test_a_correction_needs_a_reason_and_sees_the_newest_version(dosed: Study) -> None:
    desk = nurse(dosed)
    row = only(desk, INTERLEUKIN)
    with pytest.raises(RuleBroken, match="reason_needed"):
        dose_corrections.correct_dose(desk, row.id, {"site": "RB"}, "", row.version)
    with pytest.raises(Stale):
        dose_corrections.correct_dose(desk, row.id, {"site": "RB"}, "slip", row.version + 1)
    with pytest.raises(RuleBroken, match="not_correctable"):
        dose_corrections.correct_dose(desk, row.id, {"subject_id": BOTH}, "slip", row.version)
    assert only(desk, INTERLEUKIN).given.site == "LA"


def test_a_correction_is_judged_again_and_what_no_longer_holds_goes_void(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    kept = inject(desk, INTERLEUKIN, administered=Decimal(2), reason="mistake")
    assert [row.code for row in deviations.deviations(desk, INTERLEUKIN)] == ["dose.amount_fold"]
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    dose_corrections.correct_dose(desk, kept.id, {"administered": Decimal(1)}, "slip", row.version)
    assert deviations.deviations(desk, INTERLEUKIN) == ()
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    with pytest.raises(RuleBroken, match="mistaken_unit"):
        dose_corrections.correct_dose(desk, kept.id, {"administered": Decimal(10**6)}, "slip", row.version)
    dose_corrections.correct_dose(desk, kept.id, {"administered": Decimal("1.5")}, "source", row.version)
    assert [row.code for row in deviations.deviations(desk, INTERLEUKIN)] == ["dose.amount"]


def test_the_day_of_a_dose_moves_the_plan_when_it_was_the_first(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=1))
    desk = nurse(dosed)
    row = only(desk, INTERLEUKIN)
    moved = {"on_day": desk.today(), "started_at": desk.now()}
    dose_corrections.correct_dose(desk, row.id, moved, "slip", row.version)
    calendar = dose_log.dose_log(desk, INTERLEUKIN).calendar
    assert calendar.day_one == TODAY + timedelta(days=1)
    assert calendar.of_drug("IL2")[1].slot.planned_on == TODAY + timedelta(days=3)


def test_lots_are_put_right_row_by_row_and_none_is_deleted(dosed: Study) -> None:
    desk = nurse(dosed)
    dispense(desk, INTERLEUKIN)
    row = only(desk, INTERLEUKIN)
    two = (VialUse("202607-A3", Decimal("0.5"), 1), VialUse("202607-A3", Decimal("0.5"), 1))
    dose_corrections.correct_dose(desk, row.id, {"vials": two}, "slip", row.version)
    assert only(desk, INTERLEUKIN).given.vials == two
    row = only(desk, INTERLEUKIN)
    one = (VialUse("202607-A3", Decimal(1), 1),)
    dose_corrections.correct_dose(desk, row.id, {"vials": one}, "slip", row.version)
    assert only(desk, INTERLEUKIN).given.vials == one
    assert (
        desk.cursor_check(lambda cursor: cursor.execute("SELECT count(*) FROM dose_vials").fetchone()[0]) == 2
    )


def test_a_correction_voids_a_signature_on_the_dose(dosed: Study) -> None:
    desk = dosed.sit("zhao.jing", roles.INVESTIGATOR)
    row = only(desk, INTERLEUKIN)
    with desk.change("form.sign") as change:
        signatures.sign(change, Signing("dose.seen", "Seen.", "en", PASSWORD), "dose", row.id, {})
    dose_corrections.correct_dose(desk, row.id, {"place": "home"}, "source", row.version)
    (signature,) = signatures.signatures_of(desk, "dose", row.id)
    assert not signature.valid


def test_a_dose_of_the_wrong_subject_is_void_here_and_stands_there_linked_both_ways(dosed: Study) -> None:
    desk = nurse(dosed)
    row = only(desk, INTERLEUKIN)
    before = dosed.desk.head() if dosed.desk else None
    moved = dose_corrections.void_dose(desk, row.id, "slip", row.version, to_subject=BOTH)
    here, there = only(desk, INTERLEUKIN), only(desk, BOTH)
    assert moved is not None
    assert (here.void, here.void_reason, here.moved_to) == (True, "slip", there.id)
    assert (there.void, there.moved_from, there.given.site) == (False, here.id, "LA")
    assert there.given.vials == here.given.vials
    assert moved.slot is not None
    assert (moved.slot.drug, moved.slot.number) == ("IL2", 1)
    assert dose_log.dose_log(desk, INTERLEUKIN).calendar.provisional
    changes = {entry.change for entry in history.audit_trail(desk) if before and entry.number > before.number}
    assert len(changes) == 1
    assert desk.cursor_check(verification.verify).holds


def test_what_a_dose_shows_at_its_right_owner_is_proposed_there_and_void_here(dosed: Study) -> None:
    desk = nurse(dosed)
    second = inject(desk, INTERLEUKIN, reason="mistake", started_at=None)
    assert [row.code for row in deviations.deviations(desk, INTERLEUKIN)] != []
    row = next(row for row in dose_log.doses(desk, INTERLEUKIN) if row.id == second.id)
    dose_corrections.void_dose(desk, second.id, "slip", row.version, to_subject=BELIMUMAB)
    assert deviations.deviations(desk, INTERLEUKIN) == ()
    codes = {row.code for row in deviations.deviations(desk, BELIMUMAB)}
    assert codes == {"dose.off_arm", "dose.lot_not_dispensed"}


def test_a_void_dose_is_void_for_good(dosed: Study) -> None:
    desk = nurse(dosed)
    row = only(desk, INTERLEUKIN)
    with pytest.raises(RuleBroken, match="same_subject"):
        dose_corrections.void_dose(desk, row.id, "slip", row.version, to_subject=INTERLEUKIN)
    assert dose_corrections.void_dose(desk, row.id, "other", row.version, "Typed twice.") is None
    for again in ("slip", "source"):
        row = only(desk, INTERLEUKIN)
        with pytest.raises(RuleBroken, match="already_void"):
            dose_corrections.void_dose(desk, row.id, again, row.version)
        with pytest.raises(RuleBroken, match="already_void"):
            dose_corrections.correct_dose(desk, row.id, {"site": "RB"}, again, row.version)


def test_a_missed_dose_that_was_given_after_all_is_void_and_recorded(dosed: Study) -> None:
    at(dosed, TODAY + timedelta(days=2))
    desk = nurse(dosed)
    missed = dosing.record_missed(desk, INTERLEUKIN, "IL2", 2, "forgotten")
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    with pytest.raises(RuleBroken, match="not_given"):
        dose_corrections.void_dose(desk, missed.id, "slip", row.version, to_subject=BOTH)
    dose_corrections.correct_dose(desk, missed.id, {"reason": "no_drug"}, "slip", row.version)
    row = dose_log.doses(desk, INTERLEUKIN)[-1]
    dose_corrections.void_dose(desk, missed.id, "late", row.version)
    recorded = dosing.record_injection(desk, injection(desk, INTERLEUKIN, site="RA"))
    assert recorded.slot is not None
    assert recorded.slot.number == 2
    assert deviations.deviations(desk, INTERLEUKIN) == ()


def test_a_monitor_corrects_nothing(dosed: Study) -> None:
    row = only(nurse(dosed), INTERLEUKIN)
    monitor = dosed.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        dose_corrections.correct_dose(monitor, row.id, {"site": "RB"}, "slip", row.version)
    with pytest.raises(NotAllowed):
        dose_corrections.void_dose(monitor, row.id, "slip", row.version)


def test_an_infusion_is_corrected_with_its_weight_and_judged_on_it(dosed: Study) -> None:
    desk = nurse(dosed)
    infuse(dosed, desk, BELIMUMAB)
    row = only(desk, BELIMUMAB)
    wrong = {"prescribed": Decimal(700)}
    with pytest.raises(RuleBroken, match="dose.reason_needed"):
        dose_corrections.correct_dose(desk, row.id, wrong, "slip", row.version)
    dose_corrections.correct_dose(desk, row.id, {**wrong, "reason": "doctor"}, "slip", row.version)
    # The order is not the dose by weight, and the dose is not the order.
    shown = {each.code for each in deviations.deviations(desk, BELIMUMAB)}
    assert shown == {"dose.amount", "dose.prescribed"}
