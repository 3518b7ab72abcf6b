"""Somebody allocated and never dosed, whose drugs all ended: nothing is due, what happened is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject, prepared
from ended_subjects import DAY_ONE as TODAY
from ended_subjects import given as answers
from logged import BEL as BELIMUMAB
from logged import BOTH, enter
from logged import IL2 as INTERLEUKIN
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, trial, vitals

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.exports.pdf.worksheet_content import Infusion, Injection
from sle_desk.exports.slips import allocation_slip
from sle_desk.exports.worksheets import visit_worksheet
from sle_desk.services import deviations, dispositions, overview, plan, preparing, visits
from sle_desk.services.desk import Desk
from sle_desk.services.snapshots import snapshot

__all__ = ["arms", "made_arms", "made_trial", "trial"]

WHEN = TODAY + timedelta(days=4)
PLANNED = {"infusion", "injection", "visit"}


def doctor(study: Study, on: date = WHEN, clock: str = "09:00") -> Desk:
    at(study, on, clock)
    return study.sit("zhao.jing", roles.INVESTIGATOR)


def stop(desk: Desk, subject_id: int, drug: str) -> None:
    dispositions.record_disposition(desk, subject_id, "drug_stop", drug, desk.today(), "subject")


def withdrawn(desk: Desk, subject_id: int, drug: str) -> None:
    values = {"treatment": "Y", "visits": "N", "samples": "N", "data": "N", "told": "in_person"}
    enter(desk, "withdrawal", answers(values, day=desk.today()), subject_id)


def due(desk: Desk, subject_id: int) -> set[str]:
    rows = [row for group in overview.today(desk).groups for row in group.rows]
    return {item.code for row in rows if row.who and row.who.subject_id == subject_id for item in row.items}


@pytest.mark.parametrize("end", [stop, withdrawn])
@pytest.mark.parametrize(("subject_id", "drug"), [(INTERLEUKIN, "IL2"), (BELIMUMAB, "BEL")])
def test_who_was_never_dosed_and_ended_is_due_for_nothing_on_any_day(
    arms: Study, end: Callable[[Desk, int, str], None], subject_id: int, drug: str
) -> None:
    desk = doctor(arms)
    assert due(desk, subject_id) >= {"infusion" if drug == "BEL" else "injection"}
    end(desk, subject_id, drug)
    for days in (0, 1, 30):
        desk = doctor(arms, WHEN + timedelta(days=days))
        assert not due(desk, subject_id) & PLANNED
    found = plan.calendar(desk, subject_id)
    assert found.slots == () and [each for each in found.visits if each.visit_id is None] == []
    with snapshot(desk) as copy:
        slip = allocation_slip(copy, subject_id)
        assert slip.plans == () and slip.first_dose is None and len(slip.ended) == 1
        parts = visit_worksheet(copy, subject_id, "W4").parts
        assert not any(isinstance(part, Infusion | Injection) for part in parts)


def test_of_two_drugs_the_one_that_goes_on_stays_due_as_the_first_dose(arms: Study) -> None:
    desk = doctor(arms)
    stop(desk, BOTH, "BEL")
    assert due(desk, BOTH) & PLANNED == {"injection"}
    stop(desk, BOTH, "IL2")
    assert not due(desk, BOTH) & PLANNED
    (row,) = [each for each in dispositions.dispositions(desk, BOTH) if each.drug == "IL2"]
    dispositions.void_disposition(desk, row.id, "slip", row.version)
    assert due(desk, BOTH) & PLANNED == {"injection"}


@pytest.mark.parametrize(("end", "code"), [(stop, "dose.after_stop"), (withdrawn, "dose.after_withdrawal")])
@pytest.mark.parametrize("clock", ["09:00", "10:00"])
def test_a_dose_later_on_the_day_of_the_end_takes_a_reason_and_is_proposed(
    arms: Study, end: Callable[[Desk, int, str], None], code: str, clock: str
) -> None:
    desk = doctor(arms)
    end(desk, INTERLEUKIN, "IL2")
    at(arms, WHEN, clock)
    nurse = arms.sit("lin.yue", roles.NURSE)
    dispense(nurse, INTERLEUKIN)
    with pytest.raises(RuleBroken, match=r"dose\.reason_needed"):
        inject(nurse, INTERLEUKIN)
    inject(nurse, INTERLEUKIN, reason="mistake")
    assert code in {row.code for row in deviations.deviations(nurse, INTERLEUKIN)}


def test_a_dose_earlier_on_the_day_of_a_stop_is_no_deviation_in_either_order(arms: Study) -> None:
    nurse = arms.sit("lin.yue", roles.NURSE)
    at(arms, WHEN, "09:00")
    dispense(nurse, INTERLEUKIN)
    at(arms, WHEN, "10:00")
    stop(arms.sit("zhao.jing", roles.INVESTIGATOR), INTERLEUKIN, "IL2")
    nurse = arms.sit("lin.yue", roles.NURSE)
    inject(nurse, INTERLEUKIN, started_at=nurse.now() - timedelta(minutes=30))
    assert "dose.after_stop" not in {row.code for row in deviations.deviations(nurse, INTERLEUKIN)}


def test_nothing_is_prepared_once_the_stop_of_the_day_is_recorded(arms: Study) -> None:
    desk = doctor(arms)
    visit = visits.record_visit(desk, BELIMUMAB, "UNS", desk.today())
    vitals(desk, BELIMUMAB, visit.id)
    stop(desk, BELIMUMAB, "BEL")
    nurse = arms.sit("lin.yue", roles.NURSE)
    with pytest.raises(RuleBroken, match=r"prepare\.stopped"):
        preparing.prepare_infusion(nurse, prepared(nurse, BELIMUMAB))
