"""Whether the records still show what a settled deviation rests on: told, and never changed by itself."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.models.safety import Deviation

SETTLED = ("accepted", "explained")
# Nothing shows it any more; other figures show it; a person looked at that and settled it anew.
GONE, DIFFERS, SEEN = "gone", "differs", "seen"
TOLD = (GONE, DIFFERS)


def tell_ground(row: Deviation, showing: Iterable[tuple[str, str]]) -> None:
    """Tell of a settled deviation what the records show now, as pairs of a code and its facts.

    Whoever looked at just that already is not told again.
    """
    shown = list(showing)
    others = [facts for code, facts in shown if code == row.code]
    if (row.code, row.facts) in shown:
        _put(row, "", "")
    elif row.ground != SEEN or row.ground_facts not in (others or [""]):
        _put(row, DIFFERS if others else GONE, others[0] if others else "")


def look_again(row: Deviation) -> None:
    """Note that a person settled a deviation again after its ground had changed."""
    if row.ground in TOLD:
        row.ground = SEEN


def doubted(session: Session) -> dict[int | None, list[str]]:
    """Return by subject how the ground changed of each settled deviation that nobody has looked at since."""
    found: dict[int | None, list[str]] = {}
    rows = session.execute(
        select(Deviation.subject_id, Deviation.ground)
        .where(Deviation.progress.in_(SETTLED), Deviation.ground.in_(TOLD))
        .order_by(Deviation.subject_id, Deviation.id)
    )
    for subject_id, ground in rows:
        found.setdefault(subject_id, []).append(ground)
    return found


def _put(row: Deviation, ground: str, facts: str) -> None:
    # What is the same is not written: nothing of it would stand in the audit but a version.
    if (row.ground, row.ground_facts) != (ground, facts):
        row.ground, row.ground_facts = ground, facts
