"""Reference flags and CTCAE grades, at every edge of every table."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sle_desk.base.paths import resource
from sle_desk.domain.analytes import HIGH, LOW, NORMAL, UNKNOWN
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
from sle_desk.domain.grade_table import BASELINE, HIGH_TERM, LLN, LOW_TERM, ULN, Band, Bound, Limb, Term
from sle_desk.domain.grading import (
    Baseline,
    Grade,
    Scale,
    flag,
    grade,
    grade_answers,
    grade_result,
    proposes_event,
    scale,
    worst,
)
from sle_desk.domain.laboratory import parse_laboratory

PACKAGE = resource("protocol", "nct05262686")
LABORATORY = parse_laboratory(
    tomllib.loads((PACKAGE / "labs.toml").read_text("utf-8")),
    tomllib.loads((PACKAGE / "grades.toml").read_text("utf-8")),
)
V5, V6 = LABORATORY.grading["5.0"], LABORATORY.grading["6.0"]
NUMERIC = [term for table in (V5, V6) for term in table.terms if term.limbs]
UNITS = [(term, unit) for term in NUMERIC for unit in sorted(term.units) or ["U/L"]]
CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "calculators.json").read_text("utf-8"), parse_float=Decimal
)
GRADES = [case for case in CASES["cases"] if case["category"] == "CTCAE lab grade"]
STEP = Decimal("0.000001")

numbers = st.decimals(min_value=0, max_value=1000, places=2)
positive = st.decimals(min_value=1, max_value=500, places=1)
comparators = st.sampled_from(["", "<", "<=", ">", ">="])


def D(text: str | int) -> Decimal:
    return Decimal(text)


def given_grade(term: str, value: str, *, unit: str = "U/L", table: object = None, **limits: object) -> Grade:
    """Return the grade by a term of version 5.0 (or the table's), with limits and baseline as named."""
    found = (table or V5).term(term)  # type: ignore[attr-defined]
    low, high = limits.get("low"), limits.get("high")
    comparator = str(limits.get("comparator", ""))
    return grade(
        found, D(value), comparator, unit,
        None if low is None else D(str(low)), None if high is None else D(str(high)),
        limits.get("baseline"), limits.get("fasting"),  # type: ignore[arg-type]
    )  # fmt: skip


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
    below = 100 * D(start) - STEP
    for value in (D(100) + STEP, below):
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


# ------------------------------------------------------------------------- v5 limits, at, below and above each
@pytest.mark.parametrize(
    ("term", "unit", "limits", "expected"),
    [
        (
            "ANEMIA",
            "g/L",
            {"low": 115},
            {"115": None, "114": 1, "100": 1, "99": 2, "80": 2, "79": 3, "20": 3},
        ),
        ("ANEMIA", "g/dL", {"low": "11.5"}, {"11.5": None, "10.0": 1, "9.9": 2, "8.0": 2, "7.9": 3}),
        (
            "WBC_DECREASED",
            "10^9/L",
            {"low": "3.5"},
            {"3.5": None, "3.0": 1, "2.99": 2, "2": 2, "1.9": 3, "0.9": 4},
        ),
        (
            "NEUTROPHIL_DECREASED",
            "10^9/L",
            {"low": "1.8"},
            {"1.8": None, "1.5": 1, "1.49": 2, "1.0": 2, "0.5": 3, "0.49": 4},
        ),
        (
            "LYMPHOCYTE_DECREASED",
            "10^9/L",
            {"low": "1.1"},
            {"1.1": None, "0.8": 1, "0.79": 2, "0.5": 2, "0.2": 3, "0.19": 4},
        ),
        ("LYMPHOCYTE_INCREASED", "10^9/L", {"high": "3.2"}, {"4": None, "4.01": 2, "20": 2, "20.1": 3}),
        (
            "PLATELET_DECREASED",
            "10^9/L",
            {"low": 125},
            {"125": None, "124": 1, "75": 1, "74": 2, "50": 2, "49": 3, "25": 3, "24": 4},
        ),
        ("CD4_DECREASED", "/uL", {"low": 396}, {"500": None, "395": 2, "199": 3, "49": 4}),
        (
            "CD4_DECREASED",
            "/uL",
            {"low": 600},
            {"600": None, "599": 1, "500": 1, "499": 2, "200": 2, "50": 3},
        ),
        ("LEUKOCYTOSIS", "10^9/L", {"high": "9.5"}, {"9.5": None, "100": None, "100.1": 3}),
        (
            "CPK_INCREASED",
            "U/L",
            {"high": 200},
            {"200": None, "201": 1, "500": 1, "501": 2, "1000": 2, "1001": 3, "2000": 3, "2001": 4},
        ),
        ("LDH_INCREASED", "U/L", {"high": 250}, {"250": None, "251": 1, "9999": 1}),
        ("HYPOALBUMINEMIA", "g/L", {"low": 40}, {"40": None, "30": 1, "29.9": 2, "20": 2, "19.9": 3}),
        (
            "HYPOKALEMIA",
            "mmol/L",
            {"low": "3.5"},
            {"3.5": None, "3.49": 1, "3.0": 1, "2.99": 3, "2.5": 3, "2.49": 4},
        ),
        (
            "HYPERKALEMIA",
            "mmol/L",
            {"high": "5.3"},
            {"5.3": None, "5.5": 1, "5.51": 2, "6.0": 2, "6.1": 3, "7.0": 3, "7.1": 4},
        ),
        (
            "HYPONATREMIA",
            "mmol/L",
            {"low": 137},
            {
                "137": None,
                "136": 1,
                "130": 1,
                "129.5": None,
                "129": 2,
                "125": 2,
                "124.5": None,
                "124": 3,
                "120": 3,
                "119.9": 4,
            },
        ),
        (
            "HYPERNATREMIA",
            "mmol/L",
            {"high": 147},
            {"147": None, "150": 1, "151": 2, "155": 2, "156": 3, "160": 3, "161": 4},
        ),
        (
            "HYPOCALCEMIA",
            "mmol/L",
            {"low": "2.11"},
            {"2.11": None, "2.0": 1, "1.99": 2, "1.75": 2, "1.74": 3, "1.5": 3, "1.49": 4},
        ),
        (
            "HYPERCALCEMIA",
            "mmol/L",
            {"high": "2.52"},
            {"2.52": None, "2.9": 1, "2.91": 2, "3.1": 2, "3.2": 3, "3.4": 3, "3.41": 4},
        ),
        (
            "HYPOGLYCEMIA",
            "mmol/L",
            {"low": "3.9"},
            {"3.9": None, "3.0": 1, "2.99": 2, "2.2": 2, "2.19": 3, "1.7": 3, "1.69": 4},
        ),
        (
            "HYPOGLYCEMIA",
            "mg/dL",
            {"low": 70},
            {"70": None, "55": 1, "54": 2, "40": 2, "39": 3, "30": 3, "29": 4},
        ),
        (
            "PROTEINURIA",
            "g/24h",
            {"high": "0.15"},
            {"0.149": None, "0.15": 1, "0.999": 1, "1.0": 2, "3.499": 2, "3.5": 3},
        ),
        (
            "CREATININE_INCREASED",
            "umol/L",
            {"high": 73},
            {"73": None, "74": 1, "109.5": 1, "109.6": 2, "219": 2, "219.1": 3, "438": 3, "438.1": 4},
        ),
        (
            "ALT_INCREASED",
            "U/L",
            {"high": 40},
            {"40": None, "41": 1, "120": 1, "121": 2, "200": 2, "201": 3, "800": 3, "801": 4},
        ),
        (
            "ALP_INCREASED",
            "U/L",
            {"high": 100},
            {"100": None, "250": 1, "251": 2, "500": 2, "501": 3, "2000": 3, "2001": 4},
        ),
        (
            "BILIRUBIN_INCREASED",
            "umol/L",
            {"high": 20},
            {"20": None, "30": 1, "31": 2, "60": 2, "61": 3, "200": 3, "201": 4},
        ),
    ],
)
def test_the_printed_limits_of_version_5(
    term: str, unit: str, limits: dict, expected: dict[str, int | None]
) -> None:
    found = {value: given_grade(term, value, unit=unit, **limits).grade for value in expected}
    assert found == expected


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
def test_a_term_that_the_version_has_not_says_so(table: object, analyte: str, unit: str) -> None:
    found = grade_result(table, LABORATORY.analytes[analyte], D(1), "", unit, D(2), D(3))  # type: ignore[arg-type]
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
        ("0", "<", None, STRADDLES),
    ],
)
def test_a_comparator_is_graded_only_where_all_it_stands_for_agrees(
    typed: str, comparator: str, expected: int | None, reason: str
) -> None:
    found = given_grade("NEUTROPHIL_DECREASED", typed, unit="10^9/L", low="1.8", comparator=comparator)
    assert (found.grade, found.reason) == (expected, reason)


