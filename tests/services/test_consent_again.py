"""Consent withdrawn and signed again: what lies between stays told of, from the new day all goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from dose_fixtures import at
from ended_subjects import due, open_days, sit, treated, visit_days, withdraw
from logged import BOTH, enter, event, given, medicine
from study_fixtures import Study
from trial_fixtures import laboratory, made_arms, made_trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.dataset import PRESETS, Source
from sle_desk.exports.dataset_subjects import subject_table
from sle_desk.models.subject import Consent
from sle_desk.services import (
    consent_records,
    deviations,
    form_records,
    labs,
    papers,
    plan,
    record_corrections,
    subject_trends,
    subjects,
    taking_up,
    visits,
    void_consents,
    withdrawals,
)
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

__all__ = ["made_arms", "made_trial", "treated"]
EVERYTHING = {"treatment": "Y", "visits": "Y", "samples": "Y", "data": "Y"}


def sign(desk: Desk, time: str = "", **takes_up: str) -> int:
    """Record a consent signed now, or at another time of today, that says what it takes up again."""
    new = NewConsent(BOTH, "v2.1", desk.today(), time or f"{desk.now():%H:%M}", "Zhao Jing", "Y", takes_up)
    return consent_records.record_consent(desk, new)


def draw(desk: Desk, number: int) -> int:
    """Record an unscheduled visit of today with a sample drawn at it; return the visit."""
    visit = visits.record_visit(desk, BOTH, "UNS", desk.today(), reason="needed").id
    labs.save_results(desk, NewSample(BOTH, visit, "CBC", number, desk.now()), ())
    return visit


def told(desk: Desk) -> set[tuple[str, date]]:
    """Return what is proposed because consent was withdrawn, with its day."""
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    return {(row.code, row.on_day) for row in rows if "withdraw" in row.code}


def withdrawn_now(desk: Desk) -> set[str]:
    """Return the scopes that the strip of the subject tells as withdrawn."""
    found = subject_trends.alerts(desk, BOTH)
    scopes = {words.en for words, _ in found.withdrawn}
    return scopes if found.no_samples_since is None else {*scopes, "Samples"}


def test_from_the_day_it_is_signed_again_everything_goes_on(treated: Study) -> None:
    number = laboratory(treated)
    desk = sit(treated)
    since, until = desk.today(), desk.today() + timedelta(days=4)
    before, planned = open_days(desk), visit_days(desk)
    withdraw(desk, **EVERYTHING)
    assert open_days(desk) == [] and visit_days(desk) == []
    at(treated, since + timedelta(days=1))
    desk = sit(treated)
    draw(desk, number)
    between = {("visit.after_withdrawal", desk.today()), ("consent.samples_withdrawn", desk.today())}
    assert between <= told(desk) and withdrawn_now(desk) == set(WITHDRAWN)
    at(treated, until)
    desk = sit(treated)
    draw(desk, number)
    assert ("consent.samples_withdrawn", until) in told(desk)
    printing.print_slip(desk, BOTH, Language("en"))
    consent = sign(desk, **EVERYTHING)
    assert [row.state for row in papers.papers(desk)] == ["superseded"]
    assert between <= told(desk) and until not in {day for _, day in told(desk)}
    assert withdrawn_now(desk) == set() and not {"visits_withdrawn", "treatment_withdrawn"} & due(desk)
    assert open_days(desk) == [day for day in before if not since <= day < until] != []
    assert visit_days(desk) == [day for day in planned if not since <= day < until] != []
    (version,) = (row.version for row in subjects.consents(desk, BOTH) if row.id == consent)
    void_consents.void_consent(desk, consent, "slip", version)
    assert withdrawn_now(desk) == set(WITHDRAWN) and open_days(desk) == []
    assert {("visit.after_withdrawal", until), ("consent.samples_withdrawn", until)} <= told(desk)


def test_a_consent_of_the_day_of_the_withdrawal_ends_it_but_the_first_one_never(treated: Study) -> None:
    desk = sit(treated)
    (first,) = subjects.consents(desk, BOTH)
    withdraw(desk, first.signed_on, visits="Y")
    assert withdrawn_now(desk) == {"Visits"}
    withdraw(desk, visits="Y")
    treated.clock.advance(timedelta(minutes=1))
    sign(desk, visits="Y")
    assert withdrawn_now(desk) == set() and told(desk) == {
        (code, day) for code, day in told(desk) if day < desk.today()
    }
    withdraw(desk, desk.today(), visits="N", samples="N")
    assert plan.calendar(desk, BOTH).visits and withdrawn_now(desk) == set()


def test_what_is_of_a_day_after_the_withdrawal_of_data_is_told_of_until_it_is_signed_again(
    treated: Study,
) -> None:
    number = laboratory(treated)
    desk = sit(treated)
    vitals(desk, BOTH, visits.record_visit(desk, BOTH, "UNS", desk.today()).id)
    withdraw(desk, data="Y")
    event(desk)
    assert told(desk) == set() and withdrawn_now(desk) == {"Use of data from now on"}
    after = desk.today() + timedelta(days=1)
    at(treated, after)
    desk = sit(treated)
    vitals(desk, BOTH, draw(desk, number))
    row = medicine(desk, "Rituximab", "500", after.isoformat())
    enter(desk, "procedure", given({"term": "Biopsy", "start": "2026-11-UK"}))
    medicine(desk, "Calcitriol", "1", "2026-11-20")
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    found = [row for row in rows if row.code == "consent.data_withdrawn"]
    assert sorted(row.about_table for row in found) == ["form_record", "form_record", "sample"]
    assert {(row.severity, row.on_day) for row in found} == {("major", after)}
    start = form_records.form_row(desk, row.id).answer_versions["start"]
    right = Correction(row.id, "start", Value(text="2026-11-20"), "late", start)
    form_records.correct_value(desk, right)
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    assert len([row for row in rows if row.code == "consent.data_withdrawn"]) == 2
    with desk.view() as session:
        table = subject_table(Source(desk.protocol, session), PRESETS["site"])
    place = [column.name for column in table.columns].index("DATA_WITHDRAWN_ON")
    assert [line[place] for line in table.rows][:2] == [after - timedelta(days=1), None]
    sign(desk, data="Y")
    assert told(desk) == set() and withdrawn_now(desk) == set()


def test_a_scope_stays_withdrawn_until_the_subject_says_that_it_is_taken_up_again(treated: Study) -> None:
    desk = sit(treated)
    withdraw(desk, treatment="Y", samples="Y")
    at(treated, desk.today() + timedelta(days=3))
    desk = sit(treated)
    for said, scope in (
        ({}, "Study drugs"),
        ({"treatment": "N"}, "Samples"),
        ({"treatment": ""}, "Study drugs"),
    ):
        with pytest.raises(RuleBroken, match=r"consent\.taken_up_unsaid") as refused:
            sign(desk, **said)
        assert str(refused.value.facts["scope"]).count(scope)
    sign(desk, treatment="N", samples="Y")
    assert withdrawn_now(desk) == {"Study drugs"} and open_days(desk) == []
    row = subjects.consents(desk, BOTH)[-1]
    assert row.takes_up == {"treatment": "N", "samples": "Y"}
    assert list(taking_up.scopes_asked(desk, BOTH)) == ["treatment"]
    assert list(taking_up.scopes_asked(desk, BOTH, row.id)) == ["treatment", "samples"]
    right = NewConsent(
        BOTH, "v2.1", row.signed_on, row.signed_time, "Zhao Jing", "Y", {**row.takes_up, "treatment": "Y"}
    )
    record_corrections.correct_consent(desk, Why(row.id, row.version, "late"), right)
    assert withdrawn_now(desk) == set() and open_days(desk) != []


def test_a_withdrawal_later_on_the_day_of_a_consent_stands(treated: Study) -> None:
    desk = sit(treated)
    sign(desk)
    treated.clock.advance(timedelta(hours=2))
    desk = sit(treated)
    withdraw(desk, **EVERYTHING)
    assert withdrawn_now(desk) == set(WITHDRAWN) and open_days(desk) == []
    with pytest.raises(RuleBroken, match=r"consent\.taken_up_before"):
        sign(desk, "05:00", **EVERYTHING)
    with pytest.raises(RuleBroken, match=r"consent\.taken_up_before"):
        consent_records.record_consent(
            desk, NewConsent(BOTH, "v2.1", desk.today(), "", "Zhao Jing", "Y", EVERYTHING)
        )


def test_a_withdrawal_typed_after_the_consent_of_its_day_is_ordered_by_its_own_time(treated: Study) -> None:
    desk = sit(treated)
    told_at = f"{desk.now():%H:%M}"
    treated.clock.advance(timedelta(hours=3))
    desk = sit(treated)
    signed = f"{desk.now() - timedelta(hours=1):%H:%M}"
    row = withdraw(desk, visits="Y")
    with pytest.raises(RuleBroken, match=r"consent\.taken_up_before"):
        sign(desk, signed, visits="Y")
    form_records.correct_value(desk, Correction(row.id, "time", Value(text=told_at), "late", 0))
    sign(desk, signed, visits="Y")
    assert withdrawn_now(desk) == set()


def test_a_consent_recorded_late_takes_up_what_was_withdrawn_again_since(treated: Study) -> None:
    desk = sit(treated)
    withdraw(desk, visits="Y")
    signed = desk.today() + timedelta(days=1)
    at(treated, signed + timedelta(days=1))
    desk = sit(treated)
    withdraw(desk, visits="Y")
    new = NewConsent(BOTH, "v2.1", signed, "08:00", "Zhao Jing", "Y", {"visits": "Y"})
    consent_records.record_consent(desk, new)
    with desk.view() as session:
        found = withdrawals.spells_of(session, BOTH)["visits"]
    assert [(each.since, each.until) for each in found] == [
        (signed - timedelta(days=1), signed),
        (signed + timedelta(days=1), None),
    ]


def test_a_consent_of_the_time_before_it_was_asked_took_up_everything(treated: Study) -> None:
    desk = sit(treated)
    withdraw(desk, **EVERYTHING)
    at(treated, desk.today() + timedelta(days=1))
    desk = sit(treated)
    consent = sign(desk, **dict.fromkeys(EVERYTHING, "N"))
    assert withdrawn_now(desk) == set(WITHDRAWN)
    with desk.change("value.correct", "late") as change:
        row = change.session.get_one(Consent, consent)
        for scope in EVERYTHING:
            setattr(row, f"takes_up_{scope}", None)
    assert withdrawn_now(desk) == set() and taking_up.scopes_asked(desk, BOTH) == {}
    kept = subjects.consents(desk, BOTH)[-1]
    right = NewConsent(BOTH, "v2.1", kept.signed_on, kept.signed_time, "Chen Lan", "Y")
    record_corrections.correct_consent(desk, Why(kept.id, kept.version, "late"), right)
    assert withdrawn_now(desk) == set() and subjects.consents(desk, BOTH)[-1].takes_up is None


WITHDRAWN = ("Study drugs", "Visits", "Samples", "Use of data from now on")


def spelled(desk: Desk, scope: str = "visits") -> list[tuple[date, date | None]]:
    with desk.view() as session:
        return [(each.since, each.until) for each in withdrawals.spells_of(session, BOTH).get(scope, ())]


def test_a_consent_recorded_after_a_later_one_is_asked_and_takes_up_by_its_own_day(treated: Study) -> None:
    desk = sit(treated)
    since = desk.today()
    withdraw(desk, visits="Y")
    at(treated, since + timedelta(days=6))
    desk = sit(treated)
    sign(desk, visits="Y")
    late = NewConsent(BOTH, "v2.1", since + timedelta(days=2), "08:00", "Zhao Jing", "Y")
    assert taking_up.scopes_asked(desk, BOTH) == {} and taking_up.scopes_offered(desk, BOTH) == {
        "visits": since
    }
    with pytest.raises(RuleBroken, match=r"consent\.taken_up_unsaid"):
        consent_records.record_consent(desk, late)
    consent = consent_records.record_consent(desk, replace(late, takes_up={"visits": "Y"}))
    assert spelled(desk) == [(since, since + timedelta(days=2))]
    row = next(row for row in subjects.consents(desk, BOTH) if row.id == consent)
    refused = replace(late, takes_up={"visits": "N"})
    record_corrections.correct_consent(desk, Why(row.id, row.version, "late"), refused)
    assert spelled(desk) == [(since, since + timedelta(days=6))]


def test_a_consent_of_a_wrong_early_day_is_put_right_to_after_the_withdrawal(treated: Study) -> None:
    desk = sit(treated)
    since = desk.today()
    early = NewConsent(BOTH, "v2.1", since - timedelta(days=1), "08:00", "Zhao Jing", "Y")
    consent = consent_records.record_consent(desk, early)
    withdraw(desk, visits="Y")
    at(treated, since + timedelta(days=3))
    desk = sit(treated)
    row = next(row for row in subjects.consents(desk, BOTH) if row.id == consent)
    assert taking_up.scopes_asked(desk, BOTH, consent) == {}
    assert taking_up.scopes_offered(desk, BOTH) == {"visits": since}
    right = replace(early, signed_on=since + timedelta(days=2), takes_up={"visits": "Y"})
    record_corrections.correct_consent(desk, Why(row.id, row.version, "slip"), right)
    assert spelled(desk) == [(since, since + timedelta(days=2))]


def test_a_withdrawal_moved_after_a_consent_leaves_that_consent_to_be_corrected(treated: Study) -> None:
    desk = sit(treated)
    since = desk.today()
    form = withdraw(desk, visits="Y")
    at(treated, since + timedelta(days=2))
    desk = sit(treated)
    consent = sign(desk, visits="Y")
    at(treated, since + timedelta(days=5))
    desk = sit(treated)
    version = form_records.form_row(desk, form.id).answer_versions["day"]
    moved = Correction(form.id, "day", Value(day=since + timedelta(days=4)), "late", version)
    form_records.correct_value(desk, moved)
    assert spelled(desk) == [(since + timedelta(days=4), None)]
    row = next(row for row in subjects.consents(desk, BOTH) if row.id == consent)
    right = NewConsent(BOTH, "v2.1", row.signed_on, row.signed_time, "Chen Lan", "Y", {"visits": "Y"})
    record_corrections.correct_consent(desk, Why(row.id, row.version, "slip"), right)
    kept = next(row for row in subjects.consents(desk, BOTH) if row.id == consent)
    assert (kept.explained_by, kept.takes_up) == ("Chen Lan", {"visits": "Y"})
    assert spelled(desk) == [(since + timedelta(days=4), None)]
    earlier = replace(right, signed_time="07:00")
    with pytest.raises(RuleBroken, match=r"consent\.taken_up_before"):
        record_corrections.correct_consent(desk, Why(kept.id, kept.version, "slip"), earlier)


def test_a_dose_is_compared_with_the_own_time_of_a_withdrawal_of_its_day(treated: Study) -> None:
    """The last dose was given at 9."""
    desk = sit(treated)
    given_on = desk.today() - timedelta(days=2)
    form = withdraw(desk, given_on, kept="late", treatment="Y")
    assert told(desk) == set()
    form_records.correct_value(desk, Correction(form.id, "time", Value(text="08:30"), "late", 0))
    assert told(desk) == {("dose.after_withdrawal", given_on)}
    version = form_records.form_row(desk, form.id).answer_versions["time"]
    form_records.correct_value(desk, Correction(form.id, "time", Value(text="09:30"), "late", version))
    assert told(desk) == set()
