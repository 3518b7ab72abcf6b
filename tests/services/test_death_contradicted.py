"""What contradicts a recorded death is said when it is entered, and is kept only with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ended_subjects import DIED_ON, die, fatal, given, sit, treated
from logged import enter
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.services import dispositions, subject_trends
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm, findings

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


def test_an_exit_for_death_on_another_day_needs_its_note(treated: Study) -> None:
    desk = sit(treated)
    die(desk)
    with pytest.raises(RuleBroken, match=r"disposition\.other_death"):
        dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "death")
    dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "death", "Told so by the police.")
