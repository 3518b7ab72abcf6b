"""A drawing's list of items painted on a page."""

from __future__ import annotations

from typing import Any

from sle_desk.exports.drawing import MARK_RADIUS, PAPER, Band, Drawing, Label, Line, Mark
from sle_desk.exports.pdf.look import (
    Style,
    tint,
)
from sle_desk.exports.pdf.text import P, draw_text


def paint(canvas: Any, drawing: Drawing, x: float, y: float) -> None:
    """Paint the drawing with its lower left corner at x, y; the page's y grows upwards."""
    canvas.saveState()
    canvas.translate(x, y + drawing.height)
    for item in drawing.items:
        if isinstance(item, Line):
            _line(canvas, item)
        elif isinstance(item, Band):
            canvas.setFillColor(tint(item.colour))
            canvas.rect(item.x0, -item.y1, item.x1 - item.x0, item.y1 - item.y0, stroke=0, fill=1)
        elif isinstance(item, Mark):
            _mark(canvas, item)
        else:
            _label(canvas, item)
    canvas.restoreState()


def _line(canvas: Any, line: Line) -> None:
    canvas.setStrokeColor(tint(line.colour))
    canvas.setLineWidth(line.width)
    path = canvas.beginPath()
    (start_x, start_y), *rest = line.points
    path.moveTo(start_x, -start_y)
    for x, y in rest:
        path.lineTo(x, -y)
    canvas.drawPath(path, stroke=1, fill=0)


def _mark(canvas: Any, mark: Mark) -> None:
    canvas.setStrokeColor(tint(mark.colour))
    canvas.setLineWidth(1.3)
    if mark.shape in ("circle", "dot"):
        canvas.setFillColor(tint(PAPER if mark.shape == "circle" else mark.colour))
        canvas.circle(mark.x, -mark.y, MARK_RADIUS, stroke=1, fill=1)
        return
    tip = MARK_RADIUS if mark.shape == "above" else -MARK_RADIUS
    path = canvas.beginPath()
    path.moveTo(mark.x, -mark.y + tip)
    path.lineTo(mark.x - MARK_RADIUS, -mark.y - tip)
    path.lineTo(mark.x + MARK_RADIUS, -mark.y - tip)
    path.close()
    canvas.setFillColor(tint(mark.colour))
    canvas.drawPath(path, stroke=0, fill=1)


def _label(canvas: Any, label: Label) -> None:
    text = P(label.text, Style(label.size, label.size * 1.3, bold=label.bold, colour=label.colour))
    shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[label.align] * text.natural_width()
    draw_text(canvas, text, label.x - shift, -label.y)
