"""What one cell may hold: texts that stay texts, numbers that stay exact, days a workbook can count."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.values import FIRST_DAY
from sle_desk.exports.tables import MOST_DIGITS, Column, Flat, significant_digits

LONGEST_TEXT = 32_767  # in UTF-16 units, as Excel counts; beyond it a text is cut in silence
# Before FIRST_DAY Excel counts a day that never was.
DAY_ZERO = date(1899, 12, 30).toordinal()
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# Excel reads _x0041_ inside a text as the character A: its own underscore is written as such.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)")

Write = Callable[[Flat], str]


def text_cell(value: str) -> str:
    """Return the text as a sheet stores it; refuse what it could not keep whole."""
    found = _CONTROL.search(value)
    if found:
        raise RuleBroken("workbook.control", character=f"U+{ord(found[0]):04X}")
    if len(value) * 2 > LONGEST_TEXT and len(value.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise RuleBroken("workbook.too_long", length=len(value), most=LONGEST_TEXT)
    return _ESCAPE.sub("_x005F_", value) if "_x" in value else value


def text_read(stored: str) -> str:
    """Return the text that a stored cell stands for."""
    return _ESCAPED.sub("_", stored) if "_x005F_" in stored else stored


def number_cell(value: Decimal | int) -> str:
    """Return the number in exact digits; refuse more than a workbook can hold."""
    exact = Decimal(value)
    if not exact.is_finite():
        raise RuleBroken("workbook.not_a_number", value=str(value))
    if significant_digits(exact) > MOST_DIGITS:
        raise RuleBroken("workbook.digits", value=format(exact, "f"), most=MOST_DIGITS)
    return format(exact, "f")


def day_cell(value: date) -> str:
    """Return the day as the number a workbook counts it by."""
    if value < FIRST_DAY:
        raise RuleBroken("workbook.day", day=value.isoformat(), first=FIRST_DAY.isoformat())
    return str(value.toordinal() - DAY_ZERO)


def cell_writer(column: Column) -> Write:
    """Return what writes the values of a column, refusing values of another type."""
    if column.type in ("number", "whole"):
        return _checked(column, number_cell, (Decimal, int) if column.type == "number" else (int,))
    if column.type == "day":
        return _checked(column, day_cell, (date,))
    return _checked(column, text_cell, (str,))


def _checked(column: Column, write: Callable[..., str], types: tuple[type, ...]) -> Write:
    def checked(value: Flat) -> str:
        if not isinstance(value, types) or isinstance(value, bool | datetime):
            raise TypeError(f"{column.name} is {column.type}, not {type(value).__name__}")
        return write(value)

    return checked
