"""Who explained the study is compared with the delegation log on the day of the signature, whoever types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from people_invented import someone
from study_fixtures import Study

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.domain.said import finding_words
from sle_desk.services import consent_records, delegations, deviations, signers, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why, correct_consent
from sle_desk.services.subjects import NewConsent

NO_COPY = "consent.copy_not_given"
UNKNOWN, NOT_DELEGATED = "consent.explainer_unknown", "consent.explainer_not_delegated"


def end(study: Study, name: str, last: date) -> None:
    """Let the PI end the consent task of a person on a day."""
    pi = study.sit("wu.min", roles.PI)
    for line in delegations.delegation_log(pi):
        if (line.name, line.task) == (name, roles.CONSENT):
            delegations.end_delegation(pi, line.id, last)


def explained(study: Study, by: str, days_ago: int = 0, copy: str = "Y") -> tuple[Desk, list[str]]:
    """Let the coordinator record a consent of some days ago; return what is proposed."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    day = desk.today() - timedelta(days=days_ago)
    consent_records.record_consent(desk, NewConsent(subject, "v2.1", day, "07:50", by, copy))
    return desk, codes(desk)


def codes(desk: Desk) -> list[str]:
    """Return what is proposed."""
    return [row.code for row in deviations.deviations(desk, progress="proposed")]


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ("Zhao Jing", []),
        (" zhao  jing ", []),
        ("Wu Min", []),
        ("He Jian", [NOT_DELEGATED]),
        ("Li Wei", [UNKNOWN]),
        ("", []),
    ],
)
def test_who_explained_is_looked_up_in_the_log(study: Study, by: str, found: list[str]) -> None:
    assert explained(study, by)[1] == found


def test_a_delegation_that_ended_before_the_signature_is_told(study: Study) -> None:
    end(study, "Zhao Jing", date(2026, 6, 30))
    assert explained(study, "Zhao Jing")[1] == [NOT_DELEGATED]


def test_the_day_of_the_signature_counts_and_not_that_of_the_typing(study: Study) -> None:
    end(study, "Chen Lan", date(2026, 11, 23))
    study.clock.advance(timedelta(days=3))
    assert explained(study, "Chen Lan", days_ago=3)[1] == []


def test_another_person_corrected_in_takes_the_proposal_back(study: Study) -> None:
    desk, found = explained(study, "He Jian")
    assert found == [NOT_DELEGATED]
    (row,) = subjects.consents(desk, 1)
    right = NewConsent(1, "v2.1", row.signed_on, row.signed_time, "Zhao Jing", "Y")
    correct_consent(desk, Why(row.id, row.version, "slip"), right)
    assert codes(desk) == []


def test_the_people_of_the_log_are_offered_those_of_the_task_first(study: Study) -> None:
    end(study, "Chen Lan", date(2026, 11, 23))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert signers.possible_explainers(desk) == ("Wu Min", "Chen Lan", "Lin Yue", "Zhao Jing")


def test_a_copy_that_was_not_given_is_a_minor_deviation_until_it_is_corrected(study: Study) -> None:
    desk, found = explained(study, "Zhao Jing", copy="N")
    assert found == [NO_COPY]
    (row,) = deviations.deviations(desk, progress="proposed")
    assert (row.severity, row.facts) == ("minor", {"version": "v2.1", "day": "2026-11-23"})
    words = finding_words(desk.protocol, row.code, row.facts)
    assert (
        words.en == "No copy of the consent signed on 2026-11-23 (version v2.1) was given to the participant."
    )
    (consent,) = subjects.consents(desk, 1)
    right = NewConsent(1, "v2.1", consent.signed_on, consent.signed_time, "Zhao Jing", "Y")
    correct_consent(desk, Why(consent.id, consent.version, "slip"), right)
    assert codes(desk) == []
    (consent,) = subjects.consents(desk, 1)
    correct_consent(desk, Why(consent.id, consent.version, "slip"), replace(right, copy_given="N"))
    assert codes(desk) == [NO_COPY]


def test_a_copy_of_which_nothing_is_said_proposes_nothing(study: Study) -> None:
    assert explained(study, "Zhao Jing", copy="")[1] == []


def test_both_are_said_in_words_in_both_languages(study: Study) -> None:
    desk, _ = explained(study, "Li Wei")
    for code in (UNKNOWN, NOT_DELEGATED):
        words = finding_words(desk.protocol, code, {"name": "Li Wei", "day": "2026-11-23"})
        said = {Language(language).words(words) for language in ("en", "zh_CN")}
        assert len(said) == 2 and all("Li Wei" in each for each in said)
