"""The hold conditions of a package: an earlier package lists none, and nothing is asked by it."""

from __future__ import annotations

from sle_desk.domain.holds import Graded, HoldCondition, Measured, OpenEvents
from sle_desk.domain.reading import Entry


def parse_hold(entry: Entry) -> HoldCondition:
    """Return a hold condition with its drugs, what hints at it and its source."""
    found = HoldCondition(
        code=entry.text("code"),
        key=entry.text("key"),
        label=entry.words("label"),
        drugs=entry.texts("drugs"),
        missed_reason=entry.text("missed_reason"),
        source=entry.text("source"),
        unconfirmed=entry.flag("unconfirmed", False),
        measured=_measured(entry.table("measured")) if entry.has("measured") else None,
        events=_events(entry.table("events")) if entry.has("events") else None,
        results=_results(entry.table("results")) if entry.has("results") else None,
        pregnancy=entry.flag("pregnancy", False),
        reaction_grade=entry.whole("reaction_grade") if entry.has("reaction_grade") else None,
    )
    entry.done()
    return found


def _measured(entry: Entry) -> Measured:
    found = Measured(
        form=entry.text("form"),
        field=entry.text("field"),
        at_least=entry.decimal("at_least"),
        days=entry.whole("days"),
    )
    entry.done()
    return found


def _events(entry: Entry) -> OpenEvents:
    found = OpenEvents(entry.texts("words"), entry.texts("special", optional=True))
    entry.done()
    return found


def _results(entry: Entry) -> Graded:
    found = Graded(entry.texts("analytes"), entry.whole("grade"))
    entry.done()
    return found
