"""Waivers that stand: the PI's signed deviations for subjects who are not eligible, and what they allow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Readings
from sle_desk.domain.protocol import Protocol
from sle_desk.models.audit import Signature
from sle_desk.models.eligibility import EligibilityDecision
from sle_desk.models.people import User
from sle_desk.models.safety import Deviation
from sle_desk.services.desk import Change
from sle_desk.services.redacted import TakenOut, taken_out_since
from sle_desk.services.signatures import Ink, ink_of, void_signatures

# A waiver is a deviation and no record of its own: this is its code.
WAIVED = "eligibility.waived"
VOID = "void"
DEVIATION, DECISION = Deviation.__tablename__, EligibilityDecision.__tablename__
# Whether a subject whose criteria were waived may be randomised: the PI's to decide, an earlier package
# does not ask.
RANDOMISES, YES = "eligibility.waiver_randomises", "yes"


@dataclass(frozen=True)
class Waiver:
    """A waiver that stands: the leaves it waives, why, and whose signature it carries.

    With `ink` the PI signed a paper, and `signed_by` typed it.
    """

    deviation_id: int
    leaves: tuple[str, ...]
    reason: str
    signed_by: str
    signed_at: datetime
    role: str
    signature_id: int
    ink: Ink | None = None
    # Where a text was taken out of it after it was signed.
    taken_out: tuple[TakenOut, ...] = ()


def waiver_of(session: Session, decision_id: int) -> Waiver | None:
    """Return the waiver of a signed decision that stands, or None."""
    row = waiver_row(session, decision_id)
    if row is None:
        return None
    signature = session.scalars(
        select(Signature).where(
            Signature.about_table == DEVIATION, Signature.about_id == row.id, Signature.state == "valid"
        )
    ).one()
    return Waiver(
        deviation_id=row.id,
        leaves=tuple(str(json.loads(row.facts)["leaves"]).split(", ")),
        reason=row.explanation,
        signed_by=session.get_one(User, signature.user_id).name,
        signed_at=signature.signed_at,
        role=signature.role,
        signature_id=signature.id,
        ink=ink_of(signature),
        taken_out=taken_out_since(session, signature),
    )


def waiver_row(session: Session, decision_id: int) -> Deviation | None:
    """Return the deviation that is the waiver of a signed decision, or None."""
    return session.scalar(
        select(Deviation).where(
            Deviation.code == WAIVED,
            Deviation.about_table == DECISION,
            Deviation.about_id == decision_id,
            Deviation.progress != VOID,
        )
    )


def waived_subjects(session: Session) -> frozenset[int]:
    """Return the subjects with a waiver that stands: it goes void with the verdict that it waives."""
    rows = session.scalars(
        select(Deviation.subject_id).where(Deviation.code == WAIVED, Deviation.progress != VOID)
    )
    return frozenset(number for number in rows if number is not None)


def void_waiver(change: Change, row: Deviation, reason: str) -> None:
    """Void a waiver with its signature, in a change in hand."""
    row.progress = VOID
    void_signatures(change, DEVIATION, row.id, reason)


def asks_whether_randomised(protocol: Protocol) -> bool:
    """Tell whether the package asks if a waived subject may be randomised; an earlier one does not."""
    return any(each.code == RANDOMISES for each in protocol.settings)


def may_be_randomised(protocol: Protocol, readings: Readings) -> bool:
    """Tell whether the PI decided that a subject whose criteria were waived may be randomised."""
    return asks_whether_randomised(protocol) and readings.value(RANDOMISES) == YES
