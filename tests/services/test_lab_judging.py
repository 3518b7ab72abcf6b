"""CS and NCS: who judges, who types from a paper, what a change needs, and what takes a judgement away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lab_samples import sample, typed
from study_fixtures import Study

from sle_desk.base.errors import NotAllowed, RuleBroken, SleDeskError, Stale
from sle_desk.domain import roles
from sle_desk.services import history, labs, overview
from sle_desk.services.lab_judgement import TypedResult
from sle_desk.services.lab_judging import Verdict, judge_result, waits
from sle_desk.services.labs import ResultRow
from sle_desk.services.sample_lists import sample_lines
from sle_desk.services.signatures import Ink

DRAWN_ON = date(2026, 11, 23)
INK = Ink("Zhao Jing", DRAWN_ON, "Binder 3, R-0001")


@pytest.fixture
def low(study: Study) -> ResultRow:
    """Return a saved low haemoglobin."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    return labs.save_results(desk, sample(desk), (typed(desk, "HGB", "96"),)).results["HGB"]


def test_an_investigator_judges_and_nothing_waits_any_longer(study: Study, low: ResultRow) -> None:
    investigator = study.sit("zhao.jing", roles.INVESTIGATOR)
    assert waits(low)
    assert overview.today(investigator).unjudged == 1
    assert sample_lines(investigator)[0].state == "to_judge"
    judged = judge_result(investigator, low.id, Verdict("NCS"), low.version)
    assert (judged.significance, judged.judged_ink, waits(judged)) == ("NCS", None, False)
    assert overview.today(investigator).unjudged == 0
    assert sample_lines(investigator)[0].state == "entered"


def test_who_is_no_investigator_does_not_judge_but_types_from_the_paper(study: Study, low: ResultRow) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(NotAllowed):
        judge_result(desk, low.id, Verdict("NCS"), low.version)
    typed_off = judge_result(desk, low.id, Verdict("CS", INK), low.version)
    assert (typed_off.significance, typed_off.judged_ink) == ("CS", INK)
    past = history.value_history(desk, "result", low.id, ("significance", "judged_reference"))[-1]
    assert past.value == {"significance": "CS", "judged_reference": "Binder 3, R-0001"}


def test_a_paper_needs_its_signer_its_place_and_a_possible_day(study: Study, low: ResultRow) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    refused = {
        "ink.incomplete": Ink(" ", DRAWN_ON, "Binder 3"),
        "day.future": Ink("Zhao Jing", desk.today() + timedelta(days=1), "Binder 3"),
        "result.ink_before": Ink("Zhao Jing", DRAWN_ON - timedelta(days=1), "Binder 3"),
    }
    for code, ink in refused.items():
        with pytest.raises(SleDeskError) as caught:
            judge_result(desk, low.id, Verdict("CS", ink), low.version)
        assert caught.value.code == code
    assert labs.samples(desk, sample_lines(desk)[0].subject_id)[0].results["HGB"].significance == ""


def test_a_changed_judgement_needs_its_reason(study: Study, low: ResultRow) -> None:
    investigator = study.sit("zhao.jing", roles.INVESTIGATOR)
    judged = judge_result(investigator, low.id, Verdict("NCS"), low.version)
    with pytest.raises(RuleBroken, match="result.change_reason"):
        judge_result(investigator, low.id, Verdict("CS"), judged.version)
    changed = judge_result(investigator, low.id, Verdict("CS"), judged.version, "late")
    assert changed.significance == "CS"
    past = history.value_history(investigator, "result", low.id, ("significance",))
    assert [entry.value["significance"] for entry in past] == ["", "NCS", "CS"]
    assert past[-1].reason == "late"


def test_only_what_was_seen_and_has_a_value_is_judged(study: Study, low: ResultRow) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    labs.correct_result(desk, low.id, typed(desk, "HGB", "97"), "slip", low.version)
    saved = labs.add_results(desk, low.sample_id, (TypedResult("WBC", missing="not_done"),))
    row = saved.results["WBC"]
    investigator = study.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match="result.significance"):
        judge_result(investigator, low.id, Verdict("maybe"), low.version)
    with pytest.raises(Stale):
        judge_result(investigator, low.id, Verdict("NCS"), low.version)
    with pytest.raises(RuleBroken, match="result.nothing_to_judge"):
        judge_result(investigator, row.id, Verdict("NCS"), row.version)


def test_a_correction_takes_the_judgement_and_its_paper_away(study: Study, low: ResultRow) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    judged = judge_result(desk, low.id, Verdict("CS", INK), low.version)
    fixed = labs.correct_result(desk, low.id, typed(desk, "HGB", "90"), "slip", judged.version)
    assert (fixed.significance, fixed.judged_ink, waits(fixed)) == ("", None, True)


def test_a_signer_fits_into_a_line_of_a_paper(study: Study, low: ResultRow) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken, match="text.too_long"):
        judge_result(desk, low.id, Verdict("CS", Ink("Z" * 600, DRAWN_ON, "Binder 3")), low.version)
