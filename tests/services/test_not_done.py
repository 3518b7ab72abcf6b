"""A planned visit that was not done: proposed once as missed, not told ahead without words, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dose_fixtures import at
from ended_subjects import DAY_ONE, die, rows, sit, treated, withdraw
from hypothesis import given
from hypothesis import strategies as some
from registered_package import registered
from study_fixtures import Study, clock, made_study, study
from treated_subject import BOTH
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.schedule import PlannedVisit
from sle_desk.domain.visit_rules import lies_ahead, missed_visit
from sle_desk.models.visit import Visit
from sle_desk.services import deviations, dispositions, entered_in_error, plan, visits, void_visits
from sle_desk.services.desk import Desk
from sle_desk.services.plan import DONE, NOT_DONE

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "treated", "trial"]
NOT_DOSED = 2
# W2 is planned for day 15, three days before or after.
OPENS, CLOSES = DAY_ONE + timedelta(days=11), DAY_ONE + timedelta(days=17)


def missed(desk: Desk) -> list[deviations.DeviationRow]:
    return [row for row in deviations.deviations(desk, BOTH) if row.code == "visit.missed"]


def on(study: Study, day: int) -> Desk:
    """Sit down on a study day."""
    at(study, DAY_ONE + timedelta(days=day - 1))
    return sit(study)


def state(desk: Desk, code: str = "W2") -> str:
    return next(each.state for each in plan.calendar(desk, BOTH).visits if each.planned.code == code)


def test_a_visit_not_done_is_proposed_once_as_missed_and_no_more_when_that_was_an_error(
    treated: Study,
) -> None:
    desk = on(treated, 25)
    row = visits.record_not_done(desk, BOTH, "W2", "forgotten")
    (found,) = missed(desk)
    assert (found.severity, found.on_day, found.progress) == ("minor", CLOSES, "proposed")
    assert (found.about_table, found.about_id, found.facts["visit"]) == ("visit", row.id, "W2")
    void_visits.void_visit(desk, row.id, "slip", row.version, seen=())
    assert missed(desk) == [] and state(desk) == plan.OVERDUE


def test_what_was_accepted_is_not_proposed_again_when_day_1_or_an_end_moves(treated: Study) -> None:
    desk = on(treated, 25)
    visits.record_not_done(desk, BOTH, "W2", "refused")
    (found,) = missed(desk)
    deviations.accept(desk, found.id, found.version)
    step = dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "subject")
    dispositions.void_disposition(desk, step.id, "slip", step.version)
    assert [row.progress for row in missed(desk)] == ["accepted"]


@pytest.mark.parametrize("tell", ["exit", "death", "withdrawal"])
def test_an_end_before_the_window_closed_takes_the_proposal_away(treated: Study, tell: str) -> None:
    desk = on(treated, 25)
    visits.record_not_done(desk, BOTH, "W2", "impossible")
    before = CLOSES - timedelta(days=1)
    if tell == "exit":
        dispositions.record_disposition(desk, BOTH, "exit", "", before, "lost", "Not reached by telephone.")
    elif tell == "death":
        die(desk, before.isoformat(), kept="source")
    else:
        withdraw(desk, before, visits="Y")
    assert missed(desk) == []


def test_a_visit_of_which_nothing_was_recorded_stays_late_on_today_for_good(treated: Study) -> None:
    for day in range(30, 260, 28):
        # No clock goes so far ahead at once.
        on(treated, day)
    desk = on(treated, 260)
    late = {
        str(item.facts["visit"]): row.days_late
        for row in rows(desk)
        for item in row.items
        if row.group == "overdue" and item.code == "visit"
    }
    assert late == {
        "W2": 245, "W4": 231, "W8": 203, "W12": 175, "W16": 147, "W20": 119, "W24": 91, "W28": 229,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "note"), [("refused", ""), ("impossible", " "), ("forgotten", "She forgot"), ("unknown", "?")]
)
def test_before_its_window_opens_it_is_told_only_in_the_words_of_the_patient(
    treated: Study, reason: str, note: str
) -> None:
    desk = sit(treated)
    with pytest.raises(RuleBroken, match=r"visit\.ahead") as refused:
        visits.record_not_done(desk, BOTH, "W2", reason, note)
    assert refused.value.facts["opens"] == OPENS
    with pytest.raises(RuleBroken, match=r"visit\.ahead_undated"):
        visits.record_not_done(desk, NOT_DOSED, "W2", reason, note)
    with pytest.raises(RuleBroken, match=r"visit\.ahead_undated"):
        visits.record_not_done(desk, BOTH, "W28", reason, note)
    assert on_the_day_it_opens(treated, reason, note) == NOT_DONE


def on_the_day_it_opens(study: Study, reason: str, note: str) -> str:
    desk = on(study, (OPENS - DAY_ONE).days + 1)
    visits.record_not_done(desk, BOTH, "W2", reason, note)
    return state(desk)


@pytest.mark.parametrize("tell", ["exit", "death", "withdrawal"])
def test_after_an_end_nothing_lies_ahead(treated: Study, tell: str) -> None:
    desk = sit(treated)
    if tell == "exit":
        dispositions.record_disposition(desk, BOTH, "exit", "", desk.today(), "subject")
    elif tell == "death":
        die(desk)
    else:
        withdraw(desk, visits="Y")
    visits.record_not_done(desk, BOTH, "W8", "refused")
    assert missed(desk) == []


def test_who_said_that_she_will_be_abroad_and_comes_after_all_is_recorded_with_the_reason(
    treated: Study,
) -> None:
    desk = sit(treated)
    told = visits.record_not_done(desk, BOTH, "W2", "impossible", "abroad until January")
    assert told.not_done_reason == "impossible: abroad until January"
    assert state(desk) == NOT_DONE
    assert [row.on_day for row in missed(desk)] == [desk.today()]
    desk = on(treated, 16)
    with pytest.raises(RuleBroken, match=r"visit\.recorded_not_done"):
        visits.record_visit(desk, BOTH, "W2", desk.today())
    came = visits.record_visit(desk, BOTH, "W2", desk.today(), reason="late: back early")
    assert state(desk) == DONE and missed(desk) == []
    with desk.view() as session:
        void = session.get_one(Visit, told.id)
        now = session.get_one(Visit, came.id)
        assert (void.state, void.void_reason) == ("void", "late: back early")
        assert (void.moved_to, now.moved_from) == (came.id, told.id)


def test_what_nobody_planned_is_neither_told_as_not_done_nor_entered_so(treated: Study) -> None:
    desk = on(treated, 15)
    with pytest.raises(RuleBroken, match=r"visit\.not_planned"):
        visits.record_not_done(desk, BOTH, "UNS", "other", "she did not come")
    row = visits.record_not_done(desk, BOTH, "W2", "refused")
    assert "UNS" not in entered_in_error.visits_instead(desk, row.id)
    with pytest.raises(RuleBroken, match=r"visit\.not_planned"):
        void_visits.void_visit(desk, row.id, "slip", row.version, seen=(), as_code="UNS")
    assert [each.code for each in visits.visits(desk, BOTH) if each.on_day is None] == ["W2"]


def test_a_visit_entered_as_one_told_as_not_done_takes_that_back(treated: Study) -> None:
    desk = on(treated, 15)
    visits.record_not_done(desk, BOTH, "W2", "refused")
    wrong = visits.record_visit(desk, BOTH, "UNS", desk.today())
    void_visits.void_visit(desk, wrong.id, "slip", wrong.version, seen=(), as_code="W2")
    assert (state(desk), missed(desk)) == (DONE, [])


def test_a_nurse_may_take_it_back_by_recording_the_visit(treated: Study) -> None:
    desk = on(treated, 15)
    visits.record_not_done(desk, BOTH, "W2", "refused")
    nurse = treated.sit("lin.yue", roles.NURSE)
    visits.record_visit(nurse, BOTH, "W2", nurse.today(), reason="late")
    assert state(nurse) == DONE


planned_visits = some.builds(
    lambda at_day, before, after: PlannedVisit(
        "W8",
        DAY_ONE + timedelta(days=at_day),
        DAY_ONE + timedelta(days=at_day - before),
        DAY_ONE + timedelta(days=at_day + after),
    ),
    some.integers(1, 200), some.integers(0, 14), some.integers(0, 14),
)  # fmt: skip
days = some.integers(-20, 230).map(lambda number: DAY_ONE + timedelta(days=number))


@given(planned_visits, days, some.none() | days, some.none() | days)
def test_missed_holds_until_an_end_comes_before_the_window_closed(planned, today, ended, withdrawn) -> None:
    found = list(missed_visit(planned, today, ended, withdrawn))
    cut = any(day is not None and day <= planned.closes_on for day in (ended, withdrawn))
    assert len(found) == (0 if cut else 1)
    assert all(each.on_day <= today and each.on_day <= planned.closes_on for each in found)


@given(planned_visits, days)
def test_a_visit_lies_ahead_exactly_until_its_window_opens(planned, today) -> None:
    visit = registered().visit("W8")
    assert lies_ahead(visit, planned, today, provisional=False) == (today < planned.opens_on)
    assert lies_ahead(visit, planned, today, provisional=True)
    assert not lies_ahead(registered().visit("UNS"), None, today, provisional=True)
