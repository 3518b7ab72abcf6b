"""What cannot have been is refused by the services too, whatever the window let through."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import dispense, inject, prepared
from lab_samples import sample
from people_invented import someone
from study_fixtures import PASSWORD, Study, study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import (
    consent_records,
    deviations,
    dispensing,
    form_records,
    labs,
    people,
    preparing,
    subjects,
    visits,
)
from sle_desk.services.actor import NewPerson
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.record_corrections import Why, correct_consent, correct_visit_day
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_trial", "study"]
BOTH, INTERLEUKIN = 1, 3
BEFORE_BIRTH = date(1901, 1, 1)


@pytest.fixture
def registered(study: Study) -> tuple[Desk, int]:
    """The coordinator's desk and one subject, at 08:00."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    return desk, subjects.register_subject(desk, someone()).id


def test_a_consent_signed_later_today_is_refused(registered: tuple[Desk, int]) -> None:
    desk, number = registered
    for time, code in (("23:59", r"time\.future"), ("08:01", r"time\.future")):
        with pytest.raises(RuleBroken, match=code):
            consent_records.record_consent(
                desk, NewConsent(number, "v2.1", desk.today(), time, "Chen Lan", "Y")
            )
    signed = consent_records.record_consent(
        desk, NewConsent(number, "v2.1", desk.today(), "08:00", "Chen Lan", "Y")
    )
    later = NewConsent(number, "v2.1", desk.today(), "23:59", "Chen Lan", "Y")
    with pytest.raises(RuleBroken, match=r"time\.future"):
        correct_consent(desk, Why(signed, 1, "slip"), later)


def test_a_day_before_birth_is_refused_for_visit_form_sample_and_consent(
    registered: tuple[Desk, int],
) -> None:
    desk, number = registered
    with pytest.raises(RuleBroken, match=r"day\.before_birth"):
        visits.record_visit(desk, number, "V0", BEFORE_BIRTH)
    with pytest.raises(RuleBroken, match=r"day\.before_birth"):
        consent_records.record_consent(desk, NewConsent(number, "v2.1", BEFORE_BIRTH, "", "Chen Lan", "Y"))
    visit = visits.record_visit(desk, number, "V0", desk.today())
    new = form_records.NewForm(number, visit.id, "vitals", BEFORE_BIRTH, Given({}))
    with pytest.raises(RuleBroken, match=r"day\.before_birth"):
        form_records.save_form(desk, new)


def test_a_sample_time_later_today_is_refused_in_a_form(registered: tuple[Desk, int]) -> None:
    desk, number = registered
    visit = visits.record_visit(desk, number, "V0", desk.today())
    values = {"taken": Value(choice="Y"), "time": Value(text="23:58")}
    new = form_records.NewForm(number, visit.id, "pre_dose_samples", desk.today(), Given(values))
    with pytest.raises(RuleBroken) as caught:
        form_records.save_form(desk, new)
    assert "time.future" in str(caught.value)


