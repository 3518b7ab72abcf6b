"""Which keys clash, which are told, and how they are written."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import key_words
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.keybar import KeyBar, KeyHint, hints_from
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.tabs import PageTabs, Tab

WINDOW, OWN, TREE = (
    Qt.ShortcutContext.WindowShortcut,
    Qt.ShortcutContext.WidgetShortcut,
    Qt.ShortcutContext.WidgetWithChildrenShortcut,
)


def action(owner, keys, name, context=WINDOW):
    made = QAction(name, owner)
    made.setShortcut(QKeySequence(keys))
    made.setShortcutContext(context)
    owner.addAction(made)
    return made


@pytest.fixture
def tree(qtbot):
    root = QWidget()
    qtbot.addWidget(root)
    left, right = QWidget(root), QWidget(root)
    inner = QWidget(left)
    return root, left, right, inner


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ((0, WINDOW), (2, WINDOW), True),
        ((0, WINDOW), (3, OWN), True),
        ((1, TREE), (3, OWN), True),
        ((1, TREE), (3, TREE), True),
        ((1, TREE), (2, TREE), False),
        ((1, OWN), (3, OWN), False),
        ((1, OWN), (1, OWN), True),
        ((2, TREE), (3, OWN), False),
    ],
)
def test_two_actions_clash_where_one_focus_wakes_both(first, second, clash, tree):
    action(tree[first[0]], "G", "give", first[1])
    action(tree[second[0]], "G", "go", second[1])
    assert conflicts(tree[0]) == (("G: give / go",) if clash else ())


def test_another_key_or_a_disabled_action_clashes_with_nothing(tree):
    root = tree[0]
    action(root, "G", "give")
    action(root, "H", "history")
    action(root, "G", "go").setEnabled(False)
    assert conflicts(root) == ()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("Ctrl+Shift+Enter", "Ctrl Shift Enter"),
        ("Ctrl+PgDown", "Ctrl PgDn"),
        ("Alt+Left", "Alt ←"),
        ("G", "G"),
    ],
)
def test_keys_are_written_as_they_stand_on_the_keyboard(keys, words):
    assert key_words(keys) == words


def test_the_keys_of_the_nearest_come_first_and_none_twice(tree):
    root, left, _, inner = tree
    action(root, "Ctrl+K", "find")
    action(root, "G", "outer")
    action(left, "G", "inner", TREE)
    told = hints_from(inner, Language("en"))
    assert told == (KeyHint("G", "inner"), KeyHint("Ctrl+K", "find"))


def test_the_footer_shows_as_many_keys_as_fit(shown):
    bar = KeyBar()
    shown(bar, 900, 40)
    hints = [KeyHint(f"F{n}", f"does thing {n}") for n in range(1, 13)]
    bar.show_hints(hints)
    many = len(bar.shown())
    assert 0 < many < len(hints)
    bar.resize(400, 40)
    assert 0 < len(bar.shown()) < many
    assert bar.minimumSizeHint().width() == 0


def test_a_button_is_pressed_by_enter_and_by_space(shown, typist, heard):
    button = Button("Save & sign", "primary", keys="Ctrl+Enter")
    button.clicked.connect(lambda: heard.append("pressed"))
    shown(button)
    typist.press("Enter", "Space")
    assert heard == ["pressed", "pressed"]
    assert button.accessibleName() == "Save & sign"


def test_filters_move_by_arrows_under_one_focus(shown, typist, heard):
    row = SegmentedButtons([("all", "All"), ("open", "Open"), ("mine", "Mine")], name="Show")
    row.picked.connect(heard.append)
    shown(row)
    typist.press("Right", "Right", "Right", "Left")
    assert heard == ["open", "mine", "all", "mine"]


def test_tabs_move_from_anywhere_in_the_page(shown, typist, heard):
    page, tabs, line = QWidget(), PageTabs(), QLineEdit()
    column = QVBoxLayout(page)
    column.addWidget(tabs)
    column.addWidget(line)
    tabs.show_tabs([Tab("a", "A"), Tab("b", "B", "3"), Tab("c", "C")])
    tabs.bind_keys(page, Language("en"))
    tabs.picked.connect(heard.append)
    shown(page)
    line.setFocus()
    typist.press("Ctrl+PageDown", "Ctrl+PageDown", "Ctrl+PageDown", "Ctrl+PageUp")
    assert heard == ["b", "c", "a", "c"]
    tabs.show_tabs([Tab("a", "甲"), Tab("b", "乙"), Tab("c", "丙")])
    assert tabs.code() == "c"
