"""The limits of a day: whole sums, sums that a partial date decides, and doses of which no amount is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.base.words import sentences
from sle_desk.domain.checks import Value
from sle_desk.domain.medication import (
    LIMIT_CODES,
    NO_AMOUNT,
    PREDNISONE_ABOVE,
    PREDNISONE_PERHAPS,
    UNKNOWN,
    InForce,
    Limits,
    course_of,
    daily_mg,
    shows,
    shows_over,
)
from sle_desk.domain.medicine_days import Course, surely_taken_on, taken_on
from sle_desk.domain.prednisone import prednisone_over
from sle_desk.domain.values import partial_bounds

PROTOCOL = registered()
NAMES, STEROIDS = PROTOCOL.dictionary, PROTOCOL.steroids
SINCE, LIMIT = date(2026, 11, 23), Decimal(10)
LIMITS = Limits(Decimal(400), LIMIT)
HELD = [InForce(SINCE, LIMITS, STEROIDS)]


def course(name: str, dose: str, start: str, stop: str = "", number: int = 1, **choices: str) -> Course:
    values = {"name": Value(text=name), "dose": Value(number=Decimal(dose), typed=dose)}
    values |= {"start": Value(text=start)} | ({"stop": Value(text=stop)} if stop else {})
    chosen = {"unit": "mg", "frequency": "QD", **choices}
    values |= {code: Value(choice=choice) for code, choice in chosen.items()}
    found = course_of(number, values, NAMES)
    assert found is not None
    return found


def told(*courses: Course, today: date = date.max) -> list[tuple[int, str, object, date | None]]:
    """Return what the limits tell of each course: its number, code, amount and day."""
    return [
        (each.id, found.code, found.facts.get("amount"), found.on_day)
        for each in courses
        for found in shows_over(each, courses, HELD, SINCE, today)
        if found.code in LIMIT_CODES
    ]


@pytest.mark.parametrize(
    ("dose", "frequency", "daily"), [("140", "QW", "20"), ("70", "QW", "10"), ("280", "Q4W", "10")]
)
def test_a_dose_of_each_week_or_four_weeks_is_spread_over_its_days(dose, frequency, daily):
    values = {"dose": Value(number=Decimal(dose), typed=dose), "unit": Value(choice="mg")}
    assert daily_mg({**values, "frequency": Value(choice=frequency)}) == Decimal(daily)


def test_what_is_taken_once_counts_on_its_one_day_with_its_whole_amount():
    pulse = course("Methylprednisolone", "500", "2026-11-30", frequency="ONCE")
    assert (pulse.stop, pulse.once) == ("2026-11-30", True)
    assert told(pulse) == [(1, PREDNISONE_ABOVE, "625", None)]
    days = prednisone_over([pulse], STEROIDS, date(2026, 11, 29), date(2026, 12, 1))
    assert [each.mg for each in days] == [0, 625, 0]
    assert "medication.stopped" not in {each.code for each in shows(pulse, (), LIMITS, STEROIDS, SINCE)}
    assert told(course("Methylprednisolone", "500", "2026-11-22", frequency="ONCE")) == []
    small = course("Prednisone", "5", "2026-11-30", frequency="ONCE", number=2)
    assert told(course("Prednisone", "7.5", "2025-UK-UK"), small) == [(2, PREDNISONE_ABOVE, "12.5", None)]
    later = course("Prednisone", "7.5", "2026-12-01", number=3)
    assert told(small, later) == []


def test_a_premedication_given_once_is_no_daily_dose_for_limit_and_stability():
    daily = course("Prednisone", "10", "2025-UK-UK", number=2)
    for name, mg in (("Dexamethasone", "5"), ("Methylprednisolone", "40"), ("Hydroxychloroquine", "800")):
        before = course(name, mg, "2026-11-30", frequency="ONCE", category="premedication")
        assert shows(before, (daily,), LIMITS, STEROIDS, SINCE) == ()
        assert shows(daily, (before,), LIMITS, STEROIDS, SINCE) == ()
        begun = replace(daily, start="2026-11-30")
        assert shows(begun, (before,), LIMITS, STEROIDS, SINCE) == shows(begun, (), LIMITS, STEROIDS, SINCE)
        every_day = course(name, mg, "2026-11-30", category="premedication")
        assert told(every_day) != []


def test_what_is_taken_once_and_goes_on_or_ends_on_another_day_has_no_daily_amount():
    for other in ({"ongoing": "Y"}, {"stop": "2026-12-05", "ongoing": "N"}):
        found = course("Prednisone", "50", "2026-11-30", frequency="ONCE", **other)
        assert (found.mg_a_day, found.once) == (None, False)
        assert told(found) == [(1, NO_AMOUNT, None, None)]


@pytest.mark.parametrize("how", [{"unit": "tablet"}, {"frequency": "PRN"}, {"frequency": "other"}])
def test_a_dose_that_comes_to_no_daily_amount_is_told_to_a_person(how):
    assert told(course("Prednisone", "12", "2026-11-23", **how)) == [(1, NO_AMOUNT, None, None)]
    assert told(course("Hydroxychloroquine", "2", "2020-01-01", **how)) == [(1, NO_AMOUNT, None, None)]
    assert told(course("Prednisone", "12", "2026-11-23", route="topical", **how)) == []
    assert told(course("Ibuprofen", "12", "2026-11-23", **how)) == []
    assert told(course("Prednisone", "12", "2025-11-23", "2026-01-01", **how)) == []
    found = shows(course("Prednisone", "12", "2026-11-23", **how), (), Limits(None, None), STEROIDS, SINCE)
    assert {each.code for each in found} == {"medication.not_stable"}, "no limit, nothing to compare"


def test_a_glucocorticoid_by_its_kind_alone_and_one_whose_factor_is_open_are_told_as_not_compared():
    assert told(course("Unknownsone", "8", "2026-11-23", category="glucocorticoid")) == [
        (1, UNKNOWN, None, None)
    ]
    assert told(course("Betamethasone", "1", "2026-11-23")) == [(1, UNKNOWN, None, None)]


def test_a_sum_that_a_partial_date_decides_is_told_as_such_and_asks_for_the_date():
    unknown = course("Prednisone", "8", "UK-UK-UK")
    more = course("Prednisone", "8", "2026-11-23", number=2)
    assert told(unknown, more) == [(2, PREDNISONE_PERHAPS, "16", None)]
    month = course("Prednisone", "8", "2026-11-UK", number=1)
    later = course("Prednisone", "8", "2026-11-28", number=2)
    assert told(month, later) == [(2, PREDNISONE_ABOVE, "16", date(2026, 11, 30))]
    assert told(month, later, today=date(2026, 11, 28)) == [(2, PREDNISONE_PERHAPS, "16", None)]
    ended = course("Prednisone", "20", "2025-01-01", "2026-11-UK")
    assert told(ended) == [(1, PREDNISONE_PERHAPS, "20", None)]


def test_a_dose_above_by_itself_is_surely_above_whenever_it_began():
    for start in ("UK-UK-UK", "2025-UK-UK", "2026-11-UK"):
        assert told(course("Prednisone", "20", start)) == [(1, PREDNISONE_ABOVE, "20", None)]
        assert told(course("Prednisone", "20", start), today=SINCE) == [(1, PREDNISONE_ABOVE, "20", None)]
    inside = course("Prednisone", "20", "2026-12-UK", "2026-12-15")
    assert told(inside) == [(1, PREDNISONE_ABOVE, "20", None)]


def test_a_course_of_unknown_start_is_judged_by_every_limit_from_the_allocation_on():
    readings = [*HELD, InForce(date(2026, 12, 10), Limits(None, Decimal(30)), STEROIDS)]
    for start in ("UK-UK-UK", "2026-UK-UK", "2026-12-UK"):
        taken = course("Prednisone", "20", start)
        found = [(each.code, each.facts["limit"]) for each in shows_over(taken, (), readings, SINCE)
                 if each.code in LIMIT_CODES]  # fmt: skip
        assert found == [(PREDNISONE_PERHAPS, "10")], "it may have begun when 30 mg were allowed"
    taken = course("Prednisone", "20", "UK-UK-UK")
    same = [*HELD, InForce(date(2026, 12, 10), replace(LIMITS, prohibits=False), STEROIDS)]
    found = [each.code for each in shows_over(taken, (), same, SINCE) if each.code in LIMIT_CODES]
    assert found == [PREDNISONE_ABOVE], "another decision is no other limit"
    lower = [*HELD, InForce(date(2026, 12, 10), Limits(None, Decimal(5)), STEROIDS)]
    found = [each.code for each in shows_over(taken, (), lower, SINCE) if each.code in LIMIT_CODES]
    assert found == [PREDNISONE_ABOVE]


def test_a_sum_under_the_limit_of_its_own_days_is_told_under_no_other():
    readings = [
        InForce(SINCE, Limits(None, Decimal(30)), STEROIDS),
        InForce(date(2026, 12, 10), LIMITS, STEROIDS),
    ]
    before = course("Prednisone", "20", "2026-11-25", "2026-12-09")
    assert not {each.code for each in shows_over(before, (), readings, SINCE)} & set(LIMIT_CODES)
    past = course("Prednisone", "20", "2026-11-25", "2026-12-10")
    (found,) = [each for each in shows_over(past, (), readings, SINCE) if each.code in LIMIT_CODES]
    assert (found.facts["limit"], found.on_day) == ("10", date(2026, 12, 10))


def test_every_code_of_a_limit_has_its_sentence():
    assert set(LIMIT_CODES) <= set(sentences())


# Against sums made day by day.

FIRST, LAST = date(2026, 11, 10), date(2027, 1, 10)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
partial = st.one_of(
    st.sampled_from(DAYS).map(date.isoformat),
    st.sampled_from(["2026-11-UK", "2026-12-UK", "2026-UK-UK", "UK-UK-UK"]),
)


def _course(dose: int, start: str, stop: str | None) -> Course:
    return course("Prednisone", str(dose), start, stop or "")


lists = st.lists(
    st.builds(_course, st.integers(1, 12), partial, st.one_of(st.none(), partial)).filter(
        lambda each: each.last is None or each.last >= each.first
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [replace(each, id=number) for number, each in enumerate(found, 1)])


def amount(courses: list[Course], day: date, taken) -> Decimal:
    """Return the sum of a day, of the larger side where one dose took the place of another."""
    sides = [Decimal(0)] * 3
    bound = 0 if taken is surely_taken_on else 1
    for each in courses:
        if taken(each, day):
            begins = partial_bounds(each.start)[1 - bound] == day
            ends = each.stop is not None and partial_bounds(each.stop)[bound] == day
            sides[0 if begins == ends else 1 if begins else 2] += each.mg_a_day or Decimal(0)
    return sides[0] + max(sides[1:])


@given(lists)
def test_every_day_that_is_or_may_be_above_is_told_of_and_no_other(courses):
    days = [day for day in DAYS if day >= SINCE]
    found = {code for _, code, _, _ in told(*courses, today=LAST)}
    if any(amount(courses, day, surely_taken_on) > LIMIT for day in days):
        assert PREDNISONE_ABOVE in found
    if any(amount(courses, day, taken_on) > LIMIT for day in days):
        assert found
    elif all((each.last is None or each.last <= LAST) and each.first <= LAST for each in courses):
        assert not found


def _interpreted(draw, each: Course) -> Course:
    """Return a course with whole days that its partial ones can mean."""
    earliest, latest = (min(max(day, FIRST - timedelta(days=40)), LAST) for day in partial_bounds(each.start))
    last = None if each.last is None else min(each.last, date(2027, 12, 31))
    start = draw(st.dates(earliest, min(latest, last) if last else latest))
    if last is None:
        return replace(each, start=start.isoformat())
    first = max(partial_bounds(each.stop or "")[0], start)
    return replace(each, start=start.isoformat(), stop=draw(st.dates(first, last)).isoformat())


@given(st.data(), lists)
def test_what_is_surely_above_is_so_whatever_partial_dates_mean_and_what_can_be_above_is_told(data, courses):
    meant = [_interpreted(data.draw, each) for each in courses]
    days = [SINCE + timedelta(days=number) for number in range(500)]
    above = any(amount(meant, day, taken_on) > LIMIT for day in days)
    found = {code for _, code, _, _ in told(*courses)}
    if PREDNISONE_ABOVE in found:
        assert above
    if above:
        assert found & {PREDNISONE_ABOVE, PREDNISONE_PERHAPS}
