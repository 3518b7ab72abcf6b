"""Proposals that two records are one person stand as long as the records say so, and come where they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from allocated_outside import record, told
from people_invented import identity_number, someone
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_ready, made_trial, ready

from sle_desk.domain import roles
from sle_desk.services import (
    deviations,
    dispositions,
    registration_corrections,
    rescreening,
    subjects,
    void_subjects,
)
from sle_desk.services.desk import Desk
from sle_desk.services.registration_corrections import RegistrationCorrection

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready"]
BORN = date(1980, 1, 2)
OWN, WRONG = identity_number(BORN, "F", 55), someone().identity_number
NUMBER, SECOND = "subject.same_number", "allocation.second_arm"


def sit(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def proposed(desk: Desk, code: str) -> list[tuple[int | None, object]]:
    rows = deviations.deviations(desk, progress="proposed")
    return [(row.subject_id, row.facts["other"]) for row in rows if row.code == code]


def with_number(desk: Desk, subject_id: int, number: str) -> None:
    """Put the identity number of a subject right, whoever else has it."""
    row = subjects.subject_row(desk, subject_id)
    right = replace(subjects.identity_of(desk, subject_id), identity_number=number)
    wanted = RegistrationCorrection(subject_id, row.version, right, "slip", "", other_person=True)
    registration_corrections.correct_registration(desk, wanted)


def two_of_one_number(desk: Desk) -> tuple[int, int]:
    first = subjects.register_subject(desk, someone()).id
    other = someone(name="李另", initials="LL", birth_date=BORN, identity_number=WRONG)
    return first, subjects.register_subject(desk, other, not_duplicate="The police office looks it up.").id


def void(desk: Desk, subject_id: int, same_as: int | None = None) -> None:
    version = subjects.subject_row(desk, subject_id).version
    void_subjects.void_subject(desk, subject_id, "slip", version, same_as=same_as)


def test_one_number_is_proposed_until_either_is_put_right_and_again_when_it_is_put_back(desk: Desk) -> None:
    first, other = two_of_one_number(desk)
    assert proposed(desk, NUMBER) == [(other, "SLE-001")]
    with_number(desk, other, OWN)
    assert proposed(desk, NUMBER) == []
    with_number(desk, other, WRONG)
    assert proposed(desk, NUMBER) == [(other, "SLE-001")]
    with_number(desk, first, identity_number(someone().birth_date, "F", 9))
    assert proposed(desk, NUMBER) == []


def test_a_double_marked_in_error_leaves_nobody_with_the_number_of_another(desk: Desk) -> None:
    first, other = two_of_one_number(desk)
    void(desk, first, same_as=other)
    assert proposed(desk, NUMBER) == []


def test_a_second_arm_is_proposed_as_long_as_both_records_are_of_one_person(ready: Study) -> None:
    desk = sit(ready)
    number = subjects.identity_of(desk, 1).identity_number
    other = someone(name="李另", initials="LL", birth_date=BORN, identity_number=number)
    other_id = subjects.register_subject(desk, other, not_duplicate="The police office looks it up.").id
    record(ready, told(desk))
    record(ready, told(sit(ready)), subject_id=other_id)
    desk = sit(ready)
    assert proposed(desk, SECOND) == [(other_id, "SLE-001")]
    with_number(desk, other_id, OWN)
    assert proposed(desk, SECOND) == []


def test_two_arms_of_records_that_prove_to_be_one_person_are_proposed(arms: Study) -> None:
    desk = sit(arms)
    with_number(desk, 2, subjects.identity_of(desk, 1).identity_number)
    assert proposed(desk, SECOND) == [(2, "SLE-001")]
    with_number(desk, 2, subjects.identity_of(desk, 1).identity_number)
    assert proposed(desk, SECOND) == [(2, "SLE-001")]


def test_what_was_settled_stays_and_is_told_where_the_number_was_put_right(study: Study) -> None:
    desk = sit(study)
    _, other = two_of_one_number(desk)
    (row,) = deviations.deviations(desk, progress="proposed")
    pi = study.sit("wu.min", roles.PI)
    deviations.accept(pi, row.id, row.version)
    desk = sit(study)
    with_number(desk, other, OWN)
    (kept,) = deviations.deviations(desk, other)
    assert (kept.progress, kept.ground) == ("accepted", "gone")
    study.clock.advance(timedelta(days=1))
    study.believe()
    with_number(desk, other, WRONG)
    assert [(each.progress, each.ground) for each in deviations.deviations(desk, other)] == [("accepted", "")]


def test_screened_again_too_soon_falls_with_the_screening_before(ready: Study) -> None:
    desk = sit(ready)
    dispositions.record_disposition(desk, 1, "screen_failure", "", desk.today(), "window")
    again = rescreening.rescreen(desk, 1, "window").id
    codes = [row.code for row in deviations.deviations(desk, again, progress="proposed")]
    assert codes == ["rescreen.too_soon"]
    void(desk, 1, same_as=again)
    assert deviations.deviations(desk, again, progress="proposed") == ()


def test_the_number_of_another_is_told_of_the_screening_that_stays(desk: Desk) -> None:
    first, other = two_of_one_number(desk)
    dispositions.record_disposition(desk, other, "screen_failure", "", desk.today(), "window")
    again = rescreening.rescreen(desk, other, "window").id
    assert proposed(desk, NUMBER) == [(other, "SLE-001")]
    void(desk, other)
    assert proposed(desk, NUMBER) == [(again, "SLE-001")]
    dispositions.record_disposition(desk, first, "screen_failure", "", desk.today(), "window")
    rescreening.rescreen(desk, first, "window")
    void(desk, first)
    assert [subject for subject, _ in proposed(desk, NUMBER)] == [4], "once, of the record that stays"


def test_a_mark_that_makes_one_person_of_two_with_an_arm_is_told(arms: Study) -> None:
    desk = sit(arms)
    number = subjects.identity_of(desk, 2).identity_number
    between = someone(name="李另", initials="LL", birth_date=BORN, identity_number=number)
    third = subjects.register_subject(desk, between, not_duplicate="The police office looks it up.").id
    assert proposed(desk, SECOND) == []
    void(desk, third, same_as=1)
    assert proposed(desk, SECOND) == [(2, "SLE-001")]
