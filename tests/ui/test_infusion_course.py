"""Rates, vital signs and premedication of an infusion by keys: entered, refused, corrected, in error."""

from datetime import timedelta

import pytest
from at_the_desk import Person, people
from infused import bag, give
from study_fixtures import clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.services import infusion_course, log_entries
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]

BELIMUMAB = 2
OUTSIDE = {"en": "{} lies outside the infusion", "zh_CN": "{} 在输注时间之外"}
RATE = {"en": "250 mL/h, As ordered", "zh_CN": "250 mL/h，按医嘱调整"}


def sit(study, people, page, language="en", **where) -> Person:
    person = Person(study, "lin.yue", language)
    people.append(person)
    person.window.state.go(Go(page, subject_id=BELIMUMAB, **where))
    person.until_page(page)
    return person


def kinds(person, dose):
    return [each.form for each in infusion_course.course(person.desk, dose).entries]


def back(person):
    person.until_page("infusion_course")
    person.until_table()


def test_before_it_is_given_vital_signs_and_a_medicine_entered_once_stand_with_the_infusion(arms, people):
    dose = bag(arms.sit("lin.yue", roles.NURSE))
    arms.clock.advance(timedelta(minutes=10))
    person, now = sit(arms, people, "infusion"), arms.clock.now()
    person.press("F6")
    back(person)
    assert person.sees("not recorded as given yet")
    person.press("V")
    person.until_form()
    person.press("1")
    person.fill(f"{now:%H%M}", "36.6", "120", "70")
    person.press("Ctrl+Enter")
    back(person)
    assert person.sees("Before the infusion, Temperature 36.6 °C, Systolic blood pressure 120 mmHg")
    person.in_dialog(lambda: person.press("1"))
    person.press("P")
    person.until_form()
    person.fill("Loratadine", "10")
    person.press("1", "8")
    person.fill("t")
    person.press("Ctrl+Enter")
    person.wait(lambda: person.page.where.form == "infusion_premedication")
    # The page says of which medicine, before it is saved and after.
    assert person.page.path()[-1].words.endswith(": Loratadine")
    person.fill(f"{now - timedelta(minutes=5):%H%M}")
    person.press("Ctrl+Enter")
    back(person)
    assert kinds(person, dose) == ["infusion_premedication", "infusion_vitals"]
    assert person.sees("Loratadine")
    assert [row.form for row in log_entries.entries(person.desk, "medicines", BELIMUMAB)] == ["medication"]
    entry = next(
        row
        for row in infusion_course.course(person.desk, dose).entries
        if row.form == "infusion_premedication"
    )
    assert infusion_course.given_before(person.desk, entry.id, None) == "Loratadine"
    # Next time it is chosen.
    person.in_dialog(lambda: person.press("1"))
    person.press("P")
    person.until_form()
    assert person.page.where.form == "infusion_premedication"


def test_without_an_infusion_nothing_of_another_subject_s_stands_there(arms, people):
    dose = bag(arms.sit("lin.yue", roles.NURSE))
    person = sit(arms, people, "infusion_course", link=("dose", dose))
    person.until_table()
    assert person.sees("Belimumab infusion of") and person.sees("Rate")
    person.window.state.go(Go("infusion_course", subject_id=3))
    person.wait_for("Pick an infusion that was prepared or given.")
    assert person.page._subject.code == "SLE-003" and not person.sees("Belimumab infusion of")
    assert not any(button.isVisible() for _, button, _ in person.page._acts)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_rate_is_entered_from_the_doses_refused_outside_corrected_and_marked_in_error(
    arms, people, language
):
    desk = arms.sit("lin.yue", roles.NURSE)
    dose, start = bag(desk), desk.now()
    give(arms, desk, dose)
    person = sit(arms, people, "doses", language)
    person.until_table()
    person.to_row(lambda row: getattr(row, "row", None) is not None)
    person.press("L")
    back(person)
    before = person.presses
    person.press("R")
    person.until_form()
    person.fill(f"{start + timedelta(minutes=61):%H%M}")
    # What the infusion cannot have is told at once, and kept as typed.
    assert person.sees(OUTSIDE[language].format(f"{start + timedelta(minutes=61):%H:%M}"))
    person.press("Ctrl+A")
    person.fill(f"{start + timedelta(minutes=20):%H%M}", "250")
    person.press("2", "Ctrl+Enter")
    back(person)
    assert person.sees(RATE[language])
    assert person.presses - before < 40
    person.press("Enter")
    person.until_form()
    person.page.host.view.go_to("rate")
    person.press("F2")
    person.type("200")
    person.press("Enter", "1", "Enter")
    person.wait(lambda: infusion_course.course(person.desk, dose).entries[0].values["rate"].number == 200)
    person.press("Esc")
    back(person)
    person.in_dialog(lambda: person.press("1", "Enter", "Ctrl+Enter"))
    person.press("Ctrl+Shift+X")
    person.wait(lambda: kinds(person, dose) == [])
