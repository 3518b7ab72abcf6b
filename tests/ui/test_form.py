"""A whole form at the keyboard: the way of Enter, what is kept, what is missing, both languages."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from specimens import HAEMATOCRIT, SHORT, WEIGHT, entered, focused, view

from sle_desk.base.language import Language
from sle_desk.domain.checks import MISSING, Value


def test_enter_goes_from_field_to_field_and_never_saves(shown, typist, heard):
    made = view()
    made.save_requested.connect(lambda: heard.append("save"))
    shown(made)
    made.go_to_first()
    order = [focused(made)]
    for typed in ("23", "834", "P26"):
        typist.type(typed)
        typist.press("Enter")
        order.append(focused(made))
    typist.press("y")
    order.append(focused(made))
    assert (order, heard) == (["day", "time", "report", "place", "weight"], [])


def test_each_accepted_field_is_told_at_once_to_be_kept_as_a_draft(short, typist, heard):
    short.field_kept.connect(lambda code, typed: heard.append((code, typed)))
    typist.type("56.4")
    assert heard == []
    typist.press("Enter")
    typist.type("1,2")
    typist.press("Enter")
    assert heard == [("weight", "56.4")]
    assert short.values() == {"weight": Value(number=Decimal("56.4"), typed="56.4")}
    assert short.typed() == {"weight": "56.4", "systolic": "1,2"}


def test_shift_enter_retraces_the_way_really_gone(short, typist):
    typist.type("56.4")
    typist.press("Enter")
    short.go_to("diastolic")
    typist.type("80")
    typist.press("Enter", "Shift+Enter")
    assert focused(short) == "weight"


def test_a_field_that_depends_on_an_answer_comes_and_goes_with_it(shown, typist):
    made = view()
    shown(made)
    assert made.field("which").isHidden()
    made.go_to("reaction")
    typist.press("o")
    assert focused(made) == "which"
    typist.type("rash")
    typist.press("Enter")
    assert made.values()["which"].text == "rash"
    made.go_to("reaction")
    typist.press("r")
    assert made.field("which").isHidden()
    assert "which" not in made.values()
    made.go_to("reaction")
    typist.press("o")
    assert made.values()["which"].text == "rash"


def test_progress_counts_the_required_fields_that_are_asked_for(shown, typist, heard):
    made = view()
    made.progressed.connect(lambda *counts: heard.append(counts))
    shown(made)
    assert made.progress_words() == "0 of 10 entered"
    made.go_to("reaction")
    typist.press("o")
    assert heard[-1] == (1, 11)


def test_a_form_with_a_doubt_is_not_saved_and_the_focus_goes_there(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    typist.type("56.4")
    typist.press("Enter")
    typist.type("1,2")
    typist.press("Tab")
    typist.type("80")
    typist.press("Ctrl+Enter")
    assert (heard, focused(short)) == ([], "systolic")


def test_what_is_missing_is_listed_and_enter_goes_there(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    typist.type("56.4")
    typist.press("Ctrl+Enter")
    assert heard == []
    assert [found.field for found in short.findings() if found.level == MISSING] == ["systolic", "diastolic"]
    typist.press("Down", "Enter")
    assert focused(short) == "diastolic"


def test_asked_twice_a_form_is_saved_as_incomplete(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    typist.type("56.4")
    typist.press("Ctrl+Enter", "Ctrl+Enter")
    assert heard == ["save"]


def test_a_complete_form_is_saved_by_one_chord(short, typist, heard):
    short.save_requested.connect(lambda: heard.append(sorted(short.values())))
    typist.type("56.4")
    typist.press("Enter")
    typist.type("120")
    typist.press("Enter")
    typist.type("80")
    typist.press("Ctrl+Enter")
    assert heard == [["diastolic", "systolic", "weight"]]


def test_a_kept_doubt_is_asked_again_when_the_value_changes(short, typist):
    typist.type("130")
    typist.press("Enter", "Ctrl+Shift+Enter", "1", "Enter")
    assert [(found.code, reason) for found, reason in short.kept_unlikely()] == [("value.unlikely", "source")]
    short.go_to("weight")
    typist.press("Ctrl+A")
    typist.type("131")
    typist.press("Enter")
    assert short.field("weight").strip.sentence()
    assert short.values()["weight"].typed == "130"


def test_a_change_from_the_visit_before_is_questioned(shown, typist):
    made = view(SHORT, previous={"weight": Value(number=Decimal("56.4"), typed="56.4")})
    shown(made)
    made.go_to_first()
    typist.type("66.4")
    typist.press("Enter")
    assert "value.changed" in made.field("weight").strip.sentence()


def test_a_day_before_birth_is_refused(shown, typist):
    made = view(born=date(2000, 1, 1))
    shown(made)
    made.go_to("day")
    typist.type("1999-12-31")
    typist.press("Enter")
    assert "day.before_birth" in made.field("day").strip.sentence()


def test_drafts_come_back_as_they_were_left(shown):
    made = view()
    made.resume({"weight": "56.4", "systolic": "1,2", "reaction": "other", "which": "rash", "gone": "x"})
    assert made.values().keys() == {"weight", "reaction", "which"}
    assert made.field("systolic").typed() == "1,2"
    assert made.field("systolic").strip.sentence()
    assert not made.field("which").isHidden()


def test_a_saved_record_is_read_and_corrected_field_by_field(shown, typist, heard):
    made = view(SHORT)
    values = {"weight": Value(number=Decimal("56.4"), typed="56.4"), "systolic": Value(missing="refused")}
    made.load(values)
    made.set_read_only(True)
    made.correction_requested.connect(made.correct)
    made.corrected.connect(lambda *fact: heard.append(fact))
    shown(made)
    made.go_to("weight")
    typist.type("9")
    assert made.values() == values
    before = typist.presses
    typist.press("F2")
    typist.type("57")
    typist.press("Enter", "2", "Enter")
    assert heard == [("weight", "57", "source")]
    assert typist.presses - before == 6


def test_a_correction_is_checked_like_a_first_entry(shown, typist, heard):
    made = view(SHORT)
    made.load({"weight": Value(number=Decimal("56.4"), typed="56.4")})
    made.set_read_only(True)
    made.correction_requested.connect(made.correct)
    made.corrected.connect(lambda *fact: heard.append(fact))
    shown(made)
    made.go_to("weight")
    typist.press("F2")
    typist.type("564")
    typist.press("Enter", "1", "Enter")
    assert heard == []
    assert "value.impossible" in made.field("weight").strip.sentence()


@pytest.mark.parametrize("first", ["en", "zh_CN"])
def test_a_change_of_language_keeps_text_focus_and_doubts(first, shown, typist):
    made = view(code=first)
    shown(made)
    made.go_to("weight")
    typist.type("56.4")
    typist.press("Enter")
    typist.type("30.1")
    typist.press("Enter")
    made.go_to("reaction")
    typist.press("r")
    made.go_to("haematocrit")
    before = made.typed(), QApplication.focusWidget(), made.values()
    other = Language(first).other()
    made.set_language(other)
    assert (made.typed(), QApplication.focusWidget(), made.values()) == before
    assert made.field("weight").caption.text() == other.words(WEIGHT.label)
    assert made.field("reaction").said() == ("红肿" if other.code == "zh_CN" else "Redness")
    start = "请核对" if other.code == "zh_CN" else "Please check"
    assert start in made.field("haematocrit").strip.sentence()
    assert made.field("haematocrit").strip.sentence().startswith(other.words(HAEMATOCRIT.label))


def test_a_half_typed_value_is_not_among_the_values_after_closing(short, typist):
    typist.type("56.4")
    short.window().close()
    assert (short.values(), short.typed()) == ({}, {"weight": "56.4"})


def test_a_button_for_saving_takes_in_the_field_being_typed(short, typist, heard):
    short.save_requested.connect(lambda: heard.append(sorted(short.values())))
    entered(short, typist, "56.4", "120")
    typist.type("80")
    short.save()
    assert heard == [["diastolic", "systolic", "weight"]]


def test_a_button_for_saving_stops_at_a_field_in_doubt(short, typist, heard):
    short.save_requested.connect(lambda: heard.append("save"))
    entered(short, typist, "56.4", "120")
    typist.type("8,0")
    short.save()
    assert heard == []
    assert short.field("diastolic").strip.sentence()


def test_the_field_that_enter_goes_to_is_brought_into_view(shown, typist):
    made = view()
    around = QScrollArea()
    around.setWidgetResizable(True)
    around.setWidget(made)
    shown(around, 700, 260)
    made.go_to("day")
    for _ in range(6):
        typist.press("Enter")
    box = made.field("systolic")
    top = box.mapTo(around.viewport(), box.rect().topLeft()).y()
    assert focused(made) == "systolic"
    assert 0 <= top < around.viewport().height()


def test_a_field_gone_to_is_brought_into_view(shown):
    made = view()
    around = QScrollArea()
    around.setWidgetResizable(True)
    around.setWidget(made)
    shown(around, 700, 260)
    made.go_to("remark")
    box = made.field("remark")
    assert 0 <= box.mapTo(around.viewport(), box.rect().topLeft()).y() < around.viewport().height()


def test_ctrl_enter_in_a_correction_asks_for_the_reason_first(shown, typist, heard):
    made = view(SHORT)
    made.load({"weight": Value(number=Decimal("56.4"), typed="56.4")})
    made.set_read_only(True)
    made.correction_requested.connect(made.correct)
    made.corrected.connect(lambda *fact: heard.append(fact))
    made.save_requested.connect(lambda: heard.append("save"))
    shown(made)
    made.go_to("weight")
    typist.press("F2")
    typist.type("57")
    typist.press("Ctrl+Enter")
    assert heard == []
    typist.press("6", "Enter")
    assert heard == [("weight", "57", "other")]


def test_a_value_corrected_to_not_done_is_asked_about_in_words(shown, typist, heard):
    made = view(SHORT)
    made.load({"weight": Value(number=Decimal("56.4"), typed="56.4")})
    made.set_read_only(True)
    made.correction_requested.connect(made.correct)
    made.corrected.connect(lambda *fact: heard.append(fact))
    shown(made)
    made.go_to("weight")
    typist.press("F2", "Ctrl+Shift+N", "1")
    typist.press("Enter")
    assert made.field("weight").strip.sentence() == "Corrected to Not done: Refused. Why?"
    typist.press("2", "Enter")
    assert heard == [("weight", "not-done:refused", "source")]


def test_tab_order_is_the_order_of_the_fields(shown, typist):
    made = view()
    shown(made)
    made.go_to("day")
    order = []
    for _ in range(6):
        order.append(focused(made))
        typist.press("Tab")
    assert order == ["day", "time", "report", "place", "weight", "haematocrit"]


def test_no_field_of_a_new_form_is_answered(shown):
    made = view()
    assert (made.typed(), made.values()) == ({}, {})
