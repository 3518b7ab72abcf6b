"""Between what a form holds and how it is kept: values, answers and the reasons they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken, Unexplained
from sle_desk.domain.checks import (
    CORRECTION_REASONS,
    IMPOSSIBLE,
    NO_LONGER_ASKED,
    UNLIKELY,
    Finding,
    Value,
    check_readable,
)
from sle_desk.domain.form_checks import shown_fields
from sle_desk.domain.forms import Form
from sle_desk.domain.values import check_text
from sle_desk.models.visit import Answer

OTHER = "other"
# Which rows are answers: one that a correction took out keeps only its history.
GIVEN = Answer.missing.is_distinct_from(NO_LONGER_ASKED.code)


@dataclass(frozen=True)
class Given:
    """The values of a form as a person gave them, and why each unlikely one is kept."""

    values: Mapping[str, Value]
    kept: Mapping[str, str] = field(default_factory=dict)


def answer_of(form_record_id: int, form: Form, code: str, given: Given) -> Answer:
    """Return the row that keeps one value of a form."""
    value = given.values[code]
    return Answer(
        form_record_id=form_record_id,
        field=code,
        number=value.number,
        comparator=value.comparator,
        typed=value.typed,
        unit=form.field(code).unit if value.number is not None else "",
        text=value.text,
        day=value.day,
        choice=value.choice,
        missing=value.missing,
        kept_reason=given.kept.get(code, ""),
    )


def value_of(answer: Answer) -> Value:
    """Return the value that a row keeps."""
    return Value(
        number=answer.number,
        comparator=answer.comparator,
        typed=answer.typed,
        text=answer.text,
        day=answer.day,
        choice=answer.choice,
        missing=answer.missing,
    )


def copy_of(answer: Answer, form_record_id: int) -> Answer:
    """Return the same value for another record, with its unit and the reason it stands."""
    copied = Answer(form_record_id=form_record_id, field=answer.field, unit=answer.unit)
    put_value(copied, value_of(answer), answer.kept_reason)
    return copied


def put_value(answer: Answer, value: Value, kept_reason: str = "") -> None:
    """Change what a row keeps; the unit stays the field's own."""
    answer.number, answer.comparator, answer.typed = value.number, value.comparator, value.typed
    answer.text, answer.day, answer.choice, answer.missing = (
        value.text,
        value.day,
        value.choice,
        value.missing,
    )
    answer.kept_reason = kept_reason


def values_of(session: Session, form_record_id: int) -> dict[str, Value]:
    """Return every value of a saved form by field."""
    return values_in(session.scalars(select(Answer).where(Answer.form_record_id == form_record_id)))


def values_in(rows: Iterable[Answer]) -> dict[str, Value]:
    """Return the values that rows of one form keep by field; a row that was taken out keeps none."""
    return {row.field: value_of(row) for row in rows if row.missing != NO_LONGER_ASKED.code}


def refuse_unknown(form: Form, values: Mapping[str, Value], now: datetime) -> None:
    """Refuse a value of a field that is not asked, one that its field cannot hold, an empty entry."""
    known = {field.code: field for field in form.fields()}
    for code, value in values.items():
        if code not in known or value.missing == NO_LONGER_ASKED.code:
            raise RuleBroken("form.not_asked", field=code)
        try:
            check_readable(known[code], value, now)
        except RuleBroken as error:
            raise RuleBroken(error.code, **{**error.facts, "field": code}) from error
    if form.log and not values:
        raise RuleBroken("form.empty", label=form.label)


def refuse_hidden(form: Form, values: Mapping[str, Value], given: Iterable[str]) -> None:
    """Refuse a value of a field that the other answers of the form hide; `values` is all that stands then."""
    shown = {asked.code for asked in shown_fields(form, values)}
    for code in given:
        if code not in shown:
            raise RuleBroken("form.not_asked", field=code)


def refuse_impossible(findings: Sequence[Finding]) -> None:
    """Raise RuleBroken for the first impossible value; nothing of the form is kept then."""
    for finding in findings:
        if finding.level == IMPOSSIBLE:
            raise RuleBroken(finding.code, field=finding.field, **finding.facts)


def refuse_unexplained(findings: Sequence[Finding], kept: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the unlikely findings that a reason keeps; Unexplained when one has no reason."""
    unlikely = tuple(finding for finding in findings if finding.level == UNLIKELY)
    for finding in unlikely:
        if not kept.get(finding.field):
            raise Unexplained(finding.code, field=finding.field, **finding.facts)
    return unlikely


def day_of(values: Mapping[str, Value], code: str) -> date | None:
    """Return the day of a field, or None when it is missing."""
    value = values.get(code)
    return value.day if value else None


def reason_text(code: str, note: str = "") -> str:
    """Return a coded reason as it is kept: the code, and the note where one was typed."""
    if code not in {choice.code for choice in CORRECTION_REASONS}:
        raise RuleBroken("change.reason_needed")
    if code == OTHER and not note.strip():
        raise RuleBroken("change.note_needed")
    return f"{code}: {check_text(note.strip())}" if note.strip() else code
