"""A text that cannot be a value is kept beside a query, goes where its form goes, and is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_fixtures import Study
from trial_fixtures import made_trial, register, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import IN_QUERY, MISSING_REASONS, Entry, Value
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.visit_summaries import visit_summary
from sle_desk.models.safety import Query
from sle_desk.services import form_records, visits, void_forms
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.snapshots import snapshot

__all__ = ["made_trial", "trial"]
SOME = {"systolic": "120", "diastolic": "77", "pulse": "74"}


def doubted(typed: str) -> Value:
    return Value(missing=IN_QUERY.code, typed=typed)


def save(desk: Desk, subject: int, visit: int, temperature: Value) -> form_records.FormRow:
    values = {code: Value(number=Decimal(typed), typed=typed) for code, typed in SOME.items()}
    given_values = Given({"temperature": temperature, **values})
    return form_records.save_form(desk, NewForm(subject, visit, "vitals", desk.today(), given_values))


@pytest.fixture
def desk(trial: Study) -> Desk:
    """The coordinator's desk, with one subject and the screening visit of today."""
    register(trial)
    return trial.sit("chen.lan", roles.COORDINATOR)


@pytest.fixture
def visit(desk: Desk) -> int:
    """The screening visit of subject 1."""
    return visits.record_visit(desk, 1, "V0", desk.today()).id


def asked(desk: Desk) -> list[tuple[int, str, str, str]]:
    with desk.view() as session:
        return [
            (row.about_id, row.field, row.question, row.progress)
            for row in session.query(Query).order_by(Query.id)
        ]


def test_a_text_in_query_is_kept_as_it_was_typed_and_is_no_number(desk: Desk, visit: int) -> None:
    row = save(desk, 1, visit, doubted("forty"))
    kept = form_records.form_row(desk, row.id).values["temperature"]
    assert (kept.missing, kept.typed, kept.number, kept.text) == ("in_query", "forty", None, None)
    assert asked(desk) == [(row.id, "temperature", "number.unreadable: forty", "open")]
    with snapshot(desk) as copy:
        tables = {table.name: table for table in study_tables(copy, PRESETS["site"])}
        paper = repr(visit_summary(copy, visit))
    vitals = tables["VITALS"]
    shown = dict(zip((column.name for column in vitals.columns), vitals.rows[0], strict=True))
    assert (shown["TEMPERATURE"], shown["TEMPERATURE_MISSING"]) == (None, "in_query")
    assert "“forty” was typed, cannot be a value and is asked about." in paper
    (query,) = tables["QUERIES"].rows
    assert "number.unreadable: forty" in query


@pytest.mark.parametrize("typed", ["36.8", " 36.8 "])
def test_what_can_be_a_value_is_refused_as_a_query(desk: Desk, visit: int, typed: str) -> None:
    with pytest.raises(RuleBroken, match=r"query\.no_doubt"):
        save(desk, 1, visit, doubted(typed))
    assert asked(desk) == [] and form_records.saved_form(desk, visit, "vitals") is None


def test_an_answer_that_is_chosen_or_written_freely_is_never_in_query(desk: Desk, visit: int) -> None:
    values = Given({"needed": doubted("perhaps")})
    with pytest.raises(RuleBroken, match=r"query\.no_doubt"):
        form_records.save_form(desk, NewForm(1, visit, "contraception", desk.today(), values))


def test_a_saved_value_can_be_put_into_query_and_out_of_it(desk: Desk, visit: int) -> None:
    row = save(desk, 1, visit, Value(number=Decimal("36.8"), typed="36.8"))

    def correct(value: Value) -> None:
        seen = form_records.form_row(desk, row.id).answer_versions["temperature"]
        form_records.correct_value(desk, Correction(row.id, "temperature", value, "source", seen))

    correct(doubted("368"))
    assert [line[3] for line in asked(desk)] == ["open"]
    correct(doubted("386"))
    assert [line[2:] for line in asked(desk)] == [
        ("value.impossible: 368", "answered"),
        ("value.impossible: 386", "open"),
    ]
    correct(Value(number=Decimal("38.6"), typed="38.6"))
    assert {line[3] for line in asked(desk)} == {"answered"}


def test_a_form_moved_to_another_subject_is_asked_about_there(trial: Study, desk: Desk, visit: int) -> None:
    row = save(desk, 1, visit, doubted("81.9"))
    register(trial, 2)
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    there = visits.record_visit(desk, 2, "V0", desk.today()).id
    void_forms.void_form(desk, row.id, "slip", row.version, to_visit=there)
    moved = form_records.saved_form(desk, there, "vitals")
    assert moved is not None and moved.values["temperature"] == doubted("81.9")
    assert [line[:3] for line in asked(desk)][-1] == (moved.id, "temperature", "value.impossible: 81.9")


@given(st.text(max_size=20), st.sampled_from(["", IN_QUERY.code, *(each.code for each in MISSING_REASONS)]))
def test_an_entry_reads_back_from_its_draft(text: str, missing: str) -> None:
    if text.startswith("not-done:") or (missing == IN_QUERY.code and not text):
        return
    entry = Entry(text if missing in ("", IN_QUERY.code) else "", missing)
    assert Entry.of(entry.typed) == entry


@pytest.mark.parametrize(
    "wrong", [{"missing": IN_QUERY.code}, {"missing": "refused", "typed": "5"}, {"text": "a", "typed": "a"}]
)
def test_a_value_in_query_has_its_text_and_no_other_missing_one_has(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="query|number"):
        Value(**wrong)  # type: ignore[arg-type]
