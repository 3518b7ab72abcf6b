"""The calendar of the site: holidays and make-up days, offered from notices, entered and put right here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, message
from sle_desk.domain.site_calendar import HOLIDAY, WORKED, YEAR
from sle_desk.exports.dataset_calendar import KINDS
from sle_desk.exports.wording import ENUMERATED, either, planned_day
from sle_desk.services import site_days
from sle_desk.services.drafts import Place
from sle_desk.services.site_days import CORRECT, RECORD, VOID, SiteDayRow
from sle_desk.ui.correction_cases import KEYS as CORRECT_KEYS
from sle_desk.ui.dialogs.correct_record import Correctable, CorrectRecord, Right
from sle_desk.ui.dialogs.entered_in_error import Case, ask_entered_in_error
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.calendar_forms import (
    PLACES,
    compared_form,
    day_in,
    entered_of,
    new_form,
    right_form,
    saved_of,
    year_in,
)
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column, Group
from sle_desk.ui.void_cases import KEYS as VOID_KEYS
from sle_desk.ui.wording import reason_words

KIND_WORDS, KIND_STATUS = dict(KINDS), {HOLIDAY: "neutral", WORKED: "due", YEAR: "ok"}
STATES = {
    "confirmed": (message("confirmed"), "ok"),
    "proposal": (message("proposal"), "warn"),
    VOID: (message("entered in error"), "bad"),
}
CODES = ("document",)


def state_of(row: SiteDayRow) -> str:
    """Return how a day stands: in error, compared with its notice, or a proposal still."""
    if row.state == VOID:
        return VOID
    return "confirmed" if row.confirmed else "proposal"


class CalendarTab(ListTab):
    """The days by year, the latest year first; what is offered stands above them."""

    reads = frozenset({"site_day"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        self._writes, self._corrects = self.may(RECORD), self.may(CORRECT)
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
            self.add_act("O", self._take_in, on_row=True)
            self.add_act("C", self._ask_compared, on_row=True)
        if self._corrects:
            self.add_act(CORRECT_KEYS, self._ask_right, on_row=True)
            self.add_act(VOID_KEYS, self._ask_void, on_row=True)
            self.table.opened.connect(lambda *_: self._ask_right())
        self.retranslate()

    def above(self) -> Sequence[QWidget]:
        """Return where it is told what is offered."""
        self.offer = Strip()
        return (self.offer,)

    # Words.

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Date"), lambda row: row.on_day, self._day, look="strong"),
            Column(
                language.text("What it is"),
                lambda row: row.entered.kind,
                lambda row: language.text(KIND_WORDS[row.entered.kind]),
                look="chip",
                status=lambda row: KIND_STATUS[row.entered.kind],
            ),
            Column(language.text("Name of the day"), self._name, self._name, stretch=True),
            Column(
                language.text("Notice"), lambda row: row.entered.document, lambda row: row.entered.document
            ),
            Column(
                language.text("State"),
                state_of,
                lambda row: language.text(STATES[state_of(row)][0]),
                look="chip",
                status=lambda row: STATES[state_of(row)][1],
            ),
            Column(language.text("Entered by"), lambda row: row.recorded_by, lambda row: row.recorded_by),
        )

    def _day(self, row: SiteDayRow) -> str:
        return str(row.on_day.year) if row.entered.kind == YEAR else planned_day(row.on_day, self.language)

    def _name(self, row: SiteDayRow) -> str:
        why = reason_words(row.void_reason, self.language) if row.void_reason else ""
        return " · ".join(part for part in (either(row.entered.name, self.language), why) if part)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        text = self.language.text
        entering = (text("New day"), text("Take in what is offered"), text("Confirm a notice…"))
        righting = (text("Correct…"), text("Entered in error…"))
        return (*(entering if self._writes else ()), *(righting if self._corrects else ()))

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        super().retranslate()
        language = self.language
        self.card.set_title(
            language.text("Calendar of the site"),
            language.text("Shown beside planned days; it moves none of them"),
        )
        self.note.setText(
            language.text("Nothing is entered yet: only weekends are known, and no year's holidays.")
        )
        self._stale = True
        if self.isVisible():
            self.reload()

    # Rows.

    def rows(self) -> Sequence[SiteDayRow | Group]:
        """Read the days, under the year they lie in."""
        found = site_days.site_days(self.state.desk)
        lines: list[SiteDayRow | Group] = []
        for year in sorted({row.on_day.year for row in found}, reverse=True):
            of_year = [row for row in found if row.on_day.year == year]
            lines += [self._group(year, of_year), *of_year]
        return lines

    def _group(self, year: int, rows: Sequence[SiteDayRow]) -> Group:
        whole = any(row.entered.kind == YEAR and row.state != VOID for row in rows)
        text = self.language.text
        words = (
            text("{year}: all days entered", year=year)
            if whole
            else text("{year}: not said to be entered whole", year=year)
        )
        return Group(words, "ok" if whole else "warn", icon="calendar")

    def load(self) -> None:
        """Read the days and what is offered, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)
        self._tell_offer()

    def _tell_offer(self) -> None:
        offered = site_days.to_take(self.state.desk) if self._writes else ()
        if not offered:
            self.offer.clear()
            return
        named = self.language.words(ENUMERATED).join(f"{year.year} ({year.document})" for year in offered)
        self.offer.say(
            self.language.text(
                "Offered, unconfirmed and not in force: {years}. O takes them in; compare each day with the "
                "notice, then C confirms it.",
                years=named,
            ),
            "due",
        )

    # Acts.

    def _row(self) -> SiteDayRow | None:
        row: SiteDayRow | None = self.table.current_row()
        return row if row is not None and row.state != VOID else None

    def _new(self) -> None:
        place = Place("study.site_day")
        self.open_form(SideForm(self.state, new_form(), place, self._record, _verb, CODES, PLACES))

    def _record(self, values: Values) -> None:
        desk, entered = self.state.desk, entered_of(values)
        if entered.kind == YEAR:
            year = year_in(values)
            site_days.record_year(desk, year, entered.document)
            self.state.say(self.language.text("{year}: all days entered", year=year))
            return
        last = day_of(values, "last") if entered.kind == HOLIDAY else None
        count = site_days.record_days(desk, day_in(values), last, entered)
        self.state.say(self.language.text("Days entered: {count}.", count=count))

    def _take_in(self) -> None:
        try:
            count = site_days.take_in(self.state.desk)
        except SleDeskError as error:
            self.state.refuse(error)
            return
        self.state.say(
            self.language.text(
                "Lines taken in: {count}. Compare them with the notice, C confirms.", count=count
            )
        )

    def _ask_compared(self) -> None:
        row = self._row()
        if row is not None:
            document = row.entered.document
            act = partial(self._compared, document)
            self.open_form(SideForm(self.state, compared_form(document), None, act, _compared_verb))

    def _compared(self, document: str, values: Values) -> None:
        if text_of(values, "compared"):
            count = site_days.confirm_notice(self.state.desk, document)
            self.state.say(
                self.language.text("{document}: lines confirmed: {count}.", document=document, count=count)
            )

    def _ask_right(self) -> None:
        row = self._row()
        if row is None:
            return
        language = self.language

        def save(right: Right) -> None:
            year = row.entered.kind == YEAR
            day = row.on_day if year else day_in(right.values)
            entered = entered_of(right.values)
            site_days.correct_day(
                self.state.desk, row.id, row.version, day, entered, right.reason, right.note
            )

        record = Correctable(
            title=language.text("{day}: correct the entry", day=self._day(row)),
            about=language.text("Planned days stay where they are; what stands beside them is told anew."),
            form=right_form(row),
            saved=saved_of(row),
            save=save,
            codes=CODES,
        )
        dialog = CorrectRecord(self, self.state, record)
        dialog.accepted.connect(self._corrected)
        dialog.open()

    def _corrected(self) -> None:
        self.state.say(self.language.text("Corrected. The audit keeps what stood there."))
        self.table.setFocus()

    def _ask_void(self) -> None:
        row = self._row()
        if row is None:
            return
        desk, text = self.state.desk, self.language.text
        case = Case(
            title=text("{day}: entered in error", day=self._day(row)),
            about=" · ".join(part for part in (self._name(row), row.entered.document) if part),
            with_it=(text("The line stays in sight and counts no more."),),
            act=lambda reason, note, _: site_days.void_day(desk, row.id, row.version, reason, note),
        )
        ask_entered_in_error(self, self.state, case, self.table.setFocus)


def _verb(language: Language) -> str:
    return language.text("Record")


def _compared_verb(language: Language) -> str:
    return language.text("Confirm")
