"""Laboratory evidence at its limits: haemoglobin, multiples of the upper limit, clearance, serology."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from judged_subjects import (
    DAY_OF_RESULTS,
    choice,
    decided,
    decision,
    history,
    judged_leaf,
    number,
    reading,
    results,
    subject,
    with_form,
    word,
)

from sle_desk.domain.eligibility_facts import Source, Weight

FILE = Path(__file__).parents[1] / "data" / "calculators.json"
CASES = json.loads(FILE.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)["cases"]
EXAMPLES = {case["id"]: case for case in CASES if case["category"] == "Eligibility"}


def haemoglobin(value: str, unit: str = "g/L", **more: object) -> str | None:
    return judged_leaf("E1a", subject(results=results(number("HGB", value, unit, **more)))).suggestion


def transaminases(alt: str, ast: str = "20", **more: object):
    made = results(number("ALT", alt, "U/L", high="40", **more), number("AST", ast, "U/L", high="40"))
    return judged_leaf("E2c", subject(results=made))


def example(case: dict) -> dict[str, object]:
    given = case["input"]
    if "hb" in given:
        return {"excluded": haemoglobin(str(given["hb"]), given["unit"]) == "present"}
    found = transaminases(str(given["alt"]))
    return {"ratio": found.evidence[0].formula.value, "excluded": found.suggestion == "present"}


@pytest.mark.parametrize("case", EXAMPLES.values(), ids=EXAMPLES)
def test_a_worked_example_comes_out_as_given(case):
    assert example(case) == case["expected"]


def test_both_worked_examples_were_found():
    assert set(EXAMPLES) == {"C77", "C79"}


@pytest.mark.parametrize(
    ("value", "unit", "suggestion"),
    [
        ("90", "g/L", "present"), ("90.000001", "g/L", "absent"), ("89.9", "g/L", "present"),
        ("9", "g/dL", "present"), ("9.1", "g/dL", "absent"), ("104", "g/L", "absent"),
    ],
)  # fmt: skip
def test_haemoglobin_of_9_and_less_excludes_in_either_unit(value, unit, suggestion):
    assert haemoglobin(value, unit) == suggestion


@pytest.mark.parametrize(
    ("comparator", "value", "suggestion"),
    [("<", "90", "present"), ("<", "95", None), (">", "90", "absent"), (">=", "90", None), (">", "80", None)],
)
def test_a_comparator_suggests_only_what_it_shows(comparator, value, suggestion):
    found = judged_leaf("E1a", subject(results=results(number("HGB", value, "g/L", comparator=comparator))))
    assert found.suggestion == suggestion
    notes = [note.code for note in found.notes if note.code != "eligibility.borderline"]
    assert notes == ([] if suggestion else ["eligibility.comparator"])
    assert not found.missing


def test_the_line_shows_value_unit_day_report_and_the_value_in_the_unit_of_the_text():
    found = judged_leaf("E1a", subject(results=results(number("HGB", "104", "g/L"))))
    (line,) = found.evidence
    shown = (line.value, line.unit, line.day, line.reference, line.converted, line.against.unit)
    assert shown == (Decimal(104), "g/L", DAY_OF_RESULTS, "P2611180212", Decimal("10.4"), "g/dL")
    assert line.source == Source("result", found.evidence[0].source.id)


@pytest.mark.parametrize(
    ("value", "suggestion"), [("1.0", "absent"), ("0.99", "present"), ("1.01", "absent")]
)
def test_neutrophils_of_the_limit_itself_do_not_exclude(value, suggestion):
    found = judged_leaf("E1c", subject(results=results(number("NEUT", value, "10^9/L"))))
    assert found.suggestion == suggestion


@pytest.mark.parametrize(
    ("alt", "ast", "suggestion"),
    [
        ("120", "20", "absent"), ("120.000001", "20", "present"), ("20", "121", "present"),
        ("119", "120", "absent"), ("121", "121", "present"),
    ],
)  # fmt: skip
def test_exactly_three_times_the_upper_limit_does_not_exclude(alt, ast, suggestion):
    assert transaminases(alt, ast).suggestion == suggestion


def test_the_multiple_is_of_the_samples_own_upper_limit():
    made = results(number("ALT", "130", "U/L", high="50"), number("AST", "20", "U/L", high="40"))
    assert judged_leaf("E2c", subject(results=made)).suggestion == "absent"


def test_without_its_own_upper_limit_a_value_suggests_nothing():
    made = results(number("ALT", "300", "U/L"), number("AST", "20", "U/L", high="40"))
    found = judged_leaf("E2c", subject(results=made))
    assert (found.suggestion, found.missing[0].code) == (None, "eligibility.no_upper_limit")
    assert found.missing[0].place.kind == "range"


def test_one_value_missing_leaves_the_other_without_a_suggestion():
    made = results(number("ALT", "300", "U/L", high="40"), without="AST")
    found = judged_leaf("E2c", subject(results=made))
    assert (found.suggestion, [gap.place.code for gap in found.missing]) == (None, ["AST"])
    assert [line.value for line in found.evidence] == [Decimal(300)]


@pytest.mark.parametrize(("value", "suggestion"), [("21", "absent"), ("21.01", "present")])
def test_bilirubin_above_the_upper_limit_excludes_as_written(value, suggestion):
    made = results(number("BILI", value, "umol/L", high="21"))
    found = judged_leaf("E2d", with_form(history(gilbert="Y"), subject(results=made)))
    assert found.suggestion == suggestion


def test_documented_gilbert_exempts_only_where_it_was_decided_so():
    now = reading(decided({"D18": choice("D18", "eligibility.gilbert", "exempt")}))
    above = subject(results=results(number("BILI", "30", "umol/L", high="21")))
    assert judged_leaf("E2d", with_form(history(gilbert="Y"), above), now).suggestion == "absent"
    assert judged_leaf("E2d", with_form(history(gilbert="N"), above), now).suggestion == "present"
    unanswered = judged_leaf("E2d", with_form(history(gilbert=None), above), now)
    assert (unanswered.suggestion, unanswered.missing[0].place.field) == (None, "gilbert")


def clearance(creatinine: str, now=None, **changes: object):
    facts = {"birth_date": date(1956, 11, 18), "sex": "M", **changes}
    made = results(number("CREAT", creatinine, "mg/dL"))
    return judged_leaf("E2b", subject(**{"results": made, **facts}), now)


def kilograms(value: str) -> tuple[Weight, ...]:
    return (Weight(Decimal(value), DAY_OF_RESULTS, Source("form_record", 14, "weight")),)


def test_a_clearance_of_exactly_30_excludes():
    # (140 - 70) x 216 / (72 x 7) is 30 exactly.
    exact = clearance("7", weights=kilograms("216"))
    line = next(each for each in exact.evidence if each.against)
    assert (line.value, exact.suggestion) == (Decimal(30), "present")
    assert clearance("6.99", weights=kilograms("216")).suggestion == "absent"


def test_both_formulas_stand_side_by_side_and_only_the_decided_one_is_compared():
    found = clearance("1.4", weights=kilograms("70"))
    formulas = [line.formula.formula.code for line in found.evidence if line.formula]
    assert formulas == ["COCKCROFT_GAULT", "CKD_EPI_2021"]
    assert [line.formula.formula.code for line in found.evidence if line.against] == ["COCKCROFT_GAULT"]
    now = reading(decided({"D17": choice("D17", "eligibility.creatinine_clearance", "CKD_EPI_2021")}))
    other = clearance("1.4", now, weights=())
    assert [line.formula.formula.code for line in other.evidence if line.against] == ["CKD_EPI_2021"]
    assert other.suggestion == "absent"


def test_without_a_weight_the_clearance_suggests_nothing():
    found = clearance("1.4", weights=())
    assert (found.suggestion, found.missing[0].code) == (None, "eligibility.no_weight")
    assert (found.missing[0].place.code, found.missing[0].place.field) == ("vitals", "weight")


def test_a_creatinine_reported_as_below_means_a_clearance_above():
    made = results(number("CREAT", "20", "umol/L", comparator="<"))
    assert judged_leaf("E2b", subject(results=made)).suggestion == "absent"
    made = results(number("CREAT", "20", "umol/L", comparator=">"))
    assert judged_leaf("E2b", subject(results=made)).suggestion is None


@pytest.mark.parametrize(("answer", "suggestion"), [("POS", "present"), ("NEG", "absent"), ("IND", None)])
def test_an_antibody_excludes_only_where_it_reads_positive(answer, suggestion):
    assert judged_leaf("E5a", subject(results=results(word("HIVAB", answer)))).suggestion == suggestion


@pytest.mark.parametrize(
    ("antibody", "rna", "suggestion"),
    [("NEG", "", "absent"), ("POS", "NEG", "absent"), ("POS", "POS", "present"), ("POS", "IND", "present")],
)
def test_hepatitis_c_waits_for_the_rna_where_that_was_decided(antibody, rna, suggestion):
    now = reading(decided({"D21": choice("D21", "eligibility.hcv_rule", "rna_confirms")}))
    made = results(word("HCVAB", antibody), *([word("HCVRNA", rna)] if rna else []))
    assert judged_leaf("E5b", subject(results=made), now).suggestion == suggestion


def test_a_positive_antibody_without_the_rna_suggests_nothing_where_that_was_decided():
    now = reading(decided({"D21": choice("D21", "eligibility.hcv_rule", "rna_confirms")}))
    found = judged_leaf("E5b", subject(results=results(word("HCVAB", "POS"))), now)
    assert (found.suggestion, found.missing[0].place.code) == (None, "HCVRNA")


def test_the_newest_value_counts():
    older = number("HGB", "85", "g/L", day=date(2026, 11, 17), source=Source("result", 501))
    newer = number("HGB", "104", "g/L", day=date(2026, 11, 19), source=Source("result", 502))
    facts = subject(results=(*results(without="HGB"), newer, older))
    assert judged_leaf("E1a", facts).evidence[0].source == Source("result", 502)


@pytest.mark.parametrize(
    ("today", "suggestion"), [(date(2026, 11, 25), "absent"), (date(2026, 11, 26), None)]
)
def test_a_value_older_than_was_decided_is_missing_evidence(today, suggestion):
    found = judged_leaf("E1a", subject(today=today))
    assert found.suggestion == suggestion
    assert [gap.code for gap in found.missing] == ([] if suggestion else ["eligibility.result_stale"])
    assert found.evidence[0].stale is (suggestion is None)


def test_while_nobody_decided_how_old_a_value_may_be_its_age_is_not_judged():
    made = tuple(each for each in decided() if each.code != "eligibility.laboratory_days")
    assert judged_leaf("E1a", subject(today=date(2026, 12, 30)), reading(made)).suggestion == "absent"
    shorter = (*made, decision("eligibility.laboratory_days", "value", 99, eligibility_laboratory_days="2"))
    assert judged_leaf("E1a", subject(), reading(shorter)).suggestion is None


def test_a_formula_outside_its_own_bounds_computes_nothing():
    now = reading(decided({"D17": choice("D17", "eligibility.creatinine_clearance", "CKD_EPI_2021")}))
    found = clearance("1.4", now, birth_date=date(2010, 1, 1))
    assert (found.suggestion, found.missing) == (None, ())
    assert [note.code for note in found.notes] == ["eligibility.not_computable"]


def test_a_value_in_a_unit_of_another_quantity_is_left_to_a_person():
    found = judged_leaf("E1a", subject(results=results(number("HGB", "90", "U/L"))))
    assert (found.suggestion, [note.code for note in found.notes]) == (None, ["eligibility.other_unit"])
