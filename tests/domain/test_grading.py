"""Reference flags and CTCAE grades, at every edge of every table."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from sle_desk.base.paths import resource
from sle_desk.domain.analytes import HIGH, NORMAL, UNKNOWN
from sle_desk.domain.grade_scale import (
    AT_LEAST,
    BASELINE_UNKNOWN,
    CLINICAL,
    FASTING_UNKNOWN,
    GAP,
    NO_BASELINE,
    NO_LIMIT,
    NO_TERM,
    NOT_REACHED,
    OTHER_UNIT,
    STRADDLES,
)
from sle_desk.domain.grade_table import GradeTable
from sle_desk.domain.grading import (
    Baseline,
    Grade,
    flag,
    grade,
    grade_answers,
    grade_result,
    proposes_event,
    worst,
)
from sle_desk.domain.laboratory import parse_laboratory

PACKAGE = resource("protocol", "nct05262686")
LABORATORY = parse_laboratory(
    tomllib.loads((PACKAGE / "labs.toml").read_text("utf-8")),
    tomllib.loads((PACKAGE / "grades.toml").read_text("utf-8")),
)
V5, V6 = LABORATORY.grading["5.0"], LABORATORY.grading["6.0"]
CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "calculators.json").read_text("utf-8"), parse_float=Decimal
)
GRADES = [case for case in CASES["cases"] if case["category"] == "CTCAE lab grade"]


def D(text: str | int) -> Decimal:
    return Decimal(text)


def given_grade(
    term: str,
    value: str,
    *,
    unit: str = "U/L",
    table: GradeTable = V5,
    low: str | int | None = None,
    high: str | int | None = None,
    comparator: str = "",
    baseline: Baseline | None = None,
    fasting: bool | None = None,
) -> Grade:
    """Return the grade by a term of version 5.0, or of another table."""
    limits = (None if limit is None else D(limit) for limit in (low, high))
    return grade(table.term(term), D(value), comparator, unit, *limits, baseline, fasting)


# --------------------------------------------------------------------------------------- worked examples
def _limit(given_: dict, name: str) -> Decimal | None:
    return Decimal(given_[name]) if name in given_ else None


@pytest.mark.parametrize("version", ["v5", "v6"])
@pytest.mark.parametrize("case", GRADES, ids=[case["id"] for case in GRADES])
def test_the_worked_grades(case: dict, version: str) -> None:
    given_ = case["input"]
    table = {"v5": V5, "v6": V6}[version]
    analyte = LABORATORY.analytes[given_["test"]]
    low, high = _limit(given_, "lln"), _limit(given_, "uln")
    baseline = None
    if "baseline" in given_:
        value = Decimal(given_["baseline"])
        baseline = Baseline(value, flag(value, "", low, high))
    found = grade_result(
        table,
        analyte,
        Decimal(given_["value"]),
        "",
        given_.get("unit", analyte.standard.code),
        low,
        high,
        baseline,
    )
    shown = worst(found)
    assert shown is not None
    assert shown.grade == case["expected"][version]
    if case["expected"][version] is None:
        assert shown.reason == NO_TERM


def test_all_the_worked_grades_are_run() -> None:
    assert len(GRADES) == 7


# -------------------------------------------------------------------------------------- reality, section 9
def test_with_an_abnormal_baseline_v5_liver_terms_use_multiples_of_baseline_throughout() -> None:
    baseline = Baseline(D(80), HIGH)
    assert given_grade("ALT_INCREASED", "250", high=40, baseline=baseline).grade == 2
    assert given_grade("ALT_INCREASED", "240", high=40, baseline=baseline).grade == 1
    assert given_grade("ALT_INCREASED", "1700", high=40, baseline=baseline).grade == 4
    assert given_grade("ALT_INCREASED", "170", high=40, baseline=baseline).limb == "times_baseline"


@pytest.mark.parametrize(
    ("term", "start"),
    [("ALT_INCREASED", "1.5"), ("AST_INCREASED", "1.5"), ("ALP_INCREASED", "2.0"), ("GGT_INCREASED", "2.0")],
)
def test_the_holes_of_v5_with_an_abnormal_baseline_are_no_grade_with_a_reason(term: str, start: str) -> None:
    baseline = Baseline(D(100), HIGH)
    for value in (D("100.000001"), 100 * D(start) - D("0.000001")):
        found = given_grade(term, str(value), high=40, baseline=baseline)
        assert (found.grade, found.reason) == (None, GAP)
        assert found.note is not None and found.source
    assert given_grade(term, "100", high=40, baseline=baseline).reason == NOT_REACHED
    assert given_grade(term, str(100 * D(start)), high=40, baseline=baseline).grade == 1


def test_bilirubin_with_an_abnormal_baseline_has_no_hole_in_v5() -> None:
    found = given_grade("BILIRUBIN_INCREASED", "30.000001", high=21, baseline=Baseline(D(30), HIGH))
    assert found.grade == 1


def test_creatinine_clearance_of_v6_has_its_holes() -> None:
    asked = {"unit": "mL/min", "table": V6, "low": 90}
    reasons = {
        value: given_grade("CREATININE_CLEARANCE_DECREASED", value, **asked)
        for value in ("90", "49.5", "49", "26", "25.5", "25", "10", "9.9")
    }
    assert [reasons[value].grade for value in reasons] == [None, None, 2, 2, None, 3, 3, None]
    assert [reasons[value].reason for value in ("90", "49.5", "25.5", "9.9")] == [NOT_REACHED, GAP, GAP, GAP]


def test_v6_grades_what_v5_graded_otherwise() -> None:
    baseline = Baseline(D(80), HIGH)
    assert given_grade("ALT_INCREASED", "170", high=40, baseline=baseline).grade == 1
    assert given_grade("ALT_INCREASED", "170", high=40, baseline=baseline, table=V6).grade == 3
    counts = {"unit": "10^9/L", "low": "1.8"}
    assert given_grade("NEUTROPHIL_DECREASED", "0.4", **counts).grade == 4
    assert given_grade("NEUTROPHIL_DECREASED", "0.4", **counts, table=V6).grade == 3


def test_grade_three_of_v6_liver_terms_ends_at_a_baseline_of_five_times_the_limit() -> None:
    for baseline, expected in ((D(200), 3), (D("200.1"), None)):
        found = given_grade("ALT_INCREASED", "600", high=40, baseline=Baseline(baseline, HIGH), table=V6)
        assert found.grade == expected
    assert found.reason == GAP


# -------------------------------------------------------------- limits of version 5, at, below and above each
# Each limit of a term with the grade at it and beside it; 0 where there is no grade.
PRINTED = {
    ("ANEMIA", "g/L", "low", "115"): "115:0 114:1 100:1 99:2 80:2 79:3 20:3",
    ("ANEMIA", "g/dL", "low", "11.5"): "11.5:0 10.0:1 9.9:2 8.0:2 7.9:3",
    ("WBC_DECREASED", "10^9/L", "low", "3.5"): "3.5:0 3.0:1 2.99:2 2:2 1.9:3 0.9:4",
    ("NEUTROPHIL_DECREASED", "10^9/L", "low", "1.8"): "1.8:0 1.5:1 1.49:2 1.0:2 0.5:3 0.49:4",
    ("LYMPHOCYTE_DECREASED", "10^9/L", "low", "1.1"): "1.1:0 0.8:1 0.79:2 0.5:2 0.2:3 0.19:4",
    ("LYMPHOCYTE_INCREASED", "10^9/L", "high", "3.2"): "4:0 4.01:2 20:2 20.1:3",
    ("PLATELET_DECREASED", "10^9/L", "low", "125"): "125:0 124:1 75:1 74:2 50:2 49:3 25:3 24:4",
    ("CD4_DECREASED", "/uL", "low", "396"): "500:0 395:2 199:3 49:4",
    ("CD4_DECREASED", "/uL", "low", "600"): "600:0 599:1 500:1 499:2 200:2 50:3",
    ("LEUKOCYTOSIS", "10^9/L", "high", "9.5"): "9.5:0 100:0 100.1:3",
    ("CPK_INCREASED", "U/L", "high", "200"): "200:0 201:1 500:1 501:2 1000:2 1001:3 2000:3 2001:4",
    ("LDH_INCREASED", "U/L", "high", "250"): "250:0 251:1 9999:1",
    ("HYPOALBUMINEMIA", "g/L", "low", "40"): "40:0 30:1 29.9:2 20:2 19.9:3",
    ("HYPOKALEMIA", "mmol/L", "low", "3.5"): "3.5:0 3.49:1 3.0:1 2.99:3 2.5:3 2.49:4",
    ("HYPERKALEMIA", "mmol/L", "high", "5.3"): "5.3:0 5.5:1 5.51:2 6.0:2 6.1:3 7.0:3 7.1:4",
    (
        "HYPONATREMIA",
        "mmol/L",
        "low",
        "137",
    ): "137:0 136:1 130:1 129.5:0 129:2 125:2 124.5:0 124:3 120:3 119.9:4",
    ("HYPERNATREMIA", "mmol/L", "high", "147"): "147:0 150:1 151:2 155:2 156:3 160:3 161:4",
    ("HYPOCALCEMIA", "mmol/L", "low", "2.11"): "2.11:0 2.0:1 1.99:2 1.75:2 1.74:3 1.5:3 1.49:4",
    ("HYPERCALCEMIA", "mmol/L", "high", "2.52"): "2.52:0 2.9:1 2.91:2 3.1:2 3.2:3 3.4:3 3.41:4",
    ("HYPOGLYCEMIA", "mmol/L", "low", "3.9"): "3.9:0 3.0:1 2.99:2 2.2:2 2.19:3 1.7:3 1.69:4",
    ("HYPOGLYCEMIA", "mg/dL", "low", "70"): "70:0 55:1 54:2 40:2 39:3 30:3 29:4",
    ("PROTEINURIA", "g/24h", "high", "0.15"): "0.149:0 0.15:1 0.999:1 1.0:2 3.499:2 3.5:3",
    ("CREATININE_INCREASED", "umol/L", "high", "73"): "73:0 74:1 109.5:1 109.6:2 219:2 219.1:3 438:3 438.1:4",
    ("ALT_INCREASED", "U/L", "high", "40"): "40:0 41:1 120:1 121:2 200:2 201:3 800:3 801:4",
    ("ALP_INCREASED", "U/L", "high", "100"): "100:0 250:1 251:2 500:2 501:3 2000:3 2001:4",
    ("BILIRUBIN_INCREASED", "umol/L", "high", "20"): "20:0 30:1 31:2 60:2 61:3 200:3 201:4",
}


@pytest.mark.parametrize("limit", PRINTED, ids=" ".join)
def test_the_printed_limits_of_version_5(limit: tuple[str, str, str, str]) -> None:
    term, unit, side, number = limit
    for pair in PRINTED[limit].split():
        value, expected = pair.split(":")
        found = given_grade(term, value, unit=unit, **{side: number})
        assert (value, found.grade or 0) == (value, int(expected))


def test_a_creatinine_above_its_baseline_is_graded_though_it_lies_in_the_range() -> None:
    baseline = Baseline(D(40), NORMAL)
    assert given_grade("CREATININE_INCREASED", "60", high=73, baseline=baseline).grade is None
    found = given_grade("CREATININE_INCREASED", "61", high=73, baseline=baseline)
    assert (found.grade, found.limb) == (2, "times_baseline")
    assert given_grade("CREATININE_INCREASED", "121", high=73, baseline=baseline).grade == 3


def test_eosinophilia_needs_to_be_above_the_limit_and_above_baseline() -> None:
    baseline = Baseline(D("0.8"), HIGH)
    asked = {"unit": "10^9/L", "high": "0.52"}
    assert given_grade("EOSINOPHILIA", "0.8", **asked, baseline=baseline).grade is None
    assert given_grade("EOSINOPHILIA", "0.81", **asked, baseline=baseline).grade == 1
    assert given_grade("EOSINOPHILIA", "0.52", **asked, baseline=Baseline(D("0.1"), NORMAL)).grade is None
    waiting = given_grade("EOSINOPHILIA", "0.6", **asked)
    assert (waiting.grade, waiting.reason) == (None, NO_BASELINE)
    assert given_grade("EOSINOPHILIA", "0.5", **asked).reason == NOT_REACHED


def test_a_high_glucose_is_a_question_in_version_5_and_never_a_grade() -> None:
    glucose = LABORATORY.analytes["GLUC"]
    for value in ("6.2", "14", "40"):
        shown = worst(grade_result(V5, glucose, D(value), "", "mmol/L", D("3.9"), D("6.1")))
        assert shown is not None
        assert (shown.grade, shown.reason) == (None, CLINICAL)
        assert [question.grade for question in shown.questions] == [1, 2, 3, 4]
    shown = worst(grade_result(V5, glucose, D("6.1"), "", "mmol/L", D("3.9"), D("6.1")))
    assert shown is not None and shown.reason == NOT_REACHED


def test_grades_one_and_two_of_a_high_glucose_are_for_fasting_values_in_version_6() -> None:
    asked = {"unit": "mmol/L", "high": "6.1", "table": V6}
    assert given_grade("HYPERGLYCEMIA", "8.9", **asked, fasting=True).grade == 1
    assert given_grade("HYPERGLYCEMIA", "9", **asked, fasting=True).grade == 2
    assert given_grade("HYPERGLYCEMIA", "9", **asked, fasting=False).reason == GAP
    assert given_grade("HYPERGLYCEMIA", "9", **asked).reason == FASTING_UNKNOWN
    assert given_grade("HYPERGLYCEMIA", "14", **asked).grade == 3


def test_symptoms_and_treatment_are_questions_never_grades() -> None:
    found = given_grade("HYPOKALEMIA", "3.2", unit="mmol/L", low="3.5")
    assert found.grade == 1
    assert [question.grade for question in found.questions] == [2, 3, 4]
    anaemia = given_grade("ANEMIA", "60", unit="g/L", low=115)
    assert (anaemia.grade, [question.grade for question in anaemia.questions]) == (3, [4])
    sodium = given_grade("HYPONATREMIA", "127", unit="mmol/L", low=137)
    assert sodium.grade == 2
    assert "symptoms" in sodium.note.en if sodium.note else False


def test_a_dipstick_is_graded_by_its_word() -> None:
    protein = LABORATORY.analytes["UPROT"]
    found = {
        answer.code: [one.grade for one in grade_answers(V5, protein, answer.code)]
        for answer in protein.answers
    }
    assert found == {"NEG": [None], "TRACE": [None], "1+": [1], "2+": [2], "3+": [2], "4+": [3]}
    assert [one.reason for one in grade_answers(V6, protein, "4+")] == [NO_TERM]


@pytest.mark.parametrize(
    ("table", "analyte", "unit"),
    [(V6, "LYM", "10^9/L"), (V6, "CK", "U/L"), (V6, "PROTEXR", "g/24h"), (V5, "PROTCRT", "mg/mmol"),
     (V5, "CA", "mmol/L"), (V5, "CRTCLRE", "mL/min")],
)  # fmt: skip
def test_a_term_that_the_version_has_not_says_so(table: GradeTable, analyte: str, unit: str) -> None:
    found = grade_result(table, LABORATORY.analytes[analyte], D(1), "", unit, D(2), D(3))
    missing = [one for one in found if one.reason == NO_TERM]
    assert len(missing) == 1
    assert missing[0].note is not None and missing[0].source


def test_an_analyte_without_any_term_has_no_grades() -> None:
    assert grade_result(V5, LABORATORY.analytes["RBC"], D(3), "", "10^12/L", D("3.8"), D("5.1")) == ()


# ------------------------------------------------------------------------------------------ what is missing
def test_without_the_lower_limit_grade_one_cannot_be_judged_but_the_higher_can() -> None:
    found = {value: given_grade("ANEMIA", value, unit="g/L") for value in ("140", "100", "99", "79")}
    assert [one.grade for one in found.values()] == [None, None, 2, 3]
    assert [found["140"].reason, found["100"].reason, found["99"].reason] == [NO_LIMIT, NO_LIMIT, ""]


def test_without_the_upper_limit_multiples_of_it_cannot_be_judged() -> None:
    assert given_grade("ALT_INCREASED", "5000", baseline=Baseline(D(20), NORMAL)).reason == NO_LIMIT


def test_a_limb_that_cannot_be_judged_and_could_be_higher_is_said() -> None:
    found = given_grade("CREATININE_INCREASED", "700", baseline=Baseline(D(60), UNKNOWN))
    assert (found.grade, found.reason) == (3, AT_LEAST)


def test_without_a_baseline_the_limits_of_the_laboratory_grade_and_that_is_said() -> None:
    found = given_grade("ALT_INCREASED", "130", high=40)
    assert (found.grade, found.reason) == (2, NO_BASELINE)
    assert given_grade("ANEMIA", "90", unit="g/L", low=115).reason == ""


def test_a_baseline_that_cannot_be_called_abnormal_or_not_leaves_liver_terms_open() -> None:
    found = given_grade("ALT_INCREASED", "130", high=40, baseline=Baseline(D(45), UNKNOWN))
    assert (found.grade, found.reason) == (None, BASELINE_UNKNOWN)


def test_a_unit_without_printed_limits_is_graded_in_the_standard_unit() -> None:
    protein = LABORATORY.analytes["PROTEXR"]
    found = grade_result(V5, protein, D(1000), "", "mg/24h", None, D(150))
    assert [one.grade for one in found] == [2]
    assert [one.grade for one in grade_result(V5, protein, D(999), "", "mg/24h", None, D(150))] == [1]
    assert given_grade("PROTEINURIA", "1000", unit="mg/24h", high=150).reason == OTHER_UNIT


def test_the_limits_of_the_typed_unit_stand() -> None:
    glucose = LABORATORY.analytes["GLUC"]
    # 54.5 mg/dL is 3.03 mmol/L: grade 2 by the limit in mg/dL, grade 1 by the one in mmol/L.
    typed = grade_result(V5, glucose, D("54.5"), "", "mg/dL", D(70), D(110))
    converted = grade_result(V5, glucose, D("3.025295"), "", "mmol/L", D("3.9"), D("6.1"))
    assert (worst(typed).grade, worst(converted).grade) == (2, 1)  # type: ignore[union-attr]


# --------------------------------------------------------------------------------------------- comparators
@pytest.mark.parametrize(
    ("typed", "comparator", "expected", "reason"),
    [
        ("0.5", "<", 4, ""),
        ("0.5", "<=", None, STRADDLES),
        ("0.51", "<", None, STRADDLES),
        ("1.8", ">", None, NOT_REACHED),
        ("1.8", ">=", None, NOT_REACHED),
        ("1.5", ">", None, STRADDLES),
    ],
)
def test_a_comparator_is_graded_only_where_all_it_stands_for_agrees(
    typed: str, comparator: str, expected: int | None, reason: str
) -> None:
    found = given_grade("NEUTROPHIL_DECREASED", typed, unit="10^9/L", low="1.8", comparator=comparator)
    assert (found.grade, found.reason) == (expected, reason)


def test_what_was_read_in_one_copy_only_is_marked() -> None:
    assert given_grade("LDH_INCREASED", "300", high=250).unconfirmed
    assert not given_grade("ANEMIA", "90", unit="g/L", low=115).unconfirmed


# ------------------------------------------------------------------------------------- of several grades
def test_of_several_terms_the_highest_grade_is_shown() -> None:
    potassium = LABORATORY.analytes["K"]
    low_and_high = grade_result(V5, potassium, D("6.5"), "", "mmol/L", D("3.5"), D("5.3"))
    assert len(low_and_high) == 2
    shown = worst(low_and_high)
    assert shown is not None and (shown.term, shown.grade) == ("HYPERKALEMIA", 3)
    assert worst(()) is None


def test_an_event_is_proposed_only_when_worse_than_at_baseline() -> None:
    two = given_grade("ANEMIA", "90", unit="g/L", low=115)
    one = given_grade("ANEMIA", "105", unit="g/L", low=115)
    none = given_grade("ANEMIA", "120", unit="g/L", low=115)
    assert proposes_event(two, one)
    assert proposes_event(one, none)
    assert proposes_event(one, None)
    assert not proposes_event(two, two)
    assert not proposes_event(one, two)
    assert not proposes_event(none, None)
