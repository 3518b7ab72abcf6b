"""The stock of study drugs in lists: lots with what stands where, every movement, and the excursions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, message
from sle_desk.domain import stock, stock_words
from sle_desk.domain.stock import Lot
from sle_desk.exports.file_names import file_name
from sle_desk.exports.printing import Printed, print_stock_log
from sle_desk.exports.wording import COLON
from sle_desk.services import stock as entries
from sle_desk.services import stock_rows
from sle_desk.services.desk import Desk
from sle_desk.services.drafts import Place
from sle_desk.services.papers import PRINT_STOCK, report_number
from sle_desk.services.stock_rows import Excursion, LineRow, LotRow, StockView
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.file_choice import ask_new_file
from sle_desk.ui.jobs import Progress
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values
from sle_desk.ui.pages.stock_forms import (
    CODES,
    PLACES,
    movement_form,
    movement_of,
)
from sle_desk.ui.state import State
from sle_desk.ui.stock_words import strength_words
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column

# What the ledger is made from, and the plans that say whether a subject should still hold vials.
READS = frozenset({"stock_movement", "dispensing", "dose", "dose_vials", "subject", "disposition",
                   "allocation", "protocol_decision", "dose_pause"})  # fmt: skip
# What is entered for the lot that is chosen, by its key.
ACTS = (
    ("Q", stock.QUARANTINED, message("Quarantine…")),
    ("C", stock.COUNTED, message("Count…")),
    ("B", stock.LOST, message("Broken or lost…")),
    ("U", stock.FOUND, message("Found…")),
    ("X", stock.DESTRUCTION, message("Destroy…")),
    ("S", stock.SENT_BACK, message("Back to the sponsor…")),
)
STATES = {
    "gap": (message("does not add up"), "bad"),
    "expired": (message("expired"), "bad"),
    "unknown": (message("not received"), "warn"),
    "good": (message("balanced"), "ok"),
}


def of_drug(lot: Lot, state: State) -> str:
    """Return the drug of a lot and the strength of its vials."""
    strength = strength_words(state.desk.protocol, lot.drug, lot.strength, state.language)
    return f"{drug_words(state.desk.protocol, lot.drug, state.language)} · {strength}"


def lot_words(lot: Lot, state: State) -> str:
    """Return a lot with the strength of its vials."""
    strength = strength_words(state.desk.protocol, lot.drug, lot.strength, state.language)
    return f"{lot.lot} · {strength}"


class StockList(ListTab):
    """What the lists of the stock share: one state of the ledger, and forms beside them."""

    reads = READS

    def __init__(self, state: State) -> None:
        self.view: StockView | None = None
        super().__init__(state, key=self.key_of)

    @staticmethod
    def key_of(row: LotRow | LineRow | Excursion) -> object:
        """Return what tells rows apart."""
        return (
            row.movement.key if isinstance(row, LineRow) else row.lot if isinstance(row, LotRow) else row.id
        )

    def read(self) -> StockView:
        """Read the stock as it stands now."""
        self.view = stock_rows.stock_view(self.state.desk)
        return self.view

    def entered(self) -> None:
        """Read again: a lot expires with the day, not only with the file."""
        self._stale = True
        super().entered()

    def load(self) -> None:
        """Read the rows, and say so where there are none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)

    def drug(self, code: str) -> str:
        """Return a drug in words."""
        return drug_words(self.state.desk.protocol, code, self.language)

    def enter(self, kind: str, lot: Lot | None) -> None:
        """Open the form of a movement of a lot; of a receipt with drug and lot."""
        protocol = None if lot is not None else self.state.desk.protocol
        place = Place(f"stock.{kind}.{lot.drug}.{lot.lot}" if lot is not None else f"stock.{kind}")
        act = partial(self._record, kind, lot)
        form = SideForm(self.state, movement_form(kind, protocol), place, act, record_words, CODES, PLACES)
        self.open_form(form)

    def _record(self, kind: str, lot: Lot | None, values: Values) -> None:
        made = movement_of(values, kind, lot, self.state.clock.now().tzinfo)
        entries.record_movement(self.state.desk, made)
        what = self.language.words(stock_words.KINDS[kind])
        self.state.say(
            self.language.text("{what}: {count}, lot {lot}.", what=what, count=made.count, lot=made.lot)
        )

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        self._stale = True
        if self.isVisible():
            self.reload()


