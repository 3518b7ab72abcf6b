"""The forms of a reference range: entered from the laboratory's printed list, put right, confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.analytes import BOTH, FEMALE, MALE, NUMBER
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.protocol import Protocol
from sle_desk.services.laboratories import OLDEST, RangeRow
from sle_desk.services.range_entry import TypedRange
from sle_desk.ui.pages.side_form import Values, day_of, text_of

TITLE = Words("Reference range", "参考范围")
ANALYTE, UNIT = "analyte", "unit"
_SEX = Field(
    code="sex",
    label=Words("For", "适用性别"),
    kind="choice",
    choices=(
        Choice(FEMALE, Words("Women", "女"), "1"),
        Choice(MALE, Words("Men", "男"), "2"),
        Choice(BOTH, Words("Both", "男女"), "3"),
    ),
)
_AGES = (Decimal(0), Decimal(OLDEST))
_AGE_FROM = Field(
    code="age_from",
    label=Words("Age from, completed years", "年龄自（周岁）"),
    kind="number",
    unit="y",
    decimals=0,
    hard=_AGES,
)
_AGE_UNTIL = Field(
    code="age_until",
    label=Words("Age until, where there is an end", "年龄至（有上限时）"),
    kind="number",
    unit="y",
    decimals=0,
    hard=_AGES,
    required=False,
)
_LIMITS = Field(
    code="limits",
    label=Words("Range as printed", "参考范围（按报告单）"),
    kind="text",
    hint=Words("3.5-9.5, <5, ≤5, >60, ≥60", "3.5-9.5、<5、≤5、>60、≥60"),
)
_FROM = Field(code="valid_from", label=Words("Valid from", "生效日期"), kind="day", future_allowed=True)
_UNTIL = Field(
    code="valid_until",
    label=Words("Valid until, where there is an end", "有效期至（有截止日时）"),
    kind="day",
    future_allowed=True,
    required=False,
)
REFERENCE = Field(
    code="reference",
    label=Words("Printed list: name, version, date", "纸质参考范围表：名称、版本、日期"),
    kind="text",
)
# Below which field a refusal stands.
PLACES = {
    "lab.range_unreadable": "limits",
    "lab.range_order": "limits",
    "lab.range_age": "age_from",
    "lab.range_stands": "valid_from",
    "lab.unit": UNIT,
    "laboratory.reference": "reference",
}
CODES = ("reference",)


def _form(*fields: Field) -> Form:
    return Form(code="lab_range", version="1", label=TITLE, sections=(Section(TITLE, fields),))


def new_form(protocol: Protocol) -> Form:
    """Return the form of a new range."""
    analytes = [each for each in protocol.laboratory.analytes.values() if each.kind == NUMBER]
    analyte = Field(
        code=ANALYTE,
        label=Words("Analyte", "检验项目"),
        kind="choice",
        choices=tuple(Choice(each.code, each.label, "") for each in analytes),
    )
    unit = Field(code=UNIT, label=Words("Unit", "单位"), kind="text")
    return _form(analyte, _SEX, _AGE_FROM, _AGE_UNTIL, _LIMITS, unit, _FROM, REFERENCE)


def right_form() -> Form:
    """Return the form that puts a range right; of which analyte it is stays."""
    unit = Field(code=UNIT, label=Words("Unit", "单位"), kind="text")
    return _form(_SEX, _AGE_FROM, _AGE_UNTIL, _LIMITS, unit, _FROM, _UNTIL, REFERENCE)


def confirm_one_form(hint: Words) -> Form:
    """Return the form that names the list with which one range was compared."""
    field = Field(code="reference", label=REFERENCE.label, kind="text", hint=hint)
    return _form(field)


def saved_of(row: RangeRow, protocol: Protocol) -> Mapping[str, str]:
    """Return what is saved of a range, as a form shows it."""
    return {
        "sex": row.sex,
        "age_from": str(row.age_from),
        "age_until": "" if row.age_until >= OLDEST else str(row.age_until),
        "limits": row.limits.words,
        UNIT: protocol.laboratory.analytes[row.analyte].unit(row.unit).shown,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "reference": row.source,
    }


def typed_of(values: Values, analyte: str = "") -> TypedRange:
    """Return the range that was filled in."""
    valid_from, first, last = (
        day_of(values, "valid_from"),
        _age(values, "age_from"),
        _age(values, "age_until"),
    )
    if valid_from is None or first is None:
        raise RuleBroken("lab.range_incomplete")
    return TypedRange(
        analyte=analyte or text_of(values, ANALYTE),
        sex=text_of(values, "sex"),
        age_from=first,
        age_until=last,
        limits=text_of(values, "limits"),
        unit=text_of(values, UNIT),
        valid_from=valid_from,
        source=text_of(values, "reference"),
        valid_until=day_of(values, "valid_until"),
    )


def _age(values: Values, code: str) -> int | None:
    value = values.get(code)
    return None if value is None or value.number is None else int(value.number)
