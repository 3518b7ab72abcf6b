"""A subject on both drugs who came for every dose, made for tests through the services."""

from __future__ import annotations

from datetime import timedelta

from dose_fixtures import at, dispense, infuse, inject
from study_fixtures import Study
from trial_fixtures import vitals

from sle_desk.domain import roles
from sle_desk.services import plan, visits
from sle_desk.services.plan import DONE

BOTH = 1


def treat_until(study: Study, day: int) -> None:
    """Give subject 1 every dose from today to the morning of a study day, with a weight at each visit.

    Without a first dose today is day 1. Nobody is at the desk afterwards.
    """
    desk = study.sit("lin.yue", roles.NURSE)
    today = desk.today()
    first = plan.calendar(desk, BOTH).day_one or today
    if first == today:
        dispense(desk, BOTH)
    for number in range((today - first).days + 1, day):
        if first + timedelta(days=number - 1) > today:
            at(study, first + timedelta(days=number - 1))
        calendar = plan.calendar(desk, BOTH)
        due = {
            each.slot.drug
            for each in calendar.slots
            if each.slot.planned_on == desk.today() and each.dose is None
        }
        for visit in calendar.visits:
            if visit.planned.planned_on == desk.today() and visit.state != DONE:
                seen = visits.record_visit(desk, BOTH, visit.planned.code, desk.today())
                vitals(desk, BOTH, seen.id)
        if "BEL" in due:
            infuse(study, desk, BOTH)
        if "IL2" in due:
            inject(desk, BOTH)
    at(study, first + timedelta(days=day - 1), "08:00")
    study.leave()
