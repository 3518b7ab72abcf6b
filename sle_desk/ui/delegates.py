"""How the cells of a table are painted: text of one or two lines, chips, trends, a button; group rows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sle_desk.ui import icons
from sle_desk.ui.buttons import paint_button_ground
from sle_desk.ui.charts import paint_drawing
from sle_desk.ui.chips import chip_size, paint_chip, text_width
from sle_desk.ui.rows import Column, Group, RowsModel
from sle_desk.ui.theme import Theme, current

_ROOM_LEFT, _ROOM_RIGHT = 16, 12
_TREND = QSize(128, 24)
_V = Qt.AlignmentFlag.AlignVCenter
_SIDES = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignRight,
    "centre": Qt.AlignmentFlag.AlignHCenter,
}


def _fonts(theme: Theme, column: Column) -> tuple[QFont, QFont]:
    if column.second and column.look == "strong":
        return theme.font("strong"), theme.font("caption")
    return theme.font("table-strong" if column.look == "strong" else "table"), theme.font("caption")


class RowDelegate(QStyledItemDelegate):
    """Paints every cell; the selected row is soft with a bar at its left."""

    pressed = Signal(object)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        theme, model = current(), index.model()
        assert isinstance(model, RowsModel)
        box: QRect = option.rect  # type: ignore[attr-defined]
        group = model.group(index.row())
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setClipRect(box)
        if chosen:
            painter.fillRect(box, theme.colour("accent_soft"))
            if index.column() == 0:
                painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), theme.colour("line"))
        inner = box.adjusted(theme.px(_ROOM_LEFT), 0, -theme.px(_ROOM_RIGHT), -1)
        if group is not None:
            _paint_group(painter, inner, theme, group)
        else:
            column = model.columns[index.column()]
            _paint_cell(painter, inner, theme, column, model.row(index.row()), chosen)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the size that the content of a cell needs."""
        model = index.model()
        assert isinstance(model, RowsModel)
        row = model.row(index.row())
        if row is None:
            return QSize(0, 0)
        width: int = option.rect.width()  # type: ignore[attr-defined]
        return cell_size(current(), model.columns[index.column()], row, width)

    def editorEvent(self, event: QEvent, model: Any, option: Any, index: Any) -> bool:
        """Tell a click on the button of a row."""
        column = model.columns[index.column()]
        row = model.row(index.row())
        released = event.type() == QEvent.Type.MouseButtonRelease
        button = column.look == "button" and row is not None and column.text(row)
        if released and button and isinstance(event, QMouseEvent):
            inner = option.rect.adjusted(current().px(_ROOM_LEFT), 0, -current().px(_ROOM_RIGHT), -1)
            if button_box(inner, current(), column.text(row)).contains(event.position().toPoint()):
                self.pressed.emit(row)
                return True
        return super().editorEvent(event, model, option, index)


def cell_width(theme: Theme, column: Column, row: Any) -> int:
    """Return the width that a cell's content takes in one line."""
    margin = theme.px(_ROOM_LEFT + _ROOM_RIGHT)
    text = column.text(row)
    if column.look == "chip":
        return chip_size(theme, text).width() + margin
    if column.look == "button":
        return text_width(theme.font("strong"), text) + theme.px(28) + margin
    if column.look == "trend":
        return theme.px(_TREND.width()) + margin
    first, second = _fonts(theme, column)
    wide = text_width(first, text)
    wide = max(wide, text_width(second, column.second(row))) if column.second else wide
    wide += text_width(first, column.after(row)) + theme.px(8) if column.after else 0
    # Two pixels more than measured: an exact fit is elided where widths are rounded.
    return wide + margin + 2


def cell_size(theme: Theme, column: Column, row: Any, width: int = 0) -> QSize:
    """Return the size of a cell's content; in a wrapping column its height follows from the width."""
    wide = cell_width(theme, column, row)
    heights = {"chip": 28, "button": 40, "trend": _TREND.height() + 8}
    if column.look in heights:
        return QSize(wide, theme.px(heights[column.look]))
    first, second = _fonts(theme, column)
    lines = [(column.text(row), first)] + ([(column.second(row), second)] if column.second else [])
    room = max(width - theme.px(_ROOM_LEFT + _ROOM_RIGHT), theme.px(80))
    high = sum(_text_height(font, line, room if column.wrap else 0) for line, font in lines)
    return QSize(wide, high + theme.px(12))


