"""Drawings of the exports room painted on screen: the same lists that are drawn on paper."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sle_desk.exports import drawing as paper
from sle_desk.exports.drawing import Band, Drawing, Label, Line, Mark
from sle_desk.ui.labels import name_for_readers
from sle_desk.ui.theme import Theme, current

# The colours of the paper, in the tokens of the screen: a dark window needs light ink.
_TOKENS = MappingProxyType(
    {
        paper.INK: "text",
        paper.QUIET: "text_2",
        paper.FAINT: "line",
        paper.BAND: "surface_2",
        paper.PAPER: "surface",
    }
)


def _colour(theme: Theme, name: str) -> QColor:
    token = _TOKENS.get(name)
    return theme.colour(token) if token else QColor(name)


def paint_drawing(painter: QPainter, drawing: Drawing, box: QRect, theme: Theme) -> None:
    """Paint a drawing as large as it fits into a box, in the middle of its height, from the left."""
    if not drawing.items or not box.width() or not box.height():
        return
    factor = min(box.width() / drawing.width, box.height() / drawing.height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.left(), box.top() + (box.height() - drawing.height * factor) / 2)
    painter.scale(factor, factor)
    for item in drawing.items:
        _paint_item(painter, item, theme)
    painter.restore()


def _paint_item(painter: QPainter, item: Line | Band | Mark | Label, theme: Theme) -> None:
    colour = _colour(theme, item.colour)
    if isinstance(item, Band):
        corner = QPointF(min(item.x0, item.x1), min(item.y0, item.y1))
        size = QPointF(abs(item.x1 - item.x0), abs(item.y1 - item.y0))
        painter.fillRect(QRectF(corner.x(), corner.y(), size.x(), size.y()), colour)
    elif isinstance(item, Line):
        pen = QPen(colour, item.width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in item.points]))
    elif isinstance(item, Mark):
        _paint_mark(painter, item, colour, theme)
    else:
        _paint_label(painter, item, colour, theme)


def _paint_mark(painter: QPainter, mark: Mark, colour: QColor, theme: Theme) -> None:
    radius = paper.MARK_RADIUS
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(theme.colour("surface") if mark.shape == "circle" else colour)
    if mark.shape in ("circle", "dot"):
        painter.drawEllipse(QPointF(mark.x, mark.y), radius, radius)
        return
    tip = -radius * 1.4 if mark.shape == "above" else radius * 1.4
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(mark.x, mark.y + tip),
                QPointF(mark.x - radius * 1.2, mark.y - tip * 0.6),
                QPointF(mark.x + radius * 1.2, mark.y - tip * 0.6),
            ]
        )
    )


def _paint_label(painter: QPainter, label: Label, colour: QColor, theme: Theme) -> None:
    font = theme.font("table-strong" if label.bold else "table")
    font.setPixelSize(max(1, round(label.size)))
    painter.setFont(font)
    painter.setPen(colour)
    width = QFontMetricsF(font).horizontalAdvance(label.text)
    left = {"left": 0.0, "centre": width / 2, "right": width}[label.align]
    painter.drawText(QPointF(label.x - left, label.y), label.text)


class DrawingView(QWidget):
    """A drawing on a card; its words for a screen reader come with it."""

    def __init__(self, drawing: Drawing | None = None, words: str = "", zoom: float = 1.5) -> None:
        super().__init__()
        self._zoom = zoom
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_drawing(drawing or Drawing(1.0, 1.0, ()), words)

    def show_drawing(self, drawing: Drawing, words: str) -> None:
        """Show a drawing; `words` say what it shows to who cannot see it."""
        self.drawing = drawing
        name_for_readers(self, words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the drawing at its zoom."""
        px = current().px
        return QSize(px(self.drawing.width * self._zoom), px(self.drawing.height * self._zoom))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing."""
        with QPainter(self) as painter:
            paint_drawing(painter, self.drawing, self.rect(), current())