def test_a_sample_of_another_subjects_visit_is_refused(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = sample(desk)
    other = subjects.register_subject(desk, someone(initials="LXM", identity_number="", name="Li Xiaomei"))
    from dataclasses import replace

    with pytest.raises(RuleBroken, match=r"sample\.other_subject"):
        labs.save_results(desk, replace(new, subject_id=other.id), ())


def test_one_person_written_twice_does_not_check_her_own_preparation(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    for name in ("lin yue", "Lin  Yue", " LIN YUE "):
        with pytest.raises(RuleBroken, match=r"prepare\.same_person"):
            preparing.prepare_infusion(desk, prepared(desk, BOTH, checked_by=name))


def test_two_accounts_do_not_bear_one_name_and_who_imported_the_list_does_not_enrol(arms: Study) -> None:
    admin = arms.sit("xu.feng", roles.ADMINISTRATOR)
    with pytest.raises(RuleBroken, match=r"name\.taken"):
        people.create_person(admin, arms.folder, NewPerson("lin.two", "lin  yue", PASSWORD), (roles.NURSE,))
    statistician = next(row for row in people.people(admin) if row.login == "sun.tong")
    with pytest.raises(RuleBroken, match=r"role\.knows_list"):
        people.set_roles(admin, statistician.id, (roles.COORDINATOR,))
    people.set_roles(admin, statistician.id, (roles.MONITOR,))


def test_an_expired_kit_is_recorded_and_proposed_and_a_dose_from_it_asks_why(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    gone = desk.today() - timedelta(days=1)
    new = NewDispensing(INTERLEUKIN, "IL2", "202601-X1", Decimal(1), 20, desk.today(), "K-9", gone)
    with pytest.raises(RuleBroken, match=r"dispensing\.reason_needed"):
        dispensing.record_dispensing(desk, new)
    dispensing.record_dispensing(desk, new, "supply")
    with pytest.raises(RuleBroken, match=r"dispensing\.twice"):
        dispensing.record_dispensing(desk, new)
    assert [row.code for row in deviations.deviations(desk, INTERLEUKIN)] == ["dispensing.expired"]
    from sle_desk.services.dose_entry import VialUse

    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        inject(desk, INTERLEUKIN, vials=(VialUse("202601-X1", Decimal(1), 1),))
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)


def test_a_visit_far_outside_its_window_is_recorded_and_proposed(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    arms.clock.advance(timedelta(days=3))
    desk = arms.sit("lin.yue", roles.NURSE)
    visits.record_visit(desk, INTERLEUKIN, "W24", desk.today())
    found = [row.code for row in deviations.deviations(desk, INTERLEUKIN)]
    assert "visit.outside_window" in found


def test_a_visit_day_put_right_takes_the_deviation_back(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    first = desk.today()
    arms.clock.advance(timedelta(days=40))
    desk = arms.sit("lin.yue", roles.NURSE)
    visit = visits.record_visit(desk, INTERLEUKIN, "W4", desk.today())
    assert "visit.outside_window" in [row.code for row in deviations.deviations(desk, INTERLEUKIN)]
    why = Why(visit.id, visit.version, "slip")
    correct_visit_day(desk, why, first + timedelta(days=28))
    assert "visit.outside_window" not in [row.code for row in deviations.deviations(desk, INTERLEUKIN)]


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+40"])
def test_a_number_that_is_none_is_refused_with_a_sentence(arms: Study, number: str) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    hostile = Given({"temperature": Value(number=Decimal(number))})
    new = form_records.NewForm(BOTH, visit, "vitals", desk.today(), hostile)
    for act in (form_records.findings, form_records.save_form):
        with pytest.raises(RuleBroken, match=r"number\.(unreadable|size)"):
            act(desk, new)
    right = Given({"temperature": Value(number=Decimal("36.6"), typed="36.6")})
    kept = form_records.save_form(desk, form_records.NewForm(BOTH, visit, "vitals", desk.today(), right))
    wrong = Value(number=Decimal(number))
    with pytest.raises(RuleBroken, match=r"number\.(unreadable|size)"):
        form_records.correct_value(
            desk,
            form_records.Correction(
                kept.id, "temperature", wrong, "slip", kept.answer_versions["temperature"]
            ),
        )
    with pytest.raises(RuleBroken, match=r"number\.(unreadable|size)"):
        form_records.complete_form(desk, kept.id, Given({"pulse": wrong}), kept.version)


def test_a_time_that_is_none_is_refused_with_a_sentence(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    right = Given({"temperature": Value(number=Decimal("36.6"), typed="36.6")})
    for time in ("00:10+", "07:5", "0750", "24:00", "t", "07:50+1"):
        new = form_records.NewForm(BOTH, visit, "vitals", desk.today(), right, time)
        with pytest.raises(RuleBroken, match=r"time\.unreadable"):
            form_records.save_form(desk, new)
