from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import exp, isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import formulas
from sle_desk.domain.formulas import Input

MEASURES = st.decimals("0.01", "999999", places=2)
WEIGHTS = st.decimals("20", "300", places=1)
AGES = st.integers(18, 100)
SEXES = st.sampled_from(["F", "M"])


def near(found: Decimal, wanted: Fraction) -> bool:
    """Tell whether a result of 28 digits is the exact fraction, correctly rounded at its end."""
    return abs(Fraction(found) - wanted) <= abs(wanted) * Fraction(1, 10**27)


def test_the_clearance_of_the_worked_example_carries_its_evidence():
    found = formulas.cockcroft_gault(35, "F", Decimal("52.8"), Decimal(58), "umol/L")
    assert found.formula.name == "Cockcroft-Gault"
    assert found.unit == "mL/min"
    assert found.inputs == (
        Input("age", 35, "y"),
        Input("sex", "F"),
        Input("weight", Decimal("52.8"), "kg"),
        Input("creatinine", Decimal(58), "umol/L"),
    )
    assert formulas.displayed(found.value, 1) == "99.8"


@given(AGES, SEXES, WEIGHTS, MEASURES)
def test_the_clearance_equals_exact_arithmetic(age, sex, weight, creatinine):
    exact = Fraction(140 - age) * Fraction(weight) * Fraction(884, 10) / (72 * Fraction(creatinine))
    if sex == "F":
        exact *= Fraction(85, 100)
    assert near(formulas.cockcroft_gault(age, sex, weight, creatinine, "umol/L").value, exact)


def test_a_clearance_of_exactly_30_is_30_and_not_a_digit_beside_it():
    # (140 - 68) x 30 / (72 x 1.0) = 30
    found = formulas.cockcroft_gault(68, "M", Decimal(30), Decimal("1.0"), "mg/dL").value
    assert found == 30
    same = formulas.cockcroft_gault(68, "M", Decimal(30), Decimal("88.4"), "umol/L").value
    assert same == 30
    millimoles = formulas.cockcroft_gault(68, "M", Decimal(30), Decimal("0.0884"), "mmol/L").value
    assert millimoles == 30


@given(AGES, SEXES, st.decimals("20", "2000", places=1))
def test_the_filtration_rate_agrees_with_logarithms_in_binary(age, sex, creatinine):
    ratio = float(creatinine) / 88.4 / (0.7 if sex == "F" else 0.9)
    alpha = -0.241 if sex == "F" else -0.302
    wanted = 142 * exp(alpha * log(min(ratio, 1))) * exp(-1.2 * log(max(ratio, 1))) * 0.9938**age
    wanted *= 1.012 if sex == "F" else 1
    found = formulas.ckd_epi_2021(age, sex, creatinine, "umol/L").value
    assert isclose(float(found), wanted, rel_tol=1e-12)


def test_at_the_bend_of_the_filtration_rate_both_powers_are_one():
    found = formulas.ckd_epi_2021(50, "M", Decimal("0.9"), "mg/dL").value
    assert near(found, 142 * Fraction(9938, 10_000) ** 50)


@pytest.mark.parametrize(("age", "sex"), [(17, "F"), (131, "M"), (40, "U"), (40, "")])
def test_the_filtration_rate_is_refused_where_the_equation_is_not_defined(age, sex):
    with pytest.raises(RuleBroken, match=r"formula\.(age|sex)"):
        formulas.ckd_epi_2021(age, sex, Decimal(1), "mg/dL")


@pytest.mark.parametrize(
    ("weight", "creatinine", "unit", "code"),
    [
        (Decimal(0), Decimal(1), "mg/dL", "formula.not_positive"),
        (Decimal(-60), Decimal(1), "mg/dL", "formula.not_positive"),
        (Decimal(60), Decimal(0), "mg/dL", "formula.not_positive"),
        (Decimal(60), Decimal(1), "mg/kg", "formula.unit"),
    ],
)
def test_an_impossible_input_is_refused_with_its_name(weight, creatinine, unit, code):
    with pytest.raises(RuleBroken) as refused:
        formulas.cockcroft_gault(40, "F", weight, creatinine, unit)
    assert refused.value.code == code
    assert refused.value.facts["name"] in ("weight", "creatinine")


def test_the_first_and_last_age_of_each_equation_are_computed():
    for age in (1, 139):
        assert formulas.cockcroft_gault(age, "F", Decimal(60), Decimal(1), "mg/dL").value > 0
    for age in (18, 130):
        assert formulas.ckd_epi_2021(age, "F", Decimal(1), "mg/dL").value > 0


@pytest.mark.parametrize("age", [0, 140, -3])
def test_an_age_outside_the_clearance_formula_is_refused(age):
    with pytest.raises(RuleBroken, match=r"formula\.age"):
        formulas.cockcroft_gault(age, "F", Decimal(60), Decimal(1), "mg/dL")


