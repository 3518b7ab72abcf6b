"""From facts to suggestions to a verdict: what is missing or open never comes out in favour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged_subjects import (
    CLASSIFIED,
    choices_made,
    decided,
    history,
    judged_leaf,
    number,
    reading,
    results,
    subject,
    with_form,
)
from registered_package import registered

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.decisions import readings
from sle_desk.domain.eligibility import (
    CANNOT_BE_JUDGED,
    ELIGIBLE,
    EXCLUDING,
    NOT_ELIGIBLE,
    Answered,
    check_answer,
    check_decision,
    evidence_record,
    judge,
    verdict,
)
from sle_desk.domain.sealing import canonical, content_hash

FAVOUR = {"inclusion": "met", "exclusion": "absent"}
CODES = [code for code, _ in choices_made(registered())]
FORMS = ("history_screening", "pregnancy_test", "sledai2k")
ANALYTES = tuple(dict.fromkeys(each.analyte for each in results()))


def in_favour(judged) -> dict[str, Answered]:
    return {each.leaf.code: Answered(each.suggestion or FAVOUR[each.leaf.kind], "judged") for each in judged}


def verdict_of(facts, now, answered=None, **changed: Answered):
    judged = judge(registered(), now, facts)
    given_answers = {**(in_favour(judged) if answered is None else answered), **changed}
    return verdict(judged, given_answers, now.waits("eligibility"))


def codes(said) -> set[str]:
    return {reason.code for reason in said.reasons}


def test_everything_decided_and_every_value_there_comes_out_eligible():
    assert verdict_of(subject(), reading()).outcome == ELIGIBLE


def test_every_leaf_that_stands_is_judged_in_the_registrys_order():
    judged = judge(registered(), reading(), subject())
    order = [leaf.code for leaf in registered().leaves]
    assert [each.leaf.code for each in judged] == [code for code in order if reading().leaf(code)]
    assert {each.leaf.code for each in judged if each.suggestion is None and each.state == "in_force"} == {
        "E1e"
    }


@given(st.sets(st.sampled_from(CODES), min_size=1))
def test_with_decisions_open_nobody_is_eligible_whatever_was_answered(open_codes):
    made = [each for each in decided() if each.code not in open_codes]
    now = readings(registered(), made, date(2026, 11, 23))
    waits = now.waits("eligibility")
    said = verdict_of(subject(), now)
    assert said.outcome == (CANNOT_BE_JUDGED if waits else ELIGIBLE)
    told = {code for reason in said.reasons for code in str(reason.facts["waits"]).split(", ")}
    assert told == set(waits)


@given(st.data())
def test_with_anything_missing_nothing_is_computed_in_favour(data):
    gone = data.draw(st.sets(st.sampled_from((*ANALYTES, *FORMS, "consent", "weight", "visit", "field"))))
    facts = subject()
    forms = tuple(each for each in facts.forms if each.form not in gone)
    if "field" in gone:
        fields = st.sets(st.sampled_from(sorted(history().values)))
        forms = tuple(
            replace(each, values={name: value for name, value in each.values.items() if name not in dropped})
            for each in forms
            for dropped in [data.draw(fields)]
        )
    facts = replace(
        facts,
        forms=forms,
        results=tuple(each for each in facts.results if each.analyte not in gone),
        consents=() if "consent" in gone else facts.consents,
        weights=() if "weight" in gone else facts.weights,
        screened_on=None if "visit" in gone else facts.screened_on,
    )
    judged = judge(registered(), reading(), facts)
    assert all(each.suggestion is None for each in judged if each.missing)
    whole = {each.leaf.code: each for each in judge(registered(), reading(), subject())}
    for each in judged:
        # What is suggested with less is what is suggested with all of it: nothing is filled in.
        assert each.suggestion in (None, whole[each.leaf.code].suggestion)
    said = verdict(judged, in_favour(judged), ())
    assert (said.outcome == ELIGIBLE) == (not any(each.missing for each in judged))


def test_a_leaf_that_waits_shows_its_values_and_is_not_judged():
    made = tuple(each for each in decided() if each.code not in ("D01", "D17"))
    classification = judged_leaf("I2", now=reading(made))
    assert (classification.state, classification.waits_on) == ("waiting", ("D01",))
    assert [line.value for line in classification.evidence] == [Decimal(18), ", ".join(CLASSIFIED)]
    clearance = judged_leaf("E2b", now=reading(made))
    assert (clearance.suggestion, clearance.waits_on, len(clearance.evidence)) == (None, ("D17",), 1)


def test_the_deciders_own_words_are_judged_by_a_person():
    found = judged_leaf("E1e")
    assert (found.suggestion, found.missing, found.notes[0].code) == (None, (), "eligibility.own_words")
    assert found.own_words
    with pytest.raises(RuleBroken, match="reason_needed"):
        check_decision(registered(), found, "absent", " ")
    check_decision(registered(), found, "absent", "No overlap disease in the chart.")


@pytest.mark.parametrize(
    ("code", "leaf", "answers"),
    [
        ("D04", "E1f", {}),
        ("D07", "I4e", {"glucocorticoid_taken": "N", "prednisone_dose": None}),
        ("D17", "E2b", {}),
        ("D18", "E2d", {}),
        ("D23", "E6", {}),
    ],
)
def test_own_words_wait_for_no_number_and_ask_for_no_day_that_does_not_apply(code, leaf, answers):
    now = reading(decided({code: "own_words"}))
    found = judged_leaf(leaf, with_form(history(**answers)), now)
    assert (found.state, found.waits_on, found.missing) == ("in_force", (), ())
    assert found.own_words


def test_a_void_leaf_is_neither_answered_nor_counted():
    found = judged_leaf("E1b")
    assert found.state == "void"
    with pytest.raises(RuleBroken, match=r"eligibility\.void"):
        check_answer(registered(), found, "absent")
    assert verdict_of(subject(), reading(), E1b=Answered("present")).outcome == ELIGIBLE


def test_an_answer_to_a_leaf_that_waits_is_refused_with_what_it_waits_for():
    made = tuple(each for each in decided() if each.code != "D01")
    with pytest.raises(RuleBroken) as refused:
        check_decision(registered(), judged_leaf("I2", now=reading(made)), "met", "sure")
    assert (refused.value.code, refused.value.facts["waits"]) == ("eligibility.waits", Words("D01", "D01"))


def test_an_answer_of_the_other_kind_is_refused():
    with pytest.raises(RuleBroken, match=r"eligibility\.answer"):
        check_answer(registered(), judged_leaf("E1a"), "met")
    with pytest.raises(RuleBroken, match=r"eligibility\.answer"):
        check_answer(registered(), judged_leaf("I1"), "not_applicable")


def test_in_favour_needs_its_evidence_and_against_does_not():
    found = judged_leaf("E1a", subject(results=results(without="HGB")))
    with pytest.raises(RuleBroken, match="evidence_missing"):
        check_decision(registered(), found, "absent", "clinically well")
    check_decision(registered(), found, "present", "transfused yesterday elsewhere")


def test_a_decision_against_the_evidence_needs_a_reason_and_never_makes_eligible():
    low = subject(results=results(number("HGB", "85", "g/L")))
    found = judged_leaf("E1a", low)
    with pytest.raises(RuleBroken, match="contradicts"):
        check_decision(registered(), found, "absent", "")
    check_decision(registered(), found, "absent", "bleeding was stopped")
    said = verdict_of(low, reading(), E1a=Answered("absent", "bleeding was stopped"))
    assert (said.outcome, codes(said)) == (CANNOT_BE_JUDGED, {"eligibility.against_evidence"})


def test_a_decision_against_a_subject_stands_against_evidence_in_favour():
    said = verdict_of(subject(), reading(), E1a=Answered("present", "transfused"))
    assert (said.outcome, [reason.leaf for reason in said.reasons]) == (NOT_ELIGIBLE, ["E1a"])


def test_one_leaf_undecided_or_decided_on_other_evidence_leaves_the_verdict_open():
    undecided = verdict_of(subject(), reading(), E1a=Answered(""))
    assert (undecided.outcome, codes(undecided)) == (CANNOT_BE_JUDGED, {"eligibility.undecided"})
    changed = verdict_of(subject(), reading(), E1a=Answered("absent", "", evidence_changed=True))
    assert (changed.outcome, codes(changed)) == (CANNOT_BE_JUDGED, {"eligibility.evidence_changed"})


@given(st.data())
def test_eligible_means_that_every_answer_includes_and_none_goes_against_the_facts(data):
    facts = with_form(history(heart_failure=data.draw(st.sampled_from(("none", "III")))))
    judged = [each for each in judge(registered(), reading(), facts) if each.state == "in_force"]
    chosen = data.draw(st.sets(st.sampled_from([each.leaf.code for each in judged]), max_size=4))
    answered = {
        each.leaf.code: Answered(data.draw(st.sampled_from((*each.leaf.answers, ""))), "judged")
        for each in judged
        if each.leaf.code in chosen
    }
    answered = {**in_favour(judged), **answered}
    said = verdict(judged, answered, ())
    every = all(answered[each.leaf.code].answer not in (*EXCLUDING, "") for each in judged)
    fair = all(each.suggestion not in EXCLUDING for each in judged)
    assert (said.outcome == ELIGIBLE) == (every and fair)


def test_no_criteria_at_all_make_nobody_eligible():
    assert verdict((), {}, ()).outcome == CANNOT_BE_JUDGED


def test_the_frozen_evidence_changes_with_a_value_its_day_and_its_reading():
    def frozen(facts=None, now=None) -> str:
        found = judge(registered(), now or reading(), facts or subject())
        return content_hash([evidence_record(each) for each in found])

    assert frozen() == frozen()
    differing = {
        frozen(),
        frozen(subject(results=results(number("HGB", "105", "g/L")))),
        frozen(subject(results=results(number("HGB", "104", "g/L", day=date(2026, 11, 19))))),
        frozen(now=reading(decided({"D24": "four_months"}))),
        frozen(with_form(history(malignancy=Value(missing="unknown")))),
    }
    assert len(differing) == 5
    assert b"1992" not in canonical(
        [evidence_record(each) for each in judge(registered(), reading(), subject())]
    )
