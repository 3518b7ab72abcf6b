"""Entries beside the visits by keys: an event, a medicine, a report; their budgets, lists and corrections."""

from __future__ import annotations

import pytest
from at_the_desk import Person, field_in_focus, people, serious
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain.checks import Value
from sle_desk.services import form_records, log_entries
from sle_desk.services.answers import Given
from sle_desk.services.form_records import Correction
from sle_desk.services.log_entries import EntryRow
from sle_desk.ui.desk_page import Go

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
BOTH = 1


def at_tab(
    study: Study, people: list[Person], tab: str, login: str = "zhao.jing", language: str = "en"
) -> Person:
    person = Person(study, login, language)
    people.append(person)
    person.to_subject("SLE-001")
    person.to_tab(tab)
    return person


def entries(person: Person, log: str) -> tuple[EntryRow, ...]:
    return log_entries.entries(person.desk, log, BOTH)


def in_event(person: Person, *keys: str) -> None:
    person.press("a")
    person.until_form()
    person.told(*keys)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_i_19_an_event_takes_at_most_nine_keys_and_what_is_typed(arms, people, language):
    person = at_tab(arms, people, "events", language=language)
    before = person.presses
    in_event(person, ":Headache", "1", ":t-1", "N", "3", "5", "1", "Ctrl+Enter")
    person.until_log()
    assert person.presses - before <= 9 + len("Headache") + len("t-1")
    (row,) = entries(person, "events")
    said = {code: value.as_typed for code, value in row.values.items()}
    assert said == {
        "term": "Headache", "grade": "1", "start": "2026-11-22", "serious": "N",
        "related_belimumab": "possible", "related_il2": "unrelated", "outcome": "recovered",
    }  # fmt: skip
    assert row.state == "partial" and "action_il2" in row.missing and "stop" in row.missing


def test_i_20_a_medicine_takes_at_most_seven_keys_and_what_is_typed(arms, people):
    person = at_tab(arms, people, "medicines", "chen.lan")
    before = person.presses
    person.press("c")
    person.until_form()
    person.type("hydro")
    person.press("Down", "Enter")
    person.type("200")
    person.press("Enter", "1", "2")
    person.type("2025-03-UK")
    person.press("Enter", "Ctrl+Enter")
    person.until_log()
    typed = len("hydro") + len("200") + len("2025-03-UK")
    (row,) = entries(person, "medicines")
    said = {code: value.as_typed for code, value in row.values.items()}
    assert said == {
        "name": "Hydrocortisone",
        "dose": "200",
        "unit": "mg",
        "frequency": "BID",
        "start": "2025-03-UK",
    }
    # Down chooses a name from the list: a name typed in full needs none.
    assert person.presses - before - typed <= 7 + 1


def test_only_what_the_arm_takes_is_asked_about(arms, people):
    person = at_tab(arms, people, "events")
    asked = {field.code for field in person.desk.protocol.form("adverse_event").fields()}
    assert {"related_belimumab", "related_il2"} <= asked
    person.press("Esc")
    person.to_subject("SLE-002")
    person.press("4", "a")
    person.until_form()
    shown = {field.code for field in person.page.host.view.form.fields()}
    assert "related_belimumab" in shown and "related_il2" not in shown and "action_il2" not in shown


def test_what_is_lacking_is_added_later_without_a_reason_and_then_it_is_signed(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, ":Headache", "1", ":t-1", "N", "3", "5", "1", "Ctrl+Enter")
    person.until_log()
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("Enter")
    person.until_form()
    assert field_in_focus().asked.code == "stop"
    person.type("t")
    person.press("Enter", "1", "1", "5", "N", "N", "Y", "Ctrl+Enter")
    person.until_log()
    (row,) = entries(person, "events")
    assert row.state == "complete" and row.values["stop"].text == "2026-11-23"
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("Enter")
    person.until(lambda: type(person.page).__name__ == "FormPage")
    person.press("Ctrl+G")
    person.until_dialog()
    person.sign()
    person.until(lambda: entries(person, "events")[0].state == "signed")


def test_a_saved_answer_is_corrected_with_a_reason_and_its_history_told(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, ":Headache", "1", ":t-1", "N", "3", "5", "3", "Ctrl+Enter")
    person.until_log()
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("Enter")
    person.until_form()
    person.page.host.view.go_to("grade")
    person.press("F2", "2", "1", "Enter")
    person.until(lambda: entries(person, "events")[0].values["grade"].choice == "2")


