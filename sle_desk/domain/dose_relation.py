"""Whether a sample called "pre-dose" or "post-dose" was drawn where the doses of its day say so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

PRE, POST = "pre", "post"


def contradicting_start(relation: str, drawn_at: datetime, starts: Iterable[datetime]) -> datetime | None:
    """Return the start of the dose that contradicts what was said of a sample; None where none does.

    Of several doses in a day any may be meant: only a sample after all of them is no pre-dose one, and only
    one before all of them no post-dose one. A sample of the same minute may be either.
    """
    known = sorted(starts)
    if not known:
        return None
    if relation == PRE and drawn_at > known[-1]:
        return known[-1]
    if relation == POST and drawn_at < known[0]:
        return known[0]
    return None
