"""The ethics register: approvals are recorded, put right with a coded reason, and told of before they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import ethics as rule
from sle_desk.domain.amendments import APPROVED
from sle_desk.domain.values import check_day, check_text
from sle_desk.models.people import User
from sle_desk.models.protocol import EthicsApproval, ProtocolAmendment
from sle_desk.models.subject import Consent, ConsentVersion
from sle_desk.services.answers import reason_text
from sle_desk.services.approvals import approvals_in
from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.desk import Change, Desk

RECORD, CORRECT = "ethics.record", "ethics.correct"
CURRENT, VOID = "current", "void"


@dataclass(frozen=True)
class NewApproval:
    """An approval as its paper says it."""

    kind: str
    number: str
    committee: str
    approved_on: date
    document: str
    valid_until: date | None = None
    reference: str = ""
    covers_protocol: str = ""
    covers_consents: str = ""


@dataclass(frozen=True)
class ApprovalRow:
    """A line of the register as it is shown: how it stands today, and what points at it."""

    id: int
    version: int
    approval: NewApproval
    state: str
    void_reason: str
    recorded_at: datetime
    recorded_by: str
    # The versions of the consent form that took their approval from here.
    consents: tuple[str, ...] = ()


def record_approval(desk: Desk, new: NewApproval) -> int:
    """Record an approval of the ethics committee; the same number is recorded once."""
    kept = _checked(new, desk.today())
    with desk.change(RECORD) as change:
        _refuse_twice(change.session, kept)
        row = EthicsApproval(recorded_at=change.at, recorded_by=change.actor.user_id)
        _put(row, kept)
        change.add(row)
        _renew(change, row)
        return row.id


def correct_approval(
    desk: Desk, approval_id: int, seen_version: int, right: NewApproval, reason: str, note: str = ""
) -> None:
    """Put a line right with a coded reason; the consent versions that point at it follow.

    A signed decision or amendment that points at it keeps what was signed.
    """
    said, kept = reason_text(reason, note), _checked(right, desk.today())
    with desk.change(CORRECT, said) as change:
        row = _as_seen(change, approval_id, seen_version)
        _refuse_twice(change.session, kept, itself=row.id)
        _put(row, kept)
        if not change.session.is_modified(row):
            raise RuleBroken("correction.same")
        for version in _pointing(change.session, row.id):
            _refuse_after_use(version, kept)
            version.approval_number, version.approved_on = kept.number, kept.approved_on
        for amendment in _resting(change.session, row.id):
            began = amendment.effective_from
            if began is not None and kept.approved_on > began:
                days = {"approved": kept.approved_on.isoformat(), "began": began.isoformat()}
                raise RuleBroken("ethics.after_amendment", version=amendment.package_version, **days)
        _renew(change, row)


def void_approval(desk: Desk, approval_id: int, seen_version: int, reason: str, note: str = "") -> None:
    """Mark a line as entered in error: it covers nothing and stays in sight.

    RuleBroken `ethics.still_pointed_at` while a version of the consent form takes its approval from it, and
    `ethics.amendment_rests` while an approved amendment does.
    """
    said = reason_text(reason, note)
    with desk.change(CORRECT, said) as change:
        row = _as_seen(change, approval_id, seen_version)
        pointing = [version.code for version in _pointing(change.session, row.id)]
        if pointing:
            raise RuleBroken("ethics.still_pointed_at", versions=", ".join(pointing))
        resting = [each.package_version for each in _resting(change.session, row.id)]
        if resting:
            raise RuleBroken("ethics.amendment_rests", versions=", ".join(resting))
        row.state, row.void_reason = VOID, said
        _renew(change, row)


def approvals(desk: Desk) -> tuple[ApprovalRow, ...]:
    """Return the register, the newest approval first, those in error too."""
    today = desk.today()
    with desk.view() as session:
        rows = session.execute(
            select(EthicsApproval, User.name)
            .join(User, User.id == EthicsApproval.recorded_by)
            .order_by(EthicsApproval.approved_on.desc(), EthicsApproval.id.desc())
        ).all()
        standing = approvals_in(session)
        pointing: dict[int, list[str]] = {}
        for version in session.scalars(select(ConsentVersion).order_by(ConsentVersion.version_day)):
            if version.approval_id is not None:
                pointing.setdefault(version.approval_id, []).append(version.code)
        return tuple(
            _row(row, name, _state(row, standing, today), tuple(pointing.get(row.id, ())))
            for row, name in rows
        )


def numbers_offered(desk: Desk) -> dict[str, date]:
    """Return the numbers that stand in the register, the newest first, each with the day it was approved."""
    found: dict[str, date] = {}
    for row in approvals(desk):
        if row.state != VOID:
            found.setdefault(row.approval.number, row.approval.approved_on)
    return found


def _checked(new: NewApproval, today: date) -> NewApproval:
    if new.kind not in {choice.code for choice in rule.KINDS}:
        raise RuleBroken("ethics.kind")
    texts = (new.number, new.committee, new.document, new.reference, new.covers_protocol, new.covers_consents)
    number, committee, document, reference, protocol, consents = (check_text(text.strip()) for text in texts)
    if not number or not committee or not document:
        raise RuleBroken("ethics.blank")
    check_day(new.approved_on)
    if new.approved_on > today:
        raise RuleBroken("day.future", typed=new.approved_on.isoformat(), today=today.isoformat())
    if new.valid_until is not None and new.valid_until < new.approved_on:
        days = {"until": new.valid_until.isoformat(), "approved": new.approved_on.isoformat()}
        raise RuleBroken("ethics.ends_before", **days)
    return NewApproval(
        new.kind, number, committee, new.approved_on, document, new.valid_until, reference, protocol, consents
    )


def _put(row: EthicsApproval, new: NewApproval) -> None:
    row.kind, row.approval_number, row.committee = new.kind, new.number, new.committee
    row.approved_on, row.valid_until = new.approved_on, new.valid_until
    row.document, row.reference = new.document, new.reference
    row.covers_protocol, row.covers_consents = new.covers_protocol, new.covers_consents


def _refuse_twice(session: Session, new: NewApproval, itself: int | None = None) -> None:
    """Refuse the same approval twice: one number may stand for several things, each recorded once."""
    same = session.scalars(
        select(EthicsApproval).where(
            EthicsApproval.approval_number == new.number,
            EthicsApproval.kind == new.kind,
            EthicsApproval.state == CURRENT,
        )
    )
    if any(row.id != itself and row.approved_on == new.approved_on for row in same):
        raise RuleBroken("ethics.twice", number=new.number, day=new.approved_on.isoformat())


def _refuse_after_use(version: ConsentVersion, right: NewApproval) -> None:
    """Refuse a day that a version pointing here cannot have been approved on: it is put right first."""
    first = version.used_from or date.max
    if right.approved_on < version.version_day or right.approved_on > first:
        facts = {"version": version.code, "approved": right.approved_on.isoformat()}
        raise RuleBroken("ethics.not_of_version", **facts)


def _pointing(session: Session, approval_id: int) -> list[ConsentVersion]:
    return list(session.scalars(select(ConsentVersion).where(ConsentVersion.approval_id == approval_id)))


def _resting(session: Session, approval_id: int) -> list[ProtocolAmendment]:
    """Return the amendments that the PI approved on the ground of a line."""
    asked = select(ProtocolAmendment).where(
        ProtocolAmendment.approval_id == approval_id, ProtocolAmendment.state == APPROVED
    )
    return list(session.scalars(asked))


def _as_seen(change: Change, approval_id: int, seen_version: int) -> EthicsApproval:
    row = change.session.get_one(EthicsApproval, approval_id)
    if row.version != seen_version or row.state == VOID:
        raise Stale("record.changed_meanwhile")
    return row


def _renew(change: Change, row: EthicsApproval) -> None:
    """Compare consents again where an end was recorded or moved: on which day they were signed counts."""
    change.session.flush()
    codes = select(ConsentVersion.code).where(ConsentVersion.approval_id.is_not(None))
    concerned = select(Consent.subject_id).where(
        Consent.consent_version.in_(codes), Consent.state == "current"
    )
    subjects: Iterable[int] = change.session.scalars(concerned.distinct()).all()
    for subject_id in sorted(subjects):
        renew_consent_findings(change, subject_id)


def _state(row: EthicsApproval, standing: Iterable[rule.Approval], today: date) -> str:
    if row.state == VOID:
        return rule.VOID
    own = rule.Approval(row.id, row.kind, row.approved_on, row.valid_until)
    return rule.state_of(own, standing, today)


def _row(row: EthicsApproval, name: str, state: str, consents: tuple[str, ...]) -> ApprovalRow:
    approval = NewApproval(
        row.kind,
        row.approval_number,
        row.committee,
        row.approved_on,
        row.document,
        row.valid_until,
        row.reference,
        row.covers_protocol,
        row.covers_consents,
    )
    return ApprovalRow(row.id, row.version, approval, state, row.void_reason, row.recorded_at, name, consents)
