"""Reference flags at the limits, and where a comparator leaves them open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sle_desk.domain.grading import HIGH, LOW, NORMAL, UNKNOWN, flag

D = Decimal
numbers = st.decimals(min_value=0, max_value=1000, places=2)
comparators = st.sampled_from(["", "<", "<=", ">", ">="])


@pytest.mark.parametrize(
    ("value", "expected"),
    [("114.999999", LOW), ("115", NORMAL), ("150", NORMAL), ("150.000001", HIGH)],
)
def test_limits_belong_to_the_range(value: str, expected: str) -> None:
    assert flag(D(value), "", D(115), D(150)) == expected


def test_a_limit_that_is_not_included_is_abnormal_itself() -> None:
    assert flag(D(15), "", None, D(15), high_inclusive=False) == HIGH
    assert flag(D("14.9"), "", None, D(15), high_inclusive=False) == NORMAL
    assert flag(D(90), "", D(90), None, low_inclusive=False) == LOW


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high", "expected"),
    [
        ("0.5", "<", "0.5", "3", LOW),
        ("0.5", "<=", "0.5", "3", UNKNOWN),
        ("0.5", "<", "0.1", "3", UNKNOWN),
        ("0.02", "<", "0", "0.06", NORMAL),
        ("10", "<", None, "10", NORMAL),
        ("11", "<", None, "10", UNKNOWN),
        ("100", ">", "1", "100", HIGH),
        ("100", ">=", "1", "100", UNKNOWN),
        ("50", ">", "1", "100", UNKNOWN),
        ("90", ">=", "90", None, NORMAL),
        ("5", "", None, None, UNKNOWN),
        ("5", "<", None, None, UNKNOWN),
    ],
)
def test_a_comparator_that_straddles_a_limit_is_unknown(
    value: str, comparator: str, low: str | None, high: str | None, expected: str
) -> None:
    limits = [None if limit is None else D(limit) for limit in (low, high)]
    assert flag(D(value), comparator, *limits) == expected


@given(
    value=numbers,
    comparator=comparators,
    low=st.none() | numbers,
    width=st.none() | numbers,
    inclusive=st.tuples(st.booleans(), st.booleans()),
    inside=numbers,
)
def test_a_flag_never_says_more_than_every_value_it_stands_for(
    value: Decimal,
    comparator: str,
    low: Decimal | None,
    width: Decimal | None,
    inclusive: tuple[bool, bool],
    inside: Decimal,
) -> None:
    high = None if width is None else (low or D(0)) + width
    ends = {"low_inclusive": inclusive[0], "high_inclusive": inclusive[1]}
    assume(
        {
            "": inside == value,
            "<": inside < value,
            "<=": inside <= value,
            ">": inside > value,
            ">=": inside >= value,
        }[comparator]
    )
    said = flag(value, comparator, low, high, **ends)
    assert said in (UNKNOWN, flag(inside, "", low, high, **ends))
