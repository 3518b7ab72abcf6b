"""A study drug paused and resumed: recorded, put right, taken back; doses are compared with it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.leaving import OTHER
from sle_desk.domain.pauses import FORM, KINDS, PAUSED, RESUMED, check_steps
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.record_source import Told
from sle_desk.domain.values import check_text
from sle_desk.models.treatment import DosePause
from sle_desk.services.answers import reason_text
from sle_desk.services.courses import Course, course
from sle_desk.services.delegated import Doer
from sle_desk.services.desk import Change, Desk
from sle_desk.services.judged_again import judge_since
from sle_desk.services.record_corrections import Why, correcting
from sle_desk.services.record_sources import checked
from sle_desk.services.standing import (
    ACTION,
    known_since,
    require_born,
    require_changed,
    to_void,
    void_record,
)

PAUSE, RESUME = "dose.pause", "dose.resume"
HERE = Told()
_ACTIONS = {PAUSED: PAUSE, RESUMED: RESUME}


@dataclass(frozen=True)
class NewStep:
    """A drug paused or resumed, as a person tells it: the day, why, who decided it, and the source."""

    on_day: date
    decided_by: str
    reason: str = ""
    note: str = ""
    source: Told = HERE
    # Of a pause told when it was over: the first day on which the drug was given again.
    resumed_on: date | None = None


@dataclass(frozen=True)
class PauseRow:
    """A step of a drug into a pause or out of it, as it is shown."""

    id: int
    version: int
    kind: str
    drug: str
    told: NewStep


def is_declared(protocol: Protocol) -> bool:
    """Tell whether the package knows pauses; an earlier one does not, and none can be recorded by it."""
    return any(form.code == FORM for form in protocol.forms)


def possible_steps(desk: Desk, subject_id: int) -> tuple[tuple[str, str], ...]:
    """Return what can be recorded of each drug of the arm: paused, and resumed where a pause has no end.

    Of one that has ended too, for days before its end: what happened then may be told later.
    """
    with desk.view() as session:
        found = course(session, subject_id)
    if found is None or not found.arm or not is_declared(desk.protocol):
        return ()
    lasting = {drug for drug, own in found.pauses.items() if any(each.resumed_on is None for each in own)}
    return tuple(
        (kind, drug)
        for drug in desk.protocol.arm(found.arm).drugs
        for kind in (RESUMED, PAUSED)
        if kind == PAUSED or drug in lasting
    )


def pause_steps(desk: Desk, subject_id: int) -> tuple[PauseRow, ...]:
    """Return the steps that stand of a subject, by day."""
    with desk.view() as session:
        return tuple(map(_row, _steps(session, subject_id)))


def record_pause(desk: Desk, subject_id: int, kind: str, drug: str, new: NewStep) -> PauseRow:
    """Record that a drug was paused from a day on, or that it is given again from a day on.

    A pause told when it was over brings its end with it, as a step of its own. Planned doses keep their
    days. A dose already recorded in the pause stays recorded and is proposed as a deviation.
    """
    if kind not in KINDS:
        raise RuleBroken("pause.kind", kind=kind)
    kept = _checked(desk, kind, new)
    doer = Doer(kept.decided_by)
    with desk.change(_ACTIONS[kind], done_by=doer, done_on=kept.on_day, subject_id=subject_id) as change:
        require_born(change.session, subject_id, kept.on_day)
        facts = change.record_facts(subject_id, kept.on_day)
        _require_possible(change, subject_id, drug, kept.on_day)
        _require_turns(change.session, subject_id, drug, _turns(kind, kept))
        row = DosePause(**{**facts, **_columns(kept)}, kind=kind, drug=drug)
        change.add(row)
        _add_end(change, subject_id, drug, kept)
        # No dose before that day is touched by it: neither what it fills nor what it shows.
        judge_since(change, subject_id, drug, kept.on_day)
        return _row(row)


def _add_end(change: Change, subject_id: int, drug: str, begun: NewStep) -> None:
    """Add the end that a pause was told with as a step of its own."""
    if begun.resumed_on is None:
        return
    _require_possible(change, subject_id, drug, begun.resumed_on)
    facts = change.record_facts(subject_id, begun.resumed_on)
    ended = replace(begun, on_day=begun.resumed_on, reason="", note="")
    change.add(DosePause(**{**facts, **_columns(ended)}, kind=RESUMED, drug=drug))


def correct_pause(desk: Desk, why: Why, right: NewStep) -> None:
    """Put right the day, the reason and the rest of a step; kind and drug stay, doses are compared again.

    An end told with a pause is recorded beside it, as when the pause is told.
    """
    with correcting(desk, DosePause, why, right.on_day) as (change, row, _):
        kept, since = _checked(desk, row.kind, right), min(row.on_day, right.on_day)
        if kept.on_day != row.on_day:
            _require_possible(change, row.subject_id, row.drug, kept.on_day)
        _require_turns(change.session, row.subject_id, row.drug, _turns(row.kind, kept), but=row.id)
        for name, value in _columns(kept).items():
            setattr(row, name, value)
        if kept.resumed_on is None:
            require_changed(change, row)
        _add_end(change, row.subject_id, row.drug, kept)
        judge_since(change, row.subject_id, row.drug, since)


def void_pause(desk: Desk, pause_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark a step as entered in error: the plan is as without it. Of a pause that is over, its end first."""
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        row = to_void(change, DosePause, pause_id, seen_version)
        _require_turns(change.session, row.subject_id, row.drug, (), but=row.id)
        void_record(change, row, said)
        judge_since(change, row.subject_id, row.drug, row.on_day)


