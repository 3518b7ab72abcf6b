"""A visit entered in error: void with all that hangs on it, or entered as the visit it really was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import Stale
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.after_end import settle_visit
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.not_drawn import enter_not_drawn
from sle_desk.services.seen import version_of
from sle_desk.services.standing import ACTION, require_standing, to_void, void_record
from sle_desk.services.visit_windows import settle_window
from sle_desk.services.visits import known_visit, not_done_before, require_planned, take_back
from sle_desk.services.void_forms import enter_form, recompute_after_form
from sle_desk.services.void_samples import enter_sample, recompute_after_sample, void_sample_in

FORM, SAMPLE = "form_record", "sample"
Held = FormRecord | Sample | NotDrawn


@dataclass(frozen=True, order=True)
class Hanging:
    """What stands at a visit, a form, a sample or a panel told as not drawn: table, number, version, code."""

    table: str
    id: int
    version: int
    code: str


def hanging(desk: Desk, visit_id: int) -> tuple[Hanging, ...]:
    """Return what goes void with a visit."""
    with desk.view() as session:
        return tuple(_shown(session, record) for record in _records(session, visit_id))


def _records(session: Session, visit_id: int) -> list[Held]:
    forms = select(FormRecord).where(FormRecord.visit_id == visit_id, FormRecord.state == "current")
    samples = select(Sample).where(Sample.visit_id == visit_id, Sample.state == "current")
    untaken = select(NotDrawn).where(NotDrawn.visit_id == visit_id, NotDrawn.state == "current")
    return [
        *session.scalars(forms.order_by(FormRecord.id)),
        *session.scalars(samples.order_by(Sample.id)),
        *session.scalars(untaken.order_by(NotDrawn.id)),
    ]


def _shown(session: Session, record: Held) -> Hanging:
    code = record.form if isinstance(record, FormRecord) else record.panel
    return Hanging(record.__tablename__, record.id, version_of(session, record), code)


def void_visit(
    desk: Desk,
    visit_id: int,
    reason: str,
    seen_version: int,
    note: str = "",
    *,
    seen: Collection[Hanging],
    as_code: str = "",
) -> int | None:
    """Mark a visit as entered in error with all that hangs on it; `seen` is what the person was shown.

    With `as_code` it is entered as that visit of the same subject on the same day, and every form and sample
    there with it; its new number is returned.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        visit = to_void(change, Visit, visit_id, seen_version)
        records = _records(change.session, visit_id)
        if set(seen) != {_shown(change.session, record) for record in records}:
            raise Stale("record.changed_meanwhile")
        for record in records:
            _void(change, record, said)
        void_record(change, visit, said)
        moved = _enter_as(change, visit, as_code, records) if as_code else None
        for record in records:
            if isinstance(record, FormRecord):
                recompute_after_form(change, record)
        recompute_after_sample(change, visit.subject_id, said)
        return None if moved is None else moved.id


def _void(change: Change, record: Held, said: str) -> None:
    if isinstance(record, Sample):
        void_sample_in(change, record, said)
    else:
        void_record(change, record, said)


def _enter_as(change: Change, visit: Visit, code: str, records: list[Held]) -> Visit:
    planned = change.protocol.visit(code)
    if visit.on_day is None:
        require_planned(planned)
    known = known_visit(change.session, visit.subject_id, planned)
    not_done = not_done_before(known, planned.label, visit.void_reason if visit.on_day is not None else "")
    facts = change.record_facts(visit.subject_id, visit.on_day)
    moved = Visit(
        **{**facts, "source": visit.source, "source_reference": visit.source_reference},
        code=code,
        on_day=visit.on_day,
        not_done_reason=visit.not_done_reason,
        moved_from=visit.id,
    )
    change.add(moved)
    take_back(change, not_done, moved, visit.void_reason)
    require_standing(change, moved)
    visit.moved_to = moved.id
    settle_visit(change, moved)
    for record in records:
        if isinstance(record, Sample):
            enter_sample(change, record, moved.id)
        elif isinstance(record, NotDrawn):
            enter_not_drawn(change, record, moved)
        else:
            enter_form(change, record, moved.id)
    settle_window(change, moved)
    return moved
