"""The checklist reads the entries of medicines and stays: frozen with the signature, void when corrected."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from logged import enter, given, medicine, put_right
from screened_studies import kept_screened, screened, screened_trial
from study_fixtures import Study, clock, made_study
from trial_fixtures import judge, made_trial
from word_files import HEAD, written

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import form_records, word_lists
from sle_desk.services.answers import Given
from sle_desk.services.checklist import ChecklistRow, checklist
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow
from sle_desk.services.void_forms import void_form

__all__ = ["clock", "kept_screened", "made_study", "made_trial", "screened", "screened_trial"]


def row(desk: Desk, subject_id: int, leaf: str) -> ChecklistRow:
    return next(each for each in checklist(desk, subject_id).rows if each.code == leaf)


def said(desk: Desk, subject_id: int, leaf: str) -> tuple[str | None, list[str]]:
    judged = row(desk, subject_id, leaf).judged
    told = [each.code.removeprefix("eligibility.") for each in (*judged.notes, *judged.missing)]
    return judged.suggestion, [code for code in told if code != "borderline"]


def going_on(desk: Desk, name: str, dose: str, start: str, subject_id: int) -> FormRow:
    return put_right(desk, medicine(desk, name, dose, start, subject_id), "ongoing", "Y")


def ago(desk: Desk, days: int) -> str:
    return (desk.today() - timedelta(days=days)).isoformat()


def correct(desk: Desk, row_id: int, field: str, value: Value) -> None:
    seen = form_records.form_row(desk, row_id).answer_versions.get(field, 0)
    form_records.correct_value(desk, Correction(row_id, field, value, "slip", seen))


def mg(dose: str) -> Value:
    return Value(number=Decimal(dose), typed=dose)


@pytest.fixture
def taken(screened_trial: Study, screened: int) -> dict[str, int]:
    """The medicines that the screening history tells of, entered: each with the number of its entry."""
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    before = medicine(desk, "Prednisone", "10", "2025-02-01", screened, stop=ago(desk, 30))
    return {
        "before": before.id,
        "prednisone": going_on(desk, "Prednisone", "7.5", ago(desk, 29), screened).id,
        "hydroxychloroquine": going_on(desk, "羟氯喹", "200", "2025-02-01", screened).id,
        "aspirin": going_on(desk, "Aspirin", "100", "2026-01-UK", screened).id,
    }


def test_entries_that_bear_the_typed_answers_are_met_and_one_more_is_seen_at_once(
    screened_trial: Study, screened: int, taken: dict[str, int]
) -> None:
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    for leaf, expected in {
        "I4b": "met",
        "I4d": "met",
        "I4e": "met",
        "E1f": "absent",
        "E1h": "absent",
    }.items():
        assert said(desk, screened, leaf) == (expected, []), leaf
    assert said(desk, screened, "E4a") == ("absent", ["no_stays"])
    before = enter(desk, "prior_biologic", given({"name": "美罗华", "stop": "2026-09-UK"}), screened)
    assert said(desk, screened, "E1f") == (None, ["entries_differ"])
    void_form(desk, before.id, "slip", form_records.form_row(desk, before.id).version)
    assert said(desk, screened, "E1f") == ("absent", [])
    medicine(desk, "利妥昔单抗", "1000", "2026-09-01", screened, stop="2026-09-UK")
    assert said(desk, screened, "E1f") == (None, ["entries_differ"])
    stay = given({"start": ago(desk, 20), "hospital": "Ward 5", "reason": "肺部感染"}, planned="N")
    enter(desk, "hospital_stay", stay, screened)
    assert said(desk, screened, "E4a") == (None, ["entries_differ"])


def test_a_corrected_entry_voids_the_signature_that_rests_on_it(
    screened_trial: Study, screened: int, taken: dict[str, int]
) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    assert row(desk, screened, "I4e").decision is not None
    correct(desk, taken["prednisone"], "dose", mg("12.5"))
    found = checklist(desk, screened)
    assert (found.signed, found.voided) == (None, ("evidence_changed: I4b, I4e, E1h",))
    assert said(desk, screened, "I4e") == (None, ["entries_differ"])
    assert row(desk, screened, "I4e").evidence_changed


def test_an_entry_in_error_voids_it_and_so_does_one_that_turns_out_to_be_another_medicine(
    screened_trial: Study, screened: int, taken: dict[str, int]
) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    # It showed no line anywhere, and was read all the same.
    correct(desk, taken["aspirin"], "name", Value(text="Rituximab"))
    assert checklist(desk, screened).voided == ("evidence_changed: E1f",)
    correct(desk, taken["aspirin"], "name", Value(text="Aspirin"))
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    seen = form_records.form_row(desk, taken["hydroxychloroquine"]).version
    void_form(desk, taken["hydroxychloroquine"], "slip", seen)
    assert checklist(desk, screened).voided[-1] == "evidence_changed: I4a, I4d"


def test_what_ends_or_begins_after_the_signature_voids_nothing(
    screened_trial: Study, screened: int, taken: dict[str, int]
) -> None:
    judge(screened_trial, screened)
    screened_trial.clock.advance(timedelta(days=40))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    correct(desk, taken["prednisone"], "ongoing", Value(choice="N"))
    # It ended, and on which day is typed next: it went on when it was judged.
    assert checklist(desk, screened).signed is not None
    end = form_records.form_row(desk, taken["prednisone"])
    form_records.complete_form(desk, end.id, Given({"stop": Value(text=ago(desk, 2))}), end.version)
    going_on(desk, "Prednisone", "40", ago(desk, 1), screened)
    correct(desk, taken["aspirin"], "dose", mg("200"))
    assert checklist(desk, screened).signed is not None
    assert said(desk, screened, "I4e") == ("met", [])


def test_a_list_of_names_that_is_loaded_after_the_signature_makes_nothing_of_what_was_judged(
    screened_trial: Study, screened: int, taken: dict[str, int], tmp_path: Path
) -> None:
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    row_id = put_right(desk, medicine(desk, "Ritumax", "100", ago(desk, 20), screened), "ongoing", "Y").id
    correct(desk, row_id, "category", Value(choice="other"))
    assert said(desk, screened, "E4b") == (None, ["entry_route_unsaid"])
    correct(desk, row_id, "route", Value(choice="subcutaneous"))
    assert said(desk, screened, "E1f") == ("absent", [])
    judge(screened_trial, screened)
    screened_trial.clock.advance(timedelta(days=2))
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    rows = (HEAD, "Rituximab,利妥昔单抗,Ritumax,antibody")
    word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path, rows)))
    correct(desk, taken["aspirin"], "dose", mg("200"))
    assert checklist(desk, screened).signed is not None
