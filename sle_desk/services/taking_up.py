"""Which withdrawn scopes a consent takes up again: asked for each of them, and never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.consent_rules import TAKES_UP
from sle_desk.domain.reconsent import NO, YES
from sle_desk.models.subject import Consent
from sle_desk.services.desk import Desk
from sle_desk.services.withdrawals import (
    SCOPES,
    last_withdrawn,
    spells_of,
    standing,
    taken_up,
    withdrawn_before,
)


def scopes_asked(desk: Desk, subject_id: int, consent_id: int | None = None) -> dict[str, date | None]:
    """Return the scopes to ask about, with the day of each withdrawal: all that are withdrawn now.

    Of a saved consent those that it came after, and those that were answered with it: such a withdrawal
    may be void by now, and has no day.
    """
    with desk.view() as session:
        if consent_id is None:
            found = standing(spells_of(session, subject_id))
            return {scope: found[scope] for scope in SCOPES if scope in found}
        row = session.get_one(Consent, consent_id)
        told = withdrawn_before(session, subject_id, row.signed_on, row.signed_time, row.id)
        answered, days = taken_up(row) or {}, {**told.stands, **told.before}
        return {scope: days.get(scope) for scope in SCOPES if scope in answered or scope in told.before}


def scopes_offered(desk: Desk, subject_id: int) -> dict[str, date]:
    """Return the scopes that can be answered beside those that are asked, with the day of a withdrawal.

    Only the day that is typed tells whether a consent came after it: one recorded late, or of another day
    than was thought, may have taken up what a later one took up too.
    """
    with desk.view() as session:
        return last_withdrawn(session, subject_id)


def take_up(
    session: Session, consent: Consent, said: Mapping[str, str], kept: Mapping[str, str] | None = None
) -> None:
    """Put into a consent what was said of each withdrawn scope, once its day and time are in it.

    RuleBroken where one was not answered, or is taken up by a consent that is not known to be later. A
    consent of the time before it was asked stays as it is until it is answered. `kept` was answered at the
    same day and time before: a withdrawal that was moved since does not make the answer another one.
    """
    if consent.id is not None and not said and taken_up(consent) is None:
        return
    told = withdrawn_before(session, consent.subject_id, consent.signed_on, consent.signed_time, consent.id)
    for scope, day in told.stands.items():
        # Withdrawn again after it was taken up: the answer is about the time before.
        if said.get(scope) == YES and scope not in told.before and (kept or {}).get(scope) != YES:
            raise RuleBroken("consent.taken_up_before", scope=TAKES_UP[scope], day=day)
    for scope, day in told.before.items():
        if said.get(scope) not in (YES, NO):
            raise RuleBroken("consent.taken_up_unsaid", scope=TAKES_UP[scope], day=day)
    for scope in SCOPES:
        setattr(consent, f"takes_up_{scope}", said.get(scope, ""))
