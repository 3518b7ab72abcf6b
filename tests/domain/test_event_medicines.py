"""What a medicine has to do with the onset of an event, by every day that partial dates can mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.checks import Value
from sle_desk.domain.event_medicines import (
    FOR_EVENT,
    ONCE_BEFORE,
    POSSIBLY,
    TAKEN,
    at_onset,
    given_for,
    onset,
)
from sle_desk.domain.medicine_days import Course

TYPED = date(2026, 12, 10)
DAYS = st.dates(date(2026, 11, 1), date(2026, 12, 20))


def course(start: str, stop: str | None = None, once: bool = False) -> Course:
    return Course(1, "Ibuprofen", start, stop, None, None, "", once=once)


def began(start: str | None) -> tuple[date, date]:
    return onset({} if start is None else {"start": Value(text=start)}, TYPED)


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        ("2026-11-28", date(2026, 11, 28), date(2026, 11, 28)),
        ("2026-11-UK", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-12-UK", date(2026, 12, 1), TYPED),
        ("2026-UK-UK", date(2026, 1, 1), TYPED),
        ("UK-UK-UK", date.min, TYPED),
        (None, date.min, TYPED),
    ],
)
def test_an_onset_is_bounded_by_what_is_written_and_by_the_day_it_was_known(start, first, last):
    assert began(start) == (first, last)


@pytest.mark.parametrize(
    ("began_on", "start", "stop", "found"),
    [
        ("2026-11-28", "2026-11-24", "2026-11-30", TAKEN),
        ("2026-11-28", "2026-11-24", "2026-11-28", TAKEN),
        ("2026-11-28", "2026-11-24", "2026-11-27", None),
        ("2026-11-28", "2026-11-29", None, None),
        ("2026-11-28", "2026-11-UK", None, POSSIBLY),
        ("2026-11-28", "2026-10-UK", "2026-11-UK", POSSIBLY),
        ("2026-11-UK", "2026-11-24", None, POSSIBLY),
        ("2026-11-UK", "2026-10-01", None, TAKEN),
        ("UK-UK-UK", "2026-10-01", None, POSSIBLY),
    ],
)
def test_a_medicine_was_taken_or_possibly_taken_at_the_onset_or_not(began_on, start, stop, found):
    assert at_onset(course(start, stop), began(began_on), open_end=False, for_event=False) == found


def test_one_taken_once_without_an_end_stands_there_as_given_before():
    once = course("2026-11-01", "2026-11-01", once=True)
    assert at_onset(once, began("2026-11-28"), open_end=True, for_event=False) == ONCE_BEFORE
    assert at_onset(once, began("2026-11-28"), open_end=False, for_event=False) is None


@pytest.mark.parametrize(
    ("start", "found"), [("2026-12-02", FOR_EVENT), ("2026-11-28", FOR_EVENT), ("2026-11-27", TAKEN)]
)
def test_what_was_given_for_the_event_from_its_onset_on_treats_it(start, found):
    assert at_onset(course(start), began("2026-11-28"), open_end=False, for_event=True) == found


def test_a_medicine_is_given_for_an_event_that_its_entry_names():
    event = {"term": Value(text="Pneumonia 肺炎")}
    assert given_for({"indication": Value(text="  pneumonia 肺炎")}, event)
    assert not given_for({"indication": Value(text="Pneumonia")}, event)
    assert not given_for({}, event) and not given_for({"indication": Value(text="Pain")}, {})


@given(DAYS, DAYS, DAYS)
def test_on_an_exact_onset_a_course_with_exact_days_is_taken_or_not_never_possibly(at, start, stop):
    start, stop = min(start, stop), max(start, stop)
    found = at_onset(course(f"{start}", f"{stop}"), (at, at), open_end=False, for_event=False)
    assert found == (TAKEN if start <= at <= stop else None)


@given(DAYS, DAYS, st.integers(0, 20))
def test_what_is_taken_on_one_day_of_an_onset_is_never_left_out_of_it(start, stop, span):
    start, stop = min(start, stop), max(start, stop)
    for number in range(span + 1):
        days = (start - timedelta(days=number), start - timedelta(days=number) + timedelta(days=span))
        found = at_onset(course(f"{start}", f"{stop}"), days, open_end=False, for_event=False)
        assert found in (TAKEN, POSSIBLY)
