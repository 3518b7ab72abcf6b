"""The dark panel at the left of sign-in and first run: name, trial, and three facts at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import dress, label
from sle_desk.ui.theme import current

APPLICATION_NAME = "sle_desk"


class SidePanel(QFrame):
    """The panel: a title block that pages fill, and lines of fact at its foot."""

    def __init__(self) -> None:
        super().__init__()
        dress(self, part="sidebar")
        px = current().px
        self.setMinimumWidth(px(300))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(56), px(56), px(40), px(56))
        column.setSpacing(px(16))
        name = QHBoxLayout()
        name.setSpacing(px(12))
        name.addWidget(Icon("brand", "sidebar_mark", 30))
        name.addWidget(label(APPLICATION_NAME, "brand", "sidebar_title"))
        name.addStretch(1)
        column.addLayout(name)
        column.addSpacing(px(24))
        self.body = QVBoxLayout()
        self.body.setSpacing(px(10))
        column.addLayout(self.body)
        column.addStretch(1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(px(10))
        column.addLayout(self._facts)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show lines of an icon and a text at the foot."""
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for icon, text in facts:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(current().px(10))
            row.addWidget(Icon(icon, "sidebar_text", 18))
            row.addWidget(label(text, "table", "sidebar_text", wrap=True), 1)
            self._facts.addWidget(line)
