"""Visits, and the forms saved, read and corrected at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as declared
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.base.language import Words
from sle_desk.domain import checks
from sle_desk.domain.checks import Finding, Value
from sle_desk.domain.dosing import MINOR, ProposedDeviation
from sle_desk.domain.forms import Form
from sle_desk.domain.values import age_on, check_text
from sle_desk.models.safety import Query
from sle_desk.models.store.disk import require_room
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import answers
from sle_desk.services.answers import OTHER, Given, reason_text
from sle_desk.services.consent_order import propose_before_consent
from sle_desk.services.desk import Change, Desk
from sle_desk.services.deviations import renew_proposals
from sle_desk.services.dose_judgement import WEIGHT
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.plan import calendar_in
from sle_desk.services.signatures import Ink, void_signatures
from sle_desk.services.standing import require_born, require_changed, require_past, require_standing


@dataclass(frozen=True)
class VisitRow:
    """A visit as it is shown."""

    id: int
    version: int
    subject_id: int
    code: str
    on_day: date | None
    not_done_reason: str


@dataclass(frozen=True)
class NewForm:
    """One form as a person filled it: where it belongs, its values, and where they come from."""

    subject_id: int
    visit_id: int
    form: str
    on_day: date
    given: Given
    at_time: str = ""
    source: str = "entered_here"
    source_reference: str = ""
    ink: Ink | None = None


@dataclass(frozen=True)
class FormRow:
    """A saved form as it is shown; `answer_ids` and `answer_versions` lead to each value's history."""

    id: int
    version: int
    subject_id: int
    visit_id: int
    form: str
    form_version: str
    on_day: date
    at_time: str
    values: Mapping[str, Value]
    kept: Mapping[str, str]
    answer_ids: Mapping[str, int]
    answer_versions: Mapping[str, int]
    transcribed: bool
    source_signer: str
    source_signed_on: date | None
    source_reference: str
    moved_to: int | None = None
    void: bool = False
    void_reason: str = ""


@dataclass(frozen=True)
class Correction:
    """A saved value put right: the record, the field, the new value, the coded reason."""

    form_record_id: int
    field: str
    value: Value
    reason: str
    seen_version: int
    note: str = ""
    kept: Mapping[str, str] = declared(default_factory=dict)


def record_visit(desk: Desk, subject_id: int, code: str, on_day: date, *, reason: str = "") -> VisitRow:
    """Record that a visit takes place; an observed fact cannot lie ahead."""
    desk.protocol.visit(code)
    require_room(desk.database.free_bytes())
    if on_day > desk.today():
        raise RuleBroken("day.future", typed=on_day.isoformat(), today=desk.today().isoformat())
    with desk.change("visit.record", reason, done_on=on_day, subject_id=subject_id) as change:
        if code != "UNS":
            refuse_twice(_visit(change.session, subject_id, code), desk.protocol.visit(code).label)
        require_born(change.session, subject_id, on_day)
        visit = Visit(**change.record_facts(subject_id, on_day), code=code, on_day=on_day)
        change.add(visit)
        settle_window(change, visit)
        return _visit_row(visit)


def settle_window(change: Change, visit: Visit) -> None:
    """Propose a deviation for a visit outside the window that was decided for it, or take it back."""
    calendar = calendar_in(change.session, change.protocol, visit.subject_id, change.at.date())
    due = next((each for each in calendar.visits if each.visit_id == visit.id), None) if calendar else None
    if due is None or calendar is None or calendar.provisional or visit.on_day is None:
        return
    planned = due.planned
    facts = {"visit": visit.code, "on": visit.on_day, "opens": planned.opens_on, "closes": planned.closes_on}
    outside = ProposedDeviation("visit.outside_window", MINOR, facts)
    found = [outside] if due.in_window is False else []
    renew_proposals(change, visit.subject_id, ("visit", visit.id), visit.on_day, found)


def record_not_done(desk: Desk, subject_id: int, code: str, reason: str, note: str = "") -> VisitRow:
    """Record that a planned visit did not take place, and why; the reason "other" needs a note."""
    planned = desk.protocol.visit(code)
    if reason not in {choice.code for choice in checks.MISSING_REASONS}:
        raise RuleBroken("change.reason_needed")
    if reason == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    said = f"{reason}: {check_text(note.strip())}" if note.strip() else reason
    with desk.change("visit.record", said, subject_id=subject_id) as change:
        refuse_twice(_visit(change.session, subject_id, code), planned.label)
        visit = Visit(**change.record_facts(subject_id), code=code, on_day=None, not_done_reason=said)
        change.add(visit)
        return _visit_row(visit)


def refuse_twice(known: Visit | None, label: Words) -> None:
    """Refuse a visit that the subject has already, done or not done."""
    if known is None:
        return
    if known.on_day is None:
        raise RuleBroken("visit.recorded_not_done", code=label)
    raise RuleBroken("visit.twice", code=label, day=known.on_day.isoformat())


