"""What is done to a recorded dose or kit in the lists of doses: correct, mark as an error, its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sle_desk.base.language import Words
from sle_desk.services import dispensing, subjects
from sle_desk.services.dispensing import KitRow
from sle_desk.services.dose_log import DoseRow
from sle_desk.ui.correction_cases import add_correction_key, kit_record
from sle_desk.ui.desk_page import DeskPage
from sle_desk.ui.dialogs.ask_which import ask_which
from sle_desk.ui.dialogs.correct_record import ask_correction
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dialogs.history import show_record_history
from sle_desk.ui.dose_correction import dose_record
from sle_desk.ui.pages.dose_lines import DoseLine, LineWords
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import TableView
from sle_desk.ui.void_cases import add_void_key, dose_case, kit_case

WHICH = Words("Which one is meant?", "指哪一项？")


class DoseRecords:
    """Three keys of the lists of doses, about the record in the chosen line or a kit handed over."""

    def __init__(
        self, page: DeskPage, tables: Sequence[TableView], notice: Strip, subject: Callable[[], int | None]
    ) -> None:
        self._page, self._tables, self._notice, self._subject = page, tables, notice, subject
        self._state: State = page.state
        self._verbs = [table.add_verb("F11", "", self._history) for table in tables]
        for table in tables:
            add_correction_key(page.state, table.add_verb, self._correct)
            add_void_key(page.state, table.add_verb, self._in_error)
        page.state.language_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        for verb in self._verbs:
            verb.setText(self._state.language.text("history"))

    def _table(self) -> TableView:
        return next((table for table in self._tables if table.hasFocus()), self._tables[0])

    def _row(self) -> DoseRow | None:
        line = self._table().current_row()
        return line.row if isinstance(line, DoseLine) else None

    def _kits(self) -> tuple[KitRow, ...]:
        subject_id = self._subject()
        return () if subject_id is None else dispensing.kits(self._state.desk, subject_id)

    def _offers(
        self, of_dose: Callable[[DoseRow], object], of_kit: Callable[[KitRow], object]
    ) -> list[tuple[str, Callable[[], object]]]:
        """Return the dose of the chosen line, then the kits handed over."""
        language, row = self._state.language, self._row()
        offers: list[tuple[str, Callable[[], object]]] = []
        if row is not None and not row.void:
            number = LineWords(self._state.desk.protocol, language).number(
                DoseLine(row.given.drug, "", None, row)
            )
            words = language.text("Dose {number} of {day}", number=number, day=row.given.on_day.isoformat())
            offers.append((words, partial(of_dose, row)))
        for kit in self._kits():
            words = language.text("Kit of {day}, lot {lot}", day=kit.on_day.isoformat(), lot=kit.lot)
            offers.append((words, partial(of_kit, kit)))
        return offers

    def _ask(self, title: str, offers: Sequence[tuple[str, Callable[[], object]]], nothing: str) -> None:
        """Do it to the one thing there is, or ask which is meant."""
        subject_id = self._subject()
        if not offers or subject_id is None:
            self._notice.say(nothing, "neutral")
        elif len(offers) == 1:
            offers[0][1]()
        else:
            code = subjects.subject_row(self._state.desk, subject_id).code
            ask_which(self._page, self._state, f"{code}: {title}", "", WHICH, offers)

    def _correct(self) -> None:
        language = self._state.language
        nothing = language.text("Nothing is saved here yet that could be corrected.")
        self._ask(language.text("correct"), self._offers(self._correct_dose, self._correct_kit), nothing)

    def _correct_dose(self, row: DoseRow) -> None:
        ask_correction(self._page, self._state, dose_record(self._state, row), self._back)

    def _correct_kit(self, kit: KitRow) -> None:
        subject_id = self._subject()
        assert subject_id is not None
        ask_correction(self._page, self._state, kit_record(self._state, subject_id, kit), self._back)

    def _in_error(self) -> None:
        language = self._state.language
        nothing = language.text("Nothing is saved here yet that could be marked as entered in error.")
        self._ask(language.text("entered in error"), self._offers(self._void_dose, self._void_kit), nothing)

    def _void_dose(self, row: DoseRow) -> None:
        ask_entered_in_error(self._page, self._state, dose_case(self._state, row), self._back)

    def _void_kit(self, kit: KitRow) -> None:
        subject_id = self._subject()
        assert subject_id is not None
        ask_entered_in_error(self._page, self._state, kit_case(self._state, subject_id, kit), self._back)

    def _back(self) -> None:
        self._table().setFocus()

    def _history(self) -> None:
        row = self._row()
        if row is None:
            return
        protocol = self._state.desk.protocol
        line = DoseLine(row.given.drug, "", None, row)
        title = LineWords(protocol, self._state.language).number(line)
        show_record_history(self._page, self._state, title, "dose", row.id)
