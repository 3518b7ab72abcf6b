"""What is measured and answered in the demonstration: every number from the seed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from sle_desk.domain.checks import Value
from sle_desk.domain.protocol import Protocol
from sle_desk.services.lab_judgement import TypedResult

HISTORY = {
    "able_to_comply": "Y",
    "hydroxychloroquine_taken": "Y",
    "antimalarial_stable": "Y",
    "glucocorticoid_taken": "Y",
    "prednisone_stable": "Y",
    "glucocorticoid_month": "Y",
    "cholinergic_stable": "not_taken",
    "topical_ciclosporin_stable": "not_taken",
    "antibody_used": "no",
    "belimumab_used": "no",
    "heart_failure": "none",
    "gilbert": "N",
    "other_complication": "N",
    "other_autoimmune": "N",
    "allergy_belimumab": "N",
    "allergy_il2": "N",
    "allergy_tofacitinib": "N",
    "infection_hospital": "no",
    "intravenous_antibiotic": "no",
    "malignancy": "none",
    "mental_disorder": "N",
    "substance_abuse": "N",
    "childbearing": "yes",
    "lactating": "N",
    "contraception_willing": "Y",
}
# What is answered alike at every visit of the demonstration.
ASKED = {
    "visit_questions": {"complaint": "N", "medication_changed": "N", "hospital": "N"},
    "contraception": {"needed": "Y", "method": "condom"},
    "physical_examination": dict.fromkeys(
        ("general", "skin", "head", "nodes", "lungs", "heart", "abdomen", "limbs", "nervous"), "normal"
    ),
}
ORGANS = {"skin": "Y", "joints": "Y", "serosa": "N", "kidney": "Y", "nervous": "N", "blood": "Y",
          "heart": "N", "gut": "N", "eye": "N", "biopsy": "N", "biologic": "N"}  # fmt: skip
DOSES = {"hydroxychloroquine_dose": "200", "prednisone_dose": "7.5", "prednisone_highest": "10"}
# Analyte, unit, lowest and highest value drawn, decimals.
PANELS: dict[str, tuple[tuple[str, str, str, str, int], ...]] = {
    "CBC": (
        ("WBC", "10^9/L", "3.2", "7.9", 2),
        ("HGB", "g/L", "98", "128", 0),
        ("PLAT", "10^9/L", "110", "280", 0),
        ("NEUT", "10^9/L", "1.9", "5.2", 2),
        ("LYM", "10^9/L", "0.82", "1.60", 2),
    ),
    "CHEM": (
        ("ALT", "U/L", "11", "38", 0),
        ("AST", "U/L", "14", "33", 0),
        ("BILI", "umol/L", "5", "17", 1),
        ("ALB", "g/L", "37", "46", 1),
        ("UREA", "mmol/L", "3.2", "7.4", 1),
        ("CREAT", "umol/L", "45", "72", 0),
        ("K", "mmol/L", "3.6", "4.9", 1),
    ),
    "COMP": (("C3", "g/L", "0.48", "0.98", 2), ("C4", "g/L", "0.06", "0.24", 2)),
}
SEROLOGY = ("HIVAB", "HCVAB", "HBSAG", "TB")
ACTIVE_ITEMS = ("RASH", "ARTH", "DNA")
LATER_ITEMS = ("RASH", "ALOP", "DNA", "CMPL")
# The form of the set that the demonstration decides for, and its items present: 18 points.
CLASSIFICATION = "class_eular_acr_2019"
CLASSIFIED = ("ANA", "LEUKOPENIA", "JOINT", "LOW_C3_OR_C4", "ANTI_DSDNA")


def choices(values: Mapping[str, str]) -> dict[str, Value]:
    """Return choice answers."""
    return {code: Value(choice=choice) for code, choice in values.items()}


def numbers(values: Mapping[str, str]) -> dict[str, Value]:
    """Return number answers."""
    return {code: Value(number=Decimal(typed), typed=typed) for code, typed in values.items()}


def drawn(chance: Random, low: str, high: str, decimals: int) -> Decimal:
    """Return a number between two, with so many decimals."""
    step = 10**decimals
    return Decimal(chance.randint(int(Decimal(low) * step), int(Decimal(high) * step))).scaleb(-decimals)


def history(protocol: Protocol, changed: Mapping[str, str]) -> dict[str, Value]:
    """Return the screening history that excludes nothing, with answers changed."""
    fields = {field.code: field for field in protocol.form("history_screening").fields()}
    values = {**choices({**HISTORY, **changed}), **numbers(DOSES)}
    source = fields.get("history_source")
    if source is not None and source.choices:
        values["history_source"] = Value(choice=source.choices[0].code)
    return {code: value for code, value in values.items() if code in fields}


def vitals(chance: Random, weight: Decimal, height: int) -> dict[str, Value]:
    """Return vital signs with a weight in kg and a height in cm."""
    return numbers(
        {
            "temperature": str(drawn(chance, "36.2", "36.9", 1)),
            "systolic": str(chance.randint(104, 132)),
            "diastolic": str(chance.randint(62, 84)),
            "pulse": str(chance.randint(62, 88)),
            "respiration": str(chance.randint(14, 18)),
            "oxygen_saturation": str(chance.randint(97, 99)),
            "weight": str(weight),
            "height": str(height),
        }
    )


def results(chance: Random, panel: str) -> tuple[TypedResult, ...]:
    """Return the results of a panel as they would be typed."""
    typed = []
    for analyte, unit, low, high, decimals in PANELS[panel]:
        value = drawn(chance, low, high, decimals)
        typed.append(TypedResult(analyte, str(value), "", value, unit))
    return tuple(typed)


def negative_serology() -> tuple[TypedResult, ...]:
    """Return serology that excludes nobody."""
    return tuple(TypedResult(analyte, text="NEG") for analyte in SEROLOGY)


def classification(protocol: Protocol) -> dict[str, Value]:
    """Return the items of the classification: some present, the others absent."""
    items = (field.code for field in protocol.form(CLASSIFICATION).fields())
    return choices({item: "Y" if item in CLASSIFIED else "N" for item in items})


def score(protocol: Protocol, chance: Random, form: str, later: bool) -> dict[str, Value]:
    """Return an assessment: active at the beginning, as chance has it later."""
    if form == "sledai2k":
        known = [item for item in LATER_ITEMS if item in protocol.instruments.sledai.weights]
        present = set(chance.sample(known, chance.randint(0, len(known)))) if later else set(ACTIVE_ITEMS)
        return choices(
            {code: "Y" if code in present else "N" for code in protocol.instruments.sledai.weights}
        )
    if form == "bilag_letters":
        return choices({field.code: "C" for field in protocol.form(form).fields() if field.choices})
    if form == "pga":
        typed = drawn(chance, "0.40", "1.30", 2) if later else drawn(chance, "1.20", "1.90", 2)
        return numbers({"PGA": str(typed)})
    tender = chance.randint(0, 3) if later else chance.randint(2, 6)
    return numbers({"tender": str(tender), "swollen": str(min(tender, chance.randint(0, 3)))})


# What an infusion of the demonstration ran at from its start, and what was measured before it.
INFUSION_COURSE: Mapping[str, Mapping[str, Value]] = {
    "infusion_vitals": {
        "moment": Value(choice="before"),
        **numbers({"temperature": "36.5", "systolic": "118", "diastolic": "72", "pulse": "74"}),
    },
    "infusion_rate": {**numbers({"rate": "250"}), "reason": Value(choice="start")},
}
