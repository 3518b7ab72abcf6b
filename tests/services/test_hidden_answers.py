"""An answer that a correction hides is none any more: taken out with its history, asked anew, never typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from logged import BOTH, IL2, enter, event, given, medicine, proposed, put_right
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.exports.exporting import write_export
from sle_desk.exports.read_back import read_back
from sle_desk.models.visit import Answer
from sle_desk.services import form_records, history, log_entries, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


def recovered(desk: Desk) -> FormRow:
    """Save an event that ended on the 10th."""
    texts = {"term": "Fever", "start": "2026-11-01", "stop": "2026-11-10"}
    return enter(desk, "adverse_event", given(texts, grade="1", serious="N", outcome="recovered"))


def correct(desk: Desk, row: FormRow, field: str, value: Value) -> FormRow:
    """Correct a value as it is seen now."""
    seen = form_records.form_row(desk, row.id).answer_versions.get(field, 0)
    return form_records.correct_value(desk, Correction(row.id, field, value, "slip", seen))


def exported(arms: Study, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as the site exports it."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    path = write_export(desk, arms.folder.path.parent, "site", Language("en")).path
    (found,) = [each for each in read_back(path) if each.name == table]
    return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]


def as_it_was_kept(arms: Study, row: FormRow, field: str, text: str) -> None:
    """Keep a hidden answer as an older version of the program left it."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    with desk.change("value.correct", "slip") as change:
        change.add(Answer(form_record_id=row.id, field=field, text=text))


def test_what_a_correction_hid_does_not_come_back_as_if_given(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = recovered(desk)
    put_right(desk, row, "outcome", "not_recovered")
    assert "stop" not in form_records.form_row(desk, row.id).values
    put_right(desk, row, "outcome", "recovered")
    (shown,) = log_entries.entries(desk, "events", BOTH)
    assert "stop" not in shown.values and "stop" in shown.missing
    (kept,) = exported(arms, "ADVERSE_EVENT")
    assert kept["STOP"] is None and kept["STOP_MISSING"] is None


def test_what_was_hidden_keeps_its_history_with_the_reason(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = recovered(desk)
    put_right(desk, row, "outcome", "not_recovered")
    past = history.value_history(desk, "answer", row.answer_ids["stop"], ("text", "missing"))
    assert [(each.value["text"], each.value["missing"]) for each in past] == [
        ("2026-11-10", None),
        (None, "no_longer_asked"),
    ]
    assert past[-1].reason == "late"


@pytest.mark.parametrize("how", ["completed", "corrected"])
def test_a_field_that_comes_back_is_answered_anew_in_its_own_row(arms: Study, how: str) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = recovered(desk)
    put_right(desk, row, "outcome", "not_recovered")
    back = put_right(desk, row, "outcome", "recovered")
    if how == "completed":
        form_records.complete_form(desk, row.id, given({"stop": "2026-11-12"}), back.version)
    else:
        correct(desk, row, "stop", Value(text="2026-11-12"))
    now = form_records.form_row(desk, row.id)
    assert now.values["stop"].text == "2026-11-12" and now.answer_ids["stop"] == row.answer_ids["stop"]


def test_a_hidden_stop_does_not_block_the_truth(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = medicine(desk, "Prednisone", "5", "2026-11-01", stop="2026-11-10")
    put_right(desk, row, "ongoing", "Y")
    correct(desk, row, "start", Value(text="2026-11-15"))
    put_right(desk, row, "ongoing", "N")
    assert "stop" not in form_records.form_row(desk, row.id).values
    with pytest.raises(RuleBroken, match="check.stop_not_before_start"):
        correct(desk, row, "stop", Value(text="2026-11-14"))


def test_what_an_older_record_holds_hidden_is_read_and_never_comes_back(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = medicine(desk, "Prednisone", "5", "2026-11-15")
    put_right(desk, row, "ongoing", "Y")
    as_it_was_kept(arms, row, "stop", "2026-11-10")
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert form_records.form_row(desk, row.id).values["stop"].text == "2026-11-10"
    assert "stop" not in log_entries.entries(desk, "medicines", BOTH)[0].values
    put_right(desk, row, "ongoing", "N")
    assert "stop" in log_entries.entries(desk, "medicines", BOTH)[0].missing
    assert "stop" not in form_records.form_row(desk, row.id).values


def test_a_value_of_a_field_that_is_not_asked_is_refused_at_every_door(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    aware = Value(day=date(2027, 5, 1))
    row = event(desk)
    with pytest.raises(RuleBroken, match="form.not_asked"):
        correct(desk, row, "aware_day", aware)
    with pytest.raises(RuleBroken, match="form.not_asked"):
        form_records.complete_form(desk, row.id, Given({"aware_day": aware}), row.version)
    with pytest.raises(RuleBroken, match="form.not_asked"):
        enter(
            desk, "adverse_event", Given({**given({"term": "Rash"}, serious="N").values, "aware_day": aware})
        )
    with pytest.raises(RuleBroken, match="form.not_asked"):
        correct(desk, row, "grade", Value(missing="no_longer_asked"))
    put_right(desk, row, "serious", "Y")
    assert "aware_day" in log_entries.entries(desk, "events", BOTH)[0].missing


def test_what_hides_again_what_it_hid_takes_all_of_it_out(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    criteria = dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N")
    row = event(desk, serious="Y", hospitalisation="Y", **criteria)
    put_right(desk, row, "serious", "N")
    assert not form_records.form_row(desk, row.id).values.keys() & {*criteria, "hospitalisation"}
    put_right(desk, row, "serious", "Y")
    assert {"hospitalisation", "death"} <= set(log_entries.entries(desk, "events", BOTH)[0].missing)


def test_a_record_entered_elsewhere_takes_no_answer_along_that_was_taken_out(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = medicine(desk, "Methylprednisolone", "40", "2024-UK-UK", stop="2025-01-01")
    now = put_right(desk, row, "ongoing", "Y")
    moved = void_forms.void_form(desk, row.id, "slip", now.version, to_subject=IL2)
    assert moved is not None and "stop" not in form_records.form_row(desk, moved).answer_ids
    assert proposed(desk, IL2) == ["medication.prednisone_above"]
