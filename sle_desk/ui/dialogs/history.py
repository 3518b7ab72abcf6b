"""The history of one value: what it was, since when, by whom, and why it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from sle_desk.exports.wording import COMMA
from sle_desk.services import history
from sle_desk.services.history import Changed, Past
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.dialogs.table_dialog import TableDialog
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.wording import role_words

HIGH = 380


class HistoryDialog(TableDialog):
    """A history as a table: what it was, since when, by whom, and why; oldest first."""

    def __init__(
        self, parent: QWidget, state: State, title: str, rows: Sequence[Any], columns: Sequence[Column]
    ) -> None:
        words = state.language.text("History of {name}", name=title)
        table = TableView(RowsModel(columns, rows, key=_place(rows)), "dense")
        super().__init__(parent, state.language, words, table, HIGH)


def _place(rows: Sequence[Any]) -> Callable[[Any], int]:
    places = {id(row): place for place, row in enumerate(rows)}
    return lambda row: places[id(row)]


def _who_and_why(state: State, past: Callable[[Any], Past]) -> tuple[Column, ...]:
    language = state.language
    values = AuditValues(language, state.desk.protocol)
    return (
        Column(
            language.text("Since"), lambda row: past(row).at, lambda row: f"{past(row).at:%Y-%m-%d %H:%M:%S}"
        ),
        Column(
            language.text("By"),
            lambda row: past(row).user,
            lambda row: language.words(COMMA).join((past(row).user, role_words(past(row).role, language))),
        ),
        Column(
            language.text("Reason"),
            lambda row: past(row).reason,
            lambda row: values.why(past(row).action, past(row).reason),
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
    said: Callable[[dict[str, Any]], str] | None = None,
    beside: Sequence[str] = (),
) -> None:
    """Show the history of an answer or a result until Esc, or of what `said` makes of other columns.

    What is told of the value, in the columns `beside`, is named where it changed.
    """
    values = AuditValues(state.language, state.desk.protocol)
    past = history.value_history(state.desk, table, row_id, columns)
    value = Column(
        state.language.text("Value"),
        lambda row: row.number,
        lambda row: values.whole(row.row, row.value) if said is None else said(row.value),
        look="strong",
    )
    judged = Column(
        state.language.text("Changed with it"),
        lambda row: row.number,
        lambda row: state.language.text("; ").join(_named(values, row, beside)),
    )
    shown = (value, judged) if beside else (value,)
    HistoryDialog(parent, state, title, past, (*shown, *_who_and_why(state, lambda row: row))).open()


def _named(values: AuditValues, past: Past, beside: Sequence[str]) -> list[str]:
    """Return each of these columns that has another value now, with it; of a first value what it has."""
    row = past.row
    changed = [name for name in beside if name in row.new and (row.old or row.new[name] not in (None, ""))]
    return [
        f"{values.name(row, name)}: {values.value(row, name, row.new[name], row.new)}" for name in changed
    ]


def show_record_history(parent: QWidget, state: State, title: str, table: str, row_id: int) -> None:
    """Show every value of a record with its changes until Esc."""
    language = state.language
    values = AuditValues(language, state.desk.protocol)

    def name(row: Changed) -> str:
        return values.name(row.past.row, row.column)

    def words(kept: object, row: Changed) -> str:
        return values.value(row.past.row, row.column, kept, row.past.row.new)

    columns = (
        Column(language.text("Field"), name, name, look="strong"),
        Column(language.text("Before"), name, lambda row: words(row.before, row)),
        Column(language.text("Value"), name, lambda row: words(row.past.value, row), look="strong"),
        *_who_and_why(state, lambda row: row.past),
    )
    rows = history.record_history(state.desk, table, row_id)
    HistoryDialog(parent, state, title, rows, columns).open()
