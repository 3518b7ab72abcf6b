"""Medicines and hospital stays as they are entered, beside the typed answers of a subject who meets all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from judged_subjects import SCREENED, TODAY, choice, decided, history, judged_leaf, reading, with_form
from registered_package import registered

from sle_desk.domain.checks import Value
from sle_desk.domain.eligibility import Judged
from sle_desk.domain.eligibility_facts import Facts
from sle_desk.domain.medicine_entries import HospitalStay, MedicineEntry, hospital_stay, medicine_entry

NAMES = registered().dictionary
AGO = {days: (SCREENED - timedelta(days=days)).isoformat() for days in range(800)}
OLD = "2024-02-01"
# The limit of glucocorticoid is decided to stand as registered: 10 mg a day.
NOW = reading(decided({"D07": choice("D07", "eligibility.prednisone_highest", "10")}))


def medicine(
    name: str, dose: str = "", start: str = OLD, stop: str = "", number: int = 50, **more: str | None
) -> MedicineEntry:
    """Return an entry in mg once a day that goes on, or ended; `more` are its other answers."""
    said: dict[str, str | None] = {"unit": "mg", "frequency": "QD", "ongoing": "N" if stop else "Y", **more}
    values = {code: Value(choice=answer) for code, answer in said.items() if answer is not None}
    values |= {"name": Value(text=name)}
    values |= {"start": Value(text=start)} if start else {}
    values |= {"stop": Value(text=stop)} if stop else {}
    values |= {"dose": Value(number=Decimal(dose), typed=dose)} if dose else {}
    return medicine_entry(number, values, NAMES, TODAY)


def stay(reason: str, start: str, stop: str = "", number: int = 70) -> HospitalStay:
    values = {"reason": Value(text=reason), "start": Value(text=start)}
    values |= {"stop": Value(text=stop)} if stop else {}
    return hospital_stay(number, values, NAMES, TODAY)


OTHER = medicine("Omeprazole", "20", number=49)


def facts(*medicines: MedicineEntry, stays: tuple[HospitalStay, ...] = (), **answers: object) -> Facts:
    """Return the subject who meets everything, with entries, and one that is nothing of what is asked."""
    return replace(with_form(history(**answers)), medicines=(OTHER, *medicines), stays=stays)


def leaf(code: str, *medicines: MedicineEntry, **answers: object) -> Judged:
    return judged_leaf(code, facts(*medicines, **answers), NOW)


def notes(found: Judged) -> list[str]:
    """Return the codes of the notes; which values lie close to their limit is tried elsewhere."""
    return [each for each in codes_of(found) if each != "borderline"]


def codes_of(found: Judged) -> list[str]:
    return [note.code.removeprefix("eligibility.") for note in found.notes]


def gaps(found: Judged) -> list[str]:
    return [gap.code.removeprefix("eligibility.") for gap in found.missing]
