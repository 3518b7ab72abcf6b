"""The ledger of study drugs as it stands: movements entered, kits and doses, each in its own record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.decisions import readings
from sle_desk.domain.protocol import Drug, Protocol
from sle_desk.domain.stock import DISPENSED, DRAWN, RECEIVED, TAKEN, Ledger, Lot, Movement
from sle_desk.models.stock import StockMovement
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services.in_force import decisions_made, effective_days

STUDY, HOSPITAL = "study", "hospital"
TABLE = StockMovement.__tablename__
# Whose hands a lot is in: the subject, the drug and the lot.
Held = tuple[int, str, str]


class Supplies:
    """Whose the vials of each drug are on a day, as decided: the study's, the hospital's, or open."""

    def __init__(self, session: Session, protocol: Protocol) -> None:
        self._protocol = protocol
        self._made, self._days = decisions_made(session), effective_days(session)
        self._known: dict[tuple[str, int], str] = {}

    def of(self, drug: Drug, day: date) -> str:
        """Return "study" or "hospital", or nothing while nobody decided or the package does not ask."""
        if not drug.supply:
            return ""
        place = bisect_right(self._days, day)
        if (drug.code, place) not in self._known:
            value = readings(self._protocol, self._made, day).value(drug.supply)
            self._known[drug.code, place] = value if isinstance(value, str) else ""
        return self._known[drug.code, place]

    def is_study(self, code: str, day: date) -> bool:
        """Tell whether the vials of a drug are the study's on a day: then a ledger is asked of each lot."""
        return self.of(self._protocol.drug(code), day) == STUDY


def ledger_in(
    session: Session, protocol: Protocol, lot: Lot | None = None, *, hospital: bool = False
) -> Ledger:
    """Return the ledger of every lot, or of one, from a session in hand.

    What the hospital's own stock gave stays out unless it is asked for: a record of a subject counts where
    the study supplies the drug on its day, or where the lot was received here. Of a subject entered in
    error nothing counts.
    """
    session.flush()
    rows = tuple(session.scalars(_movements(lot)))
    standing = frozenset(session.scalars(select(Subject.id).where(Subject.state == "current")))
    entered = list(movements_of(rows))
    own = [each for each in entered if not each.subject_id]
    received = {(each.lot.drug, each.lot.lot) for each in own if each.kind == RECEIVED}
    supplies = Supplies(session, protocol)

    def counts(each: Movement) -> bool:
        known = hospital or (each.lot.drug, each.lot.lot) in received
        return each.subject_id in standing and (known or supplies.is_study(each.lot.drug, each.on_day))

    kits = list(_kits(session, lot))
    counted = _handed(filter(counts, kits))
    apart = _handed(each for each in kits if _holds(each) not in counted)
    doses = _doses(session, protocol, lot, counted)
    of_subjects = (
        *kits,
        *(each for each in entered if each.subject_id),
        *(each for each in doses if not _was_handed(apart, _holds(each), each.on_day)),
    )
    movements = (*own, *filter(counts, of_subjects))
    return Ledger(tuple(sorted(movements, key=lambda each: each.order)), _expiries(rows))


def _holds(each: Movement) -> Held:
    """Return whose hands a lot is in, whatever strength was written beside it."""
    return each.subject_id, each.lot.drug, each.lot.lot


def _handed(kits: Iterable[Movement]) -> dict[Held, date]:
    """Return since which day each subject has had each lot in hand."""
    found: dict[Held, date] = {}
    for each in kits:
        found[_holds(each)] = min(each.on_day, found.get(_holds(each), each.on_day))
    return found


def _was_handed(handed: Mapping[Held, date], held: Held, on_day: date) -> bool:
    """Tell whether a subject had a lot in hand on a day: on the day of a kit its doses are from the kit."""
    return held in handed and handed[held] <= on_day


