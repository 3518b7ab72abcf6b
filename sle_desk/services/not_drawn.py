"""Panels of a visit for which no blood was drawn: told with the reason, and without a draw time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import MISSING_REASONS
from sle_desk.domain.values import check_text
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.visit import Visit
from sle_desk.services.answers import OTHER, reason_text
from sle_desk.services.desk import Change, Desk
from sle_desk.services.standing import ACTION, require_standing, to_void, void_record

# Why it no longer stands that nothing was drawn: a sample of the panel was entered after all.
DRAWN_AFTER_ALL = "late"


@dataclass(frozen=True)
class NotDrawnRow:
    """A panel that was told as not drawn, as it is shown."""

    id: int
    version: int
    subject_id: int
    visit_id: int
    panel: str
    reason: str
    recorded_on: date
    note: str = ""


def record_not_drawn(desk: Desk, visit_id: int, panel: str, reason: str, note: str = "") -> NotDrawnRow:
    """Record that no blood was drawn for a panel of a visit; no time of a draw is asked.

    RuleBroken `change.reason_needed` without a coded reason, `change.note_needed` where the reason is none of
    the list and no words say which, `sample.panel` for a panel that is not of the
    protocol, `record.there_already` where a sample stands, or this was told before.
    """
    if reason not in {choice.code for choice in MISSING_REASONS}:
        raise RuleBroken("change.reason_needed")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    if panel not in {known.code for known in desk.protocol.laboratory.panels}:
        raise RuleBroken("sample.panel", panel=panel)
    with desk.change("results.save") as change:
        visit = change.session.get_one(Visit, visit_id)
        require_standing(change, visit)
        if visit.on_day is None:
            raise RuleBroken("visit.not_done")
        _require_nothing(change, visit, panel)
        row = NotDrawn(
            **change.record_facts(visit.subject_id, visit.on_day),
            visit_id=visit.id,
            panel=panel,
            reason=reason,
            note=check_text(note.strip()),
        )
        change.add(row)
        return _row(row)


def _require_nothing(change: Change, visit: Visit, panel: str) -> None:
    for model in (Sample, NotDrawn):
        there = select(model.id).where(
            model.visit_id == visit.id, model.panel == panel, model.state == "current"
        )
        if change.session.scalar(there.limit(1)) is not None:
            label = change.protocol.laboratory.panel(panel).label
            planned = change.protocol.visit(visit.code).label
            raise RuleBroken("record.there_already", name=label, visit=planned)


def void_not_drawn(desk: Desk, row_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark it as entered in error that a panel was not drawn: it is asked for again."""
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        void_record(change, to_void(change, NotDrawn, row_id, seen_version), said)


def take_back(change: Change, sample: Sample) -> None:
    """Take back, in a change in hand, that a panel was not drawn: its sample is entered after all."""
    rows = change.session.scalars(
        select(NotDrawn).where(
            NotDrawn.visit_id == sample.visit_id,
            NotDrawn.panel == sample.panel,
            NotDrawn.state == "current",
        )
    ).all()
    for row in rows:
        void_record(change, row, DRAWN_AFTER_ALL)


def enter_not_drawn(change: Change, row: NotDrawn, visit: Visit) -> NotDrawn:
    """Enter at another visit, in a change in hand, that its panel was not drawn: the visit was that one."""
    facts = change.record_facts(visit.subject_id, visit.on_day)
    moved = NotDrawn(
        **{**facts, "source": row.source, "source_reference": row.source_reference},
        visit_id=visit.id,
        panel=row.panel,
        reason=row.reason,
        note=row.note,
        moved_from=row.id,
    )
    change.add(moved)
    row.moved_to = moved.id
    return moved


def not_drawn_at(desk: Desk, visit_id: int, panel: str) -> NotDrawnRow | None:
    """Return that a panel of a visit was not drawn, or None."""
    with desk.view() as session:
        row = session.scalar(
            select(NotDrawn)
            .where(NotDrawn.visit_id == visit_id, NotDrawn.panel == panel, NotDrawn.state == "current")
            .limit(1)
        )
        return None if row is None else _row(row)


def reasons_by_panel(session: Session, visit_id: int) -> dict[str, tuple[str, str]]:
    """Return the reason of each panel of a visit that was not drawn, and its words where there are any."""
    rows = session.scalars(select(NotDrawn).where(NotDrawn.visit_id == visit_id, NotDrawn.state == "current"))
    return {row.panel: (row.reason, row.note) for row in rows}


def _row(row: NotDrawn) -> NotDrawnRow:
    return NotDrawnRow(
        row.id,
        row.version,
        row.subject_id,
        row.visit_id,
        row.panel,
        row.reason,
        row.recorded_at.date(),
        row.note,
    )
