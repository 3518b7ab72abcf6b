"""Entered in error: void here and right there, linked both ways; what is void is read nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from people_invented import identity_number, someone
from sqlalchemy import func, select
from study_fixtures import Study
from trial_fixtures import (
    arms,
    laboratory,
    made_arms,
    made_ready,
    made_trial,
    numbers,
    ready,
    register,
    results,
    score,
    sign_form,
    trial,
    vitals,
)

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.lab import Result
from sle_desk.models.safety import Query
from sle_desk.models.store import verification
from sle_desk.models.visit import FormRecord
from sle_desk.services import (
    checklist,
    consent_records,
    deviations,
    dispositions,
    entered_in_error,
    form_records,
    labs,
    preconditions,
    record_corrections,
    signatures,
    subjects,
    visits,
    void_consents,
    void_forms,
    void_samples,
    void_subjects,
    void_visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.lab_judging import Verdict, judge_result
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3


def coordinator(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def visit_of(desk: Desk, subject_id: int, code: str) -> int:
    """Return the visit of a subject, recorded today when there is none yet."""
    known = {row.code: row.id for row in visits.visits(desk, subject_id)}
    return known.get(code) or visits.record_visit(desk, subject_id, code, desk.today()).id


def two(study: Study) -> tuple[Desk, int, int]:
    """Register two subjects with a screening visit each; return the desk and the visits."""
    first, second = register(study, 1), register(study, 2)
    laboratory(study)
    desk = coordinator(study)
    return desk, visit_of(desk, first, "V0"), visit_of(desk, second, "V0")


def holds(desk: Desk) -> bool:
    return bool(desk.cursor_check(verification.verify).holds)


def form(desk: Desk, record_id: int) -> FormRow:
    return form_records.form_row(desk, record_id)


# A form.


def test_a_form_of_the_wrong_subject_stands_at_the_right_one_exactly_as_typed(trial: Study) -> None:
    desk, here, there = two(trial)
    given = Given({**numbers({"weight": "56.40"}), **numbers({"temperature": "36.6"})})
    new = NewForm(1, here, "vitals", TODAY, given, "08:05", "paper", "Sheet 7")
    saved = form_records.save_form(desk, new)
    before = desk.head().number
    moved = void_forms.void_form(desk, saved.id, "slip", saved.version, "Wrong chart.", to_visit=there)
    assert moved is not None
    old, right = form(desk, saved.id), form(desk, moved)
    assert (old.void, old.void_reason, old.moved_to) == (True, "slip: Wrong chart.", moved)
    assert (right.subject_id, right.visit_id, right.void) == (2, there, False)
    assert right.values == old.values and right.values["weight"].typed == "56.40"
    assert (right.on_day, right.at_time, right.source_reference) == (TODAY, "08:05", "Sheet 7")
    with desk.view() as session:
        assert session.get_one(FormRecord, moved).moved_from == saved.id
        written = session.scalars(select(Audit.change).where(Audit.number > before)).all()
    assert len(set(written)) == 1 and holds(desk)
    assert form_records.saved_form(desk, here, "vitals") is None
    assert form_records.weights(desk, 1) == () and len(form_records.weights(desk, 2)) == 1


def test_a_moved_form_keeps_its_paper_signer_and_its_signature_stays_behind_void(trial: Study) -> None:
    register(trial)
    desk = trial.sit("zhao.jing", roles.INVESTIGATOR)
    screening, baseline = visit_of(desk, 1, "V0"), visit_of(desk, 1, "V1")
    record = score(desk, 1, screening, "pga")
    sign_form(trial, desk, record)
    moved = void_forms.void_form(desk, record, "slip", form(desk, record).version, to_visit=baseline)
    assert moved is not None
    (signature,) = signatures.signatures_of(desk, "form_record", record)
    assert (signature.valid, signature.void_reason) == (False, "slip")
    assert signatures.signatures_of(desk, "form_record", moved) == ()
    row = entered_in_error.void_at(desk, screening, "form_record", "pga")
    assert row is not None and row.there is not None
    assert (row.there.visit, row.there.visit_id, row.reason) == ("V1", baseline, "slip")


def test_a_form_is_not_moved_over_one_that_stands_nor_where_none_is_planned(trial: Study) -> None:
    desk, here, there = two(trial)
    saved, other = vitals(desk, 1, here), vitals(desk, 2, there)
    version = form(desk, saved).version
    with pytest.raises(RuleBroken, match=r"record\.there_already"):
        void_forms.void_form(desk, saved, "slip", version, to_visit=there)
    with pytest.raises(RuleBroken, match=r"record\.same_visit"):
        void_forms.void_form(desk, saved, "slip", version, to_visit=here)
    demography = NewForm(1, here, "demography", TODAY, Given({}))
    empty = form_records.save_form(desk, demography)
    with pytest.raises(RuleBroken, match=r"record\.not_at_visit"):
        void_forms.void_form(desk, empty.id, "slip", empty.version, to_visit=visit_of(desk, 2, "V1"))
    for record in (saved, other, empty.id):
        assert not form(desk, record).void
    with pytest.raises(Stale):
        void_forms.void_form(desk, saved, "slip", version + 1)
    with pytest.raises(RuleBroken, match="reason_needed"):
        void_forms.void_form(desk, saved, "", version)


def test_what_is_impossible_there_is_refused_and_nothing_is_void(trial: Study) -> None:
    desk, here, _ = two(trial)
    young = subjects.register_subject(desk, someone(birth_date=TODAY, identity_number="", initials="YY"))
    saved = vitals(desk, 1, here)
    at(trial, TODAY + timedelta(days=1))
    later = visits.record_visit(desk, young.id, "V0", desk.today()).id
    record = form(desk, saved)
    earlier = void_forms.void_form(desk, saved, "slip", record.version, to_visit=later)
    assert earlier is not None
    row = form(desk, earlier)
    assert row.on_day == desk.today()
    # A day that a person gave stays, wherever the form goes.
    own_day = replace(row.told, on_day=TODAY)
    record_corrections.correct_source(desk, Why(earlier, row.version, "source"), own_day)
    row = form(desk, earlier)
    unborn = replace(someone(identity_number="", initials="UU"), birth_date=desk.today())
    child = subjects.register_subject(desk, unborn)
    place = visits.record_visit(desk, child.id, "V0", desk.today()).id
    with pytest.raises(RuleBroken, match=r"day\.before_birth"):
        void_forms.void_form(desk, earlier, "slip", row.version, to_visit=place)
    assert not form(desk, earlier).void and form(desk, earlier).moved_to is None


def test_an_unlikely_value_is_asked_about_there_and_no_longer_here(trial: Study) -> None:
    desk, here, there = two(trial)
    given = Given(numbers({"pulse": "160"}), {"pulse": "confirmed"})
    saved = form_records.save_form(desk, NewForm(1, here, "vitals", TODAY, given))
    moved = void_forms.void_form(desk, saved.id, "slip", saved.version, to_visit=there)
    assert moved is not None
    with desk.view() as session:
        asked = {row.about_id: (row.subject_id, row.progress) for row in session.scalars(select(Query))}
    assert asked == {saved.id: (1, "closed"), moved: (2, "open")}
    assert form(desk, moved).kept == {"pulse": "confirmed"}


def test_a_void_form_is_void_for_good_and_corrected_no_more(trial: Study) -> None:
    desk, here, _ = two(trial)
    saved = vitals(desk, 1, here)
    row = form(desk, saved)
    assert void_forms.void_form(desk, saved, "slip", row.version) is None
    with pytest.raises(RuleBroken, match="already_void"):
        void_forms.void_form(desk, saved, "slip", form(desk, saved).version)
    change = Correction(saved, "weight", numbers({"weight": "61"})["weight"], "slip", 1)
    with pytest.raises(RuleBroken, match="already_void"):
        form_records.correct_value(desk, change)
    assert vitals(desk, 1, here) != saved


def test_a_form_before_consent_takes_its_deviation_along(trial: Study) -> None:
    desk, here, _ = two(trial)
    late = subjects.register_subject(desk, someone(identity_number="", initials="LATE")).id
    there = visit_of(desk, late, "V0")
    saved = vitals(desk, late, there)
    assert [row.code for row in deviations.deviations(desk, late)] == ["consent.after_procedure"]
    void_forms.void_form(desk, saved, "slip", form(desk, saved).version, to_visit=here)
    assert deviations.deviations(desk, late) == () and deviations.deviations(desk, 1) == ()


def test_a_consent_is_no_longer_late_when_the_procedure_before_it_never_was(trial: Study) -> None:
    desk, _, _ = two(trial)
    late = subjects.register_subject(desk, someone(identity_number="", initials="LATE")).id
    saved = vitals(desk, late, visit_of(desk, late, "V0"))
    at(trial, TODAY + timedelta(days=1))
    new = NewConsent(late, "v2.1", desk.today(), "09:00", "Zhao Jing", "Y")
    consent_records.record_consent(desk, new, "overlooked")
    assert len(deviations.deviations(desk, late)) == 2
    void_forms.void_form(desk, saved, "slip", form(desk, saved).version)
    assert deviations.deviations(desk, late) == ()


def test_a_monitor_marks_nothing(trial: Study) -> None:
    desk, here, _ = two(trial)
    row = form(desk, vitals(desk, 1, here))
    monitor = trial.sit("he.jian", roles.MONITOR)
    with pytest.raises(NotAllowed):
        void_forms.void_form(monitor, row.id, "slip", row.version)
    with pytest.raises(NotAllowed):
        void_subjects.void_subject(monitor, 1, "slip", 1)


# Eligibility and baseline.


def test_signed_eligibility_goes_void_with_the_form_it_rests_on(ready: Study) -> None:
    desk = coordinator(ready)
    assert checklist.checklist(desk, 1).signed is not None
    history = form_records.saved_form(desk, visit_of(desk, 1, "V0"), "history_screening")
    assert history is not None
    void_forms.void_form(desk, history.id, "slip", history.version)
    sheet = checklist.checklist(desk, 1)
    assert sheet.signed is None and len(sheet.voided) == 1
    assert "history_screening" in {gap.place.code for _, gap in sheet.missing if gap.place is not None}


def test_the_door_of_the_allocation_shuts_when_a_baseline_score_or_a_sample_goes_void(ready: Study) -> None:
    desk = coordinator(ready)
    assert all(not row.missing for row in preconditions.preconditions(desk, 1))
    pga = form_records.saved_form(desk, visit_of(desk, 1, "V1"), "pga")
    assert pga is not None
    void_forms.void_form(desk, pga.id, "slip", pga.version)
    missing = [gap for row in preconditions.preconditions(desk, 1) for gap in row.missing]
    assert [gap.code for gap in missing] == ["precondition.form_not_saved"]


def test_signed_eligibility_goes_void_with_a_sample_or_a_consent(ready: Study) -> None:
    desk = coordinator(ready)
    (consent,) = subjects.consents(desk, 1)
    void_consents.void_consent(desk, consent.id, "slip", consent.version)
    assert subjects.consents(desk, 1) == () and checklist.checklist(desk, 1).signed is None
    codes = {row.code for row in deviations.deviations(desk, 1)}
    assert codes == {"consent.after_procedure"}
    day = desk.today()
    consent_records.record_consent(desk, NewConsent(1, "v2.1", day, consent.signed_time, "Zhao Jing", "Y"))
    assert deviations.deviations(desk, 1) == () and holds(desk)


# A sample.


def test_a_moved_sample_is_judged_on_the_person_it_belongs_to(trial: Study) -> None:
    desk, here, _ = two(trial)
    lab = laboratory(trial)
    desk = coordinator(trial)
    born = date(1956, 5, 5)
    man = someone(
        name="何强", initials="HQ", sex="M", birth_date=born, identity_number=identity_number(born, "M", 9)
    )
    other = subjects.register_subject(desk, man).id
    there = visit_of(desk, other, "V0")
    typed = TypedResult("HGB", "118.0", "", Decimal(118), "g/L")
    below = TypedResult("PLAT", "20", "<", Decimal(20), "10^9/L", None, None, "confirmed")
    drawn = NewSample(1, here, "CBC", lab, desk.now(), "P7", "Y")
    saved = labs.save_results(desk, drawn, (typed, below))
    investigator = trial.sit("zhao.jing", roles.INVESTIGATOR)
    platelets = saved.results["PLAT"]
    judge_result(investigator, platelets.id, Verdict("CS"), platelets.version)
    desk = coordinator(trial)
    saved = labs.samples(desk, 1)[0]
    moved = void_samples.void_sample(desk, saved.id, "slip", saved.version, to_visit=there)
    assert labs.samples(desk, 1) == ()
    (right,) = labs.samples(desk, other)
    assert right.id == moved
    assert (right.drawn_at, right.report_number, right.fasting) == (saved.drawn_at, "P7", "Y")
    old, new = saved.results["HGB"], right.results["HGB"]
    assert (new.typed, new.unit, new.value) == ("118.0", "g/L", Decimal(118))
    assert (old.low, old.flag) != (new.low, new.flag) and new.flag == "LOW"
    low = right.results["PLAT"]
    assert (low.comparator, low.kept_reason, low.significance) == ("<", "confirmed", "")
    with desk.view() as session:
        asked = dict(session.execute(select(Query.about_id, Query.progress)).all())
        assert session.scalar(select(func.count()).select_from(Result)) == 4
    assert asked == {saved.results["PLAT"].id: "closed", low.id: "open"} and holds(desk)


def test_a_sample_is_not_moved_onto_another_of_its_panel(trial: Study) -> None:
    desk, here, there = two(trial)
    lab = laboratory(trial)
    desk = coordinator(trial)
    first = results(desk, 1, here, lab, "CBC", ("HGB",))
    results(desk, 2, there, lab, "CBC", ("HGB",))
    (saved,) = labs.samples(desk, 1)
    with pytest.raises(RuleBroken, match=r"record\.there_already"):
        void_samples.void_sample(desk, first, "slip", saved.version, to_visit=there)
    assert len(labs.samples(desk, 1)) == 1
    void_samples.void_sample(desk, first, "slip", saved.version)
    with pytest.raises(RuleBroken, match="already_void"):
        labs.add_results(desk, first, ())
    with pytest.raises(RuleBroken, match="already_void"):
        typed = TypedResult("HGB", "105", "", Decimal(105), "g/L")
        labs.correct_result(desk, saved.results["HGB"].id, typed, "slip", saved.results["HGB"].version)


# A visit.


def test_a_visit_goes_void_with_exactly_what_was_shown_to_hang_on_it(trial: Study) -> None:
    desk, here, _ = two(trial)
    vitals(desk, 1, here)
    shown = void_visits.hanging(desk, here)
    lab = laboratory(trial)
    desk = coordinator(trial)
    results(desk, 1, here, lab, "CBC", ("HGB",))
    (visit,) = visits.visits(desk, 1)
    with pytest.raises(Stale):
        void_visits.void_visit(desk, here, "slip", visit.version, seen=shown)
    shown = void_visits.hanging(desk, here)
    assert [each.code for each in shown] == ["vitals", "CBC"]
    void_visits.void_visit(desk, here, "slip", visit.version, seen=shown)
    assert (
        visits.visits(desk, 1) == () and labs.samples(desk, 1) == () and form_records.weights(desk, 1) == ()
    )
    assert [row.table for row in entered_in_error.voided(desk, 1)] == ["visit", "form_record", "sample"]
    with pytest.raises(RuleBroken, match="already_void"):
        vitals(desk, 1, here)
    assert visit_of(desk, 1, "V0") != here and holds(desk)


def test_a_visit_is_entered_as_the_one_it_was_with_all_that_hangs_on_it(trial: Study) -> None:
    desk, here, _ = two(trial)
    vitals(desk, 1, here)
    (visit,) = visits.visits(desk, 1)
    assert "V1" in entered_in_error.visits_instead(desk, here)
    moved = void_visits.void_visit(
        desk, here, "slip", visit.version, seen=void_visits.hanging(desk, here), as_code="V1"
    )
    (right,) = visits.visits(desk, 1)
    assert (right.id, right.code, right.on_day) == (moved, "V1", visit.on_day)
    assert moved is not None and form_records.saved_form(desk, moved, "vitals") is not None
    demography = NewForm(1, visit_of(desk, 1, "V0"), "demography", TODAY, Given({}))
    form_records.save_form(desk, demography)
    first = next(row for row in visits.visits(desk, 1) if row.code == "V0")
    assert entered_in_error.visits_instead(desk, first.id) == ()
    seen = void_visits.hanging(desk, first.id)
    with pytest.raises(RuleBroken, match=r"record\.not_at_visit"):
        void_visits.void_visit(desk, first.id, "slip", first.version, seen=seen, as_code="W2")
    with pytest.raises(RuleBroken, match=r"visit\.twice"):
        void_visits.void_visit(desk, first.id, "slip", first.version, seen=seen, as_code="V1")
    assert len(visits.visits(desk, 1)) == 2


# A step out.


def test_a_stop_entered_in_error_frees_the_doses_after_it_and_a_decided_failure_stays(arms: Study) -> None:
    at(arms, TODAY + timedelta(days=1))
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    step = dispositions.record_disposition(desk, INTERLEUKIN, "drug_stop", "IL2", TODAY, "subject")
    assert "dose.after_stop" in {row.code for row in deviations.deviations(desk, INTERLEUKIN)}
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert "dose.after_stop" not in {row.code for row in deviations.deviations(desk, INTERLEUKIN)}


# A whole subject.
