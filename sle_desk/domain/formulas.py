"""Clinical formulas: each result carries its value, unit, formula and the inputs it was computed from.

Values are not rounded: `displayed` rounds for a screen or a page, and that rounding is never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import message

# Products of inputs of 15 digits stay exact here; powers keep guard digits beyond the 28 of a result.
_WORKING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_RESULT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_HUNDRED = Decimal(100)
# Creatinine: 1 mg/dL is 88.4 umol/L, the form of the factor used everywhere.
_UMOL_PER_MG_DL = Decimal("88.4")
# What one unit holds in mg/L, as numerator and denominator so that one division rounds once.
_MG_PER_L = {
    "mg/L": (Decimal(1), Decimal(1)),
    "mg/dL": (Decimal(10), Decimal(1)),
    "g/L": (Decimal(1000), Decimal(1)),
}
_CREATININE_MG_PER_L = {
    **_MG_PER_L,
    "umol/L": (Decimal(10), _UMOL_PER_MG_DL),
    "mmol/L": (Decimal(10_000), _UMOL_PER_MG_DL),
}
_UPCR_UNITS = {
    "mg/mg": (Decimal(1), Decimal(1)),
    "mg/g": (Decimal(1000), Decimal(1)),
    "mg/mmol": (Decimal(10_000), _UMOL_PER_MG_DL),
}


@dataclass(frozen=True)
class Formula:
    """A formula by code, name and version, with its source; not confirmed: from memory."""

    code: str
    name: str
    version: str
    source: str
    confirmed: bool = True


@dataclass(frozen=True)
class Input:
    """One value a result rests on; the name is a message, shown translated."""

    name: str
    value: Decimal | int | str
    unit: str = ""


@dataclass(frozen=True)
class Computed:
    """A result that is not rounded, its unit, its formula and its inputs."""

    value: Decimal
    unit: str
    formula: Formula
    inputs: tuple[Input, ...]


COCKCROFT_GAULT = Formula(
    "COCKCROFT_GAULT", message("Cockcroft-Gault"), "1", "tabers.com; superglobalcalculator.com"
)
CKD_EPI_2021 = Formula(
    "CKD_EPI_2021", message("CKD-EPI 2021"), "1", "kidney.org/ckd-epi-creatinine-equation-2021"
)
BSA_MOSTELLER = Formula(
    "BSA_MOSTELLER", message("Body surface area (Mosteller)"), "1", "NEJM 1987;317:1098", confirmed=False
)
BSA_DU_BOIS = Formula(
    "BSA_DU_BOIS", message("Body surface area (Du Bois)"), "1", "Du Bois 1916", confirmed=False
)
BMI = Formula("BMI", message("Body mass index"), "1", "definition")
UPCR = Formula("UPCR", message("Urine protein/creatinine ratio"), "1", "definition; 1 mg/dL = 88.4 umol/L")
PROTEIN_24H = Formula("PROTEIN_24H", message("Protein in 24-hour urine"), "1", "definition")
CORRECTED_WBC = Formula(
    "CORRECTED_WBC",
    message("Leukocytes corrected for nucleated red cells"),
    "1",
    "haematology",
    confirmed=False,
)
ABSOLUTE_COUNT = Formula("ABSOLUTE_COUNT", message("Absolute count"), "1", "definition")
SUBSET_ABSOLUTE = Formula("SUBSET_ABSOLUTE", message("Absolute count of a cell subset"), "1", "definition")
ULN_MULTIPLE = Formula("ULN_MULTIPLE", message("Multiple of the upper limit of normal"), "1", "definition")

_AGE, _SEX = message("age"), message("sex")
_WEIGHT, _HEIGHT = message("weight"), message("height")
_CREATININE, _PROTEIN = message("creatinine"), message("protein")
_VALUE, _PERCENT = message("value"), message("percent")
_UPPER_LIMIT = message("upper limit of normal")
_VOLUME, _DURATION = message("volume"), message("collection time")
_LEUKOCYTES, _NUCLEATED = message("leukocytes"), message("nucleated red cells per 100 leukocytes")


def displayed(value: Decimal, decimals: int) -> str:
    """Return the value as it is shown: rounded half-up to the decimals, never stored."""
    with localcontext(_WORKING):
        shown = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return format(abs(shown) if shown.is_zero() else shown, "f")


def _positive(name: str, value: Decimal) -> Decimal:
    if value <= 0:
        raise RuleBroken("formula.not_positive", name=name, value=str(value))
    return value


def _not_negative(name: str, value: Decimal) -> Decimal:
    if value < 0:
        raise RuleBroken("formula.negative", name=name, value=str(value))
    return value


def _unit(unit: str, allowed: dict[str, tuple[Decimal, Decimal]], name: str) -> tuple[Decimal, Decimal]:
    if unit not in allowed:
        raise RuleBroken("formula.unit", name=name, unit=unit, allowed=", ".join(allowed))
    return allowed[unit]


def _of_sex(sex: str, female: Decimal, male: Decimal) -> Decimal:
    if sex not in ("F", "M"):
        raise RuleBroken("formula.sex", sex=sex)
    return female if sex == "F" else male


def _age(age: int, lowest: int, highest: int) -> int:
    if not lowest <= age <= highest:
        raise RuleBroken("formula.age", age=age, lowest=lowest, highest=highest)
    return age


def _mg_dl_factor(unit: str) -> Decimal:
    """Return how much of the unit makes 1 mg/dL of creatinine in serum."""
    numerator, denominator = _unit(unit, _CREATININE_MG_PER_L, _CREATININE)
    return _WORKING.divide(10 * denominator, numerator)


def _computed(value: Decimal, unit: str, formula: Formula, *inputs: Input) -> Computed:
    return Computed(_RESULT.plus(value), unit, formula, inputs)


def cockcroft_gault(age: int, sex: str, weight_kg: Decimal, creatinine: Decimal, unit: str) -> Computed:
    """Return the creatinine clearance in mL/min from actual weight and serum creatinine."""
    _positive(_WEIGHT, weight_kg)
    _positive(_CREATININE, creatinine)
    factor = _of_sex(sex, Decimal("0.85"), Decimal(1))
    with localcontext(_WORKING):
        above = (140 - _age(age, 1, 139)) * weight_kg * factor * _mg_dl_factor(unit)
        value = above / (72 * creatinine)
    return _computed(
        value,
        "mL/min",
        COCKCROFT_GAULT,
        Input(_AGE, age, "y"),
        Input(_SEX, sex),
        Input(_WEIGHT, weight_kg, "kg"),
        Input(_CREATININE, creatinine, unit),
    )


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    """Return base to a fractional power; the caller's context gives the guard digits."""
    return (base.ln() * exponent).exp()


