"""What a new day shows by itself: looked for at each sign-in, and when the day turns while somebody sits."""

from __future__ import annotations

from sle_desk.services.consent_order import propose_overdue_reconsents
from sle_desk.services.desk import Desk

BEGIN = "day.begin"


def begin_day(desk: Desk) -> None:
    """Propose what is due since the day turned; where nothing is, nothing is written."""
    with desk.change(BEGIN) as change:
        propose_overdue_reconsents(change)
