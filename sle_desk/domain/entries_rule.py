"""What a leaf of the package asks of the entries beside its typed answer."""

from __future__ import annotations

from dataclasses import dataclass

from sle_desk.domain.medicine_entries import Chosen
from sle_desk.domain.reading import Entry

# The dose did not change; the dose against the leaf's limit; the last day of it; stays in hospital.
STABLE, DAILY_DOSE, LAST_TAKEN, STAYS = ASKS = ("stable", "daily_dose", "last_taken", "stays")


@dataclass(frozen=True)
class EntriesRule:
    """Which entries speak of a leaf, and what is asked of them.

    `days` are those before screening through which a dose has to be unchanged. `reasons` are events of the
    dictionary: a stay for one of them is what the leaf means, for another known one it is not.
    """

    asks: str
    chosen: Chosen
    days: int = 0
    reasons: tuple[str, ...] = ()
    source: str = ""


def parse_entries_rule(entry: Entry) -> EntriesRule:
    """Return the rule that a table declares, or raise PackageFaulty."""
    asks = entry.one_of("asks", ASKS)
    chosen = Chosen(
        medicines=entry.texts("medicines", optional=True),
        categories=entry.texts("categories", optional=True),
        perhaps=entry.texts("perhaps", optional=True),
        routes=entry.texts("routes", optional=True),
        systemic=entry.flag("systemic", False),
    )
    rule = EntriesRule(
        asks=asks,
        chosen=chosen,
        days=entry.whole("days") if asks == STABLE else 0,
        reasons=entry.texts("reasons", optional=True),
        source=entry.text("source", ""),
    )
    if asks != STAYS and not (chosen.medicines or chosen.categories):
        raise entry.fault("medicines", "package.missing")
    if asks == STAYS and not rule.reasons:
        raise entry.fault("reasons", "package.missing")
    entry.done()
    return rule
