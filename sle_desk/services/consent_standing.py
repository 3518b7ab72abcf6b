"""Whether the consent that stands and the approval of the protocol bear an allocation on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import ethics
from sle_desk.domain.evidence_from_forms import NO_CONSENT
from sle_desk.domain.evidence_values import Missing, Place, facts_of
from sle_desk.domain.reconsent import REASONS
from sle_desk.models.protocol import EthicsApproval
from sle_desk.models.subject import Consent
from sle_desk.services.approvals import approvals_in
from sle_desk.services.baseline import Seen
from sle_desk.services.consent_order import version_shows
from sle_desk.services.courses import course
from sle_desk.services.reconsents import not_signed_by


def signed_version(session: Session, subject_id: int, on_day: date) -> Seen:
    """Return whether the newest consent is of a version in force when it was signed, and none newer lacks."""
    newest = session.scalar(
        select(Consent)
        .where(Consent.subject_id == subject_id, Consent.state == "current", Consent.signed_on <= on_day)
        .order_by(Consent.signed_on.desc(), Consent.signed_time.desc(), Consent.id.desc())
        .limit(1)
    )
    if newest is None:
        return Seen(missing=(NO_CONSENT,))
    told = facts_of(version=newest.consent_version, day=newest.signed_on)
    missing = _not_signed(session, subject_id, on_day)
    if version_shows(session, newest):
        missing.insert(0, Missing("precondition.consent_not_in_force", Place("consent"), told))
    return Seen("precondition.consent_version_of", told, tuple(missing))


def _not_signed(session: Session, subject_id: int, on_day: date) -> list[Missing]:
    """Return that a newer version was refused or not signed for another reason, or is overdue."""
    found = course(session, subject_id)
    lacking = not_signed_by(session, found, on_day) if found is not None else None
    if lacking is None:
        return []
    version, reason = lacking
    if reason:
        label = next((each.label for each in REASONS if each.code == reason), reason)
        facts = facts_of(version=version.code, reason=label)
        return [Missing("precondition.reconsent_refused", Place("consent"), facts)]
    if version.by is None or on_day <= version.by:
        return []
    facts = facts_of(version=version.code, by=version.by)
    return [Missing("precondition.reconsent_overdue", Place("consent"), facts)]


def protocol_approval(session: Session, on_day: date) -> Seen:
    """Return whether an approval of the protocol had ended; where none has an end, nothing stops by it."""
    ended = ethics.protocol_ended(approvals_in(session), on_day)
    if ended is None:
        return Seen("precondition.approval_not_ended")
    number = session.get_one(EthicsApproval, ended.id).approval_number
    facts = facts_of(number=number, until=ended.valid_until)
    return Seen(missing=(Missing("precondition.approval_over", Place("ethics"), facts),))
