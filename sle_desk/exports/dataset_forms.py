"""The annotated forms: every field as it is asked, with its choices, limits and where its values stand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sle_desk.base.language import Words
from sle_desk.domain.forms import LOGS, Field, Form, unit_words
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.exports.dataset import Preset, Source
from sle_desk.exports.hiding import may_list, may_show
from sle_desk.exports.tables import Column, Row, Table

TEXTS = (
    ("SHEET", Words("Sheet", "工作表")),
    ("COLUMN", Words("Column", "列")),
    ("FORM_EN", Words("Form, English", "表单（英文）")),
    ("FORM_ZH", Words("Form, Chinese", "表单（中文）")),
    ("SECTION_EN", Words("Section, English", "部分（英文）")),
    ("SECTION_ZH", Words("Section, Chinese", "部分（中文）")),
    ("FIELD_EN", Words("Field, English", "字段（英文）")),
    ("FIELD_ZH", Words("Field, Chinese", "字段（中文）")),
    ("KIND", Words("Kind of field", "字段类型")),
    ("UNIT", Words("Unit", "单位")),
    ("CHOICES_EN", Words("Choices, English", "选项（英文）")),
    ("CHOICES_ZH", Words("Choices, Chinese", "选项（中文）")),
    ("POSSIBLE", Words("Impossible outside", "超出即不可能")),
    ("LIKELY", Words("Unlikely outside", "超出即不常见")),
    ("ASKED_IF", Words("Asked if", "询问条件")),
    ("NEEDED", Words("Needed", "必填")),
    ("VERSION", Words("Version of the form", "表单版本")),
    ("CDISC", Words("CDISC", "CDISC")),
)


def asked_forms(protocol: Protocol) -> tuple[Form, ...]:
    """Return the forms that somebody fills: those of visits in their order, then the logs."""
    codes = dict.fromkeys(code for visit in protocol.visits for code in visit.forms)
    at_visits = tuple(protocol.form(code) for code in codes)
    return (*at_visits, *(form for log in LOGS for form in protocol.log_forms(log)))


def forms_table(source: Source, preset: Preset) -> Table:
    """Return one row for each field of each form that is filled; drugs are not named where arms are not."""
    columns = tuple(Column(name, label, "text", packaged=True) for name, label in TEXTS)
    rows: list[Row] = []
    for form in (each for each in asked_forms(source.protocol) if may_list(each, preset)):
        for section in form.sections:
            fields = (field for field in section.fields if may_show(field, preset))
            rows += [_row(form, section.label, field) for field in fields]
    return Table("FORMS", Words("Annotated forms", "带注释的表单"), columns, rows)


def _row(form: Form, section: Words, field: Field) -> Row:
    return [
        form.code.upper(),
        field.code.upper(),
        *_both(form.label),
        *_both(section),
        *_both(field.label),
        field.kind,
        unit_words(field.unit).en if field.unit else "",
        "; ".join(f"{choice.code} = {choice.label.en}" for choice in field.choices),
        "; ".join(f"{choice.code} = {choice.label.zh}" for choice in field.choices),
        _limits(field.hard),
        _limits(field.soft),
        f"{field.show_if[0].upper()} = {' / '.join(field.show_if[1:])}" if field.show_if else "",
        _needed(field),
        form.version,
        " ".join(part for part in (form.cdisc, field.cdisc) if part),
    ]


def _both(words: Words) -> Iterator[str]:
    yield words.en
    yield words.zh


def _limits(pair: tuple[Decimal, Decimal] | None) -> str:
    return "" if pair is None else " – ".join(plain(each) for each in pair)


def _needed(field: Field) -> str:
    if not field.required:
        return "optional"
    return "before signing" if field.later else "at saving"
