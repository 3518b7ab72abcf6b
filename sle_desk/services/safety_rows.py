"""The rows of Today about safety: serious events whose report nobody has sent, the time counting up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from sle_desk.domain.decisions import Readings
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import (
    DEATH,
    EVENT,
    FINAL,
    FIRST,
    REPORT,
    awaited,
    aware_since,
    is_sent,
    is_serious,
)
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import LATE, NOW, Due, TodayRow, Who
from sle_desk.services.event_reports import SentElsewhere, hours_allowed, sent_elsewhere
from sle_desk.services.event_stops import stops_lacking
from sle_desk.services.log_entries import PARTIAL, EntryRow, entries_in
from sle_desk.services.pregnancies import ENTRY, Pregnancy, pregnancies
from sle_desk.services.safety_questions import question_rows
from sle_desk.services.sponsor_told import sponsor_rows
from sle_desk.services.withdrawals import TREATMENT, VISITS

# Outcomes after which nothing more is to come but the final report.
KNOWN = frozenset({"recovered", "sequelae", "fatal"})


def safety_rows(
    session: Session,
    protocol: Protocol,
    readings: Readings,
    everyone: Mapping[int, Course],
    people: Mapping[int, Who],
    now: datetime,
) -> Iterator[TodayRow]:
    """Yield serious events that wait for a report, steps out that are lacking, entries that lack answers."""
    known = {form.code for form in protocol.forms}
    if EVENT not in known:
        return
    rows = [row for row in entries_in(session, protocol, known) if row.subject_id in people]
    reports: dict[int | None, list[EntryRow]] = defaultdict(list)
    for row in rows:
        if row.form == REPORT:
            reports[row.parent_id].append(row)
    hours, elsewhere = hours_allowed(protocol, readings), sent_elsewhere(session)
    for row in rows:
        if row.form == EVENT and is_serious(row.values):
            due = _reports_due(row, reports[row.id], people[row.subject_id], now, hours)
            yield from (_told_elsewhere(each, elsewhere.get(row.id, ())) for each in due)
    pregnant = pregnancies(session, tuple(people))
    stops = _stops_lacking(protocol, everyone, rows)
    for subject_id, who in people.items():
        yield from _step_lacking(protocol, everyone[subject_id], who)
        yield from _death_apart(everyone[subject_id], who)
        if subject_id in stops:
            on_day, drugs = stops[subject_id]
            item = Due("event_stop", {"drugs": tuple(drugs)})
            yield TodayRow(LATE, who, on_day, (item,), "missing", "record_exit")
        if subject_id in pregnant:
            yield from _pregnant(protocol, everyone[subject_id], who, pregnant[subject_id])
    if any(form.code == REPORT for form in protocol.forms):
        yield from sponsor_rows(session, protocol, people, rows, elsewhere)
    yield from question_rows(session, protocol, everyone, people, rows)
    lacking: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.state == PARTIAL:
            lacking[row.subject_id].append(protocol.form(row.form).log)
    for subject_id, logs in lacking.items():
        item = Due("entries", {"count": len(logs), "log": logs[0]})
        yield TodayRow(NOW, people[subject_id], now.date(), (item,), "incomplete", "complete_entries")


def _stops_lacking(
    protocol: Protocol, everyone: Mapping[int, Course], rows: Iterable[EntryRow]
) -> dict[int, tuple[date, list[str]]]:
    """Return whose events say of drugs planned still that they were stopped for good, and since when."""
    found: dict[int, tuple[date, list[str]]] = {}
    for row in rows:
        lacking = () if row.form != EVENT else stops_lacking(protocol, everyone[row.subject_id], row.values)
        if lacking:
            day, drugs = found.get(row.subject_id, (row.on_day, []))
            drugs += [drug for drug, _ in lacking if drug not in drugs]
            found[row.subject_id] = (min(day, row.on_day), drugs)
    return found


def _has_time(event: EntryRow) -> bool:
    time = event.values.get("aware_time")
    return time is not None and bool(time.text)


def _pregnant(protocol: Protocol, course: Course, who: Who, found: Pregnancy) -> Iterator[TodayRow]:
    """Yield the pregnancy of who was treated: until it is entered, and while a drug is still planned."""
    if course.day_one is None:
        return
    if not found.entered:
        yield TodayRow(LATE, who, found.since, (Due("pregnancy_test"),), "missing", "add_pregnancy")
    elif any(course.stopped_on(drug) is None for drug in protocol.arm(course.arm).drugs):
        item = Due("pregnancy", {"log": protocol.form(ENTRY).log})
        yield TodayRow(LATE, who, found.since, (item,), "missing", "complete_entries")


def _step_lacking(protocol: Protocol, course: Course, who: Who) -> Iterator[TodayRow]:
    """Yield the step out that nobody recorded after a death or a withdrawal; plans have ended already."""
    if course.left_on is not None or course.failed_on is not None:
        return
    treated, seen = course.withdrawn.get(TREATMENT), course.withdrawn.get(VISITS)
    if course.death is not None:
        yield TodayRow(LATE, who, course.death.on_day, (Due("death"),), "missing", "record_exit")
    elif seen is not None:
        yield TodayRow(LATE, who, seen, (Due("visits_withdrawn"),), "missing", "record_exit")
    elif treated is not None and not (
        course.arm and course.stops.keys() >= set(protocol.arm(course.arm).drugs)
    ):
        yield TodayRow(LATE, who, treated, (Due("treatment_withdrawn"),), "missing", "record_exit")


def _death_apart(course: Course, who: Who) -> Iterator[TodayRow]:
    """Yield the entry of a death, or its fatal event, that is lacking while something else tells of it.

    Who was never allocated, or had left before, is asked for no event.
    """
    if course.death is None or not course.arm:
        return
    told, on_day = {each.form for each in course.death.told}, course.death.on_day
    if DEATH not in told:
        yield TodayRow(LATE, who, on_day, (Due("death_entry"),), "missing", "add_death")
    if EVENT not in told and (course.left_on is None or on_day <= course.left_on):
        yield TodayRow(LATE, who, on_day, (Due("fatal_event"),), "missing", "add_event")


def _told_elsewhere(row: TodayRow, sent: tuple[SentElsewhere, ...]) -> TodayRow:
    """Return the row of a report that is awaited with what was sent under another number before."""
    if row.status == "report_due" or not sent:
        return row
    codes, moments = (tuple(dict.fromkeys(kept)) for kept in zip(*map(astuple, sent), strict=True))
    item = Due("sent_elsewhere", {"subjects": ", ".join(codes), "sent": ", ".join(moments)})
    return replace(row, items=(*row.items, item))


def _reports_due(
    event: EntryRow, reports: list[EntryRow], who: Who, now: datetime, hours: Decimal | None
) -> Iterator[TodayRow]:
    sent = [row.values["kind"].choice for row in reports if "kind" in row.values and is_sent(row.values)]
    facts: dict[str, object] = {
        "term": event.values["term"].as_typed if "term" in event.values else "",
        "event": event.id,
    }
    since, outcome = aware_since(event.values, now), event.values.get("outcome")
    if FIRST in sent:
        if FINAL not in sent and outcome is not None and outcome.choice in KNOWN:
            item = Due("final_report", facts)
            yield TodayRow(NOW, who, now.date(), (item,), "report_due", "report_event")
        return
    if since is None:
        yield TodayRow(NOW, who, event.on_day, (Due("serious", facts),), "clock_unknown", "report_event")
        return
    passed, minutes, late = awaited(since, now, hours)
    yield TodayRow(
        LATE if late else NOW,
        who,
        since.date(),
        (Due("serious", {**facts, "aware": since, "timed": _has_time(event)}),),
        "clock_late" if late else "clock",
        "report_event",
        status_facts={"hours": passed, "minutes": f"{minutes:02}"},
    )
