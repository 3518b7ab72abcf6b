"""Entered later: by the day in force, on entry and after each correction of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from dose_fixtures import dispense, inject, injection
from hypothesis import given
from hypothesis import strategies as st
from study_fixtures import Study, study
from trial_fixtures import arms, made_arms, made_ready, made_trial, ready, register

from sle_desk.domain import roles
from sle_desk.domain.entered_later import is_entered_later
from sle_desk.models.base import Record
from sle_desk.models.lab import Sample
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services import dose_corrections, labs, record_corrections, visits
from sle_desk.services.desk import Desk
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.record_corrections import Why

__all__ = ["arms", "made_arms", "made_ready", "made_trial", "ready", "study"]
LOW = TypedResult("HGB", "96", "", Decimal(96), "g/L")


def is_later(desk: Desk, model: type[Record], number: int) -> bool:
    """Return what the record says of itself."""
    with desk.view() as session:
        return session.get_one(model, number).entered_later


@given(st.dates(), st.dates())
def test_what_happened_before_the_day_of_entry_was_entered_later(on_day: date, entered: date) -> None:
    assert is_entered_later(on_day, entered) == (entered - on_day > timedelta())
    assert not is_entered_later(None, entered)


def test_the_flag_of_a_visit_follows_the_corrected_day(study: Study) -> None:
    register(study, 1)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.advance(timedelta(days=10))
    visit = visits.record_visit(desk, 1, "V0", desk.today()).id
    assert not is_later(desk, Visit, visit)
    record_corrections.correct_visit_day(desk, Why(visit, 1, "slip"), desk.today() - timedelta(days=6))
    assert is_later(desk, Visit, visit)
    study.clock.advance(timedelta(days=3))
    record_corrections.correct_visit_day(desk, Why(visit, 2, "slip"), desk.today() - timedelta(days=3))
    assert not is_later(desk, Visit, visit)


def test_the_flag_of_a_dose_follows_the_corrected_day(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    arms.clock.advance(timedelta(days=5))
    dispense(desk, 1, on_day=desk.today() - timedelta(days=4))
    dose = inject(desk, 1).id
    assert not is_later(desk, Dose, dose)
    days = timedelta(days=3)
    right = injection(desk, 1, on_day=desk.today() - days, started_at=desk.now() - days)
    changes = {"on_day": right.on_day, "started_at": right.started_at}
    dose_corrections.correct_dose(desk, dose, changes, "slip", 1)
    assert is_later(desk, Dose, dose)


def test_the_flag_of_a_sample_follows_the_corrected_draw(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    arms.clock.advance(timedelta(days=5))
    visit = visits.record_visit(desk, 1, "UNS", desk.today(), reason="source").id
    drawn = NewSample(1, visit, "CBC", 1, desk.now() - timedelta(days=2))
    sample = labs.save_results(desk, drawn, (LOW,))
    assert sample is not None
    kept = next(row for row in labs.samples(desk, 1) if row.drawn_at == drawn.drawn_at)
    number = kept.id
    assert is_later(desk, Sample, number)
    right = replace(drawn, drawn_at=desk.now())
    record_corrections.correct_sample(desk, Why(number, kept.version, "slip"), right)
    assert not is_later(desk, Sample, number)
