"""A day is found in whatever way it is written, and no other day is."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from sle_desk.domain.values import folded
from sle_desk.domain.written_days import written_days

DAYS = st.dates(date(1930, 1, 1), date(2020, 12, 31))
MARKS = st.sampled_from(["-", "/", ".", " ", " - ", "．", "－", " / ", "–"])
CHINESE = "〇一二三四五六七八九"


def padded(value: int, pad: bool) -> str:
    return f"{value:02d}" if pad else str(value)


@given(DAYS, MARKS, MARKS, st.booleans(), st.booleans())
def test_any_mix_of_marks_and_zeros_is_found(
    day: date, first: str, second: str, pad: bool, other: bool
) -> None:
    found = written_days(frozenset({day}))
    month, of_month = padded(day.month, pad), padded(day.day, other)
    for text in (
        f"{day.year}{first}{month}{second}{of_month}",
        f"{of_month}{first}{month}{second}{day.year}",
        f"{day.year} 年{month} 月 {of_month}日",
        f"{of_month} {day:%B} {day.year}",
        f"{day:%b} {of_month}, {day.year}",
        f"{day:%Y%m%d}",
    ):
        assert found is not None and found.search(folded(f"born {text}, ill"))


@given(
    DAYS,
    DAYS,
    st.sampled_from(["{0.year}-{0.month}-{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}"]),
)
def test_another_day_is_not_found(day: date, other: date, written: str) -> None:
    assume(day != other)
    found = written_days(frozenset({day}))
    assert found is not None and not found.search(folded(written.format(other)))


def test_no_day_is_looked_for_where_none_is_known() -> None:
    assert written_days(frozenset()) is None
