"""The steps of a first run in the dark panel: a tick or a number, the name, and one line about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.ui import icons
from sle_desk.ui.chips import rounded_box
from sle_desk.ui.labels import ElidedLabel, label, name_for_readers
from sle_desk.ui.theme import current

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True)
class StepLine:
    """One step as the list shows it."""

    name: str
    about: str
    state: str


class _Mark(QWidget):
    """The circle before a step: its number, or a tick once it is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number, self.state = number, LATER
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the circle's box."""
        return QSize(current().px(32), current().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the circle."""
        theme, box = current(), self.rect()
        grounds = {DONE: "sidebar_mark", NOW: "sidebar_title", LATER: "sidebar_active"}
        ground = theme.colour(grounds[self.state])
        ink = theme.colour("sidebar_text" if self.state == LATER else "sidebar")
        with QPainter(self) as painter:
            rounded_box(painter, box, box.height() / 2, ground, None)
            if self.state == DONE:
                size = theme.px(18)
                edge = (box.width() - size) // 2
                icons.paint(painter, "check", QRect(edge, edge, size, size), ink, ground)
            else:
                painter.setPen(ink)
                painter.setFont(theme.font("section"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._number))


class _Step(QWidget):
    """One step: mark, name, line; the present one stands on a lighter ground."""

    def __init__(self, number: int) -> None:
        super().__init__()
        px = current().px
        self._mark = _Mark(number)
        self._name = label(role="strong", ink="sidebar_title")
        self._about = ElidedLabel(role="caption", ink="sidebar_text")
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self._name)
        words.addWidget(self._about)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(10), px(12), px(10))
        row.setSpacing(px(14))
        row.addWidget(self._mark)
        row.addLayout(words, 1)

    def show_line(self, line: StepLine) -> None:
        """Show name, line and state."""
        self._mark.state = line.state
        self._name.setText(line.name)
        self._about.setText(line.about)
        name_for_readers(self, line.name, line.about)
        self._mark.update()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lighter ground of the present step."""
        if self._mark.state == NOW:
            theme = current()
            with QPainter(self) as painter:
                rounded_box(painter, self.rect(), theme.px(6), theme.colour("sidebar_active"), None)


class StepList(QWidget):
    """All steps, one below the other."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._steps = [_Step(number) for number in range(1, count + 1)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(6))
        for step in self._steps:
            column.addWidget(step)

    def show_lines(self, lines: Sequence[StepLine]) -> None:
        """Show each step."""
        for step, line in zip(self._steps, lines, strict=True):
            step.show_line(line)
