"""A decision over the page: named, safe by default, nothing of it cut."""

import pytest
from gallery import LONG, PHRASE
from PySide6.QtWidgets import QApplication, QWidget
from specimens import LANGUAGES, context, field
from test_gallery import written_and_cut

from sle_desk.base.language import Language
from sle_desk.ui.fields import CodeField
from sle_desk.ui.sheet import Sheet
from sle_desk.ui.strip import Strip


@pytest.fixture
def sheet(shown, qtbot):
    def make(code="en"):
        page = shown(QWidget(), 1280, 720)
        language = Language(code)
        made = Sheet(page, f"SLE-012 {language.words(PHRASE)}", language.words(LONG), "shuffle")
        box = CodeField(field("digits", "text"), context(code))
        box.fill()
        made.body.addWidget(box)
        made.body.addWidget(Strip(language.words(LONG), "due", "eye-off"))
        made.foot.setText(language.words(LONG))
        made.add_way_out(language.words(PHRASE))
        verb = made.add_verb(language.words(PHRASE), "Ctrl+Enter", icon="shuffle")
        verb.clicked.connect(made.accept)
        made.open()
        qtbot.waitUntil(lambda: made.isAncestorOf(QApplication.focusWidget()))
        return made

    return make


def test_enter_on_a_fresh_sheet_is_the_safe_answer(sheet, typist):
    made = sheet()
    typist.press("Enter")
    assert made.result() == Sheet.DialogCode.Rejected
    assert made.isHidden()


def test_escape_is_the_way_out(sheet, typist):
    made = sheet()
    typist.press("Tab", "Esc")
    assert (made.result(), made.isHidden()) == (Sheet.DialogCode.Rejected, True)


def test_the_verb_is_reached_by_key_and_decides(sheet, typist):
    made = sheet()
    typist.press("Tab", "Enter")
    assert made.result() == Sheet.DialogCode.Accepted


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_of_a_sheet_is_cut_and_it_names_its_subject(code, sheet, qtbot, tmp_path):
    made = sheet(code)
    qtbot.wait(30)
    assert made.grab().save(str(tmp_path / f"sheet-{code}.png"))
    assert made.accessibleName().startswith("SLE-012")
    assert list(written_and_cut(made)) == []
