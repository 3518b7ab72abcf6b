"""Entries beside the visits as tests enter them: events, medicines, and what is put right in them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sle_desk.domain.checks import Value
from sle_desk.services import (
    deviations,
    form_records,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.form_records import Correction, FormRow, NewForm

BOTH, BEL, IL2 = 1, 2, 3


def given(texts: Mapping[str, str], **choices: str) -> Given:
    """Return answers: texts by their field, and choices."""
    written = {code: Value(text=text) for code, text in texts.items()}
    return Given({**written, **{code: Value(choice=choice) for code, choice in choices.items()}})


def enter(desk: Desk, form: str, values: Given, subject: int = BOTH, about: int | None = None) -> FormRow:
    """Save an entry of today."""
    return form_records.save_form(desk, NewForm(subject, None, form, desk.today(), values, parent_id=about))


def event(desk: Desk, subject: int = BOTH, term: str = "Headache", **choices: str) -> FormRow:
    """Save an adverse event that goes on."""
    answers = {"grade": "1", "serious": "N", "outcome": "not_recovered", **choices}
    return enter(desk, "adverse_event", given({"term": term, "start": "2026-11-20"}, **answers), subject)


def medicine(desk: Desk, name: str, dose: str, start: str, subject: int = BOTH, **texts: str) -> FormRow:
    """Save a medicine taken once a day, in mg."""
    ended = {"ongoing": "N"} if "stop" in texts else {}
    values = given({"name": name, "start": start, **texts}, unit="mg", frequency="QD", **ended)
    dosed = {**values.values, "dose": Value(number=Decimal(dose), typed=dose)}
    return enter(desk, "medication", Given(dosed), subject)


def proposed(desk: Desk, subject: int = BOTH) -> list[str]:
    """Return the codes of the deviations that are proposed about a subject."""
    return sorted(row.code for row in deviations.deviations(desk, subject, progress="proposed"))


def put_right(desk: Desk, row: FormRow, code: str, choice: str) -> FormRow:
    """Correct one choice of a saved entry."""
    seen = form_records.form_row(desk, row.id).answer_versions.get(code, 0)
    return form_records.correct_value(desk, Correction(row.id, code, Value(choice=choice), "late", seen))