def test_an_event_that_goes_on_is_kept_twice_only_with_a_reason(arms, people):
    person = at_tab(arms, people, "events")
    answers = (":Headache", "1", ":t-1", "N", "3", "5", "3", "Ctrl+Enter")
    in_event(person, *answers)
    person.until_log()
    # The day says that it is the same one: it is told there and then.
    in_event(person, *answers[:3])
    person.until(lambda: person.sees("is entered already, since 2026-11-22"))
    assert field_in_focus().asked.code == "start"
    person.press("Ctrl+Shift+Enter", "1", "Enter", *answers[3:])
    person.until_log()
    assert len(entries(person, "events")) == 2


@pytest.mark.parametrize(
    ("language", "told", "consented"),
    [
        ("en", "An event that ends in death is serious", "lies before consent, 2026-11-23"),
        ("zh_CN", "死亡", "早于签署知情同意的日期 2026-11-23"),
    ],
)
def test_what_disagrees_and_what_was_there_before_consent_is_told_while_typing(
    arms, people, language, told, consented
):
    person = at_tab(arms, people, "events", language=language)
    in_event(person, ":Stroke", "5", ":t-1")
    view = person.page.host.view
    assert consented in view.field("start").strip.sentence()
    assert field_in_focus().asked.code == "serious", "nothing has to be done about it"
    person.press("N")
    assert told in view.field("serious").strip.sentence()
    assert field_in_focus().asked.code == "related_belimumab", "the next key must not answer anew"
    person.press("Ctrl+Enter")
    assert entries(person, "events") == () and told in view.field("serious").strip.sentence()
    assert field_in_focus().asked.code == "serious"
    view.go_to("grade")
    person.press("3")
    assert view.field("serious").strip.sentence() == ""
    view.go_to("start")
    person.press("Ctrl+A")
    person.told(":2026-11-UK")
    assert view.field("start").strip.sentence() == "", "November may be after it"
    person.press("N", "3", "5", "3", "Ctrl+Enter")
    person.until_log()
    assert len(entries(person, "events")) == 1


def test_a_fatal_event_that_is_not_grade_5_cannot_be_saved(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, ":Stroke", "4", ":t", "Y", "Y", "N", "Y", "N", "N", "N")
    person.type("t")
    person.press("Enter")
    person.type("t")
    person.press("Enter")
    person.type("0700")
    person.press("Enter", "3", "3", "5", "Ctrl+Enter")
    person.until(lambda: person.sees("Grade 5, a fatal outcome and death as a criterion belong together"))
    assert entries(person, "events") == ()


def test_the_report_of_a_serious_event_is_about_it_and_the_clock_stands_on_today(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, *serious("Lung infection"), "Ctrl+Enter")
    person.until_log()
    person.to_page("today")
    person.until(lambda: person.sees("Serious event, not reported: Lung infection"))
    person.to_row(lambda row: getattr(row, "action", "") == "report_event")
    person.press("Enter")
    person.until_form()
    assert field_in_focus().asked.code == "kind"
    person.press("1")
    person.type("Fever since yesterday; admitted.")
    person.press("Ctrl+Enter")
    person.until_log()
    event, report = sorted(entries(person, "events"), key=lambda row: row.id)
    assert (report.form, report.parent_id) == ("sae_report", event.id)


def test_a_draft_of_an_entry_is_found_again(arms, people):
    person = at_tab(arms, people, "medicines", "chen.lan")
    person.press("c")
    person.until_form()
    person.type("Prednisone")
    person.press("Enter")
    person.type("7.5")
    person.press("Enter", "Esc")
    person.until_log()
    person.press("c")
    person.until_form()
    view = person.page.host.view
    assert (view.field("name").typed(), view.field("dose").typed()) == ("Prednisone", "7.5")
    assert field_in_focus().asked.code == "unit"


def test_who_may_not_enter_has_no_way_to(arms, people):
    person = at_tab(arms, people, "events", "he.jian")
    assert person.page.current_tab()._acts == []
    person.press("a")
    assert type(person.page).__name__ == "SubjectPage"


def test_an_entry_on_the_wrong_patient_is_found_after_signing_and_moved_with_its_report(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, *serious("Lung infection"), "Ctrl+Enter")
    person.until_log()
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("r")
    person.until_form()
    person.press("1")
    person.type("Fever.")
    person.press("Ctrl+Enter")
    person.until_log()
    person.show_only("adverse_event")
    person.to_row(lambda row: isinstance(row, EntryRow) and row.form == "adverse_event")
    person.press("Ctrl+Shift+X")
    person.until_dialog()
    person.press("1", "Enter", "2")
    person.type("003")
    person.press("Down", "Enter", "Ctrl+Enter")
    person.until(lambda: entries(person, "events") == ())
    there = log_entries.entries(person.desk, "events", 3)
    event = next(row for row in there if row.form == "adverse_event")
    report = next(row for row in there if row.form == "sae_report")
    assert report.parent_id == event.id and event.values["term"].text == "Lung infection"