def ckd_epi_2021(age: int, sex: str, creatinine: Decimal, unit: str) -> Computed:
    """Return the eGFR in mL/min/1.73 m2 of an adult from serum creatinine, without race."""
    _positive(_CREATININE, creatinine)
    kappa = _of_sex(sex, Decimal("0.7"), Decimal("0.9"))
    alpha = _of_sex(sex, Decimal("-0.241"), Decimal("-0.302"))
    with localcontext(_WORKING):
        ratio = creatinine / (kappa * _mg_dl_factor(unit))
        low = _power(min(ratio, Decimal(1)), alpha)
        high = _power(max(ratio, Decimal(1)), Decimal("-1.200"))
        years = Decimal("0.9938") ** _age(age, 18, 130)
        value = 142 * low * high * years * _of_sex(sex, Decimal("1.012"), Decimal(1))
    return _computed(
        value,
        "mL/min/1.73 m2",
        CKD_EPI_2021,
        Input(_AGE, age, "y"),
        Input(_SEX, sex),
        Input(_CREATININE, creatinine, unit),
    )


def _body(height_cm: Decimal, weight_kg: Decimal) -> tuple[Input, Input]:
    _positive(_HEIGHT, height_cm)
    _positive(_WEIGHT, weight_kg)
    return Input(_HEIGHT, height_cm, "cm"), Input(_WEIGHT, weight_kg, "kg")


def bsa_mosteller(height_cm: Decimal, weight_kg: Decimal) -> Computed:
    """Return the body surface area in m2 after Mosteller."""
    inputs = _body(height_cm, weight_kg)
    with localcontext(_WORKING):
        value = (height_cm * weight_kg / 3600).sqrt()
    return _computed(value, "m2", BSA_MOSTELLER, *inputs)


def bsa_du_bois(height_cm: Decimal, weight_kg: Decimal) -> Computed:
    """Return the body surface area in m2 after Du Bois."""
    inputs = _body(height_cm, weight_kg)
    with localcontext(_WORKING):
        weight, height = _power(weight_kg, Decimal("0.425")), _power(height_cm, Decimal("0.725"))
        value = Decimal("0.007184") * weight * height
    return _computed(value, "m2", BSA_DU_BOIS, *inputs)


