"""Whether the report of a serious event still says what was sent: what went is never written over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.checks import Value
from sle_desk.domain.event_medicines import given_for, onset
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import REPORT, SENT, is_sent
from sle_desk.domain.values import partial_bounds
from sle_desk.models.audit import Audit, Paper
from sle_desk.models.store.redaction import REDACT
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.printables import SAE

START, INDICATION = "start", "indication"


def require_as_sent(session: Session, protocol: Protocol, report: FormRecord, event: FormRecord) -> None:
    """Refuse to print a version of a report that was sent and would say something else now.

    RuleBroken `report.changed_since`: what was corrected or came to be known since goes into a follow-up.
    """
    values = values_of(session, report.id)
    if not is_sent(values):
        return
    changed = session.scalar(
        select(Audit.at)
        .where(_after(session, report, values), Audit.action != REDACT, Audit.operation != "event")
        .where(or_(_of_answers(protocol, report, event), _of_medication(session, event)))
        .order_by(Audit.number)
        .limit(1)
    )
    if changed is None:
        return
    form, kind = protocol.form(REPORT), values.get("kind")
    label = form.field("kind").choice(kind.choice).label if kind and kind.choice else form.label
    sent = " ".join(values[code].as_typed for code in SENT if code in values)
    raise RuleBroken("report.changed_since", kind=label, sent=sent, changed=f"{changed:%Y-%m-%d %H:%M}")


def _after(session: Session, report: FormRecord, values: Mapping[str, Value]) -> ColumnElement[bool]:
    """Return what tells that a row of the audit came after what was sent.

    What was sent is the last print of before; one that was not printed here stood as it was when the sending
    was recorded.
    """
    printed = session.scalars(
        select(Paper)
        .where(Paper.kind == f"{SAE}.{report.parent_id}-{report.id}")
        .order_by(Paper.audit_number.desc())
    )
    for paper in printed:
        if paper.printed_at.replace(tzinfo=None) < _sent_by(values):
            return Audit.number > paper.audit_number
    recorded = session.scalar(
        select(Audit.change)
        .join(Answer, Answer.id == Audit.row_id)
        .where(Audit.table_name == Answer.__tablename__, Answer.form_record_id == report.id)
        .where(Answer.field == SENT[0])
        .order_by(Audit.number)
        .limit(1)
    )
    return Audit.change > (recorded or 0)


def _sent_by(values: Mapping[str, Value]) -> datetime:
    """Return the end of the minute, or of the day, in which a report was sent, on the clock of the site."""
    day, at = values[SENT[0]].day, values.get(SENT[1])
    assert day is not None
    if at is None or not at.text:
        return datetime.combine(day + timedelta(days=1), time.min)
    return datetime.combine(day, time.fromisoformat(at.text)) + timedelta(minutes=1)


def _of_answers(protocol: Protocol, report: FormRecord, event: FormRecord) -> ColumnElement[bool]:
    """Return what tells that a row of the audit is of the event, or of what the report itself says of it.

    Whom the report was told to, and when, becomes known after it went.
    """
    content = [field.code for field in protocol.form(REPORT).fields() if field.required and not field.later]
    told = and_(Answer.form_record_id == report.id, Answer.field.in_(content))
    shown = select(Answer.id).where(or_(Answer.form_record_id == event.id, told))
    return and_(Audit.table_name == Answer.__tablename__, Audit.row_id.in_(shown))


def _of_medication(session: Session, event: FormRecord) -> ColumnElement[bool]:
    """Return what tells that a row of the audit is of a medicine that stands on the report, or stood there.

    That is one that had begun by the onset, or was given for the event; one put right since counts as it was.
    """
    told = values_of(session, event.id)
    _, last = onset(told, event.on_day)
    begun = {
        record_id
        for record_id, field, texts in _written(session, event.subject_id)
        for text in texts
        if (field == START and partial_bounds(text)[0] <= last)
        or (field == INDICATION and given_for({INDICATION: Value(text=text)}, told))
    }
    answers = select(Answer.id).where(Answer.form_record_id.in_(begun))
    return or_(
        and_(Audit.table_name == Answer.__tablename__, Audit.row_id.in_(answers)),
        and_(Audit.table_name == FormRecord.__tablename__, Audit.row_id.in_(begun)),
    )


def _written(session: Session, subject_id: int) -> Iterator[tuple[int, str, list[str]]]:
    """Yield when each medicine of a subject began and what it was for, as it stands and as it was before."""
    rows = session.scalars(
        select(Answer)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(FormRecord.subject_id == subject_id, FormRecord.form == MEDICATION)
        .where(Answer.field.in_((START, INDICATION)))
    ).all()
    before: dict[int, list[str]] = {}
    for row_id, payload in session.execute(
        select(Audit.row_id, Audit.payload)
        .where(Audit.table_name == Answer.__tablename__, Audit.row_id.in_([row.id for row in rows]))
        .where(Audit.operation == "update", Audit.payload.is_not(None))
    ):
        before.setdefault(row_id or 0, []).append(
            json.loads(payload or "{}").get("old", {}).get("text") or ""
        )
    for row in rows:
        yield row.form_record_id, row.field, [text for text in (row.text, *before.get(row.id, ())) if text]
