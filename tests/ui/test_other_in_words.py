"""A site, a diluent and a place that are in no list, recorded by keys in words that every list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from at_the_desk import Person, people
from dose_fixtures import at, dispense, inject, injection
from PySide6.QtWidgets import QApplication
from study_fixtures import START, Study, clock, made_study, study
from test_dose_correction import dialog, injected
from test_doses_page import on_page
from trial_fixtures import arms, made_arms, made_trial, trial
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import dose_log, dosing, history
from sle_desk.services.dose_log import DoseRow
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import change_words

__all__ = [
    "arms",
    "clock",
    "injected",
    "made_arms",
    "made_study",
    "made_trial",
    "on_page",
    "people",
    "study",
    "trial",
]

BELIMUMAB, IL2 = 2, 3
# What is typed, and what is then read: site, place, diluent, proof.
TYPED = {
    "en": ("left buttock", "at work", "5 % glucose", "note in binder 3"),
    "zh_CN": ("左臀", "单位", "5% 葡萄糖", "第3册便条"),
}
READ = {
    "en": ("other: left buttock", "Other: at work", "Which site", "Other: 5 % glucose"),
    "zh_CN": ("其他：左臀", "其他：单位", "部位说明", "其他：5% 葡萄糖"),
}
LANGUAGES = pytest.mark.parametrize("language", list(TYPED))
On = Callable[..., Any]


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 3 has a kit, had the first injection, and the second is due."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    inject(desk, IL2)
    at(arms, START.date() + timedelta(days=2), "09:00")
    yield arms


def last(study: Study, subject_id: int = IL2) -> DoseRow:
    return dose_log.doses(study.desk, subject_id)[-1]  # type: ignore[arg-type]


def audit_of(study: Study, row: DoseRow, language: str) -> str:
    values = AuditValues(Language(language), study.desk.protocol)  # type: ignore[union-attr]
    rows = history.row_history(study.desk, "dose", row.id)  # type: ignore[arg-type]
    return "\n".join(change_words(each, values) for each in rows)


@LANGUAGES
def test_an_injection_at_another_site_and_place_is_recorded_by_keys(
    dosed: Study, on_page: On, language: str
) -> None:
    (site, place, _, proof), read = TYPED[language], READ[language]
    on_page(dosed, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G", "N", "7")
    assert typist.sees(read[2])
    # Without its words it is not recorded.
    typist.press("Ctrl+Enter")
    assert len(dose_log.doses(dosed.desk, IL2)) == 1
    typist.press("Enter")
    typist.fill(site, "", "", "")
    typist.press("O")
    typist.fill(place, proof)
    typist.press("Ctrl+Enter")
    given = last(dosed).given
    assert (given.site, given.site_note, given.reaction) == ("other", site, "none")
    assert (given.place, given.place_note, given.source_reference) == ("other", place, proof)
    assert typist.sees(read[0]) and typist.sees(read[1])
    # The next one is proposed after the last site of the rotation.
    assert dosing.propose_injection(dosed.desk, IL2).site == "RA"
    said = audit_of(dosed, last(dosed), language)
    assert site in said and place in said


@LANGUAGES
def test_why_it_was_otherwise_is_asked_below_what_was_typed(dosed: Study, on_page: On, language: str) -> None:
    site = TYPED[language][0]
    on_page(dosed, "doses", IL2, language=language)
    typist = Typist()
    typist.press("G")
    assert not typist.sees(READ[language][2])
    typist.press("N", "7")
    typist.fill(site, "1.5")
    typist.press("Ctrl+Enter")
    assert len(dose_log.doses(dosed.desk, IL2)) == 1
    assert typist.sees(READ[language][2]) and typist.sees(site)
    typist.press("5", "Enter")
    given = last(dosed).given
    assert (given.site_note, given.reason) == (site, "mistake")


@LANGUAGES
def test_an_infusion_with_another_diluent_and_at_another_place_is_recorded_by_keys(
    arms: Study, on_page: On, language: str
) -> None:
    _, place, diluent, proof = TYPED[language]
    window = on_page(arms, "infusion", BELIMUMAB, language=language)
    typist = Typist()
    typist.fill("C7K2", "C7K3", "Chen Lan")
    typist.press("N")
    window.page("infusion").view.go_to("diluent")
    typist.press("4")
    # Without its words it is not recorded.
    typist.press("Ctrl+Enter")
    assert dose_log.doses(arms.desk, BELIMUMAB) == ()
    window.page("infusion").view.go_to("diluent_note")
    typist.fill(diluent)
    typist.press("Ctrl+Enter")
    given = last(arms, BELIMUMAB).given
    assert (given.diluent, given.diluent_note) == ("other", diluent)
    start = arms.clock.now()
    arms.clock.advance(timedelta(minutes=90))
    typist.fill(*(f"{start + timedelta(minutes=minutes):%H%M}" for minutes in (0, 60)))
    typist.press("N")
    window.page("infusion").view.go_to("place")
    typist.press("O")
    typist.fill(place, proof)
    typist.press("Ctrl+Enter")
    row = last(arms, BELIMUMAB)
    assert (row.progress, row.given.diluent_note) == ("given", diluent)
    assert (row.given.place, row.given.place_note, row.given.source_reference) == ("other", place, proof)
    assert typist.sees(READ[language][1])
    assert diluent in audit_of(arms, row, language)


def test_an_infusion_in_another_hospital_is_asked_for_its_proof(arms: Study, on_page: On) -> None:
    window = on_page(arms, "infusion", BELIMUMAB)
    arms.clock.advance(timedelta(hours=3))
    now = arms.clock.now()
    typist = Typist()
    typist.press("F7")
    typist.fill(f"{now - timedelta(minutes=90):%H%M}", f"{now - timedelta(minutes=30):%H%M}")
    typist.press("N", "Enter")
    typist.fill("61.2", "", "C7K2", "C7K3", "", "1", "2")
    view = window.page("infusion").view
    assert not view.field("proof").isVisible()
    view.go_to("administered")
    typist.fill("612")
    typist.press("X")
    assert view.field("proof").isVisible() and not view.field("place_note").isVisible()
    view.go_to("proof")
    typist.fill("slip 7")
    typist.press("Ctrl+Enter")
    given = last(arms, BELIMUMAB).given
    assert (given.place, given.source_reference) == ("other_hospital", "slip 7")


@LANGUAGES
def test_a_site_is_corrected_to_another_one_and_the_field_history_has_the_words(
    injected: Study, on_page: On, language: str
) -> None:
    site = TYPED[language][0]
    on_page(injected, "doses", IL2, language=language)
    typist = Typist()
    typist.press("F2", "1")
    dialog().view.go_to("site")
    typist.press("7")
    dialog().view.go_to("site_note")
    typist.fill(site)
    dialog().column.go_to("reason")
    typist.press("2", "Ctrl+Enter")
    assert (last(injected).given.site, last(injected).given.site_note) == ("other", site)
    assert typist.sees(READ[language][0])
    typist.press("F11")
    assert QApplication.activeModalWidget() is not None
    assert typist.sees(site)
    typist.press("Esc")
    # Opened again it holds the words, and nothing is changed by looking.
    typist.press("F2", "1")
    assert dialog().view.typed()["site_note"] == site
    typist.press("Esc")
    # Put back to the list, the words go with it.
    typist.press("F2", "1")
    dialog().view.go_to("site")
    typist.press("4")
    dialog().column.go_to("reason")
    typist.press("2", "Ctrl+Enter")
    assert (last(injected).given.site, last(injected).given.site_note) == ("RB", "")


@LANGUAGES
def test_a_diary_row_takes_another_site_and_another_reaction_in_words(
    dosed: Study, on_page: On, language: str
) -> None:
    at(dosed, START.date() + timedelta(days=5), "09:00")
    site = TYPED[language][0]
    on_page(dosed, "diary", IL2, language=language)
    typist = Typist()
    typist.fill("D-07", "t")
    typist.press("G")
    typist.fill("0800")
    assert not typist.sees(READ[language][2])
    typist.press("7")
    assert typist.sees(READ[language][2])
    typist.fill(site)
    typist.press("O")
    typist.fill("itching")
    # The second one was given on another day.
    typist.press("D")
    typist.fill("2026-11-27", "0800")
    typist.press("7")
    typist.fill("navel")
    typist.press("N", "Ctrl+Enter")
    rows = dose_log.doses(dosed.desk, IL2)[1:]
    assert [(row.given.site, row.given.site_note) for row in rows] == [("other", site), ("other", "navel")]
    assert [(row.given.reaction, row.given.reaction_note) for row in rows] == [
        ("other", "itching"),
        ("none", ""),
    ]
    assert [row.given.reason for row in rows] == ["", ""]


@LANGUAGES
def test_the_list_of_all_doses_shows_the_words(
    dosed: Study, people: list[Person], qapp: QApplication, language: str
) -> None:
    desk = dosed.sit("lin.yue", roles.NURSE)
    site = TYPED[language][0]
    dosing.record_injection(desk, injection(desk, IL2, site="other", site_note=site))
    person = Person(dosed, "lin.yue", language)
    people.append(person)
    person.to_page("dose_list")
    assert READ[language][0] in person.row_words(lambda row: row.site == "other")
