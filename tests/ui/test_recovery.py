"""Forgotten password, at the keyboard: the paper opens, a new password and a new paper take over."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk.base.errors import NotAllowed
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import recovery, studies
from sle_desk.ui.recovery import RecoveryPage
from sle_desk.ui.state import State

NEW_PASSWORD = "nine copper kettles"


class Person(Typist):
    """Somebody with the envelope in hand."""

    def __init__(self, study: Study, paper: Path, qtbot: QObject) -> None:
        super().__init__()
        self.state = State(study.clock, Language("en"))
        self.paper = paper
        self.heard: list[str] = []
        self.page = RecoveryPage(self.state, study.folder.path)
        self.page.recovery.choose_file = lambda parent, title, proposed: paper
        self.page.recovered.connect(self.heard.append)
        self.page.ended.connect(lambda: self.heard.append("ended"))
        self.window = window = QWidget()
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        column.addWidget(self.page)
        window.resize(1280, 720)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()

    def open(self, login: str, key: str) -> None:
        """Type user name and key, and wait for the answer."""
        self.fill(login, key)
        self.wait(lambda: not self.state.jobs.running)


@pytest.fixture
def person(study: Study, tmp_path: Path, qtbot: QObject) -> Person:
    return Person(study, tmp_path / "key.pdf", qtbot)


def test_the_paper_gives_a_new_password_and_is_replaced(person: Person, study: Study) -> None:
    person.open("wu.min", study.recovery_key.lower())
    person.fill(NEW_PASSWORD, NEW_PASSWORD)
    person.press("Ctrl+P")
    printed = PdfReader(io.BytesIO(person.paper.read_bytes())).pages[0].extract_text()
    assert "K-02" in printed
    groups = recovery.groups(person.page.recovery.key)
    assert all(group in printed for group in groups)
    before = study.folder.keys.read_bytes()
    person.fill(groups[person.page.recovery.group - 1], "Safe", "Xu Feng")
    person.type("Wu Min")
    assert study.folder.keys.read_bytes() == before
    person.press("Enter")
    person.wait(lambda: bool(person.heard))
    assert person.heard == ["wu.min", "ended"]
    unlocked = studies.unlock(study.folder.path, "wu.min", NEW_PASSWORD, study.clock)
    desk = studies.sit_down(unlocked, roles.PI, study.clock)
    assert [use.login for use in recovery.uses(desk)] == ["wu.min"]
    studies.stand_up(unlocked, desk)
    with pytest.raises(NotAllowed, match="recovery.wrong"):
        recovery.check_recovery_key(study.folder.path, "wu.min", study.recovery_key, study.clock)


def test_a_mistyped_key_is_called_so_and_stays(person: Person, study: Study) -> None:
    person.open("wu.min", study.recovery_key[:-1])
    assert person.sees("The recovery key has 40 letters and digits; 39 were typed.")
    person.press("Ctrl+A")
    person.fill(study.recovery_key)
    person.wait_for("Step 2 of 3.")


def test_an_account_that_does_not_exist_is_refused(person: Person, study: Study) -> None:
    person.open("nobody", study.recovery_key)
    assert person.sees("nobody") and person.sees("Step 1 of 3.")
    assert person.sees("Ask the study administrator.")


def test_giving_up_changes_nothing(person: Person, study: Study) -> None:
    before = study.folder.keys.read_bytes()
    person.open("wu.min", study.recovery_key)
    person.fill(NEW_PASSWORD, NEW_PASSWORD)
    person.press("Alt+Left", "Alt+Left", "Alt+Left")
    assert person.heard == ["ended"]
    assert study.folder.keys.read_bytes() == before
    assert study.sit("wu.min", roles.PI).actor.login == "wu.min"


def test_another_name_is_tried_anew(person: Person, study: Study) -> None:
    person.open("wu.min", study.recovery_key)
    person.press("Alt+Left")
    person.press("Ctrl+A")
    person.fill("chen.lan")
    person.press("Ctrl+Enter")
    person.wait_for("Step 2 of 3.")
    assert person.sees("Chen Lan") and not person.sees("Wu Min")


def test_the_two_new_passwords_must_be_one(person: Person, study: Study) -> None:
    person.open("wu.min", study.recovery_key)
    person.fill(NEW_PASSWORD, PASSWORD)
    assert person.sees("The two passwords are not the same.") and person.sees("Step 2 of 3.")
