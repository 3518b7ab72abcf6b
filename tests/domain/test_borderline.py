"""A value at its limit or close to it is marked, whichever side it is on, and judged as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged_subjects import (
    SCREENED,
    TODAY,
    choice,
    decided,
    history,
    judged_leaf,
    number,
    reading,
    results,
    sledai,
    subject,
    with_form,
)
from registered_package import registered

from sle_desk.domain.checks import Value
from sle_desk.domain.eligibility import evidence_record, judge
from sle_desk.domain.eligibility_facts import Facts, Source, Weight
from sle_desk.domain.marks import Marks

CLOSE = "eligibility.borderline"


def marked(code: str, facts: Facts, now=None) -> tuple[str | None, bool]:
    found = judged_leaf(code, facts, now)
    return found.suggestion, CLOSE in [note.code for note in found.notes]


def blood(analyte: str, value: str, unit: str, high: str = "") -> Facts:
    return subject(results=results(number(analyte, value, unit, "", high)))


@pytest.mark.parametrize(
    ("value", "unit", "suggestion", "close"),
    [
        ("85", "g/L", "present", False),
        ("85.5", "g/L", "present", True),
        ("90", "g/L", "present", True),
        ("9.0", "g/dL", "present", True),
        ("90.1", "g/L", "absent", True),
        ("94.5", "g/L", "absent", True),
        ("94.6", "g/L", "absent", False),
    ],
)
def test_five_percent_of_the_limit_on_either_side_is_close(value, unit, suggestion, close):
    assert marked("E1a", blood("HGB", value, unit)) == (suggestion, close)


@pytest.mark.parametrize(
    ("alt", "suggestion", "close"),
    [("120", "absent", True), ("121", "present", True), ("100", "absent", False)],
)
def test_a_multiple_of_the_upper_limit_is_compared_as_the_multiple(alt, suggestion, close):
    assert marked("E2c", blood("ALT", alt, "U/L", "40")) == (suggestion, close)


@pytest.mark.parametrize(
    ("born", "close"), [(date(1992, 3, 4), False), (date(2008, 11, 18), True), (date(2006, 11, 18), False)]
)
def test_years_and_points_are_counted_in_steps(born, close):
    now = reading(decided({"D08": choice("D08", "eligibility.age_lowest", "18")}))
    assert marked("I1", subject(birth_date=born), now) == ("met", close)
    eight = reading(decided({"D16": "eight"}))
    assert marked("I5", subject(), eight) == ("met", True)
    assert marked("I5", with_form(sledai(frozenset({"RASH", "ARTH", "DNA", "SEIZ"}))), eight) == (
        "met",
        False,
    )


@pytest.mark.parametrize(
    ("days", "suggestion", "close"),
    [
        (57, "present", False),
        (58, "present", True),
        (61, "present", True),
        (62, "absent", True),
        (65, "absent", False),
    ],
)
def test_days_are_close_by_the_whole_date_they_were_counted_from(days, suggestion, close):
    day = Value(text=(SCREENED - timedelta(days=days)).isoformat())
    facts = with_form(history(infection_hospital="earlier", infection_hospital_last=day))
    assert marked("E4a", facts) == (suggestion, close)


def test_a_typed_dose_is_close_to_its_limit():
    assert marked("I4d", with_form(history(hydroxychloroquine_dose=Decimal(400)))) == ("met", True)
    assert marked("I4d", subject()) == ("met", False)


@given(st.decimals("4", "15", places=2))
def test_a_mark_changes_no_judgement(value):
    facts = blood("HGB", str(value), "g/dL")
    plain = replace(registered(), marks=Marks())
    with_marks = evidence_record(judged_leaf("E1a", facts))
    without = next(
        evidence_record(each) for each in judge(plain, reading(), facts) if each.leaf.code == "E1a"
    )
    assert {**with_marks, "notes": []} == {**without, "notes": []}
    # What was signed under a package without marks reads as it did.
    assert without["notes"] == []


def test_a_weight_or_score_older_than_the_package_names_is_marked_and_judged():
    for days, old in ((28, False), (29, True)):
        weighed = Weight(Decimal("52.8"), TODAY - timedelta(days=days), Source("form_record", 14, "weight"))
        found = judged_leaf("E2b", subject(weights=(weighed,)))
        assert ([line.stale for line in found.evidence if line.unit == "kg"], found.suggestion) == (
            [old],
            "absent",
        )
        scored = replace(sledai(), day=TODAY - timedelta(days=days))
        found = judged_leaf("I5", with_form(scored), reading(decided({"D16": "eight"})))
        assert ([line.stale for line in found.evidence], found.suggestion) == ([old], "met")
