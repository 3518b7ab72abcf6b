"""The lock while a dialog is open, and what was copied before it."""

from __future__ import annotations

import pytest
from at_the_desk import Person, people
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from study_fixtures import PASSWORD, Study, clock, made_study, study
from trial_fixtures import register
from whole_window import Open, opened

from sle_desk.ui.lock_screen import LockScreen

__all__ = ["clock", "made_study", "opened", "people", "study"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_ctrl_l_locks_with_a_dialog_open_and_says_what_becomes_of_what_was_typed(
    study: Study, people: list[Person], language: str
) -> None:
    register(study, 1)
    person = Person(study, "chen.lan", language)
    people.append(person)
    person.to_subject("SLE-001")
    person.press("F2")
    person.until_dialog()
    person.press("Ctrl+L")
    person.wait(lambda: person.window.findChild(LockScreen) is not None)
    said = {"en": "what was typed in a dialog is given up", "zh_CN": "在对话框中输入的内容不予保留"}
    person.wait(lambda: person.sees(said[language]))
    assert not any(each.isVisible() for each in QApplication.topLevelWidgets() if isinstance(each, QDialog))
    person.wait(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    person.fill(PASSWORD)
    person.wait(lambda: person.window.findChild(LockScreen) is None)


def test_what_was_copied_here_is_gone_once_the_desk_is_locked(study: Study, opened: Open) -> None:
    _, typist = opened(study, "chen.lan")
    copied = QMimeData()
    copied.setText("Zhang Meili")
    QGuiApplication.clipboard().setMimeData(copied)
    assert QGuiApplication.clipboard().text() == "Zhang Meili"
    typist.press("Ctrl+L")
    typist.wait_for("Your password leads back")
    assert QGuiApplication.clipboard().text() == ""
