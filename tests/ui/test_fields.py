"""Fields at the keyboard: what is typed stays as typed until it is accepted."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from specimens import HAEMATOCRIT, WEIGHT, box, context, field

from sle_desk.base.language import Language
from sle_desk.domain.checks import Value, judge
from sle_desk.ui.field_maker import make_field
from sle_desk.ui.fields import CodeField

KINDS = ("number", "day", "partial_day", "time", "text", "note")


def outcome(kind, typed, shown, typist, **rules):
    """Type into a field of a kind, press Enter, and return the field and what it told."""
    made = box(kind, **rules)
    told = []
    made.committed.connect(told.append)
    shown(made)
    typist.type(typed)
    typist.press("Enter")
    return made, told


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("number", "1,25", "number.comma"),
        ("number", ".5", "number.unreadable"),
        ("number", "1..2", "number.unreadable"),
        ("number", "1e3", "number.unreadable"),
        ("number", "<0.5", "number.comparator"),
        ("day", "2026-02-30", "day.not_in_month"),
        ("day", "2026-04-31", "day.not_in_month"),
        ("day", "261123", "day.ambiguous"),
        ("day", "23/11/2026", "day.ambiguous"),
        ("day", "2026-11-24", "day.future"),
        ("partial_day", "2026-UK-12", "day.unknown_order"),
        ("time", "24:00", "time.range"),
    ],
)
def test_what_is_doubtful_is_refused_with_the_text_and_the_focus_kept(kind, typed, code, shown, typist):
    made, told = outcome(kind, typed, shown, typist)
    assert (made.typed(), told) == (typed, [])
    assert code in made.strip.sentence()
    assert made.editor.hasFocus()
    typist.press("Enter")
    assert (made.typed(), told) == (typed, [])


@pytest.mark.parametrize(
    ("kind", "typed", "accepted"),
    [
        ("number", "96", "96"),
        ("number", "96.0", "96.0"),
        ("number", "１２．５", "12.5"),
        ("number", "12。5", "12.5"),
        ("day", "20261123", "2026-11-23"),
        ("day", "t-1", "2026-11-22"),
        ("day", "23", "2026-11-23"),
        ("partial_day", "2026-11-uk", "2026-11-UK"),
        ("time", "834", "08:34"),
        ("time", "n", "08:20"),
        ("text", "王", "王"),
        ("note", "one line", "one line"),
    ],
)
def test_what_can_be_read_is_accepted_and_shown_in_full(kind, typed, accepted, shown, typist):
    made, told = outcome(kind, typed, shown, typist)
    assert (made.text(), made.answer.accepted, told) == (accepted, accepted, [accepted])
    assert made.strip.sentence() == ""


def test_a_day_is_shown_in_full_while_it_is_typed(shown, typist):
    made = make_field(field("item", "day"), context(day_one=date(2026, 9, 14)))
    shown(made)
    typist.type("23")
    assert made.aside.text() == "2026-11-23 Mon"
    typist.press("Enter")
    assert made.aside.text() == "Mon, day 71"


def test_pasted_full_width_digits_are_made_plain_and_superscripts_are_not(shown, typist):
    made = box("number")
    shown(made)
    for pasted, stands in (("１２．５", "12.5"), ("10⁹", "10⁹")):
        QGuiApplication.clipboard().setText(pasted)
        typist.press("Ctrl+A", "Ctrl+V")
        assert made.text() == stands


def test_a_code_keeps_the_blanks_in_it_while_it_is_typed(shown, typist):
    made = CodeField(field("lot", "text"), context())
    shown(made)
    typist.type("AB 12 C")
    typist.press("Enter")
    assert made.answer.accepted == "AB 12 C"


def test_a_pasted_line_break_becomes_a_blank_in_a_line(shown, typist):
    made = box("text")
    shown(made)
    data = QMimeData()
    data.setText("one\ntwo")
    QGuiApplication.clipboard().setMimeData(data)
    typist.press("Ctrl+V", "Enter")
    # Qt keeps it beyond the end of Python, and throwing it away then takes the test run with it.
    QGuiApplication.clipboard().clear()
    assert made.answer.accepted == "one two"


@pytest.mark.parametrize("kind", KINDS)
def test_the_input_method_is_on_for_words_only(kind, shown):
    made = box(kind)
    shown(made)
    enabled = Qt.WidgetAttribute.WA_InputMethodEnabled
    assert made.editor.testAttribute(enabled) == (kind in ("text", "note"))
    made.set_read_only(True)
    made.set_read_only(False)
    assert made.editor.testAttribute(enabled) == (kind in ("text", "note"))


def test_n_on_an_empty_number_asks_why_and_takes_digit_and_enter(shown, typist):
    made, told = box("number"), []
    made.committed.connect(told.append)
    shown(made)
    typist.press("n", "2")
    assert told == []
    typist.press("Enter")
    assert (made.typed(), told) == ("not-done:forgotten", ["not-done:forgotten"])
    assert made.hint.text() == "Not done: Forgotten"


def test_a_digit_typed_over_not_done_begins_a_value(shown, typist):
    made = box("number")
    shown(made)
    typist.press("n", "1", "Enter")
    typist.type("7")
    assert (made.typed(), made.missing) == ("7", "")


def test_backspace_takes_not_done_away(shown, typist):
    made, told = box("number"), []
    made.committed.connect(told.append)
    shown(made)
    typist.press("n", "1", "Enter", "Backspace", "Enter")
    assert (made.typed(), told) == ("", ["not-done:refused", ""])


def test_escape_gives_the_question_up_and_keeps_nothing(shown, typist):
    made = box("number")
    shown(made)
    typist.press("n", "3", "Esc")
    assert (made.typed(), made.strip.sentence()) == ("", "")


def test_a_letter_in_a_number_that_has_begun_is_typed(shown, typist):
    made = box("number")
    shown(made)
    typist.type("1n")
    assert made.typed() == "1n"


def test_letters_reach_the_page_only_while_the_number_is_empty(shown, typist):
    page, pressed = QWidget(), []
    made = box("number")
    QVBoxLayout(page).addWidget(made)
    verb = QAction("verb", page)
    verb.setShortcut(QKeySequence("G"))
    verb.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    verb.triggered.connect(lambda: pressed.append("G"))
    page.addAction(verb)
    shown(page)
    made.setFocus()
    typist.press("g")
    typist.type("1g")
    assert (pressed, made.typed()) == (["G"], "1g")


def test_the_offered_unit_is_taken_by_its_own_key_and_never_by_enter(shown, typist):
    made = make_field(HAEMATOCRIT, context())
    shown(made)
    typist.type("30.1")
    typist.press("Enter", "Enter")
    assert (made.typed(), made.answer.accepted) == ("30.1", "")
    typist.press("Ctrl+U")
    assert made.answer.accepted == "0.301"


def test_an_unlikely_value_is_kept_only_with_a_reason(shown, typist):
    made, kept = make_field(WEIGHT, context()), []
    made.unlikely_kept.connect(lambda *told: kept.append(told))
    shown(made)
    typist.type("130")
    typist.press("Enter", "Enter", "Ctrl+Enter")
    assert made.answer.accepted == ""
    typist.press("Ctrl+Shift+Enter", "Enter")
    assert made.answer.accepted == ""
    typist.press("1", "Enter")
    assert (made.answer.accepted, made.answer.kept()) == ("130", "source")
    assert kept == [("weight", "value.unlikely", "source")]


def test_a_reason_is_for_one_value_and_not_for_the_next(shown, typist):
    made = make_field(WEIGHT, context())
    shown(made)
    typist.type("130")
    typist.press("Enter", "Ctrl+Shift+Enter", "1", "Enter", "Ctrl+A")
    typist.type("131")
    typist.press("Enter")
    assert (made.answer.accepted, made.answer.kept()) == ("130", "source")
    assert made.strip.sentence()


def test_a_likely_value_after_a_kept_one_carries_no_reason(shown, typist):
    made = make_field(WEIGHT, context())
    shown(made)
    typist.type("130")
    typist.press("Enter", "Ctrl+Shift+Enter", "1", "Enter", "Ctrl+A")
    typist.type("60")
    typist.press("Enter")
    assert (made.answer.accepted, made.answer.kept()) == ("60", "")


def test_escape_marks_a_refused_text_to_be_typed_over(shown, typist):
    made, _ = outcome("number", "1,2", shown, typist)
    typist.press("Esc")
    typist.type("3")
    assert (made.typed(), made.strip.sentence()) == ("3", "")


def test_a_refused_text_is_kept_as_a_query_and_the_next_field_is_asked_for(shown, typist):
    made, told, steps = box("number"), [], []
    made.committed.connect(told.append)
    made.step_requested.connect(steps.append)
    shown(made)
    typist.type("about 5")
    typist.press("Enter", "Ctrl+Q")
    assert (made.text(), made.missing, made.doubted) == ("", "in_query", "about 5")
    assert (told, steps) == ([made.typed()], [1]) and "about 5" in made.hint.text()
    typist.type("5")
    assert (made.missing, made.typed()) == ("", "5")


@pytest.mark.parametrize("kind", KINDS)
def test_a_half_typed_value_is_accepted_by_nobody_when_the_window_closes(kind, shown, typist):
    made, told = box(kind), []
    made.committed.connect(told.append)
    shown(made)
    typist.type("1")
    made.window().close()
    assert (told, made.answer.accepted, made.typed()) == ([], "", "1")


def test_tab_accepts_and_a_refused_field_can_still_be_left(shown, typist):
    page, told = QWidget(), []
    first, second = box("number"), box("number")
    column = QVBoxLayout(page)
    for made in (first, second):
        column.addWidget(made)
        made.committed.connect(told.append)
    shown(page)
    first.setFocus()
    typist.type("5")
    typist.press("Tab")
    typist.type("1,5")
    typist.press("Shift+Tab")
    assert (told, first.editor.hasFocus()) == (["5"], True)
    assert second.strip.sentence()
    assert second.typed() == "1,5"


def test_alt_enter_begins_a_line_and_enter_accepts_a_note(shown, typist):
    made, told = box("note"), []
    made.committed.connect(told.append)
    shown(made)
    typist.type("one")
    typist.press("Alt+Enter")
    typist.type("two")
    typist.press("Enter")
    assert told == ["one\ntwo"]


def test_f2_asks_the_page_and_a_correction_asks_for_its_reason(shown, typist):
    made, asked, corrected, told = box("number"), [], [], []
    made.show_text("56.4")
    made.set_read_only(True)
    made.correction_requested.connect(asked.append)
    made.corrected.connect(lambda *fact: corrected.append(fact))
    made.committed.connect(told.append)
    shown(made)
    typist.type("9")
    typist.press("F2")
    assert (asked, made.typed()) == (["item"], "56.4")
    made.begin_correction()
    before = typist.presses
    typist.type("57")
    typist.press("Enter", "1", "Enter")
    assert typist.presses - before == 5
    assert (corrected, told, made.read_only) == ([("item", "57", "slip")], [], False)


def test_escape_gives_a_correction_up(shown, typist):
    made = box("number")
    made.show_text("56.4")
    made.set_read_only(True)
    shown(made)
    made.begin_correction()
    typist.type("1,2")
    typist.press("Enter", "Esc", "Esc")
    assert (made.typed(), made.answer.accepted, made.read_only) == ("56.4", "56.4", True)


def test_f11_asks_for_the_history_of_this_field(shown, typist):
    made, asked = box("number"), []
    made.history_requested.connect(asked.append)
    shown(made)
    typist.press("F11")
    assert asked == ["item"]


@pytest.mark.parametrize("code", ["en", "zh_CN"])
def test_a_field_tells_a_screen_reader_its_name_unit_range_and_state(code, shown):
    made = make_field(WEIGHT, context(code))
    shown(made)
    language = Language(code)
    assert made.editor.accessibleName() == language.words(WEIGHT.label)
    told = made.editor.accessibleDescription()
    assert "kg" in told
    assert "35" in told and "120" in told
    assert language.text("empty") in told


def test_a_refusal_is_part_of_what_a_screen_reader_hears(shown, typist):
    made, _ = outcome("number", "1,5", shown, typist)
    assert "number.comma" in made.editor.accessibleDescription()


def test_an_input_method_that_composes_keeps_enter_to_itself(shown, typist, qapp):
    from PySide6.QtGui import QInputMethodEvent

    made, told = box("text"), []
    made.committed.connect(told.append)
    shown(made)
    typist.type("wang")
    qapp.sendEvent(made.editor, QInputMethodEvent("王", []))
    typist.press("Enter")
    assert told == []


def test_previous_values_are_compared_through_the_judge(shown, typist):
    made = make_field(WEIGHT, context())
    before = Value(number=Decimal("56.4"), typed="56.4")
    made.answer.judge = lambda asked, typed: judge(asked, typed, context().now(), previous=before)
    shown(made)
    typist.type("66.4")
    typist.press("Enter")
    assert "value.changed" in made.strip.sentence()


def test_every_editor_is_one_that_changes_nothing_of_itself():
    for kind in KINDS:
        assert isinstance(box(kind).editor, QLineEdit | QPlainTextEdit)
