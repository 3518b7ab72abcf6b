"""The history of one value: what it was, since when, by whom, and why it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import NO_LONGER_ASKED
from sle_desk.domain.forms import Choice
from sle_desk.domain.value_words import NOTHING
from sle_desk.domain.values import from_millionths, plain
from sle_desk.services import history
from sle_desk.services.history import Changed, Past
from sle_desk.ui.buttons import Button
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import reason_words, role_words


def shown_value(value: dict[str, Any]) -> str:
    """Return what stood in a field, as it was typed."""
    if value.get("typed"):
        # Beside a reason it is a text that is asked about, and no value.
        return f"? {value['typed']}" if value.get("missing") else str(value["typed"])
    if value.get("missing") == NO_LONGER_ASKED.code:
        # Nothing stands there: what hid it is told beside it as the reason.
        return NOTHING.en
    for name in ("text", "day", "choice", "missing"):
        if value.get(name) is not None:
            return str(value[name])
    for name in ("number", "value"):
        if value.get(name) is not None:
            number: Decimal = from_millionths(int(value[name]))
            return f"{value.get('comparator', '')}{plain(number)}"
    return ""


class HistoryDialog(QDialog):
    """A history as a table: what it was, since when, by whom, and why; oldest first."""

    def __init__(
        self, parent: QWidget, state: State, title: str, rows: Sequence[Any], columns: Sequence[Column]
    ) -> None:
        super().__init__(parent)
        language = state.language
        self.setWindowTitle(language.text("History of {name}", name=title))
        self.table = TableView(RowsModel(columns, rows, key=_place(rows)), "dense")
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
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.resize(px(860), px(380))
        self.table.setFocus()
        self.finished.connect(self.deleteLater)


def _place(rows: Sequence[Any]) -> Callable[[Any], int]:
    places = {id(row): place for place, row in enumerate(rows)}
    return lambda row: places[id(row)]


def _who_and_why(language: Language, past: Callable[[Any], Past]) -> tuple[Column, ...]:
    return (
        Column(
            language.text("Since"), lambda row: past(row).at, lambda row: f"{past(row).at:%Y-%m-%d %H:%M:%S}"
        ),
        Column(
            language.text("By"),
            lambda row: past(row).user,
            lambda row: f"{past(row).user}, {role_words(past(row).role, language)}",
        ),
        Column(
            language.text("Reason"),
            lambda row: past(row).reason,
            lambda row: reason_words(past(row).reason, language),
            stretch=True,
        ),
        Column(
            language.text("Audit no."),
            lambda row: past(row).number,
            lambda row: str(past(row).number),
            align="right",
        ),
    )


def show_history(
    parent: QWidget,
    state: State,
    title: str,
    table: str,
    row_id: int,
    columns: Sequence[str],
    said: Callable[[dict[str, Any]], str] = shown_value,
) -> None:
    """Show the history of a value until Esc; `said` puts what its columns held into words."""
    past = history.value_history(state.desk, table, row_id, columns)
    value = Column(
        state.language.text("Value"),
        lambda row: row.number,
        lambda row: said(row.value),
        look="strong",
    )
    HistoryDialog(parent, state, title, past, (value, *_who_and_why(state.language, lambda row: row))).open()


def show_record_history(
    parent: QWidget,
    state: State,
    title: str,
    record: tuple[str, int],
    choices: Mapping[str, Sequence[Choice]],
) -> None:
    """Show every value of a record with its changes until Esc; `choices` gives the words of coded columns."""
    language, protocol = state.language, state.desk.protocol

    def name(row: Changed) -> str:
        form, _, field = row.field.partition(".")
        return language.words(protocol.form(form).field(field).label)

    def words(value: object, row: Changed) -> str:
        known = {choice.code: choice.label for choice in choices.get(row.column, ())}
        return language.words(known[value]) if isinstance(value, str) and value in known else plainly(value)

    columns = (
        Column(language.text("Field"), name, name, look="strong"),
        Column(language.text("Before"), name, lambda row: words(row.before, row)),
        Column(language.text("Value"), name, lambda row: words(row.past.value, row), look="strong"),
        *_who_and_why(language, lambda row: row.past),
    )
    rows = history.record_history(state.desk, *record)
    HistoryDialog(parent, state, title, rows, columns).open()


def plainly(value: object) -> str:
    """Return a kept value as a person reads it; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, Decimal):
        return plain(value)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
