"""Every CTCAE term at, below and above every edge, against limits drawn at random."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sle_desk.base.paths import resource
from sle_desk.domain.analytes import HIGH, LOW, NORMAL, UNKNOWN
from sle_desk.domain.grade_scale import (
    AT_LEAST,
    CLINICAL,
    GAP,
    NO_BASELINE,
    NOT_REACHED,
    STRADDLES,
    Baseline,
    Scale,
    scale,
)
from sle_desk.domain.grade_table import BASELINE, LLN, LOW_TERM, ULN, Band, Bound, Limb, Term
from sle_desk.domain.laboratory import parse_laboratory

PACKAGE = resource("protocol", "nct05262686")
LABORATORY = parse_laboratory(
    tomllib.loads((PACKAGE / "labs.toml").read_text("utf-8")),
    tomllib.loads((PACKAGE / "grades.toml").read_text("utf-8")),
)
NUMERIC = [term for table in LABORATORY.grading.values() for term in table.terms if term.limbs]
UNITS = [(term, unit) for term in NUMERIC for unit in sorted(term.units) or ["U/L"]]
STEP, FAR = Decimal("0.000001"), Decimal(10) ** 9
# Few examples for each of many terms: the edges themselves are walked in every one.
FEW = settings(max_examples=10)


@dataclass(frozen=True)
class Drawn:
    """The limits of one sample, the baseline, and whether the patient was fasting."""

    low: Decimal | None
    high: Decimal | None
    baseline: Baseline | None
    fasting: bool | None

    def scale(self, term: Term, unit: str) -> Scale:
        """Return the term resolved for this sample."""
        return scale(term, unit, self.low, self.high, self.baseline, self.fasting)


@dataclass(frozen=True)
class Spread:
    """How far the limits and the baseline of a sample lie from the usual limits of the analyte."""

    low: Decimal
    high: Decimal
    baseline: Decimal | None
    flag: str
    fasting: bool

    def around(self, term: Term, unit: str) -> Drawn:
        """Return a sample of the term's analyte with limits in the unit."""
        analyte = LABORATORY.analytes[term.analytes[0]]
        usual = next(iter(analyte.ranges), None)
        limits = [(usual and usual.low) or Decimal(10), (usual and usual.high) or Decimal(100)]
        if any(known.code == unit for known in analyte.units):
            limits = [analyte.convert(limit, analyte.standard.code, unit) for limit in limits]
        baseline = self.baseline and Baseline(limits[1] * self.baseline, self.flag)
        return Drawn(limits[0] * self.low, limits[1] * self.high, baseline or None, self.fasting)


near = st.sampled_from([Decimal("0.8"), Decimal(1), Decimal("1.1")])
spreads = st.builds(
    Spread,
    near,
    near,
    st.none() | st.decimals(min_value="0.1", max_value=8, places=2),
    st.sampled_from([LOW, NORMAL, HIGH]),
    st.booleans(),
)
every_term = pytest.mark.parametrize(
    ("term", "unit"), UNITS, ids=[f"{term.version} {term.code} {unit}" for term, unit in UNITS]
)
each_term = pytest.mark.parametrize("term", NUMERIC, ids=[f"{term.version} {term.code}" for term in NUMERIC])


def around(found: Scale) -> Iterator[Decimal]:
    """Yield zero, far beyond, and the values just below, at and just above every edge."""
    yield from (Decimal(0), FAR)
    for edge in found.edges[:-1]:
        yield from (value for value in (edge - STEP, edge, edge + STEP) if value >= 0)


def within(value: Decimal, bound: Bound, drawn: Drawn, *, lower: bool) -> bool:
    """Tell by comparing alone whether a value keeps a bound; without its limit no value does."""
    baseline = drawn.baseline.value if drawn.baseline else None
    limit = {"": Decimal(1), LLN: drawn.low, ULN: drawn.high, BASELINE: baseline}[bound.of]
    if limit is None:
        return False
    edge = bound.number * limit
    return (value == edge and not bound.strict) or (value > edge if lower else value < edge)


def holds(band: Band, value: Decimal, drawn: Drawn) -> bool:
    """Tell by comparing alone whether a value lies in a band."""
    return all(within(value, bound, drawn, lower=True) for bound in band.lower) and all(
        within(value, bound, drawn, lower=False) for bound in band.upper
    )


def applies(limb: Limb, unit: str, drawn: Drawn) -> bool:
    """Tell whether a limb is for this unit, baseline and fasting."""
    marked = drawn.baseline.flag if drawn.baseline else ""
    to_five = drawn.baseline is not None and drawn.high is not None and drawn.baseline.value <= 5 * drawn.high
    conditions = {
        "always": True,
        "baseline_high": marked == HIGH,
        "baseline_not_high": marked != HIGH,
        "baseline_low": marked == LOW,
        "baseline_high_to_5_uln": marked == HIGH and to_five,
        "baseline_high_over_5_uln": marked == HIGH and not to_five,
        "fasting": drawn.fasting is True,
        "not_fasting": drawn.fasting is False,
    }
    return conditions[limb.when] and (not limb.units or unit in limb.units)


