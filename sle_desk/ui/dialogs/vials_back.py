"""Vials that a subject brought back: used, unused, lost, by the lots that it was handed, or of another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.words import error_sentence
from sle_desk.services import dispensing, stock
from sle_desk.services.dispensing import KitRow
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.pages.stock_forms import OTHER_LOT, back_form, back_of, lot_code, lots_of
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip


class VialsBackDialog(Sheet):
    """Ctrl+Enter records what was brought back, Esc leaves."""

    def __init__(self, parent: QWidget, state: State, subject_id: int, code: str, drug: str) -> None:
        language = state.language
        name = language.words(state.desk.protocol.drug(drug).label)
        title = language.text("{code}: {drug} vials brought back", code=code, drug=name)
        about = language.text("Counted from what lies on the table; the doses stay as they are recorded.")
        super().__init__(parent, title, about, "vial")
        self._state, self._subject_id, self._drug = state, subject_id, drug
        self._kits = tuple(kit for kit in dispensing.kits(state.desk, subject_id) if kit.drug == drug)
        declared = back_form(self._kits)
        self.view = FormView(declared, language, state.clock.now, finding_sentence, codes=("lot", "document"))
        self.strip = Strip()
        self.body.addWidget(self.view)
        self.body.addWidget(self.strip)
        self.add_way_out(language.text("Cancel"))
        self.verb = self.add_verb(language.text("Record what came back"), keys="Ctrl+Enter", icon="check")
        self.verb.clicked.connect(self.view.save)
        self.view.save_requested.connect(self._save)
        lots = lots_of(self._kits)
        proposed = {"on_day": state.desk.today().isoformat()}
        # Of one lot alone it is proposed, where none was handed over it is another.
        known = lot_code(lots[0]) if lots else OTHER_LOT
        self.view.resume(proposed | ({"of": known} if len(lots) < 2 else {}))
        self.finished.connect(self.deleteLater)
        self.view.go_to("used" if len(lots) == 1 else "of" if lots else "lot")

    def _save(self) -> None:
        state = self._state
        try:
            back = back_of(self.view.values(), self._subject_id, self._drug, self._kits)
            stock.record_return(state.desk, back)
        except SleDeskError as error:
            self.strip.say(error_sentence(error, state.language), "bad")
            return
        self.accept()
        said = state.language.text("Recorded: {used} used, {unused} unused, {lost} lost.", used=back.used,
                                   unused=back.unused, lost=back.lost)  # fmt: skip
        state.say(said)


def ask_vials_back(page: QWidget, state: State, subject: SubjectRow, kits: Sequence[KitRow]) -> None:
    """Ask what a subject brought back of the drug handed over last, or of one that no kit is of."""
    kept = (drug.code for drug in state.desk.protocol.drugs if drug.preparation is None)
    drug = kits[0].drug if kits else next(kept, "")
    if drug and state.may(stock.RETURN):
        VialsBackDialog(page, state, subject.id, subject.code, drug).open()
