"""Sentences about values as they are typed."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "day.ambiguous": message("“{typed}” can be read in more than one way. Type the year first: 2026-11-23."),
    "day.future": message(
        "{typed} lies ahead of today, {today}. Something observed cannot be dated in the future."
    ),
    "day.month": message("“{typed}” has month {month}. Months are 1 to 12."),
    "day.not_in_month": message("“{typed}” does not exist: month {month} of {year} has {last} days."),
    "day.unknown_order": message(
        "“{typed}” leaves out a larger part but gives a smaller one. Unknown parts go from the "
        "right: 2026-UK-UK."
    ),
    "day.unreadable": message("“{typed}” is not a date. Type it as 2026-11-23."),
    "number.comma": message("“{typed}” holds a comma. Use a point for decimals: {instead}."),
    "number.comparator": message("“{typed}” has a sign < or >. A plain number is needed here."),
    "number.size": message(
        "{typed} is larger or finer than can be kept exactly: at most 15 digits, 6 after the "
        "point. Please check it."
    ),
    "number.unreadable": message(
        "“{typed}” is not a number. Digits with at most one point are allowed, such as 12.5."
    ),
    "text.control": message(
        "The text holds the character {character}, which cannot be kept. Please type it again "
        "without it."
    ),
    "time.other_day": message("“{typed}” falls on the day before. Type the date and the time."),
    "time.range": message("“{typed}” is not a time of day. Hours are 0 to 23, minutes 0 to 59."),
    "time.unreadable": message("“{typed}” is not a time. Type it as 08:34 or 834."),
    "value.changed_meanwhile": message(
        "The value was changed meanwhile and is now {now}. What you typed is kept."
    ),
}
