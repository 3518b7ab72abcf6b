"""A consent recorded as it stands on the paper, and everything that rested on the day of the first one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.consent_rules import was_after_consent
from sle_desk.domain.dose_matching import GIVEN
from sle_desk.domain.values import check_text
from sle_desk.models.subject import Consent
from sle_desk.models.treatment import Dose
from sle_desk.services.after_end import renew_after_consent
from sle_desk.services.consent_order import Signed, first_procedure_before, first_signed
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.standing import require_born, require_past
from sle_desk.services.subjects import NewConsent
from sle_desk.services.taking_up import take_up

# Why a screen failure may go void: the consent was not known when it was signed.
RECORDED_LATER = "late"


def record_consent(desk: Desk, new: NewConsent, reason: str = "") -> int:
    """Record a signed consent; one that came late or on a wrong version proposes a deviation.

    Where something was done for the study before it, it takes a reason: RuleBroken `consent.reason_needed`
    names the day. For each scope withdrawn before it says whether it is taken up again. Doses and the signed
    eligibility rest on the first consent that stands: where this is it, they are compared with it again.
    """
    if new.signed_on > desk.today():
        raise RuleBroken("day.future", typed=new.signed_on.isoformat(), today=desk.today().isoformat())
    require_past(desk.now(), new.signed_on, new.signed_time)
    with desk.change("consent.record", reason, subject_id=new.subject_id) as change:
        require_born(change.session, new.subject_id, new.signed_on)
        if not reason.strip():
            _require_nothing_before(change.session, new)
        consent = Consent(
            **change.record_facts(new.subject_id, new.signed_on),
            consent_version=new.consent_version,
            signed_on=new.signed_on,
            signed_time=new.signed_time,
            explained_by=check_text(new.explained_by.strip()),
            copy_given=new.copy_given,
        )
        take_up(change.session, consent, new.takes_up)
        change.add(consent)
        judge_doses_again(change, new.subject_id)
        if void_if_changed(change, new.subject_id):
            change.give_reason(RECORDED_LATER)
        renew_after_consent(change, new.subject_id)
        return consent.id


def _require_nothing_before(session: Session, new: NewConsent) -> None:
    """Refuse a first consent after something was done for the study, until somebody said why."""
    known = first_signed(session, new.subject_id)
    if known is not None and known <= Signed(new.signed_on, new.signed_time):
        return
    done = first_procedure_before(session, new.subject_id, new.signed_on, new.signed_time)
    given = _first_dose_before(session, new)
    first = min((day for day in (done, given) if day is not None), default=None)
    if first is not None:
        raise RuleBroken("consent.reason_needed", day=first)


def _first_dose_before(session: Session, new: NewConsent) -> date | None:
    doses = session.execute(
        select(Dose.on_day, Dose.started_at).where(
            Dose.subject_id == new.subject_id, Dose.state == "current", Dose.progress == GIVEN
        )
    )
    before = (
        day
        for day, at in doses
        if was_after_consent(day, f"{at:%H:%M}" if at else "", "", new.signed_on, new.signed_time) is False
    )
    return min(before, default=None)
