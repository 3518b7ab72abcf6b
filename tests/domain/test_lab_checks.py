"""What is said about a laboratory number: limits, slips of unit and point, changes and cross-checks."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.paths import resource
from sle_desk.domain.checks import IMPOSSIBLE, UNLIKELY, Finding
from sle_desk.domain.lab_checks import (
    DIFFERS,
    HOLDS,
    WAITING,
    check_result,
    cross_check,
    cross_finding,
    cross_results,
    implied,
)
from sle_desk.domain.laboratory import Analyte, CrossCheck, parse_laboratory
from sle_desk.domain.values import parse_number

PACKAGE = resource("protocol", "nct05262686")
LABORATORY = parse_laboratory(
    tomllib.loads((PACKAGE / "labs.toml").read_text("utf-8")),
    tomllib.loads((PACKAGE / "grades.toml").read_text("utf-8")),
)
D = Decimal


def said(code: str, typed: str, unit: str = "", previous: str | None = None) -> tuple[Finding, ...]:
    """Return the findings about a number as typed."""
    analyte = LABORATORY.analytes[code]
    measured = parse_number(typed, comparators=True)
    return check_result(
        analyte, measured, unit or analyte.standard.code, None if previous is None else D(previous)
    )


def check_of(code: str) -> CrossCheck:
    """Return a cross-check of the dictionary."""
    return next(check for check in LABORATORY.cross_checks if check.code == code)


# -------------------------------------------------------------------------------------------------- limits
def test_a_haematocrit_of_30_1_litres_per_litre_is_impossible_and_looks_like_percent() -> None:
    (finding,) = said("HCT", "30.1")
    assert (finding.level, finding.field, finding.code) == (IMPOSSIBLE, "HCT", "value.other_unit")
    assert finding.fix == "0.301"
    assert dict(finding.facts) == {
        "typed": "30.1", "unit": "L/L", "low": "0.05", "high": "0.8", "other_unit": "%", "fix": "0.301",
    }  # fmt: skip


@pytest.mark.parametrize("typed", ["0.05", "0.80"])
def test_a_hard_limit_itself_is_possible(typed: str) -> None:
    (finding,) = said("HCT", typed)
    assert (finding.level, finding.code) == (UNLIKELY, "value.unlikely")


@pytest.mark.parametrize("typed", ["0.049999", "0.800001"])
def test_just_beyond_a_hard_limit_is_impossible(typed: str) -> None:
    (finding,) = said("HCT", typed)
    assert finding.level == IMPOSSIBLE


@pytest.mark.parametrize(("typed", "count"), [("0.20", 0), ("0.60", 0), ("0.199", 1), ("0.601", 1)])
def test_outside_the_soft_limits_is_unlikely(typed: str, count: int) -> None:
    findings = said("HCT", typed)
    assert [finding.level for finding in findings] == [UNLIKELY] * count
    assert all(finding.facts["low"] == "0.2" and finding.facts["high"] == "0.6" for finding in findings)


def test_limits_are_shown_in_the_typed_unit() -> None:
    (finding,) = said("HGB", "26", "g/dL")
    assert finding.level == IMPOSSIBLE
    assert (finding.facts["low"], finding.facts["high"], finding.facts["unit"]) == ("2", "25", "g/dL")


@pytest.mark.parametrize(
    ("code", "typed", "unit", "other", "fix"),
    [
        ("HCT", "0.301", "%", "L/L", "30.1"),
        ("HGB", "9.6", "g/L", "g/dL", "96"),
        ("HGB", "120", "g/dL", "g/L", "12"),
        ("CREAT", "0.9", "umol/L", "mg/dL", "79.56"),
        ("GLUC", "95", "mmol/L", "mg/dL", "5.27345"),
        ("PLAT", "150000", "10^9/L", "/mm³", "150"),
        ("C3", "90", "g/L", "mg/dL", "0.9"),
        ("IGG", "1200", "g/L", "mg/dL", "12"),
        ("PROTEXR", "800", "g/24h", "mg/24 h", "0.8"),
    ],
)
def test_another_unit_that_makes_it_plausible_is_proposed(
    code: str, typed: str, unit: str, other: str, fix: str
) -> None:
    (finding,) = said(code, typed, unit)
    assert (finding.code, finding.facts["other_unit"], finding.fix) == ("value.other_unit", other, fix)


@pytest.mark.parametrize(
    ("code", "typed", "fix"),
    [("HGB", "1350", "135"), ("K", "42", "4.2"), ("SODIUM", "14.1", "141"), ("K", "0.42", "4.2")],
)
def test_a_slipped_decimal_point_is_proposed(code: str, typed: str, fix: str) -> None:
    (finding,) = said(code, typed)
    assert (finding.level, finding.code, finding.fix) == (IMPOSSIBLE, "value.slip", fix)


def test_a_proposal_that_the_file_could_not_keep_exactly_is_not_made() -> None:
    (finding,) = said("K", "42.123456")
    assert (finding.code, finding.fix) == ("value.impossible", None)
    (finding,) = said("K", "42.12345")
    assert finding.fix == "4.212345"


def test_where_two_readings_are_plausible_none_is_proposed() -> None:
    # Ten times too high is still too high; 250 U/L and 25 U/L are both plausible.
    (finding,) = said("ALT", "25000")
    assert (finding.code, finding.fix) == ("value.impossible", None)


def test_a_value_with_a_comparator_gets_no_proposal() -> None:
    (finding,) = said("HCT", ">30.1")
    assert (finding.level, finding.code, finding.fix) == (IMPOSSIBLE, "value.impossible", None)


@pytest.mark.parametrize(
    ("typed", "levels"),
    [
        ("<0.05", [IMPOSSIBLE]),
        ("<=0.05", [UNLIKELY]),
        ("<0.2", [UNLIKELY]),
        ("<0.21", []),
        ("<0.9", []),
        (">0.59", []),
        (">=0.8", [UNLIKELY]),
        (">0.8", [IMPOSSIBLE]),
    ],
)
def test_a_comparator_is_outside_only_where_all_it_stands_for_is(typed: str, levels: list[int]) -> None:
    assert [finding.level for finding in said("HCT", typed)] == levels


def test_a_value_in_another_quantity_has_no_limits() -> None:
    assert said("DDNAIGAB", "999999", "RU/mL") == ()


NUMBERS = [analyte for analyte in LABORATORY.analytes.values() if analyte.units]


@given(st.sampled_from(NUMBERS), st.decimals(min_value=0, max_value=10**6, places=3), st.data())
def test_a_proposed_fix_is_always_plausible_itself(
    analyte: Analyte, value: Decimal, data: st.DataObject
) -> None:
    units = [unit.code for unit in analyte.units if unit.same_quantity]
    unit = data.draw(st.sampled_from(units))
    for finding in check_result(analyte, parse_number(f"{value}"), unit):
        if finding.fix is not None:
            assert finding.level == IMPOSSIBLE
            assert check_result(analyte, parse_number(finding.fix), unit) == ()


# ------------------------------------------------------------------------------------------------- changes
def test_a_large_change_since_the_previous_value_is_unlikely() -> None:
    (finding,) = said("HGB", "75", previous="101")
    assert (finding.level, finding.code) == (UNLIKELY, "value.changed")
    assert dict(finding.facts) == {
        "typed": "75", "unit": "g/L", "previous": "101", "percent": "25.7", "allowed": "25",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "previous", "count"),
    [
        ("75", "100", 0),
        ("74.9", "100", 1),
        ("125.1", "100", 1),
        ("79.9", "60", 0),
        ("80", "60", 1),
        ("75", "0", 0),
    ],
)
def test_the_share_and_the_least_amount_both_have_to_be_passed(typed: str, previous: str, count: int) -> None:
    assert len(said("HGB", typed, previous=previous)) == count


def test_a_change_is_judged_in_one_unit_and_shown_in_the_typed_one() -> None:
    (finding,) = said("HGB", "7.4", "g/dL", previous="101")
    assert (finding.facts["previous"], finding.facts["unit"]) == ("10.1", "g/dL")


def test_a_change_is_not_judged_with_a_comparator() -> None:
    assert said("PLAT", "<25", previous="200") == ()


# -------------------------------------------------------------------------------------------- cross-checks
RED = {"RBC": D("3.41"), "MCV": D("88.3"), "HGB": D(96), "MCH": D("28.2"), "HCT": D("0.301")}
WHITE = {
    "WBC": D("3.25"),
    "NEUT": D("1.90"),
    "LYM": D("0.90"),
    "MONO": D("0.31"),
    "EOS": D("0.12"),
    "BASO": D("0.02"),
}


def test_the_checks_of_a_right_blood_count_hold() -> None:
    states = {result.check.code: result.state for result in cross_results(LABORATORY, RED | WHITE)}
    assert states == {"DIFF_SUM": HOLDS, "HGB_RBC": HOLDS, "HCT_RBC": HOLDS}


def test_a_check_waits_until_every_value_is_there() -> None:
    states = {result.check.code: result.state for result in cross_results(LABORATORY, {"RBC": D("3.41")})}
    assert states == {"HGB_RBC": WAITING, "HCT_RBC": WAITING}
    assert cross_check(check_of("DIFF_SUM"), {**WHITE} | {"HGB": D(96)}).state == HOLDS
    assert cross_check(check_of("HCT_RBC"), {**RED, "RBC": D(0)}).state == WAITING


def test_a_haematocrit_at_odds_with_the_red_cells_is_unlikely() -> None:
    check = check_of("HCT_RBC")
    result = cross_check(check, {**RED, "HCT": D("0.401")})
    finding = cross_finding(LABORATORY, result)
    assert result.state == DIFFERS
    assert finding is not None
    assert (finding.level, finding.field, finding.code) == (UNLIKELY, "MCV", "lab.cross_check")
    assert (finding.facts["found"], finding.facts["expected"], finding.facts["unit"]) == (
        "88.3",
        "117.595",
        "fL",
    )
    assert cross_finding(LABORATORY, cross_check(check, RED)) is None


def test_the_others_say_what_a_value_would_be() -> None:
    # Mockup 06: RBC 3.41 x MCV 88.3 = 0.301 L/L.
    assert implied(check_of("HCT_RBC"), "HCT", RED) == D("0.301103")
    assert implied(check_of("HGB_RBC"), "HGB", RED) == D("96.162")
    assert implied(check_of("HGB_RBC"), "RBC", {"HGB": D(96), "MCH": D(32)}) == D(3)
    assert implied(check_of("DIFF_SUM"), "LYM", WHITE) == D("0.90")
    assert implied(check_of("DIFF_SUM"), "LYM", {"WBC": D(4)}) is None


@pytest.mark.parametrize(
    ("total", "state"), [("5.25", HOLDS), ("5.250001", DIFFERS), ("4.75", HOLDS), ("4.749999", DIFFERS)]
)
def test_the_tolerance_itself_holds(total: str, state: str) -> None:
    parts = {"NEUT": D(3), "LYM": D(1), "MONO": D("0.5"), "EOS": D("0.4"), "BASO": D("0.1")}
    assert cross_check(check_of("DIFF_SUM"), {**parts, "WBC": D(total)}).state == state


@pytest.mark.parametrize(("total", "state"), [("0.6", HOLDS), ("0.61", DIFFERS)])
def test_of_two_tolerances_the_wider_counts(total: str, state: str) -> None:
    parts = {"NEUT": D("0.3"), "LYM": D("0.2"), "MONO": D(0), "EOS": D(0), "BASO": D(0)}
    assert cross_check(check_of("DIFF_SUM"), {**parts, "WBC": D(total)}).state == state


@given(st.sampled_from(LABORATORY.cross_checks), st.data())
def test_what_is_implied_makes_the_check_hold(check: CrossCheck, data: st.DataObject) -> None:
    codes = (check.target, *check.parts)
    numbers = st.decimals(min_value=1, max_value=200, places=2)
    values = {code: data.draw(numbers) for code in codes}
    code = data.draw(st.sampled_from(codes))
    found = implied(check, code, values)
    assert found is not None
    result = cross_check(check, {**values, code: found})
    assert result.state == HOLDS
