"""Choices at the keyboard: a key answers, nothing is chosen beforehand, nothing is taken unasked."""

import pytest
from PySide6.QtCore import Qt
from specimens import SITES, TERMS, YES_NO, box

from sle_desk.base.language import Language


@pytest.mark.parametrize("choices", [YES_NO, SITES])
def test_the_input_method_is_off_where_keys_answer(choices, shown):
    made = box("choice", choices=choices)
    assert not made.editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_a_key_answers_a_choice_and_goes_on(shown, typist):
    made, told, steps = box("choice", choices=YES_NO), [], []
    made.committed.connect(told.append)
    made.step_requested.connect(steps.append)
    shown(made)
    assert made.typed() == ""
    typist.press("y")
    assert (made.typed(), told, steps) == ("yes", ["yes"], [1])


def test_arrows_only_point_and_space_picks(shown, typist):
    made = box("choice", choices=SITES)
    shown(made)
    typist.press("Down", "Down")
    assert made.typed() == ""
    typist.press("Space")
    assert made.answer.accepted == "site2"


def test_an_answer_can_be_taken_back(shown, typist):
    made, told = box("choice", choices=YES_NO), []
    made.committed.connect(told.append)
    shown(made)
    typist.press("n", "Delete")
    assert told == ["no", ""]


def test_a_choice_without_the_key_n_can_be_not_done(shown, typist):
    made = box("choice", choices=SITES)
    shown(made)
    typist.press("n", "1", "Enter")
    assert made.answer.accepted == "not-done:refused"


def test_a_long_choice_is_found_by_typing_and_taken_by_enter(shown, typist):
    made = box("choice", choices=TERMS)
    shown(made)
    typist.type("number 17")
    typist.press("Down", "Enter")
    assert made.answer.accepted == "term17"
    made.retranslate(Language("zh_CN"))
    assert (made.line.text(), made.typed()) == ("事件 17 号", "term17")


def test_a_suggestion_is_never_taken_unasked(shown, typist):
    made = box("choice", choices=TERMS)
    shown(made)
    typist.type("number 1")
    typist.press("Enter")
    assert (made.answer.accepted, made.typed()) == ("", "number 1")
    assert "choice.unknown" in made.strip.sentence()


def test_a_screen_reader_hears_which_answer_is_chosen(shown, typist):
    made = box("choice", choices=YES_NO)
    shown(made)
    assert "empty" in made.editor.accessibleDescription()
    typist.press("n")
    assert made.editor.accessibleDescription() == "No"
    made.set_read_only(True)
    assert made.editor.accessibleDescription() == "No, saved, F2 corrects"
