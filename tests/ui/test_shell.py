"""The frame of the window: pages built when shown, keys, language, folding, what was said."""

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from specimens import VITALS, now, sentence

from sle_desk.base.language import Language
from sle_desk.ui.form import FormView
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.page import Page, Step
from sle_desk.ui.shell import PageEntry, Shell
from sle_desk.ui.suggestions import Suggestion


class Blank(Page):
    """A page with one line and one button."""

    def __init__(self):
        super().__init__()
        self.line, self.button = QLineEdit(), QPushButton()
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        self.retranslated, self.times_entered, self.up = 0, 0, False

    def top_parts(self):
        return [self.button]

    def retranslate(self):
        self.retranslated += 1

    def entered(self):
        self.times_entered += 1
        self.line.setFocus()

    def go_up(self):
        self.up = True
        return True


class Below(Blank):
    """A page below another one."""

    def path(self):
        return [Step("Subjects", lambda: None), Step("SLE-004")]


class Filled(Page):
    """A page with a form."""

    def __init__(self):
        super().__init__()
        self.form = FormView(VITALS, Language("en"), now, sentence)
        QVBoxLayout(self).addWidget(self.form)

    def entered(self):
        self.form.go_to_first()


@pytest.fixture
def built():
    return []


@pytest.fixture
def shell(shown, built):
    def make(code, kind):
        def build():
            built.append(code)
            return kind()

        return build

    entries = [
        PageEntry("today", "Today", "today", make("today", Blank)),
        PageEntry("subjects", "Subjects", "subjects", make("subjects", Blank)),
        PageEntry("form", "Form", "reports", make("form", Filled)),
        PageEntry("subject", "Subject", "user", make("subject", Below), below="subjects"),
    ]
    made = Shell(entries, Language("en"))
    made.language_requested.connect(made.set_language)
    shown(made, 1280, 720)
    made.show_page("today")
    return made


def test_a_page_is_built_on_its_first_show_and_once(shell, built, typist):
    assert built == ["today"]
    typist.press("Ctrl+2", "Ctrl+1", "Ctrl+2")
    assert built == ["today", "subjects"]
    assert shell.page("subjects").times_entered == 2
    assert shell.current_code() == "subjects"


def test_a_page_below_another_stands_in_no_sidebar_and_marks_that_one(shell):
    shell.show_page("subject")
    items = {item.entry.code: item.isChecked() for item in shell.sidebar.pages.items()}
    assert items == {"today": False, "subjects": True, "form": False}


def test_ctrl_k_finds_and_enter_goes_there(shell, typist, heard):
    shell.top.search.answer_with(lambda typed: [Suggestion("4", "SLE-004"), Suggestion("7", "SLE-007")])
    shell.top.search.chosen.connect(heard.append)
    before = typist.presses
    typist.press("Ctrl+K")
    typist.type("004")
    typist.press("Enter")
    assert heard == ["4"]
    assert typist.presses - before == 5


def test_escape_gives_the_focus_back_from_the_search(shell, typist):
    typist.press("Ctrl+K")
    typist.type("x")
    typist.press("Esc")
    assert shell.page("today").line.hasFocus()
    assert shell.top.search.text() == ""


def test_ctrl_l_asks_for_the_lock(shell, typist, heard):
    shell.lock_requested.connect(lambda: heard.append("lock"))
    typist.press("Ctrl+L")
    assert heard == ["lock"]


def test_the_language_changes_with_every_input_and_the_focus_kept(shell, typist):
    typist.press("Ctrl+3")
    page = shell.page("form")
    typist.type("23")
    typist.press("Enter")
    typist.type("8")
    focus = QApplication.focusWidget()
    typist.press("Ctrl+Shift+L")
    assert shell.language == Language("zh_CN")
    assert QApplication.focusWidget() is focus
    assert page.form.typed() == {"day": "2026-11-23", "time": "8"}
    assert shell.page("today").retranslated == 1


def test_the_sidebar_folds_where_there_is_little_room(shell, qtbot):
    assert shell.sidebar.width() == 224
    shell.resize(1180, 720)
    assert shell.sidebar.width() == 64
    assert "Subjects" in shell.sidebar.pages.item("subjects").toolTip()
    shell.resize(1280, 720)
    assert shell.sidebar.width() == 224
    assert shell.sidebar.pages.item("subjects").toolTip() == ""


def test_the_window_works_at_1280_by_720(shell):
    assert (shell.width(), shell.height()) == (1280, 720)
    assert shell.minimumSizeHint().width() <= 1280
    assert shell.minimumSizeHint().height() <= 720


def test_what_was_said_stays_until_the_next_key(shell, qtbot):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    shell.say("Dose 36 recorded")
    assert shell.said() == "Dose 36 recorded"
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_A)
    assert shell.said() == ""


def test_what_a_key_says_outlives_that_key(shell):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    page = shell.page("today")
    page.shell = shell
    page.setFocus()
    # The page says something and lets the key go on to what is around it, where it comes by again.
    page.keyPressEvent = lambda event: (shell.say("said"), event.ignore())
    QTest.keyClick(shell.windowHandle(), Qt.Key.Key_A)
    assert shell.said() == "said"


def test_f1_lists_every_key_and_gives_the_focus_back(shell, typist):
    focus = QApplication.focusWidget()
    typist.press("F1")
    told = QApplication.focusWidget().accessibleDescription()
    assert "Ctrl+K" in told
    assert "Ctrl+2: Subjects" in told
    typist.press("Ctrl+2")
    assert shell.current_code() == "today"
    typist.press("Esc")
    assert QApplication.focusWidget() is focus


def test_the_footer_tells_the_keys_of_where_the_focus_is(shell, typist):
    typist.press("Ctrl+3")
    shell.page("form").form.go_to("weight")
    keys = [hint.keys for hint in shell.footer.shown()]
    assert keys[:2] == ["Enter", "N"]
    typist.type("130")
    typist.press("Enter")
    keys = [hint.keys for hint in shell.footer.shown()]
    assert keys[:2] == ["Ctrl+Shift+Enter", "Esc"]


def test_escape_goes_one_level_up(shell, typist):
    typist.press("Esc")
    assert shell.page("today").up


def test_the_buttons_of_a_page_stand_above_it_only(shell):
    today, subjects = shell.page("today"), shell.page("subjects")
    assert today.button.isVisible()
    shell.show_page("subjects")
    assert (today.button.isVisible(), subjects.button.isVisible()) == (False, True)


def test_made_up_data_are_marked_on_every_page(shell):
    shell.show_study("NCT05262686", demonstration=True)
    for code in ("today", "subjects"):
        shell.show_page(code)
        assert shell.top._notice.isVisible()


def test_no_key_of_the_window_means_two_things(shell):
    for code in ("today", "subjects", "form"):
        shell.show_page(code)
    assert conflicts(shell) == ()


def test_everything_that_takes_the_focus_has_a_name(shell):
    shell.show_page("form")
    from PySide6.QtCore import Qt

    nameless = [
        type(widget).__name__
        for widget in shell.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not isinstance(widget, QLineEdit | QPushButton)
    ]
    assert nameless == []
    fields = shell.page("form").form._fields.values()
    assert [box.asked.code for box in fields if not box.editor.accessibleName()] == []


def test_a_page_that_is_too_high_scrolls_and_is_never_wider_than_the_window(shell):
    shell.show_page("form")
    frame = shell._frames["form"]
    assert frame.verticalScrollBar().maximum() > 0
    assert frame.widget().width() <= frame.viewport().width()
