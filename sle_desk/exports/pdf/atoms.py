"""Text as atoms: the smallest pieces that a line is made of, each guarded, measured and inked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sle_desk.exports.pdf.fonts import BOLD, LOWERED, RAISED, REGULAR, visible, width_of, without_glyph
from sle_desk.exports.pdf.look import Style

TICK_WIDTH = 1.25  # of the text size, with the blank after the box
SMALL = 0.64
# No line begins with these, and none ends with those.
CLOSING = frozenset("，。、；：？！）》」』】〕”’％%·…,.;:?!)]}°")
OPENING = frozenset("（《「『【〔“‘([{")
TICKS = {"☐": False, "☑": True, "☒": True}


@dataclass(frozen=True)
class Run:
    """Words in the style of their text or with another weight, size or colour; `whole` stays on one line.

    `struck` words have a line through them and stay readable.
    """

    text: str
    bold: bool | None = None
    size: float | None = None
    colour: str | None = None
    whole: bool = False
    struck: bool = False


@dataclass(frozen=True)
class Tick:
    """A tick box, drawn as a shape because no face can be trusted to have it."""

    marked: bool = False


@dataclass(frozen=True)
class Rule:
    """A line to write on, in points; without a width it takes what is left of its line."""

    width: float | None = None


@dataclass(frozen=True)
class Gap:
    """A blank in points; without a width it takes what is left of its line."""

    width: float | None = None


@dataclass(frozen=True)
class Together:
    """Pieces that stay on one line: a question, its line to write on and its unit."""

    pieces: tuple[Piece, ...]


Piece = Run | Tick | Rule | Gap | Together


@dataclass(frozen=True, slots=True)
class Ink:
    """Face, size in points, colour, how far the baseline is raised, and whether a line goes through."""

    font: str
    size: float
    colour: str
    rise: float = 0.0
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of a line: its text or shape, its width, and whether the next may not leave it."""

    width: float
    ink: Ink
    text: str = ""
    shape: str = ""
    glued: bool = False
    elastic: bool = False

    @property
    def blank(self) -> bool:
        """Tell whether this is a space at which a line may end."""
        return self.text == " " and not self.glued


LINE_END = "line end"


def guarded(text: str, font: str) -> str:
    """Return the text as it will be drawn; a character that the face cannot draw stands as its number.

    Left out, it would change what was written; refused, one character in a note would keep a paper from
    ever being printed.
    """
    shown = visible(text)
    for character in without_glyph(shown.replace("\n", ""), font):
        shown = shown.replace(character, f"[U+{ord(character):04X}]")
    return shown


def atoms_of(pieces: Iterable[Piece], style: Style) -> tuple[Atom, ...]:
    """Return the atoms of the pieces, in order."""
    return tuple(atom for piece in pieces for atom in _atoms(piece, style))


def _atoms(piece: Piece, style: Style) -> Iterator[Atom]:
    ink = Ink(BOLD if style.bold else REGULAR, style.size, style.colour)
    if isinstance(piece, Together):
        yield from held([atom for inner in piece.pieces for atom in _atoms(inner, style)])
    elif isinstance(piece, Tick):
        yield _tick(piece.marked, ink)
    elif isinstance(piece, Run):
        yield from _run(piece, style)
    else:
        shape, least = ("rule", 24.0) if isinstance(piece, Rule) else ("gap", 6.0)
        width = least if piece.width is None else piece.width
        yield Atom(width, ink, shape=shape, elastic=piece.width is None)


def _tick(marked: bool, ink: Ink) -> Atom:
    return Atom(TICK_WIDTH * ink.size, ink, shape="marked" if marked else "tick", glued=True)


def held(atoms: Sequence[Atom]) -> list[Atom]:
    """Return the atoms glued to one another, the last free."""
    return [replace(atom, glued=True) for atom in atoms[:-1]] + list(atoms[-1:])


def _run(run: Run, style: Style) -> Iterator[Atom]:
    bold = style.bold if run.bold is None else run.bold
    face = BOLD if bold else REGULAR
    ink = Ink(face, run.size or style.size, run.colour or style.colour, struck=run.struck)
    for line in _with_ticks(run.text):
        if isinstance(line, bool):
            yield _tick(line, ink)
            continue
        text = guarded(line, ink.font)
        for number, part in enumerate(text.split("\n")):
            if number:
                yield Atom(0.0, ink, shape=LINE_END)
            atoms = list(_words(part, ink))
            yield from held(atoms) if run.whole else atoms


def _with_ticks(text: str) -> Iterator[str | bool]:
    start = 0
    for place, character in enumerate(text):
        if character in TICKS:
            yield text[start:place]
            yield TICKS[character]
            start = place + 1
    yield text[start:]


def _words(text: str, ink: Ink) -> Iterator[Atom]:
    if text.isascii():
        # Only blanks part plain words; all else is for Chinese and for raised characters.
        for place, word in enumerate(text.split(" ")):
            if place:
                yield _atom(" ", ink, glued=False)
            if word:
                yield _atom(word, ink, glued=False)
        return
    yield from _mixed(text, ink)


def _mixed(text: str, ink: Ink) -> Iterator[Atom]:
    word = ""
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        if character in RAISED or character in LOWERED:
            if word:
                yield _atom(word, ink, glued=True)
            yield _small(character, ink, glued=bool(following) and following != " ")
            word = ""
        elif character == " ":
            if word:
                yield _atom(word, ink, glued=False)
            yield _atom(" ", ink, glued=False)
            word = ""
        elif _wide(character) or (following and _wide(following)):
            yield _atom(word + character, ink, glued=character in OPENING or following in CLOSING)
            word = ""
        else:
            word += character
    if word:
        yield _atom(word, ink, glued=False)


def _atom(text: str, ink: Ink, glued: bool) -> Atom:
    return Atom(width_of(text, ink.font, ink.size), ink, text, glued=glued)


def _small(character: str, ink: Ink, glued: bool) -> Atom:
    rise = 0.30 if character in RAISED else -0.12
    return _atom(character, replace(ink, size=ink.size * SMALL, rise=rise * ink.size), glued)


def _wide(character: str) -> bool:
    return character >= "\u2e80" and unicodedata.east_asian_width(character) in "WF"
