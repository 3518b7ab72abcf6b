"""The source of an entry by keys: assumed, asked of who does not judge, shown, corrected, signed from."""

from __future__ import annotations

import pytest
from at_the_desk import Person, field_in_focus, people
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.services import form_records, log_entries, signatures, visits
from sle_desk.services.form_records import FormRow
from sle_desk.services.log_entries import EntryRow
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.log_list import LogList

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH = 1
EVENT = (":Headache", "Enter", "1", ":t-1", "Enter", "N", "3", "5", "1")


def seated(study: Study, people: list[Person], login: str, language: str = "en") -> Person:
    person = Person(study, login, language)
    people.append(person)
    person.to_subject("SLE-001")
    codes = [code for code, *_ in person.page.entries]
    person.press(str(codes.index("events") + 1))
    in_list(person)
    return person


def in_form(person: Person) -> None:
    person.until(lambda: type(person.page).__name__ == "FormPage" and field_in_focus() is not None)


def in_list(person: Person) -> None:
    person.until(lambda: isinstance(getattr(person.page, "current_tab", lambda: None)(), LogList))


def told(person: Person, *steps: str) -> None:
    for step in steps:
        person.type(step[1:]) if step.startswith(":") else person.press(step)


def saved(person: Person) -> list[FormRow]:
    rows = log_entries.entries(person.desk, "events", BOTH)
    return [form_records.form_row(person.desk, row.id) for row in rows]


def opened_again(person: Person) -> None:
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("Enter")
    person.until(lambda: type(person.page).__name__ == "FormPage")


def typed_from_paper(person: Person) -> None:
    told(person, "a")
    in_form(person)
    told(person, *EVENT, "Ctrl+Enter")
    person.until(lambda: person.page.host.view._missing.codes() == ["source"])
    told(person, "Enter")
    person.until(lambda: field_in_focus() is not None)
    told(person, "2", ":Worksheet R-0043", "Enter", ":Zhao Jing", "Enter", ":t-1", "Enter", "Ctrl+Enter")
    in_list(person)


def test_an_investigator_is_asked_nothing_and_the_entry_says_that_it_was_entered_here(arms, people):
    person = seated(arms, people, "zhao.jing")
    told(person, "a")
    in_form(person)
    told(person, *EVENT, "Ctrl+Enter")
    in_list(person)
    assert [row.source for row in saved(person)] == ["entered_here"]
    opened_again(person)
    assert person.sees("Source of the record: Entered here")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_who_does_not_judge_is_asked_once_for_the_paper_and_the_entry_shows_it(arms, people, language):
    person = seated(arms, people, "chen.lan", language)
    typed_from_paper(person)
    (row,) = saved(person)
    assert (row.source, row.source_reference, row.source_signer) == (
        "paper", "Worksheet R-0043", "Zhao Jing",
    )  # fmt: skip
    assert set(row.values) == {
        "term", "grade", "start", "serious", "related_belimumab", "related_il2", "outcome",
    }  # fmt: skip
    opened_again(person)
    words = {"en": "Signed on paper by: Zhao Jing", "zh_CN": "纸质签字人：Zhao Jing"}
    assert person.sees(words[language])


def test_asked_again_the_entry_is_saved_without_and_the_signature_asks(arms, people):
    person = seated(arms, people, "chen.lan")
    told(person, "a")
    in_form(person)
    told(person, *EVENT, "Ctrl+Enter")
    person.until(lambda: person.page.host.view._missing.codes() == ["source"])
    assert person.sees("What an investigator judges is typed from a signed paper")
    told(person, "Ctrl+Enter")
    in_list(person)
    assert [row.source for row in saved(person)] == ["entered_here"]


