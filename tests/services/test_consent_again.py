"""Consent withdrawn and signed again: what lies between stays told of, from the new day all goes on."""

from __future__ import annotations

from datetime import date, timedelta

from dose_fixtures import at
from ended_subjects import due, open_days, sit, treated, visit_days, withdraw
from logged import BOTH, enter, event, given, medicine
from study_fixtures import Study
from trial_fixtures import laboratory, made_arms, made_trial, vitals

from sle_desk.base.language import Language
from sle_desk.domain.checks import Value
from sle_desk.exports import printing
from sle_desk.exports.dataset import PRESETS, Source
from sle_desk.exports.dataset_subjects import subject_table
from sle_desk.services import (
    consent_records,
    deviations,
    form_records,
    labs,
    papers,
    plan,
    subject_trends,
    subjects,
    visits,
    void_consents,
)
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.subjects import NewConsent

__all__ = ["made_arms", "made_trial", "treated"]
EVERYTHING = {"treatment": "Y", "visits": "Y", "samples": "Y", "data": "Y"}


def sign(desk: Desk) -> int:
    """Record a consent signed today."""
    return consent_records.record_consent(
        desk, NewConsent(BOTH, "v2.1", desk.today(), "07:00", "Zhao Jing", "Y")
    )


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
    consent = sign(desk)
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
    sign(desk)
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
    sign(desk)
    assert told(desk) == set() and withdrawn_now(desk) == set()


WITHDRAWN = ("Study drugs", "Visits", "Samples", "Use of data from now on")
