"""The movements of the study drugs in a list, and the excursions with what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sle_desk.domain import stock_words
from sle_desk.services import stock as entries
from sle_desk.services.drafts import Place
from sle_desk.services.stock_rows import Excursion, LineRow
from sle_desk.ui.dialogs.entered_in_error import Case, ask_entered_in_error
from sle_desk.ui.pages.side_form import SideForm, Values
from sle_desk.ui.pages.stock_forms import CODES, PLACES, decision_form, verdict_of
from sle_desk.ui.pages.stock_lists import StockList, lot_words, of_drug, record_words
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.void_cases import KEYS as VOID_KEYS
from sle_desk.ui.wording import reason_words


class MovementsTab(StockList):
    """Every movement, the newest first; kits and doses stand among them, each kept in its own record."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._corrects = self.may(entries.CORRECT)
        if self._corrects:
            self.add_act(VOID_KEYS, self._ask_back, on_row=True)
        self.retranslate()

    def rows(self) -> Sequence[LineRow]:
        """Read the movements."""
        return self.read().lines

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Date"), lambda row: row.movement.order, _when, look="strong"),
            Column(language.text("What happened"), self._what, self._what, second=self._way),
            Column(language.text("Vials"), lambda row: row.movement.count, _signed),
            Column(
                language.text("Lot"),
                lambda row: row.movement.lot.lot,
                lambda row: row.movement.lot.lot,
                second=lambda row: of_drug(row.movement.lot, self.state),
            ),
            Column(language.text("Subject"), lambda row: row.subject, lambda row: row.subject),
            Column(language.text("Note"), self._ground, self._ground, second=self._why, stretch=True),
            Column(
                language.text("Entered by"),
                lambda row: row.recorded_at,
                lambda row: row.recorded_by,
                second=lambda row: f"{row.recorded_at:%Y-%m-%d %H:%M}",
            ),
        )

    def _what(self, row: LineRow) -> str:
        words = self.language.words(stock_words.KINDS[row.movement.kind])
        if row.movement.corrects is not None:
            return self.language.text("Taken back: {what}", what=words)
        return words

    def _way(self, row: LineRow) -> str:
        source, target = (self.language.words(stock_words.PLACES[end]) for end in row.movement.ends)
        if not row.counts:
            return self.language.text("subject entered in error: does not count")
        if row.taken_back:
            return self.language.text("was taken back")
        return source if source == target else f"{source} → {target}"

    def _lot(self, row: LineRow) -> str:
        return lot_words(row.movement.lot, self.state)

    def _ground(self, row: LineRow) -> str:
        degrees = f"{row.temperature} °C" if row.temperature is not None else ""
        parts = (row.document, row.party, row.person, row.witness, degrees)
        return " · ".join(part for part in parts if part)

    def _why(self, row: LineRow) -> str:
        reason = reason_words(row.reason, self.language) if row.reason else ""
        return " · ".join(part for part in (row.note, reason) if part)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        return (self.language.text("Take back…"),) if self._corrects else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(self.language.text("Nothing was moved yet."))

    def _ask_back(self, *_: object) -> None:
        row, language, desk = self.table.current_row(), self.language, self.state.desk
        if not isinstance(row, LineRow):
            return
        if not row.own:
            self.state.say(language.text("Kits and doses are put right at the subject: this line follows."))
            return
        case = Case(
            title=language.text("{what}: take back", what=self._what(row)),
            about=f"{_when(row)} · {self._lot(row)} · {_signed(row)}",
            with_it=(language.text("Both lines stay; the second moves the same vials the other way."),),
            act=lambda reason, note, _: entries.take_back(desk, row.number, reason, note),
        )
        ask_entered_in_error(self, self.state, case, self.table.setFocus)


def _when(row: LineRow) -> str:
    time = f" {row.movement.at_time}" if row.movement.at_time else ""
    return f"{row.movement.on_day.isoformat()}{time}"


def _signed(row: LineRow) -> str:
    return f"−{row.movement.count}" if row.movement.corrects is not None else str(row.movement.count)


class ExcursionsTab(StockList):
    """Vials kept apart after an excursion, and what was decided about them."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._decides = self.may(entries.DECIDE)
        if self._decides:
            self.add_act("A", self._ask_decision, on_row=True)
            self.table.opened.connect(self._ask_decision)
        self.retranslate()

    def rows(self) -> Sequence[Excursion]:
        """Read the excursions."""
        return self.read().excursions

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Date"), lambda row: row.on_day, lambda row: row.on_day.isoformat()),
            Column(language.text("Drug"), lambda row: row.lot.drug, lambda row: self.drug(row.lot.drug)),
            Column(language.text("Lot"), lambda row: row.lot.lot, self._lot, look="strong"),
            Column(language.text("Vials"), lambda row: row.count, lambda row: str(row.count)),
            Column(language.text("Temperature out of range"), _span, _span, second=_range, width=250),
            Column(language.text("Account and decision"), _told, _told, second=self._decided, stretch=True),
            Column(
                language.text("State"),
                lambda row: row.undecided,
                self._state,
                look="chip",
                status=lambda row: "warn" if row.undecided else "ok",
                width=170,
            ),
        )

    def _lot(self, row: Excursion) -> str:
        return lot_words(row.lot, self.state)

    def _decided(self, row: Excursion) -> str:
        words = [
            f"{self.language.words(stock_words.KINDS[each.kind])} {each.count}: {each.assessment} "
            f"({each.decided_by}, {each.on_day.isoformat()})"
            for each in row.decisions
        ]
        if row.gone:
            words.append(
                self.language.text("{count} no longer in quarantine: broken or lost", count=row.gone)
            )
        return " · ".join(words)

    def _state(self, row: Excursion) -> str:
        if row.undecided:
            return self.language.text("{count} to decide", count=row.undecided)
        return self.language.text("decided")

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        return (self.language.text("Assess…"),) if self._decides else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(self.language.text("No excursion is entered. Q at a lot enters one."))

    def _ask_decision(self, *_: object) -> None:
        row = self.table.current_row()
        if isinstance(row, Excursion) and row.undecided and self._decides:
            place = Place(f"stock.decision.{row.id}")
            act = partial(self._decide, row.id)
            form = SideForm(self.state, decision_form(), place, act, record_words, CODES, PLACES)
            self.open_form(form)

    def _decide(self, quarantine_id: int, values: Values) -> None:
        verdict = verdict_of(values, quarantine_id)
        entries.decide(self.state.desk, verdict)
        what = self.language.words(stock_words.KINDS[verdict.kind])
        self.state.say(self.language.text("{what}, vials: {count}.", what=what, count=verdict.count))


def _span(row: Excursion) -> str:
    until = f"{row.until:%Y-%m-%d %H:%M}" if row.until else "…"
    return f"{row.since:%Y-%m-%d %H:%M} – {until}" if row.since else "–"


def _range(row: Excursion) -> str:
    known = [f"{each} °C" for each in (row.lowest, row.highest) if each is not None]
    return " – ".join(known)


def _told(row: Excursion) -> str:
    return " · ".join(part for part in (row.note, row.document) if part)
