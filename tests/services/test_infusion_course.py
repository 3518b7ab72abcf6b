"""Rates, vital signs and premedication of an infusion: within it, linked, corrected and void with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from infused import bag, entry, give, premedication, rate, vitals
from logged import BEL, BOTH, IL2, medicine
from sqlalchemy import select
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken, Unexplained
from sle_desk.domain import roles
from sle_desk.models.visit import RecordLink
from sle_desk.services import (
    dose_corrections,
    dose_log,
    form_records,
    infusion_course,
    log_entries,
    record_links,
    void_forms,
)
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]


@pytest.fixture
def nurse(arms: Study) -> Desk:
    return arms.sit("lin.yue", roles.NURSE)


def ahead(desk: Desk, minutes: int) -> str:
    return f"{desk.now() + timedelta(minutes=minutes):%H:%M}"


def told(desk: Desk, dose: int) -> list[tuple[str, str]]:
    return [
        (each.form, each.values["time"].text or "") for each in infusion_course.course(desk, dose).entries
    ]


def test_what_was_recorded_before_and_after_giving_stands_in_the_order_of_its_time(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    vitals(nurse, dose, f"{start:%H:%M}", systolic="120", diastolic="70")
    premedication(nurse, dose, f"{start - timedelta(minutes=30):%H:%M}")
    give(arms, nurse, dose)
    rate(nurse, dose, f"{start + timedelta(minutes=20):%H:%M}", "250")
    rate(nurse, dose, f"{start:%H:%M}", "100", "start")
    shown = infusion_course.course(nurse, dose)
    forms = [each.form for each in shown.entries]
    assert forms == ["infusion_premedication", "infusion_vitals", "infusion_rate", "infusion_rate"]
    assert [each.at for each in shown.entries] == sorted(each.at for each in shown.entries if each.at)
    assert shown.entries[0].about == "Loratadine" and shown.open


def test_a_time_that_the_infusion_cannot_have_is_refused_and_nothing_is_kept(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    give(arms, nurse, dose)
    end = start + timedelta(minutes=60)

    def clock_at(minutes: int, of=start) -> str:
        return f"{of + timedelta(minutes=minutes):%H:%M}"

    rate(nurse, dose, clock_at(0), "100", "start")
    rate(nurse, dose, clock_at(0, end), "0", "reaction")
    vitals(nurse, dose, clock_at(0), "before")
    vitals(nurse, dose, clock_at(0), "during")
    vitals(nurse, dose, clock_at(5, end), "observation")
    kept = told(nurse, dose)
    for act, code in (
        (lambda: rate(nurse, dose, clock_at(-1), "50"), "infusion.outside"),
        (lambda: rate(nurse, dose, clock_at(1, end), "50"), "infusion.outside"),
        (lambda: rate(nurse, dose, clock_at(0), "50"), "infusion.same_time"),
        (lambda: vitals(nurse, dose, clock_at(1), "before"), "infusion.moment"),
        (lambda: vitals(nurse, dose, clock_at(1, end), "during"), "infusion.moment"),
        (lambda: vitals(nurse, dose, clock_at(-1, end), "observation"), "infusion.moment"),
        (lambda: premedication(nurse, dose, clock_at(1)), "infusion.after_start"),
        (lambda: vitals(nurse, dose, ahead(nurse, 1), "observation"), "time.future"),
        (lambda: vitals(nurse, dose, "00:05+1", "observation"), "time.future"),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.code == code
    assert told(nurse, dose) == kept
    with pytest.raises(Unexplained):
        same = {"time": clock_at(30), "rate": "100", "reason": "ordered"}
        entry(nurse, "infusion_rate", dose, same, kept="")


def test_giving_or_correcting_an_infusion_at_times_that_its_entries_contradict_is_refused(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    arms.clock.advance(timedelta(minutes=30))
    changed = rate(nurse, dose, f"{start + timedelta(minutes=20):%H:%M}", "100")
    with pytest.raises(RuleBroken, match="infusion.course_outside"):
        give(arms, nurse, dose)
    assert dose_log.doses(nurse, BEL)[0].progress == "prepared"
    void_forms.void_form(nurse, changed.id, "slip", changed.version)
    give(arms, nurse, dose)
    row = dose_log.doses(nurse, BEL)[0]
    begun = row.given.started_at
    assert begun is not None
    rate(nurse, dose, f"{begun + timedelta(minutes=20):%H:%M}", "100")
    with pytest.raises(RuleBroken, match="infusion.course_outside"):
        later = {"started_at": begun + timedelta(minutes=21)}
        dose_corrections.correct_dose(nurse, dose, later, "slip", row.version)


def test_an_entry_belongs_to_an_infusion_of_its_subject_that_stands(arms, nurse):
    dose = bag(nurse)
    for wrong in (dose + 100, 0):
        with pytest.raises(RuleBroken, match="entry.no_infusion"):
            rate(nurse, wrong, ahead(nurse, 0), "100")
    saved = vitals(nurse, dose, ahead(nurse, 0))
    with pytest.raises(RuleBroken, match="entry.goes_with_infusion"):
        void_forms.void_form(nurse, saved.id, "slip", saved.version, to_subject=IL2)
    with nurse.view() as session:
        link = session.scalars(select(RecordLink)).one()
        place = link.id, link.version
    with pytest.raises(RuleBroken, match="entry.goes_with_infusion"):
        record_links.unlink(nurse, place[0], "slip", place[1])


def test_premedication_is_a_dose_of_a_medicine_entered_once_and_taken_that_day(nurse):
    dose = bag(nurse)
    ended = medicine(nurse, "Cetirizine", "10", "2026-11-01", BEL, stop="2026-11-10")
    goes_on = medicine(nurse, "Prednisone", "10", "2026-01-UK", BEL)
    medicine(nurse, "Ibuprofen", "200", "2026-11-20", BOTH)
    offered = [each.id for each in infusion_course.medicines(nurse, dose)]
    assert offered == [goes_on.id]
    with pytest.raises(RuleBroken, match="infusion.not_taken"):
        premedication(nurse, dose, ahead(nurse, -5), ended.id)
    premedication(nurse, dose, ahead(nurse, -5), goes_on.id)
    premedication(nurse, dose, ahead(nurse, -60))
    names = [each.about for each in infusion_course.course(nurse, dose).entries]
    assert names == ["Loratadine", "Prednisone"]
    assert len(log_entries.entries(nurse, "medicines", BEL)) == 3


def test_an_infusion_entered_in_error_takes_its_entries_where_it_belongs_but_no_premedication(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    premedication(nurse, dose, f"{start:%H:%M}")
    vitals(nurse, dose, f"{start:%H:%M}")
    give(arms, nurse, dose)
    rate(nurse, dose, f"{start:%H:%M}", "250", "start")
    row = dose_log.doses(nurse, BEL)[0]
    moved = dose_corrections.void_dose(nurse, dose, "slip", row.version, to_subject=BOTH)
    assert moved is not None
    assert infusion_course.course(nurse, dose).entries == ()
    shown = infusion_course.course(nurse, moved.id)
    assert shown.subject_id == BOTH
    assert [each.form for each in shown.entries] == ["infusion_vitals", "infusion_rate"]
    assert len(log_entries.entries(nurse, "medicines", BEL)) == 1
    assert log_entries.entries(nurse, "infusions", BEL) == ()
    again = dose_log.doses(nurse, BOTH)[0]
    dose_corrections.void_dose(nurse, moved.id, "slip", again.version)
    assert log_entries.entries(nurse, "infusions") == ()


def test_entries_are_of_the_day_of_their_infusion_and_follow_it(arms, nurse):
    dose, start = bag(nurse), nurse.now()
    give(arms, nurse, dose)
    saved = rate(nurse, dose, f"{start:%H:%M}", "250", "start")
    row = dose_log.doses(nurse, BEL)[0]
    day = timedelta(days=1)
    given = row.given
    assert given.started_at and given.ended_at and given.observed_until
    earlier = {
        "on_day": given.on_day - day, "started_at": given.started_at - day, "prepared_at": None,
        "ended_at": given.ended_at - day, "observed_until": given.observed_until - day,
        "reason": "other", "reason_note": "typed a day late",
    }  # fmt: skip
    dose_corrections.correct_dose(nurse, dose, earlier, "slip", row.version)
    assert form_records.form_row(nurse, saved.id).on_day == given.on_day - day
    (kept,) = infusion_course.course(nurse, dose).entries
    assert kept.at == given.started_at - day
