"""Injections counted from the last dose: a diary told at once, row by row or in any order is one plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

import pytest
from dose_fixtures import at, dispense, inject
from examples import few
from hypothesis import assume, example, given
from hypothesis import strategies as some
from study_fixtures import START, Study, clock, made_study
from trial_fixtures import ARMS, Made, arms, copied, decide, made_arms, made_trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.protocol import VALUE
from sle_desk.services import deviations, dose_corrections, dose_lists, dose_log, dosing, history, plan
from sle_desk.services.desk import Desk
from sle_desk.services.dose_entry import VialUse
from sle_desk.services.dosing import DiaryRow

__all__ = ["arms", "clock", "made_arms", "made_study", "made_trial"]
BOTH, ALONE, DAY_1 = ARMS.index("BELIL2") + 1, ARMS.index("IL2") + 1, START.date()
LAST_DAY = 20
SITES = ("RA", "LB", "RB", "LT", "RT", "LA")


def row(day: int, number: int | None = None, hour: int | None = 20, site: str = "RA") -> DiaryRow:
    """Return a row of a dose given so many days after the first."""
    return DiaryRow(
        DAY_1 + timedelta(days=day),
        number,
        None if hour is None else time(hour),
        administered=Decimal(1),
        site=site,
        reaction="none",
        reason="subject",
        vials=(VialUse("202607-A3", Decimal(1), 1),),
    )


def missed(number: int) -> DiaryRow:
    """Return a row of a dose that was missed, on the day it had in the plan from day 1."""
    return DiaryRow(DAY_1 + timedelta(days=2 * number - 2), number, missed="forgotten")


def counting_from_the_last(study: Study) -> Desk:
    """Count injections from the last dose, give both subjects the first, and sit some weeks later."""
    principal = study.sit("wu.min", roles.PI)
    decide(study, principal, "D14", "week_after_last")
    decide(study, principal, "il2.anchoring", VALUE, il2_anchoring="last_dose")
    desk = study.sit("lin.yue", roles.NURSE)
    for subject_id in (BOTH, ALONE):
        dispense(desk, subject_id)
        inject(desk, subject_id, site="LA")
    at(study, DAY_1 + timedelta(days=LAST_DAY))
    return study.sit("chen.lan", roles.COORDINATOR)


@pytest.fixture
def counted(arms: Study) -> Desk:
    """Return a desk of the twenty-first day, where injections are counted from the last dose."""
    return counting_from_the_last(arms)


def tell(desk: Desk, subject_id: int, *rows: DiaryRow) -> tuple[dosing.Recorded, ...]:
    """Record rows as one act."""
    return dosing.record_diary(desk, subject_id, desk.today(), "D-1", rows)


def plan_of(desk: Desk, subject_id: int) -> tuple[object, ...]:
    """Return the planned days, what fills each, what fits none, and what is proposed of all of them."""
    found = plan.calendar(desk, subject_id)
    slots = found.of_drug("IL2")
    told = [
        (each.slot.number, each.slot.planned_on, each.state, each.dose and content(each.dose))
        for each in slots
    ]
    over = [sorted(map(content, doses)) for doses in (found.extra, found.contested)]
    shown = sorted(
        (each.code, each.on_day, str(each.facts)) for each in deviations.deviations(desk, subject_id)
        if each.progress != "void"
    )  # fmt: skip
    return told, over, shown


def content(dose: dosing.RecordedDose) -> tuple[str, ...]:
    """Return what tells doses apart beside the number of the record."""
    return dose.progress, f"{dose.on_day}", f"{dose.started_at}", f"{dose.site}", f"{dose.answered_slot}"


def test_rows_told_together_in_any_order_fill_what_they_fill_one_by_one(counted: Desk) -> None:
    late = [row(3), row(6), row(9)]
    done = tell(counted, BOTH, *reversed(late))
    # In the order in which they were handed over.
    assert [each.slot and each.slot.number for each in done] == [4, 3, 2]
    for each in late:
        tell(counted, ALONE, each)
    assert plan_of(counted, BOTH) == plan_of(counted, ALONE)
    days = [each.slot.planned_on for each in plan.calendar(counted, ALONE).of_drug("IL2")]
    assert days[:5] == [DAY_1 + timedelta(days=day) for day in (0, 2, 5, 8, 11)]


def test_a_miss_stands_on_the_day_of_its_planned_dose_wherever_it_is_shown(counted: Desk) -> None:
    tell(counted, ALONE, missed(3))
    planned, moved = DAY_1 + timedelta(days=4), DAY_1 + timedelta(days=5)
    assert days_of_the_miss(counted) == {planned}
    # Dose 2 was given a day late, and that is told later: dose 3 was due a day later then.
    (done,) = tell(counted, ALONE, row(3))
    assert days_of_the_miss(counted) == {moved}
    trail = [each for each in history.subject_trail(counted, ALONE) if each.old and each.new]
    assert [
        (each.old["on_day"], each.new["on_day"], each.reason) for each in trail if "on_day" in each.old
    ] == [(f"{planned}", f"{moved}", "late")]
    # Entered in error, the plan stands as it did.
    kept = next(each for each in dose_log.doses(counted, ALONE) if each.id == done.id)
    dose_corrections.void_dose(counted, done.id, "slip", kept.version)
    assert days_of_the_miss(counted) == {planned}
    # Entered for the other subject, it moves the plan of the one it is moved to.
    (wrong,) = tell(counted, BOTH, row(3))
    kept = next(each for each in dose_log.doses(counted, BOTH) if each.id == wrong.id)
    dose_corrections.void_dose(counted, wrong.id, "slip", kept.version, to_subject=ALONE)
    assert days_of_the_miss(counted) == {moved}


def days_of_the_miss(desk: Desk) -> set[object]:
    """Return every day on which dose 3 is planned, shown as missed, proposed and exported."""
    slot = next(each for each in plan.calendar(desk, ALONE).of_drug("IL2") if each.state == "missed")
    shown = next(each for each in dose_log.doses(desk, ALONE) if each.progress == "missed")
    listed = next(each for each in dose_lists.listed_doses(desk) if each.state == "missed")
    proposed = [
        each for each in deviations.deviations(desk, ALONE)
        if each.code == "dose.missed" and each.progress == "proposed"
    ]  # fmt: skip
    assert (slot.slot.number, len(proposed)) == (3, 1)
    said = proposed[0].facts["on"]
    return {
        *(slot.slot.planned_on, slot.dose and slot.dose.on_day, shown.given.on_day),
        *(shown.slot and shown.slot.planned_on, listed.on_day, listed.planned_on),
        said if isinstance(said, date) else date.fromisoformat(said),
        *(proposed[0].on_day,),
    }


def test_a_miss_has_no_day_of_its_own_to_put_right(counted: Desk) -> None:
    (done,) = tell(counted, ALONE, missed(3))
    kept = next(each for each in dose_log.doses(counted, ALONE) if each.id == done.id)
    with pytest.raises(RuleBroken, match=r"dose\.not_correctable"):
        dose_corrections.correct_dose(counted, done.id, {"on_day": DAY_1}, "slip", kept.version)


@dataclass(frozen=True)
class Telling:
    """Rows of a diary, the act each belongs to, the order of those acts, and a day typed wrongly first."""

    rows: tuple[DiaryRow, ...]
    acts: tuple[int, ...]
    slip: tuple[int, int] | None = None


@some.composite
def tellings(draw: some.DrawFn) -> Telling:
    day, rows, sites = 0, [], count(1)
    for number in range(2, draw(some.integers(4, 7))):
        kind = draw(some.sampled_from(("given", "given", "given", "answered", "missed")))
        day += draw(some.integers(1, 3))
        if kind == "missed":
            rows.append(missed(number))
        else:
            hour = draw(some.sampled_from((None, 8, 20)))
            answered = number if kind == "answered" else None
            rows.append(row(min(day, LAST_DAY - 1), answered, hour, SITES[next(sites) % len(SITES)]))
    rows = draw(some.permutations(rows))
    acts = draw(some.lists(some.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    slip = draw(some.none() | some.tuples(some.integers(0, len(rows) - 1), some.sampled_from((-1, 1))))
    return Telling(tuple(rows), tuple(acts), slip)


def tell_in_acts(desk: Desk, subject_id: int, told: Telling) -> None:
    """Record the rows act by act; one of them on a wrong day first, and put right at the end."""
    rows, wrong = list(told.rows), None
    if told.slip is not None and not rows[told.slip[0]].missed:
        place, days = told.slip
        wrong = rows[place]
        rows[place] = replace(wrong, on_day=wrong.on_day + timedelta(days=days))
        assume(rows[place].on_day > DAY_1)
    slipped = None
    for act in sorted(set(told.acts)):
        places = [place for place, of in enumerate(told.acts) if of == act]
        done = tell(desk, subject_id, *(rows[place] for place in places))
        if wrong is not None and told.slip is not None and told.slip[0] in places:
            slipped = done[places.index(told.slip[0])].id
    if slipped is not None and wrong is not None:
        put_right(desk, subject_id, slipped, wrong)


def put_right(desk: Desk, subject_id: int, dose_id: int, wrong: DiaryRow) -> None:
    """Put a dose on the day on which it was given."""
    kept = next(each for each in dose_log.doses(desk, subject_id) if each.id == dose_id)
    zone = desk.now().tzinfo
    started = None if wrong.at is None else datetime.combine(wrong.on_day, wrong.at, zone)
    right = {"on_day": wrong.on_day, "started_at": started}
    dose_corrections.correct_dose(desk, dose_id, right, "slip", kept.version)


@few(3)
@given(told=tellings())
# A miss told before the late dose that moves it; one that explains a gap, told after the dose behind it.
@example(told=Telling((missed(3), row(3)), (0, 1)))
@example(told=Telling((row(2), missed(3), row(8)), (0, 1, 0)))
@example(told=Telling((row(9), row(6), row(3), missed(5)), (0, 1, 1, 0)))
@example(told=Telling((row(6), row(3)), (0, 0), (1, -1)))
def test_no_split_into_acts_and_no_slip_put_right_changes_what_is_planned_or_filled(
    tmp_path_factory: pytest.TempPathFactory, made_arms: Made, told: Telling
) -> None:
    study = copied(made_arms, tmp_path_factory.mktemp("told") / "study")
    desk = counting_from_the_last(study)
    try:
        tell(desk, BOTH, *told.rows)
        tell_in_acts(desk, ALONE, told)
    except RuleBroken:
        # "Missed" is refused of a planned dose that a dose fills, and of one still to come.
        assume(False)
    finally:
        told_at_once, in_acts = plan_of(desk, BOTH), plan_of(desk, ALONE)
        study.leave()
    assert told_at_once == in_acts