def test_the_first_field_to_answer_is_in_sight_when_a_long_form_opens(arms, people):
    person = at_tab(arms, people, "events")
    person.press("a")
    person.until_form()
    person.until(lambda: in_sight(person))
    assert field_in_focus().asked.code == "term"


def in_sight(person: Person) -> bool:
    box, scrolled = field_in_focus(), person.page.host._scrolled
    top = box.mapTo(scrolled.viewport(), box.rect().topLeft()).y()
    return top >= 0 and top + box.height() <= scrolled.viewport().height()


def saved_event(person: Person) -> EntryRow:
    in_event(person, ":Headache", "1", ":t-1", "N", "3", "5", "3", "Ctrl+Enter")
    person.until_log()
    return entries(person, "events")[0]


def opened_again(person: Person) -> None:
    person.to_row(lambda row: isinstance(row, EntryRow))
    person.press("Enter")
    person.until_form()


def corrected_elsewhere(person: Person, row: EntryRow, code: str, choice: str) -> None:
    seen = form_records.form_row(person.desk, row.id).answer_versions[code]
    form_records.correct_value(person.desk, Correction(row.id, code, Value(choice=choice), "late", seen))


def test_a_saved_answer_is_shown_as_it_is_saved_however_often_the_entry_was_opened(arms, people):
    person = at_tab(arms, people, "events")
    row = saved_event(person)
    opened_again(person)
    person.press("Esc")
    person.until_log()
    corrected_elsewhere(person, row, "grade", "4")
    opened_again(person)
    assert person.page.host.view.field("grade").typed() == "4"


def test_a_correction_leaves_what_is_typed_beside_it(arms, people):
    person = at_tab(arms, people, "events")
    saved_event(person)
    opened_again(person)
    assert field_in_focus().asked.code == "action_belimumab"
    person.press("2", "1", "5")
    person.page.host.view.go_to("grade")
    person.press("F2", "2", "1", "Enter")
    person.until(lambda: entries(person, "events")[0].values["grade"].choice == "2")
    typed = person.page.host.view.typed()
    assert (typed["action_belimumab"], typed["action_il2"]) == ("interrupted", "not_changed")
    person.press("Ctrl+Enter", "Ctrl+Enter")
    person.until_log()
    values = entries(person, "events")[0].values
    assert (values["action_belimumab"].choice, values["related_background"].choice) == (
        "interrupted", "unrelated",
    )  # fmt: skip


def test_what_somebody_else_answered_meanwhile_stands_beside_what_was_typed(arms, people):
    person = at_tab(arms, people, "events")
    row = saved_event(person)
    opened_again(person)
    person.press("3", "Esc")
    person.until_log()
    given = Given({"action_belimumab": Value(choice="interrupted")})
    form_records.complete_form(person.desk, row.id, given, row.version)
    opened_again(person)
    assert person.page.host.view.field("action_belimumab").typed() == "interrupted"
    assert person.sees("you withdrawn, saved interrupted")
    person.press("Ctrl+Backspace")
    assert not person.sees("you withdrawn")


def test_a_draft_about_one_result_is_not_found_at_another(arms, people):
    person = at_tab(arms, people, "events")
    for number, expected in ((1, ""), (2, ""), (1, "Neutrophil low")):
        person.window.state.go(Go("form", subject_id=BOTH, form="adverse_event", link=("result", number)))
        person.until_form()
        assert person.page.host.view.field("term").typed() == expected
        if number == 1 and not expected:
            person.type("Neutrophil low")
            person.press("Enter")
        person.press("Esc")
        person.until_log()


def corrected_here(person: Person, code: str, key: str, choice: str) -> None:
    person.page.host.view.go_to(code)
    person.press("F2", key, "1", "Enter")
    person.until(lambda: entries(person, "events")[0].values[code].choice == choice)


def test_an_end_that_a_correction_hid_is_asked_anew_when_it_comes_back(arms, people):
    person = at_tab(arms, people, "events")
    in_event(person, ":Headache", "1", ":t-5", "N", "3", "5", "1", ":t-2", "Ctrl+Enter")
    person.until_log()
    assert entries(person, "events")[0].values["stop"].as_typed == "2026-11-21"
    opened_again(person)
    corrected_here(person, "outcome", "3", "not_recovered")
    view = person.page.host.view
    assert not view.field("stop").isVisible()
    corrected_here(person, "outcome", "1", "recovered")
    stop = person.page.host.view.field("stop")
    assert stop.isVisible() and stop.typed() == "" and not stop.read_only
    person.page.host.view.go_to("stop")
    person.told(":t-1", "Ctrl+Enter", "Ctrl+Enter")
    person.until_log()
    assert entries(person, "events")[0].values["stop"].as_typed == "2026-11-22"
