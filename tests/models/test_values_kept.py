"""Exact values through the real file."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.base.instants import instant_text, read_instant
from sle_desk.domain.values import from_millionths, to_millionths

EXACT = st.decimals(min_value=-(10**8), max_value=10**8, places=6, allow_nan=False, allow_infinity=False)


@given(EXACT)
def test_a_measure_comes_back_as_it_went_in(value: Decimal) -> None:
    assert from_millionths(to_millionths(value)) == value


@pytest.mark.parametrize("text", ["0.0000001", "1000000000000", "1234567890.1234567", "NaN", "Infinity"])
def test_a_measure_that_cannot_be_kept_exactly_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        to_millionths(Decimal(text))


@given(
    st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_keeps_its_moment_and_its_offset(naive: datetime, minutes: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    back = read_instant(instant_text(instant))
    assert back == instant
    assert back.utcoffset() == instant.utcoffset()


@given(st.lists(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)), min_size=2))
def test_instants_sort_as_text_whatever_their_offsets(moments: list[datetime]) -> None:
    instants = [
        moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=index % 27 - 13)))
        for index, moment in enumerate(moments)
    ]
    assert sorted(instants) == [read_instant(text) for text in sorted(map(instant_text, instants))]


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        instant_text(datetime(2026, 11, 23, 8, 0))
