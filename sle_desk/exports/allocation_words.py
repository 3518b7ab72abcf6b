"""How it is said of an allocation that it was told outside or made in error, on screen and on paper."""

from __future__ import annotations

from sle_desk.base.language import Words, message
from sle_desk.exports.wording import moment, spoken
from sle_desk.services.allocation_marks import InError, Outside
from sle_desk.services.allocations_outside import WAYS

EMERGENCY = message("emergency allocation, told outside")
IN_ERROR = message("allocation made in error")
AGREES = message("The next row of the list holds the same arm.")
NO_ROW = message("No row of a list was used for it.")
DISAGREES = message("The next row of the list holds another arm; the arm as it was told is recorded.")

_COMPARED = {True: AGREES, False: DISAGREES, None: NO_ROW}


def row_words(code: str, number: int | None) -> Words:
    """Return which row of which list an allocation used, or that it used none."""
    if number is None:
        return spoken(message("no row of a list"))
    return spoken(message("row {row} of list {list}"), row=number, list=code)


def mark_words(outside: Outside | None, error: InError | None) -> tuple[Words, ...]:
    """Return a sentence for each thing that is to be known of an allocation beside its arm."""
    told: list[Words] = []
    if outside is not None:
        said = message("Emergency allocation, made outside: {way}, by {who}, {at}. Reason: {reason}")
        way, at = WAYS[outside.way], moment(outside.told_at)
        told.append(spoken(said, way=way, who=outside.told_by, at=at, reason=outside.reason))
        told.append(spoken(_COMPARED[outside.agrees]))
    if error is not None:
        said = message("Made in error, marked by {who}, {at}: {reason} No row of the list is freed.")
        told.append(spoken(said, who=error.marked_by, at=moment(error.marked_at), reason=error.reason))
    return tuple(told)
