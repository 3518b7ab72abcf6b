"""The laboratory dictionary: what it holds, how it converts, and which faults it refuses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sle_desk.base.errors import PackageFaulty, RuleBroken
from sle_desk.base.paths import resource
from sle_desk.domain.analytes import NUMBER
from sle_desk.domain.laboratory import Analyte, Laboratory, parse_laboratory

PACKAGE = resource("protocol", "nct05262686")
LABS = tomllib.loads((PACKAGE / "labs.toml").read_text("utf-8"))
GRADES = tomllib.loads((PACKAGE / "grades.toml").read_text("utf-8"))
LABORATORY = parse_laboratory(LABS, GRADES)
NUMBERS = [analyte for analyte in LABORATORY.analytes.values() if analyte.kind == NUMBER]
CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "calculators.json").read_text("utf-8"), parse_float=Decimal
)
CONVERSIONS = [case for case in CASES["cases"] if case["category"] == "Unit conversion"]
NAMES = {"creatinine": "CREAT", "haemoglobin": "HGB", "albumin": "ALB", "IgG": "IGG", "glucose": "GLUC"}

Fault = Callable[[dict, dict], None]


def seed(code: str, sex: str, age: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the limits of the one seed range for a sex and an age."""
    rows = [
        row
        for row in LABORATORY.analytes[code].ranges
        if row.sex in ("both", sex) and row.age_from <= age and (row.age_to is None or age <= row.age_to)
    ]
    assert len(rows) == 1
    return rows[0].low, rows[0].high


def analyte_of(labs: dict, code: str) -> dict:
    """Return the table of one analyte in a package that is about to be damaged."""
    return next(entry for entry in labs["analyte"] if entry["code"] == code)


# ----------------------------------------------------------------------------------------- what it holds
def test_the_blood_count_has_the_fourteen_rows_of_the_report() -> None:
    assert LABORATORY.panel("CBC").analytes == (
        "WBC", "RBC", "HGB", "MCV", "MCH", "HCT", "MCHC", "RDW", "PLAT", "NEUT", "LYM", "MONO", "EOS", "BASO",
    )  # fmt: skip


def test_the_chemistry_has_seventeen_rows() -> None:
    assert len(LABORATORY.panel("CHEM").analytes) == 17


def test_every_analyte_that_is_typed_stands_in_one_panel() -> None:
    listed = [code for panel in LABORATORY.panels for code in panel.analytes]
    typed = [code for code, analyte in LABORATORY.analytes.items() if not analyte.computed]
    assert sorted(listed) == sorted(typed)


def test_every_grid_label_is_given_in_both_languages() -> None:
    haematocrit = LABORATORY.analytes["HCT"].label
    assert (haematocrit.en, haematocrit.zh) == ("Haematocrit", "血细胞比容")
    neutrophils = LABORATORY.analytes["NEUT"].label
    assert (neutrophils.en, neutrophils.zh) == ("Neutrophils", "中性粒细胞绝对值")


def test_a_unit_is_shown_as_the_ward_writes_it_and_exported_as_cdisc_spells_it() -> None:
    leukocytes = LABORATORY.analytes["WBC"].standard
    assert (leukocytes.shown, leukocytes.cdisc) == ("×10⁹/L", "10^9/L")
    assert LABORATORY.analytes["PROTCRT"].standard.cdisc == "g/mol"
    assert LABORATORY.analytes["INTLK6"].standard.cdisc == "ng/L"
    assert LABORATORY.analytes["TLYCE"].standard.cdisc == "10^6/L"


def test_cell_phenotypes_are_exported_in_their_own_domain() -> None:
    domains = {LABORATORY.analytes[code].cdisc.domain for code in LABORATORY.panel("SUBSETS").analytes}
    assert domains == {"CP"}


@pytest.mark.parametrize("analyte", LABORATORY.analytes.values(), ids=lambda analyte: analyte.code)
def test_no_number_of_the_seed_claims_to_be_confirmed(analyte: Analyte) -> None:
    assert not any(row.confirmed for row in analyte.ranges)
    assert all(row.source in LABORATORY.sources for row in analyte.ranges)
    assert LABORATORY.sources[analyte.limits_source].code == "P"


def test_creatinine_and_urea_have_a_band_of_their_own_from_sixty() -> None:
    assert seed("CREAT", "M", 59) == (Decimal(57), Decimal(97))
    assert seed("CREAT", "M", 60) == (Decimal(57), Decimal(111))
    assert seed("CREAT", "F", 60) == (Decimal(41), Decimal(81))
    assert seed("UREA", "F", 59) == (Decimal("2.6"), Decimal("7.5"))
    assert seed("UREA", "M", 60) == (Decimal("3.6"), Decimal("9.5"))


