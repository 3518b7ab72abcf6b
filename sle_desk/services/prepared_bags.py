"""Infusions that were prepared and wait: until when each is in time, and what Today says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.dose_by_weight import usable_until
from sle_desk.domain.protocol import Protocol
from sle_desk.models.treatment import Dose
from sle_desk.services.due_rows import LATE, NOW, Due, TodayRow, Who

PREPARED = "prepared"
# What a row offers that has a prepared infusion in sight already.
_OFFERS = frozenset({"give_infusion", "say_of_infusion"})


@dataclass(frozen=True)
class PreparedBag:
    """A prepared infusion that nobody recorded as given or as not given.

    `until` is the last instant at which it may end, by the package; None where nobody said when it was made.
    """

    dose_id: int
    subject_id: int
    drug: str
    on_day: date
    until: datetime | None

    def past(self, now: datetime) -> bool:
        """Tell whether its time is over; one whose time is unknown is in time on its own day."""
        return self.on_day < now.date() if self.until is None else self.until < now


def waiting_bags(
    session: Session, protocol: Protocol, subject_id: int | None = None
) -> tuple[PreparedBag, ...]:
    """Return the prepared infusions that wait, of one subject or of everybody, oldest first."""
    asked = select(Dose).where(
        Dose.progress == PREPARED, Dose.state == "current", Dose.discarded_on.is_(None)
    )
    if subject_id is not None:
        asked = asked.where(Dose.subject_id == subject_id)
    return tuple(_bag(dose, protocol) for dose in session.scalars(asked.order_by(Dose.id)))


def _bag(dose: Dose, protocol: Protocol) -> PreparedBag:
    made, at = protocol.drug(dose.drug).preparation, dose.prepared_at
    until = None if made is None or at is None else usable_until(at, made.minutes_to_end)
    return PreparedBag(dose.id, dose.subject_id, dose.drug, dose.on_day, until)


def waiting_bag(session: Session, protocol: Protocol, subject_id: int, drug: str) -> PreparedBag | None:
    """Return the first infusion of a drug that was prepared for a subject and waits, or None."""
    found = waiting_bags(session, protocol, subject_id)
    return next((bag for bag in found if bag.drug == drug), None)


def bag_rows(
    bags: Iterable[PreparedBag], rows: Iterable[TodayRow], people: Mapping[int, Who], now: datetime
) -> list[TodayRow]:
    """Return a row for each bag whose subject has no row that offers it already.

    Its planned dose may be paused, ended or answered since: the bag is to be given or discarded all the same.
    """
    asked = {row.who.subject_id for row in rows if row.who is not None and row.action in _OFFERS}
    found = []
    for bag in bags:
        if bag.subject_id not in asked and bag.subject_id in people:
            item = Due("bag", {"drug": bag.drug, "prepared_on": bag.on_day})
            group, status = (LATE, "prepared_past") if bag.past(now) else (NOW, "prepared")
            who, late = people[bag.subject_id], (now.date() - bag.on_day).days or None
            found.append(TodayRow(group, who, bag.on_day, (item,), status, "say_of_infusion", days_late=late))
    return found
