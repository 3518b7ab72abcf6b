"""Judging a subject through the services: checklist, pre-check, decisions, one signature, what voids it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from judged_subjects import HISTORY
from screened_studies import kept_screened, screened, screened_trial
from sqlalchemy import select
from study_fixtures import PASSWORD, Study
from trial_fixtures import (
    allocated,
    baseline,
    decide,
    decide_everything,
    judge,
    made_trial,
    register,
    screen,
    trial,
)

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.sealing import sha256
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.lab import Result, Sample
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Disposition
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services import decisions, eligibility, signatures, subjects
from sle_desk.services.answers import put_value
from sle_desk.services.clarifications import register_row
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import ChecklistRow, checklist, signing_for

__all__ = ["kept_screened", "made_trial", "screened", "screened_trial", "trial"]


def row(desk: Desk, subject_id: int, leaf: str) -> ChecklistRow:
    return next(each for each in checklist(desk, subject_id).rows if each.code == leaf)


def correct_haemoglobin(desk: Desk, subject_id: int, value: str, *, reason: str = "slip") -> bool:
    """Correct the haemoglobin as a correcting service does: the value, then what rests on it."""
    with desk.change("value.correct", reason) as change:
        result = change.session.scalars(
            select(Result)
            .join(Sample, Sample.id == Result.sample_id)
            .where(Sample.subject_id == subject_id, Result.analyte == "HGB")
        ).one()
        result.value, result.typed = Decimal(value), value
        return eligibility.void_if_changed(change, subject_id)


def decide_all(desk: Desk, subject_id: int, **instead: str) -> None:
    for each in checklist(desk, subject_id).to_decide:
        usual = each.judged.suggestion or each.judged.leaf.answers[1]
        answer = instead.get(each.code, usual)
        reason = "" if answer == each.judged.suggestion else "Seen in the chart."
        eligibility.decide(desk, subject_id, each.code, answer, reason)


def sign(
    study: Study, desk: Desk, subject_id: int, outcome: str = "eligible", shown: object = None
) -> object:
    codes = checklist(desk, subject_id).codes if shown is None else shown
    signing = signing_for(outcome, "en", PASSWORD)
    return eligibility.sign_eligibility(desk, study.folder, subject_id, codes, signing)  # type: ignore[arg-type]


def test_the_checklist_shows_three_texts_and_the_evidence_of_each_leaf(
    screened_trial: Study, screened: int
) -> None:
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    haemoglobin = row(desk, screened, "E1a")
    assert haemoglobin.registry_words == "Hb≤9 g/dl"
    assert haemoglobin.words_sha256 == sha256("Hb≤9 g/dl".encode())
    assert haemoglobin.reading is not None
    (line,) = haemoglobin.judged.evidence
    assert (line.value, line.unit, line.day, haemoglobin.judged.suggestion) == (
        Decimal(104),
        "g/L",
        desk.today(),
        "absent",
    )
    found = checklist(desk, screened)
    assert (found.decided, found.signed, found.verdict.outcome) == (0, None, "cannot_be_judged")
    assert found.registry_sha256 == desk.protocol.registry.sha256


def test_what_is_missing_is_listed_with_where_to_enter_it(trial: Study) -> None:
    subject_id = register(trial)
    found = checklist(trial.sit("chen.lan", roles.COORDINATOR), subject_id)
    places = {(leaf, gap.place.kind, gap.place.code) for leaf, gap in found.missing}
    assert {("E1a", "analyte", "HGB"), ("E2b", "form", "vitals"), ("E8a", "form", "pregnancy_test")} <= places
    assert all(each.judged.suggestion is None for each in found.rows if each.judged.missing)


def test_a_coordinator_pre_checks_and_decides_nothing(screened_trial: Study, screened: int) -> None:
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    eligibility.precheck(desk, screened, "E1a", "absent")
    eligibility.precheck(desk, screened, "E1a", "present")
    found = row(desk, screened, "E1a")
    assert found.precheck is not None
    assert (found.precheck.answer, found.precheck.by, found.decision) == ("present", "Chen Lan", None)
    with pytest.raises(NotAllowed):
        eligibility.decide(desk, screened, "E1a", "absent")


def test_a_leaf_that_waits_is_refused_with_the_code_it_waits_for(study: Study) -> None:
    decide_everything(study, but=frozenset({"D17"}))
    subject_id = register(study)
    screen(study, subject_id)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with pytest.raises(RuleBroken) as refused:
        eligibility.precheck(desk, subject_id, "E2b", "absent")
    assert (refused.value.code, refused.value.facts["waits"]) == ("eligibility.waits", Words("D17", "D17"))
    pi = study.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match=r"eligibility\.waits"):
        eligibility.decide(pi, subject_id, "E2b", "absent", "I know better.")
    others = [each for each in checklist(pi, subject_id).to_decide if each.code != "E2b"]
    for each in others:
        usual = each.judged.suggestion or "absent"
        eligibility.decide(pi, subject_id, each.code, usual, "As in the chart.")
    with pytest.raises(RuleBroken) as unsigned:
        sign(study, pi, subject_id)
    assert (unsigned.value.code, unsigned.value.facts["leaves"]) == (
        "eligibility.cannot_be_judged",
        Words("E2b", "E2b"),
    )


def test_missing_evidence_is_never_decided_in_favour(trial: Study) -> None:
    subject_id = register(trial)
    pi = trial.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match="evidence_missing"):
        eligibility.decide(pi, subject_id, "E1a", "absent", "She looks well.")
    with pytest.raises(RuleBroken, match="evidence_missing"):
        eligibility.precheck(trial.sit("chen.lan", roles.COORDINATOR), subject_id, "E1a", "absent")
    with pytest.raises(RuleBroken, match="no_leaf"):
        eligibility.precheck(trial.sit("chen.lan", roles.COORDINATOR), subject_id, "E99", "absent")
    with trial.sit("wu.min", roles.PI).view() as session:
        assert session.scalars(select(CriterionAnswer)).all() == []


def test_a_leaf_judged_by_a_person_waits_for_its_answer_too(
    trial: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_id = register(trial)
    monkeypatch.delitem(HISTORY, "other_autoimmune")
    screen(trial, subject_id)
    pi = trial.sit("wu.min", roles.PI)
    found = row(pi, subject_id, "E1e")
    assert [gap.place.field for gap in found.judged.missing] == ["other_autoimmune"]
    with pytest.raises(RuleBroken, match="evidence_missing"):
        eligibility.decide(pi, subject_id, "E1e", "absent", "She looks well.")


def test_a_decision_against_the_evidence_needs_a_reason_is_flagged_and_stops_the_signature(
    screened_trial: Study, screened: int
) -> None:
    correct_haemoglobin(screened_trial.sit("chen.lan", roles.COORDINATOR), screened, "85")
    pi = screened_trial.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match=r"eligibility\.contradicts"):
        eligibility.decide(pi, screened, "E1a", "absent")
    decide_all(pi, screened, E1a="absent")
    found = row(pi, screened, "E1a")
    assert found.decision is not None
    assert (found.contradicts, found.decision.reason) == (True, "Seen in the chart.")
    with pytest.raises(RuleBroken) as refused:
        sign(screened_trial, pi, screened)
    assert refused.value.facts["leaves"] == Words("E1a", "E1a")


def test_a_changed_decision_needs_a_reason(screened_trial: Study, screened: int) -> None:
    desk = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    eligibility.decide(desk, screened, "I3b", "met")
    eligibility.decide(desk, screened, "I3b", "met")
    with pytest.raises(RuleBroken):
        eligibility.decide(desk, screened, "I3b", "not_met")
    eligibility.decide(desk, screened, "I3b", "not_met", "Moves away next month.")
    with pytest.raises(RuleBroken, match="change_reason"):
        eligibility.decide(desk, screened, "I3b", "met")


def test_one_signature_covers_every_leaf_and_freezes_its_evidence(
    screened_trial: Study, screened: int
) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("wu.min", roles.PI)
    found = checklist(desk, screened)
    assert found.signed is not None
    assert (found.signed.verdict, found.signed.signed_by) == ("eligible", "Wu Min")
    (signature,) = signatures.signatures_of(desk, "eligibility_decision", found.signed.id)
    with desk.view() as session:
        content = session.get_one(EligibilityDecision, found.signed.id).content
    assert signature.content_hash == sha256(content.encode("utf-8")) == found.signed.content_hash
    leaves = {each["leaf"]: each for each in json.loads(content)["leaves"]}
    assert set(leaves) == {each.code for each in found.rows}
    evidence = leaves["E1a"]["judged_on"]["evidence"][0]
    assert (evidence["value"], evidence["unit"], evidence["day"]) == ("104", "g/L", "2026-11-23")
    clearance = leaves["E2b"]["judged_on"]["evidence"]
    assert ["COCKCROFT_GAULT", "1"] in [each.get("formula") for each in clearance]
    assert leaves["E1a"]["registry_words_sha256"] == sha256("Hb≤9 g/dl".encode())
    assert json.loads(content)["readings"]
    assert "1992-" not in content


@pytest.mark.parametrize("login", ["zhao.jing", "chen.lan"])
def test_a_delegated_investigator_signs_and_a_coordinator_does_not(
    screened_trial: Study, screened: int, login: str
) -> None:
    investigator = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    decide_all(investigator, screened)
    role = roles.INVESTIGATOR if login == "zhao.jing" else roles.COORDINATOR
    desk = screened_trial.sit(login, role)
    if role == roles.INVESTIGATOR:
        assert sign(screened_trial, desk, screened)
        return
    with pytest.raises(NotAllowed, match="may_not"):
        sign(screened_trial, desk, screened)


def test_nothing_is_signed_before_every_leaf_was_shown_and_decided(
    screened_trial: Study, screened: int
) -> None:
    pi = screened_trial.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken, match="cannot_be_judged"):
        sign(screened_trial, pi, screened)
    decide_all(pi, screened)
    shown = checklist(pi, screened).codes - {"E5b"}
    with pytest.raises(RuleBroken) as refused:
        sign(screened_trial, pi, screened, shown=shown)
    assert (refused.value.code, refused.value.facts["leaves"]) == ("eligibility.not_shown", "E5b")
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        sign(screened_trial, pi, screened, "not_eligible")
    with pytest.raises(NotAllowed, match=r"signature\.password"):
        signing = signing_for("eligible", "en", "not the password")
        eligibility.sign_eligibility(
            pi, screened_trial.folder, screened, checklist(pi, screened).codes, signing
        )
    assert checklist(pi, screened).signed is None


def test_not_eligible_is_signed_as_such_and_recorded_as_a_screen_failure(
    screened_trial: Study, screened: int
) -> None:
    pi = screened_trial.sit("wu.min", roles.PI)
    decide_all(pi, screened, E7="present")
    with pytest.raises(RuleBroken, match=r"signature\.statement"):
        sign(screened_trial, pi, screened)
    sign(screened_trial, pi, screened, "not_eligible")
    assert subjects.subject_row(pi, screened).state == "failed"
    with pi.view() as session:
        failure = session.scalars(select(Disposition)).one()
        assert (failure.kind, failure.reason, failure.note) == ("screen_failure", "criteria", "E7")
    with pytest.raises(RuleBroken, match=r"eligibility\.signed"):
        sign(screened_trial, pi, screened)


def test_a_changed_decision_voids_the_signature_and_the_screen_failure(
    screened_trial: Study, screened: int
) -> None:
    pi = screened_trial.sit("wu.min", roles.PI)
    decide_all(pi, screened, E7="present")
    sign(screened_trial, pi, screened, "not_eligible")
    with pytest.raises(RuleBroken):
        eligibility.decide(pi, screened, "E7", "absent")
    eligibility.decide(pi, screened, "E7", "absent", "Wrong line of the chart was read.")
    found = checklist(pi, screened)
    assert (found.signed, len(found.voided)) == (None, 1)
    assert subjects.subject_row(pi, screened).state == "screening"
    assert sign(screened_trial, pi, screened)


def test_a_corrected_value_voids_the_signature_that_rests_on_it(screened_trial: Study, screened: int) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    signed = checklist(desk, screened).signed
    assert signed is not None
    assert correct_haemoglobin(desk, screened, "104") is False
    assert correct_haemoglobin(desk, screened, "114") is True
    found = checklist(desk, screened)
    assert (found.signed, found.voided) == (None, ("evidence_changed: E1a",))
    (signature,) = signatures.signatures_of(desk, "eligibility_decision", signed.id)
    assert not signature.valid
    # The decision on that leaf was made on another value: it has to be made again.
    assert row(desk, screened, "E1a").evidence_changed
    pi = screened_trial.sit("wu.min", roles.PI)
    with pytest.raises(RuleBroken) as refused:
        sign(screened_trial, pi, screened)
    assert refused.value.facts["leaves"] == Words("E1a", "E1a")
    eligibility.decide(pi, screened, "E1a", "absent")
    assert sign(screened_trial, pi, screened)


def test_a_record_entered_in_error_voids_the_signature_that_rests_on_it(
    screened_trial: Study, screened: int
) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    with desk.change("record.entered_in_error", "wrong patient") as change:
        record = change.session.scalars(
            select(FormRecord).where(FormRecord.form == "history_screening")
        ).one()
        record.state, record.void_reason = "void", "wrong patient"
        assert eligibility.void_if_changed(change, screened)


def test_an_answer_that_no_leaf_rests_on_voids_nothing(screened_trial: Study, screened: int) -> None:
    judge(screened_trial, screened)
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    with desk.change("value.correct", "slip") as change:
        answer = change.session.scalars(select(Answer).where(Answer.field == "pulse")).one()
        put_value(answer, Value(number=Decimal(70), typed="70"))
        assert not eligibility.void_if_changed(change, screened)


def test_what_comes_later_than_the_signature_voids_nothing(screened_trial: Study, screened: int) -> None:
    judge(screened_trial, screened)
    baseline(screened_trial, screened)
    pi = screened_trial.sit("wu.min", roles.PI)
    decide(screened_trial, pi, "D24", "four_months")
    (formula,) = register_row(pi, "D17").decisions
    withdrawal = decisions.signing_for(decisions.WITHDRAW, "en", PASSWORD)
    decisions.withdraw_decision(pi, screened_trial.folder, formula.id, "Asked again.", withdrawal)
    screened_trial.clock.advance(timedelta(days=20))
    with pi.change("eligibility.decide") as change:
        assert not eligibility.void_if_changed(change, screened)
    found = checklist(pi, screened)
    assert found.signed is not None
    assert not any(each.evidence_changed for each in found.rows)
    # What was signed keeps the readings of its day, those withdrawn since too.
    assert row(pi, screened, "E2b").judged.state == "in_force"
    assert "12" in str(row(pi, screened, "E8b").reading)


def test_after_the_allocation_a_changed_value_proposes_a_deviation(trial: Study) -> None:
    subject_id = allocated(trial).subject_id
    desk = trial.sit("chen.lan", roles.COORDINATOR)
    assert correct_haemoglobin(desk, subject_id, "88")
    with desk.view() as session:
        found = session.scalars(
            select(Deviation).where(Deviation.code == "eligibility.void_after_allocation")
        ).one()
        assert (found.subject_id, found.severity, json.loads(found.facts)) == (
            subject_id,
            "major",
            {"leaves": "E1a"},
        )


def test_values_older_than_accepted_take_a_decision_back(screened_trial: Study, screened: int) -> None:
    pi = screened_trial.sit("wu.min", roles.PI)
    decide_all(pi, screened)
    screened_trial.clock.advance(timedelta(days=8))
    assert row(pi, screened, "E1a").evidence_changed
    with pytest.raises(RuleBroken, match="cannot_be_judged"):
        sign(screened_trial, pi, screened)


def test_a_subject_entered_in_error_is_not_judged(screened_trial: Study, screened: int) -> None:
    desk = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    with desk.change("subject.entered_in_error", "twice") as change:
        from sle_desk.models.subject import Subject

        subject = change.session.get_one(Subject, screened)
        subject.state, subject.void_reason = "void", "twice"
    with pytest.raises(RuleBroken, match=r"eligibility\.closed"):
        eligibility.decide(desk, screened, "I3b", "met")
