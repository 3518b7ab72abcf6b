"""The keys that fill rows of a diary: repeated from the row above, or pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtGui import QGuiApplication

from sle_desk.base.errors import RuleBroken
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain.checks import Finding
from sle_desk.domain.diary_paste import LaidOut, Placed, lay_out, pasted_rows
from sle_desk.domain.dose_matching import RecordedDose
from sle_desk.domain.protocol import Drug
from sle_desk.domain.schedule import Slot
from sle_desk.ui.diary_entry import MISSED, has_own_amounts, row_code
from sle_desk.ui.diary_filling import OUTCOME, FilledRow, filled, pasted_dose, repeated
from sle_desk.ui.form import FormView
from sle_desk.ui.injection_entry import number
from sle_desk.ui.labels import announce
from sle_desk.ui.pages.dose_entry_page import DoseEntryPage


class DiaryKeys:
    """F6, Shift+F6 and F7 of a diary; what they put into the grid is looked at there before it is saved."""

    def __init__(
        self,
        page: DoseEntryPage,
        rebuild: Callable[[Sequence[Slot]], object],
        filled: Callable[[], object],
    ) -> None:
        # `filled` is told once rows were filled.
        self._page, self._rebuild, self._told = page, rebuild, filled
        self._view: FormView | None = None
        self._slots: Sequence[Slot] = ()
        self._drug: Drug | None = None
        # The plan with pasted rows in it, where each dose moves those after it.
        self._again: Callable[[Iterable[RecordedDose]], Sequence[Slot]] | None = None
        # How many pasted rows stand in no row of the grid.
        self.left_out = 0
        self.amounts: set[int] = set()
        self._keys = (
            page.add_key("F6", "", self._repeat_here),
            page.add_key("Shift+F6", "", self._repeat_below),
            page.add_key("F7", "", self._paste),
        )

    def forget(self) -> None:
        """Forget what was pasted into another diary."""
        self.left_out = 0
        self.amounts.clear()

    def follow(
        self,
        view: FormView | None,
        slots: Sequence[Slot],
        drug: Drug | None,
        again: Callable[[Iterable[RecordedDose]], Sequence[Slot]] | None = None,
    ) -> None:
        """Fill the rows of this grid from now on; none where there is none.

        `again` lays the plan with doses told beside those of the grid.
        """
        self._view, self._slots, self._drug, self._again = view, slots, drug, again
        for key in self._keys:
            key.setEnabled(view is not None)
            key.setVisible(view is not None)

    def retranslate(self) -> None:
        """Speak the chosen language."""
        text = self._page.language.text
        self._keys[0].setText(text("as the row above"))
        self._keys[1].setText(text("all rows below"))
        self._keys[2].setText(text("paste rows"))

    def _say(self, words: str, status: str) -> None:
        self._page.notice.say(words, status)
        announce(self._page, words, urgent=status == "bad")

    # From the row above.

    def _row_in_focus(self) -> int | None:
        """Return the place of the row that the keys are in."""
        here = self._view.code_in_focus() if self._view is not None else ""
        rows = (place for place, slot in enumerate(self._slots) if here.endswith(f"_{slot.number}"))
        return next(rows, None)

    def _empty(self, slot: Slot) -> bool:
        return self._view is not None and not self._view.typed().get(row_code(OUTCOME, slot))

    def _repeat_here(self) -> None:
        here = self._row_in_focus()
        if here is not None and not self._empty(self._slots[here]):
            words = self._page.language.text(
                "Dose {number} is filled in already; only an empty row repeats the one above.",
                number=self._slots[here].number,
            )
            self._say(words, "neutral")
        else:
            self._repeat(here, () if here is None else (here,))

    def _repeat_below(self) -> None:
        here = self._row_in_focus()
        if here is None:
            self._repeat(None, ())
            return
        empty = [place for place in range(here, len(self._slots)) if self._empty(self._slots[place])]
        # In a row that is filled in, it is this one that the others repeat.
        self._repeat(here if self._empty(self._slots[here]) else here + 1, empty)

    def _repeat(self, first: int | None, places: Sequence[int]) -> None:
        """Let rows repeat the one above the first of them; say what was taken over and what was not."""
        view, text = self._view, self._page.language.text
        if view is None or first is None or first == 0 or not places:
            self._say(text("There is no row above, or no empty one: nothing was repeated."), "neutral")
            return
        above = self._slots[first - 1]
        values: dict[str, str] = {}
        for place in places:
            values |= repeated(view.typed(), above, self._slots[place])
        if not values:
            words = text("Dose {number} says nothing that another could repeat.", number=above.number)
            self._say(words, "neutral")
            return
        view.resume(values)
        self._told()
        missed = MISSED in values.values()
        told = (
            text("Missed, as dose {number}; rows: {count}.", number=above.number, count=len(places))
            if missed
            else text(
                "Time and “no reaction” as at dose {number}; rows: {count}. No date was repeated: say of "
                "each on which day it was given, and its site.",
                number=above.number,
                count=len(places),
            )
        )
        self._say(told, "neutral")
        behind = places[-1] + 1 if missed else places[0]
        view.go_to(row_code(OUTCOME, self._slots[min(behind, len(self._slots) - 1)]))

    # From the clipboard.

    def _paste(self) -> None:
        view, drug, page = self._view, self._drug, self._page
        if view is None or drug is None:
            return
        now = page.state.desk.now()
        try:
            pasted = pasted_rows(QGuiApplication.clipboard().text())
        except RuleBroken as error:
            self._say(error_sentence(error, page.language), "bad")
            return
        again, before = self._again, self._slots

        def slots_with(placed: Sequence[Placed]) -> Sequence[Slot]:
            told = (dose for row, slot in placed for dose in pasted_dose(row, slot, drug, now))
            return before if again is None else again(told)

        def empty(placed: Sequence[Placed]) -> Sequence[Slot]:
            return [slot for slot in slots_with(placed) if self._empty(slot)]

        laid = lay_out(pasted.rows, empty(()), now.date(), None if again is None else empty)
        usual = number(view.values(), "amount")
        rows = [(filled(row, slot, drug, usual, now), slot) for row, slot in laid.placed]
        self._put(rows, slots_with(laid.placed))
        self.left_out += len(laid.left_out)
        self._tell(laid, rows, heading=pasted.heading)

    def _put(self, rows: Sequence[tuple[FilledRow, Slot]], slots: Sequence[Slot]) -> None:
        """Put pasted rows into the grid: nothing is saved, and what is in doubt says so."""
        own = {slot.number for row, slot in rows if row.own_amount}
        if not has_own_amounts(self._page.state.desk.protocol):
            own = set()
        self.amounts |= own
        if own or slots != self._slots:
            self._rebuild(slots)
        view = self._view
        assert view is not None
        view.resume({code: text for row, _ in rows for code, text in row.typed.items()})
        doubts: Mapping[str, tuple[str, Finding]] = {
            code: doubt for row, _ in rows for code, doubt in row.doubts.items()
        }
        for code, (text, finding) in doubts.items():
            view.field(code).fill_in(text)
            view.field(code).show_finding(finding)
        self._told()
        view.go_to(next(iter(doubts))) if doubts else view.go_to_first()

    def _tell(self, laid: LaidOut, rows: Sequence[tuple[FilledRow, Slot]], *, heading: bool) -> None:
        language = self._page.language
        doubts = sum(len(row.doubts) for row, _ in rows)
        said = [language.text("Pasted rows in the grid: {count}. Nothing is saved yet.", count=len(rows))]
        if heading:
            said.append(language.text("The first row was taken for headings."))
        if doubts:
            said.append(language.text("Cells to put right: {count}.", count=doubts))
        said += [sentence(each.code, each.facts(), language) for each in laid.left_out]
        self._say(" ".join(said), "warn" if laid.left_out or doubts else "neutral")
