"""Which backups stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.thinning import kept

NOW = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
instants = st.lists(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)), max_size=80
)


def test_a_clinic_of_two_years_keeps_days_weeks_and_months() -> None:
    made = [NOW - timedelta(hours=4 * number) for number in range(6 * 730)]
    stay = sorted(kept(made, NOW), reverse=True)
    recent = [each for each in stay if NOW - each < timedelta(days=2)]
    assert len(recent) == 12
    assert len(stay) <= 12 + 12 + 10 + 9
    assert NOW - stay[-1] > timedelta(days=8 * 28)
    # Of each older day the last backup stays.
    assert [each.hour for each in stay[12:20]] == [22] * 8 or all(each.hour >= 18 for each in stay[12:20])


def test_a_holiday_thins_nothing() -> None:
    made = [NOW - timedelta(days=30 + number) for number in range(12)]
    assert kept(made, NOW) == frozenset(made)


@given(instants)
def test_the_newest_and_everything_of_two_days_stay(made: list[datetime]) -> None:
    stay = kept(made, NOW)
    assert stay <= set(made)
    assert all(each in stay for each in made if each > NOW - timedelta(days=2))
    if made:
        assert max(made) in stay


@given(instants)
def test_thinning_again_changes_nothing(made: list[datetime]) -> None:
    stay = kept(made, NOW)
    assert kept(stay, NOW) == stay


@given(instants)
def test_the_oldest_month_that_counts_is_never_lost(made: list[datetime]) -> None:
    months = sorted({(each.year, each.month) for each in made}, reverse=True)[:9]
    kept_months = {(each.year, each.month) for each in kept(made, NOW)}
    assert set(months) <= kept_months | {(each.year, each.month) for each in made if each > NOW}
