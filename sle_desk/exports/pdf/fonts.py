"""The two faces of every paper, embedded and subset, and the marks they lack drawn from what they have."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "sle_desk-regular"
BOLD = "sle_desk-bold"
WEIGHTS = {400: REGULAR, 700: BOLD}

# The face has no superscript nine and no subscript one: each is the plain digit drawn small and
# raised or lowered. All digits are treated alike, so that 10⁹ and 10² look alike.
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+−", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SPACES = "\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"


class PaperFont(TTFont):  # type: ignore[misc,unused-ignore]
    """A TrueType face whose text layer also holds characters beyond U+FFFF."""

    def addObjects(self, doc: Any) -> None:
        """Add the face to the document; the text layer wants such characters as surrogate pairs."""
        # The other face of the paper may have added its own already: a pair made twice is no number.
        before = frozenset(doc.idToObject)
        super().addObjects(doc)
        for name, kept in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:") and name not in before:
                lines = kept.content.split("\n")
                kept.content = "\n".join(map(_as_pair, lines))


def _as_pair(line: str) -> str:
    code, _, target = line.partition(" ")
    if not (line.startswith("<") and target.startswith("<") and target.endswith(">") and len(target) > 6):
        return line
    return f"{code} <{chr(int(target[1:-1], 16)).encode('utf-16-be').hex().upper()}>"


def register_fonts(files: Mapping[int, Path]) -> None:
    """Make the faces of these files (by weight, 400 and 700) the faces of every paper."""
    for weight, name in WEIGHTS.items():
        known = name in pdfmetrics.getRegisteredFontNames()
        if not known or pdfmetrics.getFont(name).face.filename != str(files[weight]):
            _register(name, files[weight])
            _widths.cache_clear()


def _register(name: str, file: Path) -> None:
    font = PaperFont(name, str(file))
    face = font.face
    for mark, base in {**RAISED, **LOWERED, **dict.fromkeys(SPACES, " ")}.items():
        # The mark keeps its own code in the text layer and borrows the glyph: what is copied or
        # searched is the character that was written.
        face.charToGlyph[ord(mark)] = face.charToGlyph[ord(base)]
        face.charWidths[ord(mark)] = face.charWidths[ord(base)]
    pdfmetrics.registerFont(font)


@cache
def _widths(name: str) -> Mapping[int, float]:
    face = pdfmetrics.getFont(name).face
    return {code: face.charWidths.get(code, face.defaultWidth) for code in face.charToGlyph}


def width_of(text: str, name: str, size: float) -> float:
    """Return the width of the text in points."""
    widths = _widths(name)
    return sum(widths[ord(character)] for character in text) * size / 1000


def without_glyph(text: str, name: str) -> str:
    """Return the characters of the text that the face cannot draw, each once, in order."""
    widths = _widths(name)
    return "".join(dict.fromkeys(character for character in text if ord(character) not in widths))


def visible(text: str) -> str:
    """Return the text with control and invisible direction characters shown as their codes, so that
    they neither act nor vanish; line ends are kept and a tab becomes a space."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text.replace("\r\n", "\n").replace("\t", " ")))


def _visible(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character
    return f"[U+{ord(character):04X}]"