def _visit(session: Session, subject_id: int, code: str) -> Visit | None:
    return session.scalar(
        select(Visit).where(Visit.subject_id == subject_id, Visit.code == code, Visit.state == "current")
    )


def _visit_row(visit: Visit) -> VisitRow:
    return VisitRow(
        visit.id, visit.version, visit.subject_id, visit.code, visit.on_day, visit.not_done_reason
    )


def visits(desk: Desk, subject_id: int) -> tuple[VisitRow, ...]:
    """Return the visits of a subject that stand, by day."""
    with desk.view() as session:
        rows = session.scalars(
            select(Visit)
            .where(Visit.subject_id == subject_id, Visit.state == "current")
            .order_by(Visit.on_day, Visit.id)
        )
        return tuple(_visit_row(row) for row in rows)


def previous_values(session: Session, subject_id: int, form: str, before: date) -> dict[str, Value]:
    """Return the last saved values of a form before a day."""
    record = session.scalar(
        select(FormRecord)
        .where(
            FormRecord.subject_id == subject_id,
            FormRecord.form == form,
            FormRecord.state == "current",
            FormRecord.on_day < before,
        )
        .order_by(FormRecord.on_day.desc(), FormRecord.id.desc())
        .limit(1)
    )
    return answers.values_of(session, record.id) if record else {}


def previous(desk: Desk, subject_id: int, form: str, before: date) -> dict[str, Value]:
    """Return the last saved values of a form before a day, for checks of change."""
    with desk.view() as session:
        return previous_values(session, subject_id, form, before)


def findings(desk: Desk, new: NewForm) -> tuple[Finding, ...]:
    """Return what the checks say of a form before it is saved."""
    form = desk.protocol.form(new.form)
    with desk.view() as session:
        return _findings(session, form, new, desk)


def _findings(session: Session, form: Form, new: NewForm, desk: Desk) -> tuple[Finding, ...]:
    subject = session.get_one(Subject, new.subject_id)
    previous = previous_values(session, new.subject_id, new.form, new.on_day)
    found = checks.check_form(form, new.given.values, desk.now(), previous=previous, born=subject.birth_date)
    return (*found, *checks.times_ahead(form, new.given.values, new.on_day, desk.now()))


def save_form(desk: Desk, new: NewForm, *, action: str = "form.save") -> FormRow:
    """Save a form as a record: impossible values are refused, unlikely ones need a reason each.

    What is missing stays missing: the form can be completed later, each value with its own audit row.
    """
    form = desk.protocol.form(new.form)
    if new.on_day > desk.today():
        raise RuleBroken("day.future", typed=new.on_day.isoformat(), today=desk.today().isoformat())
    require_past(desk.now(), new.on_day, new.at_time)
    check_text(new.source_reference)
    with desk.change(action, done_on=new.on_day, subject_id=new.subject_id) as change:
        require_born(change.session, new.subject_id, new.on_day)
        found = _findings(change.session, form, new, desk)
        answers.refuse_impossible(found)
        unlikely = answers.refuse_unexplained(found, new.given.kept)
        record = _new_record(change, form, new)
        change.add(record)
        change.add(*(answers.answer_of(record.id, form, code, new.given) for code in new.given.values))
        raise_queries(change, new.subject_id, record.id, unlikely)
        propose_before_consent(change, record)
        return _form_row(change.session, record)


def _new_record(change: Change, form: Form, new: NewForm) -> FormRecord:
    visit = change.session.get_one(Visit, new.visit_id)
    require_standing(change, visit)
    if visit.subject_id != new.subject_id:
        raise RuleBroken("visit.other_subject")
    if _record(change.session, new.visit_id, new.form) is not None:
        raise RuleBroken("form.twice", form=new.form)
    facts = change.record_facts(new.subject_id, new.on_day)
    return FormRecord(
        **{**facts, "source": new.source, "source_reference": new.source_reference},
        visit_id=new.visit_id,
        form=form.code,
        form_version=form.version,
        on_day=new.on_day,
        at_time=new.at_time,
        transcribed=new.ink is not None,
        source_signer=new.ink.signer if new.ink else "",
        source_signed_on=new.ink.signed_on if new.ink else None,
    )


def raise_queries(change: Change, subject_id: int, record_id: int, unlikely: tuple[Finding, ...]) -> None:
    """Open a query for each unlikely value that is kept, in the same transaction."""
    for finding in unlikely:
        change.add(
            Query(
                subject_id=subject_id,
                about_table="form_record",
                about_id=record_id,
                field=finding.field,
                question=finding.code,
                raised_at=change.at,
                raised_by=change.actor.user_id,
            )
        )


