"""The timeline of a subject: visits with their windows, infusions, injections, and today, over the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.dose_matching import DUE_TODAY, LATE, MISSED, OVERDUE, PAUSED, PLANNED, DueSlot
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain
from sle_desk.domain.visit_rules import planned_name
from sle_desk.exports.wording import SEMICOLON
from sle_desk.services.plan import DONE, NOT_DONE, WINDOW_OPEN, Calendar, DueVisit
from sle_desk.services.plan import OVERDUE as VISIT_OVERDUE
from sle_desk.services.subject_view import SubjectView
from sle_desk.ui import icons
from sle_desk.ui.cards import Card
from sle_desk.ui.chips import rounded_box, text_width
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.icons import Icon
from sle_desk.ui.labels import label, name_for_readers
from sle_desk.ui.theme import Theme, current
from sle_desk.ui.timeline_events import EVENTS, LANE, bar_words, lanes_of, paint_events
from sle_desk.ui.wording import open_words

WEEK, TICK_WEEKS = 7, 4
HEAD, ROW = 30, 34
# Before anything is planned, so many days are drawn.
SCREENING_DAYS = 28
VISIT_MARKS = {
    DONE: ("check-circle", "ok"),
    NOT_DONE: ("minus-circle", "neutral"),
    VISIT_OVERDUE: ("octagon", "bad"),
    WINDOW_OPEN: ("circle", "due"),
}
TO_SIGN = ("pen", "sign")
# How a planned dose looks: the colour of its ground, of its line and of its words.
DOSE_LOOKS = {
    "given": ("dose_given", "dose_given", "on_accent"),
    LATE: ("warn", "warn", "on_accent"),
    MISSED: ("surface", "bad", "bad"),
    OVERDUE: ("surface", "bad", "bad"),
    DUE_TODAY: ("surface", "text", "text"),
    PAUSED: ("surface_2", "line", "text_2"),
}
TO_COME = ("surface", "input_line", "accent")


@dataclass(frozen=True)
class Span:
    """Days from the first to the last, and how they lie on a line of pixels."""

    first: date
    last: date
    left: int
    width: int

    def at(self, day: date) -> int:
        """Return the pixel of a day."""
        return self.left + round((day - self.first).days * self.scale)

    @property
    def scale(self) -> float:
        """Return the pixels of one day."""
        return self.width / max(1, (self.last - self.first).days)


def span_of(calendar: Calendar, left: int, width: int) -> Span:
    """Return the days to draw: the plan with what took place outside it, or the screening."""
    taken = [fact.on_day for fact in calendar.other_visits if fact.on_day is not None]
    days = [each.slot.planned_on for each in calendar.slots]
    days += [visit.planned.planned_on for visit in calendar.visits]
    days += [visit.planned.closes_on for visit in calendar.visits]
    days += [dose.on_day for dose in calendar.extra]
    if not days:
        first = min([*taken, calendar.on])
        return Span(first, max(calendar.on, first + timedelta(days=SCREENING_DAYS)), left, width)
    return Span(min(days), max(days), left, width)


class TimelineView(QWidget):
    """The drawing; what it shows is said in words for who cannot see it."""

    def __init__(self) -> None:
        super().__init__()
        self._view: SubjectView | None = None
        self._rows: list[tuple[str, str]] = []
        self._words: dict[str, str] = {}
        self._language = Language("en")
        self._more_lanes = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: SubjectView, protocol: Protocol, language: Language) -> None:
        """Show the plan of a subject and what took place."""
        self._view = view
        arm = view.calendar.arm
        drugs = [protocol.drug(code) for code in (protocol.arm(arm).drugs if arm else ())]
        drugs.sort(key=lambda drug: drug.preparation is None)
        self._pills = {drug.code for drug in drugs if drug.preparation is not None}
        self._units = {drug.code: language.words(drug.unit_label) for drug in drugs}
        self._rows = [("", language.text("Visits"))]
        self._rows += [(drug.code, drug_words(protocol, drug.code, language)) for drug in drugs]
        self._language = language
        if view.events:
            self._rows.append((EVENTS, language.text("Events")))
        lanes = lanes_of(view.events, view.calendar.on)
        self._more_lanes = max(lanes, default=0)
        week = max(0, (view.calendar.on - view.calendar.day_one).days // WEEK) if view.calendar.day_one else 0
        self._words = {
            "today": language.text("Today W{week}", week=week)
            if view.calendar.day_one
            else language.text("Today"),
            "plan": language.text("plan"),
            "missed": language.text("missed"),
            "overdue": language.text("overdue"),
        }
        name_for_readers(self, language.text("Timeline"), said(view, protocol, language))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the head and the rows."""
        px = current().px
        return QSize(px(600), px(HEAD) + len(self._rows) * px(ROW) + self._more_lanes * px(LANE))

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the weeks, the rows, and today over them."""
        if self._view is None:
            return
        theme, calendar = current(), self._view.calendar
        left = max(text_width(theme.font("table-strong"), words) for _, words in self._rows) + theme.px(34)
        span = span_of(calendar, left, self.width() - left - theme.px(40))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not calendar.provisional and calendar.day_one is not None:
                self._paint_weeks(painter, theme, span, calendar.day_one)
            self._paint_today(painter, theme, span)
            for place, (code, words) in enumerate(self._rows):
                top = theme.px(HEAD) + place * theme.px(ROW)
                row = QRect(0, top, self.width(), theme.px(ROW))
                painter.setFont(theme.font("table-strong"))
                painter.setPen(theme.colour("text"))
                painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)
                if code == EVENTS:
                    row.setHeight(row.height() + self._more_lanes * theme.px(LANE))
                    days = (span.first, span.last, calendar.on)
                    paint_events(painter, theme, span.at, row, self._view.events, days, self._language)
                else:
                    self._paint_row(painter, theme, span, code, row.center().y() + 1)

    def _paint_row(self, painter: QPainter, theme: Theme, span: Span, code: str, middle: int) -> None:
        assert self._view is not None
        calendar = self._view.calendar
        if not code:
            for fact in calendar.other_visits:
                if fact.on_day is not None and span.first <= fact.on_day <= span.last:
                    self._icon(painter, theme, *VISIT_MARKS[DONE], QPoint(span.at(fact.on_day), middle))
            for visit in calendar.visits:
                self._paint_visit(painter, theme, span, visit, middle)
        elif code in self._pills:
            for each in calendar.of_drug(code):
                self._paint_pill(painter, theme, each, QPoint(span.at(each.slot.planned_on), middle))
        else:
            self._paint_cells(painter, theme, span, calendar.of_drug(code), middle)
        for dose in calendar.extra:
            if dose.drug == code:
                self._icon(painter, theme, "diamond", "warn", QPoint(span.at(dose.on_day), middle))

    def _paint_weeks(self, painter: QPainter, theme: Theme, span: Span, day_one: date) -> None:
        painter.setFont(theme.font("label"))
        high, week = theme.px(HEAD), 0
        while (day := day_one + timedelta(days=week * WEEK)) <= span.last:
            x = span.at(day)
            painter.setPen(theme.colour("line"))
            painter.drawLine(x, high, x, self.height())
            painter.setPen(theme.colour("text_2"))
            box = QRect(x - theme.px(30), 0, theme.px(60), theme.px(22))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"W{week}")
            week += TICK_WEEKS

    def _paint_today(self, painter: QPainter, theme: Theme, span: Span) -> None:
        assert self._view is not None
        today = self._view.calendar.on
        if not span.first <= today <= span.last:
            return
        x, words = span.at(today), self._words["today"]
        painter.setFont(theme.font("label"))
        wide = text_width(painter.font(), words) + theme.px(16)
        place = min(max(0, x - wide // 2), self.width() - wide)
        box = QRect(place, 0, wide, theme.px(22))
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawLine(x, box.bottom(), x, self.height())
        rounded_box(painter, box, theme.px(11), theme.colour("accent"), None)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_visit(self, painter: QPainter, theme: Theme, span: Span, visit: DueVisit, middle: int) -> None:
        planned, high = visit.planned, theme.px(20)
        if planned.opens_on != planned.closes_on:
            start, end = span.at(planned.opens_on), span.at(planned.closes_on)
            band = QRect(start, middle - high // 2, max(end - start, high), high)
            rounded_box(painter, band, theme.px(4), theme.colour("surface_2"), theme.colour("line"))
        mark = VISIT_MARKS.get(visit.state, ("circle", "text_2"))
        assert self._view is not None
        if visit.visit_id in self._view.to_sign:
            mark = TO_SIGN
        self._icon(painter, theme, *mark, QPoint(span.at(visit.on_day or planned.planned_on), middle))

    def _icon(self, painter: QPainter, theme: Theme, name: str, ink: str, at: QPoint) -> None:
        size = theme.px(16)
        box = QRect(at.x() - size // 2, at.y() - size // 2, size, size)
        if name == "circle":
            painter.setPen(QPen(theme.colour(ink), 1.5))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            return
        icons.paint(painter, name, box, theme.colour(ink), theme.colour("surface"))

    def _paint_pill(self, painter: QPainter, theme: Theme, each: DueSlot, at: QPoint) -> None:
        ground, line, ink = _look(theme, each.state)
        given = each.dose.administered if each.dose is not None else None
        words = self._words[each.state if each.state in (MISSED, OVERDUE) else "plan"]
        if given is not None and each.state != MISSED:
            words = f"{plain(given)} {self._units[each.slot.drug]}"
        painter.setFont(theme.font("label"))
        wide, high = text_width(painter.font(), words) + theme.px(16), theme.px(22)
        box = QRect(at.x() - wide // 2, at.y() - high // 2, wide, high)
        rounded_box(painter, box, high / 2, ground, line)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_cells(
        self, painter: QPainter, theme: Theme, span: Span, slots: tuple[DueSlot, ...], middle: int
    ) -> None:
        days = sorted(each.slot.planned_on for each in slots)
        gaps = [(after - before).days for before, after in pairwise(days)]
        wide = max(3.0, min(theme.px(14), min(gaps, default=WEEK) * span.scale - 2))
        high = theme.px(18)
        for each in slots:
            x = span.at(each.slot.planned_on)
            paint_cell(painter, theme, QRectF(x - wide / 2, middle - high / 2, wide, high), each.state)


def paint_cell(painter: QPainter, theme: Theme, box: QRectF, state: str) -> None:
    """Paint one injection: filled when given, crossed when missed, struck when overdue, barred if paused."""
    ground, line, _ = _look(theme, state)
    painter.setBrush(ground)
    painter.setPen(QPen(line, 2 if state == DUE_TODAY else 1))
    painter.drawRoundedRect(box, 2, 2)
    if state in (MISSED, OVERDUE):
        painter.drawLine(box.topRight(), box.bottomLeft())
    if state == MISSED:
        painter.drawLine(box.topLeft(), box.bottomRight())
    elif state == PAUSED:
        middle = box.center().y()
        painter.drawLine(QPointF(box.left() + 1, middle), QPointF(box.right() - 1, middle))


def _look(theme: Theme, state: str) -> tuple[QColor, QColor, QColor]:
    ground, line, ink = (theme.colour(name) for name in DOSE_LOOKS.get(state, TO_COME))
    return ground, line, ink


def said(view: SubjectView, protocol: Protocol, language: Language) -> str:
    """Return in words what the timeline shows."""
    calendar = view.calendar
    parts = []
    visits = [visit for visit in calendar.visits if visit.state != PLANNED]
    for visit in visits:
        day = (visit.on_day or visit.planned.planned_on).isoformat()
        parts.append(f"{language.words(planned_name(protocol, visit.planned))} {day}")
    for code in protocol.arm(calendar.arm).drugs if calendar.arm else ():
        slots = calendar.of_drug(code)
        given = sum(each.dose is not None and each.state != MISSED for each in slots)
        missed = sum(each.state == MISSED for each in slots)
        words = language.text(
            "{drug}: {given} of {of} given, {missed} missed",
            drug=drug_words(protocol, code, language),
            given=given,
            of=len(slots),
            missed=missed,
        )
        parts.append(words)
        if paused := sum(each.state == PAUSED for each in slots):
            parts.append(language.text("{count} paused", count=paused))
    parts += [f"{bar_words(bar, language)} {bar.first.isoformat()}" for bar in view.events]
    return language.words(SEMICOLON).join(parts)


class Timeline(Card):
    """The card of the timeline: what day 1 is, the drawing, and what its marks mean."""

    def __init__(self) -> None:
        super().__init__()
        px = current().px
        self.body.setContentsMargins(px(16), px(10), px(16), px(10))
        self.body.setSpacing(px(4))
        self._title = label(role="section")
        self._beside = label(role="table", ink="text_2")
        self._legend = Legend()
        self.drawing = TimelineView()
        head = QHBoxLayout()
        head.setSpacing(px(12))
        head.addWidget(self._title)
        head.addWidget(self._beside, 1)
        head.addWidget(self._legend)
        self.body.addLayout(head)
        self.body.addWidget(self.drawing)

    def show_view(self, view: SubjectView, protocol: Protocol, language: Language) -> None:
        """Show the plan of a subject and what took place."""
        self._title.setText(language.text("Timeline"))
        self._beside.setText(_standing(view.calendar, protocol, language))
        self._legend.retranslate(language)
        self.drawing.show_view(view, protocol, language)


class CellMark(QWidget):
    """An injection of one state, beside its word in the legend."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self._state = state
        self.setFixedSize(current().px(12), current().px(14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_cell(painter, current(), QRectF(self.rect()).adjusted(1, 1, -1, -1), self._state)


class Legend(QWidget):
    """What the marks of the drawing mean."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(6))
        self._words = []
        cells = map(CellMark, (MISSED, OVERDUE, LATE, PAUSED, PLANNED))
        marks = (Icon("check-circle", "ok", 14), Icon(*TO_SIGN, 14), *cells)
        for mark in marks:
            self._words.append(label(role="caption", ink="text_2"))
            row.addWidget(mark)
            row.addWidget(self._words[-1])
            row.addSpacing(current().px(6))

    def retranslate(self, language: Language) -> None:
        """Speak the chosen language."""
        text = language.text
        words = (text("done"), text("to sign"), text("missed"), text("overdue"), text("late"), text("paused"),
                 text("planned"))  # fmt: skip
        for shown, said_so in zip(self._words, words, strict=True):
            shown.setText(said_so)


def _standing(calendar: Calendar, protocol: Protocol, language: Language) -> str:
    if not calendar.arm:
        return language.text("screening; doses are planned after randomisation")
    if calendar.day_one is None:
        return language.text("Day 1 not set")
    words = language.text("day 1 = {day}, first dose", day=calendar.day_one.isoformat())
    waits = sorted({code for part in calendar.unknown for code in part.codes})
    if not waits:
        return words
    codes = open_words(protocol, waits, language)
    return f"{words} · {language.text('the plan is not complete, open: {codes}', codes=codes)}"
