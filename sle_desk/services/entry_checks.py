"""What an entry says beside the other records of its subject: found before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.safety import EVENT, REPORT
from sle_desk.domain.values import partial_bounds
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.death_checks import death_findings
from sle_desk.services.desk import Desk

Beside = Callable[[Mapping[str, Value]], tuple[Finding, ...]]


@dataclass(frozen=True)
class Spot:
    """Where the values of a form stand: whose, in which record, about which entry."""

    subject_id: int
    record_id: int | None = None
    parent_id: int | None = None


def beside(desk: Desk, spot: Spot, code: str, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Return what is unlikely about an entry that is being typed, beside the saved ones."""
    with desk.view() as session:
        return entry_findings(session, spot, desk.protocol.form(code), values)


def entry_findings(
    session: Session, spot: Spot, form: Form, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what is unlikely about an entry beside the other records of its subject."""
    found = death_findings(session, spot.subject_id, spot.record_id, form.code, values)
    if form.code == EVENT:
        return (*_ongoing_twice(session, spot, form, values), *_known_before_start(values), *found)
    if form.code == REPORT:
        return _sent_before_known(session, spot, values)
    return found


def _known_before_start(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Nobody knows of an event before it began."""
    start, aware = values.get("start"), values.get("aware_day")
    if start is None or not start.text or aware is None or aware.day is None:
        return ()
    if aware.day >= partial_bounds(start.text)[0]:
        return ()
    return (Finding(UNLIKELY, "aware_day", "event.known_before", {"aware": aware.day, "start": start.text}),)


def _sent_before_known(session: Session, spot: Spot, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """A report is not sent before the site knew; the clock would stop for a slip of the day."""
    sent = values.get("sent_day")
    event = values_of(session, spot.parent_id) if spot.parent_id is not None else {}
    aware = event.get("aware_day")
    if sent is None or sent.day is None or aware is None or aware.day is None or sent.day >= aware.day:
        return ()
    return (Finding(UNLIKELY, "sent_day", "report.sent_before", {"sent": sent.day, "aware": aware.day}),)


def _ongoing_twice(
    session: Session, spot: Spot, form: Form, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """An event that goes on is not entered again: its grade is changed, or it is ended first."""
    term, start = values.get("term"), values.get("start")
    if term is None or not term.text or start is None or not start.text:
        return ()
    for row_id, known in _others(session, spot.subject_id, form, spot.record_id):
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