# --------------------------------------------------------------------------------- every table, every edge
def _multiple(bound: Bound, references: dict[str, Decimal | None]) -> Decimal | None:
    limit = references[bound.of]
    return None if limit is None else bound.number * limit


def _holds(band: Band, value: Decimal, references: dict[str, Decimal | None]) -> bool:
    """Tell, by comparing alone, whether a value lies in a band; a bound without its limit never holds."""
    for bound in band.lower:
        limit = _multiple(bound, references)
        if limit is None or not (value > limit or (value == limit and not bound.strict)):
            return False
    for bound in band.upper:
        limit = _multiple(bound, references)
        if limit is None or not (value < limit or (value == limit and not bound.strict)):
            return False
    return True


def _applies(limb: Limb, unit: str, high: Decimal, baseline: Baseline | None, fasting: bool) -> bool:
    is_high = baseline is not None and baseline.flag == HIGH
    within = baseline is not None and baseline.value <= 5 * high
    return (not limb.units or unit in limb.units) and {
        "always": True,
        "baseline_high": is_high,
        "baseline_not_high": not is_high,
        "baseline_low": baseline is not None and baseline.flag == LOW,
        "baseline_high_to_5_uln": is_high and within,
        "baseline_high_over_5_uln": is_high and not within,
        "fasting": fasting,
        "not_fasting": not fasting,
    }[limb.when]


