"""One row of the audit, whole: who did what and why, and each value that it changed."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from sle_desk.exports.wording import offset
from sle_desk.services.history import AuditRow
from sle_desk.ui.audit_facts import fact_lines
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import done_words, record_words, who_words, why_words
from sle_desk.ui.dialogs.table_dialog import TableDialog
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView

HIGH = 460


class AuditRowDialog(TableDialog):
    """What a row of the audit changed, a line for each value, until Esc."""

    def __init__(self, parent: QWidget, state: State, row: AuditRow) -> None:
        language = state.language
        values = AuditValues(language, state.desk.protocol)
        lines = fact_lines(row, language) if row.facts else values.lines(row)
        changed = any(line.before is not None for line in lines)
        table = TableView(RowsModel(_columns(state, changed), lines))
        done = " · ".join(part for part in (done_words(row, language), record_words(row, language)) if part)
        title = language.text("No. {number}: {done}", number=row.number, done=done)
        super().__init__(parent, language, title, table, HIGH, tuple(_above(row, values)))

    def showEvent(self, event: QShowEvent) -> None:
        """Give each line the height that its text needs, once the columns have their width."""
        super().showEvent(event)
        QTimer.singleShot(0, self.table.resizeRowsToContents)


def _above(row: AuditRow, values: AuditValues) -> Iterator[QWidget]:
    when = f"{row.at:%Y-%m-%d %H:%M:%S} {offset(row.at)} · {who_words(row, values.language)}"
    yield label(when, ink="text_2", wrap=True)
    why = why_words(row, values)
    if why:
        yield label(why, wrap=True)


def _columns(state: State, changed: bool) -> tuple[Column, ...]:
    text = state.language.text
    name = Column(
        text("Field"), lambda line: line.name, lambda line: line.name, look="strong", width=220, wrap=True
    )
    before = Column(
        text("Before"),
        lambda line: line.before,
        lambda line: line.before or "",
        width=260,
        wrap=True,
        identity=True,
    )
    after = Column(
        text("Value"),
        lambda line: line.after,
        lambda line: line.after,
        stretch=True,
        wrap=True,
        identity=True,
    )
    return (name, before, after) if changed else (name, after)


def show_audit_row(parent: QWidget, state: State, row: AuditRow) -> None:
    """Show one row of the audit until Esc."""
    AuditRowDialog(parent, state, row).open()
