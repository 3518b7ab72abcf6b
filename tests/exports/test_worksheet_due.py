"""What a worksheet says of doses: those that fit the day of the visit, and vials counted in vials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, infuse, inject
from study_fixtures import Study, clock, made_study, study
from trial_fixtures import arms, decide, made_arms, made_trial, trial

from sle_desk.domain import roles
from sle_desk.exports.pdf.worksheet_content import Doctor, Infusion, Injection, Worksheet
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import dispensing, dose_log, plan
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial", "study", "trial"]

BELIMUMAB, IL2 = 2, 3


def sheet(desk: Desk, subject_id: int, visit: str) -> Worksheet:
    """Return the worksheet of a visit as it would be printed now."""
    with snapshot(desk) as copy:
        return visit_worksheet(copy, subject_id, visit)


def doctor(desk: Desk) -> Doctor:
    """Return what the worksheet says of the vials of the subject on IL-2."""
    return next(part for part in sheet(desk, IL2, "W2").parts if isinstance(part, Doctor))


def test_vials_used_and_vials_left_are_counted_in_vials(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    first = desk.today()
    assert not doctor(desk).vials_handed
    new = NewDispensing(IL2, "IL2", "L05", Decimal("0.5"), 20, first, "K05")
    dispensing.record_dispensing(desk, new)
    for number in range(6):
        at(arms, first + timedelta(days=2 * number), "12:00")
        desk = arms.sit("lin.yue", roles.NURSE)
        inject(desk, IL2, vials=(VialUse("L05", Decimal("0.5"), 2),))
    said = doctor(desk)
    assert (said.vials_used, said.vials_left) == (12, 8)
    (count,) = dose_log.dose_log(desk, IL2).vials
    assert (count.dispensed, count.used, count.left) == (20, 12, 8)
    # A dose that names no vials: what is left is counted on the table, and no number is printed.
    at(arms, first + timedelta(days=12), "12:00")
    desk = arms.sit("lin.yue", roles.NURSE)
    inject(desk, IL2, vials=())
    said = doctor(desk)
    assert said.vials_handed and (said.vials_used, said.vials_left) == (None, None)


def by_calendar_months(study: Study) -> None:
    """Have the PI read "every month" as calendar months."""
    pi = study.sit("wu.min", roles.PI)
    options = [option.code for option in pi.protocol.clarification("D10").options]
    decide(study, pi, "D10", options[1])


@pytest.mark.parametrize("prepare", [lambda study: None, by_calendar_months])
def test_the_worksheet_of_a_visit_has_the_infusion_whose_window_holds_its_day(
    arms: Study, prepare: Callable[[Study], None]
) -> None:
    prepare(arms)
    desk = arms.sit("lin.yue", roles.NURSE)
    infuse(arms, desk, BELIMUMAB)
    calendar = plan.calendar(desk, BELIMUMAB)
    slot = calendar.of_drug("BEL")[1].slot
    visit = next(each.planned for each in calendar.visits if each.planned.code == "W4")
    assert (slot.planned_on == visit.planned_on) == (prepare is not by_calendar_months)
    assert slot.holds(visit.planned_on)
    (infusion,) = [part for part in sheet(desk, BELIMUMAB, "W4").parts if isinstance(part, Infusion)]
    assert infusion.number == 2
    # Between two infusions there is none.
    assert not [part for part in sheet(desk, BELIMUMAB, "W2").parts if isinstance(part, Infusion)]


def test_an_injection_given_on_the_day_of_the_visit_is_not_asked_for_as_the_next_one(arms: Study) -> None:
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, IL2)
    first = desk.today()
    for day in range(0, 16, 2):
        at(arms, first + timedelta(days=day), "12:00")
        desk = arms.sit("lin.yue", roles.NURSE)
        if day == 14:
            (due,) = [part for part in sheet(desk, IL2, "W2").parts if isinstance(part, Injection)]
            assert due.number == 8
        inject(desk, IL2)
    assert not [part for part in sheet(desk, IL2, "W2").parts if isinstance(part, Injection)]
