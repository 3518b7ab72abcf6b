"""What events are linked to, which grades ask for one, and what summary, strip and Today say of entries."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, inject
from logged import BOTH, IL2, enter, event, given, medicine
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.dataset import PRESETS, Source
from sle_desk.exports.dataset_links import link_table
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.models.visit import RecordLink
from sle_desk.services import (
    form_records,
    lab_judging,
    labs,
    overview,
    papers,
    record_links,
    subject_trends,
    subjects,
    visits,
    void_forms,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispositions import record_disposition
from sle_desk.services.form_records import FormRow, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.lab_judging import Verdict
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


def test_an_event_is_linked_to_what_stands_once_and_taken_back_with_a_reason(
    arms: Study,
) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row, other = event(desk, subject=IL2), event(desk, subject=BOTH)
    medicine(desk, "Ibuprofen", "400", "2026-11-20", subject=IL2)
    offered = record_links.candidates(desk, row.id)
    assert {each.table for each in offered} >= {"dose", "form_record"}
    dose = next(each for each in offered if each.table == "dose")
    with pytest.raises(RuleBroken, match="entry.link_to_nothing"):
        record_links.link(desk, other.id, "dose", dose.id)
    record_links.link(desk, row.id, "dose", dose.id)
    with pytest.raises(RuleBroken, match="entry.linked_already"):
        record_links.link(desk, row.id, "dose", dose.id)
    (held,) = record_links.links(desk, row.id)
    assert (held.table, held.id) == ("dose", dose.id)
    assert dose not in record_links.candidates(desk, row.id)
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        record_links.unlink(desk, held.link_id, "", held.link_version)
    record_links.unlink(desk, held.link_id, "slip", held.link_version)
    assert record_links.links(desk, row.id) == ()


def graded(desk: Desk) -> list[object]:
    found = [each for group in overview.today(desk).groups for each in group.rows]
    return [each.items[0].facts["grade"] for each in found if each.action == "add_event"]


def neutrophils(desk: Desk, study: Study, typed: str) -> int:
    visit = visits.record_visit(desk, IL2, "UNS", desk.today()).id
    new = NewSample(IL2, visit, "CBC", 1, desk.now(), f"P{typed}")
    saved = labs.save_results(desk, new, (TypedResult("NEUT", typed, "", Decimal(typed), "10^9/L"),))
    study.clock.advance(timedelta(minutes=10))
    return saved.results["NEUT"].id


def test_a_grade_of_three_that_is_worse_than_baseline_asks_for_an_event_until_one_is_linked(
    arms: Study,
) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    arms.clock.advance(timedelta(days=2))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    neutrophils(desk, arms, "1.2")
    assert graded(desk) == []
    result = neutrophils(desk, arms, "0.8")
    assert graded(desk) == [3]
    values = given({"term": "Neutrophil count decreased", "start": "2026-11-25"}, grade="3", serious="N",
                   outcome="not_recovered")  # fmt: skip
    form_records.save_form(
        desk, NewForm(IL2, None, "adverse_event", desk.today(), values, link=("result", result))
    )
    assert graded(desk) == []


def test_a_grade_that_was_judged_of_no_significance_asks_for_nothing(arms: Study) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    arms.clock.advance(timedelta(days=2))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    result = neutrophils(desk, arms, "0.8")
    assert graded(desk) == [3]
    lab_judging.judge_result(desk, result, Verdict(lab_judging.NCS), 1)
    assert graded(desk) == []


def test_a_summary_lists_the_events_up_to_its_visit_and_one_entered_later_supersedes_it(
    arms: Study,
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, term="Headache", related_belimumab="possible", related_il2="unlikely")
    visit = next(row for row in visits.visits(desk, BOTH) if row.code == "V1").id
    with snapshot(desk) as copy:
        found = visit_summary(copy, visit).adverse_events
    assert found is not None
    (row,) = found.rows
    assert [words.en for words in found.drugs if isinstance(words, Words)] == ["Belimumab", "IL-2"]
    shown = [each.en for each in (row.event, row.grade, row.start, *row.relations) if isinstance(each, Words)]
    assert shown == ["Headache", "1", "2026-11-20", "Possible", "Unlikely"]
    printing.print_visit_summary(desk, visit, Language("en"))
    arms.clock.advance(timedelta(minutes=5))
    medicine(desk, "Ibuprofen", "400", "2026-11-20")
    assert papers.papers(desk)[0].state != "superseded"
    event(desk, term="Cough")
    assert papers.papers(desk)[0].state == "superseded"


def test_consent_withdrawn_for_some_of_it_stands_in_the_alerts_and_nothing_else_ends(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    scopes = {"treatment": "N", "visits": "N", "samples": "Y", "data": "Y", "told": "in_person"}
    values = given({}, **scopes)
    told = Given({**values.values, "day": Value(day=desk.today())})
    row = enter(desk, "withdrawal", told)
    withdrawn = [words.en for words, _ in subject_trends.alerts(desk, BOTH).withdrawn]
    assert withdrawn == ["Use of data from now on"]
    assert subject_trends.alerts(desk, BOTH).no_samples_since == desk.today()
    assert subjects.subject_row(desk, BOTH).state == "randomised"
    void_forms.void_form(desk, row.id, "slip", row.version)
    alerts = subject_trends.alerts(desk, BOTH)
    assert (alerts.withdrawn, alerts.no_samples_since) == ((), None)


def test_a_death_that_is_entered_asks_for_the_step_out_until_it_is_recorded(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)

    def asked() -> list[str]:
        found = [each for group in overview.today(desk).groups for each in group.rows]
        return [each.group for each in found if each.action == "record_exit"]

    assert asked() == []
    said = {"day": "2026-11-23", "cause": "Stroke", "known_from": "Daughter, by telephone"}
    enter(desk, "death", given(said))
    assert asked() == ["overdue"]
    record_disposition(desk, BOTH, "exit", "", desk.today(), "death")
    assert asked() == []


def first_dose(study: Study) -> Desk:
    nurse = study.sit("lin.yue", roles.NURSE)
    dispense(nurse, IL2)
    inject(nurse, IL2)
    study.clock.advance(timedelta(hours=2))
    return study.sit("zhao.jing", roles.INVESTIGATOR)


def result(desk: Desk, study: Study, panel: str, analyte: str, typed: str, unit: str) -> int:
    visit = visits.record_visit(desk, IL2, "UNS", desk.today()).id
    new = NewSample(IL2, visit, panel, 1, desk.now(), f"P{analyte}{typed}")
    saved = labs.save_results(desk, new, (TypedResult(analyte, typed, "", Decimal(typed), unit),))
    study.clock.advance(timedelta(minutes=10))
    return saved.results[analyte].id


def test_a_sample_after_the_first_dose_of_its_day_is_no_baseline(arms: Study) -> None:
    desk = first_dose(arms)
    result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")
    assert graded(desk) == [3]


def test_a_high_value_is_not_compared_with_a_low_baseline(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    result(desk, arms, "CHEM", "K", "2.6", "mmol/L")
    desk = first_dose(arms)
    result(desk, arms, "CHEM", "K", "2.6", "mmol/L")
    assert graded(desk) == []
    result(desk, arms, "CHEM", "K", "6.5", "mmol/L")
    assert graded(desk) == [3]


def linked_event(desk: Desk, link: tuple[str, int]) -> FormRow:
    values = given({"term": "Neutrophils low", "start": "2026-11-23"}, grade="3", serious="N")
    return form_records.save_form(desk, NewForm(IL2, None, "adverse_event", desk.today(), values, link=link))


@pytest.mark.parametrize("there", [None, BOTH])
def test_an_event_in_error_lets_go_of_its_result_which_asks_again(arms: Study, there: int | None) -> None:
    desk = first_dose(arms)
    row = linked_event(desk, ("result", result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")))
    assert graded(desk) == []
    void_forms.void_form(desk, row.id, "slip", row.version, to_subject=there)
    assert graded(desk) == [3]
    with desk.view() as session:
        assert {link.state for link in session.query(RecordLink)} == {"void"}


def test_only_an_event_is_linked(arms: Study) -> None:
    desk = first_dose(arms)
    number = result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")
    row = medicine(desk, "Ibuprofen", "400", "2026-11-20", subject=IL2)
    with pytest.raises(RuleBroken, match="entry.link_of_event"):
        record_links.link(desk, row.id, "result", number)
    assert graded(desk) == [3]


@pytest.mark.parametrize("start", ["2026-11-22", "2026-11-UK", "2026-UK-UK", "UK-UK-UK"])
def test_near_a_partial_start_is_near_any_day_that_it_can_mean(arms: Study, start: str) -> None:
    desk = first_dose(arms)
    number = result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")
    row = enter(desk, "adverse_event", given({"term": "Fever", "start": start}, grade="1", serious="N"), IL2)
    assert {("dose"), ("result")} <= {each.table for each in record_links.candidates(desk, row.id)}
    assert number in {each.id for each in record_links.candidates(desk, row.id) if each.table == "result"}


def test_a_result_far_from_the_start_is_not_offered(arms: Study) -> None:
    desk = first_dose(arms)
    result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")
    row = enter(
        desk, "adverse_event", given({"term": "Fever", "start": "2026-03-UK"}, grade="1", serious="N"), IL2
    )
    assert [each for each in record_links.candidates(desk, row.id) if each.table != "form_record"] == []


def test_links_stand_in_the_workbook_those_of_doses_not_before_lock(arms: Study) -> None:
    desk = first_dose(arms)
    number = result(desk, arms, "CBC", "NEUT", "0.8", "10^9/L")
    row = linked_event(desk, ("result", number))
    dose = next(each for each in record_links.candidates(desk, row.id) if each.table == "dose")
    record_links.link(desk, row.id, "dose", dose.id)
    with desk.view() as session:
        told = {
            preset: [line[2] for line in link_table(Source(desk.protocol, session), PRESETS[preset]).rows]
            for preset in PRESETS
        }
    assert told == {"site": ["result", "dose"], "sponsor": ["result"]}
