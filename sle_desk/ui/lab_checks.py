"""The foot of a laboratory report: how many values are entered, and how those that hang together agree."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.lab_checks import DIFFERS, HOLDS
from sle_desk.ui.chips import Chip
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.lab_grid import LabGrid
from sle_desk.ui.labels import label
from sle_desk.ui.strip import empty
from sle_desk.ui.theme import current


class LabChecks(QWidget):
    """Chips of the checks across values, and the count of what is entered."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self._title, self._progress = label(role="strong"), label(role="body", ink="text_2")
        holder = QWidget()
        self._chips = FlowLayout(holder, px(8), px(4))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(14))
        row.addWidget(self._title)
        row.addWidget(holder, 1)
        row.addWidget(self._progress)

    def retranslate(self, language: Language) -> None:
        """Speak the chosen language."""
        self._title.setText(language.text("Checks"))

    def show_grid(self, grid: LabGrid, language: Language) -> bool:
        """Show how far a grid is; tell whether values are still to be entered."""
        entered, of = grid.progress()
        said = [language.text("{entered} of {required} entered", entered=entered, required=of)]
        if waiting := grid.waiting():
            said.append(language.text("{count} wait for CS / NCS", count=len(waiting)))
        self._progress.setText(" · ".join(said))
        empty(self._chips)
        for result in grid.cross_results():
            status = {HOLDS: "ok", DIFFERS: "bad"}.get(result.state, "neutral")
            chip = Chip()
            chip.show_status(language.words(result.check.label), status)
            self._chips.addWidget(chip)
        self._title.setVisible(self._chips.count() > 0)
        return entered < of
