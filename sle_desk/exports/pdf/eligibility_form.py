"""The eligibility form: each criterion with its three texts, its evidence, pre-check and decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.atoms import Gap, Piece, Run
from sle_desk.exports.pdf.document import Room, build, to_sign
from sle_desk.exports.pdf.look import ACCENT, INK_2, QUIET, STRONG
from sle_desk.exports.pdf.parts import (
    Signature,
    blank,
    both_names,
    box_title,
    boxed,
    given_signature,
    heading,
    identity_band,
    pair,
    signature_box,
    tick,
    ticks,
)
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import grid
from sle_desk.exports.pdf.text import P, Text
from sle_desk.exports.wording import ENUMERATED, Said, said

TITLE = message("Eligibility form")
# One set of columns for all groups, which stand below one another.
SHARES = (0.07, 0.39, 0.25, 0.15, 0.14)
ROOM_FOR_A_ROW = 120.0
SMALL = QUIET.but(size=8.4, leading=10.8)
OUTCOMES = {
    "eligible": message("Decided: every criterion allows inclusion."),
    "not_eligible": message("Decided: not eligible."),
    "undecided": message("Not decided."),
}


@dataclass(frozen=True)
class Judged:
    """An answer, by whom and when; without an answer nothing is claimed."""

    answer: Said = None
    by: Said = ""
    reason: Said = ""


@dataclass(frozen=True)
class CriterionRow:
    """One criterion leaf; `registry` is printed as it is stored, `waits` names what keeps it open.

    `answers` are those that can be ticked in ink where no decision stands yet.
    """

    number: str
    registry: str
    approved: Said = None
    approved_section: str = ""
    reading: Said = None
    evidence: Said = None
    evidence_detail: Said = ""
    precheck: Judged = Judged()
    decision: Judged = Judged()
    waits: tuple[Said, ...] = ()
    answers: tuple[Said, ...] = ()


@dataclass(frozen=True)
class CriterionGroup:
    """Inclusion or exclusion criteria in the registry's order."""

    title: Words
    rows: tuple[CriterionRow, ...]


@dataclass(frozen=True)
class EligibilityForm:
    """The content of one eligibility form; `outcome` is one of OUTCOMES and comes from the verdict."""

    study: StudyName
    subject: str
    sex_age: Said
    screened: date | None
    consent: Said
    weight: Said
    groups: tuple[CriterionGroup, ...]
    outcome: str
    missing: tuple[Said, ...] = ()
    registry_hash: str = ""
    signature: Signature | None = None
    signer: Words | None = None
    # Beside a verdict that stays "not eligible"; and the package and decisions it was judged under.
    waiver: Said = None
    judged_under: Said = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"no such outcome: {self.outcome}")
        waiting = any(row.waits for group in self.groups for row in group.rows)
        if self.outcome != "not_eligible" and self.waiver is not None:
            raise ValueError("only a verdict of not eligible can be waived")
        if self.outcome == "eligible" and (self.missing or waiting):
            raise ValueError("a form that waits for something cannot say eligible")


def eligibility_form_pdf(
    form: EligibilityForm, language: Language, stamp: Stamp, fonts: Mapping[int, Path]
) -> bytes:
    """Return the form as PDF in the language; RuleBroken when a character cannot be drawn."""
    signed = form.signature is not None
    paper = to_sign(form.study, form.subject, TITLE, signed, language, stamp)
    return build(paper, lambda room: _story(form, language, room), fonts)


def _story(form: EligibilityForm, language: Language, room: Room) -> list[Flowable]:
    groups = [
        part
        for number, group in enumerate(form.groups, 1)
        for part in (
            # A heading does not end a page.
            CondPageBreak(ROOM_FOR_A_ROW),
            heading(number, both_names(group.title, language)),
            blank(1.5),
            _criteria(group, language, room.width),
            blank(6),
        )
    ]
    hashed = [P(language.text("Registry text as frozen, SHA-256 {hash}", hash=form.registry_hash), QUIET)]
    return [
        _identity(form, language, room.width),
        blank(6),
        *groups,
        *(hashed if form.registry_hash else []),
        *([P(said(form.judged_under, language), QUIET)] if form.judged_under else []),
        blank(4),
        _outcome(form, language, room.width),
        blank(6),
        _signature(form, language, room.width),
    ]


