"""The stock of study drugs: each movement takes vials from one account to another, each balance is their sum.

No balance is ever typed or kept. What a lot holds anywhere is what was brought there less what was taken
away, so all accounts of a lot together come to nothing: vials that leave one place stand at another
(ICH E6(R2) 4.6 and 8.3.23: delivery, inventory, use by each subject, return and disposition).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property

# Accounts. Outside is where vials come from; all the others together hold what was received.
OUTSIDE, SHELF, QUARANTINE, WITH_SUBJECT = "outside", "shelf", "quarantine", "with_subject"
USED, EMPTIES, RETURNED, CONDEMNED = "used", "empties", "returned", "condemned"
DESTROYED, MISSING, WITH_SPONSOR = "destroyed", "missing", "with_sponsor"
# What stands at the site and can be counted there, lost there, or found.
AT_THE_SITE = (SHELF, QUARANTINE, RETURNED, CONDEMNED, EMPTIES)
# What can be destroyed or sent back: vials in quarantine are written off first, by a decision.
TO_DESTROY = (SHELF, RETURNED, CONDEMNED, EMPTIES)
# Where nobody can have less than nothing.
NEVER_BELOW = (SHELF, QUARANTINE, RETURNED, CONDEMNED, EMPTIES, WITH_SUBJECT, MISSING)

RECEIVED, DISPENSED, DRAWN, TAKEN = "received", "dispensed", "drawn", "taken"
UNUSED_BACK, USED_BACK, LOST_BY_SUBJECT = "unused_back", "used_back", "lost_by_subject"
QUARANTINED, RELEASED, WRITTEN_OFF = "quarantined", "released", "written_off"
DESTRUCTION, LOST, FOUND, COUNTED = "destroyed", "lost", "found", "counted"
SENT_BACK = "sent_back"
# From which account to which; an empty one is the account that the movement names.
ENDS: Mapping[str, tuple[str, str]] = {
    RECEIVED: (OUTSIDE, SHELF),
    # These three are never entered here: they are kits handed over and doses, told by their own records.
    DISPENSED: (SHELF, WITH_SUBJECT),
    DRAWN: (SHELF, USED),
    TAKEN: (WITH_SUBJECT, USED),
    UNUSED_BACK: (WITH_SUBJECT, RETURNED),
    USED_BACK: (USED, EMPTIES),
    LOST_BY_SUBJECT: (WITH_SUBJECT, MISSING),
    QUARANTINED: (SHELF, QUARANTINE),
    RELEASED: (QUARANTINE, SHELF),
    WRITTEN_OFF: (QUARANTINE, CONDEMNED),
    DESTRUCTION: ("", DESTROYED),
    SENT_BACK: ("", WITH_SPONSOR),
    LOST: ("", MISSING),
    FOUND: (MISSING, ""),
    # A count says what is there, and moves nothing.
    COUNTED: ("", ""),
}
OF_RECORDS = frozenset({DISPENSED, DRAWN, TAKEN})
ENTERED = frozenset(ENDS) - OF_RECORDS
OF_SUBJECTS = (UNUSED_BACK, USED_BACK, LOST_BY_SUBJECT)
DECIDED = (RELEASED, WRITTEN_OFF)
ACCOUNTS_OF = {
    DESTRUCTION: TO_DESTROY,
    SENT_BACK: TO_DESTROY,
    LOST: AT_THE_SITE,
    FOUND: AT_THE_SITE,
    COUNTED: AT_THE_SITE,
}
# More vials than that are no count but a slip: a trial of this size never holds as many.
MOST_VIALS = 10_000
# Where no time can be told, what came in stands before what went out of that day; what was used comes last.
FIRST, THEN, LAST = "00:00", "00:01", "24:00"
_CAME_IN = frozenset({RECEIVED, FOUND, UNUSED_BACK, USED_BACK})
_USED = frozenset({DRAWN, TAKEN})
# What is not kept yet is entered after all that is.
_NOT_ENTERED = datetime.max.replace(tzinfo=UTC)
NOT_KEPT = 2**63
Moment = tuple[date, str]


@dataclass(frozen=True, order=True)
class Lot:
    """Vials of one lot and strength of a drug (in the drug's unit): what a balance is of."""

    drug: str
    lot: str
    strength: Decimal


@dataclass(frozen=True)
class Movement:
    """Vials of a lot that were moved, or counted; `key` is the table and the number of its record.

    `account` is named where the kind leaves it open. `corrects` is the number of the movement that this one
    takes back: it moves the same vials the other way. `recorded_at` is when it was entered (what takes back
    has that of what it takes back), `not_before` the time of its day before which it cannot have been.
    """

    key: tuple[str, int]
    lot: Lot
    kind: str
    count: int
    on_day: date
    at_time: str = ""
    subject_id: int = 0
    account: str = ""
    corrects: int | None = None
    recorded_at: datetime | None = None
    not_before: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        """Return the accounts from which and to which the vials go; those of a count are the same."""
        source, target = (end or self.account for end in ENDS[self.kind])
        return (target, source) if self.corrects is not None else (source, target)

    def flow(self, account: str) -> int:
        """Return how many vials it brings to an account; below nothing, how many it takes from there."""
        source, target = self.ends
        return self.count * ((target == account) - (source == account))

    @property
    def known_time(self) -> str:
        """Return its time; of what was entered on its own day without one, when it was entered.

        Nothing where it was entered on a later day without a time: then its place within the day is open.
        """
        at = self.recorded_at
        entered = f"{at:%H:%M}" if at is not None and at.date() == self.on_day else ""
        return self.at_time or entered

    @property
    def _entered_then(self) -> bool:
        at = self.recorded_at
        return at is None or (at.date(), f"{at:%H:%M}") == (self.on_day, self.known_time)

    @property
    def moment(self) -> Moment:
        """Return when it counts from; where that is open what came in comes first on its day, doses last."""
        early = FIRST if self.kind in _CAME_IN else THEN
        usual = LAST if self.kind in _USED else max(early, self.not_before)
        return self.on_day, self.known_time or usual

    @property
    def order(self) -> tuple[object, ...]:
        """Return its place among all others: within one minute as they were entered."""
        return *self.moment, self.recorded_at or _NOT_ENTERED, self.key

    @property
    def earliest(self) -> Moment:
        """Return when it can have been at the earliest."""
        return self.on_day, self.at_time or self.not_before or FIRST

    @property
    def latest(self) -> Moment:
        """Return when it can have been at the latest."""
        return self.on_day, self.known_time or LAST

    def was_before(self, other: Movement) -> bool | None:
        """Tell whether it was before another one; None where nobody can tell.

        Within one minute only those entered there and then are told apart, by their entry.
        """
        same_minute = self.moment == other.moment
        told = not same_minute or (self._entered_then and other._entered_then)
        if self.known_time and other.known_time and told:
            return self.order < other.order
        if self.latest < other.earliest:
            return True
        return False if other.latest < self.earliest else None


@dataclass(frozen=True)
class Count:
    """A count that stands, beside what the movements before it come to: from `least` to `most`.

    The two differ where it cannot be told of some movement of that day whether it was before the count.
    """

    movement: Movement
    least: int
    most: int

    @property
    def differences(self) -> tuple[int, int]:
        """Return how many more were counted than the movements say, at least and at most."""
        return self.movement.count - self.most, self.movement.count - self.least


@dataclass(frozen=True)
class Gap:
    """Something that does not add up: vials of a lot, at a place or with a subject.

    `kind`: "short" (fewer than none are left), "count" (the last count says otherwise), "count_open" (it does
    or does not, by `count` to `most`: nobody can tell what was before it), "empties" (a subject gave back
    more used vials than doses are recorded). `count` is how many vials.
    """

    kind: str
    lot: Lot
    account: str
    count: int
    subject_id: int = 0
    on_day: date | None = None
    most: int = 0


@dataclass(frozen=True)
class Ledger:
    """All movements that count, as they stand now, and what they come to."""

    movements: tuple[Movement, ...]
    expiries: Mapping[Lot, date] = field(default_factory=dict)

    @cached_property
    def _sums(self) -> dict[tuple[Lot, str, int], int]:
        sums: dict[tuple[Lot, str, int], int] = defaultdict(int)
        for each in self.movements:
            source, target = each.ends
            if source != target:
                sums[each.lot, source, each.subject_id] -= each.count
                sums[each.lot, target, each.subject_id] += each.count
        return sums

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        """Return the lots that anything was said of, by drug, lot and strength."""
        return tuple(sorted({each.lot for each in self.movements}))

    @cached_property
    def received(self) -> frozenset[Lot]:
        """Return the lots of which a receipt stands."""
        return frozenset(each.lot for each in self.standing() if each.kind == RECEIVED)

    @cached_property
    def _taken_back(self) -> frozenset[int]:
        return frozenset(each.corrects for each in self.movements if each.corrects is not None)

    def standing(self) -> Iterator[Movement]:
        """Yield the movements that were not taken back, without those that take back."""
        for each in self.movements:
            table, number = each.key
            back = table == "stock_movement" and number in self._taken_back
            if each.corrects is None and not back:
                yield each

    def balance(self, lot: Lot, account: str, subject_id: int | None = None) -> int:
        """Return how many vials of a lot an account holds, of one subject or of all together."""
        return sum(
            count
            for (of, where, whose), count in self._sums.items()
            if of == lot and where == account and subject_id in (None, whose)
        )

    def least(
        self, lot: Lot, account: str, moment: Moment, without: frozenset[tuple[str, int]] = frozenset()
    ) -> int:
        """Return how many vials of a lot may be taken from a place at a moment: the fewest from then on.

        What was taken since cannot be taken again, and what came since was not there; never less than none.
        What has no time stands where most is left: nothing is refused that can have been. `without` is what
        is put right itself.
        """
        changes = []
        for each in self.standing():
            flow = each.flow(account)
            if each.lot == lot and flow and each.key not in without:
                changes.append((each.earliest if flow > 0 else each.latest, -flow))
        there = lowest = -sum(out for when, out in changes if when <= moment)
        for _, out in sorted(change for change in changes if change[0] > moment):
            there -= out
            lowest = min(lowest, there)
        return max(0, lowest)

    def before_dose(self, dose: Movement, without: frozenset[tuple[str, int]] = frozenset()) -> Ledger:
        """Return what stands as moved before a dose; `without` are its own vials.

        Vials are used after they came: what was received, or handed to that subject, without a time counts
        from the beginning of its day. A release counts where it was before the dose beyond doubt: a dose
        out of quarantine stays one.
        """

        def counts(each: Movement) -> bool:
            if each.kind == RELEASED:
                return each.was_before(dose) is True
            own = each.kind == DISPENSED and each.subject_id == dose.subject_id
            if own or each.kind == RECEIVED:
                return each.earliest <= dose.moment
            return each.order < dose.order

        kept = (each for each in self.standing() if each.key not in without and counts(each))
        return Ledger(tuple(kept), self.expiries)

    def beside(self, count: Movement) -> Count:
        """Return a count beside what the movements before it come to."""
        least = most = 0
        for each in self.standing():
            flow = each.flow(count.account) if each.lot == count.lot else 0
            before = each.was_before(count) if flow else False
            least += flow if before else min(flow, 0) if before is None else 0
            most += flow if before else max(flow, 0) if before is None else 0
        return Count(count, least, most)

    def counts(self) -> tuple[Count, ...]:
        """Return the last count of each lot at each place, beside what the movements come to by then."""
        last: dict[tuple[Lot, str], Movement] = {}
        for each in sorted(self.standing(), key=lambda each: each.order):
            if each.kind == COUNTED:
                last[each.lot, each.account] = each
        return tuple(map(self.beside, last.values()))

    def gaps(self) -> tuple[Gap, ...]:
        """Return what does not add up: nothing of it is put right here, people find out what happened."""
        found = [
            Gap("empties" if account == USED else "short", lot, account, -count, subject_id)
            for (lot, account, subject_id), count in self._by_holder().items()
            if count < 0
        ]
        found += [gap for count in self.counts() for gap in _gap_of(count)]
        return tuple(sorted(found, key=lambda gap: (gap.lot, gap.kind, gap.account, gap.subject_id)))

    def _by_holder(self) -> dict[tuple[Lot, str, int], int]:
        """Return what the site holds as a whole, and what each subject holds or used for itself."""
        sums: dict[tuple[Lot, str, int], int] = defaultdict(int)
        for (lot, account, subject_id), count in self._sums.items():
            if account in (WITH_SUBJECT, USED):
                sums[lot, account, subject_id] += count
            elif account in NEVER_BELOW:
                sums[lot, account, 0] += count
        return sums


def _gap_of(count: Count) -> Iterator[Gap]:
    told, (least, most) = count.movement, count.differences
    if least != most:
        yield Gap("count_open", told.lot, told.account, least, 0, told.on_day, most)
    elif least:
        yield Gap("count", told.lot, told.account, least, 0, told.on_day)
