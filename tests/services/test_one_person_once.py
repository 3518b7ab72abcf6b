"""One person is allocated once, whatever record or mark it goes by; what was told outside is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from allocated_outside import OTHER, mark, record, told
from people_invented import identity_number, someone
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import baseline, judge, made_ready, made_trial, open_as, ready, screen, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.evidence_values import Missing
from sle_desk.models.subject import Identity, Subject
from sle_desk.services import (
    allocation,
    allocations_outside,
    consent_records,
    deviations,
    dispositions,
    duplicates,
    overview,
    preconditions,
    registration_corrections,
    rescreening,
    same_person,
    subjects,
    void_subjects,
)
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import NOW
from sle_desk.services.registration_corrections import RegistrationCorrection
from sle_desk.services.subjects import NewConsent, NewSubject

__all__ = ["made_ready", "made_trial", "ready", "trial"]

ELSEWHERE, SAME_NUMBER = "precondition.randomised_elsewhere", "precondition.same_number"
Way = Callable[[Study], int]


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def the_same(desk: Desk, subject_id: int = 1, **changes: object) -> NewSubject:
    """Return a subject as somebody reads it from the identity card again."""
    known = subjects.identity_of(desk, subject_id)
    return someone(**{**vars(known), **changes})


def again(study: Study, **changes: object) -> int:
    desk = coordinator(study)
    reason = "The card was read again."
    return subjects.register_subject(desk, the_same(desk, **changes), not_duplicate=reason).id


def void(study: Study, subject_id: int, same_as: int | None = None) -> None:
    desk = coordinator(study)
    row = subjects.subject_row(desk, subject_id)
    void_subjects.void_subject(desk, subject_id, "slip", row.version, "Twice.", same_as=same_as)


def fail(study: Study, subject_id: int = 1) -> None:
    desk = coordinator(study)
    dispositions.record_disposition(desk, subject_id, "screen_failure", "", desk.today(), "window")


def consented(study: Study, subject_id: int) -> None:
    desk = coordinator(study)
    signed = NewConsent(subject_id, "v2.1", desk.today(), f"{desk.now():%H:%M}", "Zhao Jing", "Y")
    consent_records.record_consent(desk, signed)
    study.clock.advance(timedelta(minutes=10))


def refused(study: Study, subject_id: int) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        open_as(study, "wu.min", roles.PI, subject_id)
    return caught.value


def shown_before(study: Study, subject_id: int) -> list[tuple[str, object, object]]:
    """Return what the page shows of an arm under another record before anything is opened."""
    rows = preconditions.preconditions(coordinator(study), subject_id)
    gaps = [gap for row in rows if row.code == "not_before" for gap in row.missing]
    return [(gap.code, gap.facts["other"], gap.facts["number"]) for gap in gaps if gap.code == ELSEWHERE]


def by_the_same_number(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    return again(study)


def by_the_same_number_typed_otherwise(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    number = subjects.identity_of(coordinator(study), 1).identity_number
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number[:6])
    return again(study, name="李另", initials="LL", identity_number=f" {wide} {number[6:]}")


def by_the_resident_number_under_another_kind(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    return again(study, identity_kind="passport")


def by_a_mark_on_the_allocated_record(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    other = again(study, identity_kind="passport", identity_number="E12345678")
    void(study, 1, same_as=other)
    return other


def by_a_mark_on_the_allocation(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    mark(study)
    return again(study)


def by_a_record_in_error_between(study: Study) -> int:
    """Registered by a passport, marked as the allocated one, and registered by that passport once more."""
    open_as(study, "wu.min", roles.PI, 1)
    passport = {"identity_kind": "passport", "identity_number": "E12345678"}
    void(study, again(study, **passport), same_as=1)
    return again(study, name="李另", initials="LL", **passport)


def by_an_allocated_screening_in_error(study: Study) -> int:
    fail(study)
    second = rescreening.rescreen(coordinator(study), 1, "window").id
    record(study, told(coordinator(study)), subject_id=second)
    void(study, second)
    return rescreening.rescreen(coordinator(study), 1, "window").id


def by_an_allocated_record_in_error_that_names_nobody(study: Study) -> int:
    open_as(study, "wu.min", roles.PI, 1)
    void(study, 1)
    desk = coordinator(study)
    return subjects.register_subject(desk, the_same(desk)).id


WAYS = (
    by_the_same_number,
    by_the_same_number_typed_otherwise,
    by_the_resident_number_under_another_kind,
    by_a_mark_on_the_allocated_record,
    by_a_mark_on_the_allocation,
    by_a_record_in_error_between,
    by_an_allocated_screening_in_error,
    by_an_allocated_record_in_error_that_names_nobody,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_who_has_an_arm_under_another_record_opens_no_second_row(ready: Study, way: Way) -> None:
    subject_id = way(ready)
    armed = "SLE-002" if way is by_an_allocated_screening_in_error else "SLE-001"
    assert shown_before(ready, subject_id) == [(ELSEWHERE, armed, "R-001")]
    error = refused(ready, subject_id)
    assert (error.code, error.facts["other"], error.facts["number"]) == (ELSEWHERE, armed, "R-001")
    kept = allocation.commitment(coordinator(ready))
    assert kept is not None and kept.opened == 1


def numbered(study: Study, subject_id: int) -> list[str]:
    """Return which records of the same number the page names before anything is opened."""
    rows = preconditions.preconditions(coordinator(study), subject_id)
    gaps = [gap for row in rows if row.code == "not_before" for gap in row.missing]
    return [str(gap.facts["codes"]) for gap in gaps if gap.code == SAME_NUMBER]


def test_two_records_of_one_number_are_said_before_the_first_arm_and_no_row_is_opened_until_one_stands(
    ready: Study,
) -> None:
    second = again(ready)
    assert (numbered(ready, 1), numbered(ready, second)) == (["SLE-002"], ["SLE-001"])
    assert refused(ready, 1).code == SAME_NUMBER
    (row,) = [each for each in overview.today(coordinator(ready)).group(NOW) if each.action == "fill_gap"]
    gap = row.items[0].facts["gap"]
    assert isinstance(gap, Missing) and gap.code == SAME_NUMBER
    void(ready, second, same_as=1)
    assert numbered(ready, 1) == []
    assert open_as(ready, "wu.min", roles.PI, 1).randomisation_number == "R-001"


def test_a_number_put_right_or_a_screening_that_follows_says_nothing_of_two_records(ready: Study) -> None:
    born = date(1980, 1, 2)
    owner = someone(
        name="李另", initials="LL", birth_date=born, identity_number=identity_number(born, "F", 55)
    )
    second = again(ready, name="李另", initials="LL")
    assert numbered(ready, 1) == ["SLE-002"]
    version = subjects.subject_row(coordinator(ready), second).version
    right = RegistrationCorrection(second, version, owner, "slip", "The card of another.")
    registration_corrections.correct_registration(coordinator(ready), right)
    assert (numbered(ready, 1), numbered(ready, second)) == ([], [])
    fail(ready)
    third = rescreening.rescreen(coordinator(ready), 1, "window").id
    assert (numbered(ready, 1), numbered(ready, third)) == ([], [])


def test_an_arm_told_outside_for_one_of_two_records_is_recorded_all_the_same(ready: Study) -> None:
    second = again(ready)
    record(ready, told(coordinator(ready)))
    found = deviations.deviations(ready.sit("wu.min", roles.PI), 1)
    assert [each.facts["count"] for each in found if each.code == allocations_outside.UNREADY] == [1]
    # From then on the arm itself is named, and of the record that has it nothing is missing.
    assert (numbered(ready, 1), numbered(ready, second)) == ([], [])
    assert shown_before(ready, second) == [(ELSEWHERE, "SLE-001", "R-001")]


def test_the_same_person_made_ready_a_second_time_opens_no_second_row(ready: Study) -> None:
    second = by_the_same_number(ready)
    consented(ready, second)
    screen(ready, second)
    judge(ready, second)
    baseline(ready, second)
    assert refused(ready, second).code == ELSEWHERE


def test_a_wrong_number_in_a_record_in_error_is_put_right_and_its_owner_opens_a_row(ready: Study) -> None:
    born = date(1980, 1, 2)
    owner = someone(
        name="李另", initials="LL", birth_date=born, identity_number=identity_number(born, "F", 55)
    )
    mixed_up = again(ready, identity_number=owner.identity_number)
    void(ready, mixed_up, same_as=1)
    open_as(ready, "wu.min", roles.PI, 1)
    other = subjects.register_subject(coordinator(ready), owner).id
    assert shown_before(ready, other) == [(ELSEWHERE, "SLE-001", "R-001")]
    desk = coordinator(ready)
    version = subjects.subject_row(desk, mixed_up).version
    right = RegistrationCorrection(mixed_up, version, the_same(desk), "slip", "The card of another.")
    assert registration_corrections.correct_registration(desk, right) == 0
    assert shown_before(ready, other) == [] and same_number(coordinator(ready)) == []
    kept = subjects.identity_of(coordinator(ready), 1)
    assert subjects.identity_of(coordinator(ready), mixed_up) == kept


def test_people_with_numbers_of_their_own_are_not_one(ready: Study) -> None:
    open_as(ready, "wu.min", roles.PI, 1)
    twin = again(ready, name="张另", identity_kind="permit", identity_number="77")
    alone = again(ready, name="李另", identity_kind="permit", identity_number="")
    other = again(ready, name="王另", identity_kind="passport", identity_number="77")
    with coordinator(ready).view() as session:
        for each in (twin, alone, other):
            assert same_person.records_of_person(session, each) == {each}
            assert same_person.allocated_elsewhere(session, session.get_one(Subject, each)) is None


@pytest.mark.parametrize(
    "way", [by_the_same_number, by_an_allocated_screening_in_error, by_a_mark_on_the_allocated_record]
)
def test_a_second_arm_told_outside_is_recorded_with_a_major_deviation_of_its_own(
    ready: Study, way: Way
) -> None:
    subject_id = way(ready)
    row = record(ready, told(coordinator(ready), OTHER), subject_id=subject_id)
    assert (row.arm, row.randomisation_number) == (OTHER, "R-002")
    found = deviations.deviations(ready.sit("wu.min", roles.PI), subject_id)
    (second,) = [each for each in found if each.code == allocations_outside.SECOND_ARM]
    assert (second.severity, second.facts["subject"], second.facts["number"]) == (
        "major",
        row.subject_code,
        "R-001",
    )
    # Told once more for the same record it is refused, as ever.
    with pytest.raises(RuleBroken, match="allocation.already"):
        record(ready, told(coordinator(ready)), subject_id=subject_id)


# The same identity number, registered or corrected to.


def same_number(desk: Desk) -> list[tuple[str, str, str]]:
    return [
        (row.severity, str(row.facts["subject"]), str(row.facts["other"]))
        for row in deviations.deviations(desk)
        if row.code == duplicates.SAME_NUMBER
    ]


def test_a_number_that_a_subject_has_is_refused_in_words_of_its_own_and_with_a_reason_is_a_deviation(
    ready: Study,
) -> None:
    desk = coordinator(ready)
    new = the_same(desk, name="李另", initials="LL")
    with pytest.raises(RuleBroken) as caught:
        subjects.register_subject(desk, new)
    assert (caught.value.code, caught.value.facts["codes"]) == ("subject.duplicate_number", "SLE-001")
    assert same_number(desk) == []
    subjects.register_subject(desk, new, not_duplicate="The police office looks the number up.")
    assert same_number(desk) == [("major", "SLE-002", "SLE-001")]


def test_who_only_looks_alike_is_asked_about_as_before_and_no_deviation(ready: Study) -> None:
    desk = coordinator(ready)
    new = the_same(desk, identity_kind="passport", identity_number="E12345678")
    with pytest.raises(RuleBroken) as caught:
        subjects.register_subject(desk, new)
    assert caught.value.code == "subject.duplicate"
    subjects.register_subject(desk, new, not_duplicate="Another person, cards compared.")
    assert same_number(desk) == []


def test_a_number_corrected_to_that_of_another_subject_is_a_deviation_once(ready: Study) -> None:
    desk = coordinator(ready)
    other = subjects.register_subject(
        desk, someone(name="王芳", initials="WF", identity_kind="passport", identity_number="E1")
    )
    right = the_same(desk, name="王芳", initials="WF")
    wanted = RegistrationCorrection(other.id, other.version, right, "slip")
    with pytest.raises(RuleBroken, match="subject.duplicate_number"):
        registration_corrections.correct_registration(desk, wanted)
    insisted = RegistrationCorrection(other.id, other.version, right, "slip", "", other_person=True)
    registration_corrections.correct_registration(desk, insisted)
    assert same_number(desk) == [("major", other.code, "SLE-001")]
    with desk.view() as session:
        first, second = session.scalars(select(Identity.identity_number).order_by(Identity.id))
    assert first == second
