"""Forms saved, read and corrected: at visits, and entries beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as declared
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import form_checks
from sle_desk.domain.checks import Finding, Value
from sle_desk.domain.forms import Form
from sle_desk.domain.queried import no_doubts
from sle_desk.domain.record_source import HERE, Told
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import answers
from sle_desk.services.answers import Given, reason_text
from sle_desk.services.asked_forms import asked_form, asked_of
from sle_desk.services.consent_order import propose_before_consent
from sle_desk.services.desk import Change, Desk
from sle_desk.services.dose_judgement import WEIGHT
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.entry_checks import Spot, entry_findings
from sle_desk.services.entry_renewal import renew_beside
from sle_desk.services.hidden_answers import add_answers, asked_in, take_out_hidden
from sle_desk.services.infusion_course import link_to_infusion
from sle_desk.services.judged_again import judge_doses_again
from sle_desk.services.record_links import link_in
from sle_desk.services.record_sources import checked, put_source, require_judge
from sle_desk.services.seen import require_seen, whole_version
from sle_desk.services.signatures import Ink, void_signatures
from sle_desk.services.standing import (
    require_born,
    require_changed,
    require_past,
    require_standing,
    require_subject_standing,
)
from sle_desk.services.value_queries import answer_by_correction, ask_about

# Why a signature goes void when an answer is added to what was signed.
LATE = "late"


@dataclass(frozen=True)
class NewForm:
    """One form as a person filled it: where it belongs, its values, and where they come from.

    An entry of a log is of no visit; `parent_id` is the entry that it is about, `link` a record it has to do
    with: its table and number.
    """

    subject_id: int
    visit_id: int | None
    form: str
    on_day: date
    given: Given
    at_time: str = ""
    source: str = HERE
    source_reference: str = ""
    ink: Ink | None = None
    parent_id: int | None = None
    link: tuple[str, int] | None = None


@dataclass(frozen=True)
class FormRow:
    """A saved form as it is shown; `answer_ids` and `answer_versions` lead to each value's history."""

    id: int
    version: int
    subject_id: int
    visit_id: int | None
    form: str
    form_version: str
    on_day: date
    at_time: str
    values: Mapping[str, Value]
    kept: Mapping[str, str]
    answer_ids: Mapping[str, int]
    answer_versions: Mapping[str, int]
    transcribed: bool
    source: str
    source_signer: str
    source_signed_on: date | None
    source_reference: str
    moved_to: int | None = None
    void: bool = False
    void_reason: str = ""
    parent_id: int | None = None

    @property
    def told(self) -> Told:
        """Return what is kept of the source."""
        return Told(self.source, self.source_reference, self.source_signer, self.source_signed_on)


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
    with desk.view() as session:
        form = asked_form(session, desk.protocol, new.subject_id, new.form)
        answers.refuse_unknown(form, new.given.values, desk.now())
        return _findings(session, form, new, desk)


def _findings(session: Session, form: Form, new: NewForm, desk: Desk) -> tuple[Finding, ...]:
    spot = Spot(new.subject_id, parent_id=new.parent_id, link=new.link)
    return _judged(session, form, spot, new.on_day, desk)(new.given.values)


def _spot(record: FormRecord) -> Spot:
    return Spot(record.subject_id, record.id, record.parent_id)


def _judged(
    session: Session, form: Form, spot: Spot, on_day: date, desk: Desk
) -> Callable[[Mapping[str, Value]], tuple[Finding, ...]]:
    """Return what judges the values of a form of a subject on a day."""
    subject = session.get_one(Subject, spot.subject_id)
    # One entry of a log says nothing of the next one.
    previous = {} if form.log else previous_values(session, spot.subject_id, form.code, on_day)

    def judge(given: Mapping[str, Value]) -> tuple[Finding, ...]:
        # What is not asked is no answer: nothing is compared with it.
        values = form_checks.asked_values(form, given)
        found = form_checks.check_form(form, values, desk.now(), previous=previous, born=subject.birth_date)
        ahead = form_checks.times_ahead(form, values, on_day, desk.now())
        asked = no_doubts(form, values, desk.now(), subject.birth_date)
        return (*found, *ahead, *asked, *entry_findings(session, desk.protocol, spot, form, values))

    return judge


def save_form(desk: Desk, new: NewForm, *, action: str = "form.save") -> FormRow:
    """Save a form as a record: impossible values are refused, unlikely ones need a reason each.

    What is missing stays missing: the form can be completed later, each value with its own audit row.
    """
    if new.on_day > desk.today():
        raise RuleBroken("day.future", typed=new.on_day.isoformat(), today=desk.today().isoformat())
    require_past(desk.now(), new.on_day, new.at_time)
    source = checked(new.source, new.source_reference, new.ink, desk.today())
    with desk.change(action, done_on=new.on_day, subject_id=new.subject_id) as change:
        require_born(change.session, new.subject_id, new.on_day)
        form = asked_form(change.session, change.protocol, new.subject_id, new.form)
        answers.refuse_unknown(form, new.given.values, change.at)
        answers.refuse_hidden(form, new.given.values, new.given.values)
        found = _findings(change.session, form, new, desk)
        answers.refuse_impossible(found)
        unlikely = answers.refuse_unexplained(found, new.given.kept)
        record = _new_record(change, form, new)
        put_source(record, *source)
        require_judge(change, form, new.given.values, record)
        change.add(record)
        change.add(*(answers.answer_of(record.id, form, code, new.given) for code in new.given.values))
        ask_about(change, record, form, new.given.values, unlikely)
        if form.of_infusion:
            link_to_infusion(change, record, new.link)
        elif new.link is not None:
            link_in(change, record, *new.link)
        propose_before_consent(change, record)
        renew_beside(change, record)
        return _form_row(change.session, record)


