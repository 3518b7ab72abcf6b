"""What is written beside the visits of the demonstration: history, medication, events, a serious one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from sle_desk.demo import values
from sle_desk.demo.clinic import Patient
from sle_desk.demo.invented import COORDINATOR, INVESTIGATOR
from sle_desk.domain.checks import Value
from sle_desk.domain.values import parse_number
from sle_desk.services import form_records, form_signing, log_entries
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import FormRow, NewForm

NEPHRITIS = "Lupus nephritis"
# Term, grade and outcome of events as they are asked for at a visit.
EVENTS = (
    ("Injection site reaction", "1", "recovered"),
    ("Headache", "1", "recovered"),
    ("Upper respiratory infection", "2", "recovered"),
    ("Fatigue", "1", "not_recovered"),
)
# Medicine, milligrams a day and kind, as the screening history says.
BACKGROUND = (("Prednisone", "7.5", "glucocorticoid"), ("Hydroxychloroquine", "200", "antimalarial"))
RELATION = {"related_belimumab": "unlikely", "related_il2": "possible", "related_background": "unrelated"}


def at_screening(patient: Patient) -> None:
    """Record what she told: when lupus began, what she takes, what she does not tolerate."""
    chance = Random(f"{patient.number} before")
    year = patient.ward.clock.now().year - chance.randint(2, 9)
    desk = patient.ward.sit(COORDINATOR)
    history = values.choices({"category": "sle", "ongoing": "Y"})
    _enter(desk, patient, "medical_history", history, {"term": NEPHRITIS, "start": f"{year}-UK-UK"})
    for name, dose, category in BACKGROUND:
        taken = {
            **values.choices({"unit": "mg", "frequency": "QD", "ongoing": "Y", "route": "oral"}),
            **values.choices({"category": category}),
            "dose": _number(dose),
        }
        texts = {"name": name, "start": f"{year + 1}-UK-UK", "indication": NEPHRITIS}
        _enter(desk, patient, "medication", taken, texts)
    if chance.random() < 0.3:
        allergic = values.choices({"severity": "mild"})
        texts = {"substance": "Sulfamethoxazole with trimethoprim", "reaction": "Rash"}
        _enter(desk, patient, "allergy", allergic, {**texts, "since": f"{year - 1}-UK-UK"})
    patient.ward.minutes(6)


def at_visit(patient: Patient, drugs: tuple[str, ...]) -> None:
    """Record an event that she told of at a visit, at some visits."""
    chance = Random(f"{patient.number} {patient.ward.clock.now():%Y%m%d}")
    if chance.random() > 0.25:
        return
    term, grade, outcome = chance.choice(EVENTS)
    desk = patient.ward.sit(INVESTIGATOR)
    today = patient.ward.clock.now().date()
    begun = today - timedelta(days=chance.randint(2, 6))
    answers = {**values.choices({"grade": grade, "serious": "N", "outcome": outcome}), **_judged(drugs)}
    texts = {"term": term, "start": begun.isoformat()}
    if outcome != "not_recovered":
        texts["stop"] = (today - timedelta(days=1)).isoformat()
    if _goes_on(desk, patient, term):
        return
    record = _enter(desk, patient, "adverse_event", answers, texts)
    _sign(desk, patient, record)


def serious(patient: Patient, drugs: tuple[str, ...]) -> None:
    """Record a pneumonia that brought her to hospital: the event, the stay and the first report."""
    desk = patient.ward.sit(INVESTIGATOR)
    now = patient.ward.clock.now()
    today = now.date()
    criteria = dict.fromkeys(("death", "life_threatening", "disability", "congenital", "important"), "N")
    answers = {
        **values.choices({"grade": "3", "serious": "Y", "hospitalisation": "Y", "outcome": "not_recovered"}),
        **values.choices(criteria),
        **_judged(drugs),
        "serious_since": Value(day=today),
        "aware_day": Value(day=today),
        "aware_time": Value(text=f"{now:%H:%M}"),
    }
    begun = (today - timedelta(days=1)).isoformat()
    event = _enter(desk, patient, "adverse_event", answers, {"term": "Lung infection", "start": begun})
    stay = values.choices({"planned": "N"})
    texts = {"hospital": "Ward 8B", "reason": "Lung infection", "start": today.isoformat()}
    _enter(desk, patient, "hospital_stay", stay, texts)
    told = {
        **values.choices({"kind": "first", "sent_how": "email"}),
        "investigator_day": Value(day=today),
        "investigator_time": Value(text=f"{now:%H:%M}"),
        "sent_day": Value(day=today),
        "sent_time": Value(text=f"{now:%H:%M}"),
    }
    course = "Fever and cough since yesterday; infiltrate on the chest film; admitted, antibiotics begun."
    report = _enter(desk, patient, "sae_report", told, {"narrative": course}, event.id)
    patient.ward.minutes(15)
    for record in (event, report):
        _sign(desk, patient, record)


def _judged(drugs: tuple[str, ...]) -> dict[str, Value]:
    asked = {"BEL": "belimumab", "IL2": "il2"}
    named = [asked[drug] for drug in drugs if drug in asked]
    codes = {f"related_{name}": RELATION[f"related_{name}"] for name in named}
    codes |= {f"action_{name}": "not_changed" for name in named}
    codes |= {"related_background": "unrelated", "treated": "N", "special_interest": "no", "expected": "Y"}
    return values.choices(codes)


def _goes_on(desk: Desk, patient: Patient, term: str) -> bool:
    rows = log_entries.entries(desk, "events", patient.id)
    events = [row.values for row in rows if row.form == "adverse_event"]
    return any(event["term"].text == term and "stop" not in event for event in events)


def _enter(
    desk: Desk,
    patient: Patient,
    form: str,
    answers: Mapping[str, Value],
    texts: Mapping[str, str],
    about: int | None = None,
) -> FormRow:
    written = {code: Value(text=text) for code, text in texts.items()}
    given = Given({**answers, **written})
    new = NewForm(patient.id, None, form, desk.today(), given, f"{desk.now():%H:%M}", parent_id=about)
    return form_records.save_form(desk, new)


def _sign(desk: Desk, patient: Patient, record: FormRow) -> None:
    signing = form_signing.signing_for(form_signing.SIGN, "en", INVESTIGATOR.password)
    form_signing.sign_form(desk, patient.ward.folder, record.id, record.version, signing)


def _number(typed: str) -> Value:
    return Value(number=parse_number(typed).value, typed=typed)
