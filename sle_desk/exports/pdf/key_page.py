"""The recovery key on paper: the key, what it opens, who sealed it, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.document import Paper, Room, build
from sle_desk.exports.pdf.look import (
    BODY,
    HAIRLINE,
    SHADE,
    Style,
    tint,
)
from sle_desk.exports.pdf.parts import ask, blank, box_title, boxed, ink_lines, pair, row
from sle_desk.exports.pdf.stamp import KEY, Stamp, StudyName
from sle_desk.exports.pdf.tables import Mark, facts, grid, laid_out
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import both, instant

TITLE = message("Recovery key")
KEPT = message(
    "The key stands in no file of the study. "
    "Where this page was printed from a PDF file, delete that file now."
)
INSTRUCTIONS = (
    message("It opens the study if every password is lost. Without it and without a password, nobody can."),
    message("Put this page into an envelope, seal it, sign across the seal with a witness, keep it safe."),
    message("To use it: start the application, choose the study folder and Recovery key, type the groups."),
    message("Small letters are accepted, and O for 0. The last two characters check the whole key."),
    message("Each use is recorded and shown to the principal investigator; a new key is made at once."),
    message("After a new key is made, this page opens nothing any more: mark it void and file it."),
)
OPENINGS = 4


@dataclass(frozen=True)
class KeyPage:
    """The content of the key page; `groups` are the groups of the key in order, the check at the end."""

    study: StudyName
    study_number: str
    folder: str
    made_at: datetime
    made_by: str
    groups: tuple[str, ...]


def key_page_pdf(page: KeyPage, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the key page as PDF, both languages on it. The bytes hold the key: store them nowhere."""
    paper = Paper(
        study=page.study,
        kind=KEY,
        title=language.text(TITLE),
        second_title=language.other().text(TITLE),
        badge=both(language, message("SEAL · keep in the safe")),
        subject=page.study_number,
        language=language,
        stamp=stamp,
        bilingual=True,
        later=KEPT,
    )
    return build(paper, lambda room: _story(page, language, room), fonts)


def _story(page: KeyPage, language: Language, room: Room) -> list[Flowable]:
    about = [
        (both(language, message("Study number")), page.study_number),
        (both(language, message("Study folder")), page.folder),
        (both(language, message("Made on")), instant(page.made_at)),
        (both(language, message("Made by")), page.made_by),
    ]
    return [
        blank(8),
        _key(page.groups, room.width),
        blank(10),
        facts(about, room.width, 120.0),
        blank(8),
        box_title(pair(language, message("How to use it"))),
        *_instructions(language, room.width),
        blank(8),
        _sealing(language, room.width),
        blank(8),
        box_title(pair(language, message("Openings of the envelope"))),
        blank(2),
        _openings(language, room.width),
    ]


def _key(groups: Sequence[str], width: float) -> Flowable:
    number, group = Style(11, 30), Style(23, 30, bold=True)
    cells = [[P(str(place), number), P(text, group)] for place, text in enumerate(groups, 1)]
    marks: list[Mark] = [
        ("BACKGROUND", (0, 0), (-1, -1), tint(SHADE)),
        ("LINEBELOW", (0, 0), (-1, -2), 0.5, tint(HAIRLINE)),
        ("LEFTPADDING", (0, 0), (0, -1), 16),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return laid_out(cells, [40.0, width - 40.0], marks)


def _instructions(language: Language, width: float) -> list[Flowable]:
    english, chinese = sorted((language, language.other()), key=lambda one: one.code)
    style = BODY.but(size=9.0, leading=12.6)
    steps = [
        (str(place), [chinese.text(step), "\n", english.text(step)])
        for place, step in enumerate(INSTRUCTIONS, 1)
    ]
    return [facts([(P(number, style), P(words, style)) for number, words in steps], width, 22.0)]


def _sealing(language: Language, width: float) -> Flowable:
    day = both(language, message("Date"))
    hands = [(both(language, hand), day) for hand in (message("Sealed by"), message("Witnessed by"))]
    place = row([ask(both(language, message("Kept where (room, safe, envelope no.)")), None)])
    return boxed([place, blank(22), ink_lines(hands, width - 20.0)], width)


def _openings(language: Language, width: float) -> Flowable:
    heads = (
        message("Date and time"),
        message("Opened by"),
        message("Witness"),
        message("Why"),
        message("New key page no."),
    )
    tall = Style(8.6, 19.0)
    rows = [[P("", tall)] * len(heads) for _ in range(OPENINGS)]
    labels = [both(language, head) for head in heads]
    return grid(labels, rows, width)
