"""A medicine whose name no rule knows, by keys: its kind is asked for, and what to look at is told."""

from __future__ import annotations

from at_the_desk import Person, people
from logged import BOTH, proposed
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.services import log_entries

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]


def typing(study: Study, people: list[Person], name: str) -> Person:
    person = Person(study, "chen.lan", "en")
    people.append(person)
    person.to_subject("SLE-001")
    person.to_tab("medicines")
    person.press("c")
    person.until_form()
    person.told(f":{name}", ":20", "1", "1", ":2026-11-20")
    return person


def test_a_name_of_no_dictionary_asks_for_its_kind_and_is_saved_without_it_as_incomplete(arms, people):
    person = typing(arms, people, "Unknownsone")
    person.press("Ctrl+Enter")
    assert person.page.host.view.form.code == "medication"
    assert person.page.host.view._missing.codes() == ["category"] and "Kind" in person.seen()
    assert log_entries.entries(person.desk, "medicines", BOTH) == ()
    person.press("Ctrl+Enter")
    person.until_log()
    (row,) = log_entries.entries(person.desk, "medicines", BOTH)
    assert row.state == "partial" and "category" in row.missing


def test_the_kind_is_given_where_it_was_asked_for_and_the_limit_is_told_as_not_compared(arms, people):
    person = typing(arms, people, "Unknownsone")
    person.press("Ctrl+Enter", "Enter", "1", "Ctrl+Enter")
    person.until_log()
    (row,) = log_entries.entries(person.desk, "medicines", BOTH)
    assert row.values["category"].choice == "glucocorticoid"
    assert proposed(person.desk) == ["medication.no_equivalent", "medication.not_stable"]


def test_a_name_as_on_a_pack_is_known_and_asks_for_nothing_more(arms, people):
    person = typing(arms, people, "醋酸泼尼松片")
    person.press("Ctrl+Enter")
    person.until_log()
    assert proposed(person.desk) == ["medication.not_stable", "medication.prednisone_above"]
