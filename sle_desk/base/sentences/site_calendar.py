"""Sentences about the days on which the site is closed or works."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "calendar.day_needed": message("The day is missing. Type it, such as 2027-02-17."),
    "calendar.document_needed": message(
        "Where the day stands is missing. Type the number of the notice, or the document of the site."
    ),
    "calendar.file_no_make_up": message(
        "The file {file} cannot be used: {key} holds {found}, which is no Saturday or Sunday."
    ),
    "calendar.file_no_year": message("The file {file} cannot be used: {key} is {found}, which is no year."),
    "calendar.file_order": message(
        "The file {file} cannot be used: {key} is {last}, before the first day {first}."
    ),
    "calendar.file_other_year": message(
        "The file {file} cannot be used: {key} is {found}, which does not lie in {year}."
    ),
    "calendar.kind": message("Say what is entered: a closed day, a worked day, or a whole year."),
    "calendar.name_needed": message("A holiday needs its name: in English, in Chinese, or in both."),
    "calendar.no_make_up": message(
        "{found} is no Saturday or Sunday, and only these are worked instead of another day. Choose another "
        "day; a holiday that is worked after all is marked as entered in error."
    ),
    "calendar.no_year": message("{found} is no year of this calendar. Type a year such as 2027."),
    "calendar.nothing_changed": message("Nothing differs from what is entered. Change a field, or close."),
    "calendar.nothing_offered": message(
        "Everything that is offered is entered already. Nothing was changed."
    ),
    "calendar.nothing_to_confirm": message("Every day of this notice is confirmed already."),
    "calendar.order": message("The last day {last} lies before the first day {first}. Correct one of them."),
    "calendar.too_many": message(
        "From {first} to {last} are more than {most} days. Compare both days with the notice."
    ),
    "calendar.twice": message(
        "{day} is entered already. Correct that line, or mark it as entered in error first."
    ),
    "calendar.year_needed": message("The year is missing. Type it, such as 2027."),
    "calendar.year_twice": message("All days of {year} are said to be entered already."),
}
