"""A laboratory's own ranges: exactly one row is right, or none with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.reference_ranges import (
    NO_RANGE,
    NOT_FOR_AGE,
    NOT_FOR_SEX,
    NOT_ON_DAY,
    PrintedLimits,
    ReferenceRange,
    check_ranges,
    left_of,
    meet,
    range_for,
    read_limits,
)

START = date(2026, 6, 1)
YOUNG_MAN = ReferenceRange("CREAT", "M", 18, 59, Decimal(57), Decimal(97), "umol/L", START)
OLD_MAN = replace(YOUNG_MAN, age_from=60, age_to=None, high=Decimal(111))
WOMAN = replace(YOUNG_MAN, sex="F", age_to=None, low=Decimal(41), high=Decimal(73))
ROWS = (YOUNG_MAN, OLD_MAN, WOMAN)


def test_the_row_is_that_of_sex_age_and_day() -> None:
    assert range_for(ROWS, "M", 59, START).row == YOUNG_MAN
    assert range_for(ROWS, "M", 60, START).row == OLD_MAN
    assert range_for(ROWS, "F", 60, START).row == WOMAN
    assert range_for(ROWS, "F", 18, START).reason == ""


@pytest.mark.parametrize(
    ("rows", "sex", "age", "day", "reason"),
    [
        ((), "F", 30, START, NO_RANGE),
        (ROWS, "F", 30, START - timedelta(days=1), NOT_ON_DAY),
        (ROWS, "U", 30, START, NOT_FOR_SEX),
        (ROWS, "F", 17, START, NOT_FOR_AGE),
    ],
)
def test_where_no_row_is_right_the_reason_is_said(
    rows: tuple[ReferenceRange, ...], sex: str, age: int, day: date, reason: str
) -> None:
    found = range_for(rows, sex, age, day)
    assert (found.row, found.reason) == (None, reason)


def test_a_new_list_takes_over_on_its_first_day() -> None:
    old = replace(WOMAN, valid_to=date(2026, 8, 31))
    new = replace(WOMAN, valid_from=date(2026, 9, 1), high=Decimal(80))
    check_ranges((old, new))
    assert range_for((old, new), "F", 30, date(2026, 8, 31)).row == old
    assert range_for((old, new), "F", 30, date(2026, 9, 1)).row == new
    assert range_for((old,), "F", 30, date(2026, 9, 1)).reason == NOT_ON_DAY


def test_a_row_for_both_sexes_is_for_everyone() -> None:
    row = replace(WOMAN, sex="both")
    assert all(range_for((row,), sex, 30, START).row == row for sex in ("F", "M", "U"))


@pytest.mark.parametrize(
    "other",
    [
        replace(WOMAN, sex="both"),
        replace(WOMAN, age_from=40),
        replace(WOMAN, age_from=10, age_to=18),
        replace(WOMAN, valid_from=START + timedelta(days=400)),
        replace(WOMAN, valid_from=START - timedelta(days=400), valid_to=START),
    ],
)
def test_two_rows_that_are_both_right_are_a_fault(other: ReferenceRange) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_ranges((*ROWS[:2], WOMAN, other))
    assert refused.value.code == "lab.ranges_overlap"
    assert refused.value.facts["analyte"] == "CREAT"
    age, day = int(str(refused.value.facts["age"])), date.fromisoformat(str(refused.value.facts["day"]))
    with pytest.raises(RuleBroken) as refused:
        range_for((WOMAN, other), "F", age, day)
    assert refused.value.code == "lab.ranges_overlap"


def test_rows_of_two_analytes_do_not_meet() -> None:
    check_ranges((WOMAN, replace(WOMAN, analyte="UREA")))


rows = st.builds(
    lambda sex, age, years, day, days: replace(
        WOMAN,
        sex=sex,
        age_from=age,
        age_to=None if years is None else age + years,
        valid_from=START + timedelta(days=day),
        valid_to=None if days is None else START + timedelta(days=day + days),
    ),
    st.sampled_from(["M", "F", "both"]),
    st.integers(0, 9),
    st.none() | st.integers(0, 5),
    st.integers(0, 9),
    st.none() | st.integers(0, 5),
)


@given(st.lists(rows, max_size=4))
def test_rows_are_refused_exactly_where_a_patient_would_have_two(drawn: list[ReferenceRange]) -> None:
    patients = [
        (sex, age, START + timedelta(days=day)) for sex in "MF" for age in range(16) for day in range(16)
    ]
    fitting = [
        [row for row in drawn if row.is_for_sex(sex) and row.is_for_age(age) and row.valid_on(day)]
        for sex, age, day in patients
    ]
    try:
        check_ranges(drawn)
    except RuleBroken:
        assert any(len(found) > 1 for found in fitting)
    else:
        assert all(len(found) <= 1 for found in fitting)


@given(rows, st.sampled_from("MF"), st.integers(0, 20), st.integers(0, 20))
def test_a_row_is_found_exactly_where_it_fits(row: ReferenceRange, sex: str, age: int, day: int) -> None:
    on = START + timedelta(days=day)
    last_age = row.age_to if row.age_to is not None else age
    fits = row.sex in (sex, "both") and row.age_from <= age <= last_age
    fits = fits and row.valid_from <= on <= (row.valid_to or on)
    found = range_for((row,), sex, age, on)
    assert found.row == (row if fits else None)
    assert bool(found.reason) != fits


@pytest.mark.parametrize(
    ("typed", "limits"),
    [
        ("3.5-9.5", PrintedLimits(Decimal("3.5"), Decimal("9.5"))),
        ("3.5 – 9.5", PrintedLimits(Decimal("3.5"), Decimal("9.5"))),
        ("３.５～９.５", PrintedLimits(Decimal("3.5"), Decimal("9.5"))),
        ("3.5--9.5", PrintedLimits(Decimal("3.5"), Decimal("9.5"))),
        (">3.5 - <9.5", PrintedLimits(Decimal("3.5"), Decimal("9.5"), False, False)),
        ("<5", PrintedLimits(None, Decimal(5), high_inclusive=False)),
        ("≤ 5", PrintedLimits(None, Decimal(5))),
        (">=60", PrintedLimits(Decimal(60), None)),
        ("> 60", PrintedLimits(Decimal(60), None, low_inclusive=False)),
    ],
)
def test_limits_are_read_as_a_laboratory_prints_them_and_said_so_again(
    typed: str, limits: PrintedLimits
) -> None:
    assert read_limits(typed) == limits
    assert read_limits(limits.words) == limits


@pytest.mark.parametrize(
    ("typed", "code"),
    [("9.5-3.5", "lab.range_order"), ("5-5", "lab.range_order"), ("5", "lab.range_unreadable"),
     ("", "lab.range_unreadable"), ("3,5-9,5", "lab.range_unreadable"), ("about 5", "lab.range_unreadable"),
     ("3.5.1-9", "number.unreadable")],
)  # fmt: skip
def test_what_is_no_range_is_refused(typed: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_limits(typed)
    assert refused.value.code == code


SEXES = st.sampled_from(["F", "M", "both"])
AGES = st.tuples(st.integers(0, 90), st.one_of(st.none(), st.integers(0, 60))).map(
    lambda run: (run[0], None if run[1] is None else run[0] + run[1])
)


@given(SEXES, AGES, SEXES, AGES, st.sampled_from(["F", "M"]), st.integers(0, 150), st.booleans())
def test_a_new_range_takes_over_for_its_people_alone(
    old_sex: str,
    old_ages: tuple[int, int | None],
    new_sex: str,
    new_ages: tuple[int, int | None],
    sex: str,
    age: int,
    later: bool,
) -> None:
    begins = START + timedelta(days=10)
    old = replace(YOUNG_MAN, sex=old_sex, age_from=old_ages[0], age_to=old_ages[1])
    new = replace(
        YOUNG_MAN, sex=new_sex, age_from=new_ages[0], age_to=new_ages[1], high=Decimal(120), valid_from=begins
    )
    rows = (
        (replace(old, valid_to=begins - timedelta(days=1)), *left_of(old, new), new)
        if meet(old, new)
        else (old, new)
    )
    check_ranges(rows)
    day = begins if later else begins - timedelta(days=1)
    before, after = range_for([old], sex, age, day).row, range_for(rows, sex, age, day).row
    if later and new.is_for_sex(sex) and new.is_for_age(age):
        assert after == new
    else:
        assert (after and after.high) == (before and before.high)
