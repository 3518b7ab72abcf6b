"""A worksheet is typed back by keys in its own order: the forms of the visit, what goes on, what is new."""

from __future__ import annotations

import pytest
from at_the_desk import Person, field_in_focus, people
from logged import event, medicine
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial
from worksheet_order import asked_order

from sle_desk.domain import record_source, roles
from sle_desk.exports.pdf.worksheet_content import Entries
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import form_records, log_entries, typing_steps, visits
from sle_desk.services.snapshots import snapshot
from sle_desk.ui.field_box import FieldBox

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH = 1


@pytest.fixture
def visit(arms: Study) -> int:
    """A visit of week 2, today; an event and two medicines go on."""
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, term="Cough")
    for name in ("Prednisone", "Calcitriol"):
        medicine(desk, name, "5", "2026-01-UK")
    return visits.record_visit(desk, BOTH, "W2", desk.today()).id


def on_worksheet(study: Study, people: list[Person], visit: int, language: str = "en") -> Person:
    person = Person(study, "zhao.jing", language)
    people.append(person)
    person.to_subject("SLE-001")
    person.press("1")
    person.to_row(lambda row: getattr(row, "visit_id", None) == visit and getattr(row, "kind", "") == "form")
    person.press("w")
    in_form(person)
    return person


def in_form(person: Person) -> None:
    person.until(lambda: type(person.page).__name__ == "FormPage" and field_in_focus() is not None)


def where(person: Person) -> tuple[str, int | None]:
    return person.page.where.form, person.page.where.record_id


def through(person: Person) -> tuple[list[tuple[str, int | None]], list[str]]:
    """Go through the whole worksheet by F6 and return every place, with what is to be typed there."""
    seen, asked = [], []
    while type(person.page).__name__ == "FormPage":
        seen.append(where(person))
        if seen[-1][1] is None:
            asked += questions(person)
        assert len(seen) < 40
        person.press("F6")
    return seen, asked


def questions(person: Person) -> list[str]:
    """Return all that the form in sight asks or may ask, in its order, its source left aside."""
    boxes = person.page.host.view.findChildren(FieldBox)
    return [box.caption.text() for box in boxes if box.asked.code not in record_source.ASKED]


def test_the_keys_lead_in_the_order_of_the_paper(arms: Study, people: list[Person], visit: int) -> None:
    person = on_worksheet(arms, people, visit)
    seen, asked = through(person)
    assert type(person.page).__name__ == "SubjectPage"
    protocol = person.desk.protocol
    with snapshot(person.desk) as copy:
        sheet = visit_worksheet(copy, BOTH, "W2")
    assert asked == asked_order(sheet)
    assert {"Height", "Life-threatening at the time", "Result"} <= set(asked)
    paper = [part for part in sheet.parts if isinstance(part, Entries)]
    assert [form for form, _ in seen[:2]] == list(protocol.visit("W2").forms) == ["visit_questions", "vitals"]
    entries = [protocol.form(form).label for form, _ in seen[2:]]
    printed = [part.title for part in paper for _ in (*part.going_on, "new")]
    assert entries == printed and len(printed) == 6 + 3


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_one_event_and_one_medicine_are_typed_from_it(
    arms: Study, people: list[Person], visit: int, language: str
) -> None:
    person = on_worksheet(arms, people, visit, language)
    person.press("Y", "Y", "N", "Ctrl+Enter")
    person.until(lambda: where(person)[0] == "vitals")
    person.press("F6", "F6")
    person.until(lambda: where(person) == ("adverse_event", None))
    in_form(person)
    person.type("Headache")
    person.press("Enter", "1")
    person.type("t-1")
    person.press("Enter", "N", "3", "5", "1", "Ctrl+Enter")
    # Saved, the next line of the paper may hold another one: an empty one is open.
    person.until(lambda: len(log_entries.entries(person.desk, "events", BOTH)) == 2)
    person.until(lambda: person.page.host.view.typed() == {"source": "entered_here"})
    assert where(person) == ("adverse_event", None) and field_in_focus().asked.code == "term"
    person.press("F6", "F6", "F6")
    person.until(lambda: where(person) == ("medication", None))
    in_form(person)
    person.type("Ibuprofen")
    person.press("Enter")
    person.type("400")
    person.press("Enter", "1", "7")
    person.type("t")
    person.press("Enter", "Ctrl+Enter")
    person.until(lambda: len(log_entries.entries(person.desk, "medicines", BOTH)) == 3)
    person.press("F6")
    person.until(lambda: where(person) == ("allergy", None))
    person.press("Esc")
    person.until_page("subject")
    questions = form_records.saved_form(person.desk, visit, "visit_questions")
    assert questions is not None and questions.values["complaint"].choice == "Y"
    (step,) = [each for each in typing_steps.steps(person.desk, visit) if each.saved]
    assert step.form == "visit_questions"


def test_what_ended_is_put_right_where_it_stands_and_the_way_goes_on(
    arms: Study, people: list[Person], visit: int
) -> None:
    person = on_worksheet(arms, people, visit)
    person.press("F6", "F6")
    person.until(lambda: where(person)[0] == "adverse_event" and where(person)[1] is not None)
    in_form(person)
    person.page.host.view.go_to("outcome")
    person.press("F2", "1", "1", "Enter")
    cough = where(person)[1]
    assert cough is not None
    person.until(lambda: form_records.form_row(person.desk, cough).values["outcome"].choice == "recovered")
    person.page.host.view.go_to("stop")
    person.type("t")
    person.press("Enter", "Ctrl+Enter", "Ctrl+Enter")
    person.until(lambda: where(person) == ("adverse_event", None))
    assert form_records.form_row(person.desk, cough).values["stop"].text == "2026-11-23"
    person.press("F6")
    person.until(lambda: where(person)[0] == "medication" and where(person)[1] is not None)


def test_without_a_worksheet_a_saved_entry_leads_back_to_its_list(arms: Study, people: list[Person]) -> None:
    person = Person(arms, "zhao.jing")
    people.append(person)
    person.to_subject("SLE-001")
    person.press("4")
    person.press("a")
    in_form(person)
    assert not person.page._next_key.isEnabled()
    person.type("Headache")
    person.press("Enter", "1")
    person.type("t-1")
    person.press("Enter", "N", "3", "5", "1", "Ctrl+Enter")
    person.until_page("subject")
