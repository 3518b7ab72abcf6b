"""Exports alone, for a role that exports and sees no clinical values: no paper, no list of forms."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.export_part import ExportPart
from sle_desk.ui.state import State
from sle_desk.ui.theme import current

CARD_WIDTH = 560


class ExportsPage(DeskPage):
    """The card of the page of reports with which an export is made."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.export = ExportPart(state)
        self.export.setMaximumWidth(current().px(CARD_WIDTH))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.export, 1)
        row.addStretch(1)
        self._key = self.add_key("Ctrl+E", "", self._to_export)
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Exports")

    def entered(self) -> None:
        """Put the focus where Enter writes the export, or cancels the one that is being written."""
        super().entered()
        self._to_export()

    def _to_export(self) -> None:
        (self.export.cancel if self.export.writing else self.export.write).setFocus()

    def go_up(self) -> bool:
        """Cancel the export while one is written and its card has the focus."""
        return self.export.cancel_in_focus() or super().go_up()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        self._key.setText(self.language.text("export"))
        self.export.retranslate(self.language)
