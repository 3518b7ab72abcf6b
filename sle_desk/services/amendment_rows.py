"""Amendments of the protocol package as they are shown: what was carried here and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.amendments import APPROVED, WITHDRAWN
from sle_desk.domain.protocol import Protocol
from sle_desk.models.audit import Signature
from sle_desk.models.people import User
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.services import package
from sle_desk.services.signatures import Ink, ink_of

TABLE = "protocol_amendment"


@dataclass(frozen=True)
class Withdrawal:
    """That an approved amendment was taken back before its day: why, when, and by whose signature."""

    reason: str
    signed_at: datetime
    signed_by: str
    ink: Ink | None


@dataclass(frozen=True)
class AmendmentRow:
    """An amendment as it is shown: what was carried here, by whom, and how it stands.

    What was signed when it was approved stays, also where it is withdrawn.
    """

    id: int
    version: int
    package_version: str
    base_version: str
    state: str
    file_name: str
    file_sha256: str
    package_sha256: str
    imported_at: datetime
    imported_by: str
    document: str
    approval_number: str
    approved_on: date | None
    effective_from: date | None
    reason: str
    decided_at: datetime | None
    decided_by: str
    ink: Ink | None = None
    withdrawal: Withdrawal | None = None


def amendments_in(session: Session) -> tuple[AmendmentRow, ...]:
    """Return every amendment that was imported, the newest first."""
    names, signed = names_in(session), signatures_on(session)
    rows = session.scalars(select(ProtocolAmendment).order_by(ProtocolAmendment.id.desc()))
    return tuple(row_of(row, names, signed.get(row.id, ())) for row in rows)


def signatures_on(session: Session) -> dict[int, tuple[Signature, ...]]:
    """Return the signatures of every amendment by its number: of its approval, then of its withdrawal."""
    found: dict[int, tuple[Signature, ...]] = {}
    asked = select(Signature).where(Signature.about_table == TABLE).order_by(Signature.id)
    for each in session.scalars(asked):
        found[each.about_id] = (*found.get(each.about_id, ()), each)
    return found


def base_of(session: Session, row: ProtocolAmendment) -> Protocol:
    """Return the version that an amendment was compared with, which may be withdrawn since."""
    before = amendment_before(session, row)
    return package.amended_by(session, before) if before else package.first_protocol(session)


def amendment_before(session: Session, row: ProtocolAmendment) -> ProtocolAmendment | None:
    """Return the amendment that another one follows; none where it follows what the study was made with."""
    # A version may come again once the one before it was withdrawn: the last that was approved by then.
    return session.scalar(
        select(ProtocolAmendment)
        .where(
            ProtocolAmendment.id < row.id,
            ProtocolAmendment.package_version == row.base_version,
            ProtocolAmendment.state.in_((APPROVED, WITHDRAWN)),
        )
        .order_by(ProtocolAmendment.id.desc())
        .limit(1)
    )


def names_in(session: Session) -> dict[int, str]:
    """Return the name of every account by its number."""
    return {user.id: user.name for user in session.scalars(select(User))}


def row_of(row: ProtocolAmendment, names: dict[int, str], signed: tuple[Signature, ...]) -> AmendmentRow:
    """Return an amendment as it is shown, with the signatures on it."""
    withdrawn = [
        Withdrawal(each.void_reason, later.signed_at, names[later.user_id], ink_of(later))
        for each, later in pairwise(signed)
    ]
    return AmendmentRow(
        id=row.id,
        version=row.version,
        package_version=row.package_version,
        base_version=row.base_version,
        state=row.state,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        package_sha256=row.package_sha256,
        imported_at=row.imported_at,
        imported_by=names[row.imported_by],
        document=row.document,
        approval_number=row.approval_number,
        approved_on=row.approved_on,
        effective_from=row.effective_from,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=names[row.decided_by] if row.decided_by is not None else "",
        ink=ink_of(signed[0]) if signed else None,
        withdrawal=withdrawn[0] if withdrawn else None,
    )
