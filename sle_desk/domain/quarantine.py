"""Vials in quarantine: how many of those of one excursion can still be there to be decided about."""

from __future__ import annotations

from collections.abc import Collection

from sle_desk.domain.stock import DECIDED, FOUND, QUARANTINE, Ledger, Lot


def waiting(ledger: Ledger, lot: Lot, held: int, decisions: Collection[int]) -> int:
    """Return how many vials of an excursion can still lie in quarantine, at most; never less than none.

    `held` is the number of the movement that brought them there, `decisions` those of what was decided about
    them. What was lost before another excursion was of this one, so that nothing is decided about it with
    the vials of the other. Of which of two excursions a vial was that was lost while both lay there nobody
    recorded: either may have kept it. What has no time stands where most is left, as in `Ledger.least`.
    """
    flows = []
    for each in ledger.standing():
        flow = each.flow(QUARANTINE)
        if each.lot == lot and flow:
            flows.append((each.earliest if flow > 0 else each.latest, -flow, each))
    there = own = undecided = 0
    for _, out, each in sorted(flows, key=lambda flow: flow[:2]):
        there -= out
        number = each.key[1]
        if number == held:
            own = undecided = each.count
        elif each.kind in DECIDED and number in decisions:
            own, undecided = own - out, undecided - out
        elif each.kind == FOUND:
            # What was found again can be of this one as far as it lacks any.
            own = min(undecided, own - out)
        own = min(own, max(0, there))
    return max(0, own)
