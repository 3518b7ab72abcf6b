"""One page with an annex: long lists are shortened on the first page and stand whole behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.platypus import Flowable, PageBreak

from sle_desk.base.language import Language, message
from sle_desk.exports.pdf.document import Room
from sle_desk.exports.pdf.look import QUIET
from sle_desk.exports.pdf.parts import blank, heading, pair
from sle_desk.exports.pdf.text import P

GAP = 6.5


@dataclass
class Block:
    """One numbered section whose rows may be shortened; `draw` makes it from its first rows."""

    number: int
    words: tuple[str, str]
    rows: int
    draw: Callable[[int], Sequence[Flowable]]
    shown: int = -1
    shrinks: bool = True
    _heights: dict[int, float] = field(default_factory=dict)
    _made: dict[int, list[Flowable]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shown = self.rows

    def height(self, language: Language, width: float) -> float:
        """Return the height of the section as shown, in points."""
        if self.shown not in self._heights:
            # What was made to be measured is what is printed.
            made = self._made[self.shown] = self._make(language)
            self._heights[self.shown] = measured(made, width)
        return self._heights[self.shown]

    def forget(self) -> None:
        """Make the section anew when it is next asked for."""
        self._made.clear()
        self._heights.clear()

    def flowables(self, language: Language) -> list[Flowable]:
        """Return heading, rows shown, and how many more stand in the annex."""
        return self._made.pop(self.shown, None) or self._make(language)

    def _make(self, language: Language) -> list[Flowable]:
        parts: list[Flowable] = [heading(self.number, self.words), blank(1.5), *self.draw(self.shown)]
        if self.shown < self.rows:
            told = language.text(
                "{shown} of {rows} shown; all of them stand in the annex.", shown=self.shown, rows=self.rows
            )
            parts += [blank(1.5), P(told, QUIET)]
        return [*parts, blank(GAP)]


def measured(flowables: Sequence[Flowable], width: float) -> float:
    """Return the height of the flowables below one another, in points."""
    heights = (
        flowable.wrap(width, 1e6)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter()
        for flowable in flowables
    )
    return float(sum(heights))


def one_page(
    head: Sequence[Flowable],
    blocks: Sequence[Block],
    tail: Sequence[Flowable],
    language: Language,
    room: Room,
) -> list[Flowable]:
    """Return head, sections and tail on one page, and an annex with every list that was shortened."""
    free = room.first_height - measured(head, room.width) - measured(tail, room.width) - 1.0
    if not _shorten(blocks, language, room.width, free):
        for block in blocks:
            block.shown = block.rows
    story = [*head, *(part for block in blocks for part in block.flowables(language)), *tail]
    shortened = [block for block in blocks if block.shown < block.rows]
    if shortened:
        story.append(PageBreak())
        for block in shortened:
            block.shown = block.rows
            block.forget()
            words = pair(language, message("Annex: {section}"))
            block.words = (
                words[0].replace("{section}", block.words[0]),
                words[1].replace("{section}", block.words[1]),
            )
            story += block.flowables(language)
    return story


def _shorten(blocks: Sequence[Block], language: Language, width: float, free: float) -> bool:
    """Halve the tallest list until all fits, then give back rows while they fit; false when nothing helps."""

    def fits() -> bool:
        return sum(block.height(language, width) for block in blocks) <= free

    while not fits():
        longest = max(
            (block for block in blocks if block.shrinks and block.shown),
            key=lambda block: block.height(language, width),
            default=None,
        )
        if longest is None:
            return False
        longest.shown //= 2
    for block in blocks:
        while block.shown < block.rows:
            block.shown += 1
            if not fits():
                block.shown -= 1
                break
    return True
