"""How papers look: colours, measures and text styles, from the design tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from reportlab.lib.colors import Color, HexColor

MILLIMETRE = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MILLIMETRE, 297 * MILLIMETRE
MARGIN = 18 * MILLIMETRE
BODY_WIDTH = PAGE_WIDTH - 2 * MARGIN
CELL_PADDING = 3.0

INK = "#15232B"
INK_2 = "#465660"
ACCENT = "#0B6670"
HAIRLINE = "#C3CCD2"
SHADE = "#EDF1F3"
WHITE = "#FFFFFF"
PALE = "#EFE9DC"


@cache
def tint(colour: str) -> Color:
    """Return the colour as paper wants it; each is read from its text once."""
    return HexColor(colour)


@dataclass(frozen=True)
class Style:
    """A text style: size and line distance in points, weight, colour and side."""

    size: float = 8.6
    leading: float = 11.2
    bold: bool = False
    colour: str = INK
    align: str = "left"

    def but(self, **changes: object) -> Style:
        """Return this style with some marks changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


BODY = Style()
STRONG = BODY.but(bold=True)
QUIET = Style(7.6, 10.2, colour=INK_2)
HEAD = Style(7.6, 10.2, bold=True, colour=INK_2)
SECTION = Style(10.4, 13.4, bold=True, colour=ACCENT)
TITLE = Style(18, 23, bold=True)
