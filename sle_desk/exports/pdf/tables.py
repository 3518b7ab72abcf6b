"""Tables on paper: columns as wide as their words need, heads repeated, rows that may run over a page."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, Table, TableStyle

from sle_desk.exports.pdf.atoms import Piece
from sle_desk.exports.pdf.fonts import REGULAR
from sle_desk.exports.pdf.look import (
    BODY,
    CELL_PADDING,
    HAIRLINE,
    HEAD,
    SHADE,
    STRONG,
    Style,
    tint,
)
from sle_desk.exports.pdf.text import P, Text

# No page has room for more than this under its head (pt); a row that is taller is torn.
TALLEST_ROW = 560.0
NARROWEST = 8.0  # what stays of a column whose words are cut: a character and no less
TALLEST_HEAD = 240.0  # a head that would take half of each page stands on the first alone
AIR = 14.0  # what each column may take before the wide ones share the rest

Mark = tuple[object, ...]
Cell = str | Sequence[str | Piece] | Text


class WholeRows(Table):
    """A table that goes on to the next page between two rows; only a row too tall for any page is torn."""

    repeatRows: int

    def split(self, width: float, height: float) -> list[Flowable]:
        """Return the part for this page and the rest, or nothing where no row fits here."""
        self.splitInRow = 0
        if sum(self._rowHeights[: self.repeatRows]) > TALLEST_HEAD:
            self.repeatRows = 0
        parts: list[Flowable] = super().split(width, height)
        if parts:
            return parts
        least = sum(self._rowHeights[: self.repeatRows + 1])
        # A page of its own was no room either: its head and foot take some, too.
        alone = hasattr(self, "_postponed")
        self.splitInRow = int(alone or least > TALLEST_ROW)
        return super().split(width, height) if self.splitInRow else []


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    width: float,
    *,
    strong: Sequence[int] = (0,),
    wide: Sequence[int] = (),
    style: Style = BODY,
    widths: Sequence[float] | None = None,
) -> Table:
    """Return a table as wide as given; `strong` columns are bold, `wide` ones take the room left over.

    `widths` are given where several tables stand below one another with the same columns.
    """
    bold = style.but(bold=True)
    cells = [
        [_text(cell, bold if place in strong else style) for place, cell in enumerate(row)] for row in rows
    ]
    head = [[P(text, HEAD) for text in heads]] if heads else []
    own = fitted(head + cells, width, wide) if widths is None else list(widths)
    return laid_out(head + cells, own, _marks(bool(head)), heads=len(head))


def laid_out(
    cells: Sequence[Sequence[object]], widths: Sequence[float], marks: Sequence[Mark], heads: int = 0
) -> Table:
    """Return the cells as a table without padding but what the marks give; tall rows run over pages."""
    table = WholeRows(cells, colWidths=widths, repeatRows=heads, hAlign="LEFT")
    sides = ("LEFTPADDING", "RIGHTPADDING", "TOPPADDING", "BOTTOMPADDING")
    bare: list[Mark] = [(side, (0, 0), (-1, -1), 0) for side in sides]
    # The face is named even where no cell is plain text: else a face that is not embedded is listed.
    named: list[Mark] = [("FONTNAME", (0, 0), (-1, -1), REGULAR), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    table.setStyle(TableStyle([*bare, *named, *marks]))
    return table


def _marks(headed: bool) -> list[Mark]:
    first = 1 if headed else 0
    marks: list[Mark] = [
        ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
        ("LINEBELOW", (0, first), (-1, -1), 0.5, tint(HAIRLINE)),
    ]
    if headed:
        marks.append(("BACKGROUND", (0, 0), (-1, 0), tint(SHADE)))
        marks.append(("BOTTOMPADDING", (0, 0), (-1, 0), 2.4))
    return marks


def fitted(rows: Sequence[Sequence[Text]], width: float, wide: Sequence[int] = ()) -> list[float]:
    """Return the column widths: what the words need where that fits, else the widest columns give way."""
    if not rows:
        return []
    columns = list(zip(*rows, strict=True))
    padding = 2 * CELL_PADDING + 0.2
    natural = [max(cell.natural_width() for cell in column) + padding for column in columns]
    spare = width - sum(natural)
    if spare >= 0:
        takers = set(wide) or set(range(len(natural)))
        each = min(spare / len(natural), AIR) if wide else 0.0
        share = (spare - each * len(natural)) / len(takers)
        return [need + each + (share if place in takers else 0) for place, need in enumerate(natural)]
    least = [max(cell.narrowest_width() for cell in column) + padding for column in columns]
    if sum(least) >= width:
        # Runs that no blank breaks are cut, the longest first: never takes one of them the room of a word.
        narrow = min(padding + NARROWEST, width / len(least))
        return _levelled(least, [min(need, narrow) for need in least], width)
    return _levelled(natural, least, width)


def _levelled(natural: Sequence[float], least: Sequence[float], width: float) -> list[float]:
    """Lower one ceiling over all columns until they fit; none goes below its least."""
    low, high = 0.0, max(natural)
    for _ in range(40):
        ceiling = (low + high) / 2
        needed = sum(max(floor, min(need, ceiling)) for need, floor in zip(natural, least, strict=True))
        low, high = (ceiling, high) if needed <= width else (low, ceiling)
    return [max(floor, min(need, low)) for need, floor in zip(natural, least, strict=True)]


def facts(rows: Sequence[tuple[Cell, Cell]], width: float, first: float | None = None) -> Table:
    """Return labels with what stands for them, label bold on the left; `first` is the label's width."""
    cells = [[_text(label, STRONG), _text(value, BODY)] for label, value in rows]
    own = max((row[0].natural_width() for row in cells), default=0.0) + 4 * CELL_PADDING
    left = min(own if first is None else first, width * 0.45)
    return laid_out(cells, [left, width - left], _marks(False)[:-1])


def _text(cell: Cell, style: Style) -> Text:
    """Return the cell as a text; one that is made already keeps its own style."""
    return cell if isinstance(cell, Text) else P(cell, style)
