"""Answers of an entry that have to agree, that are hidden, not asked or unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import dispense, inject
from logged import BOTH, IL2, enter, event, given, medicine, proposed, put_right
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, open_as, ready_to_allocate, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.models.safety import Query
from sle_desk.services import (
    form_records,
    form_signing,
    log_entries,
    overview,
    subjects,
    void_forms,
    void_subjects,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow
from sle_desk.services.log_entries import EntryRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


def serious_event(desk: Desk, subject: int = BOTH, **other: str) -> FormRow:
    criteria = dict.fromkeys(("life_threatening", "disability", "congenital", "important", "death"), "N")
    choices = {"grade": "3", "serious": "Y", "hospitalisation": "Y", **criteria, **other}
    return event(desk, subject, "Pneumonia", **choices)


def entry(desk: Desk, row_id: int) -> EntryRow:
    return next(each for each in log_entries.entries(desk, "events") if each.id == row_id)


def waiting(desk: Desk) -> list[str]:
    found = [each for group in overview.today(desk).groups for each in group.rows]
    return sorted(each.action for each in found if each.action in ("report_event", "complete_entries"))


def test_a_death_is_put_right_an_answer_at_a_time_and_told_until_all_agree(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = serious_event(desk)
    for code, choice in (("grade", "5"), ("outcome", "fatal")):
        put_right(desk, row, code, choice)
        (shown,) = log_entries.entries(desk, "events", BOTH)
        assert shown.state == "partial" and "death" in shown.missing
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="check.death_disagrees"):
        form_signing.sign_form(
            desk, arms.folder, row.id, form_records.form_row(desk, row.id).version, signing
        )
    put_right(desk, row, "death", "Y")
    assert "death" not in log_entries.entries(desk, "events", BOTH)[0].missing


def test_a_new_event_whose_answers_disagree_is_still_refused(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match="check.death_disagrees"):
        serious_event(desk, grade="5")
    with pytest.raises(RuleBroken, match="check.death_not_serious"):
        event(desk, grade="5", outcome="fatal", serious="N")
    unknown = given({"term": "Stroke", "start": "2026-11-20"}, grade="5", outcome="fatal")
    missing = Given({**unknown.values, "serious": Value(missing="unknown")})
    with pytest.raises(RuleBroken, match="check.death_not_serious"):
        enter(desk, "adverse_event", missing)


@pytest.mark.parametrize("how", ["unanswered", "unknown"])
def test_a_fatal_event_has_its_clock_whatever_was_said_of_seriousness(arms: Study, how: str) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(
        desk, "adverse_event", given({"term": "Stroke", "start": "2026-11-20"}, grade="5", outcome="fatal")
    )
    if how == "unknown":
        form_records.correct_value(desk, Correction(row.id, "serious", Value(missing="unknown"), "late", 0))
    assert "report_event" in waiting(desk)


def test_what_another_answer_hides_counts_nowhere(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    row = medicine(desk, "Methylprednisolone", "40", "2024-UK-UK", stop="2025-01-01")
    assert proposed(desk) == []
    put_right(desk, row, "ongoing", "Y")
    assert proposed(desk) == ["medication.prednisone_above"]
    investigator = arms.sit("zhao.jing", roles.INVESTIGATOR)
    ended = enter(
        investigator, "adverse_event", given({"term": "Cough", "start": "2026-11-10", "stop": "2026-11-12"},
                                             grade="1", serious="N", outcome="recovered"),
    )  # fmt: skip
    put_right(investigator, ended, "outcome", "not_recovered")
    with pytest.raises(RuleBroken, match="event.goes_on"):
        event(investigator, term="Cough")


def test_of_an_event_of_before_the_allocation_no_drug_is_asked(trial: Study) -> None:
    subject = ready_to_allocate(trial)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    row = event(desk, subject=subject)
    assert not [code for code in log_entries.entries(desk, "events")[0].missing if "il2" in code]
    trial.clock.advance(timedelta(minutes=5))
    opened = open_as(trial, "zhao.jing", roles.INVESTIGATOR, subject)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    assert opened.arm
    shown = entry(desk, row.id)
    asked = ("related_belimumab", "related_il2", "action_belimumab", "action_il2")
    assert not set(asked) & set(shown.missing)
    trial.clock.advance(timedelta(minutes=5))
    event(desk, subject=subject, term="Cough")
    assert set(asked) & set(log_entries.entries(desk, "events")[0].missing)

    # Once a drug was given, an older event that gets worse is judged by it; until then it stays as whole.
    with pytest.raises(RuleBroken, match="form.not_asked"):
        put_right(desk, row, "related_il2", "possible")
    dispense(desk, subject)
    inject(desk, subject)
    trial.clock.advance(timedelta(minutes=5))
    assert not set(asked) & set(entry(desk, row.id).missing)
    put_right(desk, row, "grade", "3")
    assert set(asked) <= set(entry(desk, row.id).missing)
    put_right(desk, row, "related_il2", "possible")
    assert "related_il2" in entry(desk, row.id).values


def test_an_event_moved_to_who_has_it_already_is_asked_about(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    event(desk, subject=IL2)
    row = event(desk, subject=BOTH, term="headache")
    void_forms.void_form(desk, row.id, "slip", row.version, to_subject=IL2)
    with desk.view() as session:
        questions = [query.question for query in session.query(Query) if query.subject_id == IL2]
    assert questions == ["event.goes_on"]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"grade": "77"}, "choice.unknown"),
        ({"nope": "Y"}, "form.not_asked"),
        ({"action_belimumab": "interrupted"}, "form.not_asked"),
    ],
)
def test_an_answer_that_is_none_or_not_asked_is_refused_at_every_door(
    arms: Study, choices: dict[str, str], code: str
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    with pytest.raises(RuleBroken, match=code):
        event(desk, subject=IL2, **choices)
    row = enter(desk, "adverse_event", given({"term": "Cough"}), IL2)
    with pytest.raises(RuleBroken, match=code):
        form_records.complete_form(desk, row.id, given({}, **choices), row.version)
    ((field, choice),) = choices.items()
    with pytest.raises(RuleBroken, match=code):
        put_right(desk, row, field, choice)
    with pytest.raises(RuleBroken, match="form.empty"):
        enter(desk, "adverse_event", Given({}), IL2)


def test_nothing_of_a_subject_in_error_is_signed(arms: Study) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    row = enter(
        desk, "death", given({"day": "2026-11-23", "cause": "Stroke", "known_from": "Daughter"}, autopsy="N")
    )
    coordinator = arms.sit("chen.lan", roles.COORDINATOR)
    version = subjects.subject_row(coordinator, BOTH).version
    void_subjects.void_subject(coordinator, BOTH, "slip", version)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    signing = form_signing.signing_for(form_signing.SIGN, "en", PASSWORD)
    with pytest.raises(RuleBroken, match="subject.void"):
        form_signing.sign_form(desk, arms.folder, row.id, row.version, signing)
