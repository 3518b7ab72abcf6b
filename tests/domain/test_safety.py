"""Whether an event came under treatment, and how long a report is awaited."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.checks import IMPOSSIBLE, Value
from sle_desk.domain.form_checks import check_form
from sle_desk.domain.safety import awaited, aware_since, began_before_consent, treatment_emergent
from sle_desk.domain.values import partial_bounds

FORM = registered().form("adverse_event").asked_of(("BEL", "IL2"))
NOW = datetime(2026, 11, 23, 8, 20, tzinfo=timezone(timedelta(hours=8)))
DAY_ONE = date(2026, 9, 14)


def choices(**answers: str) -> dict[str, Value]:
    return {code: Value(choice=answer) for code, answer in answers.items()}


@pytest.mark.parametrize(
    ("start", "flag"),
    [
        ("2026-09-14", "Y"), ("2026-09-13", "N"), ("2026-10-UK", "Y"), ("2026-08-UK", "N"),
        ("2026-09-UK", "U"), ("2026-UK-UK", "U"), ("2025-UK-UK", "N"), (None, ""),
    ],
)  # fmt: skip
def test_an_event_is_treatment_emergent_from_the_day_of_the_first_dose(start, flag):
    assert treatment_emergent(start, DAY_ONE) == flag


@pytest.mark.parametrize(
    ("start", "before"),
    [("2026-09-13", True), ("2026-09-14", False), ("2026-09-UK", False), ("2026-08-UK", True),
     ("2025-UK-UK", True), ("2026-UK-UK", False), (None, False)],
)  # fmt: skip
def test_only_what_certainly_began_before_consent_belongs_in_history(start, before):
    assert began_before_consent(start, DAY_ONE) is before
    assert began_before_consent(start, None) is False


def test_before_any_dose_no_event_is_treatment_emergent():
    assert treatment_emergent("2026-11-01", None) == "N"


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.sampled_from(["day", "month", "year"]))
def test_a_partial_start_is_certain_only_where_every_day_it_can_mean_says_the_same(day, known):
    start = {"day": day.isoformat(), "month": f"{day:%Y-%m}-UK", "year": f"{day:%Y}-UK-UK"}[known]
    first, last = partial_bounds(start)
    said = {treatment_emergent(each.isoformat(), DAY_ONE) for each in (first, last)}
    assert treatment_emergent(start, DAY_ONE) == (said.pop() if len(said) == 1 else "U")


def test_the_clock_runs_from_the_instant_the_site_knew():
    values = {"aware_day": Value(day=date(2026, 11, 22)), "aware_time": Value(text="14:30")}
    since = aware_since(values, NOW)
    assert since is not None
    assert awaited(since, NOW, Decimal(24)) == (17, 50, False)
    assert awaited(since, NOW + timedelta(hours=7), Decimal(24)) == (24, 50, True)
    assert awaited(since, NOW + timedelta(hours=90), None)[2] is False
    assert aware_since({}, NOW) is None


def found(**answers: str) -> set[tuple[str, str]]:
    return {
        (each.field, each.code)
        for each in check_form(FORM, choices(**answers), NOW)
        if each.level == IMPOSSIBLE
    }


def test_death_grade_5_and_a_fatal_outcome_say_the_same_or_nothing_is_saved():
    assert found(grade="5", outcome="fatal", serious="Y", death="Y") == set()
    assert found(grade="3", outcome="recovered", serious="Y", death="N", hospitalisation="Y") == set()
    assert ("outcome", "check.death_disagrees") in found(grade="5", outcome="recovered", serious="Y")
    assert ("grade", "check.death_disagrees") in found(grade="4", outcome="fatal", serious="Y", death="Y")
    assert ("death", "check.death_disagrees") in found(grade="5", outcome="fatal", serious="Y", death="N")
    assert ("serious", "check.death_not_serious") in found(grade="5", serious="N")


def test_a_serious_event_meets_a_criterion():
    every = ("death", "life_threatening", "hospitalisation", "disability", "congenital", "important")
    none = dict.fromkeys(every, "N")
    assert ("important", "check.serious_by_none") in found(serious="Y", **none)
    assert found(serious="Y", **{**none, "important": "Y"}) == set()
    # While one is open, nothing is said.
    assert found(serious="Y", **dict.fromkeys(every[:-1], "N")) == set()


def test_an_end_before_the_first_dose_settles_what_a_partial_start_leaves_open():
    first = date(2026, 11, 23)
    assert treatment_emergent("2026-11-UK", first) == "U"
    assert treatment_emergent("2026-11-UK", first, "2026-11-20") == "N"
    assert treatment_emergent("2026-11-UK", first, "2026-11-UK") == "U"
    assert treatment_emergent("2026-11-23", first, "2026-11-24") == "Y"
