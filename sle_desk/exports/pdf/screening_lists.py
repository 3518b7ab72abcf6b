"""The screening log on paper, and the identity list that only the PI prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.platypus import Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.document import Paper, build
from sle_desk.exports.pdf.fonts import BOLD, without_glyph
from sle_desk.exports.pdf.look import QUIET, STRONG
from sle_desk.exports.pdf.parts import blank, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import FORM, Stamp, StudyName
from sle_desk.exports.pdf.tables import facts, grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import Said, both, said

LOG_TITLE, LIST_TITLE = message("Screening log"), message("Subject identity list")
NAMES = message("This paper holds names: under lock with the PI, never copied, never given out.")
CHANGED = message("Superseded once anybody is registered, consents, is judged, or leaves.")
LIST_CHANGED = message("Superseded once anybody is registered or consents, or a registration is put right.")
LOG_STATEMENT = message("I have compared this log with the consent forms filed at the site.")
LIST_STATEMENT = message("I keep this list at the site and under lock.")


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    numbers: tuple[str, str]
    sex: Said
    consent_on: date | None
    consent_version: str
    outcome: Words
    outcome_on: date | None
    why: Words
    note: str
    linked: Said


@dataclass(frozen=True)
class ScreeningList:
    """The content of the log: its lines, and the counts of the flow chart."""

    study: StudyName
    lines: tuple[Line, ...]
    flow: tuple[tuple[Words, int], ...]


@dataclass(frozen=True)
class IdentityList:
    """The content of the identity list; `versions` tells one print from another without a name."""

    study: StudyName
    lines: tuple[tuple[Said, ...], ...]
    versions: tuple[tuple[int, int, int, str], ...]


def screening_list_pdf(
    content: ScreeningList, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the screening log as PDF; RuleBroken when a character cannot be drawn."""
    paper = Paper(
        study=content.study,
        kind=FORM,
        title=language.text(LOG_TITLE),
        second_title=language.other().text(LOG_TITLE),
        badge="",
        subject="",
        language=language,
        stamp=stamp,
        later=CHANGED,
    )
    return build(paper, lambda room: _log_story(content, language, room.width), fonts)


def _log_story(content: ScreeningList, language: Language, width: float) -> list[Flowable]:
    text = language.text
    heads = (
        text("Screening no."),
        text("Subject"),
        text("Sex"),
        text("Consent"),
        text("Screening outcome"),
        text("On"),
        text("Why"),
        text("Screened again"),
    )
    rows = [
        (
            *line.numbers,
            said(line.sex, language),
            _consent(line, language),
            language.words(line.outcome),
            said(line.outcome_on, language),
            " · ".join(part for part in (language.words(line.why), line.note) if part),
            "" if line.linked is None else said(line.linked, language),
        )
        for line in content.lines
    ]
    counts = [(language.words(label), str(count)) for label, count in content.flow]
    return [
        heading(1, pair(language, message("Everybody who was registered"))),
        blank(2),
        grid(heads, rows, width, wide=(6,)),
        blank(8),
        heading(2, pair(language, message("Flow of participants (CONSORT)"))),
        blank(2),
        facts(counts, width, width * 0.45),
        blank(2),
        P(
            text(
                "People, not screenings: who was screened again counts once, as it came out last. Somebody "
                "with several criteria not met stands under each. Nothing is counted by arm before the "
                "database lock."
            ),
            QUIET,
        ),
        blank(8),
        signature_box(pair(language, message("Investigator")), [text(LOG_STATEMENT)], language, width),
    ]


def _consent(line: Line, language: Language) -> str:
    if line.consent_on is None:
        return said(None, language)
    return f"{line.consent_on.isoformat()} {line.consent_version}"


def identity_list_pdf(
    content: IdentityList, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the identity list as PDF; its foot says that it holds names."""
    paper = Paper(
        study=content.study,
        kind=FORM,
        title=language.text(LIST_TITLE),
        second_title=language.other().text(LIST_TITLE),
        badge=both(language, message("CONFIDENTIAL · names")),
        subject="",
        language=language,
        stamp=stamp,
        later=LIST_CHANGED,
        names=NAMES,
    )
    return build(paper, lambda room: _list_story(content.lines, language, room.width), fonts)


def _list_story(lines: Sequence[Sequence[Said]], language: Language, width: float) -> list[Flowable]:
    text = language.text
    heads = (
        text("Subject"),
        text("Name"),
        text("Initials"),
        text("Sex"),
        text("Born"),
        text("Identity paper"),
        text("Telephone"),
        text("Consent"),
    )
    rows = [[said(cell, language) for cell in line] for line in lines]
    return [
        grid(heads, rows, width, strong=(0, 1), wide=(6,)),
        *_numbered(rows, language),
        blank(8),
        signature_box(
            pair(language, message("Principal investigator")), [text(LIST_STATEMENT)], language, width
        ),
    ]


def _numbered(rows: Sequence[Sequence[str]], language: Language) -> list[Flowable]:
    """Say in words which characters stand as numbers: a name here is compared with an identity card."""
    lacking = without_glyph("".join(cell for row in rows for cell in row).replace("\n", ""), BOLD)
    if not lacking:
        return []
    numbers = ", ".join(f"[U+{ord(character):04X}]" for character in lacking)
    told = language.text(
        "{numbers}: the font of this paper does not have this character, so that its Unicode number stands "
        "in its place. The record holds the character itself; write it in by hand.",
        numbers=numbers,
    )
    return [blank(4), P(told, STRONG)]