@every_term
@FEW
@given(spread=spreads)
def test_the_highest_limb_stands_and_no_limb_has_two_grades(term: Term, unit: str, spread: Spread) -> None:
    drawn = spread.around(term, unit)
    found = drawn.scale(term, unit)
    limbs = [limb for limb in term.limbs if applies(limb, unit, drawn)]
    for value in around(found):
        grades = [
            [band.grade for band in limb.bands if band.grade and holds(band, value, drawn)] for limb in limbs
        ]
        assert all(len(here) <= 1 for here in grades)
        assert found.grade(value).grade == max((one for here in grades for one in here), default=None)


@every_term
@FEW
@given(spread=spreads)
def test_every_value_is_graded_or_normal_or_in_a_declared_gap(term: Term, unit: str, spread: Spread) -> None:
    drawn = spread.around(term, unit)
    found = drawn.scale(term, unit)
    for value in around(found):
        outcome = found.grade(value)
        if outcome.grade is not None:
            assert outcome.limb and outcome.source
        elif outcome.reason in (GAP, CLINICAL):
            assert outcome.note is not None and outcome.source
        elif outcome.reason == NO_BASELINE:
            assert drawn.baseline is None and value > (drawn.high or 0)
        else:
            assert outcome.reason == NOT_REACHED
            normal = value >= (drawn.low or 0) if term.direction == LOW_TERM else value <= (drawn.high or 0)
            assert normal or (drawn.baseline is not None and value <= drawn.baseline.value)


@every_term
@FEW
@given(spread=spreads)
def test_a_worse_value_never_has_a_lower_grade(term: Term, unit: str, spread: Spread) -> None:
    drawn = spread.around(term, unit)
    found = drawn.scale(term, unit)
    grades = [found.grade(value).grade for value in sorted(set(around(found)))]
    graded = [one for one in grades if one is not None]
    assert graded == sorted(graded, reverse=term.direction == LOW_TERM)


@every_term
@FEW
@given(spread=spreads, missing=st.sampled_from(["low", "high", "fasting", "flag"]))
def test_what_is_said_without_a_limit_holds_whatever_the_limit_is(
    term: Term, unit: str, spread: Spread, missing: str
) -> None:
    drawn = spread.around(term, unit)
    if missing == "flag":
        partly = replace(drawn, baseline=drawn.baseline and Baseline(drawn.baseline.value, UNKNOWN))
    else:
        partly = replace(drawn, **{missing: None})
    known, found = drawn.scale(term, unit), partly.scale(term, unit)
    for value in (*around(known), *around(found)):
        truth, said = known.grade(value), found.grade(value)
        if said.reason == AT_LEAST:
            assert said.grade is not None and truth.grade is not None and truth.grade >= said.grade
        elif said.grade is not None or said.reason in (NOT_REACHED, GAP, CLINICAL):
            assert truth.grade == said.grade


@every_term
@FEW
@given(spread=spreads, comparator=st.sampled_from(["<", "<=", ">", ">="]))
def test_a_comparator_never_says_more_than_every_value_it_stands_for(
    term: Term, unit: str, spread: Spread, comparator: str
) -> None:
    drawn = spread.around(term, unit)
    found = drawn.scale(term, unit)
    values = set(around(found))
    for value, inside in product(values, values):
        stands = {"<": inside < value, "<=": inside <= value, ">": inside > value, ">=": inside >= value}
        covered, one = found.grade(value, comparator), found.grade(inside)
        if stands[comparator] and covered.reason != STRADDLES:
            assert (covered.grade, covered.reason) == (one.grade, one.reason)


def _printed(term: Term, grade: int) -> set[Decimal]:
    return {Decimal(text) for text in re.findall(r"\d+(?:\.\d+)?", term.printed[grade - 1].replace(",", ""))}


@each_term
def test_each_number_of_a_band_is_printed_for_its_grade(term: Term) -> None:
    bands = [(limb, band) for limb in term.limbs for band in limb.bands if band.grade]
    for limb, band in bands:
        printed = _printed(term, band.grade or 0)
        # Lymphocytosis and leukocytosis are printed per mm3 only: 4000/mm3 is 4 x 10^9/L.
        thousands = 1000 if "10^9/L" in limb.units else 1
        for bound in band.lower + band.upper:
            itself = bound.of and bound.number == 1
            assert itself or bound.number in printed or bound.number * thousands in printed


@each_term
def test_limits_printed_in_two_units_are_one_quantity_or_the_difference_is_declared(term: Term) -> None:
    analyte = LABORATORY.analytes[term.analytes[0]]
    found = set()
    for limb in term.limbs:
        if limb.units and limb.when == "always":
            bounds = [bound for band in limb.bands for bound in band.lower + band.upper if not bound.of]
            found.add(frozenset(analyte.in_standard(bound.number, limb.units[0]) for bound in bounds))
    assert (len(found) > 1) == (term.difference is not None)


def test_every_term_names_its_source_and_whether_it_is_confirmed() -> None:
    for table in LABORATORY.grading.values():
        for term in table.terms:
            assert term.source.startswith(f"NCI CTCAE v{table.version}")
            assert term.confirmed != term.source.endswith(" only")
