"""A positive test or a pregnancy of a treated subject is seen on Today, and preparing asks why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at, prepared
from ended_subjects import die, due, given, rows, sit, treated, void
from logged import enter
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.services import dispositions, form_records, preparing, visits
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]


def take_test(desk: Desk, result: str) -> FormRow:
    """Save a pregnancy test of today at an unscheduled visit."""
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today())
    answers = given({"done": "done", "type": "urine", "result": result}, day=desk.today())
    return form_records.save_form(desk, NewForm(BOTH, visit.id, "pregnancy_test", desk.today(), answers))


def hints(desk: Desk) -> set[str]:
    return {hint.code for row in rows(desk) for hint in row.hints}


def test_a_positive_test_leads_to_the_pregnancy_and_stays_until_the_drugs_are_stopped(treated: Study) -> None:
    desk = sit(treated)
    assert "pregnant" not in hints(desk)
    take_test(desk, "POS")
    (row,) = (row for row in rows(desk) if row.items[0].code == "pregnancy_test")
    assert row.action == "add_pregnancy" and "pregnant" in hints(desk)
    entry = enter(desk, "pregnancy", given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00"))
    assert "pregnancy_test" not in due(desk) and "pregnancy" in due(desk)
    void(desk, entry)
    assert "pregnancy_test" in due(desk)
    enter(desk, "pregnancy", given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00"))
    for drug in ("BEL", "IL2"):
        dispositions.record_disposition(desk, BOTH, "drug_stop", drug, desk.today(), "pregnancy")
    assert not {"pregnancy", "pregnancy_test"} & due(desk)


def test_a_negative_test_a_partner_and_a_test_in_error_say_nothing(treated: Study) -> None:
    desk = sit(treated)
    take_test(desk, "NEG")
    partner = given({"whose": "partner"}, aware_day=desk.today(), aware_time="07:00").values
    with pytest.raises(RuleBroken, match=r"pregnancy\.partner_of_woman"):
        enter(desk, "pregnancy", Given(partner))
    enter(desk, "pregnancy", Given(partner, {"whose": "source"}))
    row = take_test(desk, "POS")
    assert "pregnancy_test" in due(desk)
    void(desk, row)
    assert not {"pregnancy", "pregnancy_test"} & due(desk) and "pregnant" not in hints(desk)


def test_preparing_for_who_is_pregnant_asks_for_a_reason(treated: Study) -> None:
    at(treated, sit(treated).today() + timedelta(days=10))
    desk = sit(treated)
    vitals(desk, BOTH, visits.record_visit(desk, BOTH, "W2", desk.today()).id)
    enter(desk, "pregnancy", given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00"))
    with pytest.raises(RuleBroken, match=r"prepare\.pregnant"):
        preparing.prepare_infusion(desk, prepared(desk, BOTH))
    preparing.prepare_infusion(desk, prepared(desk, BOTH, reason="doctor"))


def test_a_confirming_test_before_the_outcome_asks_for_no_other_pregnancy_and_one_after_it_does(
    treated: Study,
) -> None:
    desk = sit(treated)
    take_test(desk, "POS")
    entry = enter(desk, "pregnancy", given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00"))
    at(treated, desk.today() + timedelta(days=3))
    desk = sit(treated)
    take_test(desk, "POS")
    assert "pregnancy" in due(desk)
    at(treated, desk.today() + timedelta(days=17))
    desk = sit(treated)
    ended = given({"outcome": "miscarriage"}, outcome_day=desk.today().isoformat())
    form_records.complete_form(desk, entry.id, ended, form_records.form_row(desk, entry.id).version)
    assert not {"pregnancy", "pregnancy_test"} & due(desk)
    at(treated, desk.today() + timedelta(days=30))
    desk = sit(treated)
    take_test(desk, "POS")
    assert "pregnancy_test" in due(desk)


def test_an_outcome_of_a_partial_day_ends_no_test_after_it_was_told_and_no_other_pregnancy(
    treated: Study,
) -> None:
    desk = sit(treated)
    known = given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00")
    take_test(desk, "POS")
    entry = enter(desk, "pregnancy", known)
    ended = given({"outcome": "miscarriage"}, outcome_day="2026-UK-UK")
    at(treated, desk.today() + timedelta(days=1))
    desk = sit(treated)
    form_records.complete_form(desk, entry.id, ended, form_records.form_row(desk, entry.id).version)
    assert not {"pregnancy", "pregnancy_test"} & due(desk)
    at(treated, desk.today() + timedelta(days=3))
    desk = sit(treated)
    take_test(desk, "POS")
    assert "pregnancy_test" in due(desk)
    enter(desk, "pregnancy", given({"whose": "subject"}, aware_day=desk.today(), aware_time="07:00"))
    seen = form_records.form_row(desk, entry.id).answer_versions["outcome_day"]
    exact = Value(text=desk.today().isoformat())
    form_records.correct_value(desk, Correction(entry.id, "outcome_day", exact, "source", seen))
    assert "pregnancy" in due(desk)


def test_who_died_with_a_positive_test_is_asked_for_no_pregnancy(treated: Study) -> None:
    desk = sit(treated)
    take_test(desk, "POS")
    die(desk)
    assert "pregnancy_test" not in due(desk) and "pregnant" not in hints(desk)
