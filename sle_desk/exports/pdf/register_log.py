"""The register of clarifications on paper: each entry with its texts and every decision ever signed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.atoms import Run
from sle_desk.exports.pdf.document import Room, build, to_sign
from sle_desk.exports.pdf.look import INK_2, QUIET, STRONG
from sle_desk.exports.pdf.parts import blank, both_names, heading, pair, signature_box
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts
from sle_desk.exports.pdf.text import P, Text
from sle_desk.exports.wording import Said, said

TITLE = message("Clarification register")
CLARIFICATIONS, SETTINGS = message("Clarifications"), message("Settings that no clarification governs")
LABEL_WIDTH, ROOM_FOR_AN_ENTRY = 118.0, 90.0
SMALL = QUIET.but(colour=STRONG.colour)


@dataclass(frozen=True)
class SignedDecision:
    """One decision that was signed; one that holds no longer is struck through and stays readable."""

    number: int
    state: Said
    reading: Said
    basis: Said
    signed: Said
    struck: bool = False
    words_hash: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry: number and title, its state, its texts, what waits for it, and all decisions, oldest first.

    `registry` is printed as it is stored, with the hash of these words; a setting has none.
    """

    code: str
    title: Words
    state: Said
    in_force: Said
    since: Said = ""
    registry: tuple[str, ...] = ()
    registry_hash: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()
    problem: Words | None = None
    approved: Said = None
    approved_where: str = ""
    waits: Said = ""
    decisions: tuple[SignedDecision, ...] = ()
    setting: bool = False


@dataclass(frozen=True)
class RegisterLog:
    """The content of the log; `subject` stands in the head of later pages, where others name a subject."""

    study: StudyName
    subject: str
    package: Said
    registry_hash: str
    counted: Said
    clarifications: tuple[Entry, ...]
    settings: tuple[Entry, ...]


def register_log_pdf(log: RegisterLog, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the log as PDF in the language; RuleBroken when a character cannot be drawn."""
    paper = to_sign(log.study, log.subject, TITLE, False, language, stamp)
    return build(paper, lambda room: _story(log, language, room), fonts)


def _story(log: RegisterLog, language: Language, room: Room) -> list[Flowable]:
    width = room.width
    head: list[Flowable] = [
        P(said(log.package, language), STRONG),
        P(language.text("Registry text as frozen, SHA-256 {hash}", hash=log.registry_hash), QUIET),
        P(said(log.counted, language), QUIET),
        P(
            language.text(
                "A decision that is struck through holds no longer: a later one superseded it, or it was "
                "withdrawn. What was judged under it keeps it."
            ),
            QUIET,
        ),
        blank(6),
    ]
    parts: list[Flowable] = []
    for number, (title, entries) in enumerate(
        ((CLARIFICATIONS, log.clarifications), (SETTINGS, log.settings)), 1
    ):
        parts += [CondPageBreak(ROOM_FOR_AN_ENTRY), heading(number, pair(language, title)), blank(2)]
        for entry in entries:
            parts += _entry(entry, language, width)
    signature = signature_box(
        pair(language, message("Principal investigator")),
        [language.text("I have seen this register as printed here.")],
        language,
        width,
    )
    return [*head, *parts, blank(6), signature]


def _entry(entry: Entry, language: Language, width: float) -> list[Flowable]:
    first, second = both_names(entry.title, language)
    named = first if entry.setting else f"{entry.code}  {first}"
    title = P([Run(named), Run(f"  {second}", bold=False, size=7.6, colour=INK_2)], STRONG)
    title.keepWithNext = 1
    return [
        CondPageBreak(ROOM_FOR_AN_ENTRY),
        title,
        facts(_rows(entry, language), width, LABEL_WIDTH),
        blank(7),
    ]


def _rows(entry: Entry, language: Language) -> list[tuple[Text, Text]]:
    rows = [(language.text("State"), _lines(Run(said(entry.state, language), bold=True)))]
    if not entry.setting:
        quotes = [Run(f"“{words}”") for words in entry.registry]
        hashed = [Run(f"SHA-256 {entry.registry_hash}", colour=INK_2, size=6.6)] if entry.registry else []
        silent = [Run(language.text("The registry is silent here."), colour=INK_2)]
        rows.append((language.text("Registry words"), _lines(*(quotes or silent), *hashed)))
        rows += [(source, _lines(Run(f"“{words}”", colour=INK_2))) for source, words in entry.elsewhere]
        if entry.problem is not None:
            rows.append((language.text("Problem"), _lines(Run(language.words(entry.problem)))))
        rows.append((language.text("Approved protocol"), _approved(entry, language)))
    since = f" · {said(entry.since, language)}" if entry.since else ""
    reading = Run(f"{said(entry.in_force, language)}{since}", bold=True)
    rows.append((language.text("Reading in force"), _lines(reading)))
    if entry.waits:
        rows.append(("", _lines(Run(said(entry.waits, language)))))
    for decision in entry.decisions:
        label = language.text("Decision {number}", number=decision.number)
        rows.append((label, _decision(decision, language)))
    return [(P(label, QUIET), text) for label, text in rows]


def _approved(entry: Entry, language: Language) -> Text:
    if entry.approved is None:
        return _lines(Run(language.text("words not entered by the site yet"), colour=INK_2))
    return _lines(Run(said(entry.approved, language)), Run(entry.approved_where, colour=INK_2))


def _decision(decision: SignedDecision, language: Language) -> Text:
    struck = decision.struck
    words = (decision.reading, decision.basis, decision.signed)
    runs = [
        Run(said(text, language), bold=place == 0, struck=struck) for place, text in enumerate(words) if text
    ]
    hashed = Run(f"SHA-256 {decision.words_hash}", colour=INK_2, size=6.6)
    state = Run(said(decision.state, language), colour=INK_2)
    return _lines(state, *runs, *([hashed] if decision.words_hash else []))


def _lines(*runs: Run) -> Text:
    pieces: list[str | Run] = []
    for run in runs:
        pieces += ["\n", run] if pieces else [run]
    return P(pieces, SMALL)
