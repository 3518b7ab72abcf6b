"""The stock of study drugs: each movement takes vials from one account to another, each balance is their sum.

No balance is ever typed or kept. What a lot holds anywhere is what was brought there less what was taken
away, so all accounts of a lot together come to nothing: vials that leave one place stand at another
(ICH E6(R2) 4.6 and 8.3.23: delivery, inventory, use by each subject, return and disposition).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

# Accounts. Outside is where vials come from; all the others together hold what was received.
OUTSIDE, SHELF, QUARANTINE, WITH_SUBJECT = "outside", "shelf", "quarantine", "with_subject"
USED, EMPTIES, RETURNED, CONDEMNED = "used", "empties", "returned", "condemned"
DESTROYED, MISSING = "destroyed", "missing"
# What stands at the site and can be counted there, lost there, or found.
AT_THE_SITE = (SHELF, QUARANTINE, RETURNED, CONDEMNED, EMPTIES)
# What can be destroyed: vials in quarantine are written off first, by a decision.
TO_DESTROY = (SHELF, RETURNED, CONDEMNED, EMPTIES)
# Where nobody can have less than nothing.
NEVER_BELOW = (SHELF, QUARANTINE, RETURNED, CONDEMNED, EMPTIES, WITH_SUBJECT)

RECEIVED, DISPENSED, DRAWN, TAKEN = "received", "dispensed", "drawn", "taken"
UNUSED_BACK, USED_BACK, LOST_BY_SUBJECT = "unused_back", "used_back", "lost_by_subject"
QUARANTINED, RELEASED, WRITTEN_OFF = "quarantined", "released", "written_off"
DESTRUCTION, LOST, FOUND, COUNTED = "destroyed", "lost", "found", "counted"
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
    LOST: ("", MISSING),
    FOUND: (MISSING, ""),
    # A count says what is there, and moves nothing.
    COUNTED: ("", ""),
}
OF_RECORDS = frozenset({DISPENSED, DRAWN, TAKEN})
ENTERED = frozenset(ENDS) - OF_RECORDS
OF_SUBJECTS = (UNUSED_BACK, USED_BACK, LOST_BY_SUBJECT)
DECIDED = (RELEASED, WRITTEN_OFF)
ACCOUNTS_OF = {DESTRUCTION: TO_DESTROY, LOST: AT_THE_SITE, FOUND: AT_THE_SITE, COUNTED: AT_THE_SITE}
# More vials than that are no count but a slip: a trial of this size never holds as many.
MOST_VIALS = 10_000
# Where no time is known, what came in stands before what went out of the same day; what was used comes last.
FIRST, THEN, LAST = "00:00", "00:01", "24:00"
_CAME_IN = frozenset({RECEIVED, RELEASED, FOUND, UNUSED_BACK, USED_BACK})
_USED = frozenset({DRAWN, TAKEN})


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
    takes back: it moves the same vials the other way.
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

    @property
    def ends(self) -> tuple[str, str]:
        """Return the accounts from which and to which the vials go; those of a count are the same."""
        source, target = (end or self.account for end in ENDS[self.kind])
        return (target, source) if self.corrects is not None else (source, target)

    @property
    def moment(self) -> tuple[date, str]:
        """Return when it counts from; without a time what came in comes first on its day, doses last."""
        early = FIRST if self.kind in _CAME_IN else THEN
        return self.on_day, self.at_time or (LAST if self.kind in _USED else early)


@dataclass(frozen=True)
class Count:
    """A count that stands, beside what the movements up to its moment come to."""

    movement: Movement
    expected: int

    @property
    def difference(self) -> int:
        """Return how many more were counted than the movements say; below nothing, how many are lacking."""
        return self.movement.count - self.expected


@dataclass(frozen=True)
class Gap:
    """Something that does not add up: vials of a lot, at a place or with a subject.

    `kind`: "short" (fewer than none are left), "count" (the last count says otherwise), "empties" (a subject
    gave back more used vials than doses are recorded). `count` is how many vials.
    """

    kind: str
    lot: Lot
    account: str
    count: int
    subject_id: int = 0
    on_day: date | None = None


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

    def until(self, moment: tuple[date, str], without: frozenset[tuple[str, int]] = frozenset()) -> Ledger:
        """Return what had moved by a moment, that moment included; `without` what is looked at itself."""
        kept = (each for each in self.movements if each.moment <= moment and each.key not in without)
        return Ledger(tuple(kept), self.expiries)

    def least(self, lot: Lot, account: str, moment: tuple[date, str]) -> int:
        """Return how many vials of a lot may be taken from a place: what stood there then and does so now.

        What was taken since cannot be taken again, and what came since was not there; never less than none.
        """
        return max(0, min(self.until(moment).balance(lot, account), self.balance(lot, account)))

    def counts(self) -> tuple[Count, ...]:
        """Return the last count of each lot at each place, beside what the movements come to by then."""
        last: dict[tuple[Lot, str], Movement] = {}
        for each in sorted(self.standing(), key=lambda each: (each.moment, each.key)):
            if each.kind == COUNTED:
                last[each.lot, each.account] = each
        return tuple(
            Count(each, self.until(each.moment).balance(lot, account))
            for (lot, account), each in last.items()
        )

    def gaps(self) -> tuple[Gap, ...]:
        """Return what does not add up: nothing of it is put right here, people find out what happened."""
        found = [
            Gap("empties" if account == USED else "short", lot, account, -count, subject_id)
            for (lot, account, subject_id), count in self._by_holder().items()
            if count < 0
        ]
        found += [
            Gap("count", each.movement.lot, each.movement.account, each.difference, 0, each.movement.on_day)
            for each in self.counts()
            if each.difference
        ]
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


@dataclass(frozen=True)
class Reconciled:
    """The vials of one drug of one subject: handed over, used by the doses recorded, given back, lost.

    `no_lot` doses name no lot, so they draw from nothing here. `over`: no dose is planned any more.
    """

    subject_id: int
    drug: str
    dispensed: int
    used: int
    unused_back: int
    used_back: int
    lost: int
    no_lot: int = 0
    over: bool = False

    @property
    def remaining(self) -> int:
        """Return what should be with the subject; below nothing, more was used than was ever there."""
        return self.dispensed - self.used - self.unused_back - self.lost

    @property
    def difference(self) -> int:
        """Return how many vials nobody can account for.

        While doses are planned vials may be with the subject: only fewer than none are amiss. Used vials
        given back that no recorded dose explains are doses nobody told of.
        """
        untold = max(0, self.used_back - self.used)
        unexplained = self.remaining if self.over or self.remaining < 0 else 0
        return unexplained if unexplained else -untold


def reconciled(
    ledger: Ledger, subject_id: int, drug: str, *, no_lot: int = 0, over: bool = False
) -> Reconciled:
    """Return the vials of a drug of a subject: those of the ward's own stock are not among them."""
    sums = kinds_of(
        each for each in ledger.movements if each.subject_id == subject_id and each.lot.drug == drug
    )
    return Reconciled(
        subject_id=subject_id,
        drug=drug,
        dispensed=sums[DISPENSED],
        used=sums[TAKEN],
        unused_back=sums[UNUSED_BACK],
        used_back=sums[USED_BACK],
        lost=sums[LOST_BY_SUBJECT],
        no_lot=no_lot,
        over=over,
    )


def kinds_of(movements: Iterable[Movement]) -> Mapping[str, int]:
    """Return how many vials went each way, those taken back taken off."""
    sums: dict[str, int] = defaultdict(int)
    for each in movements:
        sums[each.kind] += -each.count if each.corrects is not None else each.count
    return sums