def _movements(lot: Lot | None) -> Any:
    asked = select(StockMovement).order_by(StockMovement.id)
    return asked if lot is None else asked.where(StockMovement.drug == lot.drug, StockMovement.lot == lot.lot)


def movements_of(rows: Iterable[StockMovement]) -> Iterator[Movement]:
    """Yield kept movements as the domain adds them up; `rows` hold what they take back or decide about."""
    rows = tuple(rows)
    by_number = {row.id: row for row in rows}
    for row in rows:
        of = row if row.corrects_id is None else by_number[row.corrects_id]
        held = by_number.get(of.about_id or 0)
        of_that_day = held is not None and held.on_day == of.on_day
        # Of the same moment: at no time did vials move that were taken back, as it is known now.
        yield movement_of(row, of.recorded_at, held.at_time if held is not None and of_that_day else "")


def movement_of(row: StockMovement, recorded_at: datetime, not_before: str = "") -> Movement:
    """Return one of them, entered at an instant, that on its day was not before a time."""
    return Movement(
        key=(TABLE, row.id),
        lot=Lot(row.drug, row.lot, row.strength),
        kind=row.kind,
        count=row.count,
        on_day=row.on_day,
        at_time=row.at_time,
        subject_id=row.subject_id or 0,
        account=row.account,
        corrects=row.corrects_id,
        recorded_at=recorded_at,
        not_before=not_before,
    )


def _expiries(rows: Iterable[StockMovement]) -> dict[Lot, date]:
    """Return the earliest day of expiry that a receipt of each lot names, those taken back left out."""
    back = {row.corrects_id for row in rows if row.corrects_id is not None}
    found: dict[Lot, date] = {}
    for row in rows:
        if row.kind == RECEIVED and row.corrects_id is None and row.id not in back and row.expires_on:
            lot = Lot(row.drug, row.lot, row.strength)
            found[lot] = min(found.get(lot, row.expires_on), row.expires_on)
    return found


def _kits(session: Session, lot: Lot | None) -> Iterator[Movement]:
    asked = select(Dispensing).where(Dispensing.state == "current").order_by(Dispensing.id)
    if lot is not None:
        asked = asked.where(Dispensing.drug == lot.drug, Dispensing.lot == lot.lot)
    for row in session.scalars(asked):
        yield Movement(
            key=("dispensing", row.id),
            lot=Lot(row.drug, row.lot, row.strength),
            kind=DISPENSED,
            count=row.count,
            on_day=row.on_day,
            subject_id=row.subject_id,
            recorded_at=row.recorded_at,
        )


def _doses(
    session: Session, protocol: Protocol, lot: Lot | None, handed: Mapping[Held, date]
) -> Iterator[Movement]:
    """Yield the vials of doses: of a lot that the subject was handed from there, any other from the shelf."""
    asked = (
        select(DoseVials, Dose)
        .join(Dose, Dose.id == DoseVials.dose_id)
        .where(Dose.state == "current", DoseVials.count > 0)
        .order_by(DoseVials.id)
    )
    if lot is not None:
        asked = asked.where(Dose.drug == lot.drug, DoseVials.lot == lot.lot)
    for vials, dose in session.execute(asked):
        opened: datetime | None = dose.prepared_at or dose.started_at
        in_hand = _was_handed(handed, (dose.subject_id, dose.drug, vials.lot), dose.on_day)
        yield Movement(
            key=("dose_vials", vials.id),
            lot=Lot(dose.drug, vials.lot, vials.strength),
            kind=draw_kind(protocol.drug(dose.drug), in_hand),
            count=vials.count,
            on_day=dose.on_day if opened is None else opened.date(),
            at_time="" if opened is None else f"{opened:%H:%M}",
            subject_id=dose.subject_id,
            recorded_at=dose.recorded_at,
        )


def draw_kind(drug: Drug, handed: bool) -> str:
    """Return from where a dose takes its vials: what is prepared on the ward never comes from a kit."""
    return TAKEN if handed and drug.preparation is None else DRAWN
