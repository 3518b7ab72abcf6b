"""A protocol with everything decided, and a subject who meets every criterion: tests change one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from registered_package import registered as the_protocol

from sle_desk.demo.values import CLASSIFICATION, CLASSIFIED
from sle_desk.domain.checks import Value
from sle_desk.domain.decisions import Decision, Readings, readings
from sle_desk.domain.eligibility import Judged, judge
from sle_desk.domain.eligibility_facts import Facts, LabValue, SavedForm, SignedConsent, Source, Weight
from sle_desk.domain.protocol import VALUE, Given, Protocol

TODAY = date(2026, 11, 23)
SCREENED = date(2026, 11, 18)
# What a setting without a proposal is decided to be here.
WITHOUT_PROPOSAL: dict[str, Given] = {
    "belimumab.arm_b_infusions": "6",
    "steroid.betamethasone_mg": "0.6",
    "eligibility.classification": "eular_acr_2019",
    "visit.window_early_termination_days": "7",
}
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
DOSES = {"hydroxychloroquine_dose": "200", "prednisone_dose": "7.5", "prednisone_highest": "10"}
RESULTS = (
    ("HGB", "104", "g/L", "115", "150"),
    ("NEUT", "2.31", "10^9/L", "1.8", "6.3"),
    ("LYM", "0.92", "10^9/L", "1.1", "3.2"),
    ("CREAT", "58", "umol/L", "41", "73"),
    ("ALT", "22", "U/L", "7", "40"),
    ("AST", "19", "U/L", "13", "35"),
    ("BILI", "9.4", "umol/L", "0", "21"),
)
SEROLOGY = ("HIVAB", "HCVAB", "HBSAG", "TB")


def proposed(protocol: Protocol, code: str) -> Given:
    """Return what a setting is decided to be here: its proposal, or a value of ours where it has none."""
    given = protocol.setting(code).proposal
    return given if given is not None else WITHOUT_PROPOSAL[code]


def choices_made(protocol: Protocol, chosen: Mapping[str, str] | None = None) -> tuple[tuple[str, str], ...]:
    """Return the option of each clarification: the one asked for, the proposed one, or the first."""
    asked = chosen or {}
    made = [
        (each.code, asked.get(each.code) or each.proposes or each.options[0].code)
        for each in protocol.clarifications
    ]
    return (*made, *((each.code, VALUE) for each in protocol.settings if not each.clarification))


def decided(chosen: Mapping[str, str] | None = None, on: date = date(2026, 1, 1)) -> tuple[Decision, ...]:
    """Return a decision on everything that the package leaves open."""
    protocol = the_protocol()
    return tuple(
        decision(code, option, number, on)
        for number, (code, option) in enumerate(choices_made(protocol, chosen), 1)
    )


def decision(
    code: str, option: str, number: int = 1, on: date = date(2026, 1, 1), **values: Given
) -> Decision:
    """Return one decision with the values and words that its option asks for."""
    protocol = the_protocol()
    if option == VALUE:
        asks, own = (code,), ""
    else:
        picked = protocol.clarification(code).option(option)
        asks, own = picked.asks, "As the approved protocol says." if picked.own_words else ""
    given = {name: values.get(name.replace(".", "_"), proposed(protocol, name)) for name in asks}
    return Decision(code, option, given, own, on, None, number)


def reading(decisions: tuple[Decision, ...] | None = None, on: date = TODAY) -> Readings:
    """Return the readings of a day; with everything decided unless said otherwise."""
    return readings(the_protocol(), decided() if decisions is None else decisions, on)


def form(
    code: str, values: Mapping[str, Value], record_id: int, visit: str = "V0", day: date = SCREENED
) -> SavedForm:
    """Return a saved form."""
    return SavedForm(code, visit, day, record_id, dict(values))


def history(**changes: object) -> SavedForm:
    """Return the screening history that excludes nothing, with answers, doses or days changed."""
    values = {name: Value(choice=answer) for name, answer in HISTORY.items()}
    values |= {name: Value(number=Decimal(dose), typed=dose) for name, dose in DOSES.items()}
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        elif isinstance(value, Value):
            values[name] = value
        elif isinstance(value, Decimal):
            values[name] = Value(number=value)
        else:
            values[name] = Value(choice=str(value))
    return form("history_screening", values, 11)


def classified(
    *present: str, unknown: tuple[str, ...] = (), code: str = CLASSIFICATION, record_id: int = 15
) -> SavedForm:
    """Return a form of classification items: these present, these unknown, the others absent."""
    answers = {field.code: "N" for field in the_protocol().form(code).fields()}
    answers |= {**dict.fromkeys(present, "Y"), **dict.fromkeys(unknown, "U")}
    return form(code, {item: Value(choice=said) for item, said in answers.items()}, record_id)


def pregnancy(result: str = "NEG", day: date = date(2026, 11, 20), record_id: int = 12) -> SavedForm:
    """Return a pregnancy test."""
    values = {
        "done": Value(choice="done"),
        "type": Value(choice="serum"),
        "result": Value(choice=result),
        "day": Value(day=day),
        "time": Value(text="09:10"),
    }
    return form("pregnancy_test", values, record_id, day=day)


def sledai(present: frozenset[str] = frozenset({"RASH", "ARTH", "DNA"}), not_assessed: str = "") -> SavedForm:
    """Return a SLEDAI-2K with these items present, by default 8 points."""
    weights = the_protocol().instruments.sledai.weights
    answers = {code: "Y" if code in present else "N" for code in weights}
    if not_assessed:
        answers[not_assessed] = "NA"
    return form("sledai2k", {code: Value(choice=said) for code, said in answers.items()}, 13)


def number(analyte: str, value: str, unit: str, low: str = "", high: str = "", **more: object) -> LabValue:
    """Return a laboratory number of the screening day."""
    facts: dict[str, object] = {
        "analyte": analyte,
        "day": SCREENED,
        "source": Source("result", 100 + len(analyte) + ord(analyte[0])),
        "value": Decimal(value),
        "unit": unit,
        "low": Decimal(low) if low else None,
        "high": Decimal(high) if high else None,
        "report_number": "P2611180212",
    }
    return LabValue(**{**facts, **more})  # type: ignore[arg-type]


def word(analyte: str, answer: str = "NEG", **more: object) -> LabValue:
    """Return a laboratory answer of the screening day."""
    facts: dict[str, object] = {
        "analyte": analyte,
        "day": SCREENED,
        "source": Source("result", 200 + SEROLOGY.index(analyte) if analyte in SEROLOGY else 210),
        "answer": answer,
    }
    return LabValue(**{**facts, **more})  # type: ignore[arg-type]


def consent(day: date = date(2026, 11, 18), at: str = "08:05") -> SignedConsent:
    """Return a signed consent."""
    return SignedConsent(day, at, "v2.1", Source("consent", 1))


def subject(**changes: object) -> Facts:
    """Return the facts of a woman of 34 who meets every criterion, with some changed."""
    facts: dict[str, object] = {
        "subject": Source("subject", 1),
        "birth_date": date(1992, 3, 4),
        "sex": "F",
        "today": TODAY,
        "screened_on": SCREENED,
        "consents": (consent(),),
        "forms": (history(), classified(*CLASSIFIED), pregnancy(), sledai()),
        "results": results(),
        "weights": (Weight(Decimal("52.8"), SCREENED, Source("form_record", 14, "weight")),),
    }
    return Facts(**{**facts, **changes})  # type: ignore[arg-type]


def results(*instead: LabValue, without: str = "") -> tuple[LabValue, ...]:
    """Return the results of screening, some replaced by others of the same analyte, one left out."""
    named = {each.analyte: each for each in instead}
    usual = [number(*each) for each in RESULTS] + [word(each) for each in SEROLOGY]
    kept = [named.pop(each.analyte, each) for each in usual if each.analyte != without]
    return (*kept, *named.values())


def judged_leaf(code: str, facts: Facts | None = None, now: Readings | None = None) -> Judged:
    """Return one leaf as it is judged on facts, with everything decided unless said otherwise."""
    found = judge(the_protocol(), now or reading(), facts or subject())
    return next(each for each in found if each.leaf.code == code)


def with_form(changed: SavedForm, facts: Facts | None = None) -> Facts:
    """Return the facts with one form in the place of the one of its kind."""
    known = facts or subject()
    others = tuple(each for each in known.forms if each.form != changed.form)
    return replace(known, forms=(*others, changed))


DAY_OF_RESULTS = SCREENED


def choice(code: str, setting: str, value: str) -> str:
    """Return the option of a clarification that sets a setting to a value."""
    options = the_protocol().clarification(code).options
    return next(option.code for option in options if option.sets.get(setting) == value)
