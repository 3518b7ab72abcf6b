"""A list to look into: its title, what is said above it, and its rows, until Esc."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.table import TableView
from sle_desk.ui.theme import current

WIDE = 860


class TableDialog(QDialog):
    """A table with its title and what is said above it; Esc closes it and nothing is changed."""

    def __init__(
        self,
        parent: QWidget,
        language: Language,
        title: str,
        table: TableView,
        high: int,
        above: Sequence[QWidget] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.table = table
        close = Button(language.text("Close"), keys="Esc")
        close.clicked.connect(self.accept)
        px = current().px
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(12))
        for widget in (label(title, "section"), *above):
            column.addWidget(widget)
        column.addWidget(table, 1)
        column.addLayout(foot)
        self.resize(px(WIDE), px(high))
        table.setFocus()
        self.finished.connect(self.deleteLater)
