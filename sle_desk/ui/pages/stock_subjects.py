"""The vials of every subject against the doses recorded; what was brought back is entered here."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.domain.reconciled import Reconciled
from sle_desk.services import stock_rows
from sle_desk.services.stock import RETURN
from sle_desk.ui.dialogs.vials_back import VialsBackDialog
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.stock_lists import READS
from sle_desk.ui.state import State
from sle_desk.ui.stock_words import difference_words
from sle_desk.ui.table import Column


class SubjectVialsTab(ListTab):
    """One row for each drug that a subject was handed, by subject."""

    reads = READS

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: (row.subject_id, row.drug))
        self._codes: dict[int, str] = {}
        if self.may(RETURN):
            self.add_act("R", self._back, on_row=True, icon="vial")
            self.table.opened.connect(self._back)
        self.retranslate()

    def rows(self) -> Sequence[Reconciled]:
        """Read the vials of everybody."""
        view = stock_rows.stock_view(self.state.desk)
        self._codes = dict(view.codes)
        return sorted(view.subjects, key=lambda row: (self._codes[row.subject_id], row.drug))

    def load(self) -> None:
        """Read the rows, and say so where there are none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        text = self.language.text

        def count(words: str, name: str) -> Column:
            return Column(
                words, lambda row: getattr(row, name), lambda row: str(getattr(row, name)), width=width
            )

        width = 116
        return (
            Column(text("Subject"), self._code, self._code, look="strong", second=self._drug, width=150),
            count(text("Handed over"), "dispensed"),
            Column(
                text("Used by doses"),
                lambda row: row.used,
                lambda row: str(row.used),
                second=self._no_lot,
                width=150,
            ),
            count(text("Used back"), "used_back"),
            count(text("Unused back"), "unused_back"),
            count(text("Lost"), "lost"),
            count(text("Left with them"), "remaining"),
            Column(
                text("Difference"),
                lambda row: row.difference,
                self._difference,
                ink=lambda row: "bad" if row.difference else "text",
                stretch=True,
            ),
        )

    def _no_lot(self, row: Reconciled) -> str:
        return self.language.text("doses without a lot: {count}", count=row.no_lot) if row.no_lot else ""

    def _code(self, row: Reconciled) -> str:
        return self._codes[row.subject_id]

    def _drug(self, row: Reconciled) -> str:
        return drug_words(self.state.desk.protocol, row.drug, self.language)

    def _difference(self, row: Reconciled) -> str:
        return difference_words(row.difference, self.language) or self.language.text("none")

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Vials brought back"),) if self.may(RETURN) else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(self.language.text("Nobody was handed vials yet."))
        self._stale = True
        if self.isVisible():
            self.reload()

    def _back(self, *_: object) -> None:
        row = self.table.current_row()
        if isinstance(row, Reconciled) and self.may(RETURN):
            code = self._codes[row.subject_id]
            VialsBackDialog(self, self.state, row.subject_id, code, row.drug).open()
