"""What stands beside the worklist: the week ahead, what waits for a signature, the enrolment."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QGridLayout, QWidget

from sle_desk.domain.site_calendar import SiteCalendar
from sle_desk.exports.wording import ENUMERATED, SEMICOLON, entered_words
from sle_desk.services.overview import Enrolment, Planned, TodayView, WeekDay
from sle_desk.ui.cards import Card
from sle_desk.ui.dose_words import day_words, drug_words
from sle_desk.ui.labels import label
from sle_desk.ui.state import State
from sle_desk.ui.strip import empty
from sle_desk.ui.theme import current
from sle_desk.ui.wording import open_words, visit_words

WIDE = 250
# More forms than this are counted, not listed.
SIGNING_SHOWN = 6


class TodaySide(QWidget):
    """Three cards, one above the other or side by side."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self.week, self.signing, self.enrolment = Card(), Card(), Card()
        self._grids = {card: QGridLayout() for card in (self.week, self.signing, self.enrolment)}
        self._way = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._way.setContentsMargins(0, 0, 0, 0)
        self._way.setSpacing(current().px(14))
        for card, grid in self._grids.items():
            grid.setHorizontalSpacing(current().px(12))
            grid.setVerticalSpacing(current().px(4))
            grid.setColumnStretch(1, 1)
            card.body.addLayout(grid)
            card.body.addStretch(1)
            self._way.addWidget(card, 1)

    def stand(self, *, upright: bool) -> None:
        """Stand as a column beside the list, or as a row below it."""
        way = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        self._way.setDirection(way)
        self.setMinimumWidth(current().px(WIDE) if upright else 0)
        self.setMaximumWidth(current().px(WIDE) if upright else 16_777_215)

    def show_view(self, view: TodayView) -> None:
        """Show the week, the signatures and the enrolment."""
        language = self._state.language
        self.week.set_title(language.text("This week"))
        self._fill(
            self.week,
            [self._day(day, view.site) for day in view.week] or [("", language.text("Nothing planned."))],
        )
        self.signing.set_title(language.text("Waiting for signature"))
        self._fill(self.signing, self._signing(view) or [("", language.text("Nothing waits."))])
        self.enrolment.set_title(language.text("Enrolment"))
        self._fill(self.enrolment, self._enrolment(view.enrolment))

    def _fill(self, card: Card, lines: list[tuple[str, str]]) -> None:
        grid = self._grids[card]
        empty(grid)
        for place, (name, words) in enumerate(lines):
            if name:
                grid.addWidget(label(name, "table-strong"), place, 0)
                grid.addWidget(label(words, "table", wrap=True), place, 1)
            else:
                grid.addWidget(label(words, "caption", "text_2", wrap=True), place, 0, 1, 2)

    def _day(self, day: WeekDay, site: SiteCalendar) -> tuple[str, str]:
        entered = entered_words(day.on, site, self._state.language)
        said = [f"{entered}."] if entered else []
        planned = (self._planned(each) for each in day.planned)
        said.append(self._state.language.words(SEMICOLON).join(planned))
        return day_words(day.on, self._state.language), " ".join(said)

    def _planned(self, planned: Planned) -> str:
        protocol, language = self._state.desk.protocol, self._state.language
        if planned.code == "dose":
            what = drug_words(protocol, str(planned.facts["drug"]), language)
        else:
            what = visit_words(protocol, str(planned.facts["visit"]), language)
        # The number alone: the prefix is the same for everybody.
        short = language.words(ENUMERATED).join(code.rpartition("-")[2] for code in planned.subjects)
        return language.text("{what}: {subjects}", what=what, subjects=short)

    def _signing(self, view: TodayView) -> list[tuple[str, str]]:
        protocol, language = self._state.desk.protocol, self._state.language
        lines = []
        for entry in view.to_sign[:SIGNING_SHOWN]:
            forms = {language.words(protocol.form(code).label) for code in entry.forms}
            visit = (
                visit_words(protocol, entry.visit, language)
                if entry.visit
                else language.words(ENUMERATED).join(sorted(forms))
            )
            words = language.text("{visit}, forms: {count}", visit=visit, count=len(entry.forms))
            lines.append((entry.who.code, words))
        more = len(view.to_sign) - SIGNING_SHOWN
        if more > 0:
            lines.append(("", language.text("and {count} more", count=more)))
        if view.unjudged:
            lines.append(
                ("", language.text("Results that wait for CS / NCS: {count}, see Labs.", count=view.unjudged))
            )
        return lines

    def _enrolment(self, enrolment: Enrolment) -> list[tuple[str, str]]:
        language = self._state.language
        lines = [
            (language.text("Subjects screened"), str(enrolment.screened)),
            (language.text("Subjects randomised"), str(enrolment.randomised)),
            (language.text("Screen failures"), str(enrolment.failed)),
        ]
        if enrolment.in_error:
            lines.insert(2, (language.text("Allocated in error"), str(enrolment.in_error)))
        if enrolment.target is not None:
            return [*lines, (language.text("Target number"), str(enrolment.target))]
        waits = open_words(self._state.desk.protocol, (enrolment.waits,), language)
        return [*lines, ("", language.text("Target not set: decision {code} is open.", code=waits))]
