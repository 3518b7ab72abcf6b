"""A sample entered in error with its results: void here, and judged anew where it belongs."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.models.lab import Result, Sample
from sle_desk.models.visit import Visit
from sle_desk.services.answers import reason_text
from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.desk import Change, Desk
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import judge_holds_again, judge_results_again
from sle_desk.services.lab_judgement import as_new, background_of, typed_of
from sle_desk.services.labs import new_sample, put_results
from sle_desk.services.not_drawn import take_back
from sle_desk.services.standing import (
    ACTION,
    close_queries,
    require_born,
    require_standing,
    to_void,
    void_record,
)


def void_sample(
    desk: Desk, sample_id: int, reason: str, seen_version: int, note: str = "", *, to_visit: int | None = None
) -> int | None:
    """Mark a sample as entered in error; with `to_visit` it is entered there, and its new number returned.

    Typed text, comparator and unit stay; range, flag and grade are those of the person and day there. What
    an investigator judged of a result here says nothing there and is asked again.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        sample = to_void(change, Sample, sample_id, seen_version)
        void_sample_in(change, sample, said)
        moved = None if to_visit is None else enter_sample(change, sample, to_visit)
        for subject_id in {sample.subject_id, moved.subject_id if moved else sample.subject_id}:
            recompute_after_sample(change, subject_id, said)
        return None if moved is None else moved.id


def void_sample_in(change: Change, sample: Sample, said: str) -> None:
    """Mark a sample as entered in error in a change in hand, with the questions about its results."""
    void_record(change, sample, said)
    ids = change.session.scalars(select(Result.id).where(Result.sample_id == sample.id)).all()
    close_queries(change, "result", ids, said)


def recompute_after_sample(change: Change, subject_id: int, reason: str) -> None:
    """Judge again what rested on a sample: grades against a baseline, holds, consents and eligibility."""
    judge_results_again(change, subject_id, reason)
    judge_holds_again(change, subject_id)
    renew_consent_findings(change, subject_id)
    void_if_changed(change, subject_id)


def enter_sample(change: Change, sample: Sample, visit_id: int) -> Sample:
    """Enter a void sample with its results at another visit, in a change in hand."""
    session, visit = change.session, change.session.get_one(Visit, visit_id)
    _check_place(change, sample, visit)
    there = replace(as_new(sample), subject_id=visit.subject_id, visit_id=visit.id)
    moved = new_sample(change, there)
    moved.source, moved.source_reference = sample.source, sample.source_reference
    moved.moved_from = sample.id
    change.add(moved)
    take_back(change, moved)
    sample.moved_to = moved.id
    rows = session.scalars(select(Result).where(Result.sample_id == sample.id).order_by(Result.id)).all()
    put_results(change, moved, background_of(session, change.protocol, there), tuple(map(typed_of, rows)))
    return moved


def _check_place(change: Change, sample: Sample, visit: Visit) -> None:
    require_standing(change, visit)
    panel, planned = change.protocol.laboratory.panel(sample.panel), change.protocol.visit(visit.code)
    if visit.id == sample.visit_id:
        raise RuleBroken("record.same_visit")
    if sample.panel not in planned.panels:
        raise RuleBroken("record.not_at_visit", name=panel.label, visit=planned.label)
    # The page of a visit shows one sample of a panel: a second one would be there unseen.
    there = change.session.scalar(
        select(Sample.id).where(
            Sample.visit_id == visit.id, Sample.panel == sample.panel, Sample.state == "current"
        )
    )
    if there is not None:
        raise RuleBroken("record.there_already", name=panel.label, visit=planned.label)
    require_born(change.session, visit.subject_id, sample.drawn_at.date())