def _text_height(font: QFont, text: str, room: int) -> int:
    metrics = QFontMetrics(font)
    if not room:
        return metrics.height()
    flags = Qt.TextFlag.TextWordWrap
    return metrics.boundingRect(QRect(0, 0, room, 10_000), int(flags), text).height()


def _paint_group(painter: QPainter, box: QRect, theme: Theme, group: Group) -> None:
    look = theme.status(group.status)
    size = theme.px(16)
    spot = QRect(box.left(), box.top() + (box.height() - size) // 2, size, size)
    ink = theme.colour(group.status)
    icons.paint(painter, group.icon or look.icon, spot, ink, theme.colour("surface"))
    font = theme.font("table-strong")
    painter.setFont(font)
    painter.setPen(ink)
    left = box.left() + size + theme.px(8)
    painter.drawText(QRect(left, box.top(), box.width(), box.height()), _V, group.text)
    painter.setFont(theme.font("table"))
    painter.setPen(theme.colour("text_2"))
    left += text_width(font, group.text) + theme.px(10)
    painter.drawText(QRect(left, box.top(), box.width(), box.height()), _V, group.count)


def _paint_cell(painter: QPainter, box: QRect, theme: Theme, column: Column, row: Any, chosen: bool) -> None:
    text = column.text(row)
    if column.look == "chip":
        if text:
            _paint_chip(painter, box, theme, column, row)
    elif column.look == "button":
        if text:
            _paint_button(painter, box, theme, text, chosen)
    elif column.look == "trend":
        if column.drawing is not None:
            high = theme.px(_TREND.height())
            top = box.top() + (box.height() - high) // 2
            paint_drawing(painter, column.drawing(row), QRect(box.left(), top, box.width(), high), theme)
    else:
        _paint_text(painter, box, theme, column, row)


def _paint_chip(painter: QPainter, box: QRect, theme: Theme, column: Column, row: Any) -> None:
    size = chip_size(theme, column.text(row))
    spot = QRect(box.left(), box.top() + (box.height() - size.height()) // 2, size.width(), size.height())
    status = column.status(row) if column.status else "neutral"
    paint_chip(painter, spot, theme, status, column.text(row), column.icon(row) if column.icon else "")


def button_box(box: QRect, theme: Theme, text: str) -> QRect:
    """Return where the button of a cell stands: at the right, in the middle."""
    size = QSize(text_width(theme.font("strong"), text) + theme.px(28), min(theme.px(32), box.height() - 6))
    return QRect(
        box.right() - size.width(),
        box.top() + (box.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )


def _paint_button(painter: QPainter, box: QRect, theme: Theme, text: str, chosen: bool) -> None:
    spot = button_box(box, theme, text)
    kind = "primary" if chosen else "secondary"
    ink = paint_button_ground(painter, spot, theme, kind, hover=False, held=False, focus=False)
    painter.setFont(theme.font("strong"))
    painter.setPen(ink)
    painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)


def _paint_text(painter: QPainter, box: QRect, theme: Theme, column: Column, row: Any) -> None:
    first, second = _fonts(theme, column)
    room = box.width() if column.wrap else 0
    below = column.second(row) if column.second else ""
    heights = [_text_height(first, column.text(row), room), _text_height(second, below, room) if below else 0]
    top = box.top() + max(0, (box.height() - sum(heights)) // 2)
    line = QRect(box.left(), top, box.width(), heights[0])
    painter.setFont(first)
    painter.setPen(theme.colour(column.ink(row) if column.ink else "text"))
    _draw(painter, line, column, column.text(row))
    if column.after:
        used = text_width(first, column.text(row)) + theme.px(8)
        painter.setFont(theme.font("table"))
        painter.setPen(theme.colour("text"))
        _draw(painter, line.adjusted(used, 0, 0, 0), column, column.after(row))
    if below:
        line = QRect(box.left(), top + heights[0], box.width(), heights[1])
        icon = column.second_icon(row) if column.second_icon else ""
        if icon:
            size = theme.px(12)
            spot = QRect(line.left(), line.top() + (line.height() - size) // 2, size, size)
            icons.paint(painter, icon, spot, theme.colour("text_2"))
            line.setLeft(line.left() + size + theme.px(6))
        painter.setFont(second)
        painter.setPen(theme.colour("text_2"))
        _draw(painter, line, column, below)


def _draw(painter: QPainter, box: QRect, column: Column, text: str) -> None:
    flags = int(_SIDES[column.align] | _V)
    if column.wrap:
        painter.drawText(box, flags | int(Qt.TextFlag.TextWordWrap), text)
        return
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, flags | int(Qt.TextFlag.TextSingleLine), shown)
