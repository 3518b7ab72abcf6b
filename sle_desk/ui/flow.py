"""A layout that sets its parts in rows like words, with parts that take a whole row below their owner."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Parts side by side as far as they fit; what belongs below a part follows its row in full width."""

    def __init__(self, parent: QWidget | None = None, gap: int = 12, row_gap: int | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._below: dict[QWidget, QWidget] = {}
        self._whole: set[QWidget] = set()
        self._gap, self._row_gap = gap, gap if row_gap is None else row_gap
        self.setContentsMargins(QMargins())

    def add_below(self, owner: QWidget, part: QWidget) -> None:
        """Add a part that takes the full width under the row of its owner."""
        self._below[part] = owner
        self.addWidget(part)

    def add_whole(self, part: QWidget) -> None:
        """Add a part that takes a row of its own."""
        self._whole.add(part)
        self.addWidget(part)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in, as QLayout asks."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item by its index."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out by its index."""
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        widget = item.widget()
        if widget is not None:
            self._below.pop(widget, None)
            self._whole.discard(widget)
        return item

    def expandingDirections(self) -> Qt.Orientation:
        """Ask for no more room than given."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Tell that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the rows need in a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, box: QRect) -> None:
        """Place the parts in a box."""
        super().setGeometry(box)
        self._arrange(box, place=True)

    def sizeHint(self) -> QSize:
        """Return the size of one row of everything, as wide as it gets."""
        shown = [item for item in self._items if not item.isEmpty()]
        row = [item for item in shown if not self._takes_row(item.widget())]
        width = sum(item.sizeHint().width() for item in row) + self._gap * max(0, len(row) - 1)
        widths = [item.sizeHint().width() for item in shown if self._takes_row(item.widget())]
        margins = self.contentsMargins()
        width = max([width, *widths]) + margins.left() + margins.right()
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        """Return the size of the widest part."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _takes_row(self, widget: QWidget | None) -> bool:
        return widget in self._below or widget in self._whole

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        row: list[QLayoutItem] = []
        used = 0
        for item in self._items:
            widget = item.widget()
            if item.isEmpty() or widget in self._below:
                continue
            need = item.sizeHint().width()
            if row and (widget in self._whole or used + self._gap + need > width):
                rows.append(row)
                row, used = [], 0
            used += need + (self._gap if row else 0)
            row.append(item)
            if widget in self._whole:
                rows.append(row)
                row, used = [], 0
        return [*rows, row] if row else rows

    def _strips(self, row: list[QLayoutItem]) -> list[QLayoutItem]:
        owners = {item.widget() for item in row}
        strips = {part for part, owner in self._below.items() if owner in owners}
        return [item for item in self._items if not item.isEmpty() and item.widget() in strips]

    def _arrange(self, box: QRect, *, place: bool) -> int:
        margins = self.contentsMargins()
        room = box.marginsRemoved(margins)
        top = room.top()
        for row in self._rows(room.width()):
            top = self._place_row(row, room, top, place) + self._row_gap
            for strip in self._strips(row):
                high = _height(strip, room.width())
                if place:
                    strip.setGeometry(QRect(room.left(), top, room.width(), high))
                top += high + self._row_gap
        used = top - room.top() - self._row_gap if top > room.top() else 0
        return used + margins.top() + margins.bottom()

    def _place_row(self, row: list[QLayoutItem], room: QRect, top: int, place: bool) -> int:
        whole = len(row) == 1 and row[0].widget() in self._whole
        widths = [room.width() if whole else min(item.sizeHint().width(), room.width()) for item in row]
        high = max(_height(item, width) for item, width in zip(row, widths, strict=True))
        left = room.left()
        for item, width in zip(row, widths, strict=True):
            if place:
                item.setGeometry(QRect(left, top, width, high))
            left += width + self._gap
        return top + high


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
