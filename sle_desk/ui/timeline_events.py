"""The events on the timeline: a bar from the first to the last day, in as many lanes as overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from sle_desk.base.language import Language
from sle_desk.services.event_bars import EventBar
from sle_desk.ui.chips import rounded_box
from sle_desk.ui.theme import Theme

EVENTS = "events"
MOST_LANES = 3
NARROWEST = 10
# What each lane after the first adds to the height of the row.
LANE = 18


def bar_words(bar: EventBar, language: Language) -> str:
    """Return an event as it is called on its bar: what it was, its grade, and that it is serious."""
    parts = [bar.term, f"G{bar.grade}" if bar.grade else "", language.text("SAE") if bar.serious else ""]
    return " ".join(part for part in parts if part)


def lanes_of(bars: Sequence[EventBar], today: date) -> list[int]:
    """Return the lane of each bar: the first one that is free on its first day."""
    ends: list[date] = []
    lanes = []
    for bar in bars:
        lane = next((place for place, end in enumerate(ends) if end < bar.first), len(ends))
        lane = min(lane, MOST_LANES - 1)
        last = max(bar.last or today, bar.first)
        ends[lane : lane + 1] = [max(last, ends[lane]) if lane < len(ends) else last]
        lanes.append(lane)
    return lanes


def paint_events(
    painter: QPainter,
    theme: Theme,
    at: Callable[[date], int],
    row: QRect,
    bars: Sequence[EventBar],
    days: tuple[date, date, date],
    language: Language,
) -> None:
    """Paint the bars into their row; `days` are the first and last day drawn, and today."""
    first, last, today = days
    lanes = lanes_of(bars, today)
    high = (row.height() - theme.px(6)) // max(1, max(lanes, default=0) + 1)
    painter.setFont(theme.font("caption"))
    for bar, lane in zip(bars, lanes, strict=True):
        end = min(bar.last or today, last)
        if bar.first > last or end < first:
            continue
        left = at(max(bar.first, first))
        wide = max(theme.px(NARROWEST), at(max(end, bar.first)) - left)
        box = QRect(left, row.top() + theme.px(3) + lane * high, wide, high - theme.px(2))
        look = theme.status("bad" if bar.serious else "warn")
        ground, ink = QColor(look.ground), QColor(look.ink)
        rounded_box(painter, box, theme.px(4), ground, ink)
        painter.setPen(ink)
        words = bar_words(bar, language)
        room = box.adjusted(theme.px(4), 0, -theme.px(2), 0)
        shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
