"""Cards and what stands in them: titles, facts in a strip, figures, banners, dividers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.ui import icons
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import Chip, rounded_box
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import ElidedLabel, label, name_for_readers
from sle_desk.ui.theme import current

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def divider(*, upright: bool = False) -> QFrame:
    """Return a hairline."""
    line = QFrame()
    line.setProperty("part", "line")
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


class Card(QFrame):
    """A white box with a hairline around it; `body` takes what stands in it."""

    def __init__(self, title: str = "", beside: str = "", part: str = "card") -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", part)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(px(20), px(16), px(20), px(16))
        self.body.setSpacing(px(12))
        self.head = QHBoxLayout()
        self.head.setSpacing(px(10))
        self.title = label(role="section")
        self.beside = ElidedLabel(role="table", ink="text_2")
        self.head.addWidget(self.title)
        self.head.addWidget(self.beside, 1)
        self.head.addStretch()
        self.body.addLayout(self.head)
        self.set_title(title, beside)

    def set_title(self, title: str, beside: str = "") -> None:
        """Show a title and quieter words beside it; neither takes no room."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.beside.setText(beside)
        self.beside.setVisible(bool(beside))
        name_for_readers(self, title)


class IconTile(QWidget):
    """An icon in a soft square, in the colours of a status or of the accent."""

    def __init__(self, icon: str, status: str = "", size: int = 40) -> None:
        super().__init__()
        self._icon, self._status, self._size = icon, status, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the square at the text scale."""
        return QSize(current().px(self._size), current().px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint square and icon."""
        theme = current()
        look = theme.tokens.statuses.get(self._status)
        ground = QColor(look.ground) if look else theme.colour("accent_soft")
        ink = QColor(look.ink) if look else theme.colour("accent")
        size = theme.px(self._size * 0.5)
        with QPainter(self) as painter:
            rounded_box(painter, self.rect(), theme.px(6), ground, None)
            edge = (self.width() - size) // 2
            icons.paint(painter, self._icon, QRect(edge, edge, size, size), ink, ground)


class FigureCard(Card):
    """A number that counts something, with its words and a second line; a bar where it is a share."""

    def __init__(self, icon: str = "", status: str = "") -> None:
        super().__init__()
        px = current().px
        row = QHBoxLayout()
        row.setSpacing(px(16))
        if icon:
            row.addWidget(IconTile(icon, status))
        column = QVBoxLayout()
        column.setSpacing(px(2))
        line = QHBoxLayout()
        line.setSpacing(px(8))
        self.figure = label(role="display")
        self.words = ElidedLabel(role="table-strong")
        # Whole, on a second line where it must: a sum of which the end is missing tells nobody anything.
        self.second = label(role="caption", ink="text_2", wrap=True)
        line.addWidget(self.figure)
        line.addWidget(self.words, 1)
        column.addLayout(line)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        column.addWidget(self.bar)
        column.addWidget(self.second)
        # Beside a card with one line more the bars stay level.
        column.addStretch(1)
        row.addLayout(column, 1)
        self.body.addLayout(row)

    def show_figure(self, figure: str, words: str, second: str, percent: int | None = None) -> None:
        """Show the number with its words; `percent` draws the bar."""
        self.figure.setText(figure)
        self.words.setText(words)
        self.second.setText(second)
        self.bar.setVisible(percent is not None)
        self.bar.setValue(percent or 0)
        name_for_readers(self, f"{figure} {words}", second)


@dataclass(frozen=True)
class Fact:
    """One fact in a strip: what it is, its value with an icon, chips, and words below, as a weight's age."""

    name: str
    value: str
    after: str = ""
    icon: str = ""
    ink: str = "text"
    large: bool = False
    chips: tuple[tuple[str, str], ...] = ()


class FactStrip(QFrame):
    """Facts side by side, parted by lines, that stay in sight; at the right perhaps a button."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "card")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(px(16), px(10), px(16), px(10))
        self._row.setSpacing(px(14))
        self.buttons = QHBoxLayout()
        self._facts: list[QWidget] = []
        self._row.addStretch(1)
        self._row.addLayout(self.buttons)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts instead of those before."""
        for widget in self._facts:
            self._row.removeWidget(widget)
            # It goes later, and would be painted under the new ones until then.
            widget.hide()
            widget.deleteLater()
        self._facts = []
        for fact in facts:
            if self._facts:
                self._facts.append(divider(upright=True))
            self._facts.append(_fact(fact))
        for index, widget in enumerate(self._facts):
            self._row.insertWidget(index, widget)


def _fact(fact: Fact) -> QWidget:
    px = current().px
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(1))
    if fact.name:
        column.addWidget(label(fact.name, "caption", "text_2"))
    if fact.value:
        line = QHBoxLayout()
        line.setSpacing(px(6))
        if fact.icon:
            line.addWidget(Icon(fact.icon, fact.ink, 14), alignment=_MIDDLE)
        line.addWidget(label(fact.value, "page" if fact.large else "strong", fact.ink), alignment=_MIDDLE)
        line.addStretch(1)
        column.addLayout(line)
    if fact.chips:
        holder = QWidget()
        # In two rows where there is little room: none is ever cut.
        flow = FlowLayout(holder, px(6), px(3))
        for word, status in fact.chips:
            flow.addWidget(Chip(word, status))
        column.addWidget(holder)
    if fact.after:
        column.addWidget(label(fact.after, "caption", "text_2"))
    column.addStretch(1)
    column.insertStretch(0, 1)
    return box


class Banner(QFrame):
    """A sentence across the page in the colours of a status, with perhaps a button."""

    def __init__(self, status: str, title: str, second: str = "", *, icon: str = "") -> None:
        super().__init__()
        px = current().px
        self.setProperty("part", "banner")
        self.setProperty("status", status)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(px(16), px(10), px(16), px(10))
        self._row.setSpacing(px(14))
        icon = icon or current().status(status).icon
        self._row.addWidget(Icon(icon, status, 24, status), alignment=_MIDDLE)
        column = QVBoxLayout()
        column.setSpacing(px(2))
        self.title = label(title, "strong", status, wrap=True)
        self.second = label(second, "table", wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.second)
        self._row.addLayout(column, 1)
        self.say(title, second)

    def say(self, title: str, second: str = "") -> None:
        """Show a title and a second line."""
        self.title.setText(title)
        self.second.setText(second)
        self.second.setVisible(bool(second))
        name_for_readers(self, title, second)

    def add_button(self, text: str, kind: str, act: Callable[[], object], keys: str = "") -> Button:
        """Add a button at the right and return it."""
        button = Button(text, kind, keys=keys)
        button.clicked.connect(act)
        self._row.addWidget(button, alignment=_MIDDLE)
        return button
