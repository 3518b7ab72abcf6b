"""A form entered in error: void here, and entered at the right visit in the same transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import form_checks
from sle_desk.domain.checks import UNLIKELY, Finding
from sle_desk.domain.safety import REPORT, is_sent
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import answers
from sle_desk.services.answers import reason_text
from sle_desk.services.asked_forms import asked_form
from sle_desk.services.consent_order import propose_before_consent, renew_consent_findings
from sle_desk.services.desk import Change, Desk
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.entry_checks import Spot, entry_findings
from sle_desk.services.entry_renewal import renew_beside
from sle_desk.services.form_records import previous_values
from sle_desk.services.record_links import void_links
from sle_desk.services.standing import (
    ACTION,
    require_born,
    require_past,
    require_standing,
    require_subject_standing,
    to_void,
    void_record,
)
from sle_desk.services.subject_again import judge_again
from sle_desk.services.value_queries import ask_about


def void_form(
    desk: Desk,
    record_id: int,
    reason: str,
    seen_version: int,
    note: str = "",
    *,
    to_visit: int | None = None,
    to_subject: int | None = None,
) -> int | None:
    """Mark a form as entered in error; with a place it is entered there, and its new number returned.

    A form of a visit goes to another visit, an entry to another subject with the entries that are about it.
    Both records name each other. Its signature is void and stays here: there it is to be signed again.
    """
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        record = to_void(change, FormRecord, record_id, seen_version)
        if to_subject is not None and change.protocol.form(record.form).of_infusion:
            raise RuleBroken("entry.goes_with_infusion")
        if record.visit_id is None:
            moved = void_entry(change, record, said, to_subject)
        else:
            void_record(change, record, said)
            moved = None if to_visit is None else enter_form(change, record, to_visit)
        recompute_after_form(change, record)
        if moved is not None and moved.subject_id != record.subject_id:
            recompute_after_form(change, moved)
        if moved is not None and moved.on_day != record.on_day:
            judge_again(change, moved.subject_id, said)
        return None if moved is None else moved.id


def recompute_after_form(change: Change, record: FormRecord) -> None:
    """Judge again what rested on a form: consents, eligibility, doses by weight."""
    renew_consent_findings(change, record.subject_id)
    void_if_changed(change, record.subject_id)
    renew_beside(change, record)


def enter_form(change: Change, record: FormRecord, visit_id: int) -> FormRecord:
    """Enter the values of a void form at another visit exactly as typed, in a change in hand.

    They are judged there: the impossible is refused, the unlikely is kept and asked about by a query. A form
    of the day of its wrong visit is of the day of the right one; a day that a person gave it stays.
    """
    session, visit = change.session, change.session.get_one(Visit, visit_id)
    on_day = _day_at(session, record, visit)
    _check_place(change, record, visit, on_day)
    form = change.protocol.of(record.protocol_version).form(record.form)
    subject = session.get_one(Subject, visit.subject_id)
    earlier = previous_values(session, subject.id, record.form, on_day)
    values = answers.values_of(session, record.id)
    found = form_checks.check_form(form, values, change.at, previous=earlier, born=subject.birth_date)
    answers.refuse_impossible(found)
    moved = _copy(change, record, visit.subject_id, visit.id, None, on_day)
    ask_about(change, moved, form, values, _unlikely(found))
    propose_before_consent(change, moved)
    return moved


def _day_at(session: Session, record: FormRecord, visit: Visit) -> date:
    wrong = session.get(Visit, record.visit_id) if record.visit_id is not None else None
    if wrong is None or visit.on_day is None or record.on_day != wrong.on_day:
        return record.on_day
    return visit.on_day


def _unlikely(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in found if finding.level == UNLIKELY)


def void_entry(
    change: Change, record: FormRecord, said: str, to_subject: int | None, parent_id: int | None = None
) -> FormRecord | None:
    """Void an entry and those about it, in a change in hand; with a subject, enter them there.

    A report that was sent stays where it was sent from: under the right number none has gone yet. What is
    about a medicine and of an infusion stays too: that infusion is not the other subject's.
    """
    if record.parent_id is not None and parent_id is None and to_subject is not None:
        # A report goes with the event that it is about, never alone.
        raise RuleBroken("entry.goes_with_another")
    void_record(change, record, said)
    void_links(change, record, said)
    moved = None if to_subject is None else _enter_entry(change, record, to_subject, parent_id)
    about = change.session.scalars(
        select(FormRecord).where(FormRecord.parent_id == record.id, FormRecord.state == "current")
    ).all()
    for each in about:
        went = each.form == REPORT and is_sent(answers.values_of(change.session, each.id))
        there = None if went or change.protocol.form(each.form).of_infusion else to_subject
        void_entry(change, each, said, there, moved.id if moved is not None else None)
    return moved


def _enter_entry(change: Change, record: FormRecord, subject_id: int, parent_id: int | None) -> FormRecord:
    if subject_id == record.subject_id:
        raise RuleBroken("record.same_subject")
    require_subject_standing(change, subject_id)
    subject = change.session.get_one(Subject, subject_id)
    form = asked_form(change.session, change.protocol, subject_id, record.form)
    values = answers.values_of(change.session, record.id)
    found = form_checks.check_form(form, values, change.at, born=subject.birth_date)
    answers.refuse_impossible(found)
    spot = Spot(subject_id, parent_id=parent_id)
    beside = entry_findings(change.session, change.protocol, spot, form, values)
    moved = _copy(change, record, subject_id, None, parent_id, record.on_day)
    ask_about(change, moved, form, values, _unlikely((*found, *beside)))
    return moved


def _check_place(change: Change, record: FormRecord, visit: Visit, on_day: date) -> None:
    require_standing(change, visit)
    label, planned = change.protocol.form(record.form).label, change.protocol.visit(visit.code)
    if visit.id == record.visit_id:
        raise RuleBroken("record.same_visit")
    if record.form not in planned.forms:
        raise RuleBroken("record.not_at_visit", name=label, visit=planned.label)
    there = change.session.scalar(
        select(FormRecord.id).where(
            FormRecord.visit_id == visit.id, FormRecord.form == record.form, FormRecord.state == "current"
        )
    )
    if there is not None:
        raise RuleBroken("record.there_already", name=label, visit=planned.label)
    require_born(change.session, visit.subject_id, on_day)
    require_past(change.at, on_day, record.at_time)


def _copy(
    change: Change,
    record: FormRecord,
    subject_id: int,
    visit_id: int | None,
    parent_id: int | None,
    on_day: date,
) -> FormRecord:
    # The answers stay those of the form as it was asked: of the version that they were given under.
    written = {"protocol_version": record.protocol_version}
    facts = {**change.record_facts(subject_id, on_day), **written}
    moved = FormRecord(
        **{**facts, "source": record.source, "source_reference": record.source_reference},
        visit_id=visit_id,
        parent_id=parent_id,
        form=record.form,
        form_version=record.form_version,
        on_day=on_day,
        at_time=record.at_time,
        transcribed=record.transcribed,
        source_signer=record.source_signer,
        source_signed_on=record.source_signed_on,
        moved_from=record.id,
    )
    change.add(moved)
    kept = change.session.scalars(
        select(Answer).where(Answer.form_record_id == record.id, answers.GIVEN).order_by(Answer.id)
    ).all()
    change.add(*(answers.copy_of(answer, moved.id) for answer in kept))
    record.moved_to = moved.id
    return moved
