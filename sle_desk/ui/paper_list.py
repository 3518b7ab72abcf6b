"""The list of papers: number, what it is, when it was printed, and whether it still stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.language import message
from sle_desk.services.papers import PaperRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.dialogs.new_print import KINDS
from sle_desk.ui.labels import label
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import paper_part_words

STATES = {
    "for_signature": (message("For signature"), "due", "pen"),
    "on_ward": (message("On the ward"), "due", "clock"),
    "signed": (message("Signed {day}"), "ok", "check-circle"),
    "superseded": (message("Superseded"), "warn", "alert"),
}
FILTERS = ("all", "sign", "superseded", "week")
WEEK = timedelta(days=7)


class PaperList(Card):
    """The papers behind a filter; `chosen` tells the one in sight, None where there is none."""

    chosen = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__()
        px = current().px
        self._state = state
        self._rows: Sequence[PaperRow] = ()
        self._count = label(role="section")
        self.new = Button("", "primary", keys="Ctrl+P", icon="plus")
        self.filters = SegmentedButtons([(code, "") for code in FILTERS], ticked=True)
        self.filters.picked.connect(self._show)
        self.model = RowsModel((), key=lambda row: row.id)
        self.table = TableView(self.model, "worklist")
        self.table.row_changed.connect(self.chosen)
        self.table.opened.connect(self.chosen)
        self._hint = label(role="table", ink="text_2", wrap=True)
        self.check = Button("", "quiet", keys="Ctrl+J", icon="qr")
        self.body.setContentsMargins(0, px(12), 0, px(10))
        for parts in ((self._count, self.new), (self.filters,), (self.table,), (self._hint, self.check)):
            row = QHBoxLayout()
            edge = 0 if self.table in parts else px(16)
            row.setContentsMargins(edge, 0, edge, 0)
            for place, part in enumerate(parts):
                row.addWidget(part, 0 if place else 1)
            self.body.addLayout(row, 1 if self.table in parts else 0)
        self.setFocusProxy(self.table)

    def show_papers(self, rows: Sequence[PaperRow]) -> None:
        """Show these papers, newest first; the one that was chosen stays so."""
        self._rows = rows
        self._show()

    def paper(self) -> PaperRow | None:
        """Return the paper that is chosen."""
        return self.table.current_row()

    def choose(self, paper_id: int) -> None:
        """Choose a paper, whatever the filter hides."""
        if not self.table.choose(paper_id):
            self.filters.pick("all")
            self.table.choose(paper_id)

    def _show(self, *_: object) -> None:
        since = self._state.desk.now() - WEEK
        tests = {
            "all": lambda row: True,
            "sign": lambda row: row.state == "for_signature",
            "superseded": lambda row: row.state == "superseded",
            "week": lambda row: row.printed_at >= since,
        }
        counts = {code: sum(map(test, self._rows)) for code, test in tests.items()}
        language = self._state.language
        self.filters.set_texts(
            [
                language.text("All"),
                language.text("To sign {count}", count=counts["sign"]),
                language.text("Superseded {count}", count=counts["superseded"]),
                language.text("This week"),
            ]
        )
        self._count.setText(language.text("Papers, {count} printed", count=len(self._rows)))
        self.model.show_rows([row for row in self._rows if tests[self.filters.code()](row)])
        self.chosen.emit(self.paper())

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self._state.language
        self.new.set_words(language.text("New print"))
        self.check.set_words(language.text("Check"))
        self._hint.setText(language.text("Check a paper: scan its square, or type audit number and code"))
        self.model.set_columns(paper_columns(self._state))
        self._show()


def paper_columns(state: State) -> Sequence[Column]:
    """Return the columns of a list of papers."""
    language = state.language
    return (
        Column(
            language.text("No."),
            lambda row: (row.number, row.print_number),
            lambda row: row.report_number,
            look="strong",
            second=lambda row: language.text("print {number}", number=row.print_number),
        ),
        Column(
            language.text("Paper"),
            lambda row: row.kind,
            lambda row: _paper_words(state, row),
            second=lambda row: _about_words(state, row),
            stretch=True,
        ),
        Column(language.text("Printed"), lambda row: row.printed_at, lambda row: f"{row.printed_at:%m-%d}"),
        Column(
            language.text("State"),
            lambda row: row.state,
            lambda row: language.text(
                STATES[row.state][0], day=f"{row.signed_on:%m-%d}" if row.signed_on else ""
            ),
            look="chip",
            status=lambda row: STATES[row.state][1],
            icon=lambda row: STATES[row.state][2],
        ),
    )


def _paper_words(state: State, row: PaperRow) -> str:
    kind = row.kind.partition(".")[0]
    words = KINDS.get(kind)
    return state.language.text(words) if words else kind


def _about_words(state: State, row: PaperRow) -> str:
    if not row.visit:
        return row.subject
    visit = paper_part_words(state.desk.protocol, row.visit, state.language)
    return f"{row.subject} · {visit}"
