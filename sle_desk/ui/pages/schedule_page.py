"""Schedule: a week of everybody, subjects down and days across; Enter opens what stands there."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout

from sle_desk.base.language import message
from sle_desk.domain.visit_rules import recurs
from sle_desk.exports.wording import entered_words
from sle_desk.services import week
from sle_desk.services.deaths import Death
from sle_desk.services.due_rows import Due
from sle_desk.services.week import DAYS, DIED, DOSE, NO_DAY_ONE, VISIT, WeekRow, WeekView
from sle_desk.services.withdrawals import TREATMENT, VISITS, WITHDRAWAL
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.ask_day import ask_day
from sle_desk.ui.dose_words import day_words, drug_words
from sle_desk.ui.keys import KEY, NONE, modifiers
from sle_desk.ui.labels import label
from sle_desk.ui.pages.dose_lines import STATES as DOSE_STATES
from sle_desk.ui.site_words import closed_window_words, told, unknown_years_words
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.visit_recording import record_visit
from sle_desk.ui.wording import (
    arm_words,
    death_words,
    due_visit_words,
    open_words,
    visit_words,
    withdrawn_words,
)

VISIT_STATES = {
    "done": (message("done"), "ok"),
    "not_done": (message("not done"), "neutral"),
    "planned": (message("planned"), "neutral"),
    "window_open": (message("window open"), "due"),
    "overdue": (message("overdue"), "bad"),
}
# The head of the table: one line, or three where a day has a name.
LOW, HIGH = 36, 72
INKS = {"bad": "bad", "warn": "warn", "due": "due"}


class WeekTable(TableView):
    """A table in which arrows choose a day too."""

    def __init__(self, model: RowsModel) -> None:
        super().__init__(model, "worklist")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)

    def pick(self, number: int) -> None:
        """Choose a row and stay on the day."""
        self.setCurrentIndex(self.model().index(number, max(1, self.currentIndex().column())))

    def day(self) -> int:
        """Return the number of the chosen day, from 0."""
        return max(0, self.currentIndex().column() - 1)

    def choose_day(self, day: int) -> None:
        """Choose a day of the chosen row."""
        if 0 <= day < DAYS and self.currentIndex().row() >= 0:
            self.setCurrentIndex(self.model().index(self.currentIndex().row(), day + 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by days; everything else as in every table."""
        steps = {KEY.Key_Left: -1, KEY.Key_Right: 1}
        key = KEY(event.key())
        if modifiers(event) == NONE and key in steps:
            self.choose_day(self.day() + steps[key])
        else:
            super().keyPressEvent(event)


