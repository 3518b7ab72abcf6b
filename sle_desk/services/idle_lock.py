"""After how many minutes without a key the screen locks: a setting of the site."""

from __future__ import annotations

from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.services.desk import Desk
from sle_desk.services.facts import keep_fact, study_fact

NAME = "idle_minutes"
# integrity.md section 2.3; longer than an hour is no lock.
MINUTES, LEAST, MOST = 10, 1, 60


def minutes(desk: Desk) -> int:
    """Return the minutes after which the screen locks."""
    with desk.view() as session:
        kept = study_fact(session, NAME)
    return int(kept) if kept else MINUTES


def set_minutes(desk: Desk, wanted: Decimal) -> None:
    """Keep another time; RuleBroken `idle.range` for less than a minute, more than an hour, or a part."""
    if wanted != wanted.to_integral_value() or not LEAST <= wanted <= MOST:
        raise RuleBroken("idle.range", typed=wanted, least=LEAST, most=MOST)
    with desk.change("setting.record") as change:
        keep_fact(change, NAME, str(int(wanted)))