def _check_place(change: Change, form: Form, new: NewForm) -> None:
    """Refuse a form at the visit of somebody else or twice at one, and an entry about somebody else's."""
    if bool(form.log) != (new.visit_id is None) or bool(form.about) != (new.parent_id is not None):
        raise RuleBroken("form.place", label=form.label)
    if new.visit_id is not None:
        visit = change.session.get_one(Visit, new.visit_id)
        require_standing(change, visit)
        if visit.subject_id != new.subject_id:
            raise RuleBroken("visit.other_subject")
        if _record(change.session, new.visit_id, new.form) is not None:
            raise RuleBroken("form.twice", form=new.form)
        return
    require_subject_standing(change, new.subject_id)
    if new.parent_id is not None:
        parent = change.session.get_one(FormRecord, new.parent_id)
        require_standing(change, parent)
        if (parent.subject_id, parent.form) != (new.subject_id, form.about):
            raise RuleBroken("form.place", label=form.label)


def _new_record(change: Change, form: Form, new: NewForm) -> FormRecord:
    _check_place(change, form, new)
    facts = change.record_facts(new.subject_id, new.on_day)
    return FormRecord(
        **facts,
        visit_id=new.visit_id,
        parent_id=new.parent_id,
        form=form.code,
        form_version=form.version,
        on_day=new.on_day,
        at_time=new.at_time,
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
        version=whole_version(record, (row.version for row in rows)),
        subject_id=record.subject_id,
        visit_id=record.visit_id,
        form=record.form,
        form_version=record.form_version,
        on_day=record.on_day,
        at_time=record.at_time,
        values=answers.values_in(rows),
        kept={row.field: row.kept_reason for row in rows if row.kept_reason},
        answer_ids={row.field: row.id for row in rows},
        answer_versions={row.field: row.version for row in rows},
        transcribed=bool(record.transcribed),
        source=record.source,
        source_signer=record.source_signer,
        source_signed_on=record.source_signed_on,
        source_reference=record.source_reference,
        moved_to=record.moved_to,
        void=record.state == "void",
        void_reason=record.void_reason,
        parent_id=record.parent_id,
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
        form = asked_of(change.session, change.protocol, record)
        answers.refuse_unknown(form, {correction.field: correction.value}, change.at)
        answer = change.session.scalar(
            select(Answer).where(Answer.form_record_id == record.id, Answer.field == correction.field)
        )
        saved = asked_in(change.session, form, record.id)
        if (answer.version if answer else 0) != correction.seen_version:
            now = saved.get(correction.field)
            raise Stale("value.changed_meanwhile", now=now.as_typed if now is not None else "")
        answers.refuse_hidden(form, {**saved, correction.field: correction.value}, [correction.field])
        unlikely = _check_correction(change, form, record, saved, correction, desk)
        if answer is None:
            given = Given({correction.field: correction.value}, correction.kept)
            change.add(answers.answer_of(record.id, form, correction.field, given))
        else:
            answers.put_value(answer, correction.value, correction.kept.get(correction.field, ""))
            require_changed(change, answer)
        take_out_hidden(change, record, form, {*saved, correction.field}, reason)
        answer_by_correction(change, record, correction.field, reason)
        ask_about(change, record, form, {correction.field: correction.value}, unlikely)
        void_signatures(change, "form_record", record.id, reason)
        void_if_changed(change, record.subject_id)
        if correction.field == WEIGHT:
            # Doses were computed on it: what they show now has to be said.
            judge_doses_again(change, record.subject_id)
        renew_beside(change, record)
        change.session.flush()
        return _form_row(change.session, record)


def complete_form(desk: Desk, record_id: int, given: Given, seen_version: int) -> FormRow:
    """Add answers that a saved form lacks, each with its own audit row; what is answered stays as it is.

    Nothing saved changes, so that no reason is asked; a signature says that all was there, and goes void.
    """
    with desk.change("form.complete") as change:
        record = change.session.get_one(FormRecord, record_id)
        require_standing(change, record)
        require_seen(change.session, record, seen_version)
        form = asked_of(change.session, change.protocol, record)
        answers.refuse_unknown(form, given.values, change.at)
        saved = asked_in(change.session, form, record.id)
        known = saved.keys() & given.values.keys()
        if known:
            label = form.field(min(known)).label
            raise Stale("form.answered_meanwhile", field=label)
        answers.refuse_hidden(form, {**saved, **given.values}, given.values)
        found = _judged(change.session, form, _spot(record), record.on_day, desk)
        new = [each for each in found({**saved, **given.values}) if each not in found(saved)]
        answers.refuse_impossible(new)
        unlikely = answers.refuse_unexplained(new, given.kept)
        add_answers(change, record, form, given, LATE)
        take_out_hidden(change, record, form, {*saved, *given.values}, LATE)
        ask_about(change, record, form, given.values, unlikely)
        void_signatures(change, "form_record", record.id, LATE)
        void_if_changed(change, record.subject_id)
        renew_beside(change, record)
        change.session.flush()
        return _form_row(change.session, record)


def _check_correction(
    change: Change,
    form: Form,
    record: FormRecord,
    saved: Mapping[str, Value],
    correction: Correction,
    desk: Desk,
) -> tuple[Finding, ...]:
    found = _judged(change.session, form, _spot(record), record.on_day, desk)
    known, field = found(saved), correction.field
    # What a comparison says of the other field comes of this correction where it was not so before.
    new = (
        each
        for each in found({**saved, field: correction.value})
        if (each.field == field or each not in known) and each.code not in form_checks.AGREEMENTS
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
