"""What an entry says beside the other records of its subject: found before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import MISSING, NOTABLE, UNLIKELY, Finding, Value
from sle_desk.domain.dictionary import Dictionary
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.domain.medication import course_of
from sle_desk.domain.pregnancy import FORM as PREGNANCY
from sle_desk.domain.pregnancy import pregnancy_findings
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.safety import EVENT, REPORT, began_before_consent, serious_dates, stopped_for_good
from sle_desk.domain.values import compared, partial_bounds
from sle_desk.models.subject import Subject
from sle_desk.models.visit import FormRecord
from sle_desk.services.answers import values_of
from sle_desk.services.consent_order import first_consent
from sle_desk.services.contacts import CONTACT, reached_though_lost
from sle_desk.services.courses import course
from sle_desk.services.death_checks import death_findings
from sle_desk.services.desk import Desk
from sle_desk.services.event_reports import event_findings, report_findings
from sle_desk.services.event_stops import stops_lacking
from sle_desk.services.infusion_course import course_findings
from sle_desk.services.words_in_use import names_in_use, words_in_use

Beside = Callable[[Mapping[str, Value]], tuple[Finding, ...]]


@dataclass(frozen=True)
class Spot:
    """Where the values of a form stand: whose, in which record, about which entry, linked to what."""

    subject_id: int
    record_id: int | None = None
    parent_id: int | None = None
    link: tuple[str, int] | None = None


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
            *_before_consent(session, spot.subject_id, values),
            *_known_before_start(values),
            *serious_dates(values),
            *_stops_to_record(session, protocol, spot.subject_id, values),
            *(() if spot.record_id is None else event_findings(session, protocol, spot.record_id, values)),
            *found,
        )
    if form.of_infusion:
        return (*found, *course_findings(session, form, (spot.record_id, spot.parent_id, spot.link), values))
    if form.code == CONTACT:
        return (*found, *reached_though_lost(session, spot.subject_id, values))
    if form.code == REPORT and spot.parent_id is not None:
        return report_findings(session, protocol, spot.parent_id, spot.record_id, values)
    if form.code == PREGNANCY:
        return pregnancy_findings(values, session.get_one(Subject, spot.subject_id).sex)
    if form.code == MEDICATION:
        names = names_in_use(session, protocol)
        return (
            *found,
            *_kind_not_told(names, form, values),
            *_taken_twice(session, names, form, spot, values),
        )
    return found


def _stops_to_record(
    session: Session, protocol: Protocol, subject_id: int, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Nothing stops by itself: what an event says of a drug ends no plan, its own step does."""
    if not stopped_for_good(protocol.form(EVENT), values):
        return ()
    return tuple(
        Finding(NOTABLE, field, "event.stop_to_record", {"drug": protocol.drug(drug).label})
        for drug, field in stops_lacking(protocol, course(session, subject_id), values)
    )


def _kind_not_told(names: Dictionary, form: Form, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """No rule knows a name of no dictionary: only its kind says whether a limit concerns it."""
    name, kind = values.get("name"), next((each for each in form.fields() if each.code == "category"), None)
    if kind is None or kind.code in values or name is None or not name.text:
        return ()
    if names.medicine(name.text) is not None:
        return ()
    return (Finding(MISSING, kind.code, "value.missing", {"label": kind.label}),)


def _taken_twice(
    session: Session, names: Dictionary, form: Form, spot: Spot, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """Ask about a medicine that is entered already, with the same start, dose and frequency."""
    typed = course_of(0, values, names)
    if typed is None:
        return ()
    for row_id, known in _others(session, spot.subject_id, form, spot.record_id):
        other = course_of(row_id, known, names)
        if other is not None and (other.dose, other.start) == (typed.dose, typed.start):
            facts = {"medicine": other.name, "since": other.start, "id": row_id}
            return (Finding(UNLIKELY, "name", "medication.twice", facts),)
    return ()


def _known_before_start(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Nobody knows of an event before it began."""
    start, aware = values.get("start"), values.get("aware_day")
    if start is None or not start.text or aware is None or aware.day is None:
        return ()
    if aware.day >= partial_bounds(start.text)[0]:
        return ()
    return (Finding(UNLIKELY, "aware_day", "event.known_before", {"aware": aware.day, "start": start.text}),)


def _before_consent(session: Session, subject_id: int, values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Say where an event belongs that was there before consent; it can be entered all the same."""
    start, consented = values.get("start"), first_consent(session, subject_id)
    if start is None or not began_before_consent(start.text, consented):
        return ()
    return (Finding(NOTABLE, "start", "event.before_consent", {"start": start.text, "consent": consented}),)


def _ongoing_twice(
    session: Session, protocol: Protocol, spot: Spot, values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """An event that goes on is not entered again: its grade is changed, or it is ended first.

    One event is one term in either language, of the package or of the list that the site loaded.
    """
    term, start = values.get("term"), values.get("start")
    if term is None or not term.text:
        return ()
    if start is None and "serious" not in values:
        # Its start was not asked as yet.
        return ()
    # Where nobody knows when it began, it may be any that has no end.
    began = start.text if start is not None else None
    loaded = words_in_use(session, "events")
    named = protocol.dictionary.names("events", term.text, loaded)
    for row_id, known in _others(session, spot.subject_id, protocol.form(EVENT), spot.record_id):
        other = known.get("term")
        written = compared(other.text) if other is not None and other.text else ""
        if written not in named or _ended_before(known, began):
            continue
        since = known["start"].text if "start" in known else ""
        facts = {"term": term.text, "since": since, "id": row_id}
        return (Finding(UNLIKELY, "term", "event.goes_on", facts),)
    return ()


def _ended_before(known: Mapping[str, Value], start: str | None) -> bool:
    stop = known.get("stop")
    if stop is None or not stop.text or not start:
        return stop is not None and bool(stop.text)
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