def bmi(height_cm: Decimal, weight_kg: Decimal) -> Computed:
    """Return the body mass index in kg/m2."""
    inputs = _body(height_cm, weight_kg)
    with localcontext(_WORKING):
        value = weight_kg * 10_000 / (height_cm * height_cm)
    return _computed(value, "kg/m2", BMI, *inputs)


def urine_protein_creatinine(
    protein: Decimal, protein_unit: str, creatinine: Decimal, creatinine_unit: str, wanted: str
) -> Computed:
    """Return protein over creatinine of one urine sample in mg/mg, mg/g or mg/mmol."""
    _not_negative(_PROTEIN, protein)
    _positive(_CREATININE, creatinine)
    above, above_by = _unit(protein_unit, _MG_PER_L, _PROTEIN)
    below, below_by = _unit(creatinine_unit, _CREATININE_MG_PER_L, _CREATININE)
    factor, factor_by = _unit(wanted, _UPCR_UNITS, UPCR.name)
    with localcontext(_WORKING):
        value = protein * above * below_by * factor / (creatinine * below * above_by * factor_by)
    inputs = Input(_PROTEIN, protein, protein_unit), Input(_CREATININE, creatinine, creatinine_unit)
    return _computed(value, wanted, UPCR, *inputs)


def urine_protein_24h(protein_g_per_l: Decimal, volume_l: Decimal, hours: Decimal) -> Computed:
    """Return the protein in g per 24 hours of a collection of known volume and length."""
    _not_negative(_PROTEIN, protein_g_per_l)
    _not_negative(_VOLUME, volume_l)
    _positive(_DURATION, hours)
    with localcontext(_WORKING):
        value = protein_g_per_l * volume_l * 24 / hours
    inputs = (
        Input(_PROTEIN, protein_g_per_l, "g/L"),
        Input(_VOLUME, volume_l, "L"),
        Input(_DURATION, hours, "h"),
    )
    return _computed(value, "g/24h", PROTEIN_24H, *inputs)


def corrected_leukocytes(leukocytes: Decimal, nucleated_per_100: Decimal, unit: str) -> Computed:
    """Return the leukocytes without the nucleated red cells counted among them, in the unit given."""
    _not_negative(_LEUKOCYTES, leukocytes)
    _not_negative(_NUCLEATED, nucleated_per_100)
    with localcontext(_WORKING):
        value = leukocytes * 100 / (100 + nucleated_per_100)
    inputs = Input(_LEUKOCYTES, leukocytes, unit), Input(_NUCLEATED, nucleated_per_100)
    return _computed(value, unit, CORRECTED_WBC, *inputs)


def _percent(percent: Decimal) -> Decimal:
    if not 0 <= percent <= _HUNDRED:
        raise RuleBroken("formula.percent", percent=str(percent))
    return percent


def absolute_count(leukocytes: Decimal, percents: tuple[Decimal, ...], unit: str) -> Computed:
    """Return the absolute count of cells given in percent, such as segments and bands, in the unit given."""
    _not_negative(_LEUKOCYTES, leukocytes)
    percent = _percent(sum(map(_percent, percents), Decimal(0)))
    with localcontext(_WORKING):
        value = leukocytes * percent / 100
    shown = (Input(_PERCENT, one, "%") for one in percents)
    return _computed(value, unit, ABSOLUTE_COUNT, Input(_LEUKOCYTES, leukocytes, unit), *shown)


def subset_absolute(percent: Decimal, parent: Decimal, unit: str) -> Computed:
    """Return the absolute count of a subset from its percent of the parent count, in the parent's unit."""
    _not_negative(_VALUE, parent)
    with localcontext(_WORKING):
        value = _percent(percent) * parent / 100
    return _computed(value, unit, SUBSET_ABSOLUTE, Input(_PERCENT, percent, "%"), Input(_VALUE, parent, unit))


def uln_multiple(value: Decimal, upper_limit: Decimal, unit: str) -> Computed:
    """Return the value as a multiple of that sample's own upper limit of normal."""
    _positive(_UPPER_LIMIT, upper_limit)
    multiple = _WORKING.divide(value, upper_limit)
    inputs = Input(_VALUE, value, unit), Input(_UPPER_LIMIT, upper_limit, unit)
    return _computed(multiple, "x ULN", ULN_MULTIPLE, *inputs)
