"""What was entered in error for a subject and where it went, and the places a record can be entered at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.visit_rules import is_planned, recurs
from sle_desk.models.audit import Audit
from sle_desk.models.lab import NotDrawn, Sample
from sle_desk.models.subject import Consent, Disposition, NotReconsented, Subject
from sle_desk.models.treatment import Dispensing, Dose, DosePause
from sle_desk.models.visit import FormRecord, Visit
from sle_desk.services.desk import Desk
from sle_desk.services.in_force import visits_planned


@dataclass(frozen=True)
class Where:
    """A place of a record: its subject, and its visit where it has one."""

    subject_id: int
    subject_code: str
    visit_id: int | None = None
    visit: str = ""
    on_day: date | None = None


@dataclass(frozen=True)
class VoidRow:
    """A record that was entered in error: what it was, why and by whom, and where it stands now."""

    table: str
    id: int
    code: str
    on_day: date | None
    here: Where
    reason: str
    voided_at: datetime
    voided_by: str
    there: Where | None
    there_void: bool


# What a record of each table is of, and its own day.
_KINDS: dict[Any, tuple[Callable[[Any], str], Callable[[Any], date | None]]] = {
    Visit: (lambda row: row.code, lambda row: row.on_day),
    FormRecord: (lambda row: row.form, lambda row: row.on_day),
    Sample: (lambda row: row.panel, lambda row: row.drawn_at.date()),
    NotDrawn: (lambda row: row.panel, lambda row: None),
    Dose: (lambda row: row.drug, lambda row: row.on_day),
    Dispensing: (lambda row: row.lot, lambda row: row.on_day),
    Consent: (lambda row: row.consent_version, lambda row: row.signed_on),
    Disposition: (lambda row: row.kind, lambda row: row.on_day),
    DosePause: (lambda row: row.kind, lambda row: row.on_day),
    NotReconsented: (lambda row: row.reason, lambda row: row.on_day),
}


def voided(desk: Desk, subject_id: int) -> tuple[VoidRow, ...]:
    """Return the records of a subject that were entered in error, the latest marked first."""
    with desk.view() as session:
        rows = [
            _void_row(session, model, row)
            for model in _KINDS
            for row in session.scalars(
                select(model).where(model.subject_id == subject_id, model.state == "void")
            )
        ]
    return tuple(sorted(rows, key=lambda row: row.voided_at, reverse=True))


def void_at(desk: Desk, visit_id: int, table: str, code: str) -> VoidRow | None:
    """Return the form or sample of a visit that was marked last, or None."""
    with desk.view() as session:
        subject_id = session.get_one(Visit, visit_id).subject_id
    found = (row for row in voided(desk, subject_id) if (row.table, row.code) == (table, code))
    return next((row for row in found if row.here.visit_id == visit_id), None)


def _void_row(session: Session, model: Any, row: Any) -> VoidRow:
    code_of, day_of = _KINDS[model]
    table = model.__tablename__
    marked = session.execute(
        select(Audit.at, Audit.user)
        .where(
            Audit.table_name == table,
            Audit.row_id == row.id,
            # A step that voids a decision marks what the decision recorded, too: any act with this reason.
            Audit.payload.like('%"state":"void"%'),
        )
        .order_by(Audit.number)
        .limit(1)
    ).one()
    moved = session.get(model, row.moved_to) if row.moved_to is not None else None
    return VoidRow(
        table=table,
        id=row.id,
        code=code_of(row),
        on_day=day_of(row),
        here=_where(session, row),
        reason=row.void_reason,
        voided_at=marked.at,
        voided_by=marked.user,
        there=_where(session, moved) if moved is not None else None,
        there_void=moved is not None and moved.state == "void",
    )


def _where(session: Session, row: Any) -> Where:
    subject = session.get_one(Subject, row.subject_id)
    visit = row if isinstance(row, Visit) else session.get(Visit, getattr(row, "visit_id", None) or 0)
    if visit is None:
        return Where(subject.id, subject.code)
    return Where(subject.id, subject.code, visit.id, visit.code, visit.on_day)


def places_for_form(desk: Desk, record_id: int) -> tuple[Where, ...]:
    """Return the visits a form can be entered at: planned there and not filled; own subject first."""
    with desk.view() as session:
        record = session.get_one(FormRecord, record_id)
        fitting = {visit.code for visit in desk.protocol.visits if record.form in visit.forms}
        filled = select(FormRecord.visit_id).where(
            FormRecord.form == record.form, FormRecord.state == "current"
        )
        return _places(session, record, fitting, set(session.scalars(filled)))


def places_for_sample(desk: Desk, sample_id: int) -> tuple[Where, ...]:
    """Return the visits a sample can be entered at: its panel planned there and not drawn yet."""
    with desk.view() as session:
        sample = session.get_one(Sample, sample_id)
        fitting = {visit.code for visit in desk.protocol.visits if sample.panel in visit.panels}
        drawn = select(Sample.visit_id).where(Sample.panel == sample.panel, Sample.state == "current")
        return _places(session, sample, fitting, set(session.scalars(drawn)))


def _places(
    session: Session, record: FormRecord | Sample, fitting: set[str], taken: set[int]
) -> tuple[Where, ...]:
    rows = session.execute(
        select(Visit, Subject.code)
        .join(Subject, Subject.id == Visit.subject_id)
        .where(Visit.state == "current", Subject.state == "current", Visit.code.in_(fitting))
        .order_by(Subject.id != record.subject_id, Subject.number, Visit.on_day, Visit.id)
    )
    return tuple(
        Where(visit.subject_id, code, visit.id, visit.code, visit.on_day)
        for visit, code in rows
        if visit.id not in taken and visit.id != record.visit_id
    )


def visits_instead(desk: Desk, visit_id: int) -> tuple[str, ...]:
    """Return the codes a visit can be entered as: not recorded yet, with room for all that hangs on it."""
    with desk.view() as session:
        visit = session.get_one(Visit, visit_id)
        known = select(Visit.code).where(Visit.subject_id == visit.subject_id, Visit.state == "current")
        recorded = set(session.scalars(known))
        forms = select(FormRecord.form).where(FormRecord.visit_id == visit_id, FormRecord.state == "current")
        panels = select(Sample.panel).where(Sample.visit_id == visit_id, Sample.state == "current")
        untaken = select(NotDrawn.panel).where(NotDrawn.visit_id == visit_id, NotDrawn.state == "current")
        offered = visits_planned(session, desk.protocol, desk.today())
        held, drawn = set(session.scalars(forms)), {*session.scalars(panels), *session.scalars(untaken)}
    return tuple(
        planned.code
        for planned in desk.protocol.visits
        if planned.code in offered
        and (planned.code not in recorded or (recurs(planned) and planned.code != visit.code))
        and (visit.on_day is not None or is_planned(planned))
        and held <= set(planned.forms)
        and drawn <= set(planned.panels)
    )
