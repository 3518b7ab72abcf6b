"""A consent signed on the day of a procedure: the times tell which came first, or nobody can."""

from __future__ import annotations

from datetime import timedelta

from people_invented import someone
from study_fixtures import Study
from trial_fixtures import choices, made_trial, trial

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.services import (
    consent_records,
    deviations,
    form_records,
    laboratories,
    labs,
    preconditions,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.checklist import checklist
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import NewForm
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.subjects import NewConsent

__all__ = ["made_trial", "trial"]
REASON = "routine"


def about(desk: Desk) -> list[str]:
    """Return what is proposed as done before consent: about which kind of record."""
    found = deviations.deviations(desk, progress="proposed")
    return sorted(row.about_table for row in found if row.code == "consent.after_procedure")


def consent(desk: Desk, subject: int, at: str) -> None:
    """Record a consent of today, signed at a time."""
    new = NewConsent(subject, "v2.1", desk.today(), at, "Zhao Jing", "Y")
    consent_records.record_consent(desk, new, REASON)


def begun(study: Study) -> tuple[Desk, int, int]:
    """Return the coordinator's desk with a subject at the first visit, without consent."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    return desk, subject, visits.record_visit(desk, subject, "V0", desk.today()).id


def blood(desk: Desk, subject: int, visit: int) -> None:
    """Record a sample drawn now."""
    number = laboratories.laboratories(desk)[0].id
    labs.save_results(desk, NewSample(subject, visit, "CBC", number, desk.now()), ())


def vitals(desk: Desk, subject: int, visit: int) -> None:
    """Save vital signs of today as the window does: without a time."""
    form_records.save_form(desk, NewForm(subject, visit, "vitals", desk.today(), Given({})))


def test_what_was_done_and_typed_before_the_hour_of_the_signature_stays_told(trial: Study) -> None:
    desk, subject, visit = begun(trial)
    blood(desk, subject, visit)
    vitals(desk, subject, visit)
    assert about(desk) == ["form_record", "sample"]
    trial.clock.advance(timedelta(hours=3))
    consent(desk, subject, f"{desk.now():%H:%M}")
    assert about(desk) == ["consent", "form_record", "sample"]
    found = preconditions.preconditions(desk, subject)
    gaps = [gap.code for row in found if row.code == "consent" for gap in row.missing]
    assert gaps == ["precondition.consent_late"]


def test_what_was_done_after_the_hour_of_the_signature_goes_void_once_it_is_typed(trial: Study) -> None:
    desk, subject, visit = begun(trial)
    blood(desk, subject, visit)
    trial.clock.advance(timedelta(hours=3))
    consent(desk, subject, "00:01")
    assert about(desk) == []


def test_without_a_time_nothing_is_proposed_and_the_criterion_says_that_nobody_can_tell(trial: Study) -> None:
    desk, subject, visit = begun(trial)
    trial.clock.advance(timedelta(hours=3))
    consent(desk, subject, f"{desk.now() - timedelta(hours=1):%H:%M}")
    vitals(desk, subject, visit)
    assert about(desk) == []
    leaf = next(row.judged for row in checklist(desk, subject).rows if row.code == "I3a")
    assert (leaf.suggestion, [note.code for note in leaf.notes]) == (None, ["eligibility.same_day"])


def test_a_sample_that_a_form_tells_of_has_a_time_of_its_own(trial: Study) -> None:
    desk, subject, visit = begun(trial)
    trial.clock.advance(timedelta(hours=6))
    hour = desk.now() - timedelta(hours=4)
    taken = {**choices({"taken": "Y"}), "time": Value(text=f"{hour:%H:%M}")}
    form_records.save_form(desk, NewForm(subject, visit, "pre_dose_samples", desk.today(), Given(taken)))
    consent(desk, subject, f"{hour + timedelta(minutes=1):%H:%M}")
    assert about(desk) == ["consent", "form_record"]
