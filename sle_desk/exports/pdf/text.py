"""The one way a text gets onto paper: `P(text, style)`. It reads no mark-up, so no text can be a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable

from sle_desk.exports.pdf.atoms import Atom, Ink, Piece, Run, atoms_of
from sle_desk.exports.pdf.lines import Line, broken, narrowest_width, natural_width
from sle_desk.exports.pdf.look import (
    BODY,
    INK,
    Style,
    tint,
)

# Where the baseline stands in a line, as part of the line distance.
BASELINE = 0.74
NEARLY = 0.01


class Text(Flowable):  # type: ignore[misc,unused-ignore]
    """A paragraph of guarded atoms, broken to the width it is given."""

    def __init__(self, atoms: Sequence[Atom], style: Style, lines: list[Line] | None = None) -> None:
        super().__init__()
        self.width: float = 0.0
        self.atoms = tuple(atoms)
        self.style = style
        self._lines = lines
        self._fixed = lines is not None

    def natural_width(self) -> float:
        """Return the width at which nothing is broken."""
        return natural_width(self.atoms)

    def narrowest_width(self) -> float:
        """Return the least width at which no word is broken."""
        return narrowest_width(self.atoms)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Break the text and return its width and height in points."""
        # A table asks several times for one width.
        if self._lines is None or (not self._fixed and self.width != available_width):
            self._lines = broken(self.atoms, available_width + NEARLY)
        self.width = available_width
        self.height = sum(map(self._leading, self._lines))
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Text]:
        """Return the part that fits the height and the rest, or nothing when no line fits."""
        self.wrap(available_width, available_height)
        lines = self._lines or []
        count, used = 0, 0.0
        # Asked to split, a text gives two parts or none: its last line never stays by a rounding.
        while count < len(lines) - 1 and used + self._leading(lines[count]) <= available_height + NEARLY:
            used += self._leading(lines[count])
            count += 1
        if not count:
            return []
        return [Text(self.atoms, self.style, lines[:count]), Text(self.atoms, self.style, lines[count:])]

    def draw(self) -> None:
        """Draw the lines from the top."""
        top = self.height
        for line in self._lines or ():
            leading = self._leading(line)
            draw_line(self.canv, line, self._start(line), top - BASELINE * leading)
            top -= leading

    def _leading(self, line: Line) -> float:
        largest = max((atom.ink.size for atom in line), default=0.0)
        return max(self.style.leading, largest * self.style.leading / self.style.size)

    def _start(self, line: Line) -> float:
        left_over = self.width - sum(atom.width for atom in line)
        shares = {"left": 0.0, "centre": 0.5, "right": 1.0}
        return left_over * shares[self.style.align]


def P(content: str | Sequence[str | Piece], style: Style = BODY) -> Text:
    """Return the content as a paragraph; refuse characters that no face can draw."""
    pieces = (content,) if isinstance(content, str) else content
    return Text(atoms_of((Run(piece) if isinstance(piece, str) else piece for piece in pieces), style), style)


def draw_line(canvas: Any, line: Line, x: float, baseline: float) -> None:
    """Draw one line of atoms from x on the baseline; neighbours in one ink become one string."""
    held: list[Atom] = []
    start = x
    for atom in line:
        if held and (atom.shape or atom.ink != held[-1].ink):
            _draw_words(canvas, held, start, baseline)
            held = []
        if atom.shape:
            _draw_shape(canvas, atom, x, baseline)
        else:
            start = start if held else x
            held.append(atom)
        x += atom.width
    if held:
        _draw_words(canvas, held, start, baseline)


def draw_text(canvas: Any, text: Text, x: float, baseline: float) -> float:
    """Draw a text on one line from x, and return the x where it ends."""
    (line,) = broken(text.atoms, float("inf"))
    draw_line(canvas, line, x, baseline)
    return x + sum(atom.width for atom in line)


def _draw_words(canvas: Any, atoms: Sequence[Atom], x: float, baseline: float) -> None:
    ink: Ink = atoms[0].ink
    canvas.setFont(ink.font, ink.size)
    canvas.setFillColor(tint(ink.colour))
    canvas.drawString(x, baseline + ink.rise, "".join(atom.text for atom in atoms))
    if ink.struck:
        middle, end = baseline + ink.rise + 0.3 * ink.size, x + sum(atom.width for atom in atoms)
        canvas.setStrokeColor(tint(ink.colour))
        canvas.setLineWidth(0.6)
        canvas.line(x, middle, end, middle)


def _draw_shape(canvas: Any, atom: Atom, x: float, baseline: float) -> None:
    size = atom.ink.size
    canvas.setStrokeColor(tint(INK))
    canvas.setLineWidth(0.8)
    if atom.shape == "rule":
        canvas.line(x + 1, baseline - 0.22 * size, x + atom.width - 1, baseline - 0.22 * size)
    elif atom.shape in ("tick", "marked"):
        side, foot = 0.92 * size, baseline - 0.12 * size
        canvas.rect(x, foot, side, side, stroke=1, fill=0)
        if atom.shape == "marked":
            canvas.line(x, foot, x + side, foot + side)
            canvas.line(x, foot + side, x + side, foot)
