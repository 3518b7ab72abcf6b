"""How an approval of the ethics committee ends, and what goes on with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.ethics import (
    AMENDMENT,
    CONSENT,
    CONTINUING,
    DAYS_AHEAD,
    EXPIRED,
    EXPIRING,
    FOLLOWED,
    KINDS,
    PROTOCOL,
    VALID,
    Approval,
    covers,
    protocol_ended,
    state_of,
)

END = date(2026, 12, 31)
FIRST = Approval(1, PROTOCOL, date(2026, 1, 1), END)
DAY = timedelta(days=1)
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
LINES = st.lists(
    st.builds(
        lambda kind, approved, length: (kind, approved, None if length is None else approved + length * DAY),
        st.sampled_from([each.code for each in KINDS]),
        DAYS,
        st.none() | st.integers(0, 700),
    ),
    min_size=1,
    max_size=5,
).map(lambda found: [Approval(number, *each) for number, each in enumerate(found, 1)])


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (END - (DAYS_AHEAD + 1) * DAY, VALID),
        (END - DAYS_AHEAD * DAY, EXPIRING),
        (END, EXPIRING),
        (END + DAY, EXPIRED),
    ],
)
def test_an_end_is_told_ahead_and_after_and_the_last_day_is_covered(today: date, state: str) -> None:
    assert state_of(FIRST, [FIRST], today) == state
    assert covers(FIRST, [FIRST], today) is (state != EXPIRED)


def test_an_annual_review_or_one_of_its_kind_takes_its_place_and_nothing_else_does() -> None:
    today = END + DAY
    for kind, followed in ((CONTINUING, True), (PROTOCOL, True), (CONSENT, False), (AMENDMENT, False)):
        later = Approval(2, kind, date(2026, 12, 20), date(2027, 12, 31))
        assert (state_of(FIRST, [FIRST, later], today) == FOLLOWED) is followed
        assert covers(FIRST, [FIRST, later], today) is followed
    shorter = Approval(2, CONTINUING, date(2026, 12, 20), END)
    assert state_of(FIRST, [FIRST, shorter], today) == EXPIRED
    gap = Approval(2, CONTINUING, END + 5 * DAY, None)
    assert state_of(FIRST, [FIRST, gap], today) == EXPIRED and not covers(FIRST, [FIRST, gap], today)
    assert covers(FIRST, [FIRST, gap], END + 5 * DAY)


@given(LINES, DAYS)
def test_what_is_told_of_an_end_is_so(lines: list[Approval], today: date) -> None:
    for each in lines:
        state = state_of(each, lines, today)
        if state == EXPIRED:
            assert each.valid_until is not None and today > each.valid_until
        if each.valid_until is None:
            assert state == VALID
        if each.approved_on <= today and state in (VALID, EXPIRING):
            assert covers(each, lines, today)


def test_the_protocol_is_covered_by_its_newest_approval_or_an_older_one_that_holds_for_longer() -> None:
    assert protocol_ended([FIRST], END) is None and protocol_ended([FIRST], END + DAY) == FIRST
    review = Approval(2, CONTINUING, END - 30 * DAY, END + 365 * DAY)
    assert protocol_ended([FIRST, review], END + 365 * DAY) is None
    assert protocol_ended([FIRST, review], END + 366 * DAY) == review
    open_ended = Approval(3, PROTOCOL, END + 2 * DAY, None)
    assert protocol_ended([FIRST, open_ended], END + DAY) == FIRST
    assert protocol_ended([FIRST, open_ended], END + 2 * DAY) is None
    assert protocol_ended([FIRST, Approval(2, CONTINUING, END - DAY, END - DAY)], END) is None
    others = [Approval(4, AMENDMENT, END - 9 * DAY, END), Approval(5, CONSENT, END - 9 * DAY, END)]
    assert protocol_ended(others, END + DAY) is None and protocol_ended([], END) is None
