"""Doses and visits recorded after a stop, an exit, a withdrawal or a death: compared again with each end."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import DEATH, EVENT
from sle_desk.domain.visit_rules import EARLY_TERMINATION, VISIT_AFTER, visit_after_end
from sle_desk.models.visit import Visit
from sle_desk.services.consent_order import renew_after_exit, renew_consent_findings, renew_reconsent
from sle_desk.services.courses import Course, course
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.kit_findings import renew_kits
from sle_desk.services.medication_findings import renew_medication_findings
from sle_desk.services.visit_windows import settle_by_end
from sle_desk.services.withdrawals import VISITS, WITHDRAWAL, spells_of

# The forms that can end doses or visits.
ENDINGS = frozenset({DEATH, EVENT, WITHDRAWAL})


def visit_shows(
    found: Course, protocol: Protocol, code: str, on_day: date | None
) -> tuple[ProposedDeviation, ...]:
    """Return what a visit of a day shows beside the death, the withdrawal of visits and the leaving.

    Who failed screening has left, too.
    """
    if on_day is None:
        return ()
    # Leaving early itself asks for its visit: it comes after the end by the protocol.
    of_leaving = found.exited_on is not None and EARLY_TERMINATION in protocol.visit(code).tags
    left = None if of_leaving else found.gone_on
    said = found.death.written if found.death is not None else ""
    return tuple(visit_after_end(on_day, found.died_on, found.withdrawn_by(VISITS, on_day), left, said))


def require_visit_reason(change: Change, subject_id: int, code: str, on_day: date, reason: str) -> None:
    """Refuse a visit after the end until somebody said why; RuleBroken `visit.reason_needed`."""
    found = course(change.session, subject_id)
    shows = visit_shows(found, change.protocol, code, on_day) if found is not None else ()
    if shows and not reason:
        raise RuleBroken("visit.reason_needed", first=shows[0].code, finding=shows[0])


def settle_visit(change: Change, visit: Visit) -> None:
    """Propose about one visit that it lies after the end, or take that back."""
    found = course(change.session, visit.subject_id)
    if found is not None:
        _settle_visit(change, found, visit)
        # Who comes to a visit could have signed the newer version there.
        renew_reconsent(change, visit.subject_id)


def _settle_visit(change: Change, found: Course, visit: Visit) -> None:
    if visit.on_day is not None:
        about = ("visit", visit.id)
        shows = visit_shows(found, change.protocol, visit.code, visit.on_day)
        renew_proposals(change, visit.subject_id, about, visit.on_day, tuple(VISIT_AFTER), shows)


def renew_after_consent(change: Change, subject_id: int) -> None:
    """Compare again what rests on the consents of a subject: one signed again ends what was withdrawn."""
    renew_consent_findings(change, subject_id)
    renew_kits(change, subject_id)
    if spells_of(change.session, subject_id):
        renew_after_end(change, subject_id)


def renew_after_end(change: Change, subject_id: int) -> None:
    """Compare the doses, the visits and what was done at them with the ends of a subject as they stand now.

    Whoever records, corrects or voids a step out, a withdrawal, a death or an event calls it in the change
    in hand. What was recorded stays; only proposals come and go. Of doses all is compared: an end takes what
    was planned after it out of the plan that they stand beside.
    """
    change.session.flush()
    found = course(change.session, subject_id)
    if found is None:
        return
    judge_doses_again(change, subject_id)
    visits = select(Visit).where(Visit.subject_id == subject_id, Visit.state == "current")
    for visit in change.session.scalars(visits.order_by(Visit.id)).all():
        _settle_visit(change, found, visit)
    renew_kits(change, subject_id)
    settle_by_end(change, found)
    renew_after_exit(change, subject_id)
    renew_reconsent(change, subject_id)
    renew_medication_findings(change, subject_id)
