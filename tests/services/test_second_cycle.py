"""A second cycle, decided at once or on the way: its doses, visits, papers; and what was past stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dose_fixtures import at, dispense, infuse, inject
from hypothesis import given
from hypothesis import strategies as some
from judged_subjects import decided, decision
from registered_package import registered
from study_fixtures import Study
from trial_fixtures import arms, decide, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.domain.decisions import Decision
from sle_desk.domain.dose_matching import GIVEN, MISSED, DueSlot, RecordedDose
from sle_desk.domain.protocol import VALUE
from sle_desk.services import plan, visit_states, visits
from sle_desk.services.courses import Course
from sle_desk.services.desk import Desk
from sle_desk.services.printables import WORKSHEET, printables
from sle_desk.services.spared_forms import forms_spared

__all__ = ["arms", "made_arms", "made_trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
CYCLE, ACTIVITY = "study.second_cycle", "visit.second_cycle_activity"
SECOND = ["C2W28", "C2W32", "C2W36", "C2W40", "C2W44", "C2W48"]


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def decide_a_second_cycle(study: Study, answer: str = "yes") -> None:
    decide(study, study.sit("wu.min", roles.PI), CYCLE, VALUE, study_second_cycle=answer)


@pytest.fixture
def twice(arms: Study) -> Iterator[Study]:
    """Subjects 1 and 3 had their first doses today, in a study of two cycles."""
    decide_a_second_cycle(arms)
    desk = nurse(arms)
    dispense(desk, BOTH)
    dispense(desk, INTERLEUKIN)
    infuse(arms, desk, BOTH)
    inject(desk, BOTH)
    inject(desk, INTERLEUKIN)
    yield arms


def codes(study: Study, subject_id: int) -> list[str]:
    return [visit.planned.code for visit in plan.calendar(nurse(study), subject_id).visits]


def test_both_cycles_are_planned_and_the_treatment_ends_with_the_second(twice: Study) -> None:
    calendar = plan.calendar(nurse(twice), BOTH)
    assert [len(calendar.of_drug(drug)) for drug in ("BEL", "IL2")] == [12, 108]
    found = [visit.planned for visit in calendar.visits]
    assert [visit.code for visit in found][7:] == ["W24", *SECOND]
    assert [visit.code for visit in found if visit.ends_treatment] == ["C2W48"]
    assert found[-1].planned_on >= max(each.slot.planned_on for each in calendar.slots)
    assert found[-1].planned_on == TODAY + timedelta(weeks=48)


def test_the_follow_up_of_two_cycles_is_its_own_and_counts_from_the_last_dose(twice: Study) -> None:
    at(twice, TODAY + timedelta(weeks=52))
    by_code = {visit.planned.code: visit.planned for visit in plan.calendar(nurse(twice), INTERLEUKIN).visits}
    # One dose was given alone: it is the last.
    assert by_code["C2FU"].planned_on == TODAY + timedelta(days=28)
    assert "W28" not in by_code


def test_one_cycle_offers_no_visit_of_a_second(arms: Study) -> None:
    desk = nurse(arms)
    offered = [state.code for state in visit_states.visit_states(desk, BOTH)]
    assert "W28" in offered and not {*SECOND, "C2FU"} & {*offered}
    papers = {row.visit for row in printables(desk) if row.kind == WORKSHEET}
    assert "W28" in papers and not {*SECOND, "C2FU"} & papers


def test_two_cycles_offer_the_visits_of_both_and_keep_what_was_recorded(arms: Study) -> None:
    visits.record_visit(nurse(arms), BOTH, "W28", TODAY)
    decide_a_second_cycle(arms)
    desk = nurse(arms)
    offered = [state.code for state in visit_states.visit_states(desk, BOTH)]
    assert {*SECOND, "C2FU", "W28"} <= {*offered}
    assert "W28" not in [state.code for state in visit_states.visit_states(desk, INTERLEUKIN)]
    papers = {(row.subject_id, row.visit) for row in printables(desk) if row.kind == WORKSHEET}
    assert (INTERLEUKIN, "C2W48") in papers and (INTERLEUKIN, "W28") not in papers


def test_a_second_cycle_decided_on_the_way_plans_nothing_for_days_that_were_past(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    decided_on = TODAY + timedelta(days=210)
    at(arms, decided_on)
    before = plan.calendar(nurse(arms), INTERLEUKIN)
    decide_a_second_cycle(arms)
    after = plan.calendar(nurse(arms), INTERLEUKIN)
    known = {each.slot.number for each in before.slots}
    added = [each.slot for each in after.slots if each.slot.number not in known]
    assert [each for each in after.slots if each.slot.number in known] == list(before.slots)
    # Days 169 to 209 were nobody's to give; the numbers go on as they are counted from day 1.
    assert added[0].planned_on == decided_on and added[0].number == 54 + 22
    assert added[-1].number == 108
    assert [code for code in codes(arms, INTERLEUKIN) if code.startswith("C2")] == SECOND[1:]


def test_the_activity_of_a_second_cycle_is_asked_in_the_rhythm_decided(twice: Study) -> None:
    def spared(study: Study) -> set[str]:
        desk = nurse(study)
        with desk.view() as session:
            return {code for code in forms_spared(session, desk.protocol, desk.today()) if "." in code}

    assert spared(twice) == set()
    pi = twice.sit("wu.min", roles.PI)
    decide(twice, pi, ACTIVITY, VALUE, visit_second_cycle_activity="twelve_weekly")
    forms = ("pga", "sledai2k", "bilag_letters")
    assert spared(twice) == {f"C2W{week}.{form}" for week in (28, 32, 40, 44) for form in forms}
    at(twice, TODAY + timedelta(weeks=28))
    desk = nurse(twice)
    row = visits.record_visit(desk, BOTH, "C2W28", desk.today())
    (begun,) = [state for state in visit_states.visit_states(desk, BOTH) if state.visit_id == row.id]
    states = {form.code: form.state for form in begun.forms}
    assert (states["pga"], states["vitals"]) == ("not_expected", "empty")


# What can be decided again on the way, with what it goes together with.
CHANGES: tuple[tuple[tuple[str, str, dict[str, str]], ...], ...] = (
    (("D10", "calendar_month", {}),),
    (("D10", "every_28_days", {}),),
    (("D11", "seven", {}), (CYCLE, VALUE, {"study_second_cycle": "no"})),
    (("D11", "six", {}),),
    (("D14", "week_after_last", {}),),
    (
        ("D14", "week_after_last", {}),
        ("D13", "forty_three", {}),
        (CYCLE, VALUE, {"study_second_cycle": "no"}),
    ),
    (("D11", "six", {}), ("D13", "forty_two", {}), (CYCLE, VALUE, {"study_second_cycle": "yes"})),
    (
        ("D14", "week_after_last", {}),
        (CYCLE, VALUE, {"study_second_cycle": "no"}),
        ("il2.anchoring", VALUE, {"il2_anchoring": "last_dose"}),
    ),
    (("il2.anchoring", VALUE, {"il2_anchoring": "day_1"}),),
)
DOSES = some.lists(
    some.tuples(
        some.sampled_from(["IL2", "IL2", "IL2", "BEL"]),
        some.integers(0, 380),
        some.sampled_from([GIVEN, GIVEN, GIVEN, MISSED]),
    ),
    max_size=40,
)


def key(each: DueSlot) -> tuple[str, int]:
    return each.slot.drug, each.slot.number


def course(doses: list[tuple[str, int, str]]) -> Course:
    """Return a course that began on day 1 with both drugs."""
    told = [("BEL", 0, GIVEN), ("IL2", 0, GIVEN), *doses]
    records = (
        RecordedDose(
            *(key, drug, progress, TODAY + timedelta(days=day)),
            answered_slot=day // 2 + 1 if progress == MISSED else None,
        )
        for key, (drug, day, progress) in enumerate(told, 1)
    )
    return Course(1, "SLE-001", "BELIL2", datetime.combine(TODAY, time(8), UTC), tuple(records))


@given(DOSES, some.lists(some.tuples(some.integers(1, 60), some.sampled_from(CHANGES)), max_size=5))
def test_no_decision_moves_a_past_dose_or_the_record_that_fills_it(
    doses: list[tuple[str, int, str]], changes: list[tuple[int, tuple[tuple[str, str, dict[str, str]], ...]]]
) -> None:
    protocol, since = registered(), TODAY
    made: list[Decision] = [*decided(on=TODAY)]
    for later, change in changes:
        since += timedelta(days=later)
        told = course([each for each in doses if TODAY + timedelta(days=each[1]) <= since])
        before = plan.calendar_of(told, plan.versions_by(protocol, made, since), since)
        for code, option, values in change:
            made.append(decision(code, option, 1000 + len(made), since, **values))
        after = plan.calendar_of(told, plan.versions_by(protocol, made, since), since)
        past = {key(each): each for each in before.slots if each.slot.planned_on < since}
        now = {key(each): each for each in after.slots if each.slot.planned_on < since}
        assert {slot: now.get(slot) for slot in past} == past
        # Where nobody could compute the plan, what lay behind is told afterwards.
        assert all(not before.knows(drug) for drug, _ in now.keys() - past.keys())