def _around(found: Scale) -> Iterator[Decimal]:
    """Yield zero, far beyond, and the values just below, at and just above every edge."""
    yield from (D(0), D(10) ** 9)
    for edge in found.edges[:-1]:
        yield from (value for value in (edge - STEP, edge, edge + STEP) if value >= 0)


samples = st.tuples(
    positive,
    positive,
    st.none() | st.builds(Baseline, positive, st.sampled_from([LOW, NORMAL, HIGH])),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("term", "unit"), UNITS, ids=[f"{term.version} {term.code} {unit}" for term, unit in UNITS]
)
class TestEveryTerm:
    @given(sample=samples)
    def test_the_highest_limb_stands_and_no_limb_has_two_grades(
        self, term: Term, unit: str, sample: tuple[Decimal, Decimal, Baseline | None, bool]
    ) -> None:
        low, high, baseline, fasting = sample
        references = {"": D(1), LLN: low, ULN: high, BASELINE: baseline.value if baseline else None}
        found = scale(term, unit, low, high, baseline, fasting)
        for value in _around(found):
            grades: list[int] = []
            for limb in term.limbs:
                if _applies(limb, unit, high, baseline, fasting):
                    here = [band for band in limb.bands if _holds(band, value, references)]
                    assert len([band for band in here if band.grade]) <= 1
                    grades += [band.grade for band in here if band.grade]
            assert found.grade(value).grade == max(grades, default=None)

    @given(sample=samples)
    def test_every_value_is_graded_or_normal_or_in_a_declared_gap(
        self, term: Term, unit: str, sample: tuple[Decimal, Decimal, Baseline | None, bool]
    ) -> None:
        low, high, baseline, fasting = sample
        found = scale(term, unit, low, high, baseline, fasting)
        for value in _around(found):
            outcome = found.grade(value)
            if outcome.grade is not None:
                continue
            if outcome.reason in (GAP, CLINICAL):
                assert outcome.note is not None and outcome.source
            elif outcome.reason == NO_BASELINE:
                assert baseline is None and value > high
            else:
                assert outcome.reason == NOT_REACHED
                normal = value >= low if term.direction == LOW_TERM else value <= high
                assert normal or (baseline is not None and value <= baseline.value)

    @given(sample=samples)
    def test_a_worse_value_never_has_a_lower_grade(
        self, term: Term, unit: str, sample: tuple[Decimal, Decimal, Baseline | None, bool]
    ) -> None:
        low, high, baseline, fasting = sample
        found = scale(term, unit, low, high, baseline, fasting)
        grades = [found.grade(value).grade for value in sorted(set(_around(found)))]
        graded = [one for one in grades if one is not None]
        assert graded == sorted(graded, reverse=term.direction == LOW_TERM)

    @given(sample=samples, missing=st.sampled_from(["low", "high", "fasting", "flag"]), value=numbers)
    def test_what_is_said_without_a_limit_holds_whatever_the_limit_is(
        self,
        term: Term,
        unit: str,
        sample: tuple[Decimal, Decimal, Baseline | None, bool],
        missing: str,
        value: Decimal,
    ) -> None:
        low, high, baseline, fasting = sample
        known = scale(term, unit, low, high, baseline, fasting).grade(value)
        unknown_flag = baseline and Baseline(baseline.value, UNKNOWN)
        found = scale(
            term, unit,
            None if missing == "low" else low,
            None if missing == "high" else high,
            unknown_flag if missing == "flag" else baseline,
            None if missing == "fasting" else fasting,
        ).grade(value)  # fmt: skip
        if found.grade is not None and found.reason == AT_LEAST:
            assert known.grade is not None and known.grade >= found.grade
        elif found.grade is not None:
            assert known.grade == found.grade
        elif found.reason in (NOT_REACHED, GAP, CLINICAL):
            assert known.grade is None

    @given(sample=samples, value=numbers, comparator=comparators.filter(bool), inside=numbers)
    def test_a_comparator_never_says_more_than_every_value_it_stands_for(
        self,
        term: Term,
        unit: str,
        sample: tuple[Decimal, Decimal, Baseline | None, bool],
        value: Decimal,
        comparator: str,
        inside: Decimal,
    ) -> None:
        low, high, baseline, fasting = sample
        assume(
            {"<": inside < value, "<=": inside <= value, ">": inside > value, ">=": inside >= value}[
                comparator
            ]
        )
        found = scale(term, unit, low, high, baseline, fasting)
        covered = found.grade(value, comparator)
        if covered.reason != STRADDLES:
            assert (covered.grade, covered.reason) == (found.grade(inside).grade, found.grade(inside).reason)


