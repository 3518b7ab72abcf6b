"""A panel that nobody drew is told by keys alone: one reason for every line, no draw time, and taken back."""

from __future__ import annotations

import pytest
from at_the_desk import Person, people
from at_the_visit import begin_visit
from PySide6.QtWidgets import QApplication
from study_fixtures import Study
from trial_fixtures import arms, laboratory, made_arms, made_trial, trial

from sle_desk.services import labs, not_drawn

__all__ = ["arms", "made_arms", "made_trial", "people", "trial"]


@pytest.mark.parametrize(("language", "state"), [("en", "Not drawn"), ("zh_CN", "未采样")])
def test_refused_blood_is_saved_in_four_keys_and_no_time_is_invented(
    arms: Study, people: list[Person], language: str, state: str
) -> None:
    laboratory(arms)
    person = Person(arms, "chen.lan", language)
    people.append(person)
    before = len(labs.samples(person.desk, 1))
    person.to_subject("SLE-001")
    visit_id = begin_visit(person, "UNS")
    person.to_form(visit_id, "CBC")
    person.told("Ctrl+D", "1", "Enter", "Ctrl+Enter")
    person.until_page("subject")
    told = not_drawn.not_drawn_at(person.desk, visit_id, "CBC")
    assert told is not None and told.reason == "refused"
    assert len(labs.samples(person.desk, 1)) == before
    assert state in person.row_words(lambda row: getattr(row, "state", "") == "not_drawn")
    # Opened again the page says so, and it can be taken back.
    person.to_form(visit_id, "CBC")
    person.until(lambda: person.sees("Refused" if language == "en" else "拒绝"))
    person.told("Ctrl+Enter")
    assert person.page.header is not None and not_drawn.not_drawn_at(person.desk, visit_id, "CBC") == told


def test_another_reason_is_said_in_words_and_taken_back_on_the_page_of_the_subject(
    arms: Study, people: list[Person]
) -> None:
    laboratory(arms)
    person = Person(arms, "chen.lan", "en")
    people.append(person)
    person.to_subject("SLE-001")
    visit_id = begin_visit(person, "UNS")
    person.to_form(visit_id, "CBC")
    person.told("Ctrl+D", "6", "Enter", "Ctrl+Enter")
    person.until(lambda: QApplication.activeModalWidget() is not None)
    person.press("Ctrl+Enter")
    assert not_drawn.not_drawn_at(person.desk, visit_id, "CBC") is None
    person.type("The veins gave none")
    person.press("Ctrl+Enter")
    person.until_page("subject")
    told = not_drawn.not_drawn_at(person.desk, visit_id, "CBC")
    assert told is not None and (told.reason, told.note) == ("other", "The veins gave none")
    person.to_row(lambda row: getattr(row, "state", "") == "not_drawn")
    person.press("Ctrl+Shift+X")
    person.until(lambda: person.sees("Not drawn"))
    person.press("1")
    person.until(lambda: person.sees("Its samples are asked for again."))
    person.press("1", "Ctrl+Enter")
    person.until(lambda: not_drawn.not_drawn_at(person.desk, visit_id, "CBC") is None)
