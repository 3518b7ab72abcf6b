from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.paths import resource
from sle_desk.domain.instruments import parse_instruments
from sle_desk.domain.sledai_evidence import Reading, disagreements, lab_evidence, suggested

SCALE = parse_instruments(
    tomllib.loads(resource("protocol", "nct05262686", "instruments.toml").read_text("utf-8"))
).sledai
VISIT = date(2026, 11, 22)


def reading(value: str, unit: str, comparator: str = "", on: date = VISIT, **limits: str) -> Reading:
    bounds = {name: Decimal(limit) for name, limit in limits.items()}
    return Reading(Decimal(value), unit, on, comparator, bounds.get("lower"), bounds.get("upper"))


def said(code: str, found: Reading, window: int = 10):
    evidence = lab_evidence({code: found}, VISIT, window, SCALE)
    return next(one for one in evidence if one.reads == code)


@pytest.mark.parametrize(
    ("code", "item", "unit", "limit", "beyond"),
    [
        ("PLAT", "THRO", "10^9/L", "100", "99.9"),
        ("WBC", "LEUK", "10^9/L", "3.0", "2.99"),
        ("PROTEXR", "PROT", "g/24h", "0.5", "0.501"),
        ("TEMP", "FEVR", "C", "38", "38.1"),
        ("URBC", "HEMA", "/HPF", "5", "6"),
        ("UWBC", "PYUR", "/HPF", "5", "6"),
    ],
)
def test_a_value_at_the_limit_suggests_nothing_and_one_beyond_suggests_the_item(
    code, item, unit, limit, beyond
):
    assert said(code, reading(limit, unit)).meets is False
    assert said(code, reading(beyond, unit)).meets is True
    assert suggested([said(code, reading(beyond, unit))]) == (item,)


def test_complement_and_dna_binding_are_judged_by_the_laboratorys_own_limit():
    assert said("C3", reading("0.78", "g/L", lower="0.79")).meets is True
    assert said("C3", reading("0.79", "g/L", lower="0.79")).meets is False
    assert said("C3", reading("0.78", "g/L")).reason == "evidence.no_limit"
    assert said("DDNAIGAB", reading("101", "IU/mL", upper="100")).meets is True
    assert said("DDNAIGAB", reading("100", "IU/mL", upper="100")).meets is False


@pytest.mark.parametrize(
    ("comparator", "value", "meets"),
    [
        ("<", "100", True),
        ("<", "101", None),
        ("<=", "100", None),
        ("<=", "99", True),
        (">", "100", False),
        (">", "99", None),
        (">=", "100", False),
    ],
)
def test_a_value_with_a_comparator_says_only_what_it_must_mean(comparator, value, meets):
    found = said("PLAT", reading(value, "10^9/L", comparator))
    assert found.meets is meets
    assert found.reason == ("" if meets is not None else "evidence.uncertain")


@given(
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(0, 12),
    st.decimals(0, 12, places=1),
)
def test_evidence_with_a_comparator_never_contradicts_a_value_it_can_stand_for(comparator, bound, actual):
    stands_for = {
        "<": actual < bound, "<=": actual <= bound, ">": actual > bound, ">=": actual >= bound,
    }  # fmt: skip
    found = said("URBC", reading(str(bound), "/HPF", comparator)).meets
    if stands_for[comparator] and found is not None:
        assert found is (actual > 5)


@pytest.mark.parametrize(("days", "inside"), [(0, True), (10, True), (11, False), (-1, False)])
def test_a_reading_outside_the_window_says_nothing(days, inside):
    found = said("PLAT", reading("20", "10^9/L", on=VISIT - timedelta(days=days)))
    assert found.meets is (True if inside else None)
    assert found.reason == ("" if inside else "evidence.outside_window")


def test_a_reading_in_another_unit_or_none_at_all_says_nothing():
    assert said("PLAT", reading("20", "10^3/uL")).reason == "evidence.other_unit"
    evidence = lab_evidence({}, VISIT, 10, SCALE)
    assert {one.reason for one in evidence} == {"evidence.not_measured"}
    assert suggested(evidence) == ()


def test_a_protein_ratio_counts_only_where_that_was_decided():
    ratio = {"PROTCRT": reading("501", "mg/g")}
    assert suggested(lab_evidence(ratio, VISIT, 10, SCALE)) == ()
    assert suggested(lab_evidence(ratio, VISIT, 10, SCALE, {"sledai.upcr_counts"})) == ("PROT",)
    at_the_limit = {"PROTCRT": reading("500", "mg/g")}
    assert suggested(lab_evidence(at_the_limit, VISIT, 10, SCALE, {"sledai.upcr_counts"})) == ()
    assert [cutoff.reads for cutoff in SCALE.cutoffs if cutoff.source is not None] == ["PROTCRT"]


def test_an_answer_against_the_readings_is_pointed_out():
    readings = {"C3": reading("0.5", "g/L", lower="0.79"), "C4": reading("0.3", "g/L", lower="0.16")}
    evidence = lab_evidence(readings, VISIT, 10, SCALE)
    assert [one.reads for one in disagreements({"CMPL": False}, evidence)] == ["C3"]
    assert disagreements({"CMPL": True}, evidence) == ()
    assert disagreements({"CMPL": None}, evidence) == ()
    normal = lab_evidence({"C4": readings["C4"]}, VISIT, 10, SCALE)
    assert [one.reads for one in disagreements({"CMPL": True}, normal)] == ["C4"]
    assert disagreements({"CMPL": False}, normal) == ()
