"""A diary where each injection is counted from the one before: its rows are recorded one at a time."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from dose_fixtures import at, dispense, inject
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import ARMS, arms, decide, made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.services import dosing, plan
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.dosing import DiaryRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
SUBJECT, DAY_1 = ARMS.index("IL2") + 1, START.date()


def row(day: date, number: int) -> DiaryRow:
    """Return a row of a dose given at eight in the evening."""
    vial = VialUse("202607-A3", Decimal(1), 1)
    return DiaryRow(
        day,
        number,
        time(20),
        administered=Decimal(1),
        site="RA",
        reaction="none",
        reason="subject",
        vials=(vial,),
    )


def test_rows_told_together_are_refused_and_one_by_one_fill_the_next_slot_each(arms: Study) -> None:
    principal = arms.sit("wu.min", roles.PI)
    decide(arms, principal, "D14", "week_after_last")
    decide(arms, principal, "il2.anchoring", VALUE, il2_anchoring="last_dose")
    desk = arms.sit("lin.yue", roles.NURSE)
    dispense(desk, SUBJECT)
    inject(desk, SUBJECT)
    at(arms, DAY_1 + timedelta(days=14))
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    days = [DAY_1 + timedelta(days=each) for each in (3, 6, 9)]
    rows = tuple(row(day, number) for number, day in enumerate(days, 2))
    with pytest.raises(RuleBroken, match=r"diary\.one_at_a_time"):
        dosing.record_diary(desk, SUBJECT, desk.today(), "D-1", rows)
    for each in rows:
        dosing.record_diary(desk, SUBJECT, desk.today(), "D-1", (each,))
    slots = [(due.slot.number, due.dose.on_day) for due in plan.calendar(desk, SUBJECT).slots if due.dose]
    assert slots[1:] == [(2, days[0]), (3, days[1]), (4, days[2])]
