"""A frame around parts of a page: whole on one page where it can be, torn only when no page could hold it."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable

from sle_desk.exports.pdf.look import (
    INK,
    PAGE_HEIGHT,
    tint,
)

SIDE, TOP, BOTTOM = 10.0, 6.0, 7.0
# More than any page has for its body: a box below this height waits for the next page.
WHOLE = PAGE_HEIGHT * 0.72


class Box(Flowable):  # type: ignore[misc,unused-ignore]
    """Parts below one another in one frame; line and radius in points."""

    def __init__(self, content: Sequence[Flowable], width: float, line: float, radius: float) -> None:
        super().__init__()
        self.content = list(content)
        self.width, self.line, self.radius = width, line, radius
        self.height = 0.0

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size of frame and content in points."""
        self.height = TOP + BOTTOM + sum(self._height(part) for part in self.content)
        return self.width, self.height

    def _height(self, part: Flowable) -> float:
        return float(part.wrap(self.width - 2 * SIDE, 1e6)[1])

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Return nothing while one page could hold the box; else the part that fits and the rest."""
        if self.height <= WHOLE:
            return []
        room = available_height - TOP - BOTTOM
        for place, part in enumerate(self.content):
            needed = self._height(part)
            if needed > room:
                halves = part.split(self.width - 2 * SIDE, room)
                first = [*self.content[:place], *halves[:1]]
                rest = [*halves[1:], *self.content[place + (1 if halves else 0) :]]
                return [self._like(first), self._like(rest)] if first else []
            room -= needed
        return []

    def _like(self, content: Sequence[Flowable]) -> Box:
        return Box(content, self.width, self.line, self.radius)

    def draw(self) -> None:
        """Draw frame and content."""
        self.canv.setStrokeColor(tint(INK))
        self.canv.setLineWidth(self.line)
        self.canv.roundRect(0, 0, self.width, self.height, self.radius)
        top = self.height - TOP
        for part in self.content:
            top -= self._height(part)
            part.drawOn(self.canv, SIDE, top)