@given(st.decimals("50", "250", places=1), WEIGHTS)
def test_body_surface_and_mass_agree_with_their_definitions(height, weight):
    mosteller = formulas.bsa_mosteller(height, weight).value
    square = Fraction(height) * Fraction(weight) / 3600
    assert abs(Fraction(mosteller) ** 2 - square) <= square * Fraction(1, 10**26)
    du_bois = formulas.bsa_du_bois(height, weight).value
    assert isclose(float(du_bois), 0.007184 * float(weight) ** 0.425 * float(height) ** 0.725, rel_tol=1e-12)
    assert near(formulas.bmi(height, weight).value, Fraction(weight) * 10_000 / Fraction(height) ** 2)


def test_formulas_written_from_memory_are_marked():
    found = formulas.bsa_mosteller(Decimal(160), Decimal(54))
    assert not found.formula.confirmed
    assert formulas.bmi(Decimal(160), Decimal(54)).formula.confirmed


def test_50_mg_per_mmol_is_442_and_not_500_mg_per_g():
    def ratio(unit: str) -> Decimal:
        return formulas.urine_protein_creatinine(Decimal("0.45"), "g/L", Decimal(9), "mmol/L", unit).value

    assert ratio("mg/mmol") == 50
    assert ratio("mg/g") == 442
    assert ratio("mg/mg") == Decimal("0.442")


@given(MEASURES, MEASURES)
def test_the_protein_ratio_does_not_depend_on_the_units_it_came_in(protein, creatinine):
    first = formulas.urine_protein_creatinine(protein, "mg/dL", creatinine, "mg/dL", "mg/g").value
    second = formulas.urine_protein_creatinine(protein / 100, "g/L", creatinine / 100, "g/L", "mg/g").value
    third = formulas.urine_protein_creatinine(
        protein * 10, "mg/L", creatinine * Decimal("88.4"), "umol/L", "mg/g"
    ).value
    assert first == second == third


def test_protein_of_a_collection_is_scaled_to_24_hours():
    assert formulas.urine_protein_24h(Decimal("0.8"), Decimal("1.5"), Decimal(24)).value == Decimal("1.2")
    assert formulas.urine_protein_24h(Decimal("0.8"), Decimal("1.5"), Decimal(12)).value == Decimal("2.4")


def test_counts_come_from_percentages():
    assert formulas.absolute_count(Decimal("3.2"), (Decimal(38), Decimal(2)), "10^9/L").value == Decimal(
        "1.28"
    )
    assert formulas.corrected_leukocytes(Decimal(12), Decimal(0), "10^9/L").value == 12
    assert formulas.corrected_leukocytes(Decimal(12), Decimal(20), "10^9/L").value == 10
    assert formulas.absolute_count(Decimal(5), (Decimal(0),), "10^9/L").value == 0
    assert formulas.absolute_count(Decimal(5), (Decimal(40), Decimal(60)), "10^9/L").value == 5
    assert formulas.subset_absolute(Decimal("6.5"), Decimal(620), "/uL").value == Decimal("40.3")


@pytest.mark.parametrize("percents", [(Decimal("100.1"),), (Decimal(60), Decimal(41)), (Decimal(-1),)])
def test_percentages_beyond_the_whole_are_refused(percents):
    with pytest.raises(RuleBroken, match=r"formula\.percent"):
        formulas.absolute_count(Decimal(5), percents, "10^9/L")


def test_three_times_the_limit_is_three_and_no_more():
    assert formulas.uln_multiple(Decimal(120), Decimal(40), "U/L").value == 3
    assert formulas.uln_multiple(Decimal("120.001"), Decimal(40), "U/L").value > 3


@given(MEASURES, MEASURES, st.integers(1, 20))
def test_a_multiple_compares_as_the_values_themselves_do(value, upper, times):
    multiple = formulas.uln_multiple(value, upper, "U/L").value
    assert (multiple > times) == (value > times * upper)
    assert (multiple == times) == (value == times * upper)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("2.345", 2, "2.35"),
        ("2.325", 2, "2.33"),
        ("-2.345", 2, "-2.35"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("102.4", 1, "102.4"),
        ("102", 1, "102.0"),
        ("-0.04", 1, "0.0"),
        ("123456789012.3456789", 3, "123456789012.346"),
    ],
)
def test_a_value_is_shown_rounded_half_up(value, decimals, shown):
    assert formulas.displayed(Decimal(value), decimals) == shown


def test_showing_a_value_does_not_change_it():
    found = formulas.cockcroft_gault(31, "F", Decimal(54), Decimal(60), "umol/L")
    assert formulas.displayed(found.value, 0) == "102"
    assert found.value == Decimal("102.37825")
