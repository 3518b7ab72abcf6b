"""A serious event from the hour the site knew to the final report, by keys, in both languages."""

from __future__ import annotations

import pytest
from at_the_desk import Person, people, serious
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.services import log_entries, papers
from sle_desk.services.log_entries import EntryRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "people", "study", "trial"]
WORDS = {
    "en": ("Serious event, not reported: Pneumonia", "Serious event, outcome known: Pneumonia"),
    "zh_CN": ("严重不良事件，尚未报告：Pneumonia", "严重不良事件，转归已明确：Pneumonia"),
}


def report_from_today(person: Person, kind: str, words: str) -> None:
    person.to_page("today")
    person.until(lambda: person.sees(words))
    person.to_row(lambda row: getattr(row, "action", "") == "report_event")
    person.press("Enter")
    person.until_form()
    person.press(kind)
    person.type("Fever, infiltrate; antibiotics.")
    # Out of the note, then: the investigator told, and sent to the sponsor, now.
    person.press("Tab")
    person.told(":t", ":n", ":t", ":n", "1", "Ctrl+Enter")
    person.until_log()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_from_awareness_to_the_final_report(arms: Study, people: list[Person], language: str) -> None:
    person = Person(arms, "zhao.jing", language)
    people.append(person)
    not_reported, known = WORDS[language]
    person.to_subject("SLE-001")
    person.add_entry("events", "adverse_event", *serious("Pneumonia"))
    report_from_today(person, "1", not_reported)
    person.to_page("today")
    person.until(lambda: not person.sees(not_reported))
    # She recovers: the outcome is corrected with a reason, and the final report is due.
    person.to_subject("SLE-001")
    person.to_tab("events")
    person.until_table()
    person.show_only("adverse_event")
    person.to_row(lambda row: isinstance(row, EntryRow) and row.form == "adverse_event")
    person.press("Enter")
    person.until_form()
    person.page.host.view.go_to("outcome")
    person.told("F2", "1", "3", "Enter")
    person.until(
        lambda: any(
            row.form == "adverse_event" and row.values["outcome"].choice == "recovered"
            for row in log_entries.entries(person.desk, "events", 1)
        )
    )
    report_from_today(person, "3", known)
    kinds = [
        row.values["kind"].choice
        for row in log_entries.entries(person.desk, "events", 1)
        if row.form == "sae_report"
    ]
    assert sorted(map(str, kinds)) == ["final", "first"], "an earlier version is never written over"
    person.to_page("today")
    person.until(lambda: not person.sees(known))
    # The final report is printed from its row.
    person.to_subject("SLE-001")
    person.to_tab("events")
    person.until_table()
    person.show_only("sae_report")
    person.to_row(lambda row: isinstance(row, EntryRow) and row.values["kind"].choice == "final")
    person.press("p")
    person.until_page("reports")
    person.press("Enter")
    person.until(lambda: len(papers.papers(person.desk)) == 1)
    assert papers.papers(person.desk)[0].kind.startswith("sae_form.")


def test_a_reported_event_is_called_not_serious_by_keys_only_with_a_reason(
    arms: Study, people: list[Person]
) -> None:
    person = Person(arms, "zhao.jing", "en")
    people.append(person)
    person.to_subject("SLE-001")
    person.add_entry("events", "adverse_event", *serious("Pneumonia"))
    report_from_today(person, "1", WORDS["en"][0])
    person.show_only("adverse_event")
    person.to_row(lambda row: isinstance(row, EntryRow) and row.form == "adverse_event")
    person.press("Enter")
    person.until_form()

    def judged() -> str:
        rows = log_entries.entries(person.desk, "events", 1)
        return next(str(row.values["serious"].choice) for row in rows if row.form == "adverse_event")

    person.page.host.view.go_to("serious")
    person.told("F2", "N", "3", "Enter")
    person.until(lambda: person.sees("was reported as serious"))
    assert judged() == "Y"
    person.told("Ctrl+Shift+Enter", "1", "Enter", "3", "Enter")
    person.until(lambda: judged() == "N")
