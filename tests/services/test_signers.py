"""Whose ink a paper carries: compared with the team, its roles and the delegation log of the day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from lab_samples import sample, typed
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.base.words import sentences
from sle_desk.domain import roles
from sle_desk.exports.summary_notes import deviation_words
from sle_desk.models.safety import Deviation
from sle_desk.services import decisions, labs, signers
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.signatures import Ink

DRAWN_ON = date(2026, 11, 23)


def proposed(desk: Desk) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the codes and facts of every deviation."""
    with desk.view() as session:
        return [(row.code, json.loads(row.facts)) for row in session.query(Deviation)]


def judge_from(desk: Desk, signer: str) -> None:
    """Type the judgement of a low haemoglobin from a paper with this hand on it."""
    low = labs.save_results(desk, sample(desk), (typed(desk, "HGB", "96"),)).results["HGB"]
    judge_result(desk, low.id, Verdict("CS", Ink(signer, DRAWN_ON, "Binder 3")), low.version)


@pytest.mark.parametrize("signer", ["Zhao Jing", "  zhao   JING ", "Wu Min"])
def test_ink_of_a_delegated_investigator_or_of_the_pi_proposes_nothing(study: Study, signer: str) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    judge_from(desk, signer)
    assert proposed(desk) == []


def test_ink_of_who_is_not_delegated_is_recorded_and_proposes_a_deviation(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    judge_from(desk, "He Jian")
    [(code, facts)] = proposed(desk)
    assert (code, facts["name"], facts["task"]) == ("delegation.missing", "He Jian", roles.ASSESSMENT)


def test_ink_of_nobody_of_the_team_proposes_a_deviation_in_both_languages(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    judge_from(desk, "Li Wei")
    [(code, facts)] = proposed(desk)
    assert (code, facts["signer"]) == (signers.UNKNOWN, "Li Wei")
    with desk.view() as session:
        words = deviation_words(session.query(Deviation).one(), desk.protocol)
    assert "Li Wei" in words.en and "Li Wei" in words.zh and words.en != words.zh


def test_a_task_without_delegation_is_named_in_words(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    judge_from(desk, "He Jian")
    with desk.view() as session:
        words = deviation_words(session.query(Deviation).one(), desk.protocol)
    assert roles.TASKS[roles.ASSESSMENT].en in words.en and roles.TASKS[roles.ASSESSMENT].zh in words.zh


def test_every_deviation_of_persons_has_its_sentence() -> None:
    for code in ("delegation.missing", signers.UNKNOWN, signers.NOT_PI, "eligibility.void_after_allocation"):
        assert Language("zh_CN").text(sentences()[code]) != sentences()[code]


def test_who_may_sign_is_offered_by_name(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert signers.possible_signers(desk) == ("Wu Min", "Zhao Jing")


def decision(desk: Desk) -> decisions.NewDecision:
    """Return a decision approved ten days ago and in force from today."""
    return decisions.NewDecision(
        code="D01",
        option=next(iter(desk.protocol.clarification("D01").options)).code,
        basis=decisions.MEMO,
        document="Memo 1, 1.0",
        approved_on=desk.today() - timedelta(days=10),
        effective_from=desk.today(),
        reason="as the ward has always read it",
    )


def test_a_decision_is_not_signed_before_its_document_nor_withdrawn_before_it_was_made(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new, today = decision(desk), desk.today()
    signing = decisions.signing_for(decisions.SIGN_TRANSCRIBED, "en", "four quiet lanterns")
    with pytest.raises(RuleBroken, match=r"decision\.ink_before"):
        decisions.sign_decision(desk, study.folder, new, signing, Ink("Wu Min", date(1900, 1, 1), "Binder 1"))
    signed_on = today - timedelta(days=2)
    number = decisions.sign_decision(desk, study.folder, new, signing, Ink("Wu Min", signed_on, "Binder 1"))
    withdrawing = decisions.signing_for(decisions.WITHDRAW_TRANSCRIBED, "en", "four quiet lanterns")
    early = Ink("Wu Min", signed_on - timedelta(days=1), "Binder 1")
    with pytest.raises(RuleBroken, match=r"decision\.withdrawn_before"):
        decisions.withdraw_decision(desk, study.folder, number, "misread", withdrawing, early)
    assert proposed(desk) == []
    decisions.withdraw_decision(
        desk, study.folder, number, "misread", withdrawing, Ink("Zhao Jing", signed_on, "Binder 1")
    )
    assert [code for code, _ in proposed(desk)] == [signers.NOT_PI]
