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


@dataclass(frozen=True)
class Step:
    """An amount that holds from one time to another (any unit); None where it is not known."""

    start: int
    end: int
    y: Decimal | None


# Read on the screen as it is, not drawn larger.
_STEP_TEXT = 9.5
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


def step_curve(
    steps: Sequence[Step],
    limit: Decimal | None = None,
    names: tuple[str, str] = ("", ""),
    *,
    width: float = 236.0,
    height: float = 72.0,
) -> Drawing:
    """Return amounts over time as a stair from zero up, its ends named below, a limit as a broken line.

    Where an amount is not known there is no line: a grey field with a question mark stands there.
    """
    known = [step.y for step in steps if step.y is not None]
    if not steps:
        return Drawing(width, height, ())
    left = 6.0 + 1.3 * _room("0" if limit is None else _short(limit))
    top, bottom = 13.0, height - 14.0
    up = _Scale([Decimal(0), max([Decimal(1), *known, *([] if limit is None else [limit])])], bottom, top)
    across = _Scale([Decimal(steps[0].start), Decimal(steps[-1].end)], left, width)
    items: list[Line | Band | Mark | Label] = [Line(((left, bottom), (width, bottom)), 0.6, FAINT)]
    items.append(Label(left - 3.0, bottom + 3.2, "0", _STEP_TEXT, "right", colour=QUIET))
    for step in steps:
        if step.y is None:
            one, two = across.at(step.start), across.at(step.end)
            items.append(Band(one, top, two, bottom, BAND))
            items.append(Label((one + two) / 2, (top + bottom) / 2 + 3.0, "?", 10.0, "centre", bold=True))
    if limit is not None:
        items += _broken(left, width, up.at(limit))
        items.append(Label(left - 3.0, up.at(limit) + 3.2, _short(limit), _STEP_TEXT, "right", colour=QUIET))
    items += [Line(stair, 1.6, INK) for stair in _stairs(steps, across, up)]
    items += _amounts(steps, across, up)
    items.append(Label(left, height - 2.0, names[0], _STEP_TEXT, "left", colour=QUIET))
    items.append(Label(width, height - 2.0, names[1], _STEP_TEXT, "right", colour=QUIET))
    return Drawing(width, height, tuple(items))


def _broken(start: float, end: float, y: float) -> list[Line]:
    """A line in dashes: told from the stair by its shape, not by its colour."""
    dash, gap = 3.0, 2.4
    count = int((end - start) // (dash + gap)) + 1
    begins = (start + number * (dash + gap) for number in range(count))
    return [Line(((x, y), (min(x + dash, end), y)), 0.8, QUIET) for x in begins]


def _stairs(steps: Sequence[Step], across: _Scale, up: _Scale) -> list[tuple[tuple[float, float], ...]]:
    """The line of each run of known amounts; it breaks off where one is not known."""
    runs: list[list[tuple[float, float]]] = [[]]
    for step in steps:
        if step.y is None:
            runs.append([])
        else:
            runs[-1] += [(across.at(step.start), up.at(step.y)), (across.at(step.end), up.at(step.y))]
    return [tuple(run) for run in runs if run]


def _amounts(steps: Sequence[Step], across: _Scale, up: _Scale) -> list[Label]:
    """The last amount is always written above its step; an earlier one where there is room before it."""
    labels: list[Label] = []
    for step in reversed(steps):
        if step.y is None:
            continue
        text, end = _short(step.y), across.at(step.end)
        if not labels or labels[-1].x - 1.4 * _room(labels[-1].text) - 2.0 >= end:
            labels.append(Label(end - 2.0, up.at(step.y) - 3.0, text, _STEP_TEXT, "right", bold=True))
    return labels[::-1]


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
