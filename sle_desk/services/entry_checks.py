"""What an entry says beside the other records of its subject: found before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import MISSING, UNLIKELY, Finding, Value
from sle_desk.domain.dictionary import Dictionary
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, REPORT, is_serious, report_out_of_order, sent_before_hour
from sle_desk.domain.values import compared, partial_bounds
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.death_checks import death_findings
from sle_desk.services.desk import Desk
from sle_desk.services.words_in_use import names_in_use, words_in_use

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
        return entry_findings(session, desk.protocol, spot, desk.protocol.form(code), values)


def entry_findings(
    session: Session, protocol: Protocol, spot: Spot, form: Form, given: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what is unlikely, or lacking, about an entry beside the other records of its subject."""
    values = asked_values(form, given)
    found = death_findings(session, spot.subject_id, spot.record_id, form.code, values)
    if form.code == EVENT:
        return (
            *_ongoing_twice(session, protocol, spot, values),
            *_known_before_start(values),
            *_reported_as_serious(session, spot, values),
            *found,
        )
    if form.code == REPORT and spot.parent_id is not None:
        event = asked_values(protocol.form(EVENT), values_of(session, spot.parent_id))
        return (*_sent_before_known(event, values), *_out_of_order(session, spot, values))
    if form.code == MEDICATION:
        return _kind_not_told(names_in_use(session, protocol), form, values)
    return found


def _kind_not_told(names: Dictionary, form: Form, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """No rule knows a name of no dictionary: only its kind says whether a limit concerns it."""
    name, kind = values.get("name"), next((each for each in form.fields() if each.code == "category"), None)
    if kind is None or kind.code in values or name is None or not name.text:
        return ()
    if names.medicine(name.text) is not None:
        return ()
    return (Finding(MISSING, kind.code, "value.missing", {"label": kind.label}),)


def _known_before_start(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Nobody knows of an event before it began."""
    start, aware = values.get("start"), values.get("aware_day")
    if start is None or not start.text or aware is None or aware.day is None:
        return ()
    if aware.day >= partial_bounds(start.text)[0]:
        return ()
    return (Finding(UNLIKELY, "aware_day", "event.known_before", {"aware": aware.day, "start": start.text}),)


def _sent_before_known(event: Mapping[str, Value], values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """A report is not sent before the site knew; the clock would stop for a slip of the day."""
    sent = values.get("sent_day")
    aware = event.get("aware_day")
    if sent is None or sent.day is None or aware is None or aware.day is None:
        return ()
    if sent_before_hour(event, values):
        facts = {"day": sent.day, "sent": values["sent_time"].text, "aware": event["aware_time"].text}
        return (Finding(UNLIKELY, "sent_time", "report.sent_before_hour", facts),)
    if sent.day >= aware.day:
        return ()
    return (Finding(UNLIKELY, "sent_day", "report.sent_before", {"sent": sent.day, "aware": aware.day}),)


def _out_of_order(session: Session, spot: Spot, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """A slip of the kind of a report would end what is awaited, or begin it again."""
    kind = values.get("kind")
    assert spot.parent_id is not None
    others = _report_kinds(session, spot.parent_id, but=spot.record_id)
    code = report_out_of_order(kind.choice if kind is not None else None, others)
    return (Finding(UNLIKELY, "kind", code),) if code else ()


def _reported_as_serious(session: Session, spot: Spot, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """What was reported to the sponsor as serious is not taken back by a slip of one key."""
    if spot.record_id is None or "serious" not in values or is_serious(values):
        return ()
    reports = len(_report_kinds(session, spot.record_id))
    return (Finding(UNLIKELY, "serious", "event.reported", {"count": reports}),) if reports else ()


def _report_kinds(session: Session, event_id: int, but: int | None = None) -> list[str]:
    """Return the kind of each report of an event that stands; nothing for one whose kind is not said."""
    rows = session.scalars(
        select(FormRecord.id).where(
            FormRecord.parent_id == event_id, FormRecord.form == REPORT, FormRecord.state == "current"
        )
    ).all()
    kinds = (values_of(session, row_id).get("kind") for row_id in rows if row_id != but)
    return [kind.choice or "" if kind is not None else "" for kind in kinds]


def _ongoing_twice(
    session: Session, protocol: Protocol, spot: Spot, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """An event that goes on is not entered again: its grade is changed, or it is ended first.

    One event is one term in either language, of the package or of the list that the site loaded.
    """
    term, start = values.get("term"), values.get("start")
    if term is None or not term.text or start is None or not start.text:
        return ()
    loaded = words_in_use(session, "events")
    named = protocol.dictionary.names("events", term.text, loaded)
    for row_id, known in _others(session, spot.subject_id, protocol.form(EVENT), spot.record_id):
        other = known.get("term")
        written = compared(other.text) if other is not None and other.text else ""
        if written not in named or _ended_before(known, start.text):
            continue
        since = known["start"].text if "start" in known else ""
        facts = {"term": term.text, "since": since, "id": row_id}
        return (Finding(UNLIKELY, "term", "event.goes_on", facts),)
    return ()


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
