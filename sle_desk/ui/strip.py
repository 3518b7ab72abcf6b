"""The strip under a field: what is wrong and the ways out, or the reasons to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QWidget

from sle_desk.ui.buttons import Button
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import dress, label, name_for_readers
from sle_desk.ui.segments import SegmentButton
from sle_desk.ui.theme import current

_SENTENCE, _FREE = 400, 16_777_215


@dataclass(frozen=True)
class WayOut:
    """One thing that can be done about what the strip says."""

    words: str
    keys: str
    act: Callable[[], object]
    kind: str = "secondary"


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and away from the screen."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        below = item.layout()
        if below is not None:
            # What stands in a row of its own goes too: another patient's values must not stay painted.
            empty(below)
            below.deleteLater()


class Strip(QFrame):
    """One sentence in the colours of a status, with its icon and the ways out on the right."""

    def __init__(self, sentence: str = "", status: str = "neutral", icon: str = "") -> None:
        super().__init__()
        px = current().px
        self._icon = Icon("info", size=18)
        self._sentence = label(wrap=True, role="table-strong")
        self._ways = QWidget()
        self._flow = FlowLayout(self._ways, 8)
        line = QHBoxLayout(self)
        line.setContentsMargins(px(12), px(7), px(12), px(7))
        line.setSpacing(px(10))
        line.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignVCenter)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._parts.setSpacing(px(6))
        self._parts.addWidget(self._sentence, 1)
        self._parts.addWidget(self._ways)
        line.addLayout(self._parts, 1)
        self.setProperty("part", "strip")
        if sentence:
            self.say(sentence, status, icon=icon)
        else:
            self.hide()

    def sentence(self) -> str:
        """Return what the strip says; nothing while it is hidden."""
        return "" if self.isHidden() else self._sentence.text()

    def say(self, sentence: str, status: str, ways: Sequence[WayOut] = (), icon: str = "") -> None:
        """Show a sentence in the colours of a status, and what can be done."""
        empty(self._flow)
        self._ways.setVisible(bool(ways))
        for way in ways:
            button = Button(way.words, way.kind, keys=way.keys, high=32)
            # The keys do the same from within the field: Tab leads to the next field, not through here.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(way.act)
            self._flow.addWidget(button)
            # Qt shows it later of itself, but a layout counts only what is shown.
            button.show()
        self._turn()
        self._show(sentence, status, icon or current().status(status).icon)

    def offer(self, sentence: str, answers: Sequence[tuple[str, str, Callable[[], object]]], on: int) -> None:
        """Show answers of which one is to be picked: words, key and act of each; `on` is the picked one."""
        empty(self._flow)
        self._ways.setVisible(True)
        for index, (words, keys, act) in enumerate(answers):
            button = SegmentButton(words, keys)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setChecked(index == on)
            button.clicked.connect(act)
            self._flow.addWidget(button)
            # Qt shows it later of itself, but a layout counts only what is shown.
            button.show()
        self._turn()
        self._show(sentence, "neutral", "info")

    def _turn(self) -> None:
        """Set the ways out beside the sentence where there is room, else below it."""
        beside = self.width() >= self._flow.sizeHint().width() + current().px(_SENTENCE)
        side, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._parts.setDirection(side if beside else below)
        self._ways.setMinimumWidth(self._flow.sizeHint().width() if beside else 0)
        self._ways.setMaximumWidth(self._flow.sizeHint().width() if beside else _FREE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look again whether the ways out fit beside the sentence."""
        super().resizeEvent(event)
        self._turn()

    def _show(self, sentence: str, status: str, icon: str) -> None:
        self._sentence.setText(sentence)
        dress(self._sentence, ink=status)
        self._icon.draw(icon, status, status)
        dress(self, status=status)
        name_for_readers(self, sentence)
        # Without a parent it would open as a window of its own.
        if self.parentWidget() is not None:
            self.show()
        self.updateGeometry()

    def clear(self) -> None:
        """Say nothing and take no room."""
        empty(self._flow)
        self._sentence.setText("")
        self.hide()
