"""The stock of study drugs as it is shown: lots, movements, excursions, and what does not add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.domain.audit_words import action_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.reconciled import Reconciled
from sle_desk.domain.stock import (
    AT_THE_SITE,
    DESTROYED,
    MISSING,
    OUTSIDE,
    QUARANTINE,
    QUARANTINED,
    USED,
    WITH_SPONSOR,
    WITH_SUBJECT,
    Gap,
    Ledger,
    Lot,
    Movement,
)
from sle_desk.models.people import User
from sle_desk.models.stock import StockMovement
from sle_desk.models.subject import Subject
from sle_desk.models.treatment import Dispensing, Dose, DoseVials
from sle_desk.services.desk import Desk
from sle_desk.services.reconciliation import reconciliations_in
from sle_desk.services.stock import RECORD
from sle_desk.services.stock_ledger import TABLE, Supplies, ledger_in, movements_of

PLACES = (*AT_THE_SITE, WITH_SUBJECT, USED, DESTROYED, WITH_SPONSOR, MISSING)


@dataclass(frozen=True)
class LotRow:
    """A lot and what stands where; `received` less everything else comes to nothing."""

    lot: Lot
    expires_on: date | None
    received: int
    places: Mapping[str, int]
    gaps: tuple[Gap, ...]
    expired: bool

    @property
    def known(self) -> bool:
        """Tell whether the lot was ever received."""
        return self.received > 0


@dataclass(frozen=True)
class LineRow:
    """A movement as it is listed: what moved, of whom, on what ground, entered by whom and when.

    `taken_back`: another line takes it back; `counts` is false for one of a subject entered in error. Kits
    and doses are kept in their own records: nothing of theirs is entered or taken back here.
    """

    movement: Movement
    subject: str
    counts: bool
    taken_back: bool
    document: str = ""
    party: str = ""
    person: str = ""
    witness: str = ""
    note: str = ""
    reason: str = ""
    expires_on: date | None = None
    temperature: Decimal | None = None
    recorded_at: datetime | None = None
    recorded_by: str = ""

    @property
    def own(self) -> bool:
        """Tell whether it was entered in the ledger itself."""
        return self.movement.key[0] == TABLE

    @property
    def number(self) -> int:
        """Return the number of its record."""
        return self.movement.key[1]


@dataclass(frozen=True)
class Decided:
    """What was decided about vials in quarantine: released or written off, why, and by whom."""

    kind: str
    count: int
    on_day: date
    assessment: str
    decided_by: str
    document: str


@dataclass(frozen=True)
class Excursion:
    """Vials kept apart after an excursion: how many of them wait for a decision.

    `gone` are those that nobody decided about and that are not in quarantine any more: broken or lost there.
    """

    id: int
    lot: Lot
    count: int
    undecided: int
    on_day: date
    since: datetime | None
    until: datetime | None
    lowest: Decimal | None
    highest: Decimal | None
    note: str
    document: str
    decisions: tuple[Decided, ...]
    gone: int = 0


@dataclass(frozen=True)
class StockView:
    """Everything the pages of the stock show, as of one instant."""

    lots: tuple[LotRow, ...]
    lines: tuple[LineRow, ...]
    excursions: tuple[Excursion, ...]
    gaps: tuple[Gap, ...]
    subjects: tuple[Reconciled, ...]
    codes: Mapping[int, str]
    # Whose the vials of each drug are today: "study", "hospital", or nothing while that is open.
    supplies: Mapping[str, str]


def may_see(role: str) -> bool:
    """Tell whether a role reads the stock: whoever keeps it or sees what was given."""
    return role in roles.SEES_VALUES or roles.may(role, RECORD)


def stock_view(desk: Desk) -> StockView:
    """Return lots, movements, excursions and gaps; NotAllowed for roles that may not know who gets what."""
    role = desk.actor.role
    if not may_see(role):
        raise NotAllowed("role.may_not", action=action_words(RECORD), role=roles.ROLES[role])
    with desk.view() as session:
        return stock_in(session, desk.protocol, desk.today())


def stock_in(session: Session, protocol: Protocol, on: date) -> StockView:
    """Return the same from a session in hand."""
    ledger = ledger_in(session, protocol)
    gaps = ledger.gaps()
    supplies = Supplies(session, protocol)
    return StockView(
        lots=tuple(_lot(ledger, lot, gaps, on) for lot in ledger.lots),
        lines=_lines(session, ledger),
        excursions=excursions_in(session, ledger),
        gaps=gaps,
        subjects=reconciliations_in(session, protocol, on),
        codes={row.id: row.code for row in session.scalars(select(Subject))},
        supplies={drug.code: supplies.of(drug, on) for drug in protocol.drugs},
    )


def _lot(ledger: Ledger, lot: Lot, gaps: Iterable[Gap], on: date) -> LotRow:
    expires = ledger.expiries.get(lot)
    return LotRow(
        lot=lot,
        expires_on=expires,
        received=-ledger.balance(lot, OUTSIDE),
        places={place: ledger.balance(lot, place) for place in PLACES},
        gaps=tuple(gap for gap in gaps if gap.lot == lot),
        expired=expires is not None and expires < on,
    )


def _lines(session: Session, ledger: Ledger) -> tuple[LineRow, ...]:
    """Return every movement, newest first, those that do not count too: none is ever lost from sight."""
    codes = {row.id: row.code for row in session.scalars(select(Subject))}
    names = {row.id: row.name for row in session.scalars(select(User))}
    entered = {row.id: row for row in session.scalars(select(StockMovement))}
    back = {row.corrects_id for row in entered.values() if row.corrects_id is not None}
    counted = {each.key for each in ledger.movements}
    left_out = [each for each in movements_of(entered.values()) if each.key not in counted]
    records = _records(session)
    lines = []
    for each in (*ledger.movements, *left_out):
        row = entered.get(each.key[1]) if each.key[0] == TABLE else None
        at, by = records[each.key] if row is None else (row.recorded_at, row.recorded_by)
        facts = {} if row is None else {name: getattr(row, name) for name in _TOLD}
        line = LineRow(
            movement=each,
            subject=codes.get(each.subject_id, ""),
            counts=each.key in counted,
            taken_back=row is not None and row.id in back,
            recorded_at=at,
            recorded_by=names[by],
            **facts,
        )
        lines.append(line)
    return tuple(sorted(lines, key=lambda line: line.movement.order, reverse=True))


_TOLD = ("document", "party", "person", "witness", "note", "reason", "expires_on", "temperature")


def _records(session: Session) -> dict[tuple[str, int], tuple[datetime, int]]:
    """Return when and by whom each kit and the vials of each dose were entered."""
    found = {
        ("dispensing", row.id): (row.recorded_at, row.recorded_by)
        for row in session.scalars(select(Dispensing))
    }
    for vials_id, at, by in session.execute(
        select(DoseVials.id, Dose.recorded_at, Dose.recorded_by).join(Dose, Dose.id == DoseVials.dose_id)
    ):
        found["dose_vials", vials_id] = (at, by)
    return found


def excursions_in(session: Session, ledger: Ledger) -> tuple[Excursion, ...]:
    """Return the quarantines that stand, newest first, each with what was decided about it.

    Nobody decides about vials that are not there: of each no more wait than its lot has in quarantine.
    """
    rows = session.scalars(select(StockMovement).order_by(StockMovement.id.desc())).all()
    back = {row.corrects_id for row in rows if row.corrects_id is not None}
    standing = [row for row in rows if row.corrects_id is None and row.id not in back]
    decided: dict[int, list[StockMovement]] = {}
    for row in standing:
        if row.about_id is not None:
            decided.setdefault(row.about_id, []).append(row)
    return tuple(
        _excursion(row, decided.get(row.id, ()), ledger) for row in standing if row.kind == QUARANTINED
    )


def _excursion(row: StockMovement, decided: Iterable[StockMovement], ledger: Ledger) -> Excursion:
    lot = Lot(row.drug, row.lot, row.strength)
    verdicts = tuple(
        Decided(each.kind, each.count, each.on_day, each.note, each.person, each.document)
        for each in sorted(decided, key=lambda each: each.id)
    )
    open_ = row.count - sum(each.count for each in verdicts)
    undecided = max(0, min(open_, ledger.balance(lot, QUARANTINE)))
    return Excursion(
        id=row.id,
        lot=lot,
        count=row.count,
        undecided=undecided,
        gone=open_ - undecided,
        on_day=row.on_day,
        since=row.excursion_from,
        until=row.excursion_to,
        lowest=row.lowest,
        highest=row.highest,
        note=row.note,
        document=row.document,
        decisions=verdicts,
    )
