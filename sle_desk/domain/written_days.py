"""A certain day found in a text, however people write it: digits, Chinese numerals, months by name."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_DIGITS = "〇一二三四五六七八九"
_MONTHS = (
    *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?"),
    *("sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
# What stands between year, month and day, blanks and all.
_MARK = r"[\s.,/_~\\、·年月\u2010-\u2015\u2212\u30fb-]"
_APART, _PERHAPS = rf"{_MARK}{{1,5}}", rf"{_MARK}{{0,5}}"
_ENDS = r"(?:st|nd|rd|th)?(?:\s?of)?"
# No part of a longer number: 11990-05-061 is no day, and the 2nd is not the 20th.
_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = rf"(?<![0-9{_DIGITS}])", rf"(?![0-9{_DIGITS}十])"


@lru_cache(maxsize=256)
def written_days(days: frozenset[date]) -> re.Pattern[str] | None:
    """Return what finds any of these days in a text in small letters, composed; None where there is none."""
    if not days:
        return None
    found = "|".join(writing for day in sorted(days) for writing in _writings(day))
    return re.compile(rf"{_NO_DIGIT_BEFORE}(?:{found})")


def _writings(day: date) -> tuple[str, ...]:
    zero = "[〇零○o0]"
    chinese_year = "".join(zero if each == "0" else _DIGITS[int(each)] for each in str(day.year))
    year = rf"(?:{day.year}|{chinese_year})"
    short = rf"(?:{day.year % 100:02d}|{chinese_year[-1] if day.year % 100 > 9 else zero})"
    month, of_month = _number(day.month), _number(day.day)
    name = rf"{_MONTHS[day.month - 1]}\.?"
    end = rf"{_NO_DIGIT_AFTER}(?:\s?[日号])?"
    return (
        rf"{year}{_APART}{month}{_APART}{of_month}{end}",
        rf"{short}\s?年\s?{month}\s?月\s?{of_month}{end}",
        rf"{of_month}{_APART}{month}{_APART}{day.year}{_NO_DIGIT_AFTER}",
        rf"{month}{_APART}{of_month}{_APART}{day.year}{_NO_DIGIT_AFTER}",
        rf"{of_month}{_ENDS}{_PERHAPS}{name}{_PERHAPS}{day.year}{_NO_DIGIT_AFTER}",
        rf"{name}{_PERHAPS}{of_month}{_ENDS}{_APART}{day.year}{_NO_DIGIT_AFTER}",
        rf"{day.year}{_PERHAPS}{name}{_PERHAPS}{of_month}{end}",
        rf"{day:%Y%m%d}{_NO_DIGIT_AFTER}",
    )


def _number(value: int) -> str:
    """Return what finds the number of a month or a day, padded or not, in digits or Chinese numerals."""
    tens, ones = divmod(value, 10)
    of_ones = _DIGITS[ones] if ones else ""
    if not tens:
        chinese = of_ones
    elif tens == 1:
        chinese = rf"一?十{of_ones}"
    else:
        chinese = rf"(?:{_DIGITS[tens]}十|{'廿' if tens == 2 else '卅'}){of_ones}"
    return rf"(?:{'0?' if value < 10 else ''}{value}|{chinese})"
