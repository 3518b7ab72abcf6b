"""Sentences about diaries of doses at home, and about what happens during an infusion."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "diary.after_collection": message(
        "A dose of {day} cannot stand in a diary collected on {collected}. Check both dates."
    ),
    "diary.day_needed": message(
        "Dose {number} was given on another day, and the diary does not say on which. Type the date given."
    ),
    "diary.empty": message("The diary has no row. Enter at least one dose, or close it."),
    "diary.missed_number": message(
        "A missed dose needs its number. Choose the planned dose that was missed."
    ),
    "diary.paste_columns": message(
        "Row {row} has {found} columns. Nothing was taken over. The columns are day, time, site and dose, in "
        "this order, as a spreadsheet copies them."
    ),
    "diary.paste_day": message(
        "“{typed}” is no whole date. Type year, month and day as the diary says, such as 2026-11-23."
    ),
    "diary.paste_long": message(
        "Row {row} ({said}) has a cell that is too long, and was left out. Type that row."
    ),
    "diary.paste_no_day": message(
        "Row {row} ({said}) has no date, and was left out. Ask on which date it was given, and type that row."
    ),
    "diary.paste_no_plan": message(
        "Row {row} ({said}) fits no empty row of this diary, and was left out. Compare its date; a dose "
        "outside the plan is recorded by itself."
    ),
    "diary.paste_nothing": message(
        "The clipboard holds no rows. Copy day, time, site and dose of each from the spreadsheet, then paste "
        "them again."
    ),
    "diary.paste_quote": message(
        "Row {row} ({said}) has a quotation mark that its cell does not close. Nothing was taken over. Take "
        "the mark out in the spreadsheet, keep each dose in one row, and copy the rows again."
    ),
    "diary.paste_rows": message(
        "The clipboard holds {found} rows; at most {allowed} are taken over at once. Copy fewer."
    ),
    "diary.paste_site": message(
        "“{typed}” is none of the sites. Pick the site that the diary means, or the last one with its words."
    ),
    "diary.paste_size": message(
        "The clipboard holds {found} characters; at most {allowed} are read at once. Copy the rows of the "
        "diary alone."
    ),
    "diary.paste_time": message("“{typed}” is no time of day. Type it as the diary says, such as 08:34."),
    "diary.paste_twice": message(
        "Row {row} ({said}) says the same as row {same}, and was left out. If two doses were given, record "
        "the second one by itself."
    ),
    "diary.reference": message("Name the paper diary: its number or where it is filed."),
    "diary.refused": message(
        "Nothing of the diary was recorded: rows {rows} cannot stand as they are. Correct them and "
        "record the diary again."
    ),
    "diary.own_vials": message(
        "Dose {number} has a dose of its own: say how many vials of lot {lot} it took. Nothing is "
        "recorded yet."
    ),
    "diary.vials": message(
        "Lot {lot} is named, and not how many vials of it each dose took. Enter the vials, or leave the lot "
        "out."
    ),
    "infusion.after_start": message(
        "{typed} lies after the start of the infusion ({start}): it was not given before it. Compare both "
        "times in the source."
    ),
    "infusion.before_prepared": message(
        "{typed} lies before the infusion was prepared at {prepared}: it cannot have run by then. Compare "
        "both times in the source."
    ),
    "infusion.course_ahead": message(
        "{form}, {typed}: that would be {at}, and it is {now} now. Nothing was recorded. Compare day and "
        "times of the infusion, or correct that entry first."
    ),
    "infusion.course_outside": message(
        "{form}, {time}: this cannot be where the infusion ran from {start} to {end}. Nothing was recorded. "
        "Compare the times, or correct that entry first."
    ),
    "infusion.long_before": message(
        "{typed} is the day before, and more than {hours} hours before the start of the infusion ({start}). "
        "Compare both times in the source, or say why it stands."
    ),
    "infusion.moment": message(
        "{typed} and “{moment}” do not go together: the infusion ran from {start} to {end}. Compare the "
        "times in the source."
    ),
    "infusion.not_at_end": message(
        "{typed} is more than {minutes} minutes from the end of the infusion ({end}). Compare both times in "
        "the source, or say why it stands."
    ),
    "infusion.not_given": message(
        "{form}, {typed}: this says that the infusion ran, and it is recorded as not given. If a part of it "
        "was given, record that; if not, mark that entry as entered in error first."
    ),
    "infusion.not_taken": message(
        "{medicine} is entered as taken from {start} to {stop}, not on {day}. Correct its entry first, or "
        "choose another one."
    ),
    "infusion.other_day": message(
        "{typed} is neither of the day of the infusion ({day}) nor of the day beside it: {first} to {last} "
        "can be entered here. Vital signs of another day belong to a visit."
    ),
    "infusion.outside": message(
        "{typed} lies outside the infusion, which ran from {start} to {end}. Compare the times in the source."
    ),
    "infusion.same_rate": message(
        "{rate} mL/h is the rate that it had since {since}: nothing changed. Type the rate as changed, or "
        "say why it stands."
    ),
    "infusion.same_time": message(
        "{typed} is entered for this infusion already. Open that entry, or type the time of this one."
    ),
}
