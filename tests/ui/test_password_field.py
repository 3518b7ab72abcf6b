"""The password: hidden, shown on demand, told by Enter, warned of Caps Lock."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from sle_desk.base.language import Language, Words
from sle_desk.ui.password_field import PasswordField


def test_a_password_is_hidden_shown_on_demand_and_told_by_enter(shown, typist, heard):
    made = PasswordField(Words("Password", "密码"), Language("en"))
    made.entered.connect(lambda: heard.append(made.typed()))
    shown(made)
    typist.type("aSecret")
    assert made.input.echoMode() == QLineEdit.EchoMode.Password
    typist.press("Tab", "Space")
    assert made.input.echoMode() == QLineEdit.EchoMode.Normal
    assert not made.input.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    typist.press("Shift+Tab", "Enter")
    assert heard == ["aSecret"]


@pytest.mark.parametrize(
    ("letter", "shift", "told"),
    [("a", False, ""), ("A", True, ""), ("A", False, "Caps Lock is on"), ("a", True, "Caps Lock is on")],
)
def test_caps_lock_is_told_from_the_letters_that_come(letter, shift, told, shown):
    from PySide6.QtTest import QTest

    made = PasswordField(Words("Password", "密码"), Language("en"))
    shown(made)
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.sendKeyEvent(QTest.KeyAction.Click, made.input, Qt.Key.Key_A, letter, held)
    assert made.caps_strip.sentence() == told
    QTest.keyClick(made.input, Qt.Key.Key_A)
    assert made.caps_strip.sentence() == ""
