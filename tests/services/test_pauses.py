"""A drug paused and resumed: what is due, what may follow what, and what a dose in the pause shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from dose_fixtures import at, inject
from ended_subjects import due, rows, sit, treated
from paused_subjects import day, pause, resume
from study_fixtures import Study
from treated_subject import BOTH, treat_until
from trial_fixtures import arms, made_arms, made_trial, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.domain.record_source import PAPER, Told
from sle_desk.services import (
    deviations,
    dispositions,
    dose_log,
    dosing,
    not_given,
    overview,
    pauses,
    plan,
    preparing,
    week,
)
from sle_desk.services.desk import Desk
from sle_desk.services.pauses import NewStep
from sle_desk.services.preparing import PreparedInfusion
from sle_desk.services.record_corrections import Why

__all__ = ["arms", "made_arms", "made_trial", "treated", "trial"]


def states(desk: Desk, drug: str = "IL2") -> list[str]:
    return [each.state for each in plan.calendar(desk, BOTH).of_drug(drug)]


def proposed(desk: Desk) -> Counter[str]:
    return Counter(row.code for row in deviations.deviations(desk, BOTH, progress="proposed"))


def refused(code: str, act, *args: object, **kwargs: object) -> None:
    with pytest.raises(RuleBroken) as error:
        act(*args, **kwargs)
    assert error.value.code == code


def test_while_a_pause_lasts_its_doses_are_neither_due_nor_late_and_today_says_so(treated: Study) -> None:
    desk = sit(treated)
    assert "injection" in due(desk)
    planned = [each.slot.planned_on for each in plan.calendar(desk, BOTH).slots]
    pause(desk, 5)
    assert states(desk)[:2] == ["given", "given"]
    assert set(states(desk)[2:]) == {"paused"}
    assert "paused" not in states(desk, "BEL")
    at(treated, day(10))
    desk = sit(treated)
    assert [row.items[0].facts["count"] for row in rows(desk) if row.status == "paused"] == [3]
    assert not {"injection", "diary"} & due(desk)
    assert not any("dose" in each.code for of_day in overview.today(desk).week for each in of_day.planned)
    assert dosing.diary_slots(desk, BOTH) == not_given.open_planned(desk, BOTH, "IL2") == ()
    shown = {item.facts["state"] for of_day in _week(desk) for item in of_day if "drug" in item.facts}
    assert shown == {"paused"}
    assert [each.slot.planned_on for each in plan.calendar(desk, BOTH).slots] == planned


def _week(desk: Desk) -> tuple:
    return next(row.days for row in week.week(desk, desk.today()).rows if row.who.subject_id == BOTH)


def test_resumed_the_plan_goes_on_by_its_dates_and_the_pause_is_counted(treated: Study) -> None:
    desk = sit(treated)
    pause(desk, 5)
    at(treated, day(11))
    desk = sit(treated)
    resume(desk, 10)
    # Days 5, 7 and 9 lay in it; 11 is today.
    assert states(desk)[:7] == ["given", "given", "paused", "paused", "paused", "due_today", "planned"]
    inject(desk, BOTH)
    assert proposed(desk) == {}
    (row,) = (row.counts for row in dose_log.dose_log(desk, BOTH).compliance if row.counts.drug == "IL2"
              and row.counts.stage is None)  # fmt: skip
    assert (row.planned, row.given, row.paused, row.unrecorded) == (5, 2, 3, 0)
    assert "paused" not in due(desk)


def test_a_dose_given_in_a_pause_is_recorded_with_a_reason_and_proposed(treated: Study) -> None:
    desk = sit(treated)
    step = pause(desk, 5)
    at(treated, day(7))
    desk = sit(treated)
    refused("dose.reason_needed", inject, desk, BOTH)
    done = inject(desk, BOTH, reason="subject")
    assert [each.code for each in done.findings] == ["dose.during_pause"]
    assert states(desk)[2:5] == ["paused", "given", "paused"]
    assert proposed(desk) == {"dose.during_pause": 1}
    # The pause began later after all: the dose came before it, and day 5 passed without a word.
    pauses.correct_pause(desk, Why(step.id, step.version, "slip"), NewStep(day(7), "Zhao Jing", "infection"))
    assert proposed(desk) == {"dose.gap_long": 1}
    refused("dose.slot_answered", dosing.record_missed, desk, BOTH, "IL2", 4, "forgotten")


def test_a_paused_dose_is_not_missed_and_nothing_is_prepared_in_a_pause(treated: Study) -> None:
    desk = sit(treated)
    pause(desk, 5)
    refused("dose.slot_paused", dosing.record_missed, desk, BOTH, "IL2", 3, "forgotten")
    pause(desk, 4, "BEL")
    made = PreparedInfusion(BOTH, "BEL", desk.today(), 61, desk.today(), (), "A", "B", desk.now())
    refused("prepare.paused", preparing.prepare_infusion, desk, made)


def test_a_pause_recorded_later_takes_late_doses_back_and_leaves_what_was_told_of_them(
    treated: Study,
) -> None:
    at(treated, day(12))
    desk = sit(treated)
    dosing.record_missed(desk, BOTH, "IL2", 3, "forgotten")
    assert states(desk)[2:6] == ["missed", "overdue", "overdue", "overdue"]
    pause(desk, 4, resumed_on=day(9))
    assert states(desk)[2:6] == ["missed", "paused", "overdue", "overdue"]
    assert [(row.kind, row.told.on_day, row.told.reason) for row in pauses.pause_steps(desk, BOTH)] == [
        ("paused", day(4), "infection"),
        ("resumed", day(9), ""),
    ]
    assert proposed(desk) == {"dose.missed": 1}


def test_steps_take_turns_and_a_stop_ends_a_pause(treated: Study) -> None:
    desk = sit(treated)
    assert pauses.possible_steps(desk, BOTH) == (("paused", "BEL"), ("paused", "IL2"))
    pause(desk, 3)
    # An earlier pause may be told later: only days decide what can be.
    assert pauses.possible_steps(desk, BOTH) == (("paused", "BEL"), ("resumed", "IL2"), ("paused", "IL2"))
    refused("pause.twice", pause, desk, 4)
    refused("pause.same_day", resume, desk, 3)
    refused("pause.not_paused", resume, desk, 4, "BEL")
    dispositions.record_disposition(desk, BOTH, "drug_stop", "IL2", day(4), "adverse_event")
    assert pauses.possible_steps(desk, BOTH) == (("paused", "BEL"), ("resumed", "IL2"), ("paused", "IL2"))
    assert plan.calendar(desk, BOTH).of_drug("IL2")[-1].slot.planned_on == day(3)
    refused("pause.after_end", resume, desk, 5)
    assert "paused" not in due(desk)


@pytest.mark.parametrize(
    ("first", "drug", "said", "code"),
    [
        (6, "IL2", {}, "day.future"),
        (5, "IL2", {"resumed_on": date(2027, 1, 1)}, "day.future"),
        (0, "IL2", {}, "pause.before"),
        (5, "IL2", {"decided_by": " "}, "pause.incomplete"),
        (5, "IL2", {"reason": "mood"}, "disposition.reason"),
        (5, "IL2", {"reason": "other"}, "change.note_needed"),
        (5, "ASPIRIN", {}, "pause.not_of_arm"),
        (5, "IL2", {"source": Told("rumour")}, "choice.unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    treated: Study, first: int, drug: str, said: dict, code: str
) -> None:
    desk = sit(treated)
    before = desk.head()
    refused(code, pause, desk, first, drug, **said)
    assert desk.head() == before


def test_it_says_who_decided_from_which_source_and_whether_that_was_delegated(treated: Study) -> None:
    desk = treated.sit("lin.yue", roles.NURSE)
    pause(desk, 5, source=Told(PAPER, "ward notes 12"), note="Fever of 38.4.")
    (row,) = pauses.pause_steps(desk, BOTH)
    assert (row.told.source, row.told.note) == (Told(PAPER, "ward notes 12"), "Fever of 38.4.")
    assert proposed(desk) == {}
    pause(desk, 5, "BEL", decided_by="Dr Nobody")
    assert proposed(desk) == {"delegation.missing": 1}
    with pytest.raises(NotAllowed):
        pause(treated.sit("he.yan", roles.MONITOR), 5)


def test_a_step_is_put_right_or_taken_back_and_of_a_pause_its_end_first(treated: Study) -> None:
    at(treated, day(12))
    desk = sit(treated)
    begun, over = pause(desk, 5), resume(desk, 9)
    refused("pause.not_paused", pauses.void_pause, desk, begun.id, "slip", begun.version)
    why = Why(over.id, over.version, "slip")
    refused("correction.same", pauses.correct_pause, desk, why, over.told)
    refused("pause.same_day", pauses.correct_pause, desk, why, NewStep(day(5), "Zhao Jing"))
    pauses.correct_pause(desk, why, NewStep(day(11), "Zhao Jing"))
    assert states(desk)[2:7] == ["paused", "paused", "paused", "overdue", "planned"]
    with pytest.raises(Stale):
        pauses.void_pause(desk, over.id, "slip", over.version)
    pauses.void_pause(desk, over.id, "slip", pauses.pause_steps(desk, BOTH)[1].version)
    assert set(states(desk)[2:]) == {"paused"}
    pauses.void_pause(desk, begun.id, "slip", begun.version)
    assert states(desk)[2:6] == ["overdue"] * 4
    assert pauses.pause_steps(desk, BOTH) == ()


def test_before_the_first_dose_the_drug_that_is_paused_is_not_asked_for(arms: Study) -> None:
    desk = sit(arms)
    pause(desk, 1)
    assert {item.code for row in rows(desk) for item in row.items} >= {"paused", "infusion"}
    assert "injection" not in due(desk)


def test_a_long_gap_that_a_pause_explains_is_no_deviation(treated: Study) -> None:
    at(treated, day(13))
    desk = sit(treated)
    inject(desk, BOTH, reason="subject")
    assert proposed(desk) == {"dose.gap_long": 1}
    pause(desk, 4, resumed_on=day(13))
    assert proposed(desk) == {}


def test_an_infusion_that_is_paused_is_not_due_and_its_visit_is(arms: Study) -> None:
    treat_until(arms, 29)
    desk = sit(arms)
    assert "infusion" in due(desk)
    pause(desk, 29, "BEL")
    assert "infusion" not in due(desk)
    assert "visit" in due(desk)


@pytest.mark.parametrize("leaving", [("drug_stop", "IL2", "adverse_event"), ("exit", "", "subject")])
def test_what_happened_before_a_recorded_end_can_be_told_after_it(
    treated: Study, leaving: tuple[str, str, str]
) -> None:
    at(treated, day(12))
    desk, (kind, drug, reason) = sit(treated), leaving
    pause(desk, 7)
    dispositions.record_disposition(desk, BOTH, kind, drug, day(11), reason)
    assert {("resumed", "IL2"), ("paused", "IL2")} <= set(pauses.possible_steps(desk, BOTH))
    resume(desk, 9)
    pause(desk, 3, resumed_on=day(5))
    assert [(row.kind, row.told.on_day) for row in pauses.pause_steps(desk, BOTH)] == [
        ("paused", day(3)), ("resumed", day(5)), ("paused", day(7)), ("resumed", day(9)),
    ]  # fmt: skip
    assert ("resumed", "IL2") not in pauses.possible_steps(desk, BOTH)


def test_an_end_told_while_a_pause_is_put_right_is_recorded_and_none_is_told_of_an_end(
    treated: Study,
) -> None:
    at(treated, day(12))
    desk = sit(treated)
    begun = pause(desk, 5)
    why = Why(begun.id, begun.version, "slip")
    pauses.correct_pause(desk, why, replace(begun.told, resumed_on=day(9)))
    assert states(desk)[2:6] == ["paused", "paused", "overdue", "overdue"]
    first, over = pauses.pause_steps(desk, BOTH)
    assert (over.kind, over.told.on_day) == ("resumed", day(9))
    why = Why(first.id, first.version, "slip")
    refused("pause.not_paused", pauses.correct_pause, desk, why, replace(first.told, resumed_on=day(7)))
    refused("pause.end_has_none", pauses.record_pause, desk, BOTH, "resumed", "IL2", begun.told)
    why = Why(over.id, over.version, "slip")
    ended = replace(over.told, resumed_on=day(11))
    refused("pause.end_has_none", pauses.correct_pause, desk, why, ended)


def test_the_flag_of_compliance_asks_nothing_of_doses_that_a_pause_left_out(treated: Study) -> None:
    desk = sit(treated)
    pause(desk, 5)
    at(treated, day(12))
    (row,) = (
        row for row in dose_log.dose_log(sit(treated), BOTH).compliance
        if row.counts.drug == "IL2" and row.counts.stage is None
    )  # fmt: skip
    assert (row.counts.planned, row.counts.given, row.counts.paused, row.flag) == (6, 2, 4, "")
