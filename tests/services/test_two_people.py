"""Two people who look alike, as twins do, are told apart once, and both can be randomised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from people_invented import identity_number, someone
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.models.subject import Subject
from sle_desk.services import dispositions, history, registration_corrections, rescreening, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.registration_corrections import RegistrationCorrection
from sle_desk.services.twins import unexplained_twins

BORN = someone().birth_date
TWIN = someone(name="张慧美", identity_number=identity_number(BORN, "F", 77))


def alike(desk: Desk, subject_id: int) -> tuple[str, ...]:
    with desk.view() as session:
        return unexplained_twins(session, session.get_one(Subject, subject_id))


def screened_again(desk: Desk, subject_id: int) -> int:
    dispositions.record_disposition(desk, subject_id, "screen_failure", "", desk.today(), "window")
    return rescreening.rescreen(desk, subject_id, "window").id


def test_twins_stay_told_apart_when_one_of_them_is_screened_again(desk: Desk) -> None:
    first = subjects.register_subject(desk, someone()).id
    twin = subjects.register_subject(desk, TWIN, not_duplicate="Her twin sister, cards compared.").id
    assert alike(desk, first) == alike(desk, twin) == ()
    again = screened_again(desk, first)
    assert alike(desk, again) == alike(desk, twin) == ()
    of_twin = screened_again(desk, twin)
    assert alike(desk, again) == alike(desk, of_twin) == ()


def test_who_looks_alike_by_a_correction_and_was_compared_is_told_apart(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = subjects.register_subject(desk, someone()).id
    twin = subjects.register_subject(desk, replace(TWIN, birth_date=BORN - timedelta(days=365))).id
    version = subjects.subject_row(desk, twin).version
    right = RegistrationCorrection(twin, version, TWIN, "slip", "Year read wrongly.")
    with pytest.raises(RuleBroken, match="subject.duplicate "):
        registration_corrections.correct_registration(desk, right)
    registration_corrections.correct_registration(desk, replace(right, other_person=True))
    assert alike(desk, first) == alike(desk, twin) == ()
    again = screened_again(desk, first)
    assert alike(desk, again) == alike(desk, twin) == ()
    pi = study.sit("wu.min", roles.PI)
    told = [row for row in history.audit_trail(pi) if row.action == "subject.other_person"]
    assert [row.facts for row in told] == [{"subject": "SLE-002", "other": "SLE-001"}]
