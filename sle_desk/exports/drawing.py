"""A chart as lines, bands, marks and labels, the same on screen and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

INK = "#15232B"
QUIET = "#465660"
FAINT = "#C3CCD2"
BAND = "#E7ECEF"
PAPER = "#FFFFFF"

MARKS = ("circle", "dot", "above", "below")


@dataclass(frozen=True)
class Line:
    """A line through the points; width in points."""

    points: tuple[tuple[float, float], ...]
    width: float
    colour: str


@dataclass(frozen=True)
class Band:
    """A filled area from one corner to the other."""

    x0: float
    y0: float
    x1: float
    y1: float
    colour: str


@dataclass(frozen=True)
class Mark:
    """A point: an open circle, a dot, or a triangle that points above or below the range."""

    x: float
    y: float
    shape: str
    colour: str


@dataclass(frozen=True)
class Label:
    """A text whose baseline stands at y and which is aligned left, centre or right on x."""

    x: float
    y: float
    text: str
    size: float
    align: str
    bold: bool = False
    colour: str = INK


@dataclass(frozen=True)
class Drawing:
    """A drawing in points; the origin is the upper left corner and y grows downwards, as on screen."""

    width: float
    height: float
    items: tuple[Line | Band | Mark | Label, ...]


@dataclass(frozen=True)
class Point:
    """One value of a chart: where it stands in time (any unit), its exact value, the name of its time."""

    x: Decimal | int
    y: Decimal
    label: str = ""


MARK_RADIUS = 2.6
GRID_STEPS = tuple(Decimal(step) for step in ("1", "2", "2.5", "4", "5", "10"))


class _Scale:
    """Where values stand between two edges; equal values stand in the middle."""

    def __init__(self, values: Iterable[Decimal], start: float, end: float) -> None:
        kept = tuple(values)
        self.low, self.high = min(kept), max(kept)
        self.start, self.end = start, end

    def at(self, value: Decimal | int) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = float((Decimal(value) - self.low) / (self.high - self.low))
        return self.start + share * (self.end - self.start)


def trend(
    points: Sequence[Point],
    range_low: Decimal | None = None,
    range_high: Decimal | None = None,
    *,
    width: float = 96.0,
    height: float = 24.0,
) -> Drawing:
    """Return a small trend line over its reference range; values outside are triangles, not only colours."""
    if not points:
        return Drawing(width, height, ())
    edges = [edge for edge in (range_low, range_high) if edge is not None]
    across = _Scale([Decimal(point.x) for point in points], 4.0, width - 4.0)
    up = _Scale([point.y for point in points] + edges, height - 4.0, 4.0)
    items: list[Line | Band | Mark | Label] = []
    if edges:
        top = 0.0 if range_high is None else up.at(range_high)
        bottom = height if range_low is None else up.at(range_low)
        items.append(Band(0.0, top, width, bottom, BAND))
    spots = tuple((across.at(point.x), up.at(point.y)) for point in points)
    if len(spots) > 1:
        items.append(Line(spots, 1.2, INK))
    for place, (point, (x, y)) in enumerate(zip(points, spots, strict=True)):
        shape = _shape(point.y, range_low, range_high)
        if shape != "dot" or place == len(spots) - 1:
            items.append(Mark(x, y, shape, INK))
    return Drawing(width, height, tuple(items))


def _shape(value: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    if high is not None and value > high:
        return "above"
    return "below" if low is not None and value < low else "dot"


def score_curve(
    points: Sequence[Point], *, title: str = "", width: float = 176.0, height: float = 92.0
) -> Drawing:
    """Return a score over time from zero up, each point with its value, times named below."""
    left, top, bottom = 20.0, 24.0 if title else 13.0, height - 16.0
    items: list[Line | Band | Mark | Label] = []
    if title:
        items.append(Label(0.0, 8.4, title, 7.6, "left", bold=True))
    if not points:
        return Drawing(width, height, tuple(items))
    ticks = _ticks(max(point.y for point in points))
    up = _Scale(ticks, bottom, top)
    across = _Scale([Decimal(point.x) for point in points], left + 10.0, width - 8.0)
    for tick in ticks:
        y = up.at(tick)
        items.append(Line(((left, y), (width, y)), 0.6, FAINT))
        items.append(Label(left - 6.0, y + 2.6, _short(tick), 7.2, "right", colour=QUIET))
    spots = tuple((across.at(point.x), up.at(point.y)) for point in points)
    if len(spots) > 1:
        items.append(Line(spots, 1.4, INK))
    items += [Mark(x, y, "circle", INK) for x, y in spots]
    items += _values(points, spots)
    items += _names(points, spots, height - 4.0)
    return Drawing(width, height, tuple(items))


def _ticks(highest: Decimal) -> list[Decimal]:
    """Zero and up to four even steps that reach the highest value."""
    if highest <= 0:
        return [Decimal(0), Decimal(1)]
    step = Decimal(1)
    scale = Decimal(1)
    while scale * 10 <= highest:
        scale *= 10
    for candidate in (scale / 10 * factor for factor in (*GRID_STEPS, *(10 * step for step in GRID_STEPS))):
        step = candidate
        if step * 4 >= highest:
            break
    ticks = [Decimal(0)]
    while ticks[-1] < highest:
        ticks.append(ticks[-1] + step)
    return ticks


def _short(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _values(points: Sequence[Point], spots: Sequence[tuple[float, float]]) -> list[Label]:
    """Every value is written; one that would run into its neighbour is lifted."""
    labels: list[Label] = []
    for point, (x, y) in zip(points, spots, strict=True):
        text = format(point.y, "f")
        lifted = y - 6.0
        if labels and x - labels[-1].x < _room(text) and abs(labels[-1].y - lifted) < 7.0:
            lifted = labels[-1].y - 7.2
        labels.append(Label(x, lifted, text, 7.2, "centre", bold=True))
    return labels


def _names(points: Sequence[Point], spots: Sequence[tuple[float, float]], y: float) -> list[Label]:
    """The last time is always named; an earlier one only where there is room before the next name."""
    labels: list[Label] = []
    for point, (x, _) in reversed(list(zip(points, spots, strict=True))):
        if point.label and (not labels or labels[-1].x - x >= _room(point.label + labels[-1].text) / 2 + 2.0):
            labels.append(Label(x, y, point.label, 7.2, "centre", colour=QUIET))
    return labels[::-1]


def _room(text: str) -> float:
    """About how wide a label is; Chinese characters take twice a letter."""
    return sum(7.2 if character >= "\u2e80" else 4.2 for character in text)


def draw_on_pdf(canvas: Any, drawing: Drawing, x: float, y: float) -> None:
    """Draw it on a reportlab canvas with its lower left corner at x, y."""
    # Imported here: the screen paints the same list and needs nothing of the paper's fonts.
    from sle_desk.exports.pdf.painting import paint

    paint(canvas, drawing, x, y)
