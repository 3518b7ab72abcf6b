"""The worked examples, as given: an adapter maps names and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sle_desk.base.paths import resource
from sle_desk.domain import formulas
from sle_desk.domain.classification import eular_acr_2019
from sle_desk.domain.dose_by_weight import dose_sum, prescribed_dose
from sle_desk.domain.flare import FlareFacts, flare_index
from sle_desk.domain.instruments import parse_instruments
from sle_desk.domain.schedule import (
    InfusionRules,
    InjectionRules,
    StageRules,
    Window,
    infusion_slots,
    injection_slots,
)
from sle_desk.domain.scoring import Activity, LldasFacts, doris, lldas, sledai_score, sri
from sle_desk.domain.sledai_evidence import Reading, lab_evidence, suggested
from sle_desk.domain.steroids import parse_steroids, prednisone_equivalent

PACKAGE = resource("protocol", "nct05262686")
INSTRUMENTS = parse_instruments(tomllib.loads((PACKAGE / "instruments.toml").read_text("utf-8")))
PROTOCOL = tomllib.loads((PACKAGE / "protocol.toml").read_text("utf-8"))
STEROIDS = parse_steroids(tomllib.loads((PACKAGE / "steroids.toml").read_text("utf-8")))
FILE = Path(__file__).parents[1] / "data" / "calculators.json"
CASES = json.loads(FILE.read_text("utf-8"), parse_float=Decimal)["cases"]

# Shown by tests of their own: grades and units in test_grading and test_laboratory, criteria in
# test_eligibility.
ELSEWHERE = {"CTCAE lab grade", "Unit conversion", "Eligibility"}
Facts = dict[str, object]

SLEDAI_CODES = {
    "proteinuria": "PROT",
    "hematuria": "HEMA",
    "casts": "CAST",
    "low_complement": "CMPL",
    "anti_dsdna": "DNA",
    "rash": "RASH",
}
BILAG_CODES = {
    "constitutional": "CONST",
    "mucocutaneous": "MUCO",
    "neuropsychiatric": "NEURO",
    "musculoskeletal": "MSK",
    "cardiorespiratory": "CARDIO",
    "gastrointestinal": "GASTRO",
    "ophthalmic": "OPHTH",
    "renal": "RENAL",
    "haematological": "HAEM",
}
EULAR_CODES = {
    "leukopenia": "LEUKOPENIA",
    "oral_ulcers": "ORAL_ULCERS",
    "joint": "JOINT",
    "anti_dsdna": "ANTI_DSDNA",
    "class_III_IV_nephritis": "NEPHRITIS_III_IV",
    "anti_sm": "ANTI_SM",
}
TRUTH = {"Y": True, "N": False}


def number(value: object) -> Decimal:
    assert isinstance(value, int | Decimal)
    return Decimal(value)


def sledai_answers(present: Sequence[str], not_assessed: Sequence[str] = ()) -> dict[str, bool | None]:
    answers: dict[str, bool | None] = dict.fromkeys(INSTRUMENTS.sledai.weights, False)
    answers |= {SLEDAI_CODES[name]: True for name in present}
    return answers | {SLEDAI_CODES[name]: None for name in not_assessed}


def sledai_2k(case: dict) -> Facts:
    score = sledai_score(sledai_answers(**case), INSTRUMENTS.sledai)
    names = {code: name for name, code in SLEDAI_CODES.items()}
    return {
        "total": score.total,
        "clinical": score.clinical,
        "partial_sum": score.partial,
        "missing": [names[code] for code in score.missing],
    }


def lab_assist(case: dict) -> Facts:
    today = date(2026, 11, 22)

    def reading(name: str, unit: str, lower: str = "") -> Reading:
        return Reading(number(case[name]), unit, today, lower=number(case[lower]) if lower else None)

    readings = {
        "PLAT": reading("platelets_10e9_L", "10^9/L"),
        "WBC": reading("wbc_10e9_L", "10^9/L"),
        "PROTEXR": reading("urine_protein_g_24h", "g/24h"),
        "TEMP": reading("temp_C", "C"),
        "C3": reading("c3_g_L", "g/L", "c3_lln"),
        "URBC": reading("urine_rbc_hpf", "/HPF"),
        "UWBC": reading("urine_wbc_hpf", "/HPF"),
    }
    evidence = lab_evidence(readings, today, 10, INSTRUMENTS.sledai)
    assert {said.reads for said in evidence if said.meets is False} == set(readings)
    items = suggested(evidence)
    return {"suggest": list(items), "total": sum(INSTRUMENTS.sledai.weights[item] for item in items)}


def activity(values: dict) -> Activity:
    letters = {BILAG_CODES[name]: letter for name, letter in values["bilag"].items()}
    return Activity("SLEDAI", values["sledai"], number(values["pga"]), letters)


def sri_4(case: dict) -> Facts:
    found = sri(
        activity(case["baseline"]), activity(case["visit"]), INSTRUMENTS.sri_rule("SRI-4"), INSTRUMENTS.bilag
    )
    assert found.parts.new_a is not None and found.parts.new_b is not None
    return {
        "sledai_ok": found.parts.sledai_ok,
        "bilag_ok": found.parts.bilag_ok,
        "pga_ok": found.parts.pga_ok,
        "new_A": len(found.parts.new_a),
        "new_B": len(found.parts.new_b),
        "sri4": TRUTH[found.answer],
    }


def cockcroft_gault(case: dict) -> Facts:
    found = formulas.cockcroft_gault(
        case["age"], case["sex"], number(case["weight_kg"]), number(case["scr"]), case["unit"]
    )
    return {"crcl_ml_min": found.value}


def ckd_epi(case: dict) -> Facts:
    return {"egfr": formulas.ckd_epi_2021(case["age"], case["sex"], number(case["scr_mg_dl"]), "mg/dL").value}


def body_surface(case: dict) -> Facts:
    height, weight = number(case["height_cm"]), number(case["weight_kg"])
    return {
        "mosteller_m2": formulas.bsa_mosteller(height, weight).value,
        "dubois_m2": formulas.bsa_du_bois(height, weight).value,
    }


def body_mass(case: dict) -> Facts:
    return {"bmi": formulas.bmi(number(case["height_cm"]), number(case["weight_kg"])).value}


def belimumab_dose(case: dict) -> Facts:
    dose = prescribed_dose(number(case["mg_per_kg"]), number(case["weight_kg"]))
    drug = next(drug for drug in PROTOCOL["drug"] if drug["code"] == "BEL")
    made = dose_sum(dose, (Decimal(120), Decimal(400)), Decimal(80))

    def vials(chosen) -> Facts:
        counts = dict(chosen.counts)
        return {
            "v400": counts.get(Decimal(400), 0),
            "v120": counts.get(Decimal(120), 0),
            "waste_mg": chosen.left_over,
        }

    return {
        "dose_mg": dose.dose,
        "volume_ml_80mg_ml": made.volume_ml,
        "min_waste": vials(made.vials.least_waste),
        "min_vials": vials(made.vials.fewest),
        # No calculation: the time stands in the package with the product's label.
        "infusion_min": drug["preparation"]["infusion_minutes"],
    }


def il2_schedule(case: dict) -> Facts:
    rules = InjectionRules(
        "IL2",
        StageRules("first", 42, 2, Window(1, 1)),
        StageRules("second", 12, 7, Window(2, 2)),
        "study_day",
        85,
    )
    slots = injection_slots(date.fromisoformat(case["day1"]), rules)
    first = [slot.planned_on.isoformat() for slot in slots if slot.stage == "first"]
    second = [slot.planned_on.isoformat() for slot in slots if slot.stage == "second"]
    return {
        "stage1_n": len(first),
        "stage1_second": first[1],
        "stage1_last": first[-1],
        "stage2_n": len(second),
        "stage2_first": second[0],
        "stage2_last": second[-1],
        "total_n": len(slots),
        "total_MIU": len(slots) * 1,
    }


def belimumab_schedule(case: dict) -> Facts:
    day_one = date.fromisoformat(case["day1"])

    def days(mode: str, doses: int) -> list[str]:
        rules = InfusionRules("BEL", "all", mode, doses, Window(5, 5), every_days=28)
        planned = [slot.planned_on for slot in infusion_slots(day_one, rules)]
        return [day.isoformat() for day in planned]

    seven = days("28d", 7)
    assert date.fromisoformat(seven[-1]) == day_one + timedelta(weeks=case["weeks"])
    return {
        "q28d": days("28d", 6),
        "calendar_month": days("calendar", 6),
        "q28d_week24_extra": seven[-1],
    }


def protein_creatinine(case: dict) -> Facts:
    protein, creatinine = number(case["uprot_mg_dl"]), number(case["ucreat_mg_dl"])

    def ratio(unit: str) -> Decimal:
        return formulas.urine_protein_creatinine(protein, "mg/dL", creatinine, "mg/dL", unit).value

    return {
        "mg_per_mg": ratio("mg/mg"),
        "mg_per_g": ratio("mg/g"),
        "mg_per_mmol": ratio("mg/mmol"),
        "gt_0_5": ratio("mg/mg") > Decimal("0.5"),
    }


def prednisone(case: dict) -> Facts:
    found = prednisone_equivalent(case["drug"], number(case["mg"]), STEROIDS).value
    return {"prednisone_mg": found, "exceeds_10": found > 10}


def corrected_counts(case: dict) -> Facts:
    found = formulas.corrected_leukocytes(number(case["wbc"]), number(case["nrbc_per_100"]), "10^9/L")
    return {"wbc_corrected": found.value}


def subset(case: dict) -> Facts:
    found = formulas.subset_absolute(number(case["pct"]), number(case["parent_per_ul"]), "/uL").value
    return {"per_ul": found, "10e6_L": found}


def low_activity(case: dict) -> Facts:
    score = sledai_score(sledai_answers(case["items"]), INSTRUMENTS.sledai)
    assert score.total == case["sledai"]
    facts = LldasFacts(
        new_activity=case["new_activity"],
        haemolysis=case["haemolysis"],
        gastrointestinal=case["gi"],
        pga=number(case["pga"]),
        prednisolone=number(case["pred"]),
        standard_treatment=case["standard_is"],
    )
    return {"lldas": TRUTH[lldas(score, facts, INSTRUMENTS.lldas).answer]}


def remission(case: dict) -> Facts:
    # The case says nothing about treatment: stable is what it leaves out.
    found = doris(case["clinical_sledai"], number(case["pga"]), number(case["pred"]), True, INSTRUMENTS.doris)
    return {"doris": TRUTH[found.answer]}


def classified(case: dict) -> Facts:
    answers: dict[str, bool | None] = {criterion.code: False for criterion in INSTRUMENTS.eular_acr.criteria}
    answers |= {EULAR_CODES[name]: True for name in case["criteria"]}
    found = eular_acr_2019(case["ana_ge_80"], answers, INSTRUMENTS.eular_acr)
    return {"score": found.score, "classified": TRUTH[found.answer]}


def flare(case: dict) -> Facts:
    facts = FlareFacts(
        sledai_before=case["sledai_prev"],
        sledai_now=case["sledai"],
        pga_before=number(case["pga_prev"]),
        pga_now=number(case["pga"]),
        prednisone_before=number(case["pred_mgkg_prev"]),
        prednisone_now=number(case["pred_mgkg"]),
        manifestations=frozenset(case["new_items"]),
        # The case says nothing about new drugs or the hospital: none is what it leaves out.
        treatments=frozenset(),
        hospitalised=False,
    )
    names = {"mild_moderate": "mild/moderate", "severe": "severe", "none": "none"}
    return {"flare": names[flare_index(facts, INSTRUMENTS.flare).level]}


HANDLED: dict[str, Callable[[dict], Facts]] = {
    "SLEDAI-2K": sledai_2k,
    "SLEDAI-lab-assist": lab_assist,
    "SRI-4": sri_4,
    "Cockcroft-Gault": cockcroft_gault,
    "CKD-EPI 2021": ckd_epi,
    "BSA": body_surface,
    "BMI": body_mass,
    "Belimumab dose": belimumab_dose,
    "IL-2 schedule": il2_schedule,
    "Belimumab schedule": belimumab_schedule,
    "UPCR": protein_creatinine,
    "Prednisone equivalent": prednisone,
    "Corrected counts": corrected_counts,
    "Subset absolute": subset,
    "LLDAS": low_activity,
    "DORIS 2021": remission,
    "EULAR/ACR 2019": classified,
    "SFI": flare,
}


def agrees(found: object, wanted: object, tolerance: Decimal) -> bool:
    """Compare a found with an expected value: numbers within the tolerance, everything else exactly."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict)
        return found.keys() == wanted.keys() and all(
            agrees(found[key], wanted[key], tolerance) for key in wanted
        )
    if isinstance(wanted, bool) or wanted is None or not isinstance(wanted, int | Decimal):
        return type(found) is type(wanted) and found == wanted
    assert isinstance(found, int | Decimal) and not isinstance(found, bool)
    return abs(Decimal(found) - Decimal(wanted)) <= tolerance


def test_every_category_is_handled_here_or_named_as_shown_elsewhere():
    categories = {case["category"] for case in CASES}
    assert categories == HANDLED.keys() | ELSEWHERE
    assert not HANDLED.keys() & ELSEWHERE


def test_the_cases_are_all_there_and_each_has_its_own_name():
    assert len(CASES) == 46
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["category"] in HANDLED], ids=lambda case: case["id"]
)
def test_a_worked_example_comes_out_as_given(case):
    found = HANDLED[case["category"]](case["input"])
    tolerance = Decimal(case.get("tolerance", 0))
    for name, wanted in case["expected"].items():
        assert agrees(found[name], wanted, tolerance), f"{name}: {found[name]} instead of {wanted}"