def test_half_a_signature_is_refused_and_what_was_typed_stays(arms, people):
    person = seated(arms, people, "chen.lan")
    told(person, "a")
    in_form(person)
    told(person, *EVENT, "Ctrl+Enter")
    person.until(lambda: person.page.host.view._missing.codes() == ["source"])
    told(person, "Enter")
    person.until(lambda: field_in_focus() is not None)
    told(person, "2", ":R-0043", "Enter", ":Zhao Jing", "Enter", "Ctrl+Enter", "Ctrl+Enter")
    person.until(lambda: person.sees("Signer, date and place of filing are needed"))
    assert saved(person) == []
    assert person.page.host.view.field("source_signer").typed() == "Zhao Jing"


def test_the_paper_that_was_told_stands_where_the_signature_asks_for_it(arms, people):
    person = seated(arms, people, "chen.lan")
    typed_from_paper(person)
    opened_again(person)
    in_form(person)
    told(person, ":t", "Enter", "1", "1", "5", "N", "N", "Y", "Ctrl+Enter")
    in_list(person)
    opened_again(person)
    told(person, "Ctrl+G")
    person.until_dialog()
    told(person, "Ctrl+Enter")
    person.until(lambda: person.sees("I have typed this form"))
    person.sign()
    (row,) = saved(person)
    person.until(lambda: bool(signatures.signatures_of(person.desk, "form_record", row.id)))
    (signature,) = signatures.signatures_of(person.desk, "form_record", row.id)
    assert (signature.source_signer, signature.source_reference) == ("Zhao Jing", "Worksheet R-0043")


def test_a_source_is_corrected_with_a_reason_and_its_history_told(arms, people):
    person = seated(arms, people, "chen.lan")
    typed_from_paper(person)
    opened_again(person)
    in_form(person)
    told(person, "Shift+F2")
    person.until_dialog()
    told(person, "Enter", ":Binder 3", "Enter", "Enter", "Enter", "1", "Ctrl+Enter")
    person.until(lambda: saved(person)[0].source_reference == "Binder 3")
    person.until(lambda: person.sees("Reference in the source: Binder 3"))
    told(person, "Shift+F11")
    person.until_dialog()
    assert person.sees("Paper · Worksheet R-0043 · Zhao Jing · 2026-11-22")
    assert person.sees("Paper · Binder 3 · Zhao Jing · 2026-11-22")


def test_a_source_nobody_touched_is_no_draft_and_one_that_was_told_is(arms, people):
    person = seated(arms, people, "zhao.jing")
    told(person, "a")
    in_form(person)
    told(person, "Esc")
    in_list(person)
    told(person, "a")
    in_form(person)
    view = person.page.host.view
    assert (field_in_focus().asked.code, view.typed()) == ("term", {"source": "entered_here"})
    view.go_to("source")
    told(person, "5", ":D-07", "Enter", "Esc")
    in_list(person)
    told(person, "a")
    in_form(person)
    assert person.page.host.view.typed() == {"source": "diary", "source_reference": "D-07"}


def test_a_form_of_a_visit_is_asked_the_same_way(arms, people):
    person = seated(arms, people, "chen.lan")
    visit = visits.record_visit(person.desk, BOTH, "UNS", person.desk.today()).id
    person.window.state.go(Go("form", subject_id=BOTH, visit_id=visit, form="pga"))
    in_form(person)
    told(person, ":1.40", "Enter", "Ctrl+Enter")
    person.until(lambda: person.page.host.view._missing.codes()[-1:] == ["source"])
    person.page.host.view.go_to("source")
    told(person, "2", ":Binder 3", "Enter", ":Zhao Jing", "Enter", ":t", "Enter", "Ctrl+Enter")
    person.until(lambda: form_records.saved_form(person.desk, visit, "pga") is not None)
    row = form_records.saved_form(person.desk, visit, "pga")
    assert row is not None and (row.source, row.source_signer) == ("paper", "Zhao Jing")
    person.window.state.go(Go("form", subject_id=BOTH, visit_id=visit, form="pga"))
    person.until(lambda: person.sees("Signed on paper by: Zhao Jing"))
