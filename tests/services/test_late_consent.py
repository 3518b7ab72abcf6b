"""A consent after something was done for the study takes a reason, and eligibility is compared again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import at
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import made_ready, made_trial, ready, trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import checklist, consent_records, record_corrections, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

__all__ = ["made_ready", "made_trial", "ready", "trial"]
NEEDED = "consent.reason_needed"


def new(subject: int, day: date, time: str = "07:30") -> NewConsent:
    """Return a consent as it stands on the paper."""
    return NewConsent(subject, "v2.1", day, time, "Zhao Jing", "Y")


def begun(study: Study) -> tuple[Desk, int]:
    """Return the desk a day after somebody without consent was weighed."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    vitals(desk, subject, visits.record_visit(desk, subject, "V0", desk.today()).id)
    at(study, desk.today() + timedelta(days=1))
    return desk, subject


def test_a_consent_after_a_procedure_names_its_day_and_takes_a_reason(trial: Study) -> None:
    desk, subject = begun(trial)
    with pytest.raises(RuleBroken, match=NEEDED) as refused:
        consent_records.record_consent(desk, new(subject, desk.today()))
    assert refused.value.facts["day"] == desk.today() - timedelta(days=1)
    assert subjects.consents(desk, subject) == ()
    consent_records.record_consent(desk, new(subject, desk.today()), "routine")
    with desk.view() as session:
        told = session.scalars(select(Audit.reason).where(Audit.action == "consent.record")).all()
    assert told[-1] == "routine"


def test_who_had_signed_before_signs_again_without_a_reason(trial: Study) -> None:
    desk, subject = begun(trial)
    consent_records.record_consent(desk, new(subject, desk.today() - timedelta(days=1)))
    consent_records.record_consent(desk, new(subject, desk.today()))
    assert len(subjects.consents(desk, subject)) == 2


@pytest.mark.parametrize("correcting", [False, True])
def test_an_earlier_consent_compares_the_signed_eligibility_recorded_or_corrected(
    ready: Study, correcting: bool
) -> None:
    desk = ready.sit("chen.lan", roles.COORDINATOR)
    assert checklist.checklist(desk, 1).signed is not None
    (known,) = subjects.consents(desk, 1)
    earlier = new(1, known.signed_on - timedelta(days=2))
    if correcting:
        record_corrections.correct_consent(desk, Why(known.id, known.version, "slip"), earlier)
    else:
        consent_records.record_consent(desk, earlier)
    assert checklist.checklist(desk, 1).signed is None
