"""What kits show on the arm, the consents, the ends and the receipts: renewed with each of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.kits import KitGround, kit_shows
from sle_desk.domain.stock import Lot
from sle_desk.models.subject import Consent
from sle_desk.models.treatment import Dispensing
from sle_desk.services.courses import course
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.stock_ledger import ledger_in
from sle_desk.services.withdrawals import TREATMENT

_OWNED = ("dispensing.",)


def kit_findings(change: Change, row: Dispensing) -> tuple[ProposedDeviation, ...]:
    """Return what a kit shows as everything stands now; of a subject entered in error nothing."""
    session, protocol = change.session, change.protocol
    found = course(session, row.subject_id)
    if found is None:
        return ()
    lot = Lot(row.drug, row.lot, row.strength)
    told = (row.expires_on, ledger_in(session, protocol, lot).expiries.get(lot))
    ground = KitGround(
        arm_drugs=frozenset(protocol.arm(found.arm).drugs) if found.arm else None,
        allocated_on=found.allocated_at.date() if found.allocated_at is not None else None,
        consented_on=session.scalar(
            select(func.min(Consent.signed_on)).where(
                Consent.subject_id == row.subject_id, Consent.state == "current"
            )
        ),
        died_on=found.died_on,
        died_said=found.death.written if found.death is not None else "",
        withdrawn_on=found.withdrawn_by(TREATMENT, row.on_day),
        stopped_on=found.stopped_on(row.drug),
        # What the kit itself says, and what its receipt does where nobody copied it.
        expires_on=min((each for each in told if each is not None), default=None),
    )
    return tuple(kit_shows(row.drug, row.lot, row.on_day, ground))


def renew_kit(change: Change, row: Dispensing) -> None:
    """Propose what one kit shows, or take it back."""
    shows = kit_findings(change, row) if row.state == "current" else ()
    renew_proposals(change, row.subject_id, (row.__tablename__, row.id), row.on_day, _OWNED, shows)


def renew_kits(change: Change, subject_id: int) -> None:
    """Compare the kits of a subject again: its arm, its consent or what ended a drug is another now."""
    change.session.flush()
    kits = select(Dispensing).where(Dispensing.subject_id == subject_id, Dispensing.state == "current")
    for row in change.session.scalars(kits.order_by(Dispensing.id)).all():
        renew_kit(change, row)


def renew_kits_of(change: Change, lots: Iterable[Lot]) -> None:
    """Compare the kits of these lots again: their receipts tell when they expire."""
    change.session.flush()
    for drug, lot in sorted({(each.drug, each.lot) for each in lots}):
        kits = select(Dispensing).where(
            Dispensing.drug == drug, Dispensing.lot == lot, Dispensing.state == "current"
        )
        for row in change.session.scalars(kits.order_by(Dispensing.id)).all():
            renew_kit(change, row)
