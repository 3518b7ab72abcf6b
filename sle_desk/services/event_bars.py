"""The adverse events of a subject as spans of days, for the timeline and the strip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, is_serious
from sle_desk.domain.values import partial_bounds
from sle_desk.services.log_entries import entries_in


@dataclass(frozen=True)
class EventBar:
    """One event: what it was, its grade, its first possible day, its last one where it ended."""

    id: int
    term: str
    grade: str
    first: date
    last: date | None
    serious: bool


def event_bars(session: Session, protocol: Protocol, subject_id: int) -> tuple[EventBar, ...]:
    """Return the events of a subject that have a start, by day; a partial one counts with all it can mean."""
    if EVENT not in {form.code for form in protocol.forms}:
        return ()
    bars = []
    for row in entries_in(session, protocol, (EVENT,), subject_id):
        start, stop, term, grade = (row.values.get(code) for code in ("start", "stop", "term", "grade"))
        if start is None or not start.text:
            continue
        ended = partial_bounds(stop.text)[1] if stop is not None and stop.text else None
        said = term.as_typed if term is not None else ""
        marked = grade.choice or "" if grade is not None else ""
        first = partial_bounds(start.text)[0]
        bars.append(EventBar(row.id, said, marked, first, ended, is_serious(row.values)))
    return tuple(sorted(bars, key=lambda bar: (bar.first, bar.id)))
