"""An approved amendment is withdrawn by the PI before its day: nothing of it ever was in force."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain.amendments import APPROVED, PROPOSED, WITHDRAWN
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Signature
from sle_desk.models.base import Base
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import package
from sle_desk.services.amendments import (
    TABLE,
    WITHDRAW,
    WITHDRAW_TRANSCRIBED,
    signed_content,
    signing_for,
)
from sle_desk.services.desk import Change, Desk
from sle_desk.services.signatures import (
    Ink,
    Signing,
    checked_ink,
    confirm_password,
    sign,
    void_signatures,
)
from sle_desk.services.signers import compare_signer


def withdraw(
    desk: Desk,
    folder: StudyFolder,
    amendment_id: int,
    seen_version: int,
    reason: str,
    signing: Signing,
    ink: Ink | None = None,
) -> None:
    """Withdraw an approved amendment by the PI's signature; refused from its day on.

    What was signed at its approval stays in sight; the newest version is the one before it again.
    """
    action = WITHDRAW if ink is None else WITHDRAW_TRANSCRIBED
    desk.require(action)
    kept = None if ink is None else checked_ink(ink, desk.today())
    check_withdrawal(desk, amendment_id, reason)
    if signing != signing_for(action, signing.language, signing.password):
        raise RuleBroken("signature.statement")
    confirm_password(desk, folder, signing)
    with desk.change(action, reason.strip()) as change:
        row = change.session.get_one(ProtocolAmendment, amendment_id)
        if row.version != seen_version:
            raise Stale("record.changed_meanwhile")
        _require_ahead(change.session, row, change.at.date())
        if kept is not None:
            _check_paper(change, row, kept)
            compare_signer(change, kept, None)
        row.state = WITHDRAWN
        void_signatures(change, TABLE, row.id, reason.strip())
        content = {**signed_content(row), "withdrawn_reason": reason.strip()}
        sign(change, signing, TABLE, row.id, content, kept)
        newest = package.own_protocol(change.session)
    desk.newest_protocol = newest


def check_withdrawal(desk: Desk, amendment_id: int, reason: str) -> None:
    """Refuse a withdrawal without a reason, of what is in force, or of what another version follows."""
    if not check_text(reason).strip():
        raise RuleBroken("amendment.withdrawal_reason")
    with desk.view() as session:
        _require_ahead(session, session.get_one(ProtocolAmendment, amendment_id), desk.today())


def _require_ahead(session: Session, row: ProtocolAmendment, today: date) -> None:
    """Refuse a withdrawal from the day of an amendment on, and while another version follows it."""
    if row.state != APPROVED or row.effective_from is None:
        raise Stale("record.changed_meanwhile")
    if row.effective_from <= today or _was_used(session, row.package_version):
        raise RuleBroken("amendment.in_force", version=row.package_version, day=row.effective_from)
    later = session.scalar(
        select(ProtocolAmendment.package_version)
        .where(ProtocolAmendment.id > row.id, ProtocolAmendment.state.in_((PROPOSED, APPROVED)))
        .order_by(ProtocolAmendment.id.desc())
        .limit(1)
    )
    if later is not None:
        raise RuleBroken("amendment.followed", version=row.package_version, later=later)


def _was_used(session: Session, version: str) -> bool:
    """Tell whether a record was written under a version, on a day that the clock has gone back from."""
    tables = (table for table in Base.metadata.sorted_tables if "protocol_version" in table.c)
    return any(
        session.scalar(select(table.c.id).where(table.c.protocol_version == version).limit(1)) is not None
        for table in tables
    )


def _check_paper(change: Change, row: ProtocolAmendment, ink: Ink) -> None:
    """Refuse a paper older than the approval that it withdraws: that one's own ink, or its day here."""
    signature = change.session.get_one(Signature, row.signature_id)
    approved = signature.source_signed_on or signature.signed_at.date()
    if ink.signed_on < approved:
        raise RuleBroken("amendment.withdrawn_before", signed=ink.signed_on, approved=approved)