def _steps(session: Session, subject_id: int) -> list[DosePause]:
    return list(
        session.scalars(
            select(DosePause)
            .where(DosePause.subject_id == subject_id, DosePause.state == "current")
            .order_by(DosePause.on_day, DosePause.id)
        )
    )


def _row(row: DosePause) -> PauseRow:
    source = Told(row.source, row.source_reference)
    told = NewStep(row.on_day, row.decided_by, row.reason, row.note, source)
    return PauseRow(row.id, row.version, row.kind, row.drug, told)


def _checked(desk: Desk, kind: str, new: NewStep) -> NewStep:
    """Return what was told, trimmed; refused where it lacks its day, its decider or its coded reason.

    An end of a pause has neither a reason nor an end of its own: told of one, they are refused, not dropped.
    """
    if kind == RESUMED and (new.reason or new.resumed_on is not None):
        raise RuleBroken("pause.end_has_none")
    for day in (new.on_day, new.resumed_on):
        if day is not None and day > desk.today():
            raise RuleBroken("day.future", typed=day.isoformat(), today=desk.today().isoformat())
    decided_by, note = check_text(new.decided_by.strip()), check_text(new.note.strip())
    if not decided_by:
        raise RuleBroken("pause.incomplete")
    if not is_declared(desk.protocol):
        raise RuleBroken("pause.not_declared")
    known = {choice.code for choice in desk.protocol.form(FORM).field("reason").choices}
    if kind == PAUSED and new.reason not in known:
        raise RuleBroken("disposition.reason", kind=kind)
    if new.reason == OTHER and not note:
        raise RuleBroken("change.note_needed")
    source, reference, _ = checked(new.source.source, new.source.reference, None, desk.today())
    return replace(new, decided_by=decided_by, note=note, source=Told(source, reference))


def _columns(kept: NewStep) -> dict[str, object]:
    return {
        "on_day": kept.on_day,
        "decided_by": kept.decided_by,
        "reason": kept.reason,
        "note": kept.note,
        "source": kept.source.source,
        "source_reference": kept.source.reference,
    }


def _require_possible(change: Change, subject_id: int, drug: str, on_day: date) -> None:
    """Refuse a step of a drug that nobody was to give on that day: there is nothing to pause."""
    found = course(change.session, subject_id)
    if found is None:
        raise RuleBroken("subject.void")
    if not found.arm or found.allocated_at is None:
        raise RuleBroken("dose.not_allocated")
    if drug not in change.protocol.arm(found.arm).drugs:
        raise RuleBroken("pause.not_of_arm", drug=drug)
    since = max(known_since(change.session, subject_id), _planned_since(found))
    if on_day < since:
        raise RuleBroken("pause.before", day=on_day, since=since)
    ended = found.stopped_on(drug)
    if ended is not None and on_day > ended:
        raise RuleBroken("pause.after_end", day=on_day, ended=ended)


def _planned_since(found: Course) -> date:
    """Return the first day on which a dose can have been planned: of day 1, or of the allocation."""
    assert found.allocated_at is not None
    allocated = found.allocated_at.date()
    return allocated if found.day_one is None else min(allocated, found.day_one)


def _turns(kind: str, told: NewStep) -> tuple[tuple[str, date], ...]:
    """Return the steps that one telling makes: of a pause told when it was over, its end too."""
    end = () if told.resumed_on is None else ((RESUMED, told.resumed_on),)
    return ((kind, told.on_day), *end)


def _require_turns(
    session: Session, subject_id: int, drug: str, new: Iterable[tuple[str, date]], but: int | None = None
) -> None:
    standing = _steps(session, subject_id)
    steps = [(row.kind, row.on_day) for row in standing if row.drug == drug and row.id != but]
    check_steps((*steps, *new))
