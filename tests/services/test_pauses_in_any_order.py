"""Pauses between stops, exits, deaths and withdrawals in any order: one plan, that nothing leaves open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from dose_fixtures import at, inject
from ended_subjects import DAY_ONE, sit, treated
from examples import few
from hypothesis import example, given
from hypothesis import strategies as some
from recorded_ends import ALL, KINDS, Ends, records
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.services import deviations, pauses, plan
from sle_desk.services.desk import Desk
from sle_desk.services.pauses import NewStep

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]
TODAY = 13
DAYS = [DAY_ONE + timedelta(days=number) for number in range(TODAY)]
STEPS = ("paused", "resumed")
GIVEN_ON = DAY_ONE + timedelta(days=6)


class PausesToo(Ends):
    """The ends of a subject, with pauses of IL-2 among them."""

    def _record(self, kind: str, day: date) -> Callable[[], None]:
        if kind not in STEPS:
            return super()._record(kind, day)
        reason = "infection" if kind == "paused" else ""
        row = pauses.record_pause(self.desk, BOTH, kind, "IL2", NewStep(day, "Zhao Jing", reason))

        def void() -> None:
            pauses.void_pause(self.desk, row.id, "slip", row.version)

        return void

    def void(self, place: int) -> None:
        """Enter one in error; a pause that is over stays while its end stands."""
        if not self.standing:
            return
        number = sorted(self.standing)[place % len(self.standing)]
        with suppress(RuleBroken):
            self.standing[number][2]()
            self.standing.pop(number)

    def paused(self, day: date) -> bool:
        """Tell whether a day lies in a pause, by the last step up to it."""
        told = sorted((at, kind) for kind, at, _ in self.standing.values() if kind in STEPS and at <= day)
        return bool(told) and told[-1][1] == "paused"


def check(ends: PausesToo, planned: dict[int, date]) -> None:
    """Every planned dose of IL-2 keeps its day and is awaited, paused, answered or ended: one of them."""
    ended = ends.end_of("IL2", "treatment", *ALL)
    calendar = plan.calendar(ends.desk, BOTH)
    shown = {each.slot.number: each for each in calendar.of_drug("IL2")}
    for number, day in planned.items():
        each = shown.get(number)
        gone = ended is not None and day > ended
        if each is None:
            assert ended is not None and day >= ended
            continue
        assert each.slot.planned_on == day
        assert not gone
        if each.dose is not None:
            continue
        assert (each.state == "paused") == ends.paused(day)
        assert each.awaited == (not ends.paused(day))
    # Of the other drug nothing is ever paused.
    assert all(each.state != "paused" for each in calendar.of_drug("BEL"))
    codes = [row.code for row in deviations.deviations(ends.desk, BOTH, progress="proposed")]
    over = ended is not None and ended < GIVEN_ON
    assert ("dose.during_pause" in codes) == (ends.paused(GIVEN_ON) and not over and not begun_then(ends))


def begun_then(ends: PausesToo) -> bool:
    """Tell whether the pause began on the day of the dose: of that day it is not known which came first."""
    return any((kind, day) == ("paused", GIVEN_ON) for kind, day, _ in ends.standing.values())


def void_all(ends: PausesToo) -> None:
    while ends.standing:
        # The latest first, so that no pause stands without its beginning.
        latest = max(ends.standing, key=lambda number: (ends.standing[number][1], number))
        ends.void(sorted(ends.standing).index(latest))


steps = some.one_of(
    some.tuples(some.sampled_from((*STEPS, *STEPS, *KINDS)), some.sampled_from(DAYS)),
    some.tuples(some.just("void"), some.integers(0, 9)),
)


def day_13(study: Study) -> Desk:
    """Sit on day 13, with a dose of day 7 among those recorded."""
    at(study, GIVEN_ON)
    inject(study.sit("lin.yue", "nurse"), BOTH, reason="subject")
    at(study, DAYS[-1])
    return sit(study)


@few(5)
@given(data=some.lists(steps, min_size=2, max_size=6))
@example(data=[("paused", DAYS[2]), ("IL2", DAYS[8]), ("resumed", DAYS[4]), ("paused", DAYS[6]), ("void", 1)])
@example(data=[("death", DAYS[9]), ("paused", DAYS[4]), ("void", 0), ("exit", DAYS[5]), ("void", 0)])
@example(data=[("treatment", DAYS[3]), ("paused", DAYS[2]), ("void", 0), ("resumed", DAYS[8])])
def test_no_sequence_leaves_a_plan_open_or_a_past_record_changed(treated: Study, data: list) -> None:
    desk = sit(treated) if treated.clock.now().date() == DAYS[-1] else day_13(treated)
    ends = PausesToo(desk)
    kept = records(desk)
    planned = {each.slot.number: each.slot.planned_on for each in plan.calendar(desk, BOTH).of_drug("IL2")}
    try:
        for kind, what in data:
            if kind == "void":
                ends.void(what)
            else:
                ends.enter(kind, what)
            check(ends, planned)
            assert kept.items() <= records(desk).items()
    finally:
        void_all(ends)
    check(ends, planned)
    assert len(plan.calendar(desk, BOTH).of_drug("IL2")) == len(planned)
    assert kept.items() <= records(desk).items()
