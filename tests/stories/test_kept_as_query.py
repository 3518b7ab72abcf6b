"""A value that cannot be is kept as a query, and answered by putting it right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from at_the_desk import Person, field_in_focus
from at_the_visit import at_the_subject, begin_visit
from PySide6.QtWidgets import QApplication
from study_fixtures import Study
from trial_fixtures import register

from sle_desk.domain.checks import IN_QUERY
from sle_desk.models.safety import Query
from sle_desk.services import form_records, overview

SAID = {"en": "In query: 81.9", "zh_CN": "质疑中：81.9"}
REST = {"systolic": "120", "diastolic": "77", "pulse": "74", "respiration": "16", "oxygen_saturation": "98",
        "weight": "61.0", "height": "165"}  # fmt: skip


def queries(person: Person) -> list[tuple[str, str, str]]:
    with person.desk.view() as session:
        rows = session.query(Query).order_by(Query.id)
        return [(row.field, row.question, row.progress) for row in rows]


def open_rows(person: Person) -> int:
    rows = overview.today(person.desk).group("today")
    return sum(item.code == "queries" for row in rows for item in row.items)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_cannot_be_is_kept_as_a_query_and_answered_by_a_correction(
    trial: Study, qapp: QApplication, language: str
) -> None:
    subject_id = register(trial)
    with at_the_subject(trial, "chen.lan", language) as person:
        visit_id = begin_visit(person, "V0", subject_id)
        person.to_form(visit_id, "vitals")
        person.fill("81.9")
        box = field_in_focus()
        assert box is not None and box.asked.code == "temperature" and box.strip.sentence()
        person.press("Ctrl+Q")
        assert field_in_focus().asked.code == "systolic"
        assert person.sees(SAID[language])
        # A half-typed form is left and found again as it was.
        person.press("Esc")
        person.until_page("subject")
        person.to_form(visit_id, "vitals")
        assert person.sees(SAID[language])
        person.fill_in(REST)
        person.press("Ctrl+Enter")
        person.until_page("subject")
        row = form_records.saved_form(person.desk, visit_id, "vitals")
        assert row is not None
        kept = row.values["temperature"]
        assert (kept.missing, kept.typed, kept.number) == (IN_QUERY.code, "81.9", None)
        assert queries(person) == [("temperature", "value.impossible: 81.9", "open")]
        assert open_rows(person) == 1
        person.to_form(visit_id, "vitals")
        person.until(lambda: person.sees(SAID[language]))
        person.press("F2")
        person.fill("36.8")
        person.press("1", "Enter")
        person.until(lambda: not person.sees(SAID[language]))
        right = form_records.saved_form(person.desk, visit_id, "vitals")
        assert right is not None and right.values["temperature"].number == Decimal("36.8")
        assert queries(person) == [("temperature", "value.impossible: 81.9", "answered")]
        assert open_rows(person) == 0


def test_what_can_be_is_no_query(trial: Study, qapp: QApplication) -> None:
    subject_id = register(trial)
    with at_the_subject(trial, "chen.lan", "en") as person:
        visit_id = begin_visit(person, "V0", subject_id)
        person.to_form(visit_id, "vitals")
        person.type("36.8")
        person.press("Ctrl+Q")
        box = field_in_focus()
        assert box is not None and (box.asked.code, box.typed()) == ("temperature", "36.8")
