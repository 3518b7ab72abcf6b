"""The vials of one subject beside the doses recorded: handed over, used, given back, lost, and the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sle_desk.domain.stock import (
    DISPENSED,
    LOST_BY_SUBJECT,
    TAKEN,
    UNUSED_BACK,
    USED_BACK,
    Ledger,
    Movement,
)


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
    sums = _kinds_of(
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


def _kinds_of(movements: Iterable[Movement]) -> Mapping[str, int]:
    """Return how many vials went each way, those taken back taken off."""
    sums: dict[str, int] = defaultdict(int)
    for each in movements:
        sums[each.kind] += -each.count if each.corrects is not None else each.count
    return sums
