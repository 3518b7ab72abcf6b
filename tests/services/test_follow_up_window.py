"""The follow-up visit counts from the last dose: put right or told later, it is compared again."""

from __future__ import annotations

from datetime import timedelta

from dose_fixtures import at, dispense, inject
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import ARMS, arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.services import deviations, dispositions, dose_corrections, dose_log, visits
from sle_desk.services.desk import Desk

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
SUBJECT, DAY_1 = ARMS.index("IL2") + 1, START.date()


def nurse(study: Study, day: int) -> Desk:
    """Sit down as the nurse some days after day 1."""
    at(study, DAY_1 + timedelta(days=day))
    return study.sit("lin.yue", roles.NURSE)


def outside(desk: Desk) -> int:
    """Return how many visits are proposed as outside their windows."""
    found = deviations.deviations(desk, SUBJECT)
    return sum(row.code == "visit.outside_window" and row.progress == "proposed" for row in found)


def followed_up(arms: Study, last_dose: int, visit: int) -> Desk:
    """Give the first and a last dose, and record the follow-up visit."""
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, SUBJECT)
    inject(desk, SUBJECT)
    inject(nurse(arms, last_dose), SUBJECT, reason="subject")
    desk = nurse(arms, visit)
    visits.record_visit(desk, SUBJECT, "W28", desk.today())
    return desk


def test_a_last_dose_put_right_to_another_day_moves_the_window_of_a_visit_that_was_recorded(
    arms: Study,
) -> None:
    desk = followed_up(arms, 161, 189)
    assert outside(desk) == 0
    row = max(dose_log.doses(desk, SUBJECT), key=lambda dose: dose.given.on_day)
    earlier = timedelta(days=21)
    changes = {"on_day": row.given.on_day - earlier, "started_at": row.given.started_at - earlier}
    dose_corrections.correct_dose(desk, row.id, {**changes, "reason": "subject"}, "slip", row.version)
    assert outside(desk) == 1


def test_a_stop_told_later_moves_it_too(arms: Study) -> None:
    followed_up(arms, 14, 60)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    stopped = DAY_1 + timedelta(days=15)
    dispositions.record_disposition(desk, SUBJECT, "drug_stop", "IL2", stopped, "subject", "Asked to stop.")
    assert outside(desk) == 1
