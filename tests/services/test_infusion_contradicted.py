"""What other records say against the course of an infusion: refused where it cannot be, else asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from dose_fixtures import at
from infused import bag, entry, give, premedication, rate, vitals
from logged import BEL, medicine
from sqlalchemy import select
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken, Unexplained
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.holds import hinted
from sle_desk.models.safety import Query
from sle_desk.services import (
    dose_corrections,
    dose_log,
    form_records,
    infusion_course,
    infusions,
    not_given,
    void_forms,
)
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import GivenDose
from sle_desk.services.form_records import Correction, FormRow
from sle_desk.services.not_given import NotGiven

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
DAY = timedelta(days=1)


@pytest.fixture
def nurse(arms: Study) -> Desk:
    desk = arms.sit("lin.yue", roles.NURSE)
    at(arms, desk.today(), "14:00")
    return desk


def shift(instant: datetime, minutes: int) -> str:
    return f"{instant + timedelta(minutes=minutes):%H:%M}"


def asked(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.view() as session:
        rows = session.scalars(select(Query).where(Query.about_table == "form_record").order_by(Query.id))
        return [(row.field, row.question, row.progress) for row in rows if row.question.startswith("inf")]


def correct(desk: Desk, row: FormRow, field: str, value: Value) -> FormRow:
    seen = form_records.form_row(desk, row.id).answer_versions.get(field, 0)
    return form_records.correct_value(desk, Correction(row.id, field, value, "source", seen))


def given(desk: Desk) -> tuple[int, GivenDose, int]:
    """Return number, contents and version of the infusion."""
    row = dose_log.doses(desk, BEL)[0]
    return row.id, row.given, row.version


# Premedication and its medicine.


def test_a_medicine_put_right_so_that_it_was_not_taken_then_is_asked_about_once(arms, nurse):
    dose, taken = bag(nurse), medicine(nurse, "Prednisone", "10", "2026-01-UK", BEL)
    premedication(nurse, dose, shift(nurse.now(), -20), taken.id)
    assert asked(nurse) == []
    at(arms, nurse.today() + 2 * DAY)
    again = arms.sit("lin.yue", roles.NURSE)
    correct(again, taken, "start", Value(text="2026-11-24"))
    assert asked(again) == [("time", "infusion.not_taken", "open")]
    correct(again, taken, "start", Value(text="2026-11-25"))
    assert asked(again) == [("time", "infusion.not_taken", "open")]
    correct(again, taken, "start", Value(text="2026-01-UK"))
    assert asked(again) == [("time", "infusion.not_taken", "answered")]
    correct(again, taken, "start", Value(text="2026-11-25"))
    assert [each[2] for each in asked(again)] == ["answered", "open"]


def test_an_infusion_moved_to_a_day_without_the_medicine_is_recorded_and_asked_about(arms, nurse):
    dose = bag(nurse)
    premedication(nurse, dose, shift(nurse.now(), -20))
    give(arms, nurse, dose)
    number, was, version = given(nurse)
    dose_corrections.correct_dose(nurse, number, day_before(was), "slip", version)
    assert asked(nurse) == [("time", "infusion.not_taken", "open")]


def day_before(was: GivenDose) -> dict[str, object]:
    assert was.started_at and was.ended_at and was.observed_until
    return {
        "on_day": was.on_day - DAY, "started_at": was.started_at - DAY, "prepared_at": None,
        "ended_at": was.ended_at - DAY, "observed_until": was.observed_until - DAY,
        "reason": "other", "reason_note": "typed a day late",
    }  # fmt: skip


def test_a_medicine_that_ended_the_day_before_may_have_been_given_before_an_infusion(nurse):
    dose = bag(nurse)
    ended = medicine(nurse, "Cetirizine", "10", "2026-11-20", BEL, stop="2026-11-22")
    medicine(nurse, "Ibuprofen", "200", "2026-11-01", BEL, stop="2026-11-21")
    assert [each.id for each in infusion_course.medicines(nurse, dose)] == [ended.id]
    premedication(nurse, dose, "23:30-1", ended.id)


# Times.


def test_a_day_or_time_put_right_leaves_no_entry_of_the_infusion_ahead_of_now(arms, nurse):
    dose = bag(nurse)
    give(arms, nurse, dose)
    vitals(nurse, dose, shift(nurse.now(), 0), "observation")
    number, was, version = given(nurse)
    at(arms, nurse.today() + DAY, "09:00")
    again = arms.sit("lin.yue", roles.NURSE)
    start = again.now() - timedelta(hours=2)
    moved = {
        "on_day": again.today(), "started_at": start, "prepared_at": None,
        "ended_at": start + timedelta(hours=1), "observed_until": None, "reason": "other",
        "reason_note": "it was the day after",
    }  # fmt: skip
    with pytest.raises(RuleBroken, match="infusion.course_ahead"):
        dose_corrections.correct_dose(again, number, moved, "slip", version)
    assert given(again)[1] == was


def test_what_was_measured_before_or_at_the_end_lies_near_it_or_takes_a_reason(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    for moment, time in (
        ("before", "09:00-9"),
        ("before", "20:00-2"),
        ("premedication", "20:00-2"),
    ):
        with pytest.raises(RuleBroken) as refused:
            if moment == "premedication":
                premedication(nurse, dose, time)
            else:
                vitals(nurse, dose, time, moment)
        assert refused.value.code == "infusion.other_day" and refused.value.facts["typed"] == time
    for moment in ("during", "end", "observation"):
        with pytest.raises(RuleBroken, match="infusion.before_prepared"):
            vitals(nurse, dose, shift(start, -1), moment)
    with pytest.raises(RuleBroken, match="infusion.before_prepared"):
        rate(nurse, dose, shift(start, -1), "100", "start")
    give(arms, nurse, dose)
    vitals(nurse, dose, "05:30")
    vitals(nurse, dose, "02:30-1")
    assert asked(nurse) == [("time", "infusion.long_before", "open")]
    told = {"moment": "before", "time": "01:00-1", "temperature": "36.6"}
    with pytest.raises(Unexplained) as unexplained:
        entry(nurse, "infusion_vitals", dose, told, kept="")
    assert unexplained.value.code == "infusion.long_before" and unexplained.value.facts["hours"] == 12
    at(arms, nurse.today(), "18:00")
    later = arms.sit("lin.yue", roles.NURSE)
    vitals(later, dose, shift(start, 120), "end")
    with pytest.raises(Unexplained, match="infusion.not_at_end"):
        told = {"moment": "end", "time": shift(start, 121), "temperature": "36.6"}
        entry(later, "infusion_vitals", dose, told, kept="")


def test_an_end_put_right_is_recorded_and_signs_far_from_it_are_asked_about(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    give(arms, nurse, dose)
    at(arms, nurse.today(), "18:00")
    later = arms.sit("lin.yue", roles.NURSE)
    vitals(later, dose, shift(start, 60), "end")
    number, was, version = given(later)
    assert was.ended_at
    longer = {"ended_at": was.ended_at + timedelta(hours=2), "observed_until": None}
    dose_corrections.correct_dose(later, number, longer, "slip", version)
    assert asked(later) == [("time", "infusion.not_at_end", "open")]
    number, was, version = given(later)
    dose_corrections.correct_dose(later, number, {"ended_at": start + timedelta(hours=1)}, "slip", version)
    assert asked(later) == [("time", "infusion.not_at_end", "answered")]


# A bag that was not given.


def discarded(desk: Desk, dose: int) -> NotGiven:
    return NotGiven(BEL, "BEL", "fever_or_infection", prepared_id=dose, discarded_on=desk.today())


def test_a_bag_with_a_rate_is_not_recorded_as_not_given_until_the_rate_is_in_error(nurse):
    dose = bag(nurse)
    before = vitals(nurse, dose, shift(nurse.now(), 0))
    ran = rate(nurse, dose, shift(nurse.now(), 0), "100", "start")
    with pytest.raises(RuleBroken) as refused:
        not_given.record_not_given(nurse, discarded(nurse, dose))
    assert refused.value.code == "infusion.not_given" and refused.value.facts["typed"] == "14:00"
    row = dose_log.doses(nurse, BEL)[0]
    assert (row.progress, row.given.discarded_on) == ("prepared", None)
    with pytest.raises(RuleBroken, match="infusion.not_given"):
        day = {"discarded_on": nurse.today()}
        dose_corrections.correct_dose(nurse, dose, day, "slip", row.version)
    void_forms.void_form(nurse, ran.id, "slip", ran.version)
    not_given.record_not_given(nurse, discarded(nurse, dose))
    shown = infusion_course.course(nurse, dose)
    assert [each.id for each in shown.entries] == [before.id] and shown.not_given and not shown.open
    with pytest.raises(RuleBroken, match="infusion.not_given"):
        correct(nurse, before, "moment", Value(choice="during"))
    with pytest.raises(RuleBroken, match="infusion.not_given"):
        rate(nurse, dose, shift(nurse.now(), 0), "100", "start")


# Fever.


def test_a_fever_measured_before_an_infusion_is_hinted_when_it_is_given(arms, nurse):
    dose = bag(nurse)
    assert infusions.propose_infusion(nurse, BEL).hints == ()
    vitals(nurse, dose, shift(nurse.now(), -5), temperature="38.0")
    shown = infusions.propose_infusion(nurse, BEL).hints
    assert hinted(shown) == "fever" and shown[0].facts["value"] == "38"
    start = nurse.now()
    arms.clock.advance(timedelta(minutes=90))
    # What came of the infusion itself holds nothing of it.
    vitals(nurse, dose, shift(start, 30), "during", temperature="36.5")
    dose_given = GivenDose(
        BEL, "BEL", nurse.today(), started_at=start, ended_at=start + timedelta(minutes=60),
        administered=dose_log.doses(nurse, BEL)[0].given.prescribed, reaction="none", hold="none",
        place="ward",
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="dose.hold_which"):
        infusions.give_infusion(nurse, dose_given, dose)
    looked_at = replace(dose_given, hold="cleared")
    infusions.give_infusion(nurse, looked_at, dose)
    assert dose_log.doses(nurse, BEL)[0].given.hold_shown == "fever"


def test_a_fever_of_an_infusion_hints_at_holding_another_dose_the_days_after_it(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    give(arms, nurse, dose)
    vitals(nurse, dose, shift(start, 70), "observation", temperature="38.6")
    assert hinted(infusions.propose_infusion(nurse, BEL).hints) == "fever"
    at(arms, nurse.today() + 4 * DAY)
    again = arms.sit("lin.yue", roles.NURSE)
    assert infusions.propose_infusion(again, BEL).hints == ()
