"""What stands beside the tabs of a subject: scores and markers with their trend, and what is next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.visit_rules import planned_name
from sle_desk.exports import prednisone_words as told
from sle_desk.exports.drawing import Point, trend
from sle_desk.exports.wording import COLON
from sle_desk.services.plan import CalendarDay
from sle_desk.services.prednisone import NOTHING, Prednisone
from sle_desk.services.subject_trends import Trend
from sle_desk.services.subject_view import SubjectView
from sle_desk.ui.cards import Card
from sle_desk.ui.charts import DrawingView
from sle_desk.ui.chips import Chip
from sle_desk.ui.dose_words import day_words, drug_words
from sle_desk.ui.labels import label
from sle_desk.ui.strip import empty
from sle_desk.ui.theme import current
from sle_desk.ui.wording import FLAGS

WIDE = 288
SHOWN_NEXT = 3
LEAST_TRENDS = 80
TREND_WIDTH, TREND_HEIGHT = 84.0, 26.0
STAIR_WIDTH, STAIR_HEIGHT = 236.0, 72.0


class _Trends(QScrollArea):
    """The trends, as high as they are where there is room for that; else they scroll by themselves."""

    def __init__(self, trends: Card) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._trends = trends
        self.setWidget(trends)

    def sizeHint(self) -> QSize:
        """Return the size of all that is in it."""
        return self._trends.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another height where what is in it got longer or shorter."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """Return the least that is of use."""
        return QSize(super().minimumSizeHint().width(), current().px(LEAST_TRENDS))


class SubjectSide(QWidget):
    """Two cards, one above the other: what is next stays in sight, however long the trends above it are."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.setFixedWidth(px(WIDE))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.trends, self.next = Card(), Card()
        self._trends, self._next = QVBoxLayout(), QGridLayout()
        self._trends.setSpacing(px(8))
        self._next.setHorizontalSpacing(px(12))
        self._next.setVerticalSpacing(px(4))
        self._next.setColumnStretch(1, 1)
        self.trends.body.addLayout(self._trends)
        self.next.body.addLayout(self._next)
        self._scrolled = _Trends(self.trends)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self._scrolled)
        column.addWidget(self.next)
        column.addStretch(1)

    def put_next_first(self, first: bool) -> None:
        """Let what is next stand above the trends, as a low window needs it to be in sight."""
        self._column.insertWidget(0 if first else 1, self.next)

    def hasHeightForWidth(self) -> bool:
        """Ask for no height of its own: the page would grow below the window with it."""
        return False

    def show_subject(
        self,
        view: SubjectView,
        found: tuple[Trend, ...],
        protocol: Protocol,
        language: Language,
        prednisone: Prednisone = NOTHING,
    ) -> None:
        """Show the trends, the glucocorticoids, and the next days on which something is planned."""
        self.trends.set_title(language.text("Trends"))
        self.next.set_title(language.text("Next"))
        empty(self._trends)
        empty(self._next)
        for each in found:
            self._trends.addLayout(_trend(each, language))
        if prednisone.stretches:
            self._trends.addLayout(_prednisone(prednisone, language))
        elif not found:
            self._trends.addWidget(label(language.text("No score or marker yet."), "caption", "text_2"))
        coming = view.coming(SHOWN_NEXT)
        for place, day in enumerate(coming):
            today = day.on == view.calendar.on
            when = language.text("Today") if today else day_words(day.on, language)
            self._next.addWidget(label(when, "table-strong"), place, 0)
            self._next.addWidget(label(_planned(day, protocol, language), "table", wrap=True), place, 1)
        if not coming:
            words = language.text("Nothing is planned by date.")
            self._next.addWidget(label(words, "caption", "text_2", wrap=True), 0, 0, 1, 2)


def _trend(each: Trend, language: Language) -> QLayout:
    px = current().px
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(8))
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(0, 1)
    grid.addWidget(label(language.words(each.label), "caption", "text_2"), 0, 0, 1, 2)
    before = f"  {language.text('was {value}', value=_before(each))}" if len(each.points) > 1 else ""
    grid.addWidget(label(f"{each.points[-1].said} {each.unit}".strip(), "strong"), 1, 0)
    grid.addWidget(label(before.strip(), "caption", "text_3"), 2, 0)
    if each.flag in ("LOW", "HIGH", "ABNORMAL"):
        words, status, icon = FLAGS[each.flag]
        grid.addWidget(Chip(language.text(words), status, icon), 1, 1, 2, 1)
    start = each.points[0].on
    points = [Point((point.on - start).days, point.value, f"{point.on:%m-%d}") for point in each.points]
    drawing = trend(points, each.low, each.high, width=TREND_WIDTH, height=TREND_HEIGHT)
    view = DrawingView(zoom=1.0)
    view.setFixedWidth(px(TREND_WIDTH))
    view.show_drawing(drawing, ", ".join(point.said for point in each.points))
    grid.addWidget(view, 0, 2, 3, 1)
    return grid


def _prednisone(found: Prednisone, language: Language) -> QLayout:
    px = current().px
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(8))
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(0, 1)
    last = found.stretches[-1]
    grid.addWidget(label(language.text(told.PREDNISONE), "caption", "text_2"), 0, 0, 1, 2)
    grid.addWidget(label(language.words(told.amount_words(last.mg)), "strong"), 1, 0)
    under = told.why_words(last) or told.limit_words(found)
    grid.addWidget(label(language.words(under), "caption", "text_3", wrap=True), 2, 0, 1, 2)
    if last.mg is not None and found.limit is not None and last.mg > found.limit:
        words, status, icon = FLAGS["HIGH"]
        grid.addWidget(Chip(language.text(words), status, icon), 1, 1)
    view = DrawingView(zoom=1.0)
    view.setFixedWidth(px(STAIR_WIDTH))
    words = language.words(COLON).join(
        (language.text(told.PREDNISONE), language.words(told.over_words(found)))
    )
    view.show_drawing(told.stair(found, STAIR_WIDTH, STAIR_HEIGHT), words)
    grid.addWidget(view, 3, 0, 1, 2)
    return grid


def _before(each: Trend) -> str:
    return each.points[-2].said


def _planned(day: CalendarDay, protocol: Protocol, language: Language) -> str:
    parts = [
        language.words(planned_name(protocol, each.planned)) for each in day.visits if each.on_day is None
    ]
    parts += [
        f"{drug_words(protocol, each.slot.drug, language)} #{each.slot.number}"
        for each in day.slots
        if each.awaited
    ]
    return " · ".join(parts)
