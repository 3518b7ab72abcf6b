"""What rested on a corrected record, judged again: grades and doses; `subject_again` judges all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select

from sle_desk.domain.dose_matching import GIVEN, MISSED, answer_after
from sle_desk.domain.schedule import Slot
from sle_desk.models.lab import Result, Sample
from sle_desk.models.treatment import Dose, DoseVials
from sle_desk.services.courses import record_of
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_entry import entry_of
from sle_desk.services.dose_judgement import (
    OF_DOSES,
    OF_HOLDS,
    ground_of,
    hold_findings,
    judge_kept,
    missed_finding,
    weight_of_now,
)
from sle_desk.services.lab_judgement import (
    as_new,
    background_of,
    fill_result,
    first_dose_of,
    forget_judgement,
    typed_of,
)
from sle_desk.services.missed_doubts import settle_missed_doubts
from sle_desk.services.plan import calendar_in
from sle_desk.services.relation_doubts import settle_relations
from sle_desk.services.signatures import void_signatures
from sle_desk.services.stock_findings import judge_lots_again, lots_of
from sle_desk.services.visit_windows import settle_after_doses, settle_windows

# What is said of a result; where it changes, nobody has judged the result as it stands now.
_SAID = ("standard_value", "low", "high", "low_inclusive", "high_inclusive", "flag", "grade", "grade_reason")
LATE_INFORMATION = "late"
_OF_WEIGHT = ("dose.weight_corrected", "dose.weight_void")


def judge_results_again(change: Change, subject_id: int, reason: str) -> int:
    """Judge the results of a subject by sex, age, laboratory, draw time and first dose as they stand now.

    Return how many read otherwise. Those wait for their judgement (CS, NCS) again, and signatures on their
    samples go void.
    """
    session = change.session
    session.flush()
    changed = 0
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current").order_by(Sample.id)
    ).all()
    for sample in samples:
        ground = background_of(session, change.protocol, as_new(sample))
        rows = session.scalars(select(Result).where(Result.sample_id == sample.id)).all()
        differing = 0
        for row in rows:
            before = _said(row)
            fill_result(row, ground, typed_of(row))
            if _said(row) != before:
                forget_judgement(row)
                differing += 1
        if differing:
            void_signatures(change, "sample", sample.id, reason)
        changed += differing
    if changed:
        judge_holds_again(change, subject_id)
    session.flush()
    return changed


def _said(row: Result) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _SAID)


def judge_doses_again(change: Change, subject_id: int) -> None:
    """Compare every given dose of a subject with the others, its plan and the consents as they stand now."""
    session = change.session
    session.flush()
    doses = session.scalars(
        select(Dose)
        .where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == GIVEN)
        .order_by(Dose.on_day, Dose.id)
    ).all()
    # First, for the day of a miss says which gaps it explains.
    settle_missed(change, subject_id)
    _renew(change, subject_id, doses)
    settle_after_doses(change, subject_id)
    settle_relations(change, subject_id)


def moved_from(on_day: date, slot: Slot | None) -> date:
    """Return the first day whose doses a new one can lay otherwise.

    One told to be of a planned dose takes that from an earlier one that the window holds, too.
    """
    return on_day if slot is None else min(on_day, slot.opens_on)


def judge_after(change: Change, subject_id: int, drug: str, since: date) -> None:
    """Compare the doses of a drug from a day on again: one entered late stands before them now."""
    later = _given_since(change, subject_id, drug, since)
    settle_missed(change, subject_id)
    # A dose that is the newest was judged when it was recorded.
    if len(later) > 1:
        _renew(change, subject_id, later)
    lots = (lot for dose in later for lot in lots_of(change.session, dose.id))
    judge_lots_again(change, lots, since)
    settle_after_doses(change, subject_id)
    settle_relations(change, subject_id)


def judge_since(change: Change, subject_id: int, drug: str, since: date) -> None:
    """Compare every dose of a drug from a day on again: what is asked of them is another thing now."""
    later = _given_since(change, subject_id, drug, since)
    settle_missed(change, subject_id)
    _renew(change, subject_id, later)


def _given_since(change: Change, subject_id: int, drug: str, since: date) -> Sequence[Dose]:
    session = change.session
    session.flush()
    return session.scalars(
        select(Dose)
        .where(
            Dose.subject_id == subject_id,
            Dose.drug == drug,
            Dose.state == "current",
            Dose.progress == GIVEN,
            Dose.on_day >= since,
        )
        .order_by(Dose.on_day, Dose.id)
    ).all()


def judge_weights_again(change: Change, subject_id: int, weighed_on: date) -> None:
    """Compare the weight that doses were computed on with what stands of its day: a dose keeps its own.

    That nobody was weighed so is proposed about the dose once, and taken back where somebody was after all.
    """
    session = change.session
    session.flush()
    weighed = select(Dose).where(
        Dose.subject_id == subject_id, Dose.weight_day == weighed_on, Dose.progress != MISSED
    )
    for dose in session.scalars(weighed.where(Dose.state == "current").order_by(Dose.id)).all():
        found = weight_of_now(session, subject_id, dose.weight, dose.weight_day)
        renew_proposals(change, subject_id, ("dose", dose.id), dose.on_day, _OF_WEIGHT, found)


def judge_holds_again(change: Change, subject_id: int, since: date = date.min) -> None:
    """Compare doses from a day on with what hints at holding them: it was measured, told or put right."""
    session = change.session
    session.flush()
    given = select(Dose).where(
        Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == GIVEN, Dose.on_day >= since
    )
    for dose in session.scalars(given.order_by(Dose.on_day, Dose.id)).all():
        found = hold_findings(session, change.protocol, entry_of(dose, ()), record_of(dose))
        renew_proposals(change, subject_id, ("dose", dose.id), dose.on_day, OF_HOLDS, tuple(found))


def settle_missed(change: Change, subject_id: int) -> None:
    """Let go of "missed" where a dose was given for that slot after all, and propose it where none was.

    It stands on the day of its planned dose: nobody said another, and a dose told later may have moved it.
    """
    session = change.session
    missed = session.scalars(
        select(Dose).where(Dose.subject_id == subject_id, Dose.state == "current", Dose.progress == MISSED)
    ).all()
    calendar = calendar_in(session, change.protocol, subject_id, change.at.date()) if missed else None
    for dose in missed:
        slot = calendar.filled_by(dose.id) if calendar is not None else None
        # What was prepared for it has a day of its own.
        if slot is not None and dose.discarded_on is None and dose.on_day != slot.planned_on:
            dose.on_day = slot.planned_on
            change.give_reason(LATE_INFORMATION)
            void_signatures(change, "dose", dose.id, LATE_INFORMATION)
        found = () if slot is None else (missed_finding(slot.number, dose.on_day, dose.reason),)
        renew_proposals(change, subject_id, ("dose", dose.id), dose.on_day, OF_DOSES, found)
    settle_missed_doubts(change, subject_id, calendar)


def _renew(change: Change, subject_id: int, doses: Sequence[Dose]) -> None:
    session, today = change.session, change.at.date()
    if not doses:
        return
    ground = ground_of(session, change.protocol, subject_id, today)
    for dose in doses:
        vials = session.scalars(select(DoseVials).where(DoseVials.dose_id == dose.id)).all()
        judged = judge_kept(ground, entry_of(dose, vials), today, dose.id)
        renew_proposals(change, subject_id, ("dose", dose.id), dose.on_day, OF_DOSES, judged.findings)


def _answers_again(change: Change, subject_id: int) -> bool:
    """Lead each answer to the planned dose it names by the plan as it stands now; tell whether any moved."""
    answered = change.session.scalars(
        select(Dose).where(
            Dose.subject_id == subject_id, Dose.state == "current", Dose.answered_slot.is_not(None)
        )
    ).all()
    if not answered:
        return False
    calendar = calendar_in(change.session, change.protocol, subject_id, change.at.date())
    if calendar is None or calendar.provisional:
        return False
    slots = [each.slot for each in calendar.slots]
    moved = False
    for dose in answered:
        number = answer_after(record_of(dose), slots)
        moved = moved or number != dose.answered_slot
        dose.answered_slot = number
    change.session.flush()
    return moved


@contextmanager
def minding_first_dose(change: Change, subject_id: int, reason: str = LATE_INFORMATION) -> Iterator[None]:
    """Judge results, doses and visits again where what is done in here moves the first dose."""
    before = first_dose_of(change.session, subject_id)
    yield
    change.session.flush()
    if first_dose_of(change.session, subject_id) == before:
        return
    # Day 1 moved: every slot is another one now.
    if _answers_again(change, subject_id):
        change.give_reason(reason)
    judge_doses_again(change, subject_id)
    settle_windows(change, subject_id)
    if judge_results_again(change, subject_id, reason):
        change.give_reason(reason)
