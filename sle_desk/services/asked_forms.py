"""A form as it is asked of a subject: about a drug only of who has it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.models.allocation import Allocation
from sle_desk.models.visit import FormRecord
from sle_desk.services.desk import Desk


def asked_form(
    session: Session, protocol: Protocol, subject_id: int, code: str, recorded_at: datetime | None = None
) -> Form:
    """Return a form as it is asked of a subject: without what is asked of drugs that its arm has not.

    Of what was recorded before the allocation no drug is asked: nobody could have taken one.
    """
    known = session.execute(
        select(Allocation.arm, Allocation.allocated_at).where(Allocation.subject_id == subject_id)
    ).one_or_none()
    before = known is None or (recorded_at is not None and recorded_at < known.allocated_at)
    return protocol.form(code).asked_of(() if known is None or before else protocol.arm(known.arm).drugs)


def asked_of(session: Session, protocol: Protocol, record: FormRecord) -> Form:
    """Return the form of a record as it is asked of its subject."""
    return asked_form(session, protocol, record.subject_id, record.form, record.recorded_at)


def form_of(desk: Desk, subject_id: int, code: str, record_id: int | None = None) -> Form:
    """Return a form as it is asked of a subject now, or as a saved record of it is."""
    with desk.view() as session:
        if record_id is not None:
            return asked_of(session, desk.protocol, session.get_one(FormRecord, record_id))
        return asked_form(session, desk.protocol, subject_id, code)
