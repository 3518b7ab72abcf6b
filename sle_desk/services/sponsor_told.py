"""What the sponsor is to be told after a report: it reads less gravely, or named another subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, REPORT, SOFTENED, is_sent, sent_since, told_of_error
from sle_desk.models.safety import Query
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.desk import Change
from sle_desk.services.due_rows import NOW, Due, TodayRow, Who
from sle_desk.services.event_reports import SentElsewhere
from sle_desk.services.log_entries import EntryRow
from sle_desk.services.value_queries import ANSWERED, OPEN

# Why an open question is answered: a later report told the sponsor.
TOLD = "sponsor_told"


def settle_softened(change: Change, record: FormRecord) -> None:
    """Answer what was asked about an event that reads less gravely, once a report was sent after that."""
    event_id = {EVENT: record.id, REPORT: record.parent_id}.get(record.form)
    if event_id is None:
        return
    change.session.flush()
    reports = change.session.scalars(
        select(FormRecord.id).where(
            FormRecord.parent_id == event_id, FormRecord.form == REPORT, FormRecord.state == "current"
        )
    ).all()
    sent = [values_of(change.session, each) for each in reports]
    for query in _asked(change.session, event_id):
        if any(sent_since(each, query.raised_at) for each in sent):
            query.progress, query.answer = ANSWERED, TOLD


def sponsor_rows(
    session: Session,
    protocol: Protocol,
    people: Mapping[int, Who],
    rows: Iterable[EntryRow],
    elsewhere: Mapping[int, tuple[SentElsewhere, ...]],
) -> Iterator[TodayRow]:
    """Yield the events of which the sponsor knows something that the record does not say any more."""
    entries = list(rows)
    records_it = any(field.code == "error_told_day" for field in protocol.form(REPORT).fields())
    softened = _softened(session)
    for row in entries:
        if row.form != EVENT:
            continue
        reports = [each.values for each in entries if each.form == REPORT and each.parent_id == row.id]
        facts = {"term": row.values["term"].as_typed if "term" in row.values else "", "event": row.id}
        who = people[row.subject_id]
        if row.id in softened and any(map(is_sent, reports)):
            yield TodayRow(NOW, who, row.on_day, (Due("sponsor", facts),), "missing", "report_event")
        sent = elsewhere.get(row.id, ())
        if records_it and sent and not any(map(told_of_error, reports)):
            codes, moments = (tuple(dict.fromkeys(kept)) for kept in zip(*map(astuple, sent), strict=True))
            known = {**facts, "subjects": ", ".join(codes), "sent": ", ".join(moments)}
            yield TodayRow(NOW, who, row.on_day, (Due("wrong_subject", known),), "missing", "report_event")


def _asked(session: Session, event_id: int) -> list[Query]:
    return list(
        session.scalars(
            select(Query).where(
                Query.about_table == FormRecord.__tablename__,
                Query.about_id == event_id,
                Query.question.in_(SOFTENED),
                Query.progress == OPEN,
            )
        )
    )


def _softened(session: Session) -> set[int]:
    asked = select(Query.about_id).where(
        Query.about_table == FormRecord.__tablename__,
        Query.question.in_(SOFTENED),
        Query.progress == OPEN,
    )
    return set(session.scalars(asked))
