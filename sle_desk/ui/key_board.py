"""The recovery key on screen in its groups; hidden while somebody proves that the paper can be read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from sle_desk.ui import icons
from sle_desk.ui.chips import rounded_box
from sle_desk.ui.labels import label
from sle_desk.ui.theme import current

HIDDEN = "•••••-•••••"


class KeyBoard(QFrame):
    """The groups, one a row, each with its number."""

    def __init__(self, groups: Sequence[str]) -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "well")
        self._groups = tuple(groups)
        self._lines = [label(group, "display") for group in groups]
        grid = QGridLayout(self)
        grid.setContentsMargins(px(24), px(14), px(24), px(14))
        grid.setHorizontalSpacing(px(20))
        grid.setVerticalSpacing(px(4))
        grid.setColumnStretch(1, 1)
        for place, line in enumerate(self._lines):
            grid.addWidget(label(str(place + 1), "table", "text_2"), place, 0)
            grid.addWidget(line, place, 1)

    def show_key(self, shown: bool) -> None:
        """Show the groups, or dots in their place."""
        for line, group in zip(self._lines, self._groups, strict=True):
            line.setText(group if shown else HIDDEN)

    def is_shown(self) -> bool:
        """Tell whether the key can be read."""
        return self._lines[0].text() != HIDDEN


class PagePicture(QWidget):
    """A small picture of the printed page, so that people know what to look for in the printer."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of a sheet at this scale."""
        return QSize(current().px(112), current().px(148))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet: a key, four dark lines, three pale ones, two lines to sign."""
        theme = current()
        px = theme.px
        with QPainter(self) as painter:
            rounded_box(painter, self.rect(), px(3), theme.colour("surface"), theme.colour("input_line"))
            spot = self.rect().adjusted(px(12), px(10), 0, 0)
            spot.setSize(QSize(px(16), px(16)))
            icons.paint(painter, "key", spot, theme.colour("accent"), theme.colour("surface"))
            rows = [("text", 84, 4)] * 4 + [("line", 84, 3)] * 2 + [("line", 60, 3)]
            top = px(38)
            for ink, wide, high in rows:
                painter.fillRect(px(12), top, px(wide), px(high), theme.colour(ink))
                top += px(9)
            for left in (12, 60):
                painter.fillRect(px(left), self.height() - px(14), px(40), 1, theme.colour("text_2"))
