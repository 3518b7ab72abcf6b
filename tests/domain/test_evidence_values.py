"""Exact comparison with a limit, reported comparators, and conversion without rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registered_package import registered

from sle_desk.domain.evidence_values import (
    Found,
    Missing,
    Place,
    all_of,
    any_of,
    compares,
    found,
    in_unit,
    mirrored,
)

COMPARISONS = ("<", "<=", ">", ">=")
COMPARATORS = ("", *COMPARISONS)
TRUTHS = st.lists(st.sampled_from((True, False, None)), max_size=4)
CLOSE = st.integers(-3, 3).map(Fraction)


@pytest.mark.parametrize(
    ("comparator", "comparison", "at_limit"),
    [
        ("", "<", False), ("", "<=", True), ("", ">", False), ("", ">=", True),
        ("<", "<", True), ("<", "<=", True), ("<", ">", False), ("<", ">=", False),
        ("<=", "<", None), ("<=", "<=", True), ("<=", ">", False), ("<=", ">=", None),
        (">", "<", False), (">", "<=", False), (">", ">", True), (">", ">=", True),
        (">=", "<", False), (">=", "<=", None), (">=", ">", None), (">=", ">=", True),
    ],
)  # fmt: skip
def test_each_comparator_is_told_apart_at_the_limit_itself(comparator, comparison, at_limit):
    assert compares(Fraction(9), comparator, comparison, Fraction(9)) is at_limit


def lies(value: Fraction, comparator: str, reported: Fraction) -> bool:
    return compares(value, "", comparator, reported) is True if comparator else value == reported


@given(CLOSE, st.sampled_from(COMPARATORS), st.sampled_from(COMPARISONS), CLOSE)
def test_a_comparison_holds_only_where_every_value_meant_holds(reported, comparator, comparison, limit):
    grid = [Fraction(step, 8) for step in range(-80, 81)]
    meant = [value for value in grid if lies(value, comparator, reported)]
    truths = {compares(value, "", comparison, limit) for value in meant}
    said = compares(reported, comparator, comparison, limit)
    assert said is (truths.pop() if len(truths) == 1 else None)


@given(CLOSE, st.sampled_from(COMPARATORS), st.sampled_from(COMPARISONS), CLOSE)
def test_what_falls_as_another_rises_compares_the_other_way_round(value, comparator, comparison, limit):
    turned = compares(-value, mirrored(comparator), mirrored(comparison), -limit)
    assert turned is compares(value, comparator, comparison, limit)


def test_units_are_converted_exactly_and_never_across_quantities():
    analytes = registered().laboratory.analytes
    assert in_unit(analytes["HGB"], Decimal("90"), "g/L", "g/dL") == 9
    # One millionth above the limit stays above it: nothing is rounded before it is compared.
    assert in_unit(analytes["HGB"], Decimal("90.000001"), "g/L", "g/dL") > 9
    assert in_unit(analytes["CREAT"], Decimal("1"), "mg/dL", "umol/L") == Fraction("88.4")
    assert in_unit(analytes["HGB"], Decimal("90"), "U/L", "g/dL") is None


@given(TRUTHS)
def test_any_and_all_know_what_is_not_known(truths):
    assert any_of(truths) is (True if True in truths else None if None in truths else False)
    assert all_of(truths) is (False if False in truths else None if None in truths else True)


@given(st.sampled_from((True, False, None)), st.booleans())
def test_with_something_missing_nothing_is_found(truth, not_applicable):
    gap = Missing("eligibility.no_consent", Place("consent"))
    said = found(truth, missing=[gap], not_applicable=not_applicable)
    assert (said.truth, said.not_applicable, said.missing) == (None, False, (gap,))
    with pytest.raises(ValueError, match="nothing is computed"):
        Found(True, missing=(gap,))
