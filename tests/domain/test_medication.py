"""What a medicine comes to in a day, and what the protocol says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.checks import Value
from sle_desk.domain.medication import (
    STABLE_DAYS,
    InForce,
    Limits,
    Span,
    course_of,
    daily_mg,
    prednisone_mg,
    shows,
    shows_over,
)
from sle_desk.domain.medicine_days import Course, taken_on

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


def told(*courses: Course, code: str) -> dict[int, str]:
    """Return the amount that each course is told of with a code."""
    return {
        each.id: str(found.facts["amount"])
        for each in courses
        for found in shows(each, courses, LIMITS, STEROIDS, SINCE)
        if found.code == code
    }


def test_doses_that_are_taken_together_are_added_and_told_of_the_last_to_begin():
    prednisone = course("Prednisone", "7.5", "mg", "QD", "2025-UK-UK")
    more = course("Methylprednisolone", "4", "mg", "QD", "2026-11-25", number=2)
    assert told(prednisone, more, code="medication.prednisone_above") == {2: "12.5"}
    after = course("Methylprednisolone", "4", "mg", "QD", "2026-12-25", number=2)
    ended = course("Prednisone", "7.5", "mg", "QD", "2025-UK-UK", "2026-12-24")
    assert told(ended, after, code="medication.prednisone_above") == {}
    pair = [
        course("Hydroxychloroquine", "200", "mg", "BID", "2025-UK-UK", number=number) for number in (1, 2)
    ]
    assert told(*pair, code="medication.hydroxychloroquine_above") == {2: "800"}


def test_a_dose_that_takes_the_place_of_another_on_one_day_is_not_added_to_it():
    old = course("Prednisone", "10", "mg", "QD", "2026-01-05", "2026-11-25")
    new = course("Methylprednisolone", "6", "mg", "QD", "2026-11-25", number=2)
    assert told(old, new, code="medication.prednisone_above") == {}
    assert told(old, new, code="medication.prednisone_perhaps_above") == {}
    beside = course("Prednisone", "5", "mg", "QD", "2026-01-01", number=3)
    assert told(old, new, beside, code="medication.prednisone_above") == {1: "15", 2: "12.5"}
    high = course("Prednisone", "20", "mg", "QD", "2026-11-25", number=2)
    assert told(old, high, code="medication.prednisone_above") == {2: "20"}
    brand = [
        course("Hydroxychloroquine", "400", "mg", "QD", "2026-01-05", "2026-11-25"),
        course("硫酸羟氯喹片", "400", "mg", "QD", "2026-11-25", number=2),
    ]
    assert told(*brand, code="medication.hydroxychloroquine_above") == {}
    month = course("Prednisone", "10", "mg", "QD", "2026-01-05", "2026-11-UK")
    assert told(month, new, code="medication.prednisone_perhaps_above") == {2: "17.5"}


@pytest.mark.parametrize(("start", "stop"), [("2026-01-05", "2026-11-30"), ("2026-11-01", None)])
def test_what_may_have_taken_the_place_of_another_on_one_day_is_above_the_limit_perhaps_only(start, stop):
    whole = course("Prednisone", "10", "mg", "QD", start, stop)
    month = course("Methylprednisolone", "6", "mg", "QD", "2026-11-UK", "2026-11-UK", number=2)
    assert told(whole, month, code="medication.prednisone_above") == {}
    assert told(whole, month, code="medication.prednisone_perhaps_above") == {2: "17.5"}


def test_a_dose_that_ends_is_not_told_of_the_larger_one_that_took_its_place():
    new = course("Prednisone", "20", "mg", "QD", "2026-11-UK")
    old = course("Methylprednisolone", "4", "mg", "QD", "2026-11-01", "2026-11-30", number=2)
    assert told(new, old, code="medication.prednisone_above") == {1: "20"}
    assert told(new, old, code="medication.prednisone_perhaps_above") == {2: "25"}


def test_an_amount_without_an_end_is_told_to_six_decimals():
    three = replace(course("Prednisone", "5", "mg", "QD", "2025-UK-UK"), mg_a_day=Decimal(100) / 3)
    assert told(three, code="medication.prednisone_above") == {1: "33.333333"}


@pytest.mark.parametrize("route", ["topical", "inhaled", "eye"])
def test_a_glucocorticoid_that_does_not_reach_the_body_counts_for_no_limit(route):
    found = course_of(
        1, {**values("Hydrocortisone", "2", "g", "BID", "2026-12-01"), "route": Value(choice=route)}, NAMES
    )
    assert found is not None and prednisone_mg(found, STEROIDS) is None and codes(found) == set()


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


def test_a_course_renewed_at_its_dose_is_stable_whatever_was_taken_years_ago_and_in_either_language():
    old = course("Prednisone", "10", "mg", "QD", "2025-UK-UK", "2026-12-01")
    years_ago = course("Prednisone", "40", "mg", "QD", "2019-01-UK", "2019-06-UK", number=2)
    renewed = course("泼尼松", "10", "mg", "QD", "2026-12-02", number=3)
    assert codes(renewed, old, years_ago) == set() and codes(old, renewed, years_ago) == set()


def test_a_limit_that_came_later_counts_from_its_day_and_tells_of_nothing_twice():
    taken = course("Prednisone", "20", "mg", "QD", "2026-12-01", "2026-12-31")

    def under(*limits: tuple[int, str | None]) -> list[tuple[object, date | None]]:
        rules = [
            InForce(date(2026, 12, day), Limits(None, None if most is None else Decimal(most)), STEROIDS)
            for day, most in limits
        ]
        found = shows_over(taken, [taken], [InForce(SINCE, Limits(None, None), STEROIDS), *rules], SINCE)
        return [
            (each.facts["limit"], each.on_day) for each in found if each.code == "medication.prednisone_above"
        ]

    assert under((1, "10")) == [("10", None)]
    assert under((2, "10")) == [("10", date(2026, 12, 2))]
    assert under((2, "10"), (9, None), (15, "15")) == [("10", date(2026, 12, 2))]
    assert under((2, "30"), (9, "15")) == [("15", date(2026, 12, 9))]
    assert under((31, "10")) == [("10", date(2026, 12, 31))]
    assert under() == under((2, "20")) == under((2, None)) == []
    ended = course("Prednisone", "20", "mg", "QD", "2026-12-01", "2026-12-01")
    late = [InForce(SINCE, Limits(None, None), STEROIDS), InForce(date(2026, 12, 2), LIMITS, STEROIDS)]
    assert "medication.prednisone_above" not in {each.code for each in shows_over(ended, [], late, SINCE)}


def test_a_course_that_stops_without_another_is_shown_and_one_of_before_is_not():
    assert codes(course("Prednisone", "10", "mg", "QD", "2025-UK-UK", "2026-12-01")) == {"medication.stopped"}
    assert codes(course("Prednisone", "10", "mg", "QD", "2025-UK-UK", "2026-10-01")) == set()
    assert codes(course("Prednisone", "10", "mg", "QD", "2025-UK-UK", "UK-UK-UK")) == set()


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


@pytest.mark.parametrize("name", ["Plaquenil", "纷乐", "赛能", "羟氯喹片"])
def test_hydroxychloroquine_is_known_by_the_names_on_its_packs(name):
    assert "medication.hydroxychloroquine_above" in codes(course(name, "300", "mg", "BID", "2024-UK-UK"))


def test_a_dose_has_to_be_stable_from_four_weeks_before_screening_not_before_allocation():
    allocated = SINCE + timedelta(days=9)
    changed = SINCE - timedelta(days=22)
    new = course("Prednisone", "5", "mg", "QD", changed.isoformat())
    old = course(
        "Prednisone", "10", "mg", "QD", "2024-UK-UK", (changed - timedelta(days=1)).isoformat(), number=2
    )
    stopped = course(
        "Hydroxychloroquine", "200", "mg", "QD", "2024-UK-UK", (SINCE - timedelta(days=13)).isoformat()
    )

    def found(*courses, screened=SINCE):
        shown = shows(courses[0], courses, LIMITS, STEROIDS, allocated, Span(screened=screened))
        return {each.code for each in shown}

    assert found(new, old) == {"medication.not_stable"}
    assert found(stopped) == {"medication.stopped"}
    assert found(new, old, screened=None) == set()
    before = SINCE - timedelta(days=STABLE_DAYS + 1)
    assert found(course("Hydroxychloroquine", "200", "mg", "QD", "2024-UK-UK", before.isoformat())) == set()


def test_what_began_after_the_study_or_ended_with_it_shows_nothing():
    left = SINCE + timedelta(days=10)
    later, day = (left + timedelta(days=20)).isoformat(), left.isoformat()

    def found(one, span):
        return {each.code for each in shows(one, [one], LIMITS, STEROIDS, SINCE, span)}

    for name, dose in (("Prednisone", "40"), ("Rituximab", "500"), ("Hydroxychloroquine", "600")):
        assert found(course(name, dose, "mg", "QD", later), Span()) != set()
        assert found(course(name, dose, "mg", "QD", later), Span(ended=left)) == set()
    ended = course("Prednisone", "5", "mg", "QD", "2024-UK-UK", day)
    assert found(ended, Span()) == {"medication.stopped"}
    assert found(ended, Span(ended=left)) == set()


@pytest.mark.parametrize(
    ("name", "route", "counts"),
    [
        ("毛果芸香碱", "oral", True),
        ("Cyclosporine", "eye", True),
        ("Cyclosporine", "oral", False),
        ("Losartan", "oral", False),
    ],
)
def test_cholinergic_stimulants_and_topical_ciclosporin_are_stable_where_that_was_decided(
    name, route, counts
):
    new = {**values(name, "5", "mg", "TID", "2026-11-25"), "route": Value(choice=route)}
    one = course_of(1, new, NAMES)
    assert one is not None
    assert codes(one) == set()
    decided = replace(LIMITS, by_name=True)
    assert codes(one, limits=decided) == ({"medication.not_stable"} if counts else set())
