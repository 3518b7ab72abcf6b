"""What ends the way of a subject, recorded and put in error again in any order, as property tests do it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from ended_subjects import die, fatal, withdraw
from sqlalchemy import select
from treated_subject import BOTH

from sle_desk.base.errors import RuleBroken
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services import dispositions, form_records, visits, void_forms, void_visits
from sle_desk.services.desk import Desk

KINDS = ("BEL", "IL2", "exit", "completed", "death", "fatal", "treatment", "visits")
# What is recorded beside the ends: the visit of leaving, an unscheduled one, one that will not be done.
HELD = ("ET", "UNS", "not_done")
ALL = ("exit", "completed", "death", "fatal")
Kept = dict[tuple[type, int], tuple[object, ...]]


def records(desk: Desk) -> Kept:
    """Return every dose and visit as it is kept."""
    with desk.view() as session:
        rows = [*session.scalars(select(Dose)), *session.scalars(select(Visit))]
        return {
            (type(row), row.id): tuple(getattr(row, column.key) for column in row.__table__.columns)
            for row in rows
        }


class Ends:
    """What ends the way of subject 1, recorded and put in error again, with what still stands."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.standing: dict[int, tuple[str, date, Callable[[], None]]] = {}
        self._count = 0

    def enter(self, kind: str, day: date) -> None:
        """Record one; what the rules refuse is not recorded."""
        with suppress(RuleBroken):
            self._count += 1
            self.standing[self._count] = (kind, day, self._record(kind, day))

    def void(self, place: int) -> None:
        """Enter one of what stands in error."""
        if self.standing:
            number = sorted(self.standing)[place % len(self.standing)]
            self.standing.pop(number)[2]()

    def _record(self, kind: str, day: date) -> Callable[[], None]:
        desk = self.desk
        if kind in ("BEL", "IL2", "exit", "completed"):
            drug = kind if kind in ("BEL", "IL2") else ""
            reason = "completed" if kind == "completed" else "subject"
            step = "drug_stop" if drug else kind
            row = dispositions.record_disposition(desk, BOTH, step, drug, day, reason, "So told.")
            return lambda: dispositions.void_disposition(desk, row.id, "slip", row.version)
        if kind in HELD:
            if kind == "not_done":
                held = visits.record_not_done(desk, BOTH, "W2", "impossible", "abroad")
            else:
                held = visits.record_visit(desk, BOTH, kind, day, reason="source")
            return lambda: void_visits.void_visit(desk, held.id, "slip", held.version, seen=()) and None
        makers = {
            "death": lambda: die(desk, day.isoformat(), kept="source"),
            "fatal": lambda: fatal(desk, day.isoformat(), kept="source"),
            "treatment": lambda: withdraw(desk, day, "source", treatment="Y"),
            "visits": lambda: withdraw(desk, day, "source", visits="Y"),
        }
        made = makers[kind]()

        def void() -> None:
            seen = form_records.form_row(desk, made.id).version
            void_forms.void_form(desk, made.id, "slip", seen)

        return void

    def end_of(self, *kinds: str) -> date | None:
        """Return the first day of what stands of some kinds."""
        return min((day for kind, day, _ in self.standing.values() if kind in kinds), default=None)
