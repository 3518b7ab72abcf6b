"""What contradicts a recorded death is said when it is entered, and is kept only with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from dose_fixtures import at
from ended_subjects import DIED_ON, die, due, fatal, given, sit, treated, void
from logged import enter
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.exports.dataset import PRESETS
from sle_desk.exports.study_export import study_tables
from sle_desk.exports.tables import flat_columns, flat_rows
from sle_desk.services import (
    consent_records,
    deviations,
    dispositions,
    record_corrections,
    subject_trends,
    subjects,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm, findings
from sle_desk.services.record_corrections import Why
from sle_desk.services.snapshots import snapshot
from sle_desk.services.subjects import NewConsent

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]
LATER = (DIED_ON + timedelta(days=1)).isoformat()


def said(desk: Desk, form: str, values: Given) -> set[str]:
    """Return what of a death is said about an entry before it is saved."""
    found = findings(desk, NewForm(BOTH, None, form, desk.today(), values))
    return {each.code for each in found if each.code.startswith("death.")}


def contact(desk: Desk, **choices: str) -> Given:
    return given({"how": "telephone", "reached": "Y", **choices}, day=desk.today())


def death(day: str) -> Given:
    return given({}, day=day, cause="Sepsis", known_from="Family")


def test_a_second_death_and_a_contact_alive_after_it_are_said(treated: Study) -> None:
    desk = sit(treated)
    die(desk)
    assert said(desk, "death", death(DIED_ON.isoformat())) == {"death.second"}
    assert said(desk, "contact", contact(desk, alive="Y")) == {"death.alive_after"}
    assert said(desk, "contact", contact(desk, alive="U")) == set()
    with pytest.raises(RuleBroken):
        enter(desk, "contact", contact(desk, alive="Y"))
    kept = Given(contact(desk, alive="Y").values, {"alive": "source"})
    assert isinstance(enter(desk, "contact", kept), FormRow)


def test_a_death_before_the_last_contact_alive_is_said(treated: Study) -> None:
    desk = sit(treated)
    enter(desk, "contact", contact(desk, alive="Y"))
    assert said(desk, "death", death(DIED_ON.isoformat())) == {"death.alive_since"}
    assert said(desk, "death", death("2026-11-UK")) == set()


def test_a_fatal_event_that_ends_on_another_day_is_said_and_both_contradict(treated: Study) -> None:
    desk = sit(treated)
    fatal(desk)
    assert said(desk, "death", death(DIED_ON.isoformat())) == set()
    assert said(desk, "death", death(LATER)) == {"death.other_day"}
    die(desk, LATER, kept="source")
    found = subject_trends.alerts(desk, BOTH).death
    assert found is not None and found.contradicted and found.on_day == DIED_ON


def exits(desk: Desk, on_day: date, note: str = "") -> None:
    dispositions.record_disposition(desk, BOTH, "exit", "", on_day, "death", note)


def test_an_exit_for_death_before_the_death_needs_its_note_and_after_it_none(treated: Study) -> None:
    desk = sit(treated)
    die(desk)
    with pytest.raises(RuleBroken, match=r"disposition\.other_death"):
        exits(desk, DIED_ON - timedelta(days=1))
    exits(desk, desk.today())
    found = subject_trends.alerts(desk, BOTH).death
    assert (found.on_day, found.said, found.contradicted) == (DIED_ON, DIED_ON.isoformat(), False)


def test_a_partial_day_of_death_stays_partial_beside_the_exit_of_the_day_it_became_known(
    treated: Study,
) -> None:
    desk = sit(treated)
    for day in (date(2026, 12, 20), date(2027, 1, 10)):
        at(treated, day, "08:00")
        desk = sit(treated)
    die(desk, "2026-12-UK")
    exits(desk, desk.today())
    found = subject_trends.alerts(desk, BOTH).death
    assert (found.said, found.exact, found.contradicted) == ("2026-12-UK", False, False)
    visits.record_visit(desk, BOTH, "UNS", desk.today(), reason="condition")
    (late,) = [row for row in deviations.deviations(desk, BOTH) if row.code == "visit.after_death"]
    assert late.facts["died"] == "2026-12-UK"
    with snapshot(desk) as copy:
        (table,) = (each for each in study_tables(copy, PRESETS["site"]) if each.name == "SUBJECTS")
    row = dict(zip((column.name for column in flat_columns(table)), next(flat_rows(table)), strict=True))
    shown = {name: row[name] for name in ("DIED_ON", "DIED_ON_YEAR", "DIED_ON_MONTH", "DIED_ON_DAY")}
    assert list(shown.values()) == ["2026-12-UK", 2026, 12, None]
    assert (row["LEFT_ON"], row["DEATH_CONTRADICTED"]) == (date(2027, 1, 10), "N")


def test_a_death_that_is_told_after_the_exit_for_it_is_said(treated: Study) -> None:
    desk = sit(treated)
    exits(desk, DIED_ON)
    assert said(desk, "death", death(DIED_ON.isoformat())) == set()
    assert said(desk, "death", death(LATER)) == {"death.after_exit"}
    found = subject_trends.alerts(desk, BOTH).death
    assert (found.on_day, found.said, found.exact) == (DIED_ON, "", False)


AFTER = [
    ("adverse_event", {}, {"start": LATER}),
    ("adverse_event", {"outcome": "recovered"}, {"start": "2026-11-24", "stop": LATER}),
    ("hospital_stay", {}, {"start": LATER}),
    ("medication", {}, {"name": "Ibuprofen", "start": LATER}),
    ("procedure", {}, {"start": LATER}),
    ("vaccine", {}, {"start": LATER}),
    ("withdrawal", {}, {"day": DIED_ON + timedelta(days=1)}),
]


def test_what_lies_certainly_after_a_death_is_said_of_each_entry(treated: Study) -> None:
    desk = sit(treated)
    for form, choices, days in AFTER:
        assert said(desk, form, given(choices, **days)) == set()
    die(desk)
    for form, choices, days in AFTER:
        assert said(desk, form, given(choices, **days)) == {"death.entry_after"}, form
    assert said(desk, "vaccine", given({}, start="2026-11-UK")) == set()
    assert said(desk, "vaccine", given({}, start=DIED_ON.isoformat())) == set()


def test_a_death_or_a_withdrawal_before_consent_is_said(treated: Study) -> None:
    desk = sit(treated)
    assert said(desk, "death", death("2025-11-20")) == {"death.before_consent"}
    assert said(desk, "death", death("2025-UK-UK")) == {"death.before_consent"}
    assert said(desk, "death", death("2026-UK-UK")) == set()
    assert said(desk, "withdrawal", given({}, day=date(2025, 11, 26))) == {"death.before_consent"}
    assert said(desk, "withdrawal", given({}, day=desk.today())) == set()


def test_a_step_after_a_death_and_a_completion_before_the_plan_ends_need_their_note(treated: Study) -> None:
    desk = sit(treated)

    def step(kind: str, drug: str, reason: str, note: str = "") -> None:
        dispositions.record_disposition(desk, BOTH, kind, drug, desk.today(), reason, note)

    with pytest.raises(RuleBroken, match=r"disposition\.plan_ahead") as refused:
        step("completed", "", "completed")
    assert int(str(refused.value.facts["doses"])) > 0 and int(str(refused.value.facts["visits"])) > 0
    ahead = int(str(refused.value.facts["visits"]))
    visits.record_not_done(desk, BOTH, "W2", "impossible", "abroad until January")
    with pytest.raises(RuleBroken, match=r"disposition\.plan_ahead") as refused:
        step("completed", "", "completed")
    assert refused.value.facts["visits"] == ahead - 1
    die(desk)
    with pytest.raises(RuleBroken, match=r"disposition\.after_death"):
        step("drug_stop", "IL2", "adverse_event")
    with pytest.raises(RuleBroken, match=r"disposition\.after_death"):
        step("completed", "", "completed")
    step("drug_stop", "IL2", "adverse_event", "Decided before the death was known.")
    step("completed", "", "completed", "So written in the source.")


def test_a_death_without_its_event_and_an_event_without_its_death_stand_on_today(treated: Study) -> None:
    desk = sit(treated)
    told = {"death", "death_entry", "fatal_event"}
    assert not told & due(desk)
    event = fatal(desk)
    assert told & due(desk) == {"death", "death_entry"}
    die(desk)
    assert told & due(desk) == {"death"}
    void(desk, event)
    assert told & due(desk) == {"death", "fatal_event"}
    dispositions.record_disposition(desk, BOTH, "exit", "", DIED_ON, "death", "")
    assert told & due(desk) == {"fatal_event"}


def test_who_is_lost_was_sought_and_who_was_reached_is_not_lost(treated: Study) -> None:
    desk = sit(treated)

    def lost(note: str = "") -> None:
        dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "lost", note)

    with pytest.raises(RuleBroken, match=r"disposition\.no_contact"):
        lost()
    enter(desk, "contact", contact(desk, alive="U"))
    with pytest.raises(RuleBroken, match=r"disposition\.no_contact"):
        lost()
    reached = NewForm(BOTH, None, "contact", desk.today(), contact(desk, alive="Y"))
    assert "contact.though_lost" not in {each.code for each in findings(desk, reached)}
    enter(desk, "contact", contact(desk, reached="N", alive="U"))
    lost()
    assert "contact.though_lost" in {each.code for each in findings(desk, reached)}


def after_death(desk: Desk) -> list[date]:
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    return [row.on_day for row in rows if row.code == "consent.after_death"]


@pytest.mark.parametrize("first", ["death", "consent"])
def test_a_consent_dated_after_the_death_is_told_in_either_order(treated: Study, first: str) -> None:
    desk, row = sit(treated), None
    today = desk.today()
    signed = NewConsent(BOTH, "v2.1", today, "07:00", "Zhao Jing", "Y")
    if first == "death":
        row = die(desk)
    consent_records.record_consent(desk, signed)
    row = row or die(desk)
    assert after_death(desk) == [today]
    consent = subjects.consents(desk, BOTH)[-1]
    before = replace(signed, signed_on=DIED_ON)
    record_corrections.correct_consent(desk, Why(consent.id, consent.version, "slip"), before)
    assert after_death(desk) == []
    consent = subjects.consents(desk, BOTH)[-1]
    record_corrections.correct_consent(desk, Why(consent.id, consent.version, "slip"), signed)
    assert after_death(desk) == [today]
    void(desk, row)
    assert after_death(desk) == []
