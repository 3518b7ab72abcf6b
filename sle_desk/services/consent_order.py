"""Consent before any procedure: what the order of a subject's consents, forms and samples shows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sle_desk.domain.dosing import MAJOR, ProposedDeviation
from sle_desk.models.lab import Sample
from sle_desk.models.subject import Consent, ConsentVersion
from sle_desk.models.visit import FormRecord
from sle_desk.services.desk import Change
from sle_desk.services.deviations import propose_about, renew_proposals

AFTER_PROCEDURE = "consent.after_procedure"


def propose_before_consent(change: Change, record: FormRecord) -> None:
    """Propose a deviation about a form that was filled before any consent; an entry is no procedure."""
    found = _form_shows(change.session, record)
    propose_about(change, record.subject_id, ("form_record", record.id), record.on_day, found)


def renew_consent_findings(change: Change, subject_id: int) -> None:
    """Compare a subject's forms and consents again: what no longer holds goes void, what is new is proposed.

    Whoever records or voids a consent, a form or a sample calls it inside the change in hand.
    """
    session = change.session
    session.flush()
    forms = session.scalars(
        select(FormRecord).where(FormRecord.subject_id == subject_id, FormRecord.state == "current")
    ).all()
    for record in forms:
        about = ("form_record", record.id)
        renew_proposals(change, subject_id, about, record.on_day, _form_shows(session, record))
    consents = session.scalars(
        select(Consent).where(Consent.subject_id == subject_id, Consent.state == "current")
    ).all()
    for consent in consents:
        about = ("consent", consent.id)
        renew_proposals(change, subject_id, about, consent.signed_on, _consent_shows(session, consent))


def _form_shows(session: Session, record: FormRecord) -> list[ProposedDeviation]:
    if record.visit_id is None:
        return []
    signed = session.scalar(
        select(func.min(Consent.signed_on)).where(
            Consent.subject_id == record.subject_id, Consent.state == "current"
        )
    )
    if signed is not None and signed <= record.on_day:
        return []
    return [ProposedDeviation(AFTER_PROCEDURE, MAJOR, {"procedure": record.on_day.isoformat()})]


def _consent_shows(session: Session, consent: Consent) -> list[ProposedDeviation]:
    found = []
    version = session.scalar(select(ConsentVersion).where(ConsentVersion.code == consent.consent_version))
    named = {"version": consent.consent_version}
    if version is None:
        found.append(ProposedDeviation("consent.unknown_version", MAJOR, named))
    elif consent.signed_on < version.approved_on:
        found.append(ProposedDeviation("consent.version_not_approved", MAJOR, named))
    elif version.valid_until is not None and consent.signed_on > version.valid_until:
        found.append(ProposedDeviation("consent.version_expired", MAJOR, named))
    first = _first_procedure(session, consent.subject_id)
    if first is not None and first < consent.signed_on:
        found.append(ProposedDeviation(AFTER_PROCEDURE, MAJOR, {"procedure": first.isoformat()}))
    return found


def _first_procedure(session: Session, subject_id: int) -> date | None:
    """Return the day of the first form or sample of a subject that is not entered in error."""
    form_day = session.scalar(
        select(func.min(FormRecord.on_day)).where(
            FormRecord.subject_id == subject_id,
            FormRecord.state == "current",
            FormRecord.visit_id.is_not(None),
        )
    )
    drawn = session.scalar(
        select(func.min(Sample.drawn_at)).where(Sample.subject_id == subject_id, Sample.state == "current")
    )
    days = [day for day in (form_day, drawn.date() if drawn else None) if day is not None]
    return min(days, default=None)
