"""Sentences about files of words that are offered while typing."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES = {
    "word_file.head": message(
        "The first row names a column “{found}”, which is none of english, chinese, other names and class, "
        "or stands there twice. Nothing was stored. Correct the first row and load the file again."
    ),
    "word_file.heads": message(
        "The first row names neither a column english nor a column chinese. Nothing was stored. Name the "
        "columns in the first row and load the file again."
    ),
    "word_file.not_text": message(
        "The file is neither UTF-8 nor GB18030 text. Nothing was stored. Save it as CSV and load it again."
    ),
    "word_file.nothing": message(
        "None of the {rows} rows can be taken over. Nothing was stored. Correct the file and load it again."
    ),
    "word_file.same": message("This file is in use already, since {day}. Nothing was stored."),
    "word_file.too_large": message(
        "The file is larger than {allowed} MB. Nothing was stored. Load a shorter one."
    ),
    "word_file.too_many": message(
        "The file has {found} rows; {allowed} are allowed. Nothing was stored. Load a shorter one."
    ),
    "word_file.unreadable": message(
        "The file cannot be read as comma-separated text from line {line} on. Nothing was stored. Save it as "
        "CSV and load it again."
    ),
    "word_file.gone": message("The file cannot be read: {reason}. Nothing was stored. Choose it again."),
}
