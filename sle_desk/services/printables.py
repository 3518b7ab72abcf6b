"""What can be printed of subjects: eligibility form, slip, a summary or worksheet of each visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.safety import REPORT
from sle_desk.domain.stock import Lot
from sle_desk.domain.values import plain
from sle_desk.domain.visit_rules import recurs
from sle_desk.models.allocation import Allocation
from sle_desk.models.protocol import ProtocolAmendment
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import visits_planned
from sle_desk.services.kit_lists import in_kits
from sle_desk.services.lock_forms import LOCK_FORM, REVEAL_FORM, UNLOCK_FORM
from sle_desk.services.stock_ledger import ledger_in

SUMMARY, WORKSHEET, SLIP, ELIGIBILITY = "visit_summary", "worksheet", "slip", "eligibility_form"
# The report of a serious event; which one stands where a visit stands elsewhere: "event-report".
SAE = "sae_form"
# Of the study and of no subject.
REGISTER = "register_log"
# What a subject takes home, and the log of a lot, which is about nobody: which lot stands where a visit does.
DIARY, CARD, STOCK_LOG = "dose_diary", "date_card", "stock_log"
# Of nobody alone: the log of all screenings; and the list with names, which is printed in its own place only.
SCREENING, IDENTITY = "screening_log", "identity_list"
# What an amendment changes; which one stands where a visit does: its number and its version, as "2v5".
AMENDED = "amendment_difference"


@dataclass(frozen=True)
class Printable:
    """One paper that can be printed; a visit to come has neither number nor day, a form or slip no visit.

    The register and the log of a lot are of the study: they have no subject.
    A worksheet is that of a visit to come or of one that was begun: it is filled in while the visit goes on.
    """

    kind: str
    subject_id: int | None
    subject: str
    visit: str
    visit_id: int | None
    on_day: date | None


def printables(desk: Desk) -> tuple[Printable, ...]:
    """Return what can be printed: of the study, then subjects by number, visits in the package's order."""
    desk_locked = desk.locked
    with desk.view() as session:
        subjects = session.execute(
            select(Subject.id, Subject.code).where(Subject.state == "current").order_by(Subject.number)
        ).all()
        rows = session.scalars(select(Visit).where(Visit.state == "current").order_by(Visit.on_day, Visit.id))
        opened = session.scalars(select(Allocation)).all()
        allocated = {row.subject_id: row.allocated_at.date() for row in opened}
        arms = {row.subject_id: row.arm for row in opened}
        recorded: dict[int, list[Visit]] = {}
        for visit in rows:
            recorded.setdefault(visit.subject_id, []).append(visit)
        reports = session.scalars(
            select(FormRecord)
            .where(FormRecord.form == REPORT, FormRecord.state == "current")
            .order_by(FormRecord.id)
        ).all()
        offered = visits_planned(session, desk.protocol, desk.today())
        found = [Printable(REGISTER, None, "", "", None, None)]
        forms = (LOCK_FORM,) if desk_locked is None else (UNLOCK_FORM, REVEAL_FORM)
        found += [Printable(kind, None, "", "", None, None) for kind in forms]
        brought = session.scalars(select(ProtocolAmendment).order_by(ProtocolAmendment.id.desc()))
        found += [
            Printable(AMENDED, None, "", amended_part(row.id, row.package_version), None, None)
            for row in brought
        ]
        for subject_id, code in subjects:
            seen = recorded.get(subject_id, [])
            found.append(Printable(ELIGIBILITY, subject_id, code, "", None, None))
            if subject_id in allocated:
                found.append(Printable(SLIP, subject_id, code, "", None, allocated[subject_id]))
                found.append(Printable(CARD, subject_id, code, "", None, None))
                if in_kits(desk.protocol, arms[subject_id]):
                    found.append(Printable(DIARY, subject_id, code, "", None, None))
            found += [
                Printable(SUMMARY, subject_id, code, visit.code, visit.id, visit.on_day)
                for visit in seen
                if visit.on_day is not None
            ]
            found += [
                Printable(SAE, subject_id, code, f"{row.parent_id}-{row.id}", None, row.on_day)
                for row in reports
                if row.subject_id == subject_id
            ]
            known = {visit.code: visit for visit in seen}
            for planned in desk.protocol.visits:
                begun = None if recurs(planned) else known.get(planned.code)
                if begun is None and planned.code not in offered:
                    continue
                if begun is None:
                    found.append(Printable(WORKSHEET, subject_id, code, planned.code, None, None))
                elif begun.on_day is not None:
                    found.append(Printable(WORKSHEET, subject_id, code, begun.code, begun.id, begun.on_day))
        lots = ledger_in(session, desk.protocol).lots
        found += [Printable(STOCK_LOG, None, "", part_of(lot), None, None) for lot in lots]
        if subjects:
            found.append(Printable(SCREENING, None, "", "", None, None))
        return tuple(found)


def amended_part(amendment_id: int, version: str) -> str:
    """Return the name by which an amendment stands in the kind of a paper."""
    return f"{amendment_id}v{version}"


def part_of(lot: Lot) -> str:
    """Return the name by which a lot stands in the kind of a paper; the lot itself comes last."""
    return f"{lot.drug}/{plain(lot.strength)}/{lot.lot}"


def lot_of(part: str) -> Lot:
    """Return the lot that such a name tells; RuleBroken `stock.lot_needed` where it tells none."""
    try:
        drug, strength, lot = part.split("/", 2)
        return Lot(drug, lot, Decimal(strength))
    except (ValueError, InvalidOperation) as error:
        raise RuleBroken("stock.lot_needed") from error
