"""The report of a serious event on paper: event, criteria, relation, course, who was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.atoms import Gap
from sle_desk.exports.pdf.document import Room, build, to_sign
from sle_desk.exports.pdf.parts import (
    Signature,
    ask,
    blank,
    both_names,
    given_signature,
    heading,
    identity_band,
    pair,
    row,
    signature_box,
)
from sle_desk.exports.pdf.stamp import Stamp, StudyName
from sle_desk.exports.pdf.tables import facts, grid
from sle_desk.exports.pdf.text import P
from sle_desk.exports.wording import Said, said

TITLE = message("Serious adverse event report")
ROOM_FOR_A_ROW = 90.0


@dataclass(frozen=True)
class Part:
    """A titled run of fields with what was answered."""

    title: Words
    rows: tuple[tuple[Words, Said], ...]


@dataclass(frozen=True)
class SaeForm:
    """The content of one report: `kind` says which version of it, `medication` what was or may have been
    taken at the onset, `treatment` what was given for the event."""

    study: StudyName
    subject: str
    sex_age: Said
    arm: Said
    number: str
    kind: Said
    first_dose: date | None
    parts: tuple[Part, ...]
    medication: tuple[tuple[Said, ...], ...] = ()
    treatment: tuple[tuple[Said, ...], ...] = ()
    signature: Signature | None = None


def sae_form_pdf(form: SaeForm, language: Language, stamp: Stamp, fonts: Mapping[int, Path]) -> bytes:
    """Return the report as PDF in the language; RuleBroken when a character cannot be drawn."""
    signed = form.signature is not None
    paper = to_sign(form.study, form.subject, TITLE, signed, language, stamp)
    return build(paper, lambda room: _story(form, language, room), fonts)


def _story(form: SaeForm, language: Language, room: Room) -> list[Flowable]:
    story: list[Flowable] = [_identity(form, language, room.width), blank(6), _by_hand(language), blank(4)]
    for number, part in enumerate(form.parts, 1):
        rows = [(language.words(label), said(value, language)) for label, value in part.rows]
        story += [
            CondPageBreak(ROOM_FOR_A_ROW),
            heading(number, both_names(part.title, language)),
            blank(1.5),
            facts(rows, room.width, room.width * 0.34),
            blank(6),
        ]
    story += [
        CondPageBreak(ROOM_FOR_A_ROW),
        heading(len(form.parts) + 1, pair(language, message("Medication at the onset"))),
        blank(1.5),
        _medication(form.medication, language, room.width, taken=True),
        blank(6),
        *_treatment(form, language, room),
        _signature(form, language, room.width),
    ]
    return story


def _identity(form: SaeForm, language: Language, width: float) -> Flowable:
    entries: list[tuple[str, Said]] = [
        (language.text("Subject"), form.subject),
        (language.text("Sex, age at onset"), form.sex_age),
        (language.text("Arm"), form.arm),
        (language.text("First dose"), form.first_dose),
        (language.text("Event"), form.number),
        (language.text("Report"), form.kind),
    ]
    return identity_band([(label, said(value, language)) for label, value in entries], width)


def _by_hand(language: Language) -> Flowable:
    """Return what a form asks that no print holds: written by hand on this one paper."""
    return row(
        [
            ask(language.text("Initials, by hand"), 70.0),
            Gap(14.0),
            ask(language.text("Birth date, by hand"), 90.0),
            Gap(14.0),
            ask(language.text("Number at the sponsor"), None),
        ]
    )


def _treatment(form: SaeForm, language: Language, room: Room) -> list[Flowable]:
    """Return what was given for the event, apart from what was taken at its onset; nothing where none was."""
    if not form.treatment:
        return []
    return [
        CondPageBreak(ROOM_FOR_A_ROW),
        heading(len(form.parts) + 2, pair(language, message("Medication given for the event"))),
        blank(1.5),
        _medication(form.treatment, language, room.width, taken=False),
        blank(6),
    ]


def _medication(
    medicines: tuple[tuple[Said, ...], ...], language: Language, width: float, *, taken: bool
) -> Flowable:
    if not medicines:
        return P(language.text("No medication is entered."))
    heads = [
        language.text("Medicine"),
        language.text("Dose"),
        language.text("Start"),
        language.text("Stop"),
        *([language.text("Taken at the onset")] if taken else []),
        language.text("For what"),
    ]
    return grid(heads, [[said(cell, language) for cell in cells] for cells in medicines], width)


def _signature(form: SaeForm, language: Language, width: float) -> Flowable:
    if form.signature is not None:
        return given_signature(form.signature, language, width)
    statement = language.text("I have made this report and it is complete and correct as far as I know now.")
    return signature_box(pair(language, message("Investigator")), [statement], language, width)
