"""What a dose shows that was given although there was, or may have been, something to hold it for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sle_desk.domain.dosing import MINOR, WARNING, ProposedDeviation
from sle_desk.domain.holds import Hint, HoldCondition, held_for


def given_despite(
    conditions: Sequence[HoldCondition], answer: str, known: Sequence[Hint], on_day: date
) -> Iterator[ProposedDeviation]:
    """Yield what was answered before a dose that was given, or what was recorded and nobody was asked.

    Where somebody answered, the answer stands: what the record hints at is said beside it, nothing more.
    """
    condition = held_for(conditions, answer)
    if condition is not None:
        yield ProposedDeviation("dose.hold_given", MINOR, {"hold": condition.code, "on": on_day})
    for hold in dict.fromkeys(hint.hold for hint in known):
        if not answer:
            yield ProposedDeviation("dose.hold_known", MINOR, {"hold": hold, "on": on_day})
        elif condition is None:
            yield ProposedDeviation("dose.hold_answered", WARNING, {"hold": hold, "on": on_day})
