"""Eligibility is signed, and a subject randomised on it, by the PI or who was delegated that day alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from screened_studies import kept_screened, screened, screened_trial
from sqlalchemy import select
from study_fixtures import PASSWORD, Study
from trial_fixtures import baseline, judge_leaves, made_ready, made_trial, open_as, ready, sign_judged

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import checklist, delegations, eligibility, people, preconditions
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Ink

__all__ = ["kept_screened", "made_ready", "made_trial", "ready", "screened", "screened_trial"]
GAP = "precondition.signer_not_delegated"


def end(study: Study, name: str, days: int = 1) -> None:
    """Let the PI end the eligibility task of a person some days ago."""
    pi = study.sit("wu.min", roles.PI)
    for line in delegations.delegation_log(pi):
        if line.name == name and line.task == roles.ELIGIBILITY:
            delegations.end_delegation(pi, line.id, pi.today() - timedelta(days=days))


def gaps(desk: Desk, subject_id: int) -> list[str]:
    """Return what the eligibility row of the allocation lacks."""
    found = preconditions.preconditions(desk, subject_id)
    return [gap.code for row in found if row.code == "eligibility" for gap in row.missing]


def test_who_is_not_delegated_signs_no_eligibility_and_the_try_is_audited(
    screened_trial: Study, screened: int
) -> None:
    end(screened_trial, "Zhao Jing")
    desk = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    judge_leaves(desk, screened)
    with pytest.raises(NotAllowed, match="eligibility.not_delegated"):
        sign_judged(screened_trial, desk, screened)
    assert checklist.checklist(desk, screened).signed is None
    with desk.view() as session:
        last = session.scalars(select(Audit).order_by(Audit.number.desc()).limit(1)).one()
    assert last.action == "refused" and "eligibility.not_delegated" in str(last.payload)


def test_a_delegated_investigator_signs_and_the_subject_is_randomised(
    screened_trial: Study, screened: int
) -> None:
    desk = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    judge_leaves(desk, screened)
    sign_judged(screened_trial, desk, screened)
    screened_trial.clock.advance(timedelta(minutes=10))
    baseline(screened_trial, screened)
    assert open_as(screened_trial, "wu.min", roles.PI, screened).arm


@pytest.mark.parametrize(("signer", "lacking"), [("Wu Min", []), ("Zhao Jing", [GAP]), ("Li Wei", [GAP])])
def test_ink_of_who_was_not_delegated_is_recorded_and_nobody_is_randomised_on_it(
    screened_trial: Study, screened: int, signer: str, lacking: list[str]
) -> None:
    end(screened_trial, "Zhao Jing")
    desk = screened_trial.sit("chen.lan", roles.COORDINATOR)
    ink = Ink(signer, desk.today(), "Binder 2")
    for row in checklist.checklist(desk, screened).to_decide:
        said = row.judged.suggestion or ("met" if "met" in row.judged.leaf.answers else "absent")
        eligibility.decide(desk, screened, row.code, said, "asked" if not row.judged.suggestion else "", ink)
    signing = eligibility.signing_for("eligible", "en", PASSWORD, transcribed=True)
    codes = checklist.checklist(desk, screened).codes
    eligibility.sign_eligibility(desk, screened_trial.folder, screened, codes, signing, ink)
    assert gaps(desk, screened) == lacking
    if lacking:
        screened_trial.clock.advance(timedelta(minutes=10))
        baseline(screened_trial, screened)
        with pytest.raises(RuleBroken, match=GAP):
            open_as(screened_trial, "wu.min", roles.PI, screened)


def test_a_delegation_that_turns_out_to_have_ended_before_the_signature_stops_the_allocation(
    screened_trial: Study, screened: int
) -> None:
    desk = screened_trial.sit("zhao.jing", roles.INVESTIGATOR)
    judge_leaves(desk, screened)
    sign_judged(screened_trial, desk, screened)
    assert gaps(desk, screened) == []
    end(screened_trial, "Zhao Jing")
    pi = screened_trial.sit("wu.min", roles.PI)
    assert gaps(pi, screened) == [GAP]
    person = next(each.id for each in people.people(pi) if each.name == "Zhao Jing")
    delegations.record_delegation(pi, delegations.NewDelegation(person, roles.ELIGIBILITY, pi.today()))
    assert gaps(pi, screened) == []


def test_the_pi_needs_no_line_in_the_log(ready: Study) -> None:
    assert gaps(ready.sit("wu.min", roles.PI), 1) == []
