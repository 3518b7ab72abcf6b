"""What a medicine comes to in a day, and what the protocol says of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.checks import Value
from sle_desk.domain.medication import (
    STABLE_DAYS,
    Course,
    Limits,
    course_of,
    daily_mg,
    prednisone_mg,
    shows,
    steroid_on,
    taken_on,
)

PROTOCOL = registered()
NAMES, STEROIDS = PROTOCOL.dictionary, PROTOCOL.steroids
SINCE = date(2026, 11, 23)
LIMITS = Limits(Decimal(400), Decimal(10))


def values(name: str, dose: str, unit: str, frequency: str, start: str, stop: str = "") -> dict[str, Value]:
    found = {
        "name": Value(text=name),
        "dose": Value(number=Decimal(dose), typed=dose),
        "unit": Value(choice=unit),
        "frequency": Value(choice=frequency),
        "start": Value(text=start),
    }
    return {**found, "stop": Value(text=stop)} if stop else found


def course(*facts: str, number: int = 1) -> Course:
    found = course_of(number, values(*facts), NAMES)
    assert found is not None
    return found


def codes(*courses: Course, limits: Limits = LIMITS) -> set[str]:
    return {each.code for each in shows(courses[0], courses, limits, STEROIDS, SINCE)}


@pytest.mark.parametrize(
    ("dose", "unit", "frequency", "daily"),
    [
        ("7.5", "mg", "QD", "7.5"),
        ("200", "mg", "BID", "400"),
        ("1", "g", "BID", "2000"),
        ("500", "ug", "TID", "1.5"),
        ("10", "mg", "QOD", "5"),
        ("10", "mg", "PRN", None),
        ("1", "tablet", "QD", None),
    ],
)
def test_the_daily_dose_is_said_only_where_dose_unit_and_frequency_say_it(dose, unit, frequency, daily):
    found = daily_mg(values("Prednisone", dose, unit, frequency, "2026"))
    assert found == (None if daily is None else Decimal(daily))


@pytest.mark.parametrize(
    "name", ["methylprednisolone", "  Methylprednisolone ", "甲泼尼龙", "ＭethylPrednisolone"]
)
def test_a_glucocorticoid_is_known_by_either_name_and_becomes_prednisone(name):
    assert prednisone_mg(course(name, "8", "mg", "QD", "2026-01-UK"), STEROIDS) == 10


def test_nothing_is_guessed_of_a_name_that_is_not_in_the_dictionary_or_a_factor_that_is_open():
    assert prednisone_mg(course("Methylprednisolon forte", "8", "mg", "QD", "2026-01-UK"), STEROIDS) is None
    assert prednisone_mg(course("Betamethasone", "1", "mg", "QD", "2026-01-UK"), STEROIDS) is None
    assert steroid_on([course("Betamethasone", "1", "mg", "QD", "2026-01-UK")], SINCE, STEROIDS) is None


def test_all_glucocorticoids_of_a_day_are_added():
    taken = [
        course("Prednisone", "5", "mg", "QD", "2026-01-UK"),
        course("Methylprednisolone", "4", "mg", "QD", "2026-11-01", "2026-11-30", number=2),
        course("Dexamethasone", "1.5", "mg", "QD", "2026-01-01", "2026-02-01", number=3),
        course("Hydroxychloroquine", "200", "mg", "BID", "2025-UK-UK", number=4),
    ]
    assert steroid_on(taken, SINCE, STEROIDS) == 10
    assert steroid_on(taken, date(2026, 12, 1), STEROIDS) == 5


def test_what_is_prohibited_or_above_a_limit_is_shown_and_what_is_not_is_not():
    assert codes(course("Rituximab", "500", "mg", "ONCE", "2026-11-30")) == {"medication.prohibited"}
    assert codes(course("Hydroxychloroquine", "200", "mg", "TID", "2025-UK-UK")) == {
        "medication.hydroxychloroquine_above"
    }
    assert codes(course("Hydroxychloroquine", "200", "mg", "BID", "2025-UK-UK")) == set()
    assert codes(course("Methylprednisolone", "12", "mg", "QD", "2025-UK-UK")) == {
        "medication.prednisone_above"
    }
    assert codes(course("Methylprednisolone", "8", "mg", "QD", "2025-UK-UK")) == set()


def test_a_limit_that_nobody_decided_shows_nothing():
    taken = course("Methylprednisolone", "40", "mg", "QD", "2025-UK-UK")
    assert codes(taken, limits=Limits(None, None)) == set()


def test_a_course_that_ended_before_the_allocation_shows_nothing():
    assert codes(course("Rituximab", "500", "mg", "ONCE", "2024-03-01", "2024-03-01")) == set()
    # A partial end counts with the last day that it can mean.
    assert codes(course("Rituximab", "500", "mg", "ONCE", "2026-UK-UK", "2026-11-UK")) == {
        "medication.prohibited"
    }


def test_a_dose_of_steroid_or_antimalarial_that_changed_is_shown_from_four_weeks_before():
    old = course("Prednisone", "10", "mg", "QD", "2025-UK-UK", "2026-12-01")
    new = course("Prednisone", "7.5", "mg", "QD", "2026-12-02", number=2)
    assert codes(new, old) == {"medication.not_stable"}
    assert codes(old, new) == set()
    long_before = (SINCE - timedelta(days=STABLE_DAYS)).isoformat()
    assert codes(course("Prednisone", "7.5", "mg", "QD", long_before)) == set()
    assert codes(course("Ibuprofen", "200", "mg", "QD", "2026-12-02")) == set()


partial = st.one_of(
    st.dates(date(2020, 1, 1), date(2027, 12, 31)).map(lambda day: day.isoformat()),
    st.tuples(st.integers(2020, 2027), st.integers(1, 12)).map(lambda pair: f"{pair[0]}-{pair[1]:02}-UK"),
    st.integers(2020, 2027).map(lambda year: f"{year}-UK-UK"),
)


@given(partial, partial, st.dates(date(2019, 1, 1), date(2028, 12, 31)))
def test_a_course_counts_on_each_day_that_its_partial_dates_can_mean_and_on_no_other(start, stop, day):
    from sle_desk.domain.values import partial_bounds

    taken = course("Prednisone", "5", "mg", "QD", start, stop)
    first, last = partial_bounds(start)[0], partial_bounds(stop)[1]
    assert taken_on(taken, day) == (first <= day <= last)
