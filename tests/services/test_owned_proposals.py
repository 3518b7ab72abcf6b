"""What is proposed about a record stays until the rule that proposed it finds otherwise."""

from __future__ import annotations

from ended_subjects import sit, treated, void, withdraw
from logged import BOTH, event, medicine, proposed
from study_fixtures import Study
from trial_fixtures import laboratory, made_arms, made_trial, vitals

from sle_desk.services import (
    consent_records,
    dispositions,
    form_records,
    labs,
    visits,
    void_samples,
)
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.subjects import NewConsent

__all__ = ["made_arms", "made_trial", "treated"]


def of_medicines(desk: Desk) -> list[str]:
    """Return what is proposed about the medicines of the subject."""
    return [code for code in proposed(desk) if code.startswith("medication.")]


def test_what_is_proposed_of_a_medicine_outlives_every_act_about_something_else(treated: Study) -> None:
    desk = sit(treated)
    medicine(desk, "Rituximab", "500", "2026-11-24")
    medicine(desk, "Prednisone", "20", "2026-11-24")
    medicine(desk, "Hydroxychloroquine", "600", "2026-11-24")
    before = of_medicines(desk)
    assert {"medication.prednisone_above", "medication.hydroxychloroquine_above"} < set(before)
    void(desk, event(desk))
    assert of_medicines(desk) == before
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today()).id
    void(desk, form_records.form_row(desk, vitals(desk, BOTH, visit)))
    assert of_medicines(desk) == before
    number = laboratory(treated)
    desk = sit(treated)
    sample = labs.save_results(desk, NewSample(BOTH, visit, "CBC", number, desk.now()), ())
    void_samples.void_sample(desk, sample.id, "slip", sample.version)
    assert of_medicines(desk) == before
    consent_records.record_consent(desk, NewConsent(BOTH, "v2.1", desk.today(), "07:00", "Zhao Jing", "Y"))
    assert of_medicines(desk) == before and "consent.after_procedure" not in proposed(desk)
    withdraw(desk, samples="Y")
    assert of_medicines(desk) == before
    dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "subject")
    assert of_medicines(desk) == before
