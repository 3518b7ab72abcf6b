"""The history of one value: what it was, since when, by whom, and why it changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.domain.values import from_millionths, plain
from sle_desk.services import history
from sle_desk.services.history import Past
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import role_words

MEASURES = frozenset({"number", "value", "standard_value", "low", "high"})


def shown_value(value: dict[str, Any]) -> str:
    """Return what stood in a field, as it was typed."""
    if value.get("typed"):
        return str(value["typed"])
    for name in ("text", "day", "choice", "missing"):
        if value.get(name) is not None:
            return str(value[name])
    for name in ("number", "value"):
        if value.get(name) is not None:
            number: Decimal = from_millionths(int(value[name]))
            return f"{value.get('comparator', '')}{plain(number)}"
    return ""


class HistoryDialog(QDialog):
    """Every value that a field had, oldest first."""

    def __init__(self, parent: QWidget, state: State, title: str, past: Sequence[Past]) -> None:
        super().__init__(parent)
        language = state.language
        self.setWindowTitle(language.text("History of {name}", name=title))
        columns = (
            Column(
                language.text("Value"),
                lambda row: row.number,
                lambda row: shown_value(row.value),
                look="strong",
            ),
            Column(language.text("Since"), lambda row: row.at, lambda row: f"{row.at:%Y-%m-%d %H:%M:%S}"),
            Column(
                language.text("By"),
                lambda row: row.user,
                lambda row: f"{row.user}, {role_words(row.role, language)}",
            ),
            Column(language.text("Reason"), lambda row: row.reason, lambda row: row.reason, stretch=True),
            Column(
                language.text("Audit no."), lambda row: row.number, lambda row: str(row.number), align="right"
            ),
        )
        table = TableView(RowsModel(columns, past, key=lambda row: row.number), "dense")
        close = Button(language.text("Close"), keys="Esc")
        close.clicked.connect(self.accept)
        px = current().px
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(20))
        column.setSpacing(px(12))
        column.addWidget(label(self.windowTitle(), "section"))
        column.addWidget(table, 1)
        column.addLayout(foot)
        self.resize(px(820), px(360))
        table.setFocus()


def show_history(
    parent: QWidget, state: State, title: str, table: str, row_id: int, columns: Sequence[str]
) -> None:
    """Show the history of a value until Esc."""
    dialog = HistoryDialog(parent, state, title, history.value_history(state.desk, table, row_id, columns))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
