"""Leaving: what fits together is recorded, plans end, and deviations are settled by those who judge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dose_fixtures import at, dispense, inject
from hypothesis import given
from hypothesis import strategies as some
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial, register, trial

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import leaving, roles
from sle_desk.domain.leaving import KINDS, REASONS, Leaving, Standing
from sle_desk.services import deviations, dispositions, record_corrections, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.record_corrections import Why

__all__ = ["arms", "made_arms", "made_trial", "trial"]

TODAY = date(2026, 11, 23)
BOTH, BELIMUMAB, INTERLEUKIN = 1, 2, 3
# What a dose after a stop shows, whichever was entered first.
AFTER_STOP = {"dose.after_stop", "dose.outside_plan"}


def nurse(study: Study) -> Desk:
    return study.sit("lin.yue", roles.NURSE)


def record(desk: Desk, subject_id: int, kind: str, drug: str = "", reason: str = "", note: str = "") -> None:
    said = reason or REASONS[kind][0].code
    dispositions.record_disposition(desk, subject_id, kind, drug, desk.today(), said, note)


def test_a_screen_failure_ends_the_way_of_somebody_without_an_arm(trial: Study) -> None:
    subject_id = register(trial)
    desk = nurse(trial)
    assert dispositions.possible_steps(desk, subject_id) == (("screen_failure", ""), ("exit", ""))
    record(desk, subject_id, "screen_failure")
    assert subjects.subject_row(desk, subject_id).state == "failed"
    with pytest.raises(RuleBroken, match="disposition.twice"):
        record(desk, subject_id, "screen_failure")
    assert dispositions.possible_steps(desk, subject_id) == (("exit", ""),)


def test_who_has_an_arm_fails_screening_no_more(arms: Study) -> None:
    with pytest.raises(RuleBroken, match="disposition.allocated"):
        record(nurse(arms), BOTH, "screen_failure")


def test_one_drug_stops_and_the_subject_stays(arms: Study) -> None:
    desk = nurse(arms)
    record(desk, BOTH, "drug_stop", "IL2")
    assert subjects.subject_row(desk, BOTH).state == "randomised"
    ends = (("completed", ""), ("exit", ""))
    assert dispositions.possible_steps(desk, BOTH) == (("drug_stop", "BEL"), *ends)
    record(desk, BOTH, "drug_stop", "BEL")
    assert dispositions.possible_steps(desk, BOTH) == ends
    assert [(row.kind, row.drug) for row in dispositions.dispositions(desk, BOTH)] == [
        ("drug_stop", "IL2"),
        ("drug_stop", "BEL"),
    ]


def test_stopping_a_drug_the_arm_does_not_have_needs_a_word(arms: Study) -> None:
    desk = nurse(arms)
    with pytest.raises(RuleBroken, match="disposition.drug_not_in_arm"):
        record(desk, BELIMUMAB, "drug_stop", "IL2")
    record(desk, BELIMUMAB, "drug_stop", "IL2", note="Given once by mistake, never again.")


@pytest.mark.parametrize(
    ("kind", "drug", "days", "reason", "code"),
    [
        ("holiday", "", 0, "x", "disposition.kind"),
        ("exit", "", 0, "criteria", "disposition.reason"),
        ("exit", "BEL", 0, "death", "disposition.drug"),
        ("drug_stop", "", 0, "adverse_event", "disposition.drug"),
        ("drug_stop", "ASPIRIN", 0, "adverse_event", "dose.unknown_drug"),
        ("exit", "", 1, "death", "day.future"),
        ("exit", "", -20_000, "death", "day.before_birth"),
        ("exit", "", -900, "death", "disposition.before"),
        ("exit", "", 0, "other", "change.note_needed"),
    ],
)
def test_what_contradicts_itself_is_refused(
    arms: Study, kind: str, drug: str, days: int, reason: str, code: str
) -> None:
    desk = nurse(arms)
    before = desk.head()
    with pytest.raises(RuleBroken) as refused:
        dispositions.record_disposition(desk, BOTH, kind, drug, TODAY + timedelta(days=days), reason)
    assert refused.value.code == code
    assert desk.head() == before


@pytest.mark.parametrize(
    ("kind", "drug", "code"), [("drug_stop", "IL2", "dose.after_stop"), ("exit", "", "dose.after_leaving")]
)
def test_a_dose_after_the_day_of_the_end_is_proposed_as_a_deviation_that_names_the_end(
    arms: Study, kind: str, drug: str, code: str
) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, TODAY + timedelta(days=2))
    desk = nurse(arms)
    inject(desk, INTERLEUKIN)
    dispositions.record_disposition(desk, INTERLEUKIN, kind, drug, TODAY, "subject")
    # As when the end was told first: the plan holds no dose after it.
    rows = deviations.deviations(desk, INTERLEUKIN)
    found = {(row.code, row.on_day) for row in rows if row.about_table == "dose"}
    assert found == {(each, desk.today()) for each in (code, "dose.outside_plan")}


def test_a_step_is_put_right_and_doses_are_compared_with_its_day(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    at(arms, TODAY + timedelta(days=2))
    desk = nurse(arms)
    inject(desk, INTERLEUKIN)
    dispositions.record_disposition(desk, INTERLEUKIN, "drug_stop", "IL2", desk.today(), "subject")
    assert deviations.deviations(desk, INTERLEUKIN) == ()

    def correct(on_day: date, reason: str = "adverse_event", note: str = "") -> None:
        (row,) = dispositions.dispositions(desk, INTERLEUKIN)
        why = Why(row.id, row.version, "slip")
        record_corrections.correct_disposition(desk, why, on_day, reason, note)

    correct(TODAY)
    (row,) = dispositions.dispositions(desk, INTERLEUKIN)
    assert (row.on_day, row.reason) == (TODAY, "adverse_event")
    assert {each.code for each in deviations.deviations(desk, INTERLEUKIN)} == AFTER_STOP
    correct(TODAY, "subject")
    assert len(deviations.deviations(desk, INTERLEUKIN)) == len(AFTER_STOP)
    correct(desk.today(), "subject")
    standing = [each for each in deviations.deviations(desk, INTERLEUKIN) if each.progress != "void"]
    assert standing == []
    for day, reason, code in (
        (TODAY + timedelta(days=9), "subject", "day.future"),
        (TODAY, "criteria", "disposition.reason"),
        (TODAY, "other", "change.note_needed"),
    ):
        with pytest.raises(RuleBroken, match=code):
            correct(day, reason)


def test_after_the_end_nothing_more_happens_and_before_it_still_can_be_recorded(arms: Study) -> None:
    desk = nurse(arms)
    at(arms, TODAY + timedelta(days=9))
    desk = nurse(arms)
    dispositions.record_disposition(desk, BOTH, "exit", "", TODAY + timedelta(days=5), "death")
    with pytest.raises(RuleBroken, match="disposition.after_end"):
        record(desk, BOTH, "drug_stop", "IL2")
    dispositions.record_disposition(desk, BOTH, "drug_stop", "IL2", TODAY + timedelta(days=3), "subject")
    assert len(dispositions.dispositions(desk, BOTH)) == 2


def test_an_error_is_void_once(arms: Study) -> None:
    desk = nurse(arms)
    record(desk, BOTH, "exit")
    (row,) = dispositions.dispositions(desk, BOTH)
    dispositions.void_disposition(desk, row.id, "slip", row.version)
    assert dispositions.dispositions(desk, BOTH) == ()
    with pytest.raises(RuleBroken, match="already_void"):
        dispositions.void_disposition(desk, row.id, "slip", row.version)


def test_a_deviation_is_accepted_or_explained_once_by_those_who_judge(arms: Study) -> None:
    desk = nurse(arms)
    dispense(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN)
    inject(desk, INTERLEUKIN, reason="mistake", started_at=None)
    first, second, *_ = deviations.deviations(desk, INTERLEUKIN)
    with pytest.raises(NotAllowed):
        deviations.accept(desk, first.id, first.version)
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    accepted = deviations.accept(
        desk, first.id, first.version, deviations.Judged(severity="minor", note="No harm.")
    )
    assert (accepted.progress, accepted.severity, accepted.settled_by) == ("accepted", "minor", "Zhao Jing")
    with pytest.raises(RuleBroken, match="explanation_needed"):
        deviations.explain(desk, second.id, second.version, "  ")
    with pytest.raises(Stale):
        deviations.explain(desk, second.id, second.version + 1, "Typed twice.")
    explained = deviations.explain(desk, second.id, second.version, "Typed twice.")
    assert (explained.progress, explained.explanation) == ("explained", "Typed twice.")
    with pytest.raises(RuleBroken, match="deviation.settled"):
        deviations.accept(desk, second.id, explained.version)
    with pytest.raises(RuleBroken, match="deviation.severity"):
        deviations.accept(desk, second.id, explained.version, deviations.Judged(severity="terrible"))
    assert {row.id for row in deviations.deviations(desk, progress="proposed")}.isdisjoint(
        {first.id, second.id}
    )


STEPS = some.builds(
    Leaving,
    kind=some.sampled_from(sorted(KINDS)),
    drug=some.sampled_from(["", "BEL", "IL2"]),
    on_day=some.just(TODAY),
    reason=some.sampled_from(sorted({choice.code for kind in KINDS for choice in REASONS[kind]})),
    note=some.sampled_from(["", "why"]),
)


@given(some.booleans(), some.lists(STEPS, max_size=8))
def test_whatever_is_recorded_in_a_row_stays_consistent(allocated: bool, steps: list[Leaving]) -> None:
    drugs = frozenset({"BEL"}) if allocated else frozenset[str]()
    kept: tuple[Leaving, ...] = ()
    for step in steps:
        standing = Standing(allocated, drugs, kept)
        try:
            leaving.check_leaving(step, standing)
        except RuleBroken:
            continue
        if not (step.kind == "drug_stop" and step.drug not in drugs):
            assert step.kind in leaving.possible(standing)
        kept = (*kept, step)
    kinds = [step.kind for step in kept]
    assert kinds.count("exit") + kinds.count("completed") <= 1
    assert kinds.count("screen_failure") <= (0 if allocated else 1)
    stops = [step.drug for step in kept if step.kind == "drug_stop"]
    assert len(stops) == len(set(stops))
