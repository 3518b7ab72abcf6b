"""Where a record comes from: what is kept, what is refused, and whose judgement it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from logged import BOTH, given
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, choices, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.record_source import PAPER, SOURCES, Told
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.models.safety import Deviation
from sle_desk.services import delegations, form_records, form_signing, people, visits
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm
from sle_desk.services.form_signing import SIGN_TRANSCRIBED, signing_for
from sle_desk.services.record_corrections import Why, correct_source
from sle_desk.services.signatures import Ink, signatures_of
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
JUDGED = given({"term": "Headache", "start": "2026-11-20"}, grade="1", serious="N", outcome="recovered")
TOLD = given({"term": "Headache", "start": "2026-11-20"})


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def new(desk: Desk, values: Given = JUDGED, term: str = "Headache", **source: Any) -> NewForm:
    # An event that goes on is not entered twice: each test entry is another one.
    named = Given({**values.values, "term": Value(text=term)})
    return NewForm(BOTH, None, "adverse_event", desk.today(), named, **source)


def ink(desk: Desk, days: int = 0, signer: str = "Zhao Jing") -> Ink:
    return Ink(signer, desk.today() - timedelta(days=days), "Worksheet R-0043")


def from_paper(desk: Desk, **changes: Any) -> FormRow:
    hand = replace(ink(desk), **changes)
    return form_records.save_form(desk, new(desk, term=f"Seen by {hand.signer}", source=PAPER, ink=hand))


def proposed(desk: Desk) -> list[tuple[str, Mapping[str, Any]]]:
    with desk.view() as session:
        return [(row.code, json.loads(row.facts)) for row in session.query(Deviation)]


def sheet(desk: Desk, name: str) -> list[dict[str, object]]:
    with snapshot(desk) as copy:
        table = next(each for each in study_tables(copy, PRESETS["site"]) if each.name == name)
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def test_every_source_is_kept_with_its_reference_and_stands_in_the_sheet(arms: Study) -> None:
    desk = coordinator(arms)
    for choice in SOURCES:
        cited = f" {choice.code} 7 "
        form_records.save_form(desk, new(desk, TOLD, choice.code, source=choice.code, source_reference=cited))
    found = [(row["SOURCE"], row["SOURCE_REFERENCE"]) for row in sheet(desk, "ADVERSE_EVENT")]
    assert found == [(choice.code, f"{choice.code} 7") for choice in SOURCES]


def test_ink_is_kept_with_the_record_shown_and_exported(arms: Study) -> None:
    desk = coordinator(arms)
    row = from_paper(desk)
    assert row.transcribed and row.told == Told(PAPER, "Worksheet R-0043", "Zhao Jing", desk.today())
    (line,) = sheet(desk, "ADVERSE_EVENT")
    assert [line[name] for name in ("SOURCE", "SOURCE_REFERENCE", "SOURCE_SIGNER", "SOURCE_SIGNED_ON")] == [
        PAPER, "Worksheet R-0043", "Zhao Jing", desk.today(),
    ]  # fmt: skip
    assert proposed(desk) == []


def test_a_source_that_cannot_be_is_refused_and_nothing_saved(arms: Study) -> None:
    desk = coordinator(arms)
    tomorrow = replace(ink(desk), signed_on=desk.today() + timedelta(days=1))
    for code, source in (
        ("choice.unknown", {"source": "hearsay"}),
        ("source.ink_on_paper", {"ink": ink(desk)}),
        ("ink.incomplete", {"source": PAPER, "ink": replace(ink(desk), signer="  ")}),
        ("ink.incomplete", {"source": PAPER, "ink": replace(ink(desk), reference="")}),
        ("day.future", {"source": PAPER, "ink": tomorrow}),
        ("text.too_long", {"source": PAPER, "source_reference": "x" * 121}),
    ):
        with pytest.raises(RuleBroken, match=code):
            form_records.save_form(desk, new(desk, **source))
    assert sheet(desk, "ADVERSE_EVENT") == []


def test_the_hand_on_the_paper_is_compared_with_the_team(arms: Study) -> None:
    desk = coordinator(arms)
    from_paper(desk, signer="He Jian")
    from_paper(desk, signer="Li Wei")
    found = [(code, facts["task"]) for code, facts in proposed(desk)]
    assert found == [("delegation.missing", roles.ASSESSMENT), ("signer.unknown", roles.ASSESSMENT)]


def test_who_judges_directly_without_delegation_is_recorded_and_proposes_a_deviation(arms: Study) -> None:
    pi = arms.sit("wu.min", roles.PI)
    person = next(row for row in people.people(pi) if row.login == "zhao.jing")
    for line in delegations.delegation_log(pi):
        if line.user_id == person.id and line.task == roles.ASSESSMENT:
            delegations.end_delegation(pi, line.id, pi.today() - timedelta(days=1))
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    form_records.save_form(desk, new(desk, TOLD))
    assert proposed(desk) == []
    form_records.save_form(desk, new(desk, term="Cough"))
    [(code, facts)] = proposed(desk)
    assert (code, facts["task"], facts["name"]) == ("delegation.missing", roles.ASSESSMENT, "Zhao Jing")


def test_a_form_that_nobody_signs_is_judged_by_an_investigator_or_names_the_paper(arms: Study) -> None:
    desk = coordinator(arms)
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    history = NewForm(BOTH, visit, "history_screening", desk.today(), Given(choices({"able_to_comply": "Y"})))
    with pytest.raises(RuleBroken, match="source.needed"):
        form_records.save_form(desk, history)
    other = Given(choices({"hydroxychloroquine_taken": "N"}))
    with pytest.raises(RuleBroken, match="form.ink_before"):
        form_records.save_form(desk, replace(history, source=PAPER, ink=ink(desk, 1)))
    saved = form_records.save_form(desk, replace(history, source=PAPER, ink=ink(desk)))
    assert saved.source_signer == "Zhao Jing"
    again = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    form_records.save_form(desk, replace(history, visit_id=again, given=other))


def test_an_entry_is_typed_and_signed_from_a_paper_of_an_earlier_day(arms: Study) -> None:
    desk = coordinator(arms)
    values = {"stop": "2026-11-21"}
    whole = given(
        {**{code: value.text or "" for code, value in TOLD.values.items()}, **values},
        **{code: value.choice or "" for code, value in JUDGED.values.items() if value.choice},
        **dict.fromkeys(("related_belimumab", "related_il2", "related_background"), "unrelated"),
        **dict.fromkeys(("action_belimumab", "action_il2"), "not_changed"),
        treated="N", special_interest="no", expected="N",
    )  # fmt: skip
    paper = ink(desk, 1)
    row = form_records.save_form(desk, new(desk, whole, source=PAPER, ink=paper))
    signing = signing_for(SIGN_TRANSCRIBED, "en", PASSWORD)
    form_signing.sign_transcribed(desk, arms.folder, row.id, row.version, signing, paper)
    assert signatures_of(desk, "form_record", row.id)[0].source_signed_on == paper.signed_on


def test_a_source_is_corrected_with_a_reason_and_what_was_signed_goes_void(arms: Study) -> None:
    desk = coordinator(arms)
    row = from_paper(desk)
    right = replace(row.told, reference="Binder 3")
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        correct_source(desk, Why(row.id, row.version, ""), right)
    with pytest.raises(RuleBroken, match="correction.same"):
        correct_source(desk, Why(row.id, row.version, "slip"), row.told)
    with pytest.raises(RuleBroken, match="ink.incomplete"):
        correct_source(desk, Why(row.id, row.version, "slip"), replace(right, signed_on=None))
    correct_source(desk, Why(row.id, row.version, "slip"), right)
    assert form_records.form_row(desk, row.id).told == right
    correct_source(desk, Why(row.id, row.version + 1, "slip"), Told())
    last = form_records.form_row(desk, row.id)
    assert (last.told, last.transcribed) == (Told(), False)


def test_a_form_of_a_visit_moves_to_the_day_it_was_done_and_no_day_that_cannot_be(arms: Study) -> None:
    desk = coordinator(arms)
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    answers = Given(choices({"needed": "N"}))
    row = form_records.save_form(desk, NewForm(BOTH, visit, "contraception", desk.today(), answers))

    def move(days: int) -> None:
        seen = form_records.form_row(desk, row.id)
        day = desk.today() + timedelta(days=days)
        correct_source(desk, Why(row.id, seen.version, "slip"), replace(seen.told, on_day=day))

    with pytest.raises(RuleBroken, match=r"day\.future"):
        move(1)
    with pytest.raises(RuleBroken, match="birth"):
        move(-36_500)
    assert form_records.form_row(desk, row.id).on_day == desk.today()
    move(-2)
    assert form_records.form_row(desk, row.id).on_day == desk.today() - timedelta(days=2)
    assert next(each for each in visits.visits(desk, BOTH) if each.id == visit).on_day == desk.today()
