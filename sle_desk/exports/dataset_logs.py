"""Entries beside the visits as tables, one a form, with what is derived from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain import medication, safety
from sle_desk.domain.form_checks import asked_values
from sle_desk.domain.forms import Form
from sle_desk.domain.prednisone import table_on
from sle_desk.domain.values import rounded
from sle_desk.exports.dataset import (
    RECORDED,
    SUBJECT,
    Preset,
    Source,
    answers_of,
    field_columns,
    field_values,
    recorded_values,
    subject_codes,
)
from sle_desk.exports.hiding import left_out_records, may_show
from sle_desk.exports.tables import Column, Row, Table, Value
from sle_desk.models.visit import Answer, FormRecord
from sle_desk.services.answers import value_of
from sle_desk.services.asked_forms import asked_of
from sle_desk.services.courses import courses
from sle_desk.services.infusion_course import infusions_of
from sle_desk.services.words_in_use import names_in_use

ENTRY = Column("ENTRY", Words("Number of the entry", "记录号"), "whole")
ABOUT = Column("ABOUT_ENTRY", Words("Number of the entry it is about", "所属记录号"), "whole")
DOSE = Column("DOSE", Words("Number of the dose it belongs to", "所属给药记录号"), "whole")
EMERGENT = Words(
    "Y where the event began on or after the day of the first dose of any study drug, N before; U where its "
    "partial start can mean both and its end does not settle it.",
    "首次使用任一研究药物当日或之后开始为Y，之前为N；开始日期不完整、两者皆有可能时为U。",
)
EQUIVALENT = Words(
    "Milligrams a day times 5 through the milligrams that equal 5 mg prednisone, to 6 decimals; empty where "
    "dose, unit or frequency come to no daily dose, or the factor is not decided.",
    "日剂量（mg）×5÷相当于5 mg泼尼松的剂量，保留6位小数；"
    "剂量、单位或频率无法得出日剂量，或换算系数未定时为空。",
)
PREDNISONE = Column(
    "PREDNISONE_MG",
    Words("Prednisone equivalent a day", "泼尼松等效日剂量"),
    "number",
    unit="mg/day",
    derivation=EQUIVALENT,
)
Derive = Callable[[Mapping[str, Answer]], Value]


@dataclass(frozen=True)
class Entry:
    """An entry that stands, with its answers by field."""

    record: FormRecord
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Derived:
    """A column that is computed from an entry, for each subject with what it needs."""

    column: Column
    derive: Callable[[int], Derive]


def log_table(source: Source, form: Form, preset: Preset) -> Table:
    """Return one table of a log's form: a row for each entry that stands.

    What tells a drug is left out where the preset may not show the arm: who is asked of it has it.
    """
    fields = tuple(field for field in form.fields() if may_show(field, preset))
    derived = _derived(source, form)
    columns = (
        SUBJECT,
        ENTRY,
        *((ABOUT,) if form.about else ()),
        *((DOSE,) if form.of_infusion else ()),
        *RECORDED,
        *field_columns(form, fields),
        *(each.column for each in derived),
    )
    rows: list[Row] = []
    codes = subject_codes(source)
    left_out = left_out_records(source, preset)
    infusions = infusions_of(source.session, form)
    for record, own in ((entry.record, entry.answers) for entry in standing_entries(source, form)):
        if record.subject_id not in codes or (FormRecord.__tablename__, record.id) in left_out:
            continue
        rows.append(
            [
                *_head(codes[record.subject_id], record, form, infusions),
                *(value for field in fields for value in field_values(field, own.get(field.code))),
                *(each.derive(record.subject_id)(own) for each in derived),
            ]
        )
    return Table(form.code.upper(), form.label, columns, rows)


def standing_entries(source: Source, form: Form) -> Iterator[Entry]:
    """Yield each entry of a log's form that stands, with the answers that are still asked for."""
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    for (record_id, code), answer in answers_of(source.session, form.code).items():
        answers[record_id][code] = answer
    for record in _records(source, form.code):
        yield Entry(record, _still_asked(source, record, answers[record.id]))


def _still_asked(source: Source, record: FormRecord, own: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that are still asked for: another answer, or another subject, may ask for fewer."""
    values = {code: value_of(answer) for code, answer in own.items()}
    return {
        code: own[code] for code in asked_values(asked_of(source.session, source.protocol, record), values)
    }


def _records(source: Source, form: str) -> Sequence[FormRecord]:
    return source.session.scalars(
        select(FormRecord)
        .where(FormRecord.form == form, FormRecord.state == "current", FormRecord.visit_id.is_(None))
        .order_by(FormRecord.subject_id, FormRecord.id)
    ).all()


def _head(code: str, record: FormRecord, form: Form, infusions: Mapping[int, int]) -> list[Value]:
    about = (record.parent_id,) if form.about else ()
    dose = (infusions.get(record.id),) if form.of_infusion else ()
    return [code, record.id, *about, *dose, *recorded_values(record)]


def _derived(source: Source, form: Form) -> tuple[Derived, ...]:
    if form.code == safety.EVENT:
        known = courses(source.session)
        column = Column(
            "TREATMENT_EMERGENT",
            Words("Treatment-emergent", "治疗期间出现"),
            "code",
            codelist="YNU",
            source="AETRTEM",
            derivation=EMERGENT,
        )
        first = {subject: course.day_one for subject, course in known.items()}
        return (Derived(column, lambda subject: _emergent(first.get(subject))),)
    if form.code == medication.FORM:
        derive = _equivalent(source)
        return (Derived(PREDNISONE, lambda subject: derive),)
    return ()


def _emergent(day_one: date | None) -> Derive:
    def derive(own: Mapping[str, Answer]) -> Value:
        start, stop = ((own[code].text if code in own else None) for code in ("start", "stop"))
        return safety.treatment_emergent(start, day_one, stop) or None

    return derive


def _equivalent(source: Source) -> Derive:
    table, names = table_on(source.protocol, source.readings()), names_in_use(source.session, source.protocol)

    def derive(own: Mapping[str, Answer]) -> Value:
        values = {code: value_of(answer) for code, answer in own.items()}
        course = medication.course_of(0, values, names)
        amount = None if course is None else medication.prednisone_mg(course, table)
        return None if amount is None else rounded(amount)

    return derive
