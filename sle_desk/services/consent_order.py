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
from sle_desk.services.withdrawals import no_samples_since

AFTER_PROCEDURE = "consent.after_procedure"
SAMPLES_WITHDRAWN = "consent.samples_withdrawn"


def propose_before_consent(change: Change, record: FormRecord) -> None:
    """Propose a deviation about a form that was filled before any consent; an entry is no procedure."""
    found = _form_shows(change.session, record)
    propose_about(change, record.subject_id, ("form_record", record.id), record.on_day, found)


def propose_about_sample(change: Change, sample: Sample) -> None:
    """Propose a deviation about a sample that was drawn before any consent, or after it was withdrawn."""
    found = _sample_shows(change.session, sample)
    propose_about(change, sample.subject_id, ("sample", sample.id), sample.drawn_at.date(), found)


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
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current")
    ).all()
    for sample in samples:
        day = sample.drawn_at.date()
        renew_proposals(change, subject_id, ("sample", sample.id), day, _sample_shows(session, sample))
    consents = session.scalars(
        select(Consent).where(Consent.subject_id == subject_id, Consent.state == "current")
    ).all()
    for consent in consents:
        about = ("consent", consent.id)
        renew_proposals(change, subject_id, about, consent.signed_on, _consent_shows(session, consent))


def _form_shows(session: Session, record: FormRecord) -> list[ProposedDeviation]:
    return [] if record.visit_id is None else _before_consent(session, record.subject_id, record.on_day)


def _before_consent(session: Session, subject_id: int, day: date) -> list[ProposedDeviation]:
    signed = session.scalar(
        select(func.min(Consent.signed_on)).where(
            Consent.subject_id == subject_id, Consent.state == "current"
        )
    )
    if signed is not None and signed <= day:
        return []
    return [ProposedDeviation(AFTER_PROCEDURE, MAJOR, {"procedure": day.isoformat()})]


def _sample_shows(session: Session, sample: Sample) -> list[ProposedDeviation]:
    day = sample.drawn_at.date()
    found = _before_consent(session, sample.subject_id, day)
    since = no_samples_since(session, sample.subject_id)
    if since is not None and day >= since:
        facts = {"drawn": day.isoformat(), "since": since.isoformat()}
        found.append(ProposedDeviation(SAMPLES_WITHDRAWN, MAJOR, facts))
    return found


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
