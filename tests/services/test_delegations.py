"""The delegation log: typed from the paper that the PI signed, and its first days put right."""

from __future__ import annotations

from datetime import date

import pytest
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import consent_records, delegations, deviations, people, subjects
from sle_desk.services.delegations import DelegationLine, NewDelegation
from sle_desk.services.desk import Desk
from sle_desk.services.signatures import Ink
from sle_desk.services.subjects import NewConsent

PAPER = Ink("Wu Min", date(2026, 11, 20), "Log, page 2")
DAY = date(2026, 11, 23)


def person(desk: Desk, name: str) -> int:
    """Return the account of a name."""
    return next(each.id for each in people.people(desk) if each.name == name)


def codes(desk: Desk) -> list[str]:
    """Return what is proposed."""
    return [row.code for row in deviations.deviations(desk, progress="proposed")]


def line_of(desk: Desk, name: str, task: str) -> DelegationLine:
    """Return a line of the log."""
    found = delegations.delegation_log(desk)
    return next(line for line in found if (line.name, line.task) == (name, task))


def test_the_coordinator_types_a_line_from_the_signed_log(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = NewDelegation(person(desk, "He Jian"), roles.CONSENT, date(2026, 11, 20))
    with pytest.raises(NotAllowed):
        delegations.record_delegation(desk, new)
    delegations.record_delegation(desk, new, PAPER)
    line = line_of(desk, "He Jian", roles.CONSENT)
    assert line.ink == PAPER and codes(desk) == []
    delegations.end_delegation(desk, line.id, DAY, Ink("Wu Min", DAY, "Log, page 3"))
    line = line_of(desk, "He Jian", roles.CONSENT)
    assert (line.until_day, line.ink) == (DAY, Ink("Wu Min", DAY, "Log, page 3"))


def test_a_log_that_somebody_else_signed_is_recorded_and_told(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = NewDelegation(person(desk, "He Jian"), roles.CONSENT, date(2026, 11, 20))
    delegations.record_delegation(desk, new, Ink("Zhao Jing", date(2026, 11, 20), "Log, page 2"))
    assert codes(desk) == ["signer.not_pi"]
    with pytest.raises(RuleBroken, match="ink.incomplete"):
        delegations.record_delegation(desk, new, Ink("Wu Min", date(2026, 11, 20), ""))


def test_a_first_day_is_put_right_with_its_reason_and_consents_are_compared_again(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    new = NewConsent(subject, "v2.1", date(2026, 11, 10), "07:50", "Zhao Jing", "Y")
    consent_records.record_consent(desk, new)
    pi = study.sit("wu.min", roles.PI)
    line = line_of(pi, "Zhao Jing", roles.CONSENT)
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        delegations.correct_delegation(pi, line.id, line.version, DAY, "")
    delegations.correct_delegation(pi, line.id, line.version, DAY, "slip", "2026-11-23 on the paper")
    assert codes(pi) == ["consent.explainer_not_delegated"]
    with pytest.raises(Stale):
        delegations.correct_delegation(pi, line.id, line.version, date(2026, 1, 1), "slip")
    desk = study.sit("chen.lan", roles.COORDINATOR)
    line = line_of(desk, "Zhao Jing", roles.CONSENT)
    with pytest.raises(RuleBroken, match="correction.same"):
        delegations.correct_delegation(desk, line.id, line.version, line.from_day, "slip", ink=PAPER)
    delegations.correct_delegation(desk, line.id, line.version, date(2026, 11, 1), "slip", ink=PAPER)
    assert codes(desk) == []
    with desk.view() as session:
        told = session.scalars(
            select(Audit.reason).where(Audit.action.startswith("delegation.correct"))
        ).all()
    assert {"slip: 2026-11-23 on the paper", "slip"} <= set(told)


def test_a_line_ended_before_a_consent_proposes_and_one_written_later_takes_it_back(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    consent_records.record_consent(desk, NewConsent(subject, "v2.1", DAY, "07:50", "Zhao Jing", "Y"))
    pi = study.sit("wu.min", roles.PI)
    delegations.end_delegation(pi, line_of(pi, "Zhao Jing", roles.CONSENT).id, date(2026, 6, 30))
    assert codes(pi) == ["consent.explainer_not_delegated"]
    delegations.record_delegation(pi, NewDelegation(person(pi, "Zhao Jing"), roles.CONSENT, date(2026, 7, 1)))
    assert codes(pi) == []
