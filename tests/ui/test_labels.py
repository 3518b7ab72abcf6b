"""Every text on screen is plain: markup in data is shown, never obeyed."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from sle_desk.ui.cards import Banner, Card, Fact, FactStrip, FigureCard
from sle_desk.ui.labels import ElidedLabel, announce, ask, label, label_is_cut, set_tooltip
from sle_desk.ui.strip import Strip

FILE = "file:/"
HOSTILE = f'<img src="x"><b>SLE-004</b> & <a href="{FILE}//etc">link</a>'


def test_a_label_shows_markup_as_text(shown):
    plain, marked = label(HOSTILE), label("x" * len(HOSTILE))
    assert plain.textFormat() == Qt.TextFormat.PlainText
    # As markup the text would be a few letters wide.
    assert plain.sizeHint().width() > marked.sizeHint().width() / 2


@pytest.mark.parametrize(
    "made",
    [
        lambda: Card(HOSTILE, HOSTILE),
        lambda: Banner("bad", HOSTILE, HOSTILE),
        lambda: Strip(HOSTILE, "bad"),
        lambda: _figure(),
        lambda: _facts(),
    ],
)
def test_every_part_shows_markup_as_text(made, qtbot):
    part = made()
    qtbot.addWidget(part)
    labels = [found for found in part.findChildren(QLabel) if found.text()]
    assert labels
    assert {found.textFormat() for found in labels} == {Qt.TextFormat.PlainText}


def _figure():
    card = FigureCard("calendar", "due")
    card.show_figure(HOSTILE, HOSTILE, HOSTILE)
    return card


def _facts():
    strip = FactStrip()
    strip.show_facts([Fact(HOSTILE, HOSTILE, HOSTILE)])
    return strip


def test_a_tooltip_shows_markup_as_text(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    set_tooltip(widget, HOSTILE)
    assert "<b>" not in widget.toolTip()
    assert "&lt;b&gt;" in widget.toolTip()
    set_tooltip(widget, "")
    assert widget.toolTip() == ""


def test_an_elided_label_tells_the_whole_on_hover_and_fits_anywhere(shown):
    made = ElidedLabel("a long line of words that does not fit", "body")
    shown(made, 80, 30)
    made.repaint()
    assert "does not fit" in made.toolTip()
    made.resize(600, 30)
    made.repaint()
    assert made.toolTip() == ""
    assert not label_is_cut(made)


def test_a_label_without_room_is_found_to_be_cut(shown):
    made = label("a long line of words that does not fit")
    page = QWidget()
    made.setParent(page)
    shown(page, 300, 100)
    made.setGeometry(0, 0, 60, 30)
    assert label_is_cut(made)
    made.setGeometry(0, 0, made.sizeHint().width(), 40)
    assert not label_is_cut(made)


@pytest.mark.parametrize(("button", "answer"), [("verb", True), ("safe", False), ("escape", False)])
def test_a_grave_question_is_plain_and_has_its_focus_on_the_safe_answer(button, answer, shown):
    page = QWidget()
    shown(page)
    seen = {}

    def press():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen["plain"] = box.textFormat() == Qt.TextFormat.PlainText
        seen["default"] = box.defaultButton().text()
        buttons = {found.text(): found for found in box.buttons()}
        if button == "escape":
            box.reject()
        else:
            buttons["Lock && sign" if button == "verb" else "Go back"].click()

    QTimer.singleShot(0, press)
    assert ask(page, "SLE-004", HOSTILE, "Lock & sign", "Go back") is answer
    assert seen == {"plain": True, "default": "Go back"}


def test_an_announcement_is_no_fault_without_a_screen_reader(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    announce(widget, "SLE-004", urgent=True)


def test_the_second_line_of_a_figure_is_read_whole_however_narrow(shown):
    card = FigureCard()
    card.show_figure("0", "of 8 used vials returned", "70 dispensed · 0 full returned · 62 with the subject")
    shown(card, 200, card.heightForWidth(200))
    assert not isinstance(card.second, ElidedLabel)
    assert not label_is_cut(card.second)
