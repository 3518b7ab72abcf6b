"""The entries of one subject that criteria are judged on, those of no visit: medicines and hospital stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.entries_said import MEDICATION
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.medicine_entries import (
    PRIOR_BIOLOGIC,
    HospitalStay,
    MedicineEntry,
    hospital_stay,
    medicine_entry,
    prior_biologic,
)
from sle_desk.domain.protocol import Protocol
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import values_in
from sle_desk.services.words_in_use import names_on

HOSPITAL_STAY = "hospital_stay"


def medicines(
    session: Session, protocol: Protocol, subject_id: int, today: date
) -> tuple[MedicineEntry, ...]:
    """Return the entries of medicines and of biologics before the trial that stand, as they are on a day.

    They come in the order in which they were entered.
    """
    names = names_on(session, protocol, today)
    found = [
        read(row_id, values, names, today)
        for form, read in ((MEDICATION, medicine_entry), (PRIOR_BIOLOGIC, prior_biologic))
        for row_id, values in _entries(session, protocol, subject_id, form, today).items()
    ]
    return tuple(sorted(found, key=lambda each: each.record_id))


def stays(session: Session, protocol: Protocol, subject_id: int, today: date) -> tuple[HospitalStay, ...]:
    """Return the stays in hospital that stand, in the order they were entered, as they are on a day."""
    found = _entries(session, protocol, subject_id, HOSPITAL_STAY, today)
    return tuple(
        hospital_stay(row_id, values, protocol.dictionary, today) for row_id, values in found.items()
    )


def _entries(
    session: Session, protocol: Protocol, subject_id: int, code: str, today: date
) -> Mapping[int, Mapping[str, Value]]:
    form = next((each for each in protocol.forms if each.code == code), None)
    if form is None:
        return {}
    ids = session.scalars(
        select(FormRecord.id)
        .where(
            FormRecord.subject_id == subject_id,
            FormRecord.form == code,
            FormRecord.state == "current",
            FormRecord.on_day <= today,
        )
        .order_by(FormRecord.id)
    ).all()
    answers = session.scalars(select(Answer).where(Answer.form_record_id.in_(ids))).all()
    by_record: dict[int, list[Answer]] = {row_id: [] for row_id in ids}
    for answer in answers:
        by_record[answer.form_record_id].append(answer)
    return {row_id: asked_values(form, values_in(rows)) for row_id, rows in by_record.items()}
