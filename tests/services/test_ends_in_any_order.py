"""Steps out, withdrawals and deaths in any order: no plan stays open, no record changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from ended_subjects import DAY_ONE, die, due, fatal, sit, treated, visit_days, withdraw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.models.treatment import Dose
from sle_desk.models.visit import Visit
from sle_desk.services import dispositions, form_records, plan, void_forms
from sle_desk.services.desk import Desk

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]
DAYS = [DAY_ONE + timedelta(days=number) for number in range(5)]
KINDS = ("BEL", "IL2", "exit", "completed", "death", "fatal", "treatment", "visits")


def records(desk: Desk) -> list[tuple[object, ...]]:
    """Return every dose and visit as it is kept."""
    with desk.view() as session:
        rows = [*session.scalars(select(Dose)), *session.scalars(select(Visit))]
        return [(type(row), *(getattr(row, column.key) for column in row.__table__.columns)) for row in rows]


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
            row = dispositions.record_disposition(desk, BOTH, step, drug, day, reason)
            return lambda: dispositions.void_disposition(desk, row.id, "slip", row.version)
        makers = {
            "death": lambda: die(desk, day.isoformat(), kept="source"),
            "fatal": lambda: fatal(desk, day.isoformat(), kept="source"),
            "treatment": lambda: withdraw(desk, day, treatment="Y"),
            "visits": lambda: withdraw(desk, day, visits="Y"),
        }
        made = makers[kind]()

        def void() -> None:
            seen = form_records.form_row(desk, made.id).version
            void_forms.void_form(desk, made.id, "slip", seen)

        return void

    def end_of(self, *kinds: str) -> date | None:
        """Return the first day of what stands of some kinds."""
        return min((day for kind, day, _ in self.standing.values() if kind in kinds), default=None)


ALL = ("exit", "completed", "death", "fatal")
steps = some.one_of(
    some.tuples(some.sampled_from(KINDS), some.sampled_from(DAYS)),
    some.tuples(some.just("void"), some.integers(0, 9)),
)


def check(ends: Ends, before: list[date]) -> None:
    """Nothing is due after an end that stands, and all is open where none does."""
    calendar = plan.calendar(ends.desk, BOTH)
    for drug in ("BEL", "IL2"):
        ended = ends.end_of(drug, "treatment", *ALL)
        open_days = [each.slot.planned_on for each in calendar.of_drug(drug) if each.dose is None]
        assert all(ended is None or day < ended for day in open_days)
        assert ended is not None or open_days
    left, withdrawn = ends.end_of(*ALL), ends.end_of("visits")
    for day in visit_days(ends.desk):
        assert (left is None or day <= left) and (withdrawn is None or day < withdrawn)
    if not ends.standing:
        assert visit_days(ends.desk) == before
    if left is not None:
        assert due(ends.desk) <= {"death"}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(some.lists(steps, min_size=1, max_size=6))
def test_no_sequence_leaves_a_plan_open_or_changes_a_past_record(treated: Study, done: list) -> None:
    ends = Ends(sit(treated))
    kept, planned = records(ends.desk), visit_days(ends.desk)
    try:
        for kind, what in done:
            if kind == "void":
                ends.void(what)
            else:
                ends.enter(kind, what)
            check(ends, planned)
            assert records(ends.desk) == kept
    finally:
        while ends.standing:
            ends.void(0)
    check(ends, planned)
    assert records(ends.desk) == kept
