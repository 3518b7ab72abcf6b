"""The delegation log: lines that the PI wrote at the desk or on paper, ended, and put right with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.people import Delegation, User
from sle_desk.models.subject import Consent
from sle_desk.services.answers import reason_text
from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.delegated import people_called, settle_delegations
from sle_desk.services.desk import Change, Desk
from sle_desk.services.signatures import Ink, checked_ink, ink_of, put_ink
from sle_desk.services.signers import compare_signer

RECORD, RECORD_TRANSCRIBED = "delegation.record", "delegation.record_transcribed"
CORRECT, CORRECT_TRANSCRIBED = "delegation.correct", "delegation.correct_transcribed"


@dataclass(frozen=True)
class DelegationLine:
    """One line of the delegation log as it is shown; with `ink` it was typed from a paper."""

    id: int
    version: int
    user_id: int
    name: str
    task: str
    from_day: date
    until_day: date | None
    training_day: date | None
    gcp_certificate: str
    reference: str
    ink: Ink | None = None


@dataclass(frozen=True)
class NewDelegation:
    """A task the PI gives to a person, from a day until a day."""

    user_id: int
    task: str
    from_day: date
    until_day: date | None = None
    training_day: date | None = None
    gcp_certificate: str = ""
    reference: str = ""


def record_delegation(desk: Desk, new: NewDelegation, ink: Ink | None = None) -> int:
    """Write one line of the delegation log; with `ink` it is typed from the log that the PI signed."""
    if new.task not in roles.TASKS:
        raise RuleBroken("delegation.task", task=new.task)
    _check_order(new.from_day, new.until_day)
    kept = None if ink is None else checked_ink(ink, desk.today())
    with desk.change(RECORD if kept is None else RECORD_TRANSCRIBED) as change:
        line = Delegation(
            user_id=new.user_id,
            task=new.task,
            from_day=new.from_day,
            until_day=new.until_day,
            delegated_by=_delegated_by(change, kept),
            training_day=new.training_day,
            gcp_certificate=new.gcp_certificate,
            reference=new.reference,
        )
        _from_paper(change, line, kept)
        change.add(line)
        _settle(change, line)
        return line.id


def end_delegation(desk: Desk, line_id: int, until: date, ink: Ink | None = None) -> None:
    """End a line of the delegation log on a day."""
    kept = None if ink is None else checked_ink(ink, desk.today())
    with desk.change(RECORD if kept is None else RECORD_TRANSCRIBED) as change:
        line = change.session.get_one(Delegation, line_id)
        _check_order(line.from_day, until)
        line.until_day = until
        _from_paper(change, line, kept)
        _settle(change, line)


def correct_delegation(
    desk: Desk,
    line_id: int,
    seen_version: int,
    from_day: date,
    reason: str,
    note: str = "",
    ink: Ink | None = None,
) -> None:
    """Put the first day of a line right with a coded reason; what was compared with it is compared again."""
    said = reason_text(reason, note)
    kept = None if ink is None else checked_ink(ink, desk.today())
    with desk.change(CORRECT if kept is None else CORRECT_TRANSCRIBED, said) as change:
        line = change.session.get_one(Delegation, line_id)
        if line.version != seen_version:
            raise Stale("record.changed_meanwhile")
        if line.from_day == from_day:
            raise RuleBroken("correction.same")
        _check_order(from_day, line.until_day)
        line.from_day = from_day
        _from_paper(change, line, kept)
        _settle(change, line)


def delegation_log(desk: Desk) -> tuple[DelegationLine, ...]:
    """Return the delegation log in the order it was written."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        return tuple(
            DelegationLine(
                line.id,
                line.version,
                line.user_id,
                names[line.user_id],
                line.task,
                line.from_day,
                line.until_day,
                line.training_day,
                line.gcp_certificate,
                line.reference,
                ink_of(line),
            )
            for line in session.scalars(select(Delegation).order_by(Delegation.id))
        )


def _check_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise RuleBroken("delegation.order", start=first.isoformat(), stop=last.isoformat())


def _delegated_by(change: Change, ink: Ink | None) -> int:
    """Return the account of the PI whose ink it is; who types it where there is none of that name."""
    people = people_called(change.session, ink.signer) if ink is not None else []
    return people[0].id if people else change.actor.user_id


def _from_paper(change: Change, line: Delegation, ink: Ink | None) -> None:
    """Keep the ink of the last word on a line, and propose a deviation where it is not the PI's."""
    put_ink(line, ink)
    if ink is not None:
        compare_signer(change, ink, None)


def _settle(change: Change, line: Delegation) -> None:
    """Compare what was compared with the log again, as it stands now."""
    settle_delegations(change)
    if line.task != roles.CONSENT:
        return
    concerned = select(Consent.subject_id).where(Consent.state == "current").distinct()
    for subject_id in change.session.scalars(concerned.order_by(Consent.subject_id)).all():
        renew_consent_findings(change, subject_id)
