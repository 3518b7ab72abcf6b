"""Today: what must be done now for everybody; every row has one act on Enter, and G records an injection."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.base.language import message
from sle_desk.domain.site_calendar import NOTHING_ENTERED
from sle_desk.exports.wording import COMMA
from sle_desk.services import overview
from sle_desk.services.due_rows import NOW, TodayRow
from sle_desk.services.overview import TodayView
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card, FigureCard
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.randomise import Randomise
from sle_desk.ui.dose_strip import DoseStrip
from sle_desk.ui.due_words import ENTRIES_LACKING, QUESTIONS, STEPS_LACKING
from sle_desk.ui.fields import weekday
from sle_desk.ui.labels import label
from sle_desk.ui.pages.due_places import NEEDS, way_of
from sle_desk.ui.pages.today_rows import (
    HEADINGS,
    RowWords,
    chip_of,
    has_injection,
    is_past,
    key_of,
)
from sle_desk.ui.pages.today_side import TodaySide
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.stock_words import STOCK
from sle_desk.ui.table import Column, Group, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import arm_words

# Which rows each filter shows, by what is due; none: every row.
FILTERS = {
    "all": frozenset[str](),
    "visits": frozenset({"visit", "to_type", "panels"}),
    "doses": frozenset({"injection", "infusion", "diary", "bag", "prepare_waits", *STOCK}),
    "labs": frozenset({"results", "panels"}),
    "screening": frozenset({"consent", "reconsent", "approval", "eligibility", "allocation"}),
    "safety": frozenset(
        {*STEPS_LACKING, *ENTRIES_LACKING, *QUESTIONS}
        | {"serious", "sent_elsewhere", "final_report", "graded", "entries"}
    )
    - {"grounds"},
    "queries": frozenset({"queries", "deviations", "grounds"}),
}
FIGURES = (("calendar", "due"), ("octagon", "bad"), ("query", "query"), ("pen", "sign"))
# Below this width the cards beside the list stand under it.
SIDE_BY_SIDE = 1_050


class TodayPage(DeskPage):
    """The worklist."""

    reads = frozenset({"subject", "identity", "consent", "allocation", "dose", "visit", "form_record",
                       "answer", "sample", "not_drawn", "result", "query", "deviation", "signature",
                       "disposition", "protocol_decision", "record_link", "site_day", "stock_movement",
                       "dispensing", "dose_vials", "criterion_answer", "eligibility_decision",
                       "dose_pause", "protocol_amendment"})  # fmt: skip

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._view: TodayView | None = None
        self.figures = [FigureCard(icon, status) for icon, status in FIGURES]
        self.filters = SegmentedButtons([(code, code) for code in FILTERS])
        self.filters.picked.connect(self._show)
        self.dose = DoseStrip(state)
        self.dose.recorded.connect(self._back_to_list)
        self.dose.closed.connect(self._back_to_list)
        self.model = RowsModel(self._columns(), key=key_of)
        self.table = TableView(self.model, "worklist")
        self.table.opened.connect(self._open)
        self.table.acted.connect(self._open)
        self.side = TodaySide(state)
        self.new_button = Button("", "primary", keys="Ctrl+N", icon="plus")
        self.new_button.clicked.connect(self._new)
        self._empty = label(role="body", ink="text_2", wrap=True)
        self._lay_out()
        self._verbs = self._add_verbs()
        self.retranslate()

    def _lay_out(self) -> None:
        px = current().px
        figures = QHBoxLayout()
        figures.setSpacing(px(14))
        for figure in self.figures:
            figures.addWidget(figure, 1)
        card = Card()
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table)
        self.table.setMinimumHeight(px(300))
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(px(14))
        self._across.addWidget(card, 1)
        self._across.addWidget(self.side, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addLayout(figures)
        column.addWidget(self.filters)
        column.addWidget(self._empty)
        column.addWidget(self.dose)
        column.addLayout(self._across, 1)

    def _add_verbs(self) -> list[object]:
        if not self.may("dose.record"):
            return []
        return [
            self.table.add_verb("G", "", self._record),
            self.table.add_verb("D", "", self._record_otherwise),
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Set the cards beside the list where there is room, else below it."""
        super().resizeEvent(event)
        wide = self.width() >= current().px(SIDE_BY_SIDE)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._across.setDirection(way)
        self.side.stand(upright=wide)

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Today")

    def second(self) -> str:
        """Return the day and the time."""
        now = self.state.desk.now()
        day = f"{weekday(now.date(), self.language)} {now:%Y-%m-%d}"
        return self.language.words(COMMA).join((day, f"{now:%H:%M}"))

    def top_parts(self) -> Sequence[QWidget]:
        """Return the button that registers, for roles that may."""
        return (self.new_button,) if self.may("subject.register") else ()

    def target(self, go: Go) -> None:
        """Take what is to be shown of the day: one of the filters."""
        if go.tab in FILTERS:
            self.filters.pick(go.tab)

    def entered(self) -> None:
        """Read again and let the keys choose a row."""
        # What is due changes with the clock, not only with the file.
        self.reload()
        (self.dose if self.dose.subject_id() is not None else self.table).setFocus()

    @property
    def waits_for_entry(self) -> bool:
        """Tell whether a dose is being typed."""
        return self.dose.subject_id() is not None

    def load(self) -> None:
        """Read what is due."""
        self._view = overview.today(self.state.desk)
        self.model.set_columns(self._columns())
        self._show_figures(self._view)
        self._show()
        self.side.show_view(self._view)

    def _words(self) -> RowWords:
        desk = self.state.desk
        site = self._view.site if self._view is not None else NOTHING_ENTERED
        return RowWords(desk.protocol, self.language, desk.today(), site)

    def _show_figures(self, view: TodayView) -> None:
        language, cards = self.language, view.cards
        other = cards.due_today - cards.with_doses
        doses = language.text("{doses} with doses · {other} other", doses=cards.with_doses, other=other)
        monitor = language.text("{count} raised by the monitor", count=cards.raised_by_monitor)
        shown = (
            (cards.due_today, language.text("due today"), doses),
            (cards.overdue, language.text("overdue"), language.text("counted from the day it was due")),
            (cards.open_queries, language.text("open queries"), monitor),
            (cards.to_sign, language.text("forms to sign"), language.text("saved and not signed")),
        )
        for card, (count, words, second) in zip(self.figures, shown, strict=True):
            card.show_figure(str(count), words, second)

    def _show(self, *_: object) -> None:
        if self._view is None:
            return
        wanted = FILTERS[self.filters.code()]
        lines: list[Group | TodayRow] = []
        for group in self._view.groups:
            rows = [row for row in group.rows if not wanted or wanted & {item.code for item in row.items}]
            if rows:
                words, status, icon = HEADINGS[group.code]
                day = (
                    f"{self.language.words(COMMA)}{weekday(self._view.on, self.language)} {self._view.on}"
                    if group.code == NOW
                    else ""
                )
                lines.append(Group(self.language.text(words) + day, status, str(len(rows)), icon))
                lines += rows
        self.model.show_rows(lines)
        self._empty.setVisible(not lines)

    def _columns(self) -> tuple[Column, ...]:
        language = self.language
        words = self._words()
        return (
            Column(language.text("When"), words.when, words.when, width=104,
                   ink=lambda row: "bad" if row.days_late else "text"),
            Column(language.text("Subject · arm"), self._code, self._code, look="strong", after=self._name,
                   second=self._arm, second_icon=lambda row: row.who.shape if row.who else "", width=176),
            Column(language.text("What is due"), words.due, words.due, look="strong", second=words.second,
                   stretch=True),
            Column(language.text("Status"), chip_of, words.status, look="chip", status=chip_of, width=150),
            Column("", self._act, self._act, look="button", width=172),
        )  # fmt: skip

    def _act(self, row: TodayRow) -> str:
        needed = NEEDS.get(row.action)
        # What the role cannot do is no offer: Enter then only shows.
        return self.language.text("View") if needed and not self.may(needed) else self._words().act(row)

    def _code(self, row: TodayRow) -> str:
        return row.who.code if row.who else ""

    def _name(self, row: TodayRow) -> str:
        return row.who.name if row.who and self.state.names_shown else ""

    def _arm(self, row: TodayRow) -> str:
        return arm_words(self.state.desk.protocol, row.who.arm, self.language)[1] if row.who else ""

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.new_button.set_words(language.text("New subject"))
        self.filters.set_texts(
            [
                language.text("Everyone"),
                language.text("Visits"),
                language.text("Doses"),
                language.text("Laboratory"),
                language.text("Screening"),
                language.text("Safety"),
                language.text("Queries"),
            ]
        )
        for verb, words in zip(self._verbs, (VERBS if self._verbs else ()), strict=True):
            verb.setText(language.text(words))  # type: ignore[attr-defined]
        self._empty.setText(language.text("Nothing is due today."))
        self.dose.retranslate()
        self.model.set_columns(self._columns())
        if self._view is not None:
            self.load()

    # What a row leads to.

    def _new(self) -> None:
        self.state.go(Go("register"))

    def _record(self) -> None:
        row = self.table.current_row()
        if isinstance(row, TodayRow) and has_injection(row) and row.who is not None:
            self.dose.open_given(row.who.subject_id, row.who.code)
        else:
            self.state.say(self.language.text("No injection is planned in this row."))

    def _record_otherwise(self) -> None:
        row = self.table.current_row()
        if isinstance(row, TodayRow) and has_injection(row) and row.who is not None:
            self.dose.open_otherwise(row.who.subject_id, row.who.code, number_of(row))
        else:
            self.state.say(self.language.text("No injection is planned in this row."))

    def _back_to_list(self, *_: object) -> None:
        self.table.setFocus()

    def _open(self, row: TodayRow) -> None:
        if row.action == "record_injection" and self.may("dose.record"):
            self._record_otherwise() if is_past(row) else self._record()
        elif row.action == "open_allocation" and row.who is not None and self.may("allocation.open"):
            Randomise(self, self.state, row.who.subject_id).open()
        else:
            self.state.go(way_of(self.state, row))


VERBS = (message("record as given"), message("other dose / missed"))


def number_of(row: TodayRow) -> int | None:
    """Return the first dose of an injection row that is late; today's own needs no number."""
    number = next((item.facts["first"] for item in row.items if item.code == "injection"), None)
    return number if row.days_late and isinstance(number, int) else None
