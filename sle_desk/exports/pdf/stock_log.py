"""The accountability log of one lot: every movement with what was left, and what stands where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.document import Paper, build
from sle_desk.exports.pdf.look import QUIET, STRONG
from sle_desk.exports.pdf.parts import blank, heading, identity_band, pair, signature_box
from sle_desk.exports.pdf.stamp import REPORT, Stamp, StudyName
from sle_desk.exports.pdf.tables import grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import NOTHING, Said, said

TITLE = message("Drug accountability log")
STATEMENT = message("I have compared this log with the vials and the papers kept with them.")
COMPUTED = message(
    "Every balance is computed from the lines; a line taken back stays, and so does what did it."
)


@dataclass(frozen=True)
class LogLine:
    """One movement: what happened, how many vials, whose, what was left on the shelf, on what ground."""

    on_day: date
    at_time: str
    what: Words
    count: int
    left: int
    subject: str
    ground: str
    entered_by: str
    # Why it takes another line back.
    reason: Said = None


@dataclass(frozen=True)
class StockLog:
    """The content of the log of one lot."""

    study: StudyName
    drug: Words
    lot: str
    strength: Words
    expires_on: date | None
    received: int
    places: tuple[tuple[Words, int], ...]
    lines: tuple[LogLine, ...]
    # What does not add up, in words.
    gaps: tuple[Words, ...] = ()


def stock_log_pdf(log: StockLog, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the log as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = Paper(
        study=log.study,
        kind=REPORT,
        title=language.text(TITLE),
        second_title=language.other().text(TITLE),
        badge=language.text("FOR SIGNATURE"),
        subject="",
        language=language,
        stamp=stamp,
    )
    return build(paper, lambda room: _story(log, language, room.width), fonts)


def _story(log: StockLog, language: Language, width: float) -> list[Flowable]:
    entries: list[tuple[str, Said]] = [
        (language.text("Drug"), log.drug),
        (language.text("Lot"), log.lot),
        (language.text("Strength of a vial"), log.strength),
        (language.text("Expires on"), log.expires_on),
        (language.text("Received"), log.received),
    ]
    return [
        identity_band([(label, said(value, language)) for label, value in entries], width),
        blank(6),
        heading(1, pair(language, message("Movements"))),
        blank(1.5),
        _lines(log, language, width),
        P(language.text(COMPUTED), QUIET),
        blank(5),
        heading(2, pair(language, message("What stands where"))),
        blank(1.5),
        grid(
            [language.words(place) for place, _ in log.places],
            [[str(count) for _, count in log.places]],
            width,
            strong=(),
        ),
        *(P(language.words(words), STRONG) for words in log.gaps),
        blank(8),
        signature_box(pair(language, message("Drug manager")), [language.text(STATEMENT)], language, width),
        blank(6),
        signature_box(pair(language, message("Monitor")), [language.text(STATEMENT)], language, width),
    ]


def _lines(log: StockLog, language: Language, width: float) -> Flowable:
    heads = [
        language.text("Date"),
        language.text("What happened"),
        language.text("Vials"),
        language.text("In stock after"),
        language.text("Subject"),
        language.text("Document, people, note"),
        language.text("Entered by"),
    ]
    rows = [
        [
            f"{line.on_day.isoformat()} {line.at_time}".strip(),
            said(line.what, language),
            str(line.count).replace("-", "−"),
            str(line.left),
            line.subject or NOTHING,
            " · ".join(said(part, language) for part in (line.ground, line.reason) if part) or NOTHING,
            line.entered_by,
        ]
        for line in log.lines
    ]
    return grid(heads, rows, width, wide=(5,))
