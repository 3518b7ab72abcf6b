"""One of many things is asked for by digits: what has no digit on the first sheet has one on a later one."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from study_fixtures import clock
from typist import Typist

from sle_desk.base.clock import SteppingClock
from sle_desk.base.language import Language, Words
from sle_desk.ui.dialogs.ask_which import MOST, AskWhich, ask_which
from sle_desk.ui.option_row import OptionRow
from sle_desk.ui.state import State

__all__ = ["clock"]
WHICH = Words("Which", "哪一项")


@pytest.fixture
def page(qtbot) -> QWidget:
    """A page that stands behind the question."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


def ask(page: QWidget, clock: SteppingClock, count: int, language: str = "en") -> list[int]:
    """Ask for one of so many things; return the list that the taken ones come into."""
    taken: list[int] = []
    offers = [
        (f"Thing {number}", lambda number=number: taken.append(number)) for number in range(1, count + 1)
    ]
    ask_which(page, State(clock, Language(language)), "Which of them", "", WHICH, offers)
    return taken


def in_front(typist: Typist) -> None:
    def focused() -> bool:
        asked, focus = QApplication.activeModalWidget(), QApplication.focusWidget()
        return isinstance(asked, AskWhich) and focus is not None and asked.isAncestorOf(focus)

    typist.wait(focused)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("1",), 1),
        (("8",), 8),
        (("9", "1"), 9),
        (("9", "8"), 16),
        (("9", "9", "1"), 17),
        (("9", "9", "9"), 25),
    ],
)
def test_each_of_twenty_five_things_is_reached_by_digits(page, clock, keys, number):
    typist, taken = Typist(), ask(page, clock, 25)
    for place, key in enumerate(keys):
        in_front(typist)
        before = QApplication.activeModalWidget()
        typist.press(key, "Enter")
        if place < len(keys) - 1:
            typist.wait(lambda before=before: QApplication.activeModalWidget() is not before)
    assert taken == [number]


@pytest.mark.parametrize(("language", "more"), [("en", "2 more…"), ("zh_CN", "另有 2 项…")])
def test_of_ten_things_the_last_digit_leads_on(page, clock, language, more):
    typist, taken = Typist(), ask(page, clock, MOST + 1, language)
    in_front(typist)
    assert typist.sees(more) and not typist.sees("Thing 9")
    typist.press("Esc")
    assert taken == []


def test_of_nine_things_each_has_its_own_digit(page, clock):
    typist = Typist()
    ask(page, clock, MOST)
    in_front(typist)
    assert typist.sees("Thing 9") and not typist.sees("more…")


def test_no_word_of_an_offer_is_cut_where_two_columns_find_no_room(page, clock):
    typist, offers = Typist(), [("One drug stopped for good: Belimumab", page.update)] * 6
    page.resize(1280, 720)
    asked = ask_which(page, State(clock, Language("en")), "Which of them", "", WHICH, offers)
    in_front(typist)
    rows = asked.findChildren(OptionRow)
    typist.wait(lambda: all(row.width() >= row.sizeHint().width() for row in rows))
    assert all(row.visibleRegion().boundingRect() == row.rect() for row in rows)
    typist.press("Esc")
