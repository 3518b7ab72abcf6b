"""What hints at holding a dose is told, put right or void after the dose: what it shows follows at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from logged import event
from sqlalchemy import select
from study_fixtures import Study
from trial_fixtures import arms, choices, laboratory, made_arms, made_trial, numbers

from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.models.lab import Sample
from sle_desk.models.visit import Answer
from sle_desk.services import deviations, dose_log, form_records, labs, record_links, visits, void_samples
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, NewForm
from sle_desk.services.lab_judgement import NewSample, TypedResult
from sle_desk.services.seen import version_of

__all__ = ["arms", "made_arms", "made_trial"]

TODAY, SUBJECT = date(2026, 11, 23), 3


@pytest.fixture
def dosed(arms: Study) -> Iterator[Study]:
    """Subject 3 had the injections of days 1 and 3; nobody was asked what to hold the second one for."""
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dispense(desk, SUBJECT)
    inject(desk, SUBJECT)
    at(arms, TODAY + timedelta(days=2))
    inject(desk, SUBJECT, started_at=None)
    arms.clock.advance(timedelta(minutes=10))
    yield arms


def sit(study: Study) -> Desk:
    return study.sit("chen.lan", roles.COORDINATOR)


def held_for(desk: Desk) -> list[object]:
    """Return for what a dose that was given is proposed to have been to be held."""
    rows = deviations.deviations(desk, SUBJECT)
    return [row.facts["hold"] for row in rows if (row.code, row.progress) == ("dose.hold_known", "proposed")]


def save(desk: Desk, form: str, values: dict[str, Value]) -> int:
    """Save a form of now at an unscheduled visit; return its number."""
    visit = visits.record_visit(desk, SUBJECT, "UNS", desk.today()).id
    made = NewForm(SUBJECT, visit, form, desk.today(), Given(values), f"{desk.now():%H:%M}")
    return form_records.save_form(desk, made).id


def put_right(desk: Desk, record_id: int, field: str, value: Value) -> None:
    with desk.view() as session:
        asked = select(Answer).where(Answer.form_record_id == record_id, Answer.field == field)
        version = session.scalars(asked).one().version
    form_records.correct_value(desk, Correction(record_id, field, value, "slip", version))


def test_a_fever_typed_after_the_dose_is_proposed_and_goes_with_its_correction(dosed: Study) -> None:
    desk = sit(dosed)
    measured = {"temperature": "38.4", "systolic": "122", "diastolic": "78", "pulse": "72"}
    rest = {"respiration": "16", "oxygen_saturation": "98", "weight": "61.2"}
    record = save(desk, "vitals", numbers({**measured, **rest}))
    assert held_for(desk) == ["fever"]
    put_right(desk, record, "temperature", numbers({"temperature": "36.4"})["temperature"])
    assert held_for(desk) == []


def test_a_result_typed_after_the_dose_is_proposed_and_goes_with_its_correction_or_its_sample(
    dosed: Study,
) -> None:
    place = laboratory(dosed)
    desk = sit(dosed)
    visit = visits.record_visit(desk, SUBJECT, "UNS", desk.today()).id
    new = NewSample(SUBJECT, visit, "CBC", place, desk.now())
    sample = labs.save_results(desk, new, ())
    assert held_for(desk) == []
    row = labs.add_results(desk, sample.id, (neutrophils("0.8"),))
    assert held_for(desk) == ["cytopenia"]
    wrong = row.results["NEUT"]
    right = labs.correct_result(desk, wrong.id, neutrophils("2.8"), "slip", wrong.version)
    assert held_for(desk) == []
    labs.correct_result(desk, right.id, neutrophils("0.8"), "slip", right.version)
    assert held_for(desk) == ["cytopenia"]
    with desk.view() as session:
        seen = version_of(session, session.get_one(Sample, sample.id))
    void_samples.void_sample(desk, sample.id, "slip", seen)
    assert held_for(desk) == []


def neutrophils(count: str) -> TypedResult:
    return TypedResult("NEUT", count, "", Decimal(count), "10^9/L")


def test_a_reaction_is_proposed_with_its_link_to_the_dose_before_and_goes_with_it(dosed: Study) -> None:
    desk = sit(dosed)
    reaction, first = event(desk, SUBJECT, "Rash", grade="3"), dose_log.doses(desk, SUBJECT)[0]
    assert held_for(desk) == []
    record_links.link(desk, reaction.id, "dose", first.id)
    assert held_for(desk) == ["reaction"]
    (link,) = record_links.links(desk, reaction.id)
    record_links.unlink(desk, link.link_id, "slip", link.link_version)
    assert held_for(desk) == []


def test_a_dose_given_in_a_pregnancy_shows_it_whatever_is_told_of_later_days(dosed: Study) -> None:
    desk = sit(dosed)
    take_test(desk, "POS")
    assert held_for(desk) == ["pregnancy"]
    at(dosed, TODAY + timedelta(days=9))
    take_test(desk, "NEG")
    inject(desk, SUBJECT, reason="mistake")
    assert held_for(desk) == ["pregnancy"]


def take_test(desk: Desk, result: str) -> None:
    answers = choices({"done": "done", "type": "serum", "result": result})
    when = {"day": Value(day=desk.today()), "time": Value(text=f"{desk.now():%H:%M}")}
    save(desk, "pregnancy_test", {**answers, **when})