@pytest.mark.parametrize("term", NUMERIC, ids=[f"{term.version} {term.code}" for term in NUMERIC])
def test_each_number_of_a_band_is_printed_for_its_grade(term: Term) -> None:
    for limb in term.limbs:
        for band in limb.bands:
            if band.grade is None:
                continue
            printed = {
                Decimal(text)
                for text in re.findall(r"\d+(?:\.\d+)?", term.printed[band.grade - 1].replace(",", ""))
            }
            for bound in band.lower + band.upper:
                assert (bound.of in (ULN, LLN, BASELINE) and bound.number == 1) or _said(
                    bound.number, printed, limb
                )


def _said(number: Decimal, printed: set[Decimal], limb: Limb) -> bool:
    # Lymphocytosis and leukocytosis are printed per mm3 only: 4000/mm3 is 4 x 10^9/L, the same quantity.
    return number in printed or ("10^9/L" in limb.units and number * 1000 in printed)


@pytest.mark.parametrize("term", NUMERIC, ids=[f"{term.version} {term.code}" for term in NUMERIC])
def test_limits_printed_in_two_units_are_one_quantity_or_the_difference_is_declared(term: Term) -> None:
    analyte = LABORATORY.analytes[term.analytes[0]]
    found = {
        frozenset(
            analyte.in_standard(bound.number, limb.units[0])
            for band in limb.bands for bound in band.lower + band.upper if not bound.of
        )
        for limb in term.limbs if limb.units and limb.when == "always"
    }  # fmt: skip
    assert (len(found) > 1) == (term.difference is not None)


