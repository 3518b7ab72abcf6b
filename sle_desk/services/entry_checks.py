"""What an entry says beside the other records of its subject: found before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import partial_bounds
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.desk import Desk

EVENT = "adverse_event"
Beside = Callable[[Mapping[str, Value]], tuple[Finding, ...]]


def beside(
    desk: Desk, subject_id: int, code: str, values: Mapping[str, Value], but: int | None
) -> tuple[Finding, ...]:
    """Return what is unlikely about an entry that is being typed, beside the saved ones."""
    with desk.view() as session:
        return entry_findings(session, desk.protocol, subject_id, desk.protocol.form(code), values, but)


def entry_findings(
    session: Session,
    protocol: Protocol,
    subject_id: int,
    form: Form,
    values: Mapping[str, Value],
    but: int | None,
) -> tuple[Finding, ...]:
    """Return what is unlikely about an entry beside others; `but` is the record that it stands in."""
    if form.code == EVENT:
        return _ongoing_twice(session, subject_id, form, values, but)
    return ()


def _ongoing_twice(
    session: Session, subject_id: int, form: Form, values: Mapping[str, Value], but: int | None
) -> tuple[Finding, ...]:
    """An event that goes on is not entered again: its grade is changed, or it is ended first."""
    term, start = values.get("term"), values.get("start")
    if term is None or not term.text or start is None or not start.text:
        return ()
    for row_id, known in _others(session, subject_id, form, but):
        other = known.get("term")
        if other is None or _plain(other.text) != _plain(term.text) or _ended_before(known, start.text):
            continue
        since = known["start"].text if "start" in known else ""
        facts = {"term": term.text, "since": since, "id": row_id}
        return (Finding(UNLIKELY, "term", "event.goes_on", facts),)
    return ()


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _ended_before(known: Mapping[str, Value], start: str) -> bool:
    stop = known.get("stop")
    if stop is None or not stop.text:
        return False
    return partial_bounds(stop.text)[1] < partial_bounds(start)[0]


def _others(
    session: Session, subject_id: int, form: Form, but: int | None
) -> list[tuple[int, dict[str, Value]]]:
    rows = session.scalars(
        select(FormRecord.id).where(
            FormRecord.subject_id == subject_id, FormRecord.form == form.code, FormRecord.state == "current"
        )
    ).all()
    return [(row_id, asked_values(form, values_of(session, row_id))) for row_id in rows if row_id != but]
