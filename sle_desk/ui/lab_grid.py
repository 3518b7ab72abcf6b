"""The grid of one panel: a row an analyte in the order of the report, Enter goes down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain import lab_checks
from sle_desk.domain.checks import Entry
from sle_desk.domain.lab_checks import CrossResult
from sle_desk.domain.laboratory import Laboratory, Panel
from sle_desk.services.lab_judgement import Background, TypedResult
from sle_desk.services.labs import Earlier, ResultRow
from sle_desk.ui.cards import Card
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.focus_path import FocusPath
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.lab_row import COLUMNS, LabRow, RowContext
from sle_desk.ui.labels import label
from sle_desk.ui.theme import current


class LabGrid(QWidget):
    """One panel being typed or read."""

    field_kept = Signal(str, str)
    save_requested = Signal()
    corrected = Signal(str, str, str)
    history_requested = Signal(str)
    progressed = Signal()

    def __init__(
        self, panel: Panel, laboratory: Laboratory, language: Language, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self.panel = panel
        self._laboratory = laboratory
        context = FieldContext(language, now, finding_sentence)
        self.rows = {code: LabRow(laboratory.analytes[code], context, now) for code in panel.analytes}
        self._heads = [label(role="table-strong", ink="text_2") for _ in range(COLUMNS)]
        self._path = FocusPath(self)
        self._lay_out()
        self._listen()
        self.retranslate(language)

    def _lay_out(self) -> None:
        px = current().px
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(14))
        grid.setVerticalSpacing(px(2))
        for place, head in enumerate(self._heads):
            grid.addWidget(head, 0, place, Qt.AlignmentFlag.AlignLeft)
        for place, row in enumerate(self.rows.values()):
            row.put_into(grid, 2 * place + 1)
        self._heads[-1].hide()
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(4, px(92))
        grid.setColumnMinimumWidth(5, px(92))
        grid.setColumnMinimumWidth(7, px(120))
        card.body.addLayout(grid)
        self._unconfirmed = label(role="caption", ink="text_2", wrap=True)
        card.body.addWidget(self._unconfirmed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def _listen(self) -> None:
        boxes = [row.box for row in self.rows.values()]
        self._path.follow(boxes)
        for code, row in self.rows.items():
            row.box.committed.connect(self._committed_by(code))
            row.box.save_requested.connect(self.save_requested)
            row.box.corrected.connect(self.corrected)
            row.box.correction_requested.connect(self.correct)
            row.box.history_requested.connect(self.history_requested)

    def _committed_by(self, code: str) -> Callable[[str], None]:
        def tell(typed: str) -> None:
            self.field_kept.emit(code, typed)
            self.progressed.emit()

        return tell

    def retranslate(self, language: Language) -> None:
        """Show every word in a language; what was typed stays."""
        words = (
            language.text("Test"),
            language.text("Value"),
            language.text("Unit"),
            language.text("Reference"),
            language.text("Flag"),
            language.text("CTCAE v5.0"),
            language.text("Previous"),
            language.text("Trend"),
            language.text("CS / NCS"),
        )
        for head, text in zip(self._heads, words, strict=True):
            head.setText(text)
        self._unconfirmed.setText(language.text("* The site has not confirmed this reference range yet."))
        for row in self.rows.values():
            row.retranslate(language)

    def judge_against(self, ground: Background | None, earlier: Mapping[str, tuple[Earlier, ...]]) -> None:
        """Take what every row is judged against now."""
        for code, row in self.rows.items():
            row.judge_against(RowContext(ground, earlier.get(code, ())))
        limits = ground.limits.values() if ground is not None else ()
        self._unconfirmed.setVisible(any(not limit.confirmed for limit in limits))

    def results(self) -> tuple[TypedResult, ...]:
        """Return every accepted result."""
        found = (row.result() for row in self.rows.values())
        return tuple(result for result in found if result is not None)

    def in_doubt(self) -> str | None:
        """Return the first analyte whose value is impossible, or unlikely and not kept."""
        for code, row in self.rows.items():
            typed = row.box.typed()
            if row.box.answer.blocking(typed) or (typed and typed != row.box.answer.accepted):
                return code
        return None

    def missing(self) -> tuple[str, ...]:
        """Return the analytes without a result."""
        return tuple(code for code, row in self.rows.items() if row.result() is None)

    def progress(self) -> tuple[int, int]:
        """Return how many values are entered, and how many there are."""
        return len(self.results()), len(self.rows)

    def typed(self) -> dict[str, str]:
        """Return what stands in every field, for drafts."""
        return {code: row.box.typed() for code, row in self.rows.items() if row.box.typed()}

    def resume(self, drafts: Mapping[str, str]) -> None:
        """Show drafts as they were left."""
        for code, typed in drafts.items():
            if code in self.rows:
                self.rows[code].box.resume(typed)

    def show_saved(self, results: Mapping[str, ResultRow]) -> None:
        """Show saved results, to be read; F2 corrects one."""
        for code, row in self.rows.items():
            saved = results.get(code)
            if saved is not None:
                row.show_saved(saved)
        self._heads[-1].show()

    def only_read(self, codes: Collection[str] | None = None) -> None:
        """Show the lines, or some of them, to who can neither enter nor correct them now."""
        for code, row in self.rows.items():
            if codes is None or code in codes:
                row.box.only_read()

    def waiting(self) -> tuple[str, ...]:
        """Return the saved analytes out of range that are not judged CS or NCS."""
        return tuple(code for code, row in self.rows.items() if row.waits())

    def correct(self, code: str) -> None:
        """Open one saved value for correction."""
        self.rows[code].box.begin_correction()

    def go_to(self, code: str) -> None:
        """Put the focus into a row."""
        self.rows[code].box.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_first(self) -> None:
        """Put the focus into the first empty row, else the first one."""
        missing = self.missing()
        self.go_to(missing[0] if missing else next(iter(self.rows)))

    def focused(self) -> LabRow | None:
        """Return the row that has the focus."""
        return next((row for row in self.rows.values() if row.box.editor.hasFocus()), None)

    def other_unit(self) -> None:
        """Take another unit in the row that has the focus."""
        row = self.focused()
        if row is not None:
            row.other_unit()

    def row_to_ask(self) -> LabRow:
        """Return the row that asks a question: the one in focus, else the first, which takes the focus."""
        if self.focused() is None:
            self.go_to_first()
        return self.focused() or next(iter(self.rows.values()))

    def all_missing(self) -> str | None:
        """Return the one reason for which every line is missing, or None."""
        results = [row.result() for row in self.rows.values()]
        reasons = {result.missing if result is not None else None for result in results}
        return next(iter(reasons)) if len(reasons) == 1 else None

    def mark_rest_not_done(self, reason: str) -> None:
        """Mark every empty row as not done for one coded reason."""
        for code in self.missing():
            box = self.rows[code].box
            if not box.typed():
                box.resume(Entry(missing=reason).typed)
                self.field_kept.emit(code, box.typed())
        self.progressed.emit()

    def cross_results(self) -> tuple[CrossResult, ...]:
        """Return what the values say of each other."""
        values: dict[str, Decimal] = {}
        for result in self.results():
            analyte = self._laboratory.analytes[result.analyte]
            if result.value is not None and not result.comparator and analyte.unit(result.unit).same_quantity:
                values[result.analyte] = analyte.in_standard(result.value, result.unit)
        return lab_checks.cross_results(self._laboratory, values)
