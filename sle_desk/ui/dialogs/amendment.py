"""An amendment to look into: what it changes by key, each place in full; and the dates it would move."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.amendments import Difference
from sle_desk.exports import amendment_words as words
from sle_desk.exports.amendment_words import EffectRow
from sle_desk.ui.dialogs.sure import Sure
from sle_desk.ui.dialogs.table_dialog import TableDialog
from sle_desk.ui.labels import dress, label, name_for_readers
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current

HIGH, WHOLE_HIGH, LIST_HIGH = 620, 190, 320


class DifferenceDialog(TableDialog):
    """The differences, the chosen one in full below them; nothing is changed here."""

    def __init__(
        self, parent: QWidget, language: Language, title: str, told: str, found: Sequence[Difference]
    ) -> None:
        columns = (
            Column(
                language.text("Part"),
                lambda row: row.part,
                lambda row: words.part_words(row, language),
                look="strong",
                second=lambda row: words.place_words(row, language),
                stretch=True,
            ),
            Column(
                language.text("What"),
                lambda row: row.kind,
                lambda row: words.kind_words(row, language),
                look="chip",
                status=lambda row: words.STATUS[row.kind],
            ),
            Column(
                language.text("Before"),
                lambda row: row.name,
                lambda row: _short(words.side_words(row, language, after=False)),
            ),
            Column(
                language.text("After"),
                lambda row: row.name,
                lambda row: _short(words.side_words(row, language, after=True)),
            ),
        )
        table = TableView(RowsModel(columns, found, key=lambda row: row.path), "worklist")
        super().__init__(
            parent, language, title, table, HIGH, above=(label(told, "table", "text_2", wrap=True),)
        )
        # Plain text: words of a package are nobody's markup.
        self.whole = QPlainTextEdit()
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setFixedHeight(current().px(WHOLE_HIGH))
        dress(self.whole, part="input")
        name_for_readers(self.whole, language.text("The chosen difference in full"))
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, self.whole)
        self._language = language
        table.row_changed.connect(self._show)
        if found:
            table.pick(0)
            self._show(found[0])

    def _show(self, row: Difference | None) -> None:
        self.whole.setPlainText("" if row is None else words.whole_words(row, self._language))


def _short(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


class DatesFirst(Sure):
    """The dates that would move, before anybody signs; Ctrl+Enter goes on, Esc goes back."""

    def __init__(
        self,
        parent: QWidget,
        language: Language,
        title: str,
        rows: Sequence[EffectRow],
        go_on: Callable[[], object],
    ) -> None:
        moving = sum(not row.stays for row in rows)
        told = language.text(
            "{moving} entries move or change; {staying} lie behind and stay as they are.",
            moving=moving,
            staying=len(rows) - moving,
        )
        if not rows:
            told = language.text("No date of any subject moves.")
        super().__init__(parent, (title, told), language.text("Seen, go on"), language, go_on, wide=860)
        numbered = list(enumerate(rows))
        self.table = TableView(RowsModel(_columns(language), numbered, key=lambda row: row[0]), "dense")
        self.table.setFixedHeight(current().px(LIST_HIGH))
        if rows:
            self.body.addWidget(self.table)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _columns(language: Language) -> tuple[Column, ...]:
    return (
        Column(
            language.text("Subject"), lambda row: row[1].subject, lambda row: row[1].subject, look="strong"
        ),
        Column(language.text("What"), lambda row: row[1].what, lambda row: row[1].what, stretch=True),
        Column(language.text("Before"), lambda row: row[1].was, lambda row: row[1].was),
        Column(language.text("After"), lambda row: row[1].becomes, lambda row: row[1].becomes),
        Column(
            language.text("State"),
            lambda row: row[1].stays,
            lambda row: language.text("behind, stays") if row[1].stays else language.text("moves"),
            look="chip",
            status=lambda row: "neutral" if row[1].stays else "warn",
        ),
    )