def test_every_term_names_its_source_and_whether_it_is_confirmed() -> None:
    for table in (V5, V6):
        for term in table.terms:
            assert term.source.startswith(f"NCI CTCAE v{table.version}")
            assert term.confirmed != term.source.endswith(" only")
    assert given_grade("LDH_INCREASED", "300", high=250).unconfirmed
    assert not given_grade("ANEMIA", "90", unit="g/L", low=115).unconfirmed


def test_each_direction_is_read_against_its_own_limit() -> None:
    assert {term.direction for term in NUMERIC} == {LOW_TERM, HIGH_TERM}


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


# --------------------------------------------------------------------------------------------------- flags
@pytest.mark.parametrize(
    ("value", "expected"),
    [("114.999999", LOW), ("115", NORMAL), ("150", NORMAL), ("150.000001", HIGH)],
)
def test_limits_belong_to_the_range(value: str, expected: str) -> None:
    assert flag(D(value), "", D(115), D(150)) == expected


def test_a_limit_that_is_not_included_is_abnormal_itself() -> None:
    assert flag(D(15), "", None, D(15), high_inclusive=False) == HIGH
    assert flag(D("14.9"), "", None, D(15), high_inclusive=False) == NORMAL
    assert flag(D(90), "", D(90), None, low_inclusive=False) == LOW


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high", "expected"),
    [
        ("0.5", "<", "0.5", "3", LOW),
        ("0.5", "<=", "0.5", "3", UNKNOWN),
        ("0.5", "<", "0.1", "3", UNKNOWN),
        ("0.02", "<", "0", "0.06", NORMAL),
        ("10", "<", None, "10", NORMAL),
        ("11", "<", None, "10", UNKNOWN),
        ("100", ">", "1", "100", HIGH),
        ("100", ">=", "1", "100", UNKNOWN),
        ("50", ">", "1", "100", UNKNOWN),
        ("90", ">=", "90", None, NORMAL),
        ("5", "", None, None, UNKNOWN),
        ("5", "<", None, None, UNKNOWN),
    ],
)
def test_a_comparator_that_straddles_a_limit_is_unknown(
    value: str, comparator: str, low: str | None, high: str | None, expected: str
) -> None:
    limits = [None if limit is None else D(limit) for limit in (low, high)]
    assert flag(D(value), comparator, *limits) == expected


@given(
    value=numbers,
    comparator=comparators,
    low=st.none() | numbers,
    width=st.none() | numbers,
    inclusive=st.tuples(st.booleans(), st.booleans()),
    inside=numbers,
)
def test_a_flag_never_says_more_than_every_value_it_stands_for(
    value: Decimal,
    comparator: str,
    low: Decimal | None,
    width: Decimal | None,
    inclusive: tuple[bool, bool],
    inside: Decimal,
) -> None:
    high = None if width is None else (low or D(0)) + width
    ends = {"low_inclusive": inclusive[0], "high_inclusive": inclusive[1]}
    assume(
        {
            "": inside == value,
            "<": inside < value,
            "<=": inside <= value,
            ">": inside > value,
            ">=": inside >= value,
        }[comparator]
    )
    said = flag(value, comparator, low, high, **ends)
    assert said in (UNKNOWN, flag(inside, "", low, high, **ends))
