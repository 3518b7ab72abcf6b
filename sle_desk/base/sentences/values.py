"""Sentences about values as they are typed."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "check.death_disagrees": message(
        "Grade 5, a fatal outcome and death as a criterion belong together, and one of them says otherwise. "
        "Check all three."
    ),
    "check.death_not_serious": message("An event that ends in death is serious. Check grade and outcome."),
    "check.serious_by_none": message(
        "A serious event meets at least one of the six criteria; here none is answered with yes. Answer the "
        "one that applies, or say that the event is not serious."
    ),
    "check.stop_not_before_start": message(
        "The end, {stop}, lies before the start, {start}. Check both dates."
    ),
    "check.systolic_above_diastolic": message(
        "Systolic {systolic} is not above diastolic {diastolic}. Check both: type them again, or "
        "keep them with a reason."
    ),
    "choice.unknown": message("“{typed}” is not on the list. Choose one of the answers offered."),
    "correction.same": message("This value is saved already. Nothing was corrected; type the right value."),
    "day.ambiguous": message("“{typed}” can be read in more than one way. Type the year first: 2026-11-23."),
    "day.before_birth": message("{typed} lies before the date of birth. Check the date."),
    "day.future": message(
        "{typed} lies ahead of today, {today}. Something observed cannot be dated in the future."
    ),
    "day.month": message("“{typed}” has month {month}. Months are 1 to 12."),
    "day.not_in_month": message("“{typed}” does not exist: month {month} of {year} has {last} days."),
    "day.too_early": message("“{typed}” is before {first}. Check the year."),
    "day.unknown_order": message(
        "“{typed}” leaves out a larger part but gives a smaller one. Unknown parts go from the "
        "right: 2026-UK-UK."
    ),
    "day.unreadable": message("“{typed}” is not a date. Type it as 2026-11-23."),
    "number.comma": message("“{typed}” holds a comma. Use a point for decimals: {instead}."),
    "number.comparator": message("“{typed}” has a sign < or >. A plain number is needed here."),
    "number.decimals": message(
        "“{typed}” has more decimals than this field keeps ({allowed}). Type it with {allowed} "
        "decimals, as on the source."
    ),
    "number.size": message(
        "{typed} is larger or finer than can be kept exactly: at most 15 digits, 6 after the "
        "point. Please check it."
    ),
    "number.unreadable": message(
        "“{typed}” is not a number. Digits with at most one point are allowed, such as 12.5."
    ),
    "text.control": message(
        "The text holds the character {character}, which cannot be seen or cannot be kept. Pasted text often "
        "brings it along; please type it again without it."
    ),
    "text.too_long": message(
        "The text has {found} characters; at most {allowed} are kept. Shorten it; the source has the rest."
    ),
    "text.one_line": message("The text has a line break. Type it in one line."),
    "time.future": message("{typed} lies ahead of now, {now}. What was done cannot be dated in the future."),
    "time.other_day": message("“{typed}” falls on the day before. Type the date and the time."),
    "time.range": message("“{typed}” is not a time of day. Hours are 0 to 23, minutes 0 to 59."),
    "time.unreadable": message("“{typed}” is not a time. Type it as 08:34 or 834."),
    "value.changed": message(
        "{typed} {unit} differs by {percent} % from the value before, {previous} {unit}; more than "
        "{allowed} % is unusual. Type it again, or keep it with a reason."
    ),
    "value.changed_meanwhile": message(
        "The value was changed meanwhile and is now {now}. What you typed is kept."
    ),
    "value.empty": message("Nothing is typed. Type a value, or say why it is missing."),
    "value.impossible": message(
        "{typed} {unit} is outside {low} – {high}, which is impossible here. Check the source and "
        "type it again."
    ),
    "value.missing": message("{label} is not entered. Enter it, or say why it is missing."),
    "value.other_than_typed": message(
        "“{typed}” is no value of “{label}” as it stands, and was not saved. Type it into the field again."
    ),
    "value.other_unit": message(
        "{typed} {unit} is outside {low} – {high}. It looks like {typed} {other_unit}, which is {fix} {unit}."
    ),
    "value.slip": message(
        "{typed} {unit} is outside {low} – {high}. It looks like a slip of the decimal point: "
        "{fix} {unit}. Check the source."
    ),
    "value.unlikely": message(
        "{typed} {unit} is unusual; expected is {low} – {high}. Check the source: type it again, "
        "or keep it with a reason."
    ),
}
