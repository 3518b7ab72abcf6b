"""The visit worksheet: what is due at one visit, pre-filled, written on the ward and typed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.atoms import Rule
from sle_desk.exports.pdf.document import Paper, Room, build
from sle_desk.exports.pdf.look import QUIET, STRONG
from sle_desk.exports.pdf.parts import ask, blank, boxed, identity_band, ink_lines, row, spaced, tick
from sle_desk.exports.pdf.stamp import WORKSHEET, Stamp
from sle_desk.exports.pdf.text import P
from sle_desk.exports.pdf.worksheet_content import (
    Ask,
    Doctor,
    Entries,
    GoingOn,
    Infusion,
    Injection,
    Kit,
    Questions,
    Samples,
    Tube,
    VialsForWeight,
    Worksheet,
)
from sle_desk.exports.pdf.worksheet_parts import WardParts
from sle_desk.exports.wording import Said, both, both_words, planned_day, said

__all__ = [
    "Ask",
    "Doctor",
    "Entries",
    "GoingOn",
    "Infusion",
    "Injection",
    "Kit",
    "Questions",
    "Samples",
    "Tube",
    "VialsForWeight",
    "Worksheet",
    "worksheet_pdf",
]

TITLE = message("Visit worksheet")
CHANGED = message("Superseded if the plan changes.")


STATEMENT = message("I did what is written above; what was not done is left empty, with the reason.")


def worksheet_pdf(worksheet: Worksheet, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the worksheet as PDF, labels in both languages; RuleBroken when a character has no glyph."""
    paper = Paper(
        study=worksheet.study,
        kind=WORKSHEET,
        title=language.text(TITLE),
        second_title=language.other().text(TITLE),
        badge=both(language, message("SOURCE · keep")),
        subject=worksheet.subject,
        language=language,
        stamp=stamp,
        bilingual=True,
        later=CHANGED,
    )
    return build(paper, lambda room: _story(worksheet, language, room), fonts)


def _story(worksheet: Worksheet, language: Language, room: Room) -> list[Flowable]:
    ward = WardParts(language, room.width)
    parts = [flowable for part in worksheet.parts for flowable in ward.draw(part)]
    checked = [
        ask(both(language, message("Date")), 70.0),
        tick(both(language, message("name and number checked, two ways"))),
        tick(both(language, message("consent valid"))),
    ]
    remarks = both(language, message("Remarks, anything other than planned"))
    order = [] if worksheet.order is None else [P(both_words(worksheet.order), QUIET)]
    return [
        _identity(worksheet, language, room.width),
        row(spaced(checked)),
        *order,
        *(P(both_words(words), STRONG) for words in worksheet.ended),
        *parts,
        row([ask(remarks, None)]),
        row([Rule()]),
        blank(2),
        _signatures(language, room.width),
    ]


def _identity(worksheet: Worksheet, language: Language, width: float) -> Flowable:
    planned = None if worksheet.planned is None else planned_day(worksheet.planned, language)
    if planned is not None and worksheet.beside is not None:
        planned = f"{planned} · {language.words(worksheet.beside)}"
    entries: list[tuple[str, Said]] = [
        (both(language, message("Subject")), worksheet.subject),
        (both(language, message("Rand. no.")), worksheet.randomisation_number or None),
        (both(language, message("Arm")), worksheet.arm),
        (both(language, message("Sex, age")), worksheet.sex_age),
        (both(language, message("Visit")), worksheet.visit),
        (both(language, message("Planned")), planned),
        (both(language, message("Window")), worksheet.window),
    ]
    return identity_band([(label, said(value, language)) for label, value in entries], width)


def _signatures(language: Language, width: float) -> Flowable:
    day = both(language, message("Date"))
    hands = (message("Nurse signs"), message("Investigator signs"), message("Typed by"))
    labels = [(both(language, hand), day) for hand in hands]
    return boxed([P(both(language, STATEMENT)), blank(24), ink_lines(labels, width - 20.0)], width)
