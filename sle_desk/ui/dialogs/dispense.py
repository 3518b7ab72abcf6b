"""A kit handed to a subject: lot, strength and count as they stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import LANGUAGES, Language, Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.dosing import ProposedDeviation
from sle_desk.domain.forms import Form
from sle_desk.domain.kits import KIT_REASONS
from sle_desk.domain.said import finding_words
from sle_desk.exports.wording import SEMICOLON
from sle_desk.services import dispensing
from sle_desk.services.shelf import ShelfLot, lots_on_shelf
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.form import FormView
from sle_desk.ui.form_host import finding_sentence
from sle_desk.ui.injection_entry import text
from sle_desk.ui.record_entry import new_kit
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip

FORM = "dispensing"
# So many lots are named; of more the one that expires first is ahead.
NAMED = 3


def with_shelf(state: State, drug: str) -> Form:
    """Return the form with the lots on the shelf said at the lot: what is handed over is read off the kit."""
    form = state.desk.protocol.form(FORM)
    shelf = lots_on_shelf(state.desk, drug)
    if not shelf:
        return form
    named = Words(*(_named(shelf[:NAMED], Language(code)) for code in LANGUAGES))
    sections = (
        replace(
            section,
            fields=tuple(
                replace(field, hint=named) if field.code == "lot" else field for field in section.fields
            ),
        )
        for section in form.sections
    )
    return replace(form, sections=tuple(sections))


def _named(shelf: Sequence[ShelfLot], language: Language) -> str:
    lots = []
    for each in shelf:
        facts = {"lot": each.lot.lot, "count": each.count}
        if each.expires_on is None:
            lots.append(language.text("{lot} (vials: {count})", **facts))
        else:
            lots.append(language.text("{lot} (vials: {count}, to {day})", **facts, day=each.expires_on))
    return language.text("On the shelf: {lots}", lots=language.words(SEMICOLON).join(lots))


class Dispense(Sheet):
    """Ctrl+Enter records the kit, Esc leaves."""

    def __init__(self, parent: QWidget, state: State, subject_id: int, code: str, drug: str) -> None:
        language = state.language
        declared = with_shelf(state, drug)
        name = language.words(state.desk.protocol.drug(drug).label)
        title = language.text("{code}: {drug} kit handed over", code=code, drug=name)
        super().__init__(
            parent, title, language.text("Only these lots can be named at an injection."), "vial"
        )
        self._state, self._subject_id, self._drug = state, subject_id, drug
        self.view = FormView(declared, language, state.clock.now, finding_sentence, codes=("kit", "lot"))
        self.strip = Strip()
        self.body.addWidget(self.view)
        self.body.addWidget(self.strip)
        self.add_way_out(language.text("Cancel"))
        self.verb = self.add_verb(language.text("Record the kit"), keys="Ctrl+Enter", icon="check")
        self.verb.clicked.connect(self.view.save)
        self.view.save_requested.connect(self._save)
        self.view.resume({"on_day": state.desk.today().isoformat()})
        self.finished.connect(self.deleteLater)
        self.view.go_to("kit")

    def _save(self) -> None:
        try:
            self._record()
        except SleDeskError as error:
            findings = error.facts.get("findings")
            if error.code == "dispensing.reason_needed" and isinstance(findings, tuple):
                self._ask_why(findings)
                return
            self.strip.say(error_sentence(error, self._state.language), "bad")

    def _record(self, reason: str = "", note: str = "") -> None:
        values, state = self.view.values(), self._state
        new = new_kit(values, self._subject_id, self._drug)
        dispensing.record_dispensing(state.desk, new, reason, note)
        self.accept()
        state.say(state.language.text("Kit recorded: lot {lot}.", lot=text(values, "lot")))

    def _ask_why(self, findings: tuple[ProposedDeviation, ...]) -> None:
        state, language = self._state, self._state.language
        said = (finding_words(state.desk.protocol, each.code, each.facts) for each in findings)
        about = "\n".join(language.words(words) for words in said)
        ask_reason(self, state, language.text("Why was it handed over?"), about, KIT_REASONS, self._record)
