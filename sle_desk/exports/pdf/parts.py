"""The parts papers are put together from: headings, identity band, boxes to sign in, rows to write on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reportlab.platypus import Flowable, Spacer, Table

from sle_desk.base.language import Language, Words, message
from sle_desk.exports.drawing import Drawing, draw_on_pdf
from sle_desk.exports.pdf.atoms import Gap, Piece, Rule, Run, Tick, Together
from sle_desk.exports.pdf.box import Box
from sle_desk.exports.pdf.look import (
    BODY,
    HAIRLINE,
    INK,
    INK_2,
    QUIET,
    SECTION,
    SHADE,
    STRONG,
    Style,
    tint,
)
from sle_desk.exports.pdf.tables import Mark, fitted, laid_out
from sle_desk.exports.pdf.text import P, Text
from sle_desk.exports.wording import Said, instant, said

Row = Sequence[str | Piece]

SIGNATURE, NAME_IN_CAPITALS, DATE_TO_WRITE = (
    message("Signature"),
    message("Name in capitals"),
    message("Date (yyyy-mm-dd)"),
)


@dataclass(frozen=True)
class Signature:
    """A signature already given: who, as what, when, its meaning, and the paper it was transcribed from."""

    name: str
    role: Said
    at: datetime
    meaning: Said
    transcribed_from: Said = None
    # What happened to the record since it was signed.
    since: Said = None


def blank(height: float) -> Spacer:
    """Return an empty strip of this height in points."""
    return Spacer(1, height)


def pair(language: Language, text: str, **facts: object) -> tuple[str, str]:
    """Return a message in the chosen language and in the other, as headings show it."""
    return language.text(text, **facts), language.other().text(text, **facts)


def heading(number: int, words: tuple[str, str]) -> Text:
    """Return a bilingual section heading, the chosen language first."""
    first, second = words
    text = P([Run(f"{number}  {first}"), Gap(8.0), Run(second, bold=False, size=8.6, colour=INK_2)], SECTION)
    text.keepWithNext = 1
    return text


def identity_band(entries: Sequence[tuple[str, str]], width: float) -> Table:
    """Return the band that says whose page this is: small labels over strong values."""
    cells = [
        [P(label, QUIET) for label, _ in entries],
        [P(value, STRONG.but(size=9.4, leading=12.0)) for _, value in entries],
    ]
    marks: list[Mark] = [
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, 0), 2),
        ("BOTTOMPADDING", (0, 1), (-1, 1), 5),
        ("LINEBELOW", (0, 1), (-1, 1), 0.6, tint(HAIRLINE)),
    ]
    return laid_out(cells, fitted(cells, width), marks)


def bar(number: int, words: tuple[str, str], note: str, width: float) -> Table:
    """Return a shaded section heading with a note on the right, for papers that are written on."""
    first, second = words
    style = SECTION.but(size=9.4, leading=13.0)
    quiet = Run(note, bold=False, size=QUIET.size, colour=INK_2)
    other = Run(second, bold=False, size=8.4, colour=INK_2)
    title = P([Run(f"{number}  {first}"), Gap(7.0), other, Gap(), quiet], style)
    marks: list[Mark] = [
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
        ("BACKGROUND", (0, 0), (-1, -1), tint(SHADE)),
    ]
    table = laid_out([[title]], [width], marks)
    table.keepWithNext = 1
    return table


def ask(label: str, width: float | None = 60.0, unit: str = "") -> Together:
    """Return a question with its line to write on and its unit; without a width the line is filled."""
    end = (Run(f" {unit}"),) if unit else ()
    return Together((Run(f"{label} "), Rule(width), *end))


def tick(label: str, marked: bool = False) -> Together:
    """Return a tick box with its answer."""
    return Together((Tick(marked), Run(label)))


def ticks(labels: Sequence[str]) -> list[Piece]:
    """Return tick boxes in a row, a blank after each."""
    return [piece for label in labels for piece in (tick(label), Gap(8.0))]


def spaced(pieces: Sequence[Piece], gap: float = 12.0) -> list[Piece]:
    """Return the pieces with blanks between them."""
    return [piece for place, one in enumerate(pieces) for piece in ((Gap(gap), one) if place else (one,))]


WRITING = BODY.but(leading=17.4)


def row(pieces: Row, style: Style = WRITING) -> Text:
    """Return one row of a paper that is written on, with room for a hand."""
    return P(pieces, style)


def boxed(content: Sequence[Flowable], width: float, line: float = 1.1, radius: float = 5.0) -> Box:
    """Return the content in one frame, kept on one page while a page can hold it."""
    return Box(content, width, line, radius)


def ink_lines(labels: Sequence[tuple[str, str]], width: float, shares: Sequence[float] = (1, 1, 1)) -> Table:
    """Return lines to sign on, side by side by their shares, each with its label left and right beneath."""
    space = 16.0
    shares = shares[: len(labels)]
    each = (width - space * (len(labels) - 1)) / sum(shares)
    cells: list[Text] = []
    widths: list[float] = []
    marks: list[Mark] = [("TOPPADDING", (0, 0), (-1, -1), 2)]
    for place, (left, right) in enumerate(labels):
        if place:
            cells.append(P(""))
            widths.append(space)
        marks.append(("LINEABOVE", (len(cells), 0), (len(cells), 0), 0.9, tint(INK)))
        cells.append(P([Run(left), Gap(), Run(right)], QUIET))
        widths.append(each * shares[place])
    return laid_out([cells], widths, marks)


def signature_box(
    title: tuple[str, str], statement: Row, language: Language, width: float, room: float = 52.0
) -> Box:
    """Return the box for a signature in ink under a statement: signature, name in capitals, date."""
    inner = width - 20.0
    labels = [pair(language, label) for label in (SIGNATURE, NAME_IN_CAPITALS, DATE_TO_WRITE)]
    return boxed([box_title(title), P(statement), blank(room), ink_lines(labels, inner, (1.5, 1, 1))], width)


def box_title(title: tuple[str, str]) -> Text:
    """Return the bilingual title of a box."""
    first, second = title
    style = STRONG.but(size=9.6, leading=14.0)
    return P([Run(first), Gap(7.0), Run(second, bold=False, size=8.6, colour=INK_2)], style)


def given_signature(signature: Signature, language: Language, width: float) -> Box:
    """Return the frame that shows a signature already given: name, role, instant with offset, meaning."""
    lines: list[Text] = [
        P([Run(said(signature.meaning, language), bold=True)]),
        P(
            language.text(
                "Signed electronically by {name}, {role}, {at}",
                name=signature.name,
                role=said(signature.role, language),
                at=instant(signature.at),
            )
        ),
    ]
    if signature.transcribed_from is not None:
        source = said(signature.transcribed_from, language)
        lines.append(P(language.text("Transcribed from {source}", source=source)))
    if signature.since is not None:
        lines.append(P(said(signature.since, language)))
    return boxed(lines, width)


class Picture(Flowable):  # type: ignore[misc,unused-ignore]
    """A drawing as part of a page."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.drawing = drawing
        self.width, self.height = drawing.width, drawing.height

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size of the drawing in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        draw_on_pdf(self.canv, self.drawing, 0, 0)


def beside(left: Flowable, right: Flowable | list[Flowable], left_width: float, width: float) -> Table:
    """Return two parts side by side, their tops level."""
    return laid_out([[left, right]], [left_width, width - left_width], [])


def both_names(words: Words, language: Language) -> tuple[str, str]:
    """Return protocol words in the chosen language and in the other."""
    return language.words(words), language.other().words(words)
