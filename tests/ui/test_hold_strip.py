"""What a dose is held for, asked by keys before it is recorded: on the strip and at an infusion."""

from datetime import timedelta

import pytest
from dose_fixtures import at, dispense, infuse, inject
from study_fixtures import START, clock, made_study, study
from test_doses_page import doses_of, on_page
from trial_fixtures import arms, made_arms, made_trial, numbers, trial
from typist import Typist

from sle_desk.domain import roles
from sle_desk.services import form_records, visits
from sle_desk.services.answers import Given
from sle_desk.services.form_records import NewForm

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "on_page", "study", "trial"]

BELIMUMAB, IL2 = 2, 3
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_CN"])


def feverish(study, subject_id):
    """Save a temperature of 38.4 of now."""
    desk = study.sit("lin.yue", roles.NURSE)
    visit = visits.record_visit(desk, subject_id, "UNS", desk.today()).id
    values = {"temperature": "38.4", "systolic": "122", "diastolic": "78", "pulse": "72"}
    typed = numbers({**values, "respiration": "16", "oxygen_saturation": "98", "weight": "61.2"})
    form_records.save_form(
        desk, NewForm(subject_id, visit, "vitals", desk.today(), Given(typed), f"{desk.now():%H:%M}")
    )


@pytest.fixture
def second(arms):
    """Subject 3 comes for the second injection."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=2), "09:00")
    return arms


@LANGUAGES
def test_one_key_says_no_reaction_and_nothing_to_hold_for(second, on_page, language):
    on_page(second, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G")
    asked = {
        "en": "To hold it for: Fever, Infection, Low neutrophils or platelets",
        "zh_CN": "有无暂停给药的情形：发热、感染、中性粒细胞或血小板减少",
    }
    answer = {"en": "None: no reaction, nothing to hold for", "zh_CN": "无：无反应，亦无暂停给药情形"}
    assert typist.sees(asked[language]) and typist.sees(answer[language])
    typist.press("N", "Enter")
    given = doses_of(second, IL2, "IL2")[-1].given
    assert (given.reaction, given.hold, given.hold_shown) == ("none", "none", "")


@LANGUAGES
def test_beside_a_fever_one_key_is_not_enough_and_it_is_asked_which(second, on_page, language):
    feverish(second, IL2)
    on_page(second, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G")
    assert typist.sees(
        {"en": "Fever: 38.4 °C on 2026-11-25.", "zh_CN": "发热：2026-11-25 为 38.4 °C。"}[language]
    )
    assert not typist.sees({"en": "nothing to hold for", "zh_CN": "亦无暂停给药情形"}[language])
    typist.press("N", "Enter")
    assert len(doses_of(second, IL2, "IL2")) == 1
    assert typist.sees({"en": "What is the dose held for?", "zh_CN": "因何情形暂停给药？"}[language])
    # "Nothing" is no answer here: N does nothing.
    typist.press("N", "Enter")
    assert len(doses_of(second, IL2, "IL2")) == 1
    typist.press("0", "Enter")
    given = doses_of(second, IL2, "IL2")[-1].given
    assert (given.hold, given.hold_shown) == ("cleared", "fever")
    assert typist.sees({"en": "hold asked: Looked at", "zh_CN": "给药前询问：已核实"}[language])


def test_a_dose_is_held_by_keys_and_stands_as_missed(second, on_page):
    feverish(second, IL2)
    on_page(second, "doses", IL2)
    typist = Typist()
    typist.press("G", "H", "1")
    assert typist.sees("Fever: was the dose held?")
    typist.press("Enter")
    assert typist.sees("Say whether the dose was held or given all the same.")
    typist.press("M", "Enter")
    row = doses_of(second, IL2, "IL2")[-1]
    assert (row.progress, row.given.reason, row.given.hold) == ("missed", "fever_or_infection", "fever")
    assert typist.sees("hold asked: Fever")


def test_a_dose_given_all_the_same_is_asked_why_and_proposes_a_deviation(second, on_page):
    on_page(second, "doses", IL2)
    typist = Typist()
    typist.press("G", "H", "2", "G", "N", "Enter")
    assert typist.sees("although it was answered: Infection") and typist.sees("Why was it not as planned?")
    assert len(doses_of(second, IL2, "IL2")) == 1
    typist.press("2", "Enter")
    row = doses_of(second, IL2, "IL2")[-1]
    assert (row.given.hold, row.given.reason, row.deviations) == ("infection", "doctor", ("dose.hold_given",))


def test_a_reaction_leaves_the_other_question_open_and_escape_takes_an_answer_back(second, on_page):
    on_page(second, "doses", IL2)
    typist = Typist()
    typist.press("G", "N", "R", "Enter")
    assert typist.sees("What is the dose held for?")
    typist.press("3", "Esc", "Enter")
    assert typist.sees("What is the dose held for?") and len(doses_of(second, IL2, "IL2")) == 1
    typist.press("N", "Enter")
    given = doses_of(second, IL2, "IL2")[-1].given
    assert (given.reaction, given.hold) == ("redness", "none")


def test_a_dose_that_is_not_planned_today_has_none_to_hold(second, on_page):
    on_page(second, "doses", IL2)
    typist = Typist()
    typist.press("G", "N", "Enter", "G", "H", "1", "M", "Enter")
    assert [row.progress for row in doses_of(second, IL2, "IL2")] == ["given", "given"]


def test_an_infusion_is_asked_at_preparing_and_at_giving(arms, on_page):
    feverish(arms, BELIMUMAB)
    window = on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    assert typist.sees("Fever: 38.4 °C on 2026-11-23.")
    typist.fill("C7K2", "C7K3", "Chen Lan")
    typist.press("Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL") == []
    window.page("infusion").view.go_to("hold")
    typist.press("1", "Ctrl+Enter")
    assert typist.sees("Nothing was prepared. Hold it with F8")
    typist.press("2", "Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].given.hold == "fever"
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    typist.fill(*(f"{start + timedelta(minutes=minutes):%H%M}" for minutes in (0, 60)))
    typist.press("N", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[0]
    assert (row.progress, row.given.hold, row.given.reason) == ("given", "fever", "doctor")


def test_an_infusion_with_nothing_to_hold_for_keeps_that_it_was_asked_twice(arms, on_page):
    on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.fill("C7K2", "C7K3", "Chen Lan")
    # Once more saves a form with gaps: this one is no gap.
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL") == [] and typist.sees("Nobody has said what the dose is held for")
    typist.press("N", "Ctrl+Enter")
    assert doses_of(arms, BELIMUMAB, "BEL")[0].given.hold == "none"
    assert typist.sees("None: no reaction, nothing to hold for")


def test_an_infusion_is_held_with_its_condition(arms, on_page):
    infuse(arms, arms.sit("lin.yue", roles.NURSE), BELIMUMAB)
    at(arms, START.date() + timedelta(days=28), "09:00")
    window = on_page(arms, "infusion", BELIMUMAB)
    typist = Typist()
    typist.press("F8", "1", "3", "2", "Ctrl+Enter")
    row = doses_of(arms, BELIMUMAB, "BEL")[-1]
    assert (row.progress, row.given.reason, row.given.hold) == ("missed", "fever_or_infection", "infection")
    assert window.gone[-1].page == "doses"
