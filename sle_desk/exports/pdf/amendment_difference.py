"""An amendment on paper: two versions with their hashes, every difference by key, the dates that move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.atoms import Run
from sle_desk.exports.pdf.document import Room, build, to_sign
from sle_desk.exports.pdf.look import INK_2, QUIET, STRONG
from sle_desk.exports.pdf.parts import blank, both_names, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts, grid
from sle_desk.exports.pdf.text import P, Text
from sle_desk.exports.wording import NOTHING, Said, said

TITLE = message("Amendment: difference")
STATEMENT = message(
    "I have seen what this amendment changes and whose dates it would move, as printed here. I approve it / "
    "I do not approve it (strike out what does not apply). In force from:"
)
LABEL_WIDTH, ROOM_FOR_A_CHANGE = 118.0, 70.0
SMALL = QUIET.but(colour=STRONG.colour)


@dataclass(frozen=True)
class Changed:
    """One place of the package that is added, taken out or changed, with its words before and after."""

    part: Words
    place: Words
    kind: Words
    before: Words | None
    after: Words | None


@dataclass(frozen=True)
class MovedDay:
    """One day of a subject's calendar that moves, comes or falls away, or that lies behind and stays."""

    subject: str
    what: Words
    was: str
    becomes: str
    stays: bool


@dataclass(frozen=True)
class AmendmentDifference:
    """The content of the paper; `effective_from` is the day for which the dates were counted."""

    study: StudyName
    subject: str
    version: str
    base_version: str
    package_sha256: str
    base_sha256: str
    file_name: str
    file_sha256: str
    imported: Said
    state: Words
    decided: tuple[tuple[Words, Said], ...]
    changes: tuple[Changed, ...]
    effective_from: date | None
    days: tuple[MovedDay, ...]
    to_sign: bool
    # The day of the signature under what was decided, at the desk or on paper.
    signed_on: date | None


def amendment_difference_pdf(
    found: AmendmentDifference, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the paper as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = to_sign(found.study, found.subject, TITLE, found.signed_on is not None, language, stamp)
    if not found.to_sign:
        paper = replace(paper, badge=language.words(found.state))
    return build(paper, lambda room: _story(found, language, room), fonts)


def _story(found: AmendmentDifference, language: Language, room: Room) -> list[Flowable]:
    width = room.width
    parts: list[Flowable] = [
        P(
            language.text(
                "Version {version} beside version {base}", version=found.version, base=found.base_version
            ),
            STRONG,
        ),
        blank(2),
        facts(_head(found, language), width, LABEL_WIDTH),
        blank(6),
        heading(1, pair(language, message("What it changes"))),
        P(
            language.text(
                "{count} places, each by its key in the package; both languages where they differ",
                count=len(found.changes),
            ),
            QUIET,
        ),
        blank(2),
    ]
    for each in found.changes:
        parts += _change(each, language, width)
    if found.effective_from is not None:
        parts += _days(found, found.effective_from, language, width)
    if found.to_sign:
        title = pair(language, message("Principal investigator"))
        parts += [blank(8), signature_box(title, [language.text(STATEMENT)], language, width)]
    return parts


def _head(found: AmendmentDifference, language: Language) -> list[tuple[Text, Text]]:
    rows: list[tuple[str, Said]] = [
        (language.text("State"), found.state),
        (language.text("Version"), found.version),
        (language.text("SHA-256 of the package"), found.package_sha256),
        (language.text("Follows version"), found.base_version),
        (language.text("SHA-256 of that package"), found.base_sha256),
        (language.text("File"), found.file_name),
        (language.text("SHA-256 of the file"), found.file_sha256),
        (language.text("Imported by"), found.imported),
        *((language.words(label), value) for label, value in found.decided),
    ]
    return [(P(label, QUIET), P(said(value, language), SMALL)) for label, value in rows]


def _change(each: Changed, language: Language, width: float) -> list[Flowable]:
    title = P(
        [
            Run(f"{language.words(each.part)}  {language.words(each.place)}"),
            Run(f"  {language.words(each.kind)}", bold=False, size=7.6, colour=INK_2),
        ],
        STRONG,
    )
    title.keepWithNext = 1
    sides = ((language.text("Before"), each.before), (language.text("After"), each.after))
    rows = [(P(label, QUIET), _lines(words, language)) for label, words in sides]
    return [CondPageBreak(ROOM_FOR_A_CHANGE), title, facts(rows, width, LABEL_WIDTH), blank(5)]


def _lines(words: Words | None, language: Language) -> Text:
    """Return what stands there, each language under its own where they differ."""
    if words is None:
        return P(NOTHING, SMALL)
    first, second = both_names(words, language)
    pieces: list[str | Run] = _rows(first)
    if second != first:
        pieces += ["\n", *_rows(second)]
    return P(pieces, SMALL)


def _rows(text: str) -> list[str | Run]:
    pieces: list[str | Run] = []
    for line in text.splitlines():
        pieces += ["\n", Run(line)] if pieces else [Run(line)]
    return pieces


def _days(found: AmendmentDifference, day: date, language: Language, width: float) -> list[Flowable]:
    parts: list[Flowable] = [
        blank(4),
        heading(2, pair(language, message("Dates"))),
        P(language.text("Dates that version {version} would move from {day} on",
                        version=found.version, day=day.isoformat()), QUIET),
    ]  # fmt: skip
    if not found.days:
        return [*parts, P(language.text("No date of any subject moves."))]
    heads = [
        language.text("Subject"),
        language.text("What"),
        language.text("Before"),
        language.text("After"),
        language.text("State"),
    ]
    rows = [
        [
            each.subject,
            language.words(each.what),
            each.was or NOTHING,
            each.becomes or NOTHING,
            language.text("behind, stays") if each.stays else language.text("moves"),
        ]
        for each in found.days
    ]
    told = P(language.text("This list tells who gets which drug: it does not leave the site."), STRONG)
    return [*parts, told, blank(2), grid(heads, rows, width, wide=(1,))]