@pytest.mark.parametrize("sex", ["M", "F"])
@pytest.mark.parametrize("age", [18, 49, 50, 59, 60, 90])
def test_every_seeded_analyte_has_one_range_for_every_adult(sex: str, age: int) -> None:
    for analyte in LABORATORY.analytes.values():
        if analyte.ranges:
            seed(analyte.code, sex, age)


def test_each_range_lies_inside_the_possible() -> None:
    for analyte in NUMBERS:
        for row in analyte.ranges:
            for limit in (row.low, row.high):
                assert limit is None or analyte.hard is None or analyte.hard[0] <= limit <= analyte.hard[1]


def test_urea_and_urea_nitrogen_are_two_analytes_with_two_factors() -> None:
    urea, nitrogen = LABORATORY.analytes["UREA"], LABORATORY.analytes["UREAN"]
    assert urea.in_standard(Decimal(30), "mg/dL") == Decimal("4.995")
    assert nitrogen.in_standard(Decimal(14), "mg/dL") == Decimal("4.998")


# ---------------------------------------------------------------------------------------------- conversion
@pytest.mark.parametrize("case", CONVERSIONS, ids=[case["id"] for case in CONVERSIONS])
def test_the_worked_conversions(case: dict) -> None:
    given_, expected = case["input"], case["expected"]
    analyte = LABORATORY.analytes[NAMES[given_["analyte"]]]
    found = analyte.convert(Decimal(given_["value"]), given_["unit"], given_["to"])
    assert abs(found - Decimal(expected["value"])) <= case["tolerance"]
    assert expected["unit"] == given_["to"]


def test_all_the_worked_conversions_are_run() -> None:
    assert {case["input"]["analyte"] for case in CONVERSIONS} == set(NAMES)


CONVERTIBLE = [(analyte, unit.code) for analyte in NUMBERS for unit in analyte.units if unit.same_quantity]


@given(st.sampled_from(CONVERTIBLE), st.decimals(min_value=0, max_value=100_000, places=3))
def test_a_value_converted_and_back_is_the_value(pair: tuple[Analyte, str], value: Decimal) -> None:
    analyte, unit = pair
    standard = analyte.in_standard(value, unit)
    factor = analyte.unit(unit).factor
    assert factor is not None
    # Half a millionth is lost in the standard unit, and its size there depends on the factor.
    lost = Decimal("0.0000005") * max(1, analyte.unit(unit).divisor / factor) + Decimal("0.0000005")
    assert abs(analyte.convert(standard, analyte.standard.code, unit) - value) <= lost


@given(st.sampled_from(CONVERTIBLE), st.decimals(min_value=0, max_value=1_000, places=9))
def test_a_value_in_its_own_unit_is_not_rounded(pair: tuple[Analyte, str], value: Decimal) -> None:
    analyte, unit = pair
    assert analyte.convert(value, unit, unit) == value


def test_a_converted_value_is_rounded_half_even_to_six_decimals() -> None:
    assert LABORATORY.analytes["PROTCRT"].in_standard(Decimal(500), "mg/g") == Decimal("56.561086")
    assert LABORATORY.analytes["HCT"].in_standard(Decimal("30.10005"), "%") == Decimal("0.301000")
    assert LABORATORY.analytes["HCT"].in_standard(Decimal("30.10015"), "%") == Decimal("0.301002")


def test_units_of_another_quantity_are_never_converted() -> None:
    with pytest.raises(RuleBroken) as refused:
        LABORATORY.analytes["DDNAIGAB"].in_standard(Decimal(20), "RU/mL")
    assert refused.value.code == "lab.no_conversion"
    with pytest.raises(RuleBroken) as refused:
        LABORATORY.analytes["CKMB"].convert(Decimal(20), "U/L", "ng/mL")
    assert refused.value.code == "lab.no_conversion"


def test_an_unknown_unit_is_refused_with_those_allowed() -> None:
    with pytest.raises(RuleBroken) as refused:
        LABORATORY.analytes["HGB"].unit("mg/L")
    assert refused.value.code == "lab.unit"
    assert refused.value.facts["allowed"] == "g/L, g/dL"


def test_an_unknown_answer_is_refused_with_those_allowed() -> None:
    protein = LABORATORY.analytes["UPROT"]
    assert protein.answer("2+").flag == "ABNORMAL"
    with pytest.raises(RuleBroken) as refused:
        protein.answer("5+")
    assert refused.value.facts["allowed"] == "NEG, TRACE, 1+, 2+, 3+, 4+"


