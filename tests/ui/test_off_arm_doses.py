"""What was given otherwise than planned, recorded by keys: off the arm, before one, on an old weight."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from study_fixtures import clock, made_study, study
from test_doses_page import on_page
from trial_fixtures import arms, made_arms, made_trial, register, trial
from typist import Typist

from sle_desk.services import deviations, dispensing, dose_log
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3
SAID = {
    "en": {
        "none": "No injection is planned for this subject",
        "arm": "Not a drug of the arm of this subject: ",
        "unallocated": "This subject is not allocated to an arm: no dose is planned.",
        "which": "Which study drug was given?",
        "kit": "was handed over; it is not a drug of the allocated arm.",
        "refused": "say which one: what was given is recorded, and why is asked.",
    },
    "zh_CN": {
        "none": "该受试者没有计划中的注射",
        "arm": "不属于该受试者组别的药物：",
        "unallocated": "该受试者尚未分组：没有计划给药。",
        "which": "给了哪种研究药物？",
        "kit": "已发放；不属于所分配组别的药物。",
        "refused": "请说明是哪一种：登记实际所给，并说明原因。",
    },
}
LANGUAGES = pytest.mark.parametrize("language", list(SAID))


def kept(study, subject_id):
    """Return the one dose that was recorded, and the deviations that it proposed."""
    (row,) = dose_log.doses(study.desk, subject_id)
    return row, {(each.code, each.severity) for each in deviations.deviations(study.desk, subject_id)}


def type_injection(typist, study):
    """Answer every field of an injection, none of which is proposed: 1 million IU at the left arm, here."""
    typist.fill("t", f"{study.clock.now():%H%M}")
    typist.press("N", "1")
    typist.fill("1", "", "")
    typist.press("W", "Ctrl+Enter")


@LANGUAGES
def test_an_injection_off_the_arm_is_asked_for_its_drug_and_recorded_with_a_reason(arms, on_page, language):
    said = SAID[language]
    on_page(arms, "doses", BELIMUMAB, language=language)
    typist = Typist()
    typist.press("G")
    assert typist.sees(said["none"])
    typist.press("D")
    assert typist.sees(said["arm"]) and typist.sees(said["which"])
    typist.press("2")
    type_injection(typist, arms)
    assert dose_log.doses(arms.desk, BELIMUMAB) == ()
    # Why is asked before anything is recorded.
    typist.press("5", "Enter")
    row, proposed = kept(arms, BELIMUMAB)
    assert (row.given.drug, row.progress, row.slot, row.given.reason) == ("IL2", "given", None, "mistake")
    assert ("dose.off_arm", "major") in proposed
    # The row stands in a list of its own, and D asks again.
    typist.press("D")
    assert typist.sees(said["which"])


@LANGUAGES
def test_an_infusion_off_the_arm_begins_with_its_drug_and_nothing_of_it_is_computed(arms, on_page, language):
    said = SAID[language]
    window = on_page(arms, "doses", IL2, language=language)
    arms.clock.advance(timedelta(hours=3))
    now = arms.clock.now()
    typist = Typist()
    typist.press("I")
    assert typist.sees(said["arm"])
    typist.press("1")
    assert not typist.sees("612 mg")
    typist.fill(f"{now - timedelta(minutes=90):%H%M}", f"{now - timedelta(minutes=30):%H%M}")
    typist.press("N", "Enter")
    window.page("infusion").view.go_to("administered")
    typist.fill("612")
    typist.press("Ctrl+Enter")
    assert dose_log.doses(arms.desk, IL2) == ()
    typist.press("5", "Ctrl+Enter")
    row, proposed = kept(arms, IL2)
    assert (row.given.drug, row.progress, row.given.prescribed) == ("BEL", "given", None)
    assert ("dose.off_arm", "major") in proposed


@LANGUAGES
def test_a_dose_to_somebody_not_allocated_is_recorded_with_its_drug(trial, on_page, language):
    said, subject_id = SAID[language], register(trial)
    on_page(trial, "doses", subject_id, language=language)
    typist = Typist()
    typist.press("G")
    assert typist.sees(said["none"])
    typist.press("D")
    assert typist.sees(said["unallocated"])
    typist.press("2")
    type_injection(typist, trial)
    typist.press("5", "Enter")
    row, proposed = kept(trial, subject_id)
    assert (row.given.drug, row.given.site, row.given.reason) == ("IL2", "LA", "mistake")
    assert ("dose.before_allocation", "major") in proposed


@pytest.mark.parametrize("page", ["infusion", "diary"])
def test_the_strip_over_a_dose_names_its_own_subject_and_no_other(arms, on_page, page):
    window = on_page(arms, page, BELIMUMAB)
    for subject_id in (IL2, BELIMUMAB):
        window.state.go(Go(page, subject_id=subject_id))
        QApplication.processEvents()
        labels = window.page(page).strip.findChildren(QLabel)
        shown = [each.text() for each in labels if each.isVisible()]
        assert f"SLE-00{subject_id}" in shown and f"SLE-00{5 - subject_id}" not in shown


@pytest.mark.parametrize(("page", "key"), [("infusion", "F7"), ("diary", "D")])
@LANGUAGES
def test_the_pages_of_a_drug_that_is_not_planned_lead_on_by_a_key(trial, on_page, language, page, key):
    said, subject_id = SAID[language], register(trial)
    window = on_page(trial, page, subject_id, language=language)
    typist = Typist()
    assert typist.sees(said["refused"])
    typist.press(key)
    assert typist.sees(said["which"])
    typist.press("2")
    assert window.gone[-1] == Go("doses", subject_id=subject_id, about_drug="IL2")
    type_injection(typist, trial)
    typist.press("5", "Enter")
    assert kept(trial, subject_id)[0].given.drug == "IL2"


@LANGUAGES
def test_an_infusion_on_an_old_weight_keeps_the_day_of_it_and_proposes_that(arms, on_page, language):
    weighed = arms.clock.now().date()
    arms.clock.advance(timedelta(days=12))
    window = on_page(arms, "infusion", BELIMUMAB, language=language)
    typist, today = Typist(), arms.clock.now().date()
    typist.press("F7")
    window.page("infusion").view.go_to("weight")
    # Another weight has no day that could be offered; the one saved brings its own, to be changed.
    for weight, offered in (
        ("63", ""),
        ("61.2", weighed.isoformat()),
        ("63", ""),
        ("61.2", weighed.isoformat()),
    ):
        window.page("infusion").view.go_to("weight")
        window.page("infusion").view.field("weight").select_all()
        typist.fill(weight)
        assert window.page("infusion").view.field("weight_day").text() == offered
    typist.fill("", "C7K2", "C7K3", "", "1", "2")
    answer_given(window, typist)
    row, proposed = kept(arms, BELIMUMAB)
    assert (row.given.weight_day, row.given.on_day) == (weighed, today)
    assert ("dose.old_weight", "minor") in proposed


def answer_given(window, typist):
    """Answer what is asked of an infusion today of 612 mg without a reaction, whose times nobody noted."""
    view = window.page("infusion").view
    for code, text in (("started", "0700"), ("ended", "0800")):
        view.go_to(code)
        typist.fill(text)
    typist.press("N")
    view.go_to("administered")
    typist.fill("612")
    typist.press("Ctrl+Enter")
    # Why it was so.
    typist.press("3", "Ctrl+Enter")


def test_twenty_vials_for_612_mg_are_asked_about_and_kept_with_the_reason(arms, on_page):
    window = on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.fill("C7K2", "C7K3", "Chen Lan")
    typist.press("N")
    view = window.page("infusion").view
    view.go_to("vials_400")
    view.field("vials_400").select_all()
    typist.fill("20")
    typist.press("Ctrl+Enter")
    assert typist.sees("a whole vial more than the 612") and dose_log.doses(arms.desk, BELIMUMAB) == ()
    typist.press("3", "Ctrl+Enter")
    (row,) = dose_log.doses(arms.desk, BELIMUMAB)
    assert (row.progress, row.given.reason, row.given.vials[0].count) == ("prepared", "ward", 20)


@LANGUAGES
def test_a_kit_of_a_drug_off_the_arm_is_asked_about_and_recorded_with_a_reason(arms, on_page, language):
    on_page(arms, "doses", BELIMUMAB, language=language)
    typist = Typist()
    typist.press("K")
    typist.fill("K-9", "202607-A3", "2027-05-31", "1", "40")
    typist.press("Ctrl+Enter")
    assert typist.sees(SAID[language]["kit"]) and dispensing.kits(arms.desk, BELIMUMAB) == ()
    typist.press("5", "Enter", "Enter")
    (kit,) = dispensing.kits(arms.desk, BELIMUMAB)
    proposed = {(each.code, each.severity) for each in deviations.deviations(arms.desk, BELIMUMAB)}
    assert (kit.kit, kit.count) == ("K-9", 40) and ("dispensing.off_arm", "major") in proposed
