"""The clarification register as a list: filters, codes, titles and the state of each entry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from sle_desk.base.language import Language
from sle_desk.services.clarifications import SETTING, RegisterRow
from sle_desk.ui.cards import Card
from sle_desk.ui.chips import Chip
from sle_desk.ui.labels import label
from sle_desk.ui.pages import clarification_words as words
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, Group, RowsModel, TableView
from sle_desk.ui.theme import current

ALL, OPEN, IN_FORCE = "all", "open", "in_force"


class RegisterList(Card):
    """Every clarification, then every setting of its own; the chosen row is told."""

    chosen = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._rows: tuple[RegisterRow, ...] = ()
        px = current().px
        self.body.setContentsMargins(px(12), px(12), px(12), px(12))
        self.heading = label(role="section")
        self.open_chip = Chip()
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.open_chip)
        self.filters = SegmentedButtons([(ALL, ""), (OPEN, ""), (IN_FORCE, "")])
        self.model = RowsModel(self._columns(), key=lambda row: row.code)
        self.table = TableView(self.model)
        self.frozen = label(role="caption", ink="text_2", wrap=True)
        self.body.addLayout(head)
        for part in (self.filters, self.table, self.frozen):
            self.body.addWidget(part, 1 if part is self.table else 0)
        self.filters.picked.connect(self._filter)
        self.table.row_changed.connect(self.chosen)

    def _columns(self) -> tuple[Column, ...]:
        language: Language = self._state.language
        return (
            Column(
                language.text("What the protocol leaves open"),
                lambda row: row.code,
                lambda row: words.code_words(row) or language.words(row.title),
                look="strong",
                second=lambda row: language.words(row.title) if words.code_words(row) else "",
                stretch=True,
            ),
            Column(
                language.text("State"),
                lambda row: row.state,
                lambda row: language.text(words.STATES[row.state][0]),
                look="chip",
                status=lambda row: words.STATES[row.state][1],
                width=130,
            ),
        )

    def show_register(self, rows: Sequence[RegisterRow]) -> None:
        """Show the register; the filter and the chosen row stay."""
        self._rows = tuple(rows)
        self._show_words()
        self._filter()

    def _filter(self, *_: str) -> None:
        code = self.filters.code()
        shown = [row for row in self._rows if code == ALL or words.is_open(row) == (code == OPEN)]
        lines: list[object] = []
        for kind, title in self._kinds():
            of_kind = [row for row in shown if (row.kind == SETTING) == kind]
            if of_kind:
                lines.append(Group(title, "neutral", str(len(of_kind)), "study" if kind else "query"))
                lines += of_kind
        self.model.show_rows(lines)

    def _kinds(self) -> tuple[tuple[bool, str], ...]:
        language = self._state.language
        return ((False, language.text("Clarifications")), (True, language.text("Settings of their own")))

    def choose(self, code: str) -> bool:
        """Choose an entry; a filter that hides it gives way."""
        if self.model.number_of(code) < 0:
            self.filters.pick(ALL)
        return self.table.choose(code)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        self.model.set_columns(self._columns())
        self._show_words()
        self._filter()

    def _show_words(self) -> None:
        language = self._state.language
        open_count = sum(words.is_open(row) for row in self._rows)
        count = len(self._rows)
        self.heading.setText(language.text("Register {count}", count=count))
        said = language.text("{count} open", count=open_count)
        self.open_chip.show_status(said, "warn" if open_count else "ok")
        counts = (count, open_count, count - open_count)
        texts = (language.text("All"), language.text("Open"), language.text("In force"))
        self.filters.set_texts([f"{text} {number}" for text, number in zip(texts, counts, strict=True)])
        sha = self._state.desk.protocol.registry.sha256
        self.frozen.setText(
            language.text("Registry text frozen, sha256 {start}...{end}", start=sha[:4], end=sha[-4:])
        )
