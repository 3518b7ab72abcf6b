"""The wheel over every kind of input changes no value, and still scrolls the page."""

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDial,
    QDoubleSpinBox,
    QScrollArea,
    QSlider,
    QSpinBox,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from specimens import SITES, TERMS, YES_NO, box

from sle_desk.ui.hearing import hear_no_more
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.wheel import WheelGuard


def turn(widget, degrees=-120):
    # Through the window, as from a mouse: an event sent to the widget alone would not travel on.
    window = widget.window()
    spot = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(window.windowHandle(), spot, QPoint(0, degrees))


@pytest.fixture
def guard(qapp):
    made = WheelGuard(qapp)
    yield made
    hear_no_more(made)
    made.deleteLater()


def inputs():
    combo = QComboBox()
    combo.addItems(["a", "b", "c"])
    tabs = QTabBar()
    tabs.addTab("1")
    tabs.addTab("2")
    spins = (QSpinBox(), QDoubleSpinBox())
    for spin in spins:
        spin.setValue(10)
    return [
        (spins[0], lambda: spins[0].value()),
        (spins[1], lambda: spins[1].value()),
        (combo, combo.currentIndex),
        (tabs, tabs.currentIndex),
        *((slider, slider.value) for slider in (QSlider(), QDial())),
    ]


def test_without_the_guard_the_wheel_changes_values(shown):
    page = QWidget()
    column = QVBoxLayout(page)
    pairs = inputs()
    for widget, _ in pairs:
        column.addWidget(widget)
    shown(page)
    before = [value() for _, value in pairs]
    for widget, _ in pairs:
        turn(widget)
    assert [value() for _, value in pairs] != before


def test_with_the_guard_no_input_is_changed_focused_or_not(shown, guard):
    page = QWidget()
    column = QVBoxLayout(page)
    pairs = inputs()
    for widget, _ in pairs:
        column.addWidget(widget)
    shown(page)
    before = [value() for _, value in pairs]
    for widget, _ in pairs:
        for degrees in (-120, 120):
            turn(widget, degrees)
            widget.setFocus()
            turn(widget, degrees)
    assert [value() for _, value in pairs] == before


@pytest.mark.parametrize(
    "kind", ["number", "day", "partial_day", "time", "text", "note", "choice", "list", "long"]
)
def test_no_field_of_ours_answers_to_the_wheel(kind, shown, guard):
    choices = {"choice": YES_NO, "list": SITES, "long": TERMS}
    made = box("choice", choices=choices[kind]) if kind in choices else box(kind)
    shown(made)
    made.show_text({"choice": "yes", "list": "site2", "long": "term3"}.get(kind, "1"))
    before = made.typed()
    for widget in (made, *made.findChildren(QWidget)):
        turn(widget)
    assert made.typed() == before


def test_a_row_of_filters_does_not_answer_to_the_wheel(shown, guard):
    made = SegmentedButtons([("a", "A"), ("b", "B")])
    shown(made)
    turn(made)
    assert made.code() == "a"


def test_the_page_around_an_input_still_scrolls(shown, guard):
    page, around = QWidget(), QScrollArea()
    column = QVBoxLayout(page)
    combo = QComboBox()
    combo.addItems(["a", "b"])
    column.addWidget(combo)
    column.addSpacing(3000)
    around.setWidget(page)
    around.setWidgetResizable(True)
    shown(around, 300, 200)
    turn(combo)
    assert around.verticalScrollBar().value() > 0
    assert combo.currentIndex() == 0