# ---------------------------------------------------------------------------------------- faults are refused
def change(code: str, **values: object) -> Fault:
    return lambda labs, grades: analyte_of(labs, code).update(values)


def drop(code: str, key: str) -> Fault:
    return lambda labs, grades: analyte_of(labs, code).pop(key)


def overlap(labs: dict, grades: dict) -> None:
    analyte_of(labs, "CREAT")["ranges"][1]["age_from"] = 59


def twice(labs: dict, grades: dict) -> None:
    labs["analyte"].append(deepcopy(labs["analyte"][0]))


def unknown_in_panel(labs: dict, grades: dict) -> None:
    labs["panel"][0]["analytes"][0] = "WBX"


def computed_in_panel(labs: dict, grades: dict) -> None:
    labs["panel"][1]["analytes"][0] = "CACORR"


def check_of_nothing(labs: dict, grades: dict) -> None:
    labs["cross_check"][0]["parts"][0] = "NEUTX"


def check_of_words(labs: dict, grades: dict) -> None:
    labs["cross_check"][1]["target"] = "UPROT"


def long_test_code(labs: dict, grades: dict) -> None:
    analyte_of(labs, "HGB")["cdisc"]["testcd"] = "HAEMOGLOBIN"


def term_of(grades: dict, code: str) -> dict:
    """Return a term of version 5.0 that is about to be damaged."""
    return next(term for term in grades["table"][0]["term"] if term["code"] == code)


def overlapping_bands(labs: dict, grades: dict) -> None:
    term_of(grades, "CPK_INCREASED")["limb"][0]["bands"][1] = {"grade": 2, "from": "2.5 ULN", "to": "5 ULN"}


def empty_band(labs: dict, grades: dict) -> None:
    term_of(grades, "CPK_INCREASED")["limb"][0]["bands"][1] = {"grade": 2, "above": "5 ULN", "to": "5 ULN"}


def unreadable_bound(labs: dict, grades: dict) -> None:
    term_of(grades, "ALT_INCREASED")["limb"][0]["bands"][0]["to"] = "3 x ULN"


