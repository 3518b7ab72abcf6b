"""Signing: the statement that was shown, the password, and the hash of what it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain.sealing import content_hash
from sle_desk.domain.values import check_text
from sle_desk.models.audit import Signature
from sle_desk.models.people import User
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services.desk import Change, Desk
from sle_desk.services.people import require_password
from sle_desk.services.redacted import TakenOut, taken_out_since

# A name, or where a paper is filed: both stand in a line of a paper.
LONGEST_INK = 120


@dataclass(frozen=True)
class Signing:
    """What a person signs: meaning, the statement as it was shown and its language, and the password."""

    meaning: str
    statement: str
    language: str
    password: str


@dataclass(frozen=True)
class Ink:
    """A signature that stands on paper: whose, on which day, and where the paper is filed."""

    signer: str
    signed_on: date
    reference: str


class Inked(Protocol):
    """A row that may have been typed from a paper signed in ink."""

    source_signer: Any
    source_signed_on: Any
    source_reference: Any


def ink_of(row: Inked) -> Ink | None:
    """Return the ink a row was typed from, or None where it was made at the desk."""
    if not row.source_signer or row.source_signed_on is None:
        return None
    return Ink(row.source_signer, row.source_signed_on, row.source_reference)


def put_ink(row: Inked, ink: Ink | None) -> None:
    """Keep in a row which ink it was typed from, or that it was made at the desk."""
    row.source_signer = ink.signer if ink is not None else ""
    row.source_signed_on = ink.signed_on if ink is not None else None
    row.source_reference = ink.reference if ink is not None else ""


@dataclass(frozen=True)
class SignatureRow:
    """A signature as it is shown: printed name, time, meaning."""

    id: int
    meaning: str
    statement: str
    name: str
    role: str
    signed_at: datetime
    transcribed: bool
    source_signer: str
    source_signed_on: date | None
    source_reference: str
    valid: bool
    void_reason: str
    content_hash: str
    # Where a text was taken out of it after it was signed.
    taken_out: tuple[TakenOut, ...] = ()


def checked_ink(ink: Ink, today: date) -> Ink:
    """Return what is written of a signature on paper, trimmed; `ink.incomplete` or `day.future`."""
    if not check_text(ink.signer).strip() or not check_text(ink.reference).strip():
        raise RuleBroken("ink.incomplete")
    for text in (ink.signer, ink.reference):
        if len(text.strip()) > LONGEST_INK:
            raise RuleBroken("text.too_long", found=len(text.strip()), allowed=LONGEST_INK)
    if ink.signed_on > today:
        raise RuleBroken("day.future", typed=ink.signed_on.isoformat(), today=today.isoformat())
    return Ink(ink.signer.strip(), ink.signed_on, ink.reference.strip())


def confirm_password(desk: Desk, folder: StudyFolder, signing: Signing) -> None:
    """Refuse a signature whose password is not the signer's; the refusal is audited."""
    require_password(desk, folder, signing.password, NotAllowed("signature.password"), "signature")


def sign(
    change: Change, signing: Signing, table: str, row_id: int, content: object, ink: Ink | None = None
) -> Signature:
    """Add the signature to a change in hand; content is what the signer was shown, in canonical form."""
    signature = Signature(
        meaning=signing.meaning,
        statement=signing.statement,
        statement_language=signing.language,
        about_table=table,
        about_id=row_id,
        content_hash=content_hash(content),
        user_id=change.actor.user_id,
        role=change.actor.role,
        signed_at=change.at,
        transcribed=ink is not None,
    )
    put_ink(signature, ink)
    change.add(signature)
    return signature


def void_signatures(change: Change, table: str, row_id: int, reason: str) -> int:
    """Void the valid signatures of a record that changed; return how many."""
    rows = change.session.scalars(
        select(Signature).where(
            Signature.about_table == table, Signature.about_id == row_id, Signature.state == "valid"
        )
    ).all()
    for row in rows:
        row.state, row.void_reason = "void", reason
    return len(rows)


def signatures_of(desk: Desk, table: str, row_id: int) -> tuple[SignatureRow, ...]:
    """Return the signatures of a record, oldest first, void ones too."""
    with desk.view() as session:
        names = {user.id: user.name for user in session.scalars(select(User))}
        rows = session.scalars(
            select(Signature)
            .where(Signature.about_table == table, Signature.about_id == row_id)
            .order_by(Signature.id)
        ).all()
        return tuple(
            SignatureRow(
                id=row.id,
                meaning=row.meaning,
                statement=row.statement,
                name=names[row.user_id],
                role=row.role,
                signed_at=row.signed_at,
                transcribed=bool(row.transcribed),
                source_signer=row.source_signer,
                source_signed_on=row.source_signed_on,
                source_reference=row.source_reference,
                valid=row.state == "valid",
                void_reason=row.void_reason,
                content_hash=row.content_hash,
                taken_out=taken_out_since(session, row),
            )
            for row in rows
        )
