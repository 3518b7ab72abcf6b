"""The prednisone equivalent day by day: the sum where it can be told, and nothing where it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.decisions import Decision, readings
from sle_desk.domain.medication import Limits, shows
from sle_desk.domain.medicine_days import Course
from sle_desk.domain.prednisone import DATES, DOSE, FACTOR, NAME, prednisone_over, table_on
from sle_desk.domain.protocol import VALUE
from sle_desk.domain.values import partial_bounds

PROTOCOL = registered()
NAMES, STEROIDS = PROTOCOL.dictionary, PROTOCOL.steroids
SINCE, UNTIL = date(2026, 10, 1), date(2026, 12, 31)
DAYS = [SINCE + timedelta(days=day) for day in range((UNTIL - SINCE).days + 1)]
# What one milligram comes to in prednisone, by name; nothing where it is open or no glucocorticoid.
FACTORS = {"Prednisone": Decimal(1), "Methylprednisolone": Decimal("1.25"), "Hydrocortisone": Decimal("0.25"),
           "Betamethasone": None}  # fmt: skip


def course(name: str, mg: str | None, start: str, stop: str | None = None, number: int = 1) -> Course:
    term = NAMES.medicine(name)
    daily = Decimal(mg) if mg is not None else None
    return Course(number, name, start, stop, daily, term, term.category if term is not None else "")


def over(*courses: Course, since: date = SINCE, until: date = UNTIL) -> list[tuple[str, str | None]]:
    """Return the first day of each stretch with its amount, or why it is not known."""
    found = prednisone_over(courses, STEROIDS, since, until)
    return [
        (f"{each.first:%m-%d}", ",".join(each.why) if each.mg is None else str(each.mg)) for each in found
    ]


def test_a_taper_is_a_stair_and_the_day_of_a_change_has_the_new_dose():
    steps = over(
        course("Prednisone", "20", "2026-01-01", "2026-10-31"),
        course("Prednisone", "10", "2026-11-01", "2026-11-30", 2),
        course("Methylprednisolone", "4", "2026-11-15", number=3),
    )
    assert steps == [("10-01", "20"), ("11-01", "10"), ("11-15", "15"), ("12-01", "5")]


def test_where_none_is_recorded_there_is_nothing_and_after_the_last_one_it_is_none():
    assert over() == [] and over(course("Ibuprofen", "400", "2026-01-01")) == []
    assert over(course("Prednisone", "5", "2026-01-01", "2026-10-09")) == [("10-01", "5"), ("10-10", "0")]


@pytest.mark.parametrize(
    ("taken", "steps"),
    [
        (("Prednisone", "5", "2026-11-UK"), [("10-01", "0"), ("11-01", DATES), ("11-30", "5")]),
        (("Prednisone", "5", "2026-01-01", "2026-11-UK"), [("10-01", "5"), ("11-02", DATES), ("12-01", "0")]),
        (("Prednisone", "5", "UK-UK-UK"), [("10-01", DATES)]),
        (("Prednisone", None, "2026-11-10"), [("10-01", "0"), ("11-10", DOSE)]),
        (("Betamethasone", "1", "2026-01-01", "2026-10-31"), [("10-01", FACTOR), ("11-01", "0")]),
    ],
)
def test_what_cannot_be_told_is_said_to_be_so_and_is_never_a_number(taken, steps):
    assert over(course(*taken)) == steps


def test_a_glucocorticoid_by_its_kind_alone_is_counted_and_not_known():
    named = replace(course("Medrol", "8", "2026-11-01"), category="glucocorticoid")
    assert over(named) == [("10-01", "0"), ("11-01", NAME)]
    assert over(course("Medrol", "8", "2026-11-01")) == []


def test_what_does_not_reach_the_body_is_no_part_of_it():
    cream = replace(course("Hydrocortisone", "200", "2026-01-01"), systemic=False)
    assert over(cream) == [] and over(cream, course("Prednisone", "5", "2026-01-01")) == [("10-01", "5")]


def test_a_factor_that_was_decided_is_used_from_its_day_and_only_then():
    code = "steroid.betamethasone_mg"
    made = [Decision(code, VALUE, {code: "0.6"}, "", date(2026, 11, 1), date(2026, 12, 1), 1)]
    taken = [course("Betamethasone", "1.2", "2026-01-01")]
    found = {
        day: prednisone_over(taken, table_on(PROTOCOL, readings(PROTOCOL, made, day)), SINCE, UNTIL)[0].mg
        for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 1))
    }
    assert list(found.values()) == [None, Decimal(10), None]


days = st.one_of(
    st.dates(date(2026, 8, 1), date(2027, 2, 28)).map(date.isoformat),
    st.tuples(st.integers(2026, 2027), st.integers(1, 12)).map(lambda pair: f"{pair[0]}-{pair[1]:02}-UK"),
    st.sampled_from(["2025-UK-UK", "2026-UK-UK", "UK-UK-UK"]),
)
courses = st.lists(
    st.builds(
        course,
        st.sampled_from([*FACTORS, "Ibuprofen"]),
        st.one_of(st.none(), st.integers(0, 60).map(str)),
        days,
        st.one_of(st.none(), days),
    ),
    max_size=5,
).map(lambda found: [replace(each, id=number) for number, each in enumerate(found, 1)])


def by_hand(taken: list[Course], day: date) -> Decimal | None:
    """Return what a day comes to, each course looked at by itself; None where one of them cannot be told."""
    total = {"beside": Decimal(0), "ended": Decimal(0), "begun": Decimal(0)}
    for each in taken:
        if each.name not in FACTORS:
            continue
        earliest, latest = partial_bounds(each.start)
        ends_first, ends_last = partial_bounds(each.stop) if each.stop else (date.max, date.max)
        if not earliest <= day <= ends_last:
            continue
        factor = FACTORS[each.name]
        if not latest <= day <= ends_first or each.mg_a_day is None or factor is None:
            return None
        side = (
            "beside" if (ends_first == day) == (latest == day) else "ended" if ends_first == day else "begun"
        )
        total[side] += each.mg_a_day * factor
    return total["beside"] + max(total["ended"], total["begun"])


@given(courses)
def test_the_curve_is_the_sum_of_the_courses_on_each_day_and_no_unknown_day_is_a_number(taken):
    stretches = prednisone_over(taken, STEROIDS, SINCE, UNTIL)
    if not any(each.name in FACTORS for each in taken):
        assert stretches == ()
        return
    shown = {day: each.mg for each in stretches for day in DAYS if each.first <= day <= each.last}
    assert shown == {day: by_hand(taken, day) for day in DAYS}


@given(courses)
def test_the_stretches_hold_every_day_once_and_each_differs_from_the_one_before(taken):
    stretches = prednisone_over(taken, STEROIDS, SINCE, UNTIL)
    if not stretches:
        return
    assert (stretches[0].first, stretches[-1].last) == (SINCE, UNTIL)
    for one, two in pairwise(stretches):
        assert one.last + timedelta(days=1) == two.first and (one.mg, one.why) != (two.mg, two.why)
    assert all((each.mg is None) == bool(each.why) for each in stretches)


@given(courses)
def test_the_curve_on_a_known_day_is_what_the_limit_is_compared_with(taken):
    """Whole days alone: there the course that begins last is told of the whole sum of its day.

    A day on which a dose was changed is told of the dose that began; the curve has the larger one.
    """
    whole = [each for each in taken if "UK" not in each.start + (each.stop or "") and each.name in FACTORS]
    for each in whole:
        start = date.fromisoformat(each.start)
        if any(other.stop == each.start for other in whole):
            continue
        (stretch,) = prednisone_over(whole, STEROIDS, start, start)
        last_to_begin = all((other.first, other.id) <= (each.first, each.id) for other in whole)
        if not last_to_begin or stretch.mg is None or (each.last is not None and each.last < start):
            continue
        found = shows(each, whole, Limits(None, Decimal(-1)), STEROIDS, start)
        told = [
            Decimal(str(one.facts["amount"])) for one in found if one.code == "medication.prednisone_above"
        ]
        assert told == [stretch.mg]
