"""A recorded dose, an infusion, a miss and a kit put right by keys, and the history they tell."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject
from PySide6.QtWidgets import QApplication
from study_fixtures import clock, made_study, study
from test_doses_page import on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import deviations, dispensing, dose_log, dosing
from sle_desk.ui.dialogs.correct_record import CorrectRecord

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3


def the_dose(study, subject_id=IL2):
    return next(row for row in dose_log.doses(study.desk, subject_id) if not row.void)


def dialog():
    shown = QApplication.activeModalWidget()
    assert isinstance(shown, CorrectRecord)
    return shown


def retype(field, text, *keys):
    """Type a field of the dialog anew."""
    typist = Typist()
    dialog().view.go_to(field)
    dialog().view.field(field).select_all()
    typist.type(text)
    typist.press("Enter", *keys)
    return typist


@pytest.fixture
def injected(arms):
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    return arms


def test_only_the_value_that_was_wrong_changes(injected, on_page):
    before = the_dose(injected).given
    on_page(injected, "doses", IL2)
    typist = Typist()
    typist.press("F2", "1")
    typist = retype("given_by", "Chen Lan")
    typist.press("Ctrl+Enter")
    assert "reason" in dialog().column.parts["reason"].strip.sentence().lower()
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    after = the_dose(injected).given
    assert after.given_by == "Chen Lan"
    assert {name for name in before.columns() if before.columns()[name] != after.columns()[name]} == {
        "given_by"
    }
    typist.press("F11")
    assert typist.sees("Given by") and typist.sees("Chen Lan") and typist.sees("Entry slip")
    assert typist.sees("left upper arm, outer side")


def test_nothing_changed_is_no_correction(injected, on_page):
    on_page(injected, "doses", IL2)
    head = injected.desk.head()
    typist = Typist()
    typist.press("F2", "1", "Ctrl+Enter")
    assert typist.sees("Nothing is changed yet. Change a value, or leave with Esc.")
    typist.press("Esc")
    assert injected.desk.head() == head


def test_a_double_amount_asks_why_and_proposes_its_deviation(injected, on_page):
    on_page(injected, "doses", IL2)
    typist = Typist()
    typist.press("F2", "1")
    typist = retype("amount", "2")
    dialog().column.go_to("reason")
    typist.press("2", "Ctrl+Enter")
    assert dialog().strip.sentence()
    assert the_dose(injected).given.administered == Decimal(1)
    dialog().view.go_to("why")
    typist.press("5", "Ctrl+Enter")
    assert the_dose(injected).given.administered == Decimal(2)
    assert the_dose(injected).given.reason == "mistake"
    assert [row.code for row in deviations.deviations(injected.desk, IL2)] == ["dose.amount_fold"]


def test_an_infusion_is_corrected_with_its_vials_and_keeps_the_day_of_its_weight(arms, on_page):
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    before = the_dose(arms, BELIMUMAB).given
    on_page(arms, "doses", BELIMUMAB)
    typist = Typist()
    typist.press("F2")
    code = next(code for code in dialog().view.typed() if code.startswith("lot_"))
    typist = retype(code, "C9Z1")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    after = the_dose(arms, BELIMUMAB).given
    assert "C9Z1" in {vials.lot for vials in after.vials}
    assert sum(vials.count for vials in after.vials) == sum(vials.count for vials in before.vials)
    assert after.columns() == before.columns()


def test_the_day_of_a_weight_is_put_right_and_judged_again(arms, on_page):
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    on_page(arms, "doses", BELIMUMAB)
    typist = Typist()
    typist.press("F2")
    typist = retype("weight_day", "2026-11-10")
    dialog().view.go_to("why")
    typist.press("5")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    assert the_dose(arms, BELIMUMAB).given.weight_day == date(2026, 11, 10)
    assert "dose.old_weight" in {row.code for row in deviations.deviations(arms.desk, BELIMUMAB)}


def test_the_reason_of_a_miss_is_corrected(injected, on_page):
    at(injected, injected.desk.today() + timedelta(days=2))
    dosing.record_missed(injected.desk, IL2, "IL2", 2, "forgotten")
    window = on_page(injected, "doses", IL2)
    typist = Typist()
    page = window.page("doses")
    while page.table.current_row().state != "missed":
        typist.press("Down")
    typist.press("F2", "1", "7")
    dialog().column.go_to("reason")
    typist.press("2", "Ctrl+Enter")
    missed = next(row for row in dose_log.doses(injected.desk, IL2) if row.progress == "missed")
    assert missed.given.reason == "refused"


def test_a_kit_is_corrected(injected, on_page):
    on_page(injected, "doses", IL2)
    typist = Typist()
    typist.press("F2", "2")
    typist = retype("expires_on", "2027-05-31")
    dialog().column.go_to("reason")
    typist.press("1", "Ctrl+Enter")
    assert dispensing.kits(injected.desk, IL2)[0].expires_on == date(2027, 5, 31)


def test_a_monitor_is_offered_no_correction(injected, on_page):
    on_page(injected, "doses", IL2, "he.jian", roles.MONITOR)
    Typist().press("F2")
    assert QApplication.activeModalWidget() is None
