"""The facts of one subject as criteria are judged on them, read from the saved records that stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain.checks import Value
from sle_desk.domain.consent_rules import known_at, time_done
from sle_desk.domain.eligibility_facts import (
    CONSENT,
    FORM,
    RESULT,
    SUBJECT,
    Facts,
    LabValue,
    Procedure,
    SavedForm,
    SignedConsent,
    Source,
    Weight,
)
from sle_desk.domain.protocol import Protocol
from sle_desk.models.lab import Result, Sample
from sle_desk.models.subject import Consent, Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services import subject_entries as entries
from sle_desk.services.answers import GIVEN, value_of
from sle_desk.services.range_marks import RangeMarks

WEIGHT = "weight"


def facts_of(session: Session, protocol: Protocol, subject_id: int, today: date) -> Facts:
    """Return what stands of a subject up to a day: nothing entered in error, nothing later."""
    subject = session.get_one(Subject, subject_id)
    forms = _forms(session, subject_id, today)
    samples = session.scalars(
        select(Sample).where(Sample.subject_id == subject_id, Sample.state == "current")
    ).all()
    return Facts(
        subject=Source(SUBJECT, subject_id),
        birth_date=subject.birth_date,
        sex=subject.sex,
        today=today,
        screened_on=_screened_on(session, protocol, subject_id),
        consents=_consents(session, subject_id, today),
        procedures=_procedures(forms, samples, today),
        forms=forms,
        results=_results(session, [each for each in samples if each.drawn_at.date() <= today]),
        weights=_weights(forms),
        medicines=entries.medicines(session, protocol, subject_id, today),
        stays=entries.stays(session, protocol, subject_id, today),
    )


def _screened_on(session: Session, protocol: Protocol, subject_id: int) -> date | None:
    codes = [visit.code for visit in protocol.visits if "screening" in visit.tags]
    return session.scalar(
        select(Visit.on_day)
        .where(Visit.subject_id == subject_id, Visit.state == "current", Visit.code.in_(codes))
        .order_by(Visit.on_day)
        .limit(1)
    )


def _consents(session: Session, subject_id: int, today: date) -> tuple[SignedConsent, ...]:
    rows = session.scalars(
        select(Consent)
        .where(Consent.subject_id == subject_id, Consent.state == "current", Consent.signed_on <= today)
        .order_by(Consent.id)
    )
    return tuple(
        SignedConsent(row.signed_on, row.signed_time, row.consent_version, Source(CONSENT, row.id))
        for row in rows
    )


def _forms(session: Session, subject_id: int, today: date) -> tuple[SavedForm, ...]:
    records = session.execute(
        select(FormRecord, Visit.code)
        .join(Visit, Visit.id == FormRecord.visit_id)
        .where(FormRecord.subject_id == subject_id, FormRecord.state == "current", FormRecord.on_day <= today)
        .order_by(FormRecord.id)
    ).all()
    values: dict[int, dict[str, Value]] = {record.id: {} for record, _ in records}
    for answer in session.scalars(select(Answer).where(Answer.form_record_id.in_(values), GIVEN)):
        values[answer.form_record_id][answer.field] = value_of(answer)
    return tuple(
        SavedForm(
            record.form,
            visit,
            record.on_day,
            record.id,
            values[record.id],
            record.at_time,
            known_at(record.on_day, record.recorded_at),
        )
        for record, visit in records
    )


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def _procedures(
    forms: tuple[SavedForm, ...], samples: Iterable[Sample], today: date
) -> tuple[Procedure, ...]:
    found = [
        Procedure(form.day, time_done(form.day, form.time, form.values), form.source(), form.known_at)
        for form in forms
    ]
    found += [
        Procedure(each.drawn_at.date(), _clock(each.drawn_at), Source("sample", each.id))
        for each in samples
        if each.drawn_at.date() <= today
    ]
    return tuple(found)


def _results(session: Session, samples: list[Sample]) -> tuple[LabValue, ...]:
    drawn = {sample.id: sample for sample in samples}
    rows = session.scalars(
        select(Result).where(Result.sample_id.in_(drawn), Result.missing.is_(None)).order_by(Result.id)
    )
    marks = RangeMarks(session)
    return tuple(
        LabValue(
            analyte=row.analyte,
            day=drawn[row.sample_id].drawn_at.date(),
            time=_clock(drawn[row.sample_id].drawn_at),
            source=Source(RESULT, row.id),
            value=row.value,
            comparator=row.comparator,
            unit=row.unit,
            answer=row.text or "",
            low=row.low,
            high=row.high,
            report_number=drawn[row.sample_id].report_number,
            unconfirmed=marks.is_unconfirmed(row, drawn[row.sample_id]),
        )
        for row in rows
    )


def _weights(forms: tuple[SavedForm, ...]) -> tuple[Weight, ...]:
    found = ((form, form.values.get(WEIGHT)) for form in forms)
    return tuple(
        Weight(value.number, form.day, Source(FORM, form.record_id, WEIGHT))
        for form, value in found
        if value is not None and value.number is not None
    )
