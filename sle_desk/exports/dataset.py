"""The study as named tables with typed columns: the single source of every export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.language import Words
from sle_desk.domain import record_source
from sle_desk.domain.decisions import Readings
from sle_desk.domain.forms import VALUE_SLOTS, Form
from sle_desk.domain.forms import Field as FormField
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import Measured
from sle_desk.exports.tables import CodeList, Column, Table, Value
from sle_desk.models.base import Record
from sle_desk.models.subject import Subject
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import GIVEN
from sle_desk.services.decisions import readings_on

R = TypeVar("R", bound=Record)
SUBJECT_COLUMN = "SUBJID"
IDENTIFYING = frozenset({"name", "initials", "identity_kind", "identity_number", "phone", "birth_date"})


@dataclass(frozen=True)
class Source:
    """What tables are made from: the package and one consistent state of the file."""

    protocol: Protocol
    session: Session
    # The day of the data: what was decided by then. Without it, all that was ever decided.
    as_of: date = date.max

    def readings(self) -> Readings:
        """Return the readings in force on the day of the data."""
        return readings_on(self.session, self.protocol, self.as_of)


@dataclass(frozen=True)
class Preset:
    """What an export may hold: without arm means without doses and lots too, which would reveal it."""

    code: str
    label: Words
    arm: bool
    audit: bool


PRESETS = {
    "site": Preset(
        "site", Words("Site, everything but names", "研究中心：除姓名外全部数据"), arm=True, audit=True
    ),
    "sponsor": Preset(
        "sponsor", Words("Sponsor, without arm until lock", "申办者：锁库前不含组别"), arm=False, audit=False
    ),
}


def declared(protocol: Protocol, key: str) -> FormField:
    """Return the one declaration of a column: "form.field" as its model names it."""
    form, _, field = key.partition(".")
    return protocol.form(form).field(field)


def column_for(name: str, field: FormField, kind: str = "", codelist: str = "") -> Column:
    """Return the column of a declared field; the type follows the kind of field."""
    kinds = {"number": "number", "day": "day", "partial_day": "partial_day", "choice": "code"}
    found = kind or kinds.get(field.kind, "text")
    return Column(
        name,
        field.label,
        found,
        unit=field.unit,
        codelist=codelist,
        source=field.cdisc or field.code,
        as_typed=found == "number" and not kind,
    )


def subject_codes(source: Source) -> dict[int, str]:
    """Return the code of each subject that stands, by number of its row."""
    rows = source.session.scalars(select(Subject).where(Subject.state == "current").order_by(Subject.number))
    return {subject.id: subject.code for subject in rows}


def standing(source: Source, model: type[R]) -> Iterator[tuple[str, R]]:
    """Yield the records of a kind that stand, by subject and day, each with the code of its subject."""
    codes = subject_codes(source)
    day: Any = getattr(model, model.day_told_by)
    rows = source.session.scalars(
        select(model).where(model.state == "current").order_by(model.subject_id, day, model.id)
    )
    yield from ((codes[row.subject_id], row) for row in rows if row.subject_id in codes)


SUBJECT = Column(SUBJECT_COLUMN, Words("Subject", "受试者编号"), "text", source="SUBJID")
# Which visit: unscheduled ones share their code, and two of them can share their day.
VISIT = (
    Column("VISIT", Words("Visit", "访视"), "code", codelist="VISIT", source="VISIT"),
    Column("VISIT_ENTRY", Words("Number of the visit", "访视记录号"), "whole"),
)
DAY = Column("DATE", Words("Date", "日期"), "day")
RECORDED_AT = Column("RECORDED_AT", Words("Recorded at", "录入时间"), "instant")
LATER = Column("ENTERED_LATER", Words("Entered later", "补录"), "code", codelist="YN")
SOURCE = Column("SOURCE", record_source.SOURCE.label, "code", codelist="SOURCE")
REFERENCE = Column("SOURCE_REFERENCE", record_source.REFERENCE.label, "text")
# Of a form that was typed from a paper signed in ink: whose hand, and the day beside it.
INK = (
    Column("SOURCE_SIGNER", record_source.SIGNER.label, "text"),
    Column("SOURCE_SIGNED_ON", record_source.SIGNED_ON.label, "day"),
)
# What a sheet of records says at the end of each: where it comes from, and when it was entered.
ENTERED = (SOURCE, REFERENCE, LATER, RECORDED_AT)
# What every sheet of forms says of each record, after whose and when it is.
RECORDED = (DAY, SOURCE, REFERENCE, *INK, LATER, RECORDED_AT)


def form_table(source: Source, form: Form) -> Table:
    """Return one table of a form: a row for each saved record that stands, a column for each field."""
    answers = answers_of(source.session, form.code)
    fields = tuple(form.fields())
    columns = [SUBJECT, *VISIT, *RECORDED, *field_columns(form, fields)]
    rows = [
        [
            *(code, visit, record.visit_id, *recorded_values(record)),
            *(
                value
                for field in fields
                for value in field_values(field, answers.get((record.id, field.code)))
            ),
        ]
        for code, visit, record in _records(source, form.code)
    ]
    return Table(form.code.upper(), form.label, tuple(columns), rows)


def field_columns(form: Form, fields: Iterable[FormField]) -> Iterator[Column]:
    """Yield two columns for each field: its value, and why it is missing."""
    for field in fields:
        codelist = f"{form.code}.{field.code}".upper() if field.kind == "choice" else ""
        yield column_for(field.code.upper(), field, codelist=codelist)
        yield _missing_column(field)


def _missing_column(field: FormField) -> Column:
    label = Words(f"{field.label.en}, why missing", f"{field.label.zh}（缺失原因）")
    return Column(f"{field.code.upper()}_MISSING", label, "code", codelist="MISSING", source=field.code)


def answers_of(session: Session, form: str) -> dict[tuple[int, str], Answer]:
    """Return every answer of a form by the number of its record and its field."""
    rows = session.scalars(
        select(Answer)
        .join(FormRecord, FormRecord.id == Answer.form_record_id)
        .where(FormRecord.form == form, GIVEN)
    )
    return {(row.form_record_id, row.field): row for row in rows}


def _records(source: Source, form: str) -> Iterator[tuple[str, str, FormRecord]]:
    codes = subject_codes(source)
    rows = source.session.execute(
        select(FormRecord, Visit.code)
        .join(Visit, Visit.id == FormRecord.visit_id)
        .where(FormRecord.form == form, FormRecord.state == "current")
        .order_by(FormRecord.subject_id, FormRecord.on_day, FormRecord.id)
    )
    for record, visit in rows:
        if record.subject_id in codes:
            yield codes[record.subject_id], visit, record


def entered_values(record: Record) -> list[Value]:
    """Return what stands in the columns that end a sheet of records."""
    later = "Y" if record.entered_later else "N"
    return [record.source, record.source_reference, later, record.recorded_at]


def recorded_values(record: FormRecord) -> list[Value]:
    """Return what stands in the columns that every sheet of forms has."""
    source, reference, *entered = entered_values(record)
    signed = (record.source_signer, record.source_signed_on)
    return [record.on_day, source, reference, *signed, *entered]


def field_values(field: FormField, answer: Answer | None) -> tuple[Value, Value]:
    """Return what stands in the two columns of a field."""
    if answer is None:
        return None, None
    if answer.missing is not None:
        return None, answer.missing
    slot = VALUE_SLOTS[field.kind]
    if slot == "number":
        assert answer.number is not None
        return Measured(answer.typed, answer.number, answer.comparator), None
    readers: dict[str, Callable[[Answer], Value]] = {
        "text": lambda row: row.text,
        "day": lambda row: row.day,
        "choice": lambda row: row.choice,
    }
    return readers[slot](answer), None


def form_code_lists(protocol: Protocol) -> tuple[CodeList, ...]:
    """Return the code list of every choice of every form."""
    return tuple(
        CodeList(
            f"{form.code}.{field.code}".upper(),
            tuple((choice.code, choice.label) for choice in field.choices),
        )
        for form in protocol.forms
        for field in form.fields()
        if field.kind == "choice"
    )
