"""What an adverse event and the reports of it say against each other: when the site knew, who was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain.checks import UNLIKELY, Finding, Value
from sle_desk.domain.decisions import Readings
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import (
    AWARE,
    EVENT,
    FINAL,
    FIRST,
    NO_LONGER_SERIOUS,
    REPORT,
    SENT,
    SENT_LATE,
    final_before_first,
    first_report_late,
    is_sent,
    is_serious,
    report_out_of_order,
    sent_before_hour,
    sent_late,
    softened,
    told_before,
)
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import day_of, values_of
from sle_desk.services.desk import Change
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.in_force import readings_on

HOURS = "safety.report_hours"


class Lateness(TypedDict):
    """How late a first report was sent: since when the site knew, when it went, after how many hours."""

    aware: str
    sent: str
    hours: int
    allowed: str


def event_findings(
    session: Session, protocol: Protocol, record_id: int, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what a saved event says, as it would stand now, against the reports of it."""
    reports = [report for _, report in _reports(session, record_id)]
    sent = any(map(is_sent, reports))
    return (
        *_no_longer_serious(reports, values),
        *_told_before(protocol, reports, values),
        *_late(session, protocol, reports, values),
        *(softened(_event(session, protocol, record_id), values) if sent else ()),
    )


def report_findings(
    session: Session, protocol: Protocol, event_id: int, record_id: int | None, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Return what a report says against its event and the other reports of it."""
    event = _event(session, protocol, event_id)
    others = [report for number, report in _reports(session, event_id) if number != record_id]
    code = report_out_of_order(kind_of(values) or None, [kind_of(each) for each in others])
    return (
        *_sent_before_known(event, values),
        *((Finding(UNLIKELY, "kind", code),) if code else ()),
        *_sent_late(session, protocol, event, values),
        *_final_before_first(others, values),
    )


def renew_late_reports(change: Change, record: FormRecord) -> None:
    """Propose once that the first report of an event was sent too late, or take that back.

    Whoever saves, corrects or voids an event or a report of one calls it in the change in hand.
    """
    event_id = {EVENT: record.id, REPORT: record.parent_id}.get(record.form)
    if event_id is None:
        return
    session, protocol = change.session, change.protocol
    session.flush()
    event = _event(session, protocol, event_id)
    reports = _reports(session, event_id)
    sent = [(number, each) for number, each in reports if kind_of(each) == FIRST and is_sent(each)]
    late = {number: _lateness(session, protocol, event, each) for number, each in sent}
    # One that was in time is the first; of several that were late the oldest is told of.
    told = next(iter(late), None) if late and all(late.values()) else None
    for number, report in reports:
        facts = late.get(number) if number == told else None
        shows = () if facts is None else (sent_late(**facts),)
        on_day = day_of(report, SENT[0]) or record.on_day
        renew_proposals(change, record.subject_id, ("form_record", number), on_day, (SENT_LATE,), shows)


def hours_allowed(protocol: Protocol, readings: Readings) -> Decimal | None:
    """Return within how many hours a serious event is to be reported; None while that is open."""
    asked = any(setting.code == HOURS for setting in protocol.settings)
    return readings.number(HOURS) if asked else None


def kind_of(report: Mapping[str, Value]) -> str:
    """Return which report it is; nothing where that is not said."""
    kind = report.get("kind")
    return (kind.choice or "") if kind is not None else ""


def _event(session: Session, protocol: Protocol, event_id: int) -> dict[str, Value]:
    return asked_values(protocol.form(EVENT), values_of(session, event_id))


def _reports(session: Session, event_id: int) -> list[tuple[int, dict[str, Value]]]:
    rows = session.scalars(
        select(FormRecord.id)
        .where(FormRecord.parent_id == event_id, FormRecord.form == REPORT, FormRecord.state == "current")
        .order_by(FormRecord.id)
    ).all()
    return [(row_id, values_of(session, row_id)) for row_id in rows]


def _no_longer_serious(reports: list[dict[str, Value]], values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """What was reported to the sponsor as serious is not taken back by a slip of one key."""
    if not reports or "serious" not in values or is_serious(values):
        return ()
    return (Finding(UNLIKELY, "serious", NO_LONGER_SERIOUS, {"count": len(reports)}),)


def _told_before(
    protocol: Protocol, reports: list[dict[str, Value]], values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Nobody was told of an event before the site knew of it: each such time is named, in one sentence."""
    found = [(report, pair) for report in reports for pair in told_before(values, report)]
    if not found:
        return ()
    form = protocol.form(REPORT)
    said = []
    for report, (day, time) in found:
        which = report.get("kind")
        kind = form.field("kind").choice(which.choice).label if which and which.choice else form.label
        label, at = form.field(day).label, _moment(report, day, time)
        said.append(Words(f"{kind.en}, {label.en} {at}", f"{kind.zh}，{label.zh} {at}"))
    told = Words("; ".join(each.en for each in said), "；".join(each.zh for each in said))
    facts = {"aware": _moment(values, *AWARE), "told": told}
    return (Finding(UNLIKELY, _place(values), "event.told_before", facts),)


def _late(
    session: Session, protocol: Protocol, reports: list[dict[str, Value]], values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """A first report that was in time is late by an earlier hour of awareness."""
    for report in reports:
        facts = _lateness(session, protocol, values, report)
        if facts is not None:
            return (Finding(UNLIKELY, _place(values), "event.report_late", facts),)
    return ()


def _lateness(
    session: Session, protocol: Protocol, event: Mapping[str, Value], report: Mapping[str, Value]
) -> Lateness | None:
    """Return how late a first report was sent; None where it was in time, or nobody can tell."""
    sent = day_of(report, SENT[0])
    if sent is None:
        return None
    # What is allowed is what was decided when it was sent.
    allowed = hours_allowed(protocol, readings_on(session, protocol, sent))
    hours = first_report_late(event, report, allowed)
    if hours is None:
        return None
    return {
        "aware": _moment(event, *AWARE), "sent": _moment(report, *SENT),
        "hours": hours, "allowed": f"{allowed:f}",
    }  # fmt: skip


def _sent_late(
    session: Session, protocol: Protocol, event: Mapping[str, Value], values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    facts = _lateness(session, protocol, event, values)
    return () if facts is None else (Finding(UNLIKELY, _sent_place(values), "report.late", facts),)


def _final_before_first(others: list[dict[str, Value]], values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """What ends the reports of an event is not sent before what begins them."""
    kind = kind_of(values)
    for other in others:
        if (kind, kind_of(other)) not in ((FIRST, FINAL), (FINAL, FIRST)):
            continue
        first, final = (values, other) if kind == FIRST else (other, values)
        if final_before_first(first, final):
            facts = {"first": _moment(first, *SENT), "final": _moment(final, *SENT)}
            return (Finding(UNLIKELY, _sent_place(values), "report.final_before_first", facts),)
    return ()


def _sent_place(values: Mapping[str, Value]) -> str:
    return SENT[1] if SENT[1] in values else SENT[0]


def _place(values: Mapping[str, Value]) -> str:
    return "aware_time" if "aware_time" in values else "aware_day"


def _moment(values: Mapping[str, Value], day: str, time: str) -> str:
    """Return a day, with its hour where it is known."""
    return " ".join(values[code].as_typed for code in (day, time) if code in values)


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


@dataclass(frozen=True)
class SentElsewhere:
    """A report of an event that was sent under the number of another subject, by error."""

    subject_code: str
    sent: str


def sent_elsewhere(session: Session) -> dict[int, tuple[SentElsewhere, ...]]:
    """Return by event the reports that were sent while it was entered for another subject."""
    entered = session.execute(
        select(FormRecord.id, FormRecord.moved_to).where(
            FormRecord.form == EVENT, FormRecord.moved_to.is_not(None)
        )
    )
    moved = {record_id: there for record_id, there in entered if there is not None}
    reports = session.execute(
        select(FormRecord.id, FormRecord.parent_id, FormRecord.subject_id, Subject.code)
        .join(Subject, Subject.id == FormRecord.subject_id)
        .where(FormRecord.form == REPORT, FormRecord.state == "void", FormRecord.parent_id.in_(moved))
        .order_by(FormRecord.id)
    ).all()
    found: dict[int, list[SentElsewhere]] = {}
    for report_id, event_id, subject_id, code in reports:
        values = values_of(session, report_id)
        event = session.get_one(FormRecord, _where_now(moved, event_id or 0))
        if is_sent(values) and event.subject_id != subject_id:
            found.setdefault(event.id, []).append(SentElsewhere(code, _moment(values, *SENT)))
    return {event_id: tuple(sent) for event_id, sent in found.items()}


def _where_now(moved: Mapping[int, int], event_id: int) -> int:
    while event_id in moved:
        event_id = moved[event_id]
    return event_id
