"""Background therapy at each visit: the courses of medication that were taken on its day, line by line.

Derived from the entries of medication, each typed once: a visit that changed nothing needs no second typing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain import medication
from sle_desk.domain.dictionary import BACKGROUND_KINDS
from sle_desk.domain.forms import Field
from sle_desk.domain.medication import Course
from sle_desk.domain.prednisone import table_on
from sle_desk.domain.values import rounded
from sle_desk.exports.dataset import DAY, SUBJECT, VISIT, Source, field_columns, field_values, subject_codes
from sle_desk.exports.dataset_logs import ENTRY, PREDNISONE, Entry, standing_entries
from sle_desk.exports.tables import Column, Row, Table
from sle_desk.models.visit import Visit
from sle_desk.services.answers import value_of
from sle_desk.services.words_in_use import names_in_use

FIELDS = ("name", "dose", "unit", "frequency", "route", "start", "stop")
SURELY, PERHAPS = "Y", "U"
KIND = Column("KIND", Words("Kind", "类别"), "code", codelist="MEDICATION.CATEGORY")
TAKEN = Column(
    "TAKEN",
    Words("Taken on the day of the visit", "访视当日是否使用"),
    "code",
    codelist="YNU",
    derivation=Words(
        "Y where start and end leave no doubt; U where a partial date can mean both.",
        "开始、结束日期明确包含访视当日时为Y；日期不完整、两者皆有可能时为U。",
    ),
)
DAILY = Column(
    "DAILY_MG",
    Words("Milligrams a day", "日剂量"),
    "number",
    unit="mg/day",
    derivation=Words(
        "Dose times frequency, to 6 decimals; empty where they come to no daily dose.",
        "单次剂量×频率，保留6位小数；无法得出日剂量时为空。",
    ),
)


def background_table(source: Source) -> Table:
    """Return a row for each visit held and each course of background therapy that may have been taken."""
    fields = _fields(source)
    codes, courses = subject_codes(source), _courses(source)
    steroids = table_on(source.protocol, source.readings())
    rows: list[Row] = []
    for visit, day in _held(source):
        for entry, course in courses.get(visit.subject_id, ()):
            if visit.subject_id not in codes or not medication.taken_on(course, day):
                continue
            taken = SURELY if medication.surely_taken_on(course, day) else PERHAPS
            amounts = (course.mg_a_day, medication.prednisone_mg(course, steroids))
            rows.append(
                [
                    *(codes[visit.subject_id], visit.code, visit.id, day, entry.record.id, course.category),
                    *(
                        value
                        for field in fields
                        for value in field_values(field, entry.answers.get(field.code))
                    ),
                    *(taken, *(None if amount is None else rounded(amount) for amount in amounts)),
                ]
            )
    form = source.protocol.form(medication.FORM)
    columns = (SUBJECT, *VISIT, DAY, ENTRY, KIND, *field_columns(form, fields), TAKEN, DAILY, PREDNISONE)
    return Table(
        "BACKGROUND", Words("Background therapy at each visit", "各次访视时的背景治疗"), columns, rows
    )


def _fields(source: Source) -> tuple[Field, ...]:
    return tuple(source.protocol.form(medication.FORM).field(code) for code in FIELDS)


def _held(source: Source) -> list[tuple[Visit, date]]:
    """Return the visits that were held, each with its day."""
    asked = select(Visit).where(Visit.state == "current", Visit.on_day.is_not(None))
    rows = source.session.scalars(asked.order_by(Visit.subject_id, Visit.on_day, Visit.id))
    return [(row, row.on_day) for row in rows if row.on_day and not row.not_done_reason]


def _courses(source: Source) -> Mapping[int, list[tuple[Entry, Course]]]:
    names = names_in_use(source.session, source.protocol)
    found: dict[int, list[tuple[Entry, Course]]] = defaultdict(list)
    for entry in standing_entries(source, source.protocol.form(medication.FORM)):
        values = {code: value_of(answer) for code, answer in entry.answers.items()}
        course = medication.course_of(entry.record.id, values, names)
        if course is not None and course.category in BACKGROUND_KINDS:
            found[entry.record.subject_id].append((entry, course))
    return found
