"""The lock: nothing in sight, the same person back at the same place, another person instead."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import drafts, history
from sle_desk.services.drafts import Place
from sle_desk.ui.labels import label
from sle_desk.ui.lock_screen import LockScreen
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.state import State

SECRET = "SLE-004, Zhang San"


class Room:
    """A window with something secret and two lines in it, and a person who can lock it."""

    def __init__(self, study: Study, qtbot: QObject) -> None:
        self.state = State(study.clock, Language("en"))
        desk = study.sit("chen.lan", roles.COORDINATOR)
        self.state.sit(study.unlocked, desk)
        self.heard: list[str] = []
        self.window = QStackedWidget()
        qtbot.addWidget(self.window)
        self.desk = QWidget()
        column = QVBoxLayout(self.desk)
        column.addWidget(label(SECRET))
        self.lines = [QLineEdit(), QLineEdit()]
        for line in self.lines:
            column.addWidget(line)
        self.window.addWidget(self.desk)
        self.window.resize(1280, 720)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.person = Typist()

    def lock(self) -> LockScreen:
        """Lock, as the window does."""
        lock = LockScreen(self.state)
        lock.unlocked.connect(self._back)
        lock.other_user.connect(lambda: self.heard.append("other"))
        self.window.addWidget(lock)
        self.window.setCurrentWidget(lock)
        return lock

    def _back(self) -> None:
        self.heard.append("unlocked")
        self.window.setCurrentWidget(self.desk)
        # A page that is shown takes the focus to where its work begins.
        self.lines[0].setFocus()


@pytest.fixture
def room(study: Study, qtbot: QObject) -> Room:
    return Room(study, qtbot)


def test_nothing_of_the_study_is_in_sight(room: Room) -> None:
    assert room.person.sees(SECRET)
    room.lock()
    assert not room.person.sees(SECRET)
    assert room.person.sees("Locked") and room.person.sees("Chen Lan")


def test_the_same_person_comes_back_to_the_same_line(room: Room) -> None:
    room.person.press("Tab")
    room.person.type("half typ")
    room.lock()
    room.person.fill(PASSWORD)
    assert room.heard == ["unlocked"] and room.person.sees(SECRET)
    room.person.type("ed")
    assert room.lines[1].text() == "half typed"


def test_a_wrong_password_keeps_it_locked_and_is_noted(room: Room) -> None:
    room.lock()
    room.person.fill("not hers at all")
    assert room.person.sees("The password is not right. The screen stays locked")
    assert room.heard == [] and not room.person.sees(SECRET)
    newest = history.audit_trail(room.state.desk)[0]
    assert (newest.user, newest.facts["code"]) == ("chen.lan", "lock.password")
    # What was typed is marked: the right one replaces it.
    room.person.fill(PASSWORD)
    assert room.heard == ["unlocked"]


def test_no_key_leads_past_the_lock(room: Room) -> None:
    room.lock()
    room.person.press("Esc", "Tab", "Tab", "Tab", "Tab", "Tab", "Esc", "Shift+Tab")
    assert room.heard == [] and not room.person.sees(SECRET)


def test_another_person_signs_in_instead_and_the_drafts_stay(room: Room) -> None:
    drafts.keep_draft(room.state.desk, Place("register"), "name", "Zhang")
    room.lock()
    room.person.press("Ctrl+U")
    assert room.heard == ["other"]
    assert drafts.drafts(room.state.desk, Place("register")) == {"name": "Zhang"}


def test_a_dialog_that_was_open_is_hidden_and_comes_back(room: Room) -> None:
    sheet = Sheet(room.window, SECRET, "", "pen")
    sheet.body.addWidget(label(SECRET))
    sheet.open()
    room.lock()
    assert not room.person.sees(SECRET)
    room.window.activateWindow()
    room.person.fill(PASSWORD)
    assert sheet.isVisible()
    sheet.reject()


def test_the_lock_speaks_the_other_language(room: Room) -> None:
    room.lock()
    room.person.type("four")
    room.state.choose_language(Language("zh_CN"))
    assert room.person.sees("已锁定") and room.person.sees("four")