class SchedulePage(DeskPage):
    """A week of everybody."""

    reads = frozenset({"subject", "identity", "allocation", "visit", "dose", "dispensing", "disposition",
                       "protocol_decision", "site_day", "dose_pause"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._day = state.desk.today()
        self._view: WeekView | None = None
        self.notice = Strip()
        self.closed = Strip()
        self._empty = label(role="body", ink="text_2", wrap=True)
        self.model = RowsModel((), key=lambda row: row.who.subject_id)
        self.table = WeekTable(self.model)
        self.table.opened.connect(self._open)
        card = Card()
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(12))
        for part in (self.notice, self.closed, self._empty):
            column.addWidget(part)
        column.addWidget(card, 1)
        self._today_verb = self.table.add_verb("T", "", self._to_today)
        self._back_verb = self.add_key("PgUp", "", partial(self._turn, -1))
        self._on_verb = self.add_key("PgDown", "", partial(self._turn, 1))
        self._unscheduled_verb = (
            self.table.add_verb("U", "", self._unscheduled) if self.may("visit.record") else None
        )
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Schedule")

    def second(self) -> str:
        """Return the days in sight."""
        first = week.monday_of(self._day)
        last = first + timedelta(days=DAYS - 1)
        return self.language.text("{first} to {last}", first=first.isoformat(), last=last.isoformat())

    def entered(self) -> None:
        """Show the week and let arrows choose a day."""
        super().entered()
        self.table.setFocus()

    @property
    def waits_for_entry(self) -> bool:
        """Tell that nothing is typed here."""
        return False

    def load(self) -> None:
        """Read the week."""
        before = self._view
        self._view = week.week(self.state.desk, self._day)
        self.model.set_columns(self._columns(self._view))
        self._tell_closed(self._view)
        self.model.show_rows(self._view.rows)
        if before is None or before.monday != self._view.monday:
            self.table.choose_day((self._day - self._view.monday).days)
        self._empty.setVisible(all(row.empty for row in self._view.rows))

    def _tell_closed(self, view: WeekView) -> None:
        """Say above the week which windows have no open day, and that nobody entered a year's holidays."""
        entered = any(view.day(number) in view.site.days for number in range(DAYS))
        self.table.horizontalHeader().setFixedHeight(current().px(HIGH if entered else LOW))
        protocol, language = self.state.desk.protocol, self.language
        closed = [
            f"{row.who.code} · {closed_window_words(protocol, window, language)}"
            for row in view.rows
            for window in row.closed
        ]
        unknown = unknown_years_words(view.unknown_years, language)
        lines = [told(closed, language)] if closed else []
        if lines or unknown:
            self.closed.say(
                "\n".join([*lines, *([unknown] if unknown else [])]), "warn" if lines else "neutral"
            )
        else:
            self.closed.clear()

    def _columns(self, view: WeekView) -> tuple[Column, ...]:
        language = self.language
        first = Column(
            language.text("Subject"),
            lambda row: row.who.code,
            lambda row: row.who.code,
            look="strong",
            second=self._beside,
            width=190,
        )
        return (first, *(self._day_column(view, number) for number in range(DAYS)))

    def _day_column(self, view: WeekView, number: int) -> Column:
        day = view.day(number)
        words = day_words(day, self.language)
        if day == view.today:
            words = self.language.text("{day}, today", day=words)
        entered = entered_words(day, view.site, self.language)
        if entered:
            words = f"{words}\n{entered}"
        return Column(
            words,
            lambda row: len(row.days[number]),
            lambda row: "\n".join(map(self._item, row.days[number])),
            ink=lambda row: self._ink(row.days[number]),
            stretch=True,
            wrap=True,
        )

    def _beside(self, row: WeekRow) -> str:
        language = self.language
        if row.waits is None:
            return arm_words(self.state.desk.protocol, row.who.arm, language)[1]
        if row.waits.code == DIED and isinstance(row.waits.facts["death"], Death):
            return death_words(row.waits.facts["death"], language)
        if row.waits.code in (TREATMENT, VISITS):
            scope = self.state.desk.protocol.form(WITHDRAWAL).field(row.waits.code).label
            return withdrawn_words(scope, row.waits.facts["since"], language)
        if row.waits.code == NO_DAY_ONE:
            return language.text("Day 1 not set")
        codes = row.waits.facts["codes"]
        named = open_words(self.state.desk.protocol, codes if isinstance(codes, tuple) else (), language)
        return language.text("open: {codes}", codes=named)

    def _item(self, item: Due) -> str:
        language, protocol, facts = self.language, self.state.desk.protocol, item.facts
        if item.code == DOSE:
            state = language.text(DOSE_STATES[str(facts["state"])][0])
            drug = drug_words(protocol, str(facts["drug"]), language)
            number = "" if facts["number"] is None else f" #{facts['number']}"
            return language.text("{what}: {state}", what=f"{drug}{number}", state=state)
        visit = due_visit_words(protocol, facts, language)
        if item.code == VISIT:
            state = language.text(VISIT_STATES[str(facts["state"])][0])
            return language.text("{what}: {state}", what=visit, state=state)
        if item.code == week.OPENS:
            return language.text("{visit}: window opens", visit=visit)
        return language.text("{visit}: window closes", visit=visit)

    def _ink(self, items: tuple[Due, ...]) -> str:
        known = {
            (DOSE_STATES if item.code == DOSE else VISIT_STATES)[str(item.facts["state"])][1]
            for item in items
            if item.code in (DOSE, VISIT)
        }
        return next((INKS[status] for status in INKS if status in known), "text")

    # Acts.

    def _turn(self, weeks: int) -> None:
        self._day = week.monday_of(self._day) + timedelta(days=7 * weeks + self.table.day())
        self.notice.clear()
        self.reload()
        self._tell_second()

    def _to_today(self) -> None:
        self._day = self.state.desk.today()
        self.reload()
        assert self._view is not None
        self.table.choose_day((self._day - self._view.monday).days)
        self._tell_second()

    def _tell_second(self) -> None:
        # The days stand beside the title, which the window asks for when something was read.
        self.state.changed.emit(frozenset())

    def _open(self, row: WeekRow) -> None:
        items = row.days[self.table.day()]
        subject_id = row.who.subject_id
        if any(item.code == DOSE for item in items):
            self.state.go(Go("doses", subject_id=subject_id))
        else:
            numbers = [item.facts["visit_id"] for item in items if item.code == VISIT]
            # Of several recorded on a day the last is meant: the others stand around it in the list.
            visit = max((number for number in numbers if isinstance(number, int)), default=None)
            self.state.go(Go("subject", subject_id=subject_id, visit_id=visit))

    def _unscheduled(self) -> None:
        """Ask for the day of an unscheduled visit: nothing is recorded in one press."""
        row, protocol = self.table.current_row(), self.state.desk.protocol
        if row is None:
            return
        code = next(visit.code for visit in protocol.visits if recurs(visit))
        words = visit_words(protocol, code, self.language)
        title = self.language.text("{visit} of {code}: on which day?", visit=words, code=row.who.code)
        ask_day(self, self.state, title, partial(self._record, row, code))

    def _record(self, row: WeekRow, code: str, day: date) -> None:
        if not record_visit(self, self.state, (row.who.subject_id, code, day), self.tell):
            return
        self.state.say(
            self.language.text(
                "{code}: unscheduled visit of {day} recorded.", code=row.who.code, day=day.isoformat()
            )
        )

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self._empty.setText(language.text("No visit this week"))
        self._today_verb.setText(language.text("this week"))
        self._back_verb.setText(language.text("week before"))
        self._on_verb.setText(language.text("next week"))
        if self._unscheduled_verb is not None:
            self._unscheduled_verb.setText(language.text("unscheduled visit"))
        self._stale = True
        if self.isVisible():
            self.reload()
