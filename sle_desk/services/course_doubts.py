"""What is asked about entries of infusions that others contradict: a medicine's days, a time put right."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.domain.checks import Finding
from sle_desk.domain.infusion_course import (
    DOUBTS,
    PREMEDICATION,
    TIME,
    forms_of_infusions,
    not_taken,
    unlikely,
)
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.desk import Change
from sle_desk.services.infusion_course import infusion_of, linked, taken_of
from sle_desk.services.value_queries import settle_doubts


def settle_courses(change: Change, subject_id: int) -> None:
    """Ask about each entry that its infusion or its medicine contradicts by now, once.

    Both happened as far as anybody knows: nothing is refused, and what is contradicted no more is answered.
    """
    session = change.session
    session.flush()
    doses = {dose.id: dose for dose in session.scalars(select(Dose).where(Dose.subject_id == subject_id))}
    found = {
        record.id: tuple(finding.code for finding in _doubts(change, record, doses[dose_id]))
        for record, dose_id in linked(session, doses)
    }
    settle_doubts(change, subject_id, (FormRecord.__tablename__, TIME), DOUBTS, found)


def _doubts(change: Change, record: FormRecord, dose: Dose) -> tuple[Finding, ...]:
    form = forms_of_infusions(change.protocol).get(record.form)
    if form is None:
        return ()
    values, infusion = values_of(change.session, record.id), infusion_of(dose)
    if form.code == PREMEDICATION and record.parent_id is not None:
        return not_taken(values, infusion, taken_of(values_of(change.session, record.parent_id)))
    return unlikely(form, values, infusion)
