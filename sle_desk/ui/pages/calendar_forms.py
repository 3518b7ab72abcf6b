"""The forms of the calendar of the site: a new entry, one put right, a notice that was compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.site_calendar import HOLIDAY, WORKED, YEAR
from sle_desk.services.site_days import FIRST_YEAR, LAST_YEAR, Entered, SiteDayRow
from sle_desk.ui.pages.side_form import Values, day_of, text_of

NEW, ENTRY = Words("New day", "新增日期"), Words("Day of the calendar", "日历日期")
KIND = Field(
    code="kind",
    label=Words("What is entered", "录入内容"),
    kind="choice",
    choices=(
        Choice(HOLIDAY, Words("Closed: holiday", "休息：节假日"), "1"),
        Choice(WORKED, Words("Worked: make-up day", "上班：调休"), "2"),
        Choice(YEAR, Words("A year: all its days are entered", "全年：该年日期已全部录入"), "3"),
    ),
)
A_DAY, A_HOLIDAY, A_YEAR = ("kind", HOLIDAY, WORKED), ("kind", HOLIDAY), ("kind", YEAR)
FIRST = Field(code="first", label=Words("Day", "日期"), kind="day", future_allowed=True, show_if=A_DAY)
LAST = Field(
    code="last",
    label=Words("Last day, where there are more", "最后一日（多日时）"),
    kind="day",
    required=False,
    future_allowed=True,
    show_if=A_HOLIDAY,
)
NAME_ZH = Field(
    code="name_zh", label=Words("Name in Chinese", "中文名称"), kind="text", required=False, show_if=A_DAY
)
NAME_EN = Field(
    code="name_en", label=Words("Name in English", "英文名称"), kind="text", required=False, show_if=A_DAY
)
WHICH_YEAR = Field(
    code="year",
    label=Words("Year", "年份"),
    kind="number",
    decimals=0,
    hard=(Decimal(FIRST_YEAR), Decimal(LAST_YEAR)),
    show_if=A_YEAR,
)
DOCUMENT = Field(
    code="document",
    label=Words("Notice or document: its number", "依据：通知文号或文件"),
    kind="text",
    hint=Words("of the State Council, or of the site", "国务院办公厅通知或本中心文件"),
)
COMPARED = Field(
    code="compared",
    label=Words("The notice", "通知"),
    kind="choice",
    choices=(Choice("yes", Words("Each day was compared with it", "已逐日核对"), "1"),),
)
# Below which field a refusal stands.
PLACES = {
    "calendar.kind": "kind",
    "calendar.day_needed": "first",
    "calendar.no_make_up": "first",
    "calendar.twice": "first",
    "calendar.order": "last",
    "calendar.too_many": "last",
    "calendar.name_needed": "name_zh",
    "calendar.no_year": "year",
    "calendar.year_needed": "year",
    "calendar.year_twice": "year",
    "calendar.document_needed": "document",
}


def _form(code: str, title: Words, *fields: Field) -> Form:
    return Form(code=code, version="1", label=title, sections=(Section(title, fields),))


def new_form() -> Form:
    """Return the form of a new entry."""
    return _form("site_day", NEW, KIND, FIRST, LAST, NAME_ZH, NAME_EN, WHICH_YEAR, DOCUMENT)


def right_form(row: SiteDayRow) -> Form:
    """Return the form that puts an entry right; of a year its document alone."""
    if row.entered.kind == YEAR:
        return _form("site_day", ENTRY, DOCUMENT)
    kind = replace(KIND, choices=tuple(each for each in KIND.choices if each.code != YEAR))
    return _form("site_day", ENTRY, kind, FIRST, NAME_ZH, NAME_EN, DOCUMENT)


def compared_form(document: str) -> Form:
    """Return the form in which somebody says that a notice was compared."""
    return _form("site_notice", Words(document, document), COMPARED)


def entered_of(values: Values) -> Entered:
    """Return what was filled in of a day."""
    name = Words(text_of(values, "name_en"), text_of(values, "name_zh"))
    return Entered(text_of(values, "kind"), name, text_of(values, "document"))


def day_in(values: Values) -> date:
    """Return the day that was filled in; RuleBroken where there is none."""
    day = day_of(values, "first")
    if day is None:
        raise RuleBroken("calendar.day_needed")
    return day


def year_in(values: Values) -> int:
    """Return the year that was filled in; RuleBroken where there is none."""
    value = values.get("year")
    if value is None or value.number is None:
        raise RuleBroken("calendar.year_needed")
    return int(value.number)


def saved_of(row: SiteDayRow) -> dict[str, str]:
    """Return what is saved of an entry, as a form shows it."""
    entered = row.entered
    names = {"name_zh": entered.name.zh, "name_en": entered.name.en}
    return {"kind": entered.kind, "first": row.on_day.isoformat(), **names, "document": entered.document}
