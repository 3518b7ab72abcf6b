"""What has to be there before the arm opens: each row holds, and each falls when its record is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at
from screened_studies import kept_ready, ready, ready_trial
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import (
    baseline,
    decide,
    decide_everything,
    judge,
    laboratory,
    made_trial,
    numbers,
    open_as,
    ready_to_allocate,
    register,
    results,
    screen,
    trial,
    vitals,
)

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.sealing import canonical
from sle_desk.models.subject import Consent, Identity, Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import (
    eligibility,
    form_records,
    labs,
    preconditions,
    subjects,
    visits,
)
from sle_desk.services.answers import Given, put_value
from sle_desk.services.checklist import checklist
from sle_desk.services.desk import Change
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.preconditions import Precondition
from sle_desk.services.signatures import void_signatures

__all__ = ["kept_ready", "made_trial", "ready", "ready_trial", "trial"]

CODES = ["consent", "consent_version", "approval", "pregnancy", "eligibility", "window", "weight", "baseline",
         "samples", "not_before", "enrolment"]  # fmt: skip
# What a subject has who was only registered.
FROM_THE_BEGINNING = {"consent", "consent_version", "approval", "not_before", "enrolment"}


def rows(study: Study, subject_id: int) -> dict[str, Precondition]:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    return {row.code: row for row in preconditions.preconditions(desk, subject_id)}


def gaps(study: Study, subject_id: int) -> dict[str, list[str]]:
    return {
        code: [gap.code for gap in row.missing]
        for code, row in rows(study, subject_id).items()
        if not row.holds
    }


def spoil(study: Study, change_it: Callable[[Change], object]) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    with desk.change("record.entered_in_error", "a test of what stops the allocation") as change:
        change_it(change)


def form_record(change: Change, form: str, visit: str = "V1") -> FormRecord:
    return change.session.scalars(
        select(FormRecord)
        .join(Visit, Visit.id == FormRecord.visit_id)
        .where(FormRecord.form == form, Visit.code == visit, FormRecord.state == "current")
    ).one()


def void_form(form: str, visit: str = "V1") -> Callable[[Change], None]:
    def voided(change: Change) -> None:
        record = form_record(change, form, visit)
        record.state, record.void_reason = "void", "entered in error"

    return voided


def put(form: str, field: str, value: Value, visit: str = "V1") -> Callable[[Change], None]:
    def done(change: Change) -> None:
        record = form_record(change, form, visit)
        answer = change.session.scalars(
            select(Answer).where(Answer.form_record_id == record.id, Answer.field == field)
        ).one()
        put_value(answer, value)

    return done


def test_all_hold_for_a_subject_who_is_ready(ready_trial: Study, ready: int) -> None:
    found = rows(ready_trial, ready)
    assert list(found) == CODES
    assert gaps(ready_trial, ready) == {}
    assert (found["consent"].facts["version"], found["consent"].facts["day"]) == ("v2.1", date(2026, 11, 23))
    assert found["eligibility"].facts["name"] == "Wu Min"
    assert (found["window"].facts["days"], found["window"].facts["oldest"]) == (0, 0)
    assert found["weight"].facts["kg"] == "61.2"
    assert found["baseline"].facts["name"] == "Zhao Jing"
    assert found["samples"].facts["tubes"] == "6"
    assert dict(found["enrolment"].facts) == {"count": 0, "target": 30}


def test_what_was_open_when_nothing_was_decided_is_listed_first(study: Study) -> None:
    subject_id = register(study)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    found = preconditions.preconditions(desk, subject_id)
    opens = [row for row in found if row.code == "open"]
    assert found[: len(opens)] == tuple(opens)
    assert [row.code for row in found[len(opens) :]] == CODES
    assert {"D09", "D27", "eligibility.laboratory_days"} <= {row.missing[0].place.code for row in opens}
    assert not any(row.holds for row in opens)


def test_one_setting_left_open_stops_the_allocation(study: Study) -> None:
    decide_everything(study, but=frozenset({"eligibility.laboratory_days"}))
    subject_id = ready_to_allocate(study)
    assert gaps(study, subject_id) == {"open": ["precondition.undecided"]}
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "eligibility.laboratory_days", VALUE)
    assert gaps(study, subject_id) == {}


def test_a_subject_only_registered_misses_all_but_the_consent(trial: Study) -> None:
    subject_id = register(trial)
    assert set(gaps(trial, subject_id)) == set(CODES) - FROM_THE_BEGINNING


def withdraw_consent(change: Change) -> None:
    consent = change.session.scalars(select(Consent)).one()
    consent.state, consent.void_reason = "void", "wrong patient"


def late_consent(change: Change) -> None:
    change.session.scalars(select(Consent)).one().signed_time = "23:59"


def unsign(form: str) -> Callable[[Change], None]:
    return lambda change: void_signatures(change, "form_record", form_record(change, form).id, "changed")


def move(form: str, field: str) -> Callable[[Change], None]:
    """Take an answer out of a form; nothing is ever deleted."""

    def moved(change: Change) -> None:
        record = form_record(change, form)
        change.session.scalars(
            select(Answer).where(Answer.form_record_id == record.id, Answer.field == field)
        ).one().field = "elsewhere"

    return moved


def with_result(result: str) -> Callable[[Change], None]:
    return put("pregnancy_test", "result", Value(choice=result))


@pytest.mark.parametrize(
    ("change_it", "code", "gap"),
    [
        (withdraw_consent, "consent", "eligibility.no_consent"),
        (late_consent, "consent", "precondition.consent_late"),
        (with_result("POS"), "pregnancy", "precondition.pregnancy_not_negative"),
        (with_result("IND"), "pregnancy", "precondition.pregnancy_not_negative"),
        (void_form("pregnancy_test", "V0"), "pregnancy", "precondition.pregnancy_after_signature"),
        (void_form("history_screening", "V0"), "eligibility", "precondition.evidence_changed"),
        (void_form("pga"), "baseline", "precondition.form_not_saved"),
        (unsign("sledai2k"), "baseline", "precondition.form_not_signed"),
        (unsign("bilag_letters"), "baseline", "precondition.form_not_signed"),
        (void_form("joints28"), "baseline", "precondition.form_not_saved"),
        (move("joints28", "swollen"), "baseline", "precondition.form_incomplete"),
        (void_form("pre_dose_samples"), "samples", "precondition.form_not_saved"),
        (put("pre_dose_samples", "taken", Value(choice="N")), "samples", "precondition.samples_not_taken"),
    ],
)  # fmt: skip
def test_a_row_falls_when_its_record_is_not_as_it_must_be(
    ready_trial: Study, ready: int, change_it: Callable[[Change], object], code: str, gap: str
) -> None:
    spoil(ready_trial, change_it)
    assert gap in gaps(ready_trial, ready)[code]


def test_require_all_refuses_with_the_first_gap_and_otherwise_returns_what_held(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    with desk.view() as session:
        held = preconditions.require_all(session, desk.protocol, ready, desk.now())
    assert [row[0] for row in held] == CODES
    assert canonical(held)
    spoil(ready_trial, void_form("pga"))
    desk = ready_trial.sit("wu.min", roles.PI)
    with desk.view() as session, pytest.raises(RuleBroken, match="form_not_saved"):
        preconditions.require_all(session, desk.protocol, ready, desk.now())


@pytest.mark.parametrize(("days", "fallen"), [(28, set()), (29, {"window"})])
def test_the_screening_window_ends_on_its_last_day(trial: Study, days: int, fallen: set[str]) -> None:
    decide(trial, trial.sit("wu.min", roles.PI), "eligibility.laboratory_days", VALUE,
           eligibility_laboratory_days="60")  # fmt: skip
    subject_id = register(trial)
    screen(trial, subject_id)
    judge(trial, subject_id)
    at(trial, date(2026, 11, 23) + timedelta(days=days))
    baseline(trial, subject_id)
    found = gaps(trial, subject_id)
    assert set(found) == fallen
    assert found.get("window", []) == ["precondition.window_passed"] * len(fallen)


@pytest.mark.parametrize(("days", "stale"), [(7, False), (8, True)])
def test_laboratory_values_have_to_be_within_their_age_and_may_be_repeated(
    trial: Study, days: int, stale: bool
) -> None:
    subject_id = register(trial)
    screen(trial, subject_id)
    judge(trial, subject_id)
    day = date(2026, 11, 23) + timedelta(days=days)
    at(trial, day)
    visit = baseline(trial, subject_id)
    found = rows(trial, subject_id)["window"]
    assert (found.facts["oldest"], not found.holds) == (days, stale)
    if stale:
        place = laboratory(trial)
        desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
        results(desk, subject_id, visit, place, "CBC", ("HGB", "NEUT", "LYM"))
        left = {gap.place.code for gap in rows(trial, subject_id)["window"].missing}
        assert left.isdisjoint({"HGB", "NEUT", "LYM"})
        assert {"CREAT", "HIVAB"} <= left


def test_the_weight_has_to_be_of_the_day_where_that_was_decided(trial: Study) -> None:
    subject_id = register(trial)
    screen(trial, subject_id)
    judge(trial, subject_id)
    assert rows(trial, subject_id)["weight"].holds
    at(trial, date(2026, 11, 24))
    assert gaps(trial, subject_id)["weight"] == ["precondition.weight_old"]
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    visit = visits.record_visit(desk, subject_id, "V1", desk.today()).id
    vitals(desk, subject_id, visit, Decimal("58.6"))
    assert rows(trial, subject_id)["weight"].facts["kg"] == "58.6"


def test_a_pregnancy_test_has_to_be_young_enough_on_the_day(trial: Study) -> None:
    subject_id = register(trial)
    screen(trial, subject_id)
    at(trial, date(2026, 11, 30))
    assert rows(trial, subject_id)["pregnancy"].holds
    at(trial, date(2026, 12, 1))
    assert gaps(trial, subject_id)["pregnancy"] == ["eligibility.result_stale"]


def test_a_newer_value_that_excludes_stops_the_allocation(ready_trial: Study, ready: int) -> None:
    desk = ready_trial.sit("zhao.jing", roles.INVESTIGATOR)
    place = laboratory(ready_trial)
    desk = ready_trial.sit("zhao.jing", roles.INVESTIGATOR)
    visit = next(each.id for each in visits.visits(desk, ready) if each.code == "V1")
    low = TypedResult("HGB", "84", "", Decimal(84), "g/L")
    labs.save_results(desk, NewSample(ready, visit, "CBC", place, desk.now()), (low,))
    found = rows(ready_trial, ready)["eligibility"]
    assert [(gap.code, gap.facts["leaves"]) for gap in found.missing] == [
        ("precondition.newer_values", "E1a")
    ]


def test_a_subject_who_is_not_eligible_is_not_allocated(trial: Study) -> None:
    subject_id = register(trial)
    screen(trial, subject_id)
    desk = trial.sit("wu.min", roles.PI)
    for row in checklist(desk, subject_id).to_decide:
        answer = "present" if row.code == "E7" else row.judged.suggestion or "absent"
        eligibility.decide(desk, subject_id, row.code, answer, "Seen in the chart.")
    signing = eligibility.signing_for("not_eligible", "en", "four quiet lanterns")
    eligibility.sign_eligibility(desk, trial.folder, subject_id, checklist(desk, subject_id).codes, signing)
    found = gaps(trial, subject_id)
    assert found["eligibility"] == ["precondition.not_eligible"]
    assert found["not_before"] == ["precondition.not_screening"]


def test_who_is_allocated_already_is_not_allocated_again(ready_trial: Study, ready: int) -> None:
    open_as(ready_trial, "wu.min", roles.PI, ready)
    assert gaps(ready_trial, ready)["not_before"] == ["precondition.allocated"]


def test_one_person_is_allocated_once_under_whichever_number(ready_trial: Study, ready: int) -> None:
    again = register(ready_trial, 2)

    def screened_again(change: Change) -> None:
        change.session.get_one(Subject, again).rescreen_of = ready

    spoil(ready_trial, screened_again)
    (gap,) = rows(ready_trial, ready)["not_before"].missing
    assert (gap.code, gap.facts["other"]) == ("precondition.goes_on", "SLE-002")
    assert "not_before" not in gaps(ready_trial, again)


def test_who_has_an_arm_under_an_earlier_number_gets_no_second_one(ready_trial: Study, ready: int) -> None:
    open_as(ready_trial, "wu.min", roles.PI, ready)
    again = register(ready_trial, 2)

    def screened_again(change: Change) -> None:
        change.session.get_one(Subject, again).rescreen_of = ready

    spoil(ready_trial, screened_again)
    (gap,) = rows(ready_trial, again)["not_before"].missing
    assert (gap.code, gap.facts["other"]) == ("precondition.randomised_elsewhere", "SLE-001")
    assert gaps(ready_trial, ready)["not_before"] == ["precondition.allocated"]


def same_person(change: Change) -> None:
    first, second = change.session.scalars(select(Identity).order_by(Identity.id))
    second.initials, second.identity_number = first.initials, ""
    one, other = change.session.scalars(select(Subject).order_by(Subject.id))
    other.birth_date, other.sex = one.birth_date, one.sex


def test_a_possible_duplicate_stops_both_unless_it_was_explained(ready_trial: Study, ready: int) -> None:
    register(ready_trial, 2)
    assert gaps(ready_trial, ready) == {}
    spoil(ready_trial, same_person)
    (gap,) = rows(ready_trial, ready)["not_before"].missing
    assert (gap.code, gap.facts["codes"]) == ("precondition.duplicate", "SLE-002")


def test_a_twin_explained_at_registration_stops_nobody(ready_trial: Study, ready: int) -> None:
    desk = ready_trial.sit("chen.lan", roles.COORDINATOR)
    known = subjects.identity_of(desk, ready)
    from dataclasses import replace

    twin = replace(known, name="李清", identity_number="", identity_kind="other")
    subjects.register_subject(desk, twin, not_duplicate="Twin sister, both cards were seen.")
    assert gaps(ready_trial, ready) == {}


def test_a_man_needs_no_pregnancy_test(ready_trial: Study, ready: int) -> None:
    def man(change: Change) -> None:
        change.session.get_one(Subject, ready).sex = "M"

    spoil(ready_trial, void_form("pregnancy_test", "V0"))
    spoil(ready_trial, man)
    assert rows(ready_trial, ready)["pregnancy"].said == "precondition.not_needed"


def test_scores_in_another_order_than_pga_first_are_told(trial: Study) -> None:
    subject_id = register(trial)
    screen(trial, subject_id)
    judge(trial, subject_id)
    baseline(trial, subject_id)
    assert rows(trial, subject_id)["baseline"].said == "precondition.scored_by"
    spoil(trial, void_form("pga"))
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    visit = next(each.id for each in visits.visits(desk, subject_id) if each.code == "V1")
    form_records.save_form(
        desk, NewForm(subject_id, visit, "pga", desk.today(), Given(numbers({"PGA": "1.2"})))
    )
    assert rows(trial, subject_id)["baseline"].said == "precondition.scored_out_of_order"