def _record(session: Session, visit_id: int, form: str) -> FormRecord | None:
    return session.scalar(
        select(FormRecord).where(
            FormRecord.visit_id == visit_id, FormRecord.form == form, FormRecord.state == "current"
        )
    )


def _form_row(session: Session, record: FormRecord) -> FormRow:
    rows = session.scalars(select(Answer).where(Answer.form_record_id == record.id)).all()
    return FormRow(
        id=record.id,
        version=record.version,
        subject_id=record.subject_id,
        visit_id=record.visit_id,
        form=record.form,
        form_version=record.form_version,
        on_day=record.on_day,
        at_time=record.at_time,
        values={row.field: answers.value_of(row) for row in rows},
        kept={row.field: row.kept_reason for row in rows if row.kept_reason},
        answer_ids={row.field: row.id for row in rows},
        answer_versions={row.field: row.version for row in rows},
        transcribed=bool(record.transcribed),
        source_signer=record.source_signer,
        source_signed_on=record.source_signed_on,
        source_reference=record.source_reference,
        moved_to=record.moved_to,
        void=record.state == "void",
        void_reason=record.void_reason,
    )


def saved_form(desk: Desk, visit_id: int, form: str) -> FormRow | None:
    """Return the form of a visit that stands, or None."""
    with desk.view() as session:
        record = _record(session, visit_id, form)
        return _form_row(session, record) if record else None


def form_row(desk: Desk, record_id: int) -> FormRow:
    """Return one saved form by its number, void or not."""
    with desk.view() as session:
        return _form_row(session, session.get_one(FormRecord, record_id))


def correct_value(desk: Desk, correction: Correction) -> FormRow:
    """Correct one saved value with a coded reason, or add one that was missing; signatures on it go void."""
    reason = reason_text(correction.reason, correction.note)
    with desk.change("value.correct", reason) as change:
        record = change.session.get_one(FormRecord, correction.form_record_id)
        require_standing(change, record)
        form = change.protocol.form(record.form)
        answer = change.session.scalar(
            select(Answer).where(Answer.form_record_id == record.id, Answer.field == correction.field)
        )
        if (answer.version if answer else 0) != correction.seen_version:
            raise Stale("value.changed_meanwhile", now=answers.value_of(answer).as_typed if answer else "")
        unlikely = _check_correction(change, form, record, correction, desk)
        if answer is None:
            given = Given({correction.field: correction.value}, correction.kept)
            change.add(answers.answer_of(record.id, form, correction.field, given))
        else:
            answers.put_value(answer, correction.value, correction.kept.get(correction.field, ""))
            require_changed(change, answer)
        raise_queries(change, record.subject_id, record.id, unlikely)
        void_signatures(change, "form_record", record.id, reason)
        void_if_changed(change, record.subject_id)
        if correction.field == WEIGHT:
            # Doses were computed on it: what they show now has to be said.
            judge_doses_again(change, record.subject_id)
        change.session.flush()
        return _form_row(change.session, record)


def _check_correction(
    change: Change, form: Form, record: FormRecord, correction: Correction, desk: Desk
) -> tuple[Finding, ...]:
    subject = change.session.get_one(Subject, record.subject_id)
    saved = answers.values_of(change.session, record.id)
    previous = previous_values(change.session, record.subject_id, record.form, record.on_day)

    def found(values: Mapping[str, Value]) -> tuple[Finding, ...]:
        judged = checks.check_form(form, values, desk.now(), previous=previous, born=subject.birth_date)
        return (*judged, *checks.times_ahead(form, values, record.on_day, desk.now()))

    known, field = found(saved), correction.field
    # What a comparison says of the other field comes of this correction where it was not so before.
    new = (
        each for each in found({**saved, field: correction.value}) if each.field == field or each not in known
    )
    own = tuple(replace(each, field=field) for each in new)
    answers.refuse_impossible(own)
    return answers.refuse_unexplained(own, correction.kept)


def weights(desk: Desk, subject_id: int) -> tuple[tuple[date, Value], ...]:
    """Return the weights of a subject with their days, oldest first."""
    with desk.view() as session:
        rows = session.execute(
            select(FormRecord.on_day, Answer)
            .join(Answer, Answer.form_record_id == FormRecord.id)
            .where(
                FormRecord.subject_id == subject_id,
                FormRecord.state == "current",
                Answer.field == "weight",
                Answer.number.is_not(None),
            )
            .order_by(FormRecord.on_day, FormRecord.id)
        )
        return tuple((day, answers.value_of(answer)) for day, answer in rows)


def age_at(desk: Desk, subject_id: int, day: date) -> int:
    """Return the age of a subject on a day, in completed years."""
    with desk.view() as session:
        return age_on(session.get_one(Subject, subject_id).birth_date, day)
