"""What is entered in the ledger of study drugs: receipts, excursions, destruction, counts, takings back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import stock
from sle_desk.domain.accounts import plain_name
from sle_desk.domain.entered_later import is_entered_later
from sle_desk.domain.quarantine import waiting
from sle_desk.domain.stock import (
    ACCOUNTS_OF,
    COUNTED,
    DECIDED,
    DESTRUCTION,
    FOUND,
    LOST,
    MOST_VIALS,
    OF_SUBJECTS,
    QUARANTINED,
    RECEIVED,
    SENT_BACK,
    Lot,
    Movement,
)
from sle_desk.domain.values import check_day, check_measure, check_text, check_time
from sle_desk.models.stock import StockMovement
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.dispensing import kits_in
from sle_desk.services.dose_entry import known_drug
from sle_desk.services.kit_findings import renew_kits_of
from sle_desk.services.standing import require_born
from sle_desk.services.stock_findings import judge_lots_again
from sle_desk.services.stock_ledger import TABLE, ledger_in

RECORD, DECIDE, RETURN, CORRECT = "stock.record", "stock.decide", "stock.return", "stock.correct"
# What is entered on its own day without a time was done when it was entered: doses of that day were before.
_TIMED = frozenset({QUARANTINED, DESTRUCTION, SENT_BACK, LOST, COUNTED})


@dataclass(frozen=True)
class NewMovement:
    """A movement as a person enters it; which of its facts are asked depends on the kind."""

    kind: str
    drug: str
    lot: str
    strength: Decimal
    count: int
    on_day: date
    at_time: str = ""
    account: str = ""
    expires_on: date | None = None
    party: str = ""
    document: str = ""
    temperature: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    excursion_from: datetime | None = None
    excursion_to: datetime | None = None
    person: str = ""
    witness: str = ""
    note: str = ""

    @property
    def of(self) -> Lot:
        """Return the lot it is about."""
        return Lot(self.drug, self.lot, self.strength)


@dataclass(frozen=True)
class Verdict:
    """What was decided about vials in quarantine: released or written off, by whom and on what ground."""

    kind: str
    quarantine_id: int
    count: int
    on_day: date
    assessment: str
    decided_by: str
    document: str = ""


@dataclass(frozen=True)
class VialsBack:
    """What a subject brought back of a lot, and what it says it lost; `document` is the diary or form."""

    subject_id: int
    drug: str
    lot: str
    strength: Decimal
    on_day: date
    used: int = 0
    unused: int = 0
    lost: int = 0
    document: str = ""
    note: str = ""


def record_movement(desk: Desk, new: NewMovement) -> int:
    """Enter a receipt, a quarantine, a destruction, a return to the sponsor, a loss, a find or a count.

    Return its number.

    What would take more from a place than the movements brought there is refused: what is lacking is entered
    first.
    """
    with desk.change(RECORD, done_on=new.on_day) as change:
        made = _cleaned(new, change)
        _CHECKS[made.kind](change, made)
        row = _row(change, made)
        change.add(row)
        judge_lots_again(change, (made.of,))
        renew_kits_of(change, (made.of,))
        return row.id


def decide(desk: Desk, verdict: Verdict) -> int:
    """Release vials from quarantine or write them off, with the assessment; return the number."""
    with desk.change(DECIDE, done_on=verdict.on_day) as change:
        held = change.session.get(StockMovement, verdict.quarantine_id)
        if verdict.kind not in DECIDED or held is None or held.kind != QUARANTINED or _back(change, held):
            raise RuleBroken("stock.no_quarantine")
        _check_day(change, verdict.on_day)
        if verdict.on_day < held.on_day:
            raise RuleBroken("stock.decided_before", typed=verdict.on_day, since=held.on_day)
        if not verdict.assessment.strip() or not verdict.decided_by.strip():
            raise RuleBroken("stock.decision_incomplete")
        left = min(undecided(change.session, held), _there(change, held, verdict.on_day))
        if not 1 <= verdict.count <= left:
            raise RuleBroken("stock.decided_count", count=verdict.count, left=left)
        made = NewMovement(
            verdict.kind, held.drug, held.lot, held.strength, verdict.count, verdict.on_day,
            document=check_text(verdict.document.strip()), person=check_text(verdict.decided_by.strip()),
            note=check_text(verdict.assessment.strip()),
        )  # fmt: skip
        row = _row(change, made, about_id=held.id)
        change.add(row)
        judge_lots_again(change, (made.of,))
        return row.id


def undecided(session: Session, held: StockMovement) -> int:
    """Return how many vials of a quarantine nobody has decided about yet."""
    about = session.scalars(select(StockMovement).where(StockMovement.about_id == held.id)).all()
    back = {row.corrects_id for row in about if row.corrects_id is not None}
    return held.count - sum(row.count for row in about if row.corrects_id is None and row.id not in back)


def _there(change: Change, held: StockMovement, on_day: date) -> int:
    """Return how many vials of a quarantine can be there from a day on: some may be lost or broken."""
    of = Lot(held.drug, held.lot, held.strength)
    ledger = ledger_in(change.session, change.protocol, of)
    about = select(StockMovement.id).where(StockMovement.about_id == held.id)
    own = waiting(ledger, of, held.id, change.session.scalars(about).all())
    return min(own, ledger.least(of, stock.QUARANTINE, (on_day, stock.LAST)))


def record_return(desk: Desk, back: VialsBack) -> tuple[int, ...]:
    """Record what a subject brought back, used and unused, and what it lost: a movement for each of them.

    More than was handed over is recorded as it is told, and so is, with a note, what was not handed over by
    then: RuleBroken `stock.not_handed`. The difference stands on Today.
    """
    with desk.change(RETURN, done_on=back.on_day, subject_id=back.subject_id) as change:
        change.record_facts(back.subject_id, back.on_day)
        known_drug(change.protocol, back.drug)
        _check_day(change, back.on_day)
        counts = {
            stock.UNUSED_BACK: back.unused,
            stock.USED_BACK: back.used,
            stock.LOST_BY_SUBJECT: back.lost,
        }
        if min(counts.values()) < 0 or not any(counts.values()):
            raise RuleBroken("stock.nothing_back")
        if max(counts.values()) > MOST_VIALS:
            raise RuleBroken("stock.count_needed", most=MOST_VIALS)
        require_born(change.session, back.subject_id, back.on_day)
        lot = check_text(back.lot.strip())
        if not lot or check_measure(back.strength) <= 0:
            raise RuleBroken("stock.lot_needed")
        kits = kits_in(change.session, back.subject_id, back.drug)
        handed = {(kit.lot, kit.strength) for kit in kits if kit.on_day <= back.on_day}
        if (lot, back.strength) not in handed and not back.note.strip():
            raise RuleBroken("stock.not_handed", lot=lot, on=back.on_day)
        back = replace(back, lot=lot)
        rows = [
            _row(change, _of_subject(back, kind, count), subject_id=back.subject_id)
            for kind, count in counts.items()
            if count
        ]
        change.add(*rows)
        judge_lots_again(change, (Lot(back.drug, back.lot, back.strength),))
        return tuple(row.id for row in rows)


def _of_subject(back: VialsBack, kind: str, count: int) -> NewMovement:
    return NewMovement(
        kind, back.drug, back.lot, back.strength, count, back.on_day,
        document=check_text(back.document.strip()), note=check_text(back.note.strip()),
    )  # fmt: skip


def take_back(desk: Desk, movement_id: int, reason: str, note: str = "") -> int:
    """Take a movement back by one that moves the same vials the other way; both stay. Return its number."""
    said = reason_text(reason, note)
    with desk.change(CORRECT, said) as change:
        row = change.session.get(StockMovement, movement_id)
        if row is None or row.corrects_id is not None:
            raise RuleBroken("stock.takes_back")
        if _back(change, row):
            raise RuleBroken("stock.taken_back")
        left = undecided(change.session, row) if row.kind == QUARANTINED else row.count
        if row.kind == QUARANTINED and min(left, _there(change, row, row.on_day)) != row.count:
            raise RuleBroken("stock.decided")
        kept = {each.name: getattr(row, each.name) for each in fields(NewMovement)}
        facts = {"subject_id": row.subject_id, "about_id": row.about_id, "corrects_id": row.id}
        # Of the same moment: at no time did the vials move, as it is known now.
        back = _row(change, NewMovement(**kept), reason=said, **facts)
        change.add(back)
        lots = (Lot(row.drug, row.lot, row.strength),)
        judge_lots_again(change, lots)
        renew_kits_of(change, lots)
        return back.id


def _back(change: Change, row: StockMovement) -> bool:
    asked = select(StockMovement.id).where(StockMovement.corrects_id == row.id)
    return change.session.scalar(asked) is not None


# What every movement has to say.


def _cleaned(new: NewMovement, change: Change) -> NewMovement:
    """Return a movement with its texts trimmed; refuse what no movement can be."""
    if new.kind not in _CHECKS:
        raise RuleBroken("stock.kind")
    known_drug(change.protocol, new.drug)
    _check_day(change, new.on_day)
    if new.expires_on is not None:
        check_day(new.expires_on)
    check_time(new.at_time)
    now = f"{change.at:%H:%M}"
    if new.on_day == change.at.date() and new.at_time > now:
        raise RuleBroken("time.future", typed=new.at_time, now=now)
    if not new.lot.strip() or check_measure(new.strength) <= 0:
        raise RuleBroken("stock.lot_needed")
    if not (0 if new.kind == COUNTED else 1) <= new.count <= MOST_VIALS:
        raise RuleBroken("stock.count_needed", most=MOST_VIALS)
    if new.kind in ACCOUNTS_OF and new.account not in ACCOUNTS_OF[new.kind]:
        raise RuleBroken("stock.place_needed")
    texts: dict[str, Any] = {name: check_text(getattr(new, name).strip()) for name in _TEXTS}
    timed = new.kind in _TIMED and not new.at_time and new.on_day == change.at.date()
    return replace(new, **texts, at_time=now if timed else new.at_time)


_TEXTS = ("lot", "party", "document", "person", "witness", "note")


def _check_day(change: Change, day: date) -> None:
    check_day(day)
    today = change.at.date()
    if day > today:
        raise RuleBroken("day.future", typed=day.isoformat(), today=today.isoformat())


def _row(change: Change, made: NewMovement, **more: Any) -> StockMovement:
    return StockMovement(
        **{each.name: getattr(made, each.name) for each in fields(NewMovement)},
        unit=change.protocol.drug(made.drug).unit,
        entered_later=is_entered_later(made.on_day, change.at.date()),
        protocol_version=change.protocol.version,
        recorded_at=change.at,
        recorded_by=change.actor.user_id,
        **more,
    )


# What each kind has to say.


def _check_receipt(change: Change, new: NewMovement) -> None:
    if new.expires_on is None or not new.party or not new.document:
        raise RuleBroken("stock.receipt_incomplete")
    known = ledger_in(change.session, change.protocol, new.of).expiries.get(new.of)
    if known is not None and known != new.expires_on:
        raise RuleBroken("stock.other_expiry", lot=new.lot, known=known, typed=new.expires_on)


def _check_quarantine(change: Change, new: NewMovement) -> None:
    measured = [each for each in (new.lowest, new.highest) if each is not None]
    if new.excursion_from is None or not measured:
        raise RuleBroken("stock.excursion_incomplete")
    if len(measured) == 2 and measured[0] > measured[1]:
        raise RuleBroken("stock.excursion_range", lowest=new.lowest, highest=new.highest)
    ends = new.excursion_to or change.at
    if not new.excursion_from <= ends <= change.at:
        raise RuleBroken("stock.excursion_times")
    _refuse_short(change, new, stock.SHELF)


def _check_destruction(change: Change, new: NewMovement) -> None:
    if not new.document:
        raise RuleBroken("stock.certificate_needed")
    if not new.person or not new.witness:
        raise RuleBroken("stock.two_people")
    if plain_name(new.person) == plain_name(new.witness):
        raise RuleBroken("stock.same_person", name=new.witness)
    _refuse_short(change, new, new.account)


def _check_sent_back(change: Change, new: NewMovement) -> None:
    if not new.party or not new.document or not new.person:
        raise RuleBroken("stock.sending_incomplete")
    _refuse_short(change, new, new.account)


def _check_lost(change: Change, new: NewMovement) -> None:
    _need_why(new)
    _refuse_short(change, new, new.account)


def _check_found(change: Change, new: NewMovement) -> None:
    _need_why(new)
    left = _left(change, new, stock.MISSING)
    if new.count > left:
        raise RuleBroken("stock.none_missing", lot=new.lot, count=new.count, left=left)


def _need_why(new: NewMovement) -> None:
    if not new.note:
        raise RuleBroken("stock.why_needed")


def _check_count(change: Change, new: NewMovement) -> None:
    if not new.person:
        raise RuleBroken("stock.counter_needed")
    counted = Movement(
        (TABLE, stock.NOT_KEPT), new.of, COUNTED, new.count, new.on_day, new.at_time,
        account=new.account, recorded_at=change.at,
    )  # fmt: skip
    found = ledger_in(change.session, change.protocol, new.of).beside(counted)
    if not found.least <= new.count <= found.most and not new.note:
        expected = found.least if found.least == found.most else f"{found.least}–{found.most}"
        raise RuleBroken("stock.count_differs", expected=expected, counted=new.count)


def _refuse_short(change: Change, new: NewMovement, account: str) -> None:
    left = _left(change, new, account)
    if new.count > left:
        raise RuleBroken("stock.short", lot=new.lot, count=new.count, left=left)


def _left(change: Change, new: NewMovement, account: str) -> int:
    """Return how many vials a movement may take from a place: the fewest there from its own time on."""
    ledger = ledger_in(change.session, change.protocol, new.of)
    return ledger.least(new.of, account, (new.on_day, new.at_time or stock.LAST))


_CHECKS: Mapping[str, Callable[[Change, NewMovement], None]] = {
    RECEIVED: _check_receipt,
    QUARANTINED: _check_quarantine,
    DESTRUCTION: _check_destruction,
    SENT_BACK: _check_sent_back,
    LOST: _check_lost,
    FOUND: _check_found,
    COUNTED: _check_count,
}
assert set(_CHECKS) | {*DECIDED, *OF_SUBJECTS} == stock.ENTERED
