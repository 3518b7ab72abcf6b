"""What every page says of itself: number, audit code, versions, times, and the square that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.pdf.look import (
    INK,
    MILLIMETRE,
    tint,
)
from sle_desk.exports.wording import Said, both, grouped, instant, moment, said

QR_SIDE = 18 * MILLIMETRE
DEMONSTRATION = message("DEMONSTRATION DATA")
REPORT, WORKSHEET, SLIP, FORM, KEY = (
    message("Report"),
    message("Worksheet"),
    message("Slip"),
    message("Form"),
    message("Key page"),
)
NO_NAME = message("No name, ID number or full birth date is printed.")


@dataclass(frozen=True)
class StudyName:
    """The study as papers name it: its short title and its registry and sponsor numbers."""

    title: Words
    identifiers: str


@dataclass(frozen=True)
class Stamp:
    """One print of one paper; `audit_number` is None only for a page printed before the study exists."""

    report_number: str
    print_number: int
    audit_number: int | None
    audit_code: str
    printed_at: datetime
    printed_by: str
    data_as_of: datetime
    protocol: Said
    form_version: Said
    application: str
    demonstration: bool


def square_content(stamp: Stamp) -> str:
    """Return what the QR square holds: report and print number, audit number and code; no person."""
    content = f"{stamp.report_number}/{stamp.print_number}"
    return content if stamp.audit_number is None else f"{content} {stamp.audit_number}:{stamp.audit_code}"


Modules = tuple[tuple[int, ...], ...]


def square_modules(content: str) -> Modules:
    """Return the dark (1) and light (0) modules of the QR square of the content, row by row."""
    return tuple(tuple(row) for row in segno.make(content, error="m", micro=False).matrix)


def draw_square(canvas: Any, modules: Modules, x: float, y: float, side: float = QR_SIDE) -> None:
    """Draw a QR square with its lower left corner at x, y (points)."""
    cell = side / len(modules)
    path = canvas.beginPath()
    for index, row in enumerate(modules):
        column = 0
        while column < len(row):
            end = column
            while end < len(row) and row[end]:
                end += 1
            if end > column:
                path.rect(x + column * cell, y + side - (index + 1) * cell, (end - column) * cell, cell)
            column = max(end, column + 1)
    canvas.setFillColor(tint(INK))
    canvas.drawPath(path, stroke=0, fill=1)


def demonstration_mark(language: Language) -> str:
    """Return the mark of demonstration data in both languages, English first."""
    english, chinese = sorted((language, language.other()), key=lambda one: one.code)
    return f"{english.text(DEMONSTRATION)} {chinese.text(DEMONSTRATION)}"


def footer_lines(
    stamp: Stamp, kind: str, language: Language, bilingual: bool, told: tuple[str, str]
) -> tuple[str, ...]:
    """Return the lines of the footer; `told`: what it says of names, and of data that change later."""
    facts = {"kind": language.text(kind), "number": stamp.report_number, "print": stamp.print_number}
    numbers = language.text("{kind} {number}, print {print}", **facts)
    if stamp.audit_number is not None:
        anchor = language.text("audit {number}", number=grouped(stamp.audit_number))
        numbers = f"{numbers} · {anchor} · {stamp.audit_code}"
    versions = language.text(
        "Protocol {protocol} · form {form}",
        protocol=said(stamp.protocol, language),
        form=said(stamp.form_version, language),
    )
    printed = language.text(
        "Printed {printed} by {person} · data as of {data} · {application}",
        printed=instant(stamp.printed_at),
        person=stamp.printed_by,
        data=moment(stamp.data_as_of),
        application=stamp.application,
    )
    sentences = [both(language, text) if bilingual else language.text(text) for text in told]
    return numbers, versions, printed, " ".join(sentences)
