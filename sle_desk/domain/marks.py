"""What of the evidence a package has marked: values close to their limit, weights and scores that are old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sle_desk.domain.reading import Entry

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Marks:
    """What of the evidence is marked: None where the package names nothing.

    A measured value is close within so many percent of its limit, a counted one within so many steps. A
    weight or a score older than so many days is marked as old.
    """

    percent: Decimal | None = None
    steps: int | None = None
    weight_days: int | None = None
    score_days: int | None = None
    source: str = ""


# A package that names nothing.
UNMARKED = Marks()


def parse_marks(entry: Entry) -> Marks:
    """Return what a package marks, or raise PackageFaulty."""
    marks = Marks(
        percent=entry.decimal("percent"),
        steps=entry.whole("steps"),
        weight_days=entry.whole("weight_days") if entry.has("weight_days") else None,
        score_days=entry.whole("score_days") if entry.has("score_days") else None,
        source=entry.text("source"),
    )
    if marks.percent is not None and not 0 <= marks.percent <= HUNDRED:
        raise entry.fault("percent", "package.not_one_of", found=str(marks.percent), allowed="0-100")
    entry.done()
    return marks


def is_old(day: date, today: date, allowed: int | None) -> bool:
    """Tell whether something is older than the age that the package names, if it names one."""
    return allowed is not None and (today - day).days > allowed
