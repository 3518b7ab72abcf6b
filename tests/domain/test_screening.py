"""The counts of the flow chart, and the rule of screening again."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.screening import (
    DIED,
    FAILED,
    RANDOMISED,
    SCREENING,
    TOO_OFTEN,
    TOO_SOON,
    VOID,
    WITHDREW,
    Flow,
    Screening,
    flow,
    next_screenings,
    outside_rule,
    people,
)

OUTCOMES = (SCREENING, FAILED, WITHDREW, DIED, RANDOMISED, VOID)


@st.composite
def screened(draw: st.DrawFn) -> list[Screening]:
    """Draw screenings; one that ended, was allocated or entered in error since may go on in a later one."""
    found: list[Screening] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        before = draw(st.sampled_from([None, *(each.id for each in found)]))
        outcome = draw(st.sampled_from(OUTCOMES))
        leaves = draw(st.lists(st.sampled_from(["IN01", "EX02"]), unique=True)) if outcome == FAILED else []
        found.append(Screening(number, outcome, tuple(leaves), "", before))
    return found


@given(screened())
def test_everybody_assessed_is_excluded_screened_or_randomised_and_counts_once(rows: list[Screening]) -> None:
    found = flow(rows)
    assert found.assessed == found.excluded + found.screening + found.randomised
    standing = [each for each in rows if each.outcome != VOID]
    assert found.screenings == len(standing)
    first = people({each.id: each.rescreen_of for each in rows})
    assert found.assessed == len({first[each.id] for each in standing})
    assert found.randomised == len({first[each.id] for each in standing if each.outcome == RANDOMISED})
    assert found.excluded <= sum(found.by_leaf.values()) + sum(found.by_reason.values())


def test_a_person_screened_again_counts_as_it_came_out_last() -> None:
    rows = [
        Screening(1, FAILED, ("IN01", "EX02")),
        Screening(2, FAILED, ("EX02",)),
        Screening(3, RANDOMISED, rescreen_of=1),
        Screening(4, FAILED, reason="window"),
        Screening(5, WITHDREW),
        Screening(6, VOID, rescreen_of=2),
    ]
    found = flow(rows)
    assert (found.screenings, found.assessed, found.excluded, found.randomised) == (5, 4, 3, 1)
    assert dict(found.by_leaf) == {"EX02": 1} and dict(found.by_reason) == {"window": 1, WITHDREW: 1}
    assert flow([]) == Flow(by_leaf={}, by_reason={})


def test_a_screening_in_error_between_two_others_makes_no_second_person_of_one() -> None:
    rows = [
        Screening(1, FAILED, reason="window"),
        Screening(2, VOID, rescreen_of=1),
        Screening(3, SCREENING, rescreen_of=2),
    ]
    found = flow(rows)
    assert (found.screenings, found.assessed, found.excluded, found.screening) == (2, 1, 0, 1)
    assert next_screenings({1: None, 2: 1, 3: 2, 4: None}, {1, 3, 4}) == {1: 3, 2: 3}


@pytest.mark.parametrize("last", [SCREENING, FAILED, RANDOMISED])
def test_who_has_an_arm_under_an_earlier_number_counts_as_randomised(last: str) -> None:
    found = flow([Screening(1, RANDOMISED), Screening(2, last, reason="window", rescreen_of=1)])
    assert (found.assessed, found.randomised, found.excluded, found.screening) == (1, 1, 0, 0)


def test_the_rule_holds_at_its_boundaries_and_says_nothing_undecided() -> None:
    failed, today = date(2026, 11, 1), date(2026, 11, 29)
    assert outside_rule(0, failed, today, 1, 28) == ()
    assert outside_rule(1, failed, today, 1, 29) == (TOO_OFTEN, TOO_SOON)
    assert outside_rule(9, failed, failed, None, None) == ()
