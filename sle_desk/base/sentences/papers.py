"""Sentences about papers, exports and workbooks."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "export.differs": message(
        "{name} was read back and {count} places differ, the first in sheet {sheet}, row {row}, "
        "column {column}. The file was removed: export again; if it happens again, call the "
        "administrator."
    ),
    "paper.before_print": message(
        "Signed on {signed}, but this paper was printed on {printed}. Read the date beside the "
        "signature again."
    ),
    "paper.form": message(
        "“{typed}” is not an audit number and a code. Type them as on the paper: "
        "18204:LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ."
    ),
    "ink.incomplete": message(
        "Signer, date and place of filing are needed as they stand on the paper. Enter what is missing."
    ),
    "paper.signed_twice": message(
        "{number}, print {print}, already has its signature. Choose the print that was signed."
    ),
    "summary.no_visit": message(
        "This visit was not done or was entered in error: it has no summary. Choose a visit that took place."
    ),
    "workbook.control": message(
        "Sheet {sheet}, row {row}, column {column} holds the invisible character {character}, "
        "which a workbook cannot keep. Correct the value, then export again."
    ),
    "workbook.day": message(
        "Sheet {sheet}, row {row}, column {column}: a workbook counts days from {first} on; {day} "
        "is earlier. Nothing was written."
    ),
    "workbook.digits": message(
        "Sheet {sheet}, row {row}, column {column}: {value} has more than {most} digits, which a "
        "workbook would change. Nothing was written."
    ),
    "workbook.not_a_number": message(
        "Sheet {sheet}, row {row}, column {column}: {value} is no number. Nothing was written."
    ),
    "workbook.rows": message(
        "Sheet {sheet} has {rows} rows; a workbook keeps {most}. Export as CSV instead."
    ),
    "workbook.too_long": message(
        "Sheet {sheet}, row {row}, column {column} holds a text of {length} characters; a cell "
        "keeps {most}. It was not cut. Shorten the text, then export again."
    ),
    "workbook.unreadable": message(
        "{name} is not a workbook of this application, or it was changed: sheet {sheet}, {reason}. "
        "Nothing was taken from it."
    ),
    "workbook.unsafe_reader": message(
        "{name} was not read: this installation reads workbooks without the guard against hostile "
        "XML. Install the package defusedxml."
    ),
    "slip.not_allocated": message(
        "This subject has no allocation: a slip exists only after it. Open the allocation first."
    ),
    "worksheet.died": message(
        "Death of {subject} is recorded on {day}: no worksheet is printed for a visit to come. "
        "If that is wrong, correct the death first."
    ),
    "worksheet.visits_withdrawn": message(
        "{subject} withdrew consent for visits on {day}: no worksheet is printed for a visit to come. "
        "If that is wrong, correct the withdrawal first."
    ),
    "worksheet.void": message(
        "{subject} was entered in error: no worksheet is printed. Choose the subject that stands."
    ),
}
