"""Registrations, consents, visits, samples and kits put right, and what rested on them judged again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from people_invented import identity_number, someone
from study_fixtures import Study
from trial_fixtures import arms, laboratory, made_arms, made_trial, register, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.models.store import verification
from sle_desk.services import (
    deviations,
    dispensing,
    dose_corrections,
    dose_log,
    form_records,
    history,
    labs,
    record_corrections,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult, as_new
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.record_corrections import Why
from sle_desk.services.registration_corrections import RegistrationCorrection, correct_registration
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_trial", "trial"]

INTERLEUKIN = 3
HAEMOGLOBIN = TypedResult("HGB", "121", "", Decimal(121), "g/L")


@pytest.fixture
def desk(trial: Study) -> Iterator[Desk]:
    register(trial)
    laboratory(trial)
    yield trial.sit("chen.lan", roles.COORDINATOR)


def the(desk: Desk) -> subjects.SubjectRow:
    return subjects.subject_row(desk, 1)


def report(desk: Desk, **changes: object) -> labs.SampleRow:
    visit = next((row.id for row in visits.visits(desk, 1)), None)
    if visit is None:
        visit = visits.record_visit(desk, 1, "V0", desk.today()).id
    new = NewSample(1, visit, "CBC", 1, desk.now())
    return labs.save_results(desk, replace(new, **changes), (HAEMOGLOBIN,))  # type: ignore[arg-type]


def result(desk: Desk) -> labs.ResultRow:
    return labs.samples(desk, 1)[0].results["HGB"]


def open_codes(desk: Desk, subject_id: int = 1) -> list[str]:
    return [row.code for row in deviations.deviations(desk, subject_id)]


def right(desk: Desk, **changes: object) -> RegistrationCorrection:
    new = replace(subjects.identity_of(desk, 1), **changes)  # type: ignore[arg-type]
    return RegistrationCorrection(1, the(desk).version, new, "slip")


class TestRegistration:
    def test_another_sex_reads_results_by_its_own_ranges(self, trial: Study, desk: Desk) -> None:
        report(desk)
        saved = result(trial.desk)
        judge_result(trial.sit("zhao.jing", roles.INVESTIGATOR), saved.id, Verdict("NCS"), saved.version)
        desk = trial.sit("chen.lan", roles.COORDINATOR)
        assert (result(desk).flag, result(desk).significance) == ("NORMAL", "NCS")
        assert correct_registration(desk, right(desk, sex="M")) == 1
        assert (result(desk).flag, result(desk).significance, the(desk).sex) == ("LOW", "", "M")
        past = history.value_history(desk, "subject", 1, ("sex",))
        assert [(each.value["sex"], each.reason) for each in past] == [("F", ""), ("M", "slip")]

    def test_a_name_put_right_judges_nothing_again(self, desk: Desk) -> None:
        report(desk)
        version = result(desk).version
        assert correct_registration(desk, right(desk, name="张慧", initials="zh")) == 0
        assert (the(desk).name, the(desk).initials, result(desk).version) == ("张慧", "ZH", version)

    def test_the_identity_of_another_subject_is_refused_until_the_cards_are_compared(
        self, desk: Desk
    ) -> None:
        born = date(1980, 5, 6)
        other = someone(
            name="王芳", initials="WF", birth_date=born, identity_number=identity_number(born, "F")
        )
        subjects.register_subject(desk, other)
        wrong = right(desk, identity_number=other.identity_number)
        head = desk.head()
        with pytest.raises(RuleBroken, match="subject.duplicate"):
            correct_registration(desk, wrong)
        assert desk.head() == head
        correct_registration(desk, replace(wrong, other_person=True))
        assert subjects.identity_of(desk, 1).identity_number == other.identity_number

    def test_its_own_identity_is_no_duplicate(self, desk: Desk) -> None:
        correct_registration(desk, right(desk, phone="010-5550100"))
        assert subjects.identity_of(desk, 1).phone == "010-5550100"

    def test_nobody_is_born_after_the_consent(self, trial: Study, desk: Desk) -> None:
        at(trial, desk.today() + timedelta(days=1))
        with pytest.raises(RuleBroken, match="day.before_birth"):
            correct_registration(desk, right(desk, birth_date=desk.today()))

    def test_reason_and_version_are_asked(self, desk: Desk) -> None:
        with pytest.raises(RuleBroken, match="change.reason_needed"):
            correct_registration(desk, replace(right(desk, sex="M"), reason="because"))
        with pytest.raises(RuleBroken, match="change.note_needed"):
            correct_registration(desk, replace(right(desk, sex="M"), reason="other"))
        with pytest.raises(Stale):
            correct_registration(desk, replace(right(desk, sex="M"), seen_version=99))

    def test_a_monitor_corrects_nothing(self, trial: Study, desk: Desk) -> None:
        wanted = right(desk, sex="M")
        monitor = trial.sit("he.jian", roles.MONITOR)
        with pytest.raises(NotAllowed):
            correct_registration(monitor, wanted)


def consent_of(desk: Desk) -> subjects.ConsentRow:
    return subjects.consents(desk, 1)[0]


class TestConsent:
    def test_a_consent_signed_later_than_it_was_typed_shows_what_came_before_it(
        self, trial: Study, desk: Desk
    ) -> None:
        visit = visits.record_visit(desk, 1, "V0", desk.today())
        weight = Given({"weight": Value(number=Decimal("61"), typed="61")})
        form_records.save_form(desk, NewForm(1, visit.id, "vitals", desk.today(), weight))
        assert "consent.after_procedure" not in open_codes(desk)
        at(trial, desk.today() + timedelta(days=1))
        kept = consent_of(desk)
        corrected = NewConsent(1, "v2.1", desk.today(), "09:00", kept.explained_by, "Y")
        record_corrections.correct_consent(desk, Why(kept.id, kept.version, "slip"), corrected)
        assert (consent_of(desk).signed_on, consent_of(desk).signed_time) == (desk.today(), "09:00")
        assert open_codes(desk).count("consent.after_procedure") == 2  # the form's and the consent's own
        back = replace(corrected, signed_on=desk.today() - timedelta(days=1), signed_time="07:50")
        record_corrections.correct_consent(desk, Why(kept.id, consent_of(desk).version, "slip"), back)
        assert "consent.after_procedure" not in open_codes(desk)

    def test_it_cannot_lie_ahead(self, desk: Desk) -> None:
        kept = consent_of(desk)
        ahead = NewConsent(1, "v2.1", desk.today() + timedelta(days=1), "09:00", "Zhao Jing", "Y")
        with pytest.raises(RuleBroken, match="day.future"):
            record_corrections.correct_consent(desk, Why(kept.id, kept.version, "slip"), ahead)


class TestVisit:
    def test_its_forms_move_with_its_day_and_samples_keep_their_own(self, trial: Study, desk: Desk) -> None:
        visit = visits.record_visit(desk, 1, "V0", desk.today())
        weight = Given({"weight": Value(number=Decimal("61"), typed="61")})
        record = form_records.save_form(desk, NewForm(1, visit.id, "vitals", desk.today(), weight))
        drawn = report(desk).drawn_at
        at(trial, desk.today() + timedelta(days=2))
        right_day = desk.today() - timedelta(days=1)
        moved = record_corrections.correct_visit_day(desk, Why(visit.id, visit.version, "slip"), right_day)
        assert (moved, visits.visits(desk, 1)[0].on_day) == (1, right_day)
        assert form_records.form_row(desk, record.id).on_day == right_day
        assert labs.samples(desk, 1)[0].drawn_at == drawn

    def test_one_not_done_has_no_day(self, desk: Desk) -> None:
        row = visits.record_not_done(desk, 1, "V0", "refused")
        with pytest.raises(RuleBroken, match="visit.not_done"):
            record_corrections.correct_visit_day(desk, Why(row.id, row.version, "slip"), desk.today())

    def test_not_done_is_recorded_with_its_reason_once(self, desk: Desk) -> None:
        with pytest.raises(RuleBroken, match="change.reason_needed"):
            visits.record_not_done(desk, 1, "W2", "tired")
        with pytest.raises(RuleBroken, match="change.note_needed"):
            visits.record_not_done(desk, 1, "W2", "other")
        row = visits.record_not_done(desk, 1, "W2", "other", "snow")
        assert (row.on_day, row.not_done_reason) == (None, "other: snow")
        with pytest.raises(RuleBroken, match="visit.recorded_not_done"):
            visits.record_visit(desk, 1, "W2", desk.today())


class TestSample:
    def test_another_draw_time_is_judged_on_its_own_day(self, trial: Study, desk: Desk) -> None:
        # A range of the laboratory holds from the day that it was recorded with.
        kept = report(desk)
        old = replace(as_new(kept), drawn_at=kept.drawn_at.replace(year=2025), report_number=" B-7 ")
        changed = record_corrections.correct_sample(desk, Why(kept.id, kept.version, "source"), old)
        sample = labs.samples(desk, 1)[0]
        assert (sample.drawn_at, sample.report_number, changed) == (old.drawn_at, "B-7", 1)
        assert (result(desk).low, result(desk).high) == (None, None)

    def test_two_samples_of_one_draw_are_refused(self, trial: Study, desk: Desk) -> None:
        first = report(desk)
        trial.clock.advance(timedelta(hours=1))
        second = report(desk)
        with pytest.raises(RuleBroken, match="sample.twice"):
            record_corrections.correct_sample(
                desk,
                Why(second.id, second.version, "slip"),
                replace(as_new(second), drawn_at=first.drawn_at),
            )


class TestDoses:
    def test_a_kit_put_right_settles_the_doses_that_name_its_lot(self, arms: Study) -> None:
        desk = arms.sit("lin.yue", roles.NURSE)
        new = NewDispensing(INTERLEUKIN, "IL2", "202607-B8", Decimal(1), 60, desk.today(), "K-0417")
        kit = dispensing.record_dispensing(desk, new)
        inject(desk, INTERLEUKIN, reason="other", reason_note="lot as on the vial")
        assert "dose.lot_not_dispensed" in open_codes(desk, INTERLEUKIN)
        right_lot = replace(new, lot="202607-A3")
        record_corrections.correct_dispensing(desk, Why(kit.id, kit.version, "slip"), right_lot)
        assert "dose.lot_not_dispensed" not in open_codes(desk, INTERLEUKIN)
        kept = dispensing.kits(desk, INTERLEUKIN)[0]
        assert (kept.lot, kept.version) == ("202607-A3", kit.version + 1)

    def test_a_kit_entered_in_error_is_no_kit(self, arms: Study) -> None:
        desk = arms.sit("lin.yue", roles.NURSE)
        dispense(desk, INTERLEUKIN)
        inject(desk, INTERLEUKIN)
        kit = dispensing.kits(desk, INTERLEUKIN)[0]
        record_corrections.void_dispensing(desk, Why(kit.id, kit.version, "slip"))
        assert dispensing.kits(desk, INTERLEUKIN) == ()
        assert "dose.lot_not_dispensed" in open_codes(desk, INTERLEUKIN)

    def test_a_first_dose_recorded_late_makes_earlier_results_the_baseline(self, arms: Study) -> None:
        desk = arms.sit("chen.lan", roles.COORDINATOR)
        baseline = alt(desk)[-1]
        raised = TypedResult("ALT", "60", "", Decimal(60), "U/L")
        labs.correct_result(desk, baseline.id, raised, "source", baseline.version)
        began = desk.now()
        at(arms, desk.today() + timedelta(days=1))
        visit = visits.record_visit(desk, INTERLEUKIN, "W2", desk.today()).id
        later = TypedResult("ALT", "85", "", Decimal(85), "U/L")
        labs.save_results(desk, NewSample(INTERLEUKIN, visit, "CHEM", 1, desk.now()), (later,))
        without = (alt(desk)[-1].grade, alt(desk)[-1].grade_reason)
        dispense(desk, INTERLEUKIN, on_day=began.date())
        inject(desk, INTERLEUKIN, started_at=began, on_day=began.date(), reason="mistake")
        graded = (alt(desk)[-1].grade, alt(desk)[-1].grade_reason)
        assert graded != without
        past = history.value_history(desk, "result", alt(desk)[-1].id, ("grade", "grade_reason"))
        assert past[-1].reason == "mistake"
        dose = dose_log.doses(desk, INTERLEUKIN)[0]
        dose_corrections.void_dose(desk, dose.id, "slip", dose.version)
        assert (alt(desk)[-1].grade, alt(desk)[-1].grade_reason) == without


def alt(desk: Desk) -> list[labs.ResultRow]:
    samples = labs.samples(desk, INTERLEUKIN)
    return [sample.results["ALT"] for sample in samples if "ALT" in sample.results]


def test_after_every_correction_the_chain_holds(desk: Desk) -> None:
    kept = report(desk)
    correct_registration(desk, right(desk, sex="M"))
    sample = labs.samples(desk, 1)[0]
    moved = replace(as_new(sample), drawn_at=kept.drawn_at - timedelta(minutes=30))
    record_corrections.correct_sample(desk, Why(sample.id, sample.version, "slip"), moved)
    assert desk.cursor_check(verification.verify).holds