def unit_nobody_reports(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["limb"][0]["units"] = ["mmol/L"]


def number_without_unit(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["limb"][0].pop("units")


def grade_five(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["limb"][0]["bands"][0]["grade"] = 5


def strange_condition(labs: dict, grades: dict) -> None:
    term_of(grades, "ALT_INCREASED")["limb"][0]["when"] = "baseline_normal"


def unknown_answer(labs: dict, grades: dict) -> None:
    term_of(grades, "PROTEINURIA_DIPSTICK")["answers"][0]["answer"] = "5+"


def unknown_analyte(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["analytes"] = ["HB"]


def version_twice(labs: dict, grades: dict) -> None:
    grades["table"][1]["version"] = "5.0"


def bound_twice(labs: dict, grades: dict) -> None:
    term_of(grades, "ALT_INCREASED")["limb"][0]["bands"][0]["from"] = "ULN"


def no_limbs(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["limb"] = []


def words_missing(labs: dict, grades: dict) -> None:
    term_of(grades, "ANEMIA")["printed"].pop()


SMALL = {"sex": "F", "age_from": 18, "low": "1", "source": "P"}
IN_LABS = [
    (drop("WBC", "unit"), "missing", "analyte[0].unit"),
    (drop("WBC", "hard"), "missing", "analyte[0].hard"),
    (change("WBC", hard={"low": "300", "high": "1"}), "limits_order", "analyte[0].hard.low"),
    (change("WBC", hard={"low": "-1", "high": "9"}), "limits_order", "analyte[0].hard.low"),
    (change("WBC", hard={"low": 1, "high": "9"}), "wrong_type", "analyte[0].hard.low"),
    (change("WBC", soft={"low": "1", "high": "301"}), "soft_outside_hard", "analyte[0].soft"),
    (change("WBC", unit="10^9/l"), "not_one_of", "analyte[0].unit"),
    (change("WBC", kind="count"), "not_one_of", "analyte[0].kind"),
    (change("WBC", answers="posneg"), "unknown_key", "analyte[0].answers"),
    (change("WBC", other_units=[{"unit": "/mm3", "factor": "0"}]), "not_positive", "other_units[0].factor"),
    (change("WBC", other_units=[{"unit": "10^9/L", "factor": "1"}]), "twice", "analyte[0].other_units"),
    (
        change("WBC", loinc=[{"code": "1", "verified": True, "unit": "g/L"}]),
        "unknown_reference",
        "loinc[0].unit",
    ),
    (change("WBC", ranges=[{**SMALL, "high": "0"}]), "limits_order", "ranges[0].low"),
    (change("WBC", ranges=[{**SMALL, "age_to": 17}]), "limits_order", "ranges[0].age_to"),
    (change("WBC", ranges=[{**SMALL, "sex": "X"}]), "not_one_of", "ranges[0].sex"),
    (change("WBC", ranges=[{**SMALL, "source": "Q"}]), "not_one_of", "ranges[0].source"),
    (change("WBC", ranges=[SMALL, SMALL]), "ranges_overlap", "ranges[1]"),
    (overlap, "ranges_overlap", "ranges[1]"),
    (twice, "twice", "analyte"),
    (lambda labs, grades: labs["answers"].append(labs["answers"][0]), "twice", "answers"),
    (unknown_in_panel, "unknown_reference", "panel[0].analytes"),
    (computed_in_panel, "unknown_reference", "panel[1].analytes"),
    (check_of_nothing, "unknown_reference", "cross_check[0].parts"),
    (check_of_words, "not_one_of", "cross_check[1].target"),
    (long_test_code, "too_long", "cdisc.testcd"),
]
IN_GRADES = [
    (overlapping_bands, "bands_overlap", "limb[0].bands"),
    (empty_band, "band_empty", "limb[0].bands[1].above"),
    (unreadable_bound, "bound", "limb[0].bands[0].to"),
    (bound_twice, "bound_twice", "limb[0].bands[0].from"),
    (unit_nobody_reports, "unknown_reference", "limb.units"),
    (number_without_unit, "missing", "limb[0].units"),
    (no_limbs, "missing", "term[0].limb"),
    (words_missing, "printed", "term[0].printed"),
    (grade_five, "grade", "limb[0].bands[0].grade"),
    (strange_condition, "not_one_of", "limb[0].when"),
    (unknown_answer, "not_one_of", "answers[0].answer"),
    (unknown_analyte, "unknown_reference", "term[0].analytes"),
    (version_twice, "twice", "table.version"),
]


@pytest.mark.parametrize(
    ("file", "fault", "code", "key"),
    [("labs.toml", *row) for row in IN_LABS] + [("grades.toml", *row) for row in IN_GRADES],
)
def test_a_faulty_dictionary_is_refused_naming_file_key_and_reason(
    file: str, fault: Fault, code: str, key: str
) -> None:
    labs, grades = deepcopy(LABS), deepcopy(GRADES)
    fault(labs, grades)
    with pytest.raises(PackageFaulty) as refused:
        parse_laboratory(labs, grades)
    assert refused.value.code == f"package.{code}"
    assert refused.value.facts["file"] == file
    assert str(refused.value.facts["key"]).endswith(key)


def places(content: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every key of a file."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield (*above, key)
            yield from places(value, (*above, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from places(value, (*above, index))


EVERY_PLACE = [("labs.toml", place) for place in places(LABS)]
EVERY_PLACE += [("grades.toml", place) for place in places(GRADES)]


@given(st.sampled_from(EVERY_PLACE))
def test_a_misspelt_key_is_refused_where_it_stands(chosen: tuple[str, tuple[str | int, ...]]) -> None:
    file, (*above, key) = chosen
    labs, grades = deepcopy(LABS), deepcopy(GRADES)
    table = reduce(getitem, above, labs if file == "labs.toml" else grades)
    table[f"{key}_"] = table.pop(key)
    with pytest.raises(PackageFaulty) as refused:
        parse_laboratory(labs, grades)
    assert refused.value.facts["file"] == file
    assert str(key) in str(refused.value.facts["key"])


def test_ranges_may_stand_in_any_order() -> None:
    labs = deepcopy(LABS)
    analyte_of(labs, "CREAT")["ranges"].reverse()
    assert len(parse_laboratory(labs, GRADES).analytes["CREAT"].ranges) == 4


@pytest.mark.parametrize("strange", [None, [], "analytes", 3])
def test_what_is_no_table_is_refused(strange: object) -> None:
    with pytest.raises(PackageFaulty) as refused:
        parse_laboratory(strange, GRADES)
    assert refused.value.code == "package.not_a_table"


def test_an_empty_table_is_refused_at_its_first_key() -> None:
    with pytest.raises(PackageFaulty) as refused:
        parse_laboratory({}, {})
    assert (refused.value.code, refused.value.facts["key"]) == ("package.missing", "version")


def test_reading_twice_gives_the_same_dictionary() -> None:
    again: Laboratory = parse_laboratory(deepcopy(LABS), deepcopy(GRADES))
    assert again.panels == LABORATORY.panels
    assert again.cross_checks == LABORATORY.cross_checks
    assert list(again.analytes) == list(LABORATORY.analytes)
