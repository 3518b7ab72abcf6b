"""Unscheduled visits by keys: one after the other, each to be typed, corrected, marked and printed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from at_the_desk import Person, people
from at_the_visit import fill_form
from dose_fixtures import at
from PySide6.QtWidgets import QApplication
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.services import visits
from sle_desk.services.visit_states import FormState
from sle_desk.ui.dialogs.entered_in_error import EnteredInError
from sle_desk.ui.keybar import action_hints
from sle_desk.ui.table import TableView
from sle_desk.ui.void_cases import KEYS

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH = 1
VITALS = {"temperature": "38.9", "systolic": "120", "diastolic": "77", "pulse": "110", "respiration": "20",
          "oxygen_saturation": "96", "weight": "61.0"}  # fmt: skip


def at_the_desk(study: Study, people: list[Person], language: str) -> Person:
    person = Person(study, "zhao.jing", language)
    people.append(person)
    return person


def recorded(person: Person) -> list[Any]:
    return [row for row in visits.visits(person.desk, BOTH) if row.code == "UNS"]


def begin_again(person: Person) -> int:
    """Begin an unscheduled visit of today; return its number."""
    known = {row.id for row in recorded(person)}
    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == "UNS")
    person.press("Enter")
    person.fill("t")
    person.until(lambda: len(recorded(person)) > len(known))
    return next(row.id for row in recorded(person) if row.id not in known)


def row_of(visit: int, form: str = "vitals") -> Any:
    return lambda row: isinstance(row, FormState) and (row.visit_id, row.code) == (visit, form)


def chosen() -> Any:
    table = QApplication.focusWidget()
    assert isinstance(table, TableView)
    return table.current_row()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "zh_CN"])
def test_two_stand_beside_each_other_and_each_is_worked_at(
    arms: Study, people: list[Person], language: str
) -> None:
    person = at_the_desk(arms, people, language)
    person.to_subject("SLE-001")
    first = begin_again(person)
    person.until_table()
    fill_form(person, first, "vitals", VITALS)
    person.close()
    people.clear()
    at(arms, arms.clock.now().date() + timedelta(days=7), "09:00")
    person = at_the_desk(arms, people, language)
    person.to_subject("SLE-001")
    second = begin_again(person)
    person.until_table()
    days = [row.on_day.isoformat() for row in recorded(person)]
    assert len(set(days)) == 2 and all(person.sees(day) for day in days)
    whole, empty = (person.row_words(row_of(visit)) for visit in (first, second))
    assert whole != empty
    _leads_to_the_very_visit(person, first)
    _types_the_second(person, second)
    _prints(person, first)
    _marks(person, second, first)


def _leads_to_the_very_visit(person: Person, visit: int) -> None:
    """The row of Today chooses the visit that it is about."""
    person.to_page("today")
    person.to_row(lambda row: any(item.facts.get("visit_id") == visit for item in getattr(row, "items", ())))
    person.press("Enter")
    person.until_page("subject")
    person.until_table()
    assert isinstance(chosen(), FormState) and chosen().visit_id == visit and chosen().state == "empty"


def _types_the_second(person: Person, visit: int) -> None:
    person.to_row(row_of(visit))
    person.press("w")
    person.until(lambda: type(person.page).__name__ == "FormPage")
    assert person.page.where.visit.id == visit
    led = []
    # Of its forms those that are expected; then what goes on and what is new.
    while person.page.where.visit is not None:
        led.append(person.page.where.form)
        person.press("F6")
    assert led == ["visit_reason", "visit_questions"]
    person.press("Esc")
    person.until_page("subject")
    # What comes after the forms belongs to a log: its list is where one comes back to.
    person.press("1")


def _prints(person: Person, visit: int) -> None:
    person.until_table()
    person.to_row(row_of(visit))
    person.press("p")
    person.until_page("reports")
    assert person.page._wanted.visit_id == visit
    person.to_subject("SLE-001")


def _marks(person: Person, wrong: int, stands: int) -> None:
    """Entered in error is the chosen one alone, and another can be begun."""
    person.to_row(row_of(wrong))
    person.press(KEYS)
    person.until_dialog()
    person.press("1")
    person.wait(lambda: isinstance(QApplication.activeModalWidget(), EnteredInError))
    person.until_dialog()
    person.press("1", "Enter", "1", "Ctrl+Enter")
    person.until(lambda: [row.id for row in recorded(person)] == [stands])
    person.until_table()
    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == "UNS")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_one_that_nobody_planned_is_not_told_as_not_done(
    arms: Study, people: list[Person], language: str
) -> None:
    person = at_the_desk(arms, people, language)
    person.to_subject("SLE-001")

    def offered() -> bool:
        return "N" in [hint.keys for hint in action_hints(person.page.focusWidget())]

    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == "W2")
    assert offered()
    person.press("n")
    person.until_dialog()
    person.press("Esc")
    person.until_table()
    person.to_row(lambda row: type(row).__name__ == "VisitLine" and row.code == "UNS")
    assert not offered()
    person.press("n")
    assert QApplication.activeModalWidget() is None and chosen().code == "UNS"
