"""A recorded visit is compared with its window whenever what the window rests on becomes known or moves."""

from __future__ import annotations

from datetime import date, timedelta

from dose_fixtures import at, dispense, inject
from study_fixtures import Study, clock, made_study, study
from treated_subject import treat_until
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.services import deviations, dose_corrections, visits, void_visits
from sle_desk.services.desk import Desk
from sle_desk.services.dose_log import doses

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]
BOTH = 1


def outside(desk: Desk) -> list[tuple[str, date]]:
    """Return the visits that are proposed as outside their window."""
    rows = deviations.deviations(desk, BOTH, progress="proposed")
    return [(str(row.facts["visit"]), row.on_day) for row in rows if row.code == "visit.outside_window"]


def entered_as(desk: Desk, visit: visits.VisitRow, code: str) -> None:
    seen = void_visits.hanging(desk, visit.id)
    void_visits.void_visit(desk, visit.id, "slip", visit.version, seen=seen, as_code=code)


def test_a_visit_that_was_another_one_is_compared_with_the_window_of_that(arms: Study) -> None:
    treat_until(arms, 15)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visit = visits.record_visit(desk, BOTH, "W2", desk.today())
    assert outside(desk) == []
    entered_as(desk, visit, "W4")
    assert outside(desk) == [("W4", desk.today())]


def test_a_visit_that_was_the_one_of_its_day_is_outside_no_window(arms: Study) -> None:
    treat_until(arms, 15)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    visit = visits.record_visit(desk, BOTH, "W4", desk.today())
    assert outside(desk) == [("W4", desk.today())]
    entered_as(desk, visit, "W2")
    assert outside(desk) == []


def test_a_visit_recorded_before_the_first_dose_is_compared_once_that_is_known(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    day = desk.today()
    visits.record_visit(desk, BOTH, "W4", day)
    assert outside(desk) == []
    treat_until(arms, 2)
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    assert outside(desk) == [("W4", day)]
    for row in doses(desk, BOTH):
        dose_corrections.void_dose(desk, row.id, "slip", row.version)
    assert outside(desk) == []


def test_the_baseline_is_of_day_1_alone_as_the_package_has_it(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    day = desk.today()
    assert outside(desk) == []
    at(arms, day + timedelta(days=1))
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, BOTH)
    inject(desk, BOTH)
    # Judged and scored on the day before the first dose: it is proposed, and a person explains it.
    assert outside(desk) == [("V1", day)]