class LotsTab(StockList):
    """The lots, each with what stands where; above them whose the vials are."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._writes = self.may(entries.RECORD)
        if self._writes:
            self.add_act("Ctrl+N", partial(self.enter, stock.RECEIVED, None), on_row=False, icon="plus")
            for keys, kind, _ in ACTS:
                self.add_act(keys, partial(self._enter_chosen, kind), on_row=True)
        # Replaceable: tests answer in its place.
        self.ask_new_file = ask_new_file
        self._prints = self.may(PRINT_STOCK)
        if self._prints:
            self.add_act("P", self._print_chosen, on_row=True, icon="reports")
        self.retranslate()

    def above(self) -> Sequence[QWidget]:
        """Return where is said whose the vials are."""
        self.supply = Strip()
        return (self.supply,)

    def rows(self) -> Sequence[LotRow]:
        """Read the lots."""
        view = self.read()
        self.supply.say(self._supplies(view), "neutral")
        return view.lots

    def _supplies(self, view: StockView) -> str:
        text = self.language.text
        words = {
            "study": text("study supply, the ledger is kept"),
            "hospital": text("hospital stock, no ledger is asked"),
            "": text("not decided whose the vials are: no ledger is asked"),
        }
        colon = self.language.words(COLON)
        return " · ".join(
            colon.join((self.drug(drug), words[supply])) for drug, supply in view.supplies.items()
        )

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language

        def place(words: str, width: int, *codes: str) -> Column:
            def least(row: LotRow) -> int:
                return min(row.places[code] for code in codes)

            return Column(
                words, least, lambda row: _plus(row, codes), ink=lambda row: _ink(least(row)), width=width
            )

        return (
            Column(
                language.text("Lot"),
                lambda row: (row.lot.drug, row.lot.lot),
                lambda row: row.lot.lot,
                look="strong",
                second=lambda row: of_drug(row.lot, self.state),
            ),
            Column(language.text("Expires on"), _expires, _expires, width=100),
            replace(
                place(language.text("In stock"), 112, stock.SHELF),
                second=lambda row: language.text("of {count} received", count=row.received),
            ),
            place(language.text("Quarantine"), 98, stock.QUARANTINE),
            place(language.text("With subjects"), 110, stock.WITH_SUBJECT),
            place(language.text("Used"), 60, stock.USED),
            replace(
                place(language.text("Brought back"), 110, stock.RETURNED, stock.EMPTIES),
                second=lambda row: language.text("unused + used"),
            ),
            place(language.text("To destroy"), 90, stock.CONDEMNED),
            replace(
                place(language.text("Gone"), 184, stock.DESTROYED, stock.MISSING, stock.WITH_SPONSOR),
                second=lambda row: language.text("destroyed + lost + sent back"),
            ),
            Column(
                language.text("State"),
                lot_state,
                lambda row: language.text(STATES[lot_state(row)][0]),
                look="chip",
                status=lambda row: STATES[lot_state(row)][1],
                stretch=True,
            ),
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        text = self.language.text
        entering = (text("Vials received"), *(text(words) for _, _, words in ACTS))
        printing = (text("Print the log…"),)
        return (*(entering if self._writes else ()), *(printing if self._prints else ()))

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(
            self.language.text("No lot yet. Ctrl+N enters vials received; kits and doses add themselves.")
        )

    def _print_chosen(self, *_: object) -> None:
        row = self.table.current_row()
        if not isinstance(row, LotRow):
            return
        name = file_name(row.lot.drug, row.lot.lot, ending="pdf")
        path = self.ask_new_file(self, self.language.text("Save PDF as …"), name)
        if path is not None:
            work = partial(_print_log, self.state.desk, row.lot, self.language, path)
            self.state.jobs.start(work, self._printed, self._not_printed)

    def _printed(self, done: Printed) -> None:
        number = report_number(done.numbered.number)
        self.state.say(self.language.text("{number} printed and saved.", number=number))

    def _not_printed(self, error: BaseException) -> None:
        if not isinstance(error, SleDeskError):
            raise error
        self.state.refuse(error)

    def _enter_chosen(self, kind: str, *_: object) -> None:
        row = self.table.current_row()
        if isinstance(row, LotRow):
            self.enter(kind, row.lot)


def _print_log(desk: Desk, lot: Lot, language: Language, path: Path, report: Progress) -> Printed:
    """Print the log of a lot; it has no steps to tell."""
    return print_stock_log(desk, lot, language, path)


def _plus(row: LotRow, codes: Sequence[str]) -> str:
    return " + ".join(str(row.places[code]) for code in codes)


def _ink(count: int) -> str:
    return "bad" if count < 0 else "text"


def _expires(row: LotRow) -> str:
    return row.expires_on.isoformat() if row.expires_on else "–"


def lot_state(row: LotRow) -> str:
    """Return how a lot stands: it does not add up, was never received, has expired, or is in order."""
    if row.gaps:
        return "gap"
    if not row.known:
        return "unknown"
    return "expired" if row.expired and row.places[stock.SHELF] > 0 else "good"


def record_words(language: Language) -> str:
    """Return the words of the button that enters a form."""
    return language.text("Record")
