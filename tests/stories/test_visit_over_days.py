"""A visit that spans two days: a form keeps the day it was done, and what was not done takes one reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from at_the_desk import Person, field_in_focus
from at_the_visit import at_the_subject, begin_visit
from dose_fixtures import at
from PySide6.QtWidgets import QApplication
from study_fixtures import Study
from trial_fixtures import register

from sle_desk.domain.record_source import DONE_ON
from sle_desk.services import form_records, visits

VITALS = {
    "temperature": "36.8", "systolic": "120", "diastolic": "77", "pulse": "74", "respiration": "16",
    "oxygen_saturation": "98", "weight": "61.0", "height": "165",
}  # fmt: skip
DONE = {"en": "Vital signs, done on 2026-11-24", "zh_CN": "生命体征（实施日期 2026-11-24）"}
LINE = {
    "en": "Done on 2026-11-24, another day than the visit",
    "zh_CN": "实施日期 2026-11-24，与访视日期不同",
}


def in_field(person: Person, code: str) -> None:
    box = field_in_focus()
    assert box is not None and box.asked.code == code, person.seen()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_form_of_a_visit_keeps_the_day_it_was_done(trial: Study, qapp: QApplication, language: str) -> None:
    subject_id = register(trial)
    with at_the_subject(trial, "chen.lan", language) as person:
        visit_id = begin_visit(person, "V0", subject_id)
        first = person.desk.today()
    at(trial, first + timedelta(days=1))
    with at_the_subject(trial, "chen.lan", language) as person:
        person.to_form(visit_id, "vitals")
        person.fill_in({**VITALS, DONE_ON.code: "t"})
        person.press("Ctrl+Enter")
        person.until_page("subject")
        row = form_records.saved_form(person.desk, visit_id, "vitals")
        assert row is not None and row.on_day == first + timedelta(days=1)
        (visit,) = visits.visits(person.desk, subject_id)
        assert visit.on_day == first
        assert DONE[language] in person.row_words(lambda row: getattr(row, "code", "") == "vitals")
        # It was the day of the visit after all: put right with a reason.
        person.to_form(visit_id, "vitals")
        person.until(lambda: person.sees(LINE[language]))
        person.press("Shift+F2")
        person.until_dialog()
        person.press("Enter")
        in_field(person, DONE_ON.code)
        person.fill(first.isoformat())
        person.press("1", "Ctrl+Enter")
        person.until(lambda: not person.sees(LINE[language]))
        again = form_records.saved_form(person.desk, visit_id, "vitals")
        assert again is not None and again.on_day == first and again.values == row.values


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_is_left_of_a_form_takes_one_reason_why_it_was_not_done(
    trial: Study, qapp: QApplication, language: str
) -> None:
    subject_id = register(trial)
    with at_the_subject(trial, "chen.lan", language) as person:
        visit_id = begin_visit(person, "V0", subject_id)
        person.to_form(visit_id, "vitals")
        in_field(person, "temperature")
        person.fill("36.8")
        person.press("Ctrl+D", "3", "Enter", "Ctrl+Enter")
        person.until_page("subject")
        row = form_records.saved_form(person.desk, visit_id, "vitals")
        assert row is not None and row.values["temperature"].typed == "36.8"
        rest = {value.missing for code, value in row.values.items() if code != "temperature"}
        assert rest == {"impossible"} and set(row.values) == set(VITALS) - {"height"}