def _identity(form: EligibilityForm, language: Language, width: float) -> Flowable:
    entries: list[tuple[str, Said]] = [
        (language.text("Subject"), form.subject),
        (language.text("Sex, age"), form.sex_age),
        (language.text("Screened"), form.screened),
        (language.text("Consent"), form.consent),
        (language.text("Weight"), form.weight),
    ]
    return identity_band([(label, said(value, language)) for label, value in entries], width)


def _criteria(group: CriterionGroup, language: Language, width: float) -> Flowable:
    heads = [
        language.text("No."),
        language.text("Criterion: registry words, approved protocol, reading"),
        language.text("Evidence computed from entered data"),
        language.text("Pre-check"),
        language.text("Decision"),
    ]
    rows = [
        [
            P(row.number, STRONG),
            _texts(row, language),
            _evidence(row, language),
            _judged(row.precheck, language),
            _judged(row.decision, language) if row.decision.answer is not None else _to_tick(row, language),
        ]
        for row in group.rows
    ]
    return grid(heads, rows, width, style=SMALL, widths=[share * width for share in SHARES])


def _lines(*lines: Run | None) -> Text:
    pieces: list[str | Piece] = []
    for line in filter(None, lines):
        if pieces:
            pieces.append("\n")
        pieces.append(line)
    return P(pieces, SMALL.but(colour=STRONG.colour))


def _texts(row: CriterionRow, language: Language) -> Text:
    approved = None
    if row.approved is not None:
        words = said(row.approved, language)
        named = language.text(
            "Approved protocol {section}: {words}", section=row.approved_section, words=words
        )
        approved = Run(named, colour=ACCENT)
    else:
        approved = Run(language.text("Approved protocol: words not entered by the site"), colour=INK_2)
    reading = None
    if row.reading is not None:
        text = language.text("Reading in force: {reading}", reading=said(row.reading, language))
        reading = Run(text, bold=True)
    names = language.words(ENUMERATED).join(said(one, language) for one in row.waits)
    waits = Run(language.text("Waits for {items}", items=names), bold=True) if names else None
    return _lines(Run(row.registry), approved, reading, waits)


def _evidence(row: CriterionRow, language: Language) -> Text:
    if row.evidence is None:
        return _lines(Run(language.text("Nothing can be computed"), bold=True), _detail(row, language))
    return _lines(Run(said(row.evidence, language), bold=True), _detail(row, language))


def _detail(row: CriterionRow, language: Language) -> Run | None:
    return Run(said(row.evidence_detail, language)) if row.evidence_detail else None


def _judged(judged: Judged, language: Language) -> Text:
    if judged.answer is None:
        return _lines(Run(language.text("not answered"), colour=INK_2))
    by = Run(said(judged.by, language), colour=INK_2, size=QUIET.size) if judged.by else None
    reason = Run(said(judged.reason, language)) if judged.reason else None
    return _lines(Run(said(judged.answer, language), bold=True), reason, by)


def _to_tick(row: CriterionRow, language: Language) -> Text:
    if not row.answers:
        return _judged(row.decision, language)
    boxes = [tick(said(answer, language)) for answer in row.answers]
    return P([piece for box in boxes for piece in (box, "\n")][:-1], SMALL.but(leading=14.0))


def _outcome(form: EligibilityForm, language: Language, width: float) -> Flowable:
    lines: list[Flowable] = [
        box_title(pair(language, message("Outcome"))),
        P(language.text(OUTCOMES[form.outcome]), STRONG),
    ]
    if form.waiver is not None:
        lines.append(P(said(form.waiver, language), STRONG))
        lines.append(P(language.text("A waiver is a major deviation: the verdict stays “not eligible”.")))
    if form.missing:
        missing = "; ".join(said(one, language) for one in form.missing)
        lines.append(P(language.text("Still missing: {items}", items=missing)))
    return boxed(lines, width)


def _signature(form: EligibilityForm, language: Language, width: float) -> Flowable:
    if form.signature is not None:
        return given_signature(form.signature, language, width)
    title = pair(language, message("Principal investigator or delegate"))
    names = both_names(form.signer, language) if form.signer else title
    statement = language.text("I have judged each criterion on the evidence shown. My decision:")
    answers = [language.text("eligible"), language.text("not eligible"), language.text("not decided")]
    if form.missing:
        statement = language.text(
            "I have seen this form. What is listed as missing or waiting is not decided by this signature."
        )
        answers = [language.text("seen")]
    return signature_box(names, [statement, Gap(8.0), *ticks(answers)], language, width)
