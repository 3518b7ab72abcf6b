"""Whether a procedure came before a signature: days, then times, then nobody can tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.checks import Value
from sle_desk.domain.consent_rules import (
    Again,
    Off,
    known_at,
    signed_after,
    taken_up_on,
    time_done,
    was_after_consent,
)

DAY = date(2026, 11, 23)
TIMES = st.times().map(lambda at: f"{at:%H:%M}")
MAYBE = st.one_of(st.just(""), TIMES)


@pytest.mark.parametrize(
    ("time", "known", "signed", "after"),
    [
        ("08:00", "", "11:00", False),
        ("11:00", "", "11:00", True),
        ("11:01", "10:00", "11:00", True),
        ("", "08:00", "11:00", False),
        ("", "11:00", "11:00", None),
        ("", "", "11:00", None),
        ("08:00", "08:00", "", None),
    ],
)
def test_on_one_day_the_times_tell_or_nobody_does(time, known, signed, after):
    assert was_after_consent(DAY, time, known, DAY, signed) is after


@given(st.integers(-400, 400).filter(bool), MAYBE, MAYBE, MAYBE)
def test_on_two_days_the_days_tell_whatever_the_times(days, time, known, signed):
    assert was_after_consent(DAY + timedelta(days=days), time, known, DAY, signed) is (days > 0)


@given(MAYBE, MAYBE, TIMES, TIMES)
def test_what_came_before_a_signature_came_before_a_later_one(time, known, one, other):
    if was_after_consent(DAY, time, known, DAY, min(one, other)) is False:
        assert was_after_consent(DAY, time, known, DAY, max(one, other)) is False


def test_a_record_of_the_day_itself_tells_by_when_it_was_done():
    assert known_at(DAY, datetime(2026, 11, 23, 8, 5)) == "08:05"
    assert known_at(DAY, datetime(2026, 11, 24, 8, 5)) == ""


def test_the_time_of_a_sample_on_a_form_counts_where_it_was_of_that_day():
    drawn = Value(text="07:40")
    assert time_done(DAY, "09:00", {"time": drawn}) == "09:00"
    assert time_done(DAY, "", {"time": drawn}) == "07:40"
    assert time_done(DAY, "", {"time": drawn, "day": Value(day=DAY)}) == "07:40"
    assert time_done(DAY, "", {"time": drawn, "day": Value(day=DAY - timedelta(days=1))}) == ""
    assert time_done(DAY, "", {}) == ""


@pytest.mark.parametrize(
    ("time", "known", "signed", "after"),
    [
        ("08:00", "", "08:01", True),
        ("08:00", "", "08:00", False),
        ("08:00", "07:00", "07:30", False),
        ("08:00", "11:00", "09:00", True),
        ("", "08:00", "08:01", True),
        ("", "08:00", "08:00", False),
        ("", "08:00", "07:00", False),
        ("", "", "23:59", False),
        ("08:00", "08:00", "", False),
    ],
)
def test_on_one_day_a_withdrawal_stands_unless_the_consent_surely_came_later(time, known, signed, after):
    assert signed_after(Off(DAY, time, known), DAY, signed) is after


@given(st.integers(-400, 400).filter(bool), MAYBE, MAYBE, MAYBE)
def test_on_two_days_a_later_consent_comes_after_a_withdrawal(days, time, known, signed):
    assert signed_after(Off(DAY, time, known), DAY + timedelta(days=days), signed) is (days > 0)


def test_only_a_consent_that_says_so_takes_a_scope_up_and_one_of_before_takes_up_all_but_the_first():
    off, later, last = Off(DAY), DAY + timedelta(days=1), DAY + timedelta(days=2)
    silent, said = Again(later, "08:00", ()), Again(last, "08:00", ("visits",))
    assert taken_up_on("visits", off, [silent, said]) == last
    assert taken_up_on("samples", off, [silent, said]) is None
    asked_never = Again(later, "08:00", None)
    assert taken_up_on("samples", off, [asked_never]) is None
    assert taken_up_on("samples", off, [silent, Again(last, "", None)]) == last
    assert taken_up_on("visits", off, [said]) == last
