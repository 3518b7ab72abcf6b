"""Steps out, withdrawals, deaths and visits in any order: no plan stays open, no past record changes."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from dose_fixtures import injection
from ended_subjects import DAY_ONE, due, sit, treated
from examples import few
from hypothesis import example, given
from hypothesis import strategies as some
from recorded_ends import ALL, HELD, KINDS, Ends, records
from study_fixtures import Study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain.dosing import AFTER_END
from sle_desk.domain.visit_rules import VISIT_AFTER
from sle_desk.services import deviations, dose_corrections, dose_log, dosing, plan
from sle_desk.services.desk import Desk
from sle_desk.services.judged_again import judge_doses_again

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]
OUTSIDE = {"dose.outside_plan", "dose.day_missed", "dose.day_filled"}
DAYS = [DAY_ONE + timedelta(days=number) for number in range(5)]
steps = some.one_of(
    some.tuples(some.sampled_from(KINDS), some.sampled_from(DAYS)),
    some.tuples(some.sampled_from(HELD), some.sampled_from(DAYS)),
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
    for day in open_visits(ends.desk):
        assert (left is None or day <= left) and (withdrawn is None or day < withdrawn)
    if not ends.standing:
        assert open_visits(ends.desk) == before
    if left is not None:
        assert due(ends.desk) <= {"death", "visit", "death_entry", "fatal_event"}
    check_leaving(ends)
    check_proposed(ends)
    check_doses(ends)


def open_visits(desk: Desk) -> list[date]:
    visits = plan.calendar(desk, BOTH).visits
    return [each.planned.planned_on for each in visits if each.state not in (plan.DONE, plan.NOT_DONE)]


def check_leaving(ends: Ends) -> None:
    """The visit of leaving is due exactly for who left, is not dead, may be visited and was not seen yet."""
    alive = ends.end_of("death", "fatal") is None and ends.end_of("visits") is None
    asked = ends.end_of("exit") is not None and alive and ends.end_of("ET") is None
    open_now = [each for each in plan.calendar(ends.desk, BOTH).visits if each.planned.code == "ET"]
    assert [each.planned.planned_on for each in open_now if each.visit_id is None] == (
        [ends.end_of("exit")] if asked else []
    )
    if ends.end_of(*ALL) is not None:
        # On the very day of the visit its forms are still to be filled in.
        seen_today = ends.end_of("ET") == ends.desk.today() and ends.end_of("death", "fatal") is None
        assert ("visit" in due(ends.desk)) <= (asked or seen_today)
        assert asked <= ("visit" in due(ends.desk))


def check_proposed(ends: Ends) -> None:
    """What was not done is proposed once while nothing ended; each visit after an end once, by its day."""
    found = Counter(
        (row.code, row.about_id)
        for row in deviations.deviations(ends.desk, BOTH, progress="proposed")
        if row.about_table == "visit"
    )
    assert all(count == 1 for count in found.values())
    codes = Counter(code for code, _ in found)
    ended = ends.end_of(*ALL, "visits") is not None
    assert codes["visit.missed"] == (ends.end_of("not_done") is not None and not ended)
    left, withdrawn = ends.end_of(*ALL), ends.end_of("visits")
    later = [
        day
        for kind, day, _ in ends.standing.values()
        if kind == "UNS"
        and ((left is not None and day > left) or (withdrawn is not None and day > withdrawn))
    ]
    of_leaving = [day for kind, day, _ in ends.standing.values() if kind == "ET"]
    after = sum(count for code, count in codes.items() if code in VISIT_AFTER)
    assert len(later) <= after <= len(later) + len(of_leaving)


def proposed_about(desk: Desk, table: str) -> list[tuple[str, int | None]]:
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    return sorted((row.code, row.about_id) for row in rows if row.about_table == table)


def check_doses(ends: Ends) -> None:
    """What is proposed about a dose rests on the plan as it stands, whichever was entered first."""
    calendar = plan.calendar(ends.desk, BOTH)
    doses = [row for row in dose_log.doses(ends.desk, BOTH) if row.progress == "given" and not row.void]
    unfilled = sorted(row.id for row in doses if calendar.filled_by(row.id) is None)
    found = proposed_about(ends.desk, "dose")
    assert [about for code, about in found if code in OUTSIDE] == unfilled
    died = ends.end_of("death", "fatal")
    after = []
    for row in doses:
        stopped, withdrawn = ends.end_of(row.given.drug), ends.end_of("treatment")
        ended = [day for day in (died, withdrawn, stopped) if day is not None]
        after += [row.id] if any(row.given.on_day > day for day in ended) else []
    assert {about for code, about in found if code in AFTER_END} >= set(after)
    with ends.desk.change("dose.record") as change:
        judge_doses_again(change, BOTH)
    assert proposed_about(ends.desk, "dose") == found


@few(8)
@given(some.lists(steps, min_size=1, max_size=6))
@example([("exit", DAYS[1]), ("death", DAYS[3]), ("void", 1), ("visits", DAYS[3]), ("void", 1)])
@example([("IL2", DAYS[1]), ("exit", DAYS[3]), ("void", 0), ("IL2", DAYS[0]), ("void", 1)])
@example([("not_done", DAYS[2]), ("exit", DAYS[2]), ("ET", DAYS[4]), ("UNS", DAYS[4]), ("void", 1)])
def test_no_sequence_leaves_a_plan_open_or_changes_a_past_record(treated: Study, done: list) -> None:
    ends = Ends(sit(treated))
    kept, planned = records(ends.desk), open_visits(ends.desk)
    try:
        for kind, what in done:
            if kind == "void":
                ends.void(what)
            else:
                ends.enter(kind, what)
            check(ends, planned)
            assert kept.items() <= records(ends.desk).items()
    finally:
        while ends.standing:
            ends.void(0)
    check(ends, planned)
    assert kept.items() <= records(ends.desk).items()


@pytest.mark.parametrize("kind", ["stop", "exit", "death", "withdrawal"])
def test_the_same_facts_propose_the_same_whichever_was_entered_first(treated: Study, kind: str) -> None:
    entered = {"stop": "IL2", "withdrawal": "treatment"}.get(kind, kind)
    found = []
    for first in (True, False):
        ends = Ends(sit(treated))
        if first:
            ends.enter(entered, DAYS[1])
        given_ = injection(ends.desk, BOTH, on_day=DAYS[3], started_at=None, site="LT", reason="subject")
        dose = dosing.record_injection(ends.desk, given_)
        if not first:
            ends.enter(entered, DAYS[1])
        found.append([code for code, about in proposed_about(ends.desk, "dose") if about == dose.id])
        check_doses(ends)
        ends.void(0)
        check_doses(ends)
        version = next(row.version for row in dose_log.doses(ends.desk, BOTH) if row.id == dose.id)
        dose_corrections.void_dose(ends.desk, dose.id, "slip", version)
    assert found[0] == found[1]
    assert any(code in OUTSIDE for code in found[0])


def test_a_miss_of_a_planned_dose_that_a_stop_takes_out_of_the_plan_is_none(treated: Study) -> None:
    treated.clock.advance(timedelta(days=2))
    ends = Ends(sit(treated))
    dosing.record_missed(ends.desk, BOTH, "IL2", 3, "forgotten")
    assert "dose.missed" in {code for code, _ in proposed_about(ends.desk, "dose")}
    ends.enter("IL2", DAYS[1])
    check_doses(ends)
    missed = "dose.missed" in {code for code, _ in proposed_about(ends.desk, "dose")}
    assert missed == (plan.calendar(ends.desk, BOTH).slot("IL2", 3) is not None)
    ends.void(0)
    assert "dose.missed" in {code for code, _ in proposed_about(ends.desk, "dose")}
