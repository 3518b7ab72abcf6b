"""A list of words loaded by keys, what a file comes to before it is taken over, offers from thousands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from statistics import median
from time import process_time

import pytest
from at_the_desk import Person as Somebody
from at_the_desk import field_in_focus
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from specimens import context
from study_fixtures import LOGINS, Study
from study_room import Person, visible
from trial_fixtures import arms, made_arms, made_trial
from word_files import HEAD, long_list, written

from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.forms import Choice, Field
from sle_desk.services import log_entries, word_lists
from sle_desk.ui.audit_values import AuditValues
from sle_desk.ui.audit_wording import LONGEST, change_words, shortened
from sle_desk.ui.buttons import Button
from sle_desk.ui.field_maker import make_field
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.suggestions import Suggestion, SuggestionList
from sle_desk.ui.tabs import TabButton

__all__ = ["arms", "made_arms", "made_trial"]
Sit = Callable[[str, str], Person]


@pytest.fixture
def sit(study: Study, qtbot: QObject) -> Sit:
    """Sit down as a person in a role."""
    return lambda login, role: Person(study, login, role, qtbot)


def choosing(person: Person, path) -> None:
    """Go to the lists, and let the file dialog answer."""
    person.to("words")
    person.page.current_tab().ask = lambda parent, title: path


@pytest.mark.parametrize("role", [roles.COORDINATOR, roles.INVESTIGATOR, roles.PI, roles.ADMINISTRATOR])
def test_a_list_is_looked_at_and_taken_over_by_keys(sit: Sit, tmp_path, role: str) -> None:
    person = sit(LOGINS[role], role)
    choosing(person, written(tmp_path))
    assert person.sees("No list is loaded")
    person.press("Ctrl+N")
    for told in (
        "Words to be taken over: 2",
        "Rows refused: 2",
        "1 twice, in lines 4: other names belong in their own column",
        "1 without a name, in lines 5",
    ):
        assert person.sees(told), told
    assert word_lists.word_lists(person.state.desk) == ()
    person.press("1", "Enter")
    (made,) = word_lists.word_lists(person.state.desk)
    assert (made.offers, made.entries, made.refused) == ("medicines", 2, 2)
    assert person.sees("2 words of names.csv are offered now.")
    person.at("names.csv", "in use", "Medicines")
    if role in roles.SEES_VALUES:
        words = [offer.words.en for offer in log_entries.offers(person.state.desk, "medication")["name"]]
        assert "Medrol" in words and "Ibuprofen" not in words


def test_a_newer_list_replaces_the_older_one_in_sight_and_esc_keeps_nothing(sit: Sit, tmp_path) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    choosing(person, written(tmp_path))
    person.press("Ctrl+N", "2", "Enter")
    choosing(person, written(tmp_path, (HEAD, "Cough,咳嗽,,"), "newer.csv"))
    person.press("Ctrl+N", "2", "Esc")
    assert len(word_lists.word_lists(person.state.desk)) == 1
    person.press("Ctrl+N", "2", "Enter")
    person.at("newer.csv", "in use")
    person.at("names.csv", "replaced")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("english,drug", "x,y"), "The first row names a column “drug”"),
        ((HEAD, ",,x,"), "None of the 1 rows can be taken over."),
        ((HEAD, *(f"n{number}" for number in range(20_001))), "The file has 20001 rows; 20000 are allowed."),
    ],
)
def test_a_file_that_is_refused_is_told_and_changes_nothing(sit: Sit, tmp_path, rows, told: str) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    choosing(person, written(tmp_path, rows))
    head = person.state.desk.head()
    person.press("Ctrl+N")
    assert person.sees(told) and person.page.current_tab().form is None
    assert person.state.desk.head() == head


def test_the_same_file_again_is_refused_beside_the_button_and_the_choice_stays(sit: Sit, tmp_path) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    choosing(person, written(tmp_path))
    person.press("Ctrl+N", "3", "Enter", "Ctrl+N", "3", "Enter")
    assert person.sees("This file is in use already, since 2026-11-23. Nothing was stored.")
    form = person.page.current_tab().form
    assert form is not None and form.view.typed() == {"offers": "vaccines"}


def test_it_is_told_in_chinese_and_no_key_means_two_things(sit: Sit, tmp_path) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    choosing(person, written(tmp_path))
    person.press("Ctrl+N", "Ctrl+Shift+L")
    assert person.sees("可收入词条：2") and person.sees("1行重复，行号：4；别名请写入其他名称列")
    assert conflicts(person.shell) == ()
    person.press("1", "Enter")
    assert person.sees("现提示names.csv中的2个词条。")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_tab_of_the_study_stands_whole_in_the_smallest_window(sit: Sit, language: str) -> None:
    person = sit("chen.lan", roles.COORDINATOR)
    if language != "en":
        person.press("Ctrl+Shift+L")
    tabs = visible(person.page.tabs, TabButton)
    assert len(tabs) == len(StudyPage.entries) and person.shell.width() == 1280

    def inside() -> bool:
        corners = [(tab.mapTo(person.shell, tab.rect().topLeft()), tab) for tab in tabs]
        left = person.page.mapTo(person.shell, person.page.rect().topLeft()).x()
        return all(left <= at.x() and at.x() + tab.sizeHint().width() <= 1280 for at, tab in corners)

    person.wait(inside)
    boxes = [tab.geometry() for tab in tabs]
    assert not any(one.intersects(two) for one, two in combinations(boxes, 2))


def test_who_may_not_load_one_sees_the_lists_and_no_button(sit: Sit) -> None:
    person = sit("he.jian", roles.MONITOR)
    person.to("words")
    assert "Load a word list" not in {button.words for button in visible(person.page.current_tab(), Button)}
    person.press("Ctrl+N")
    assert person.page.current_tab().form is None


def test_of_twenty_thousand_words_a_key_finds_at_once_what_fits(
    tmp_path, shown, typist, qapp: QApplication
) -> None:
    loaded = word_lists.preview(long_list(tmp_path, 20_000)).found.words
    choices = tuple(
        Choice(word.english, Words(word.english, word.english), "", also=(word.chinese, *word.others))
        for word in loaded
    )
    asked = Field(code="name", label=Words("Medicine", "药物名称"), kind="text", choices=choices)
    made = make_field(asked, context())
    shown(made)
    took, floors = [], []
    for key in "preparation 19":
        # Of this program alone: what else the computer does is not counted.
        before = process_time()
        typist.type(key)
        took.append(process_time() - before)
        before = process_time()
        assert sum(key in word.english.casefold() for _ in range(10) for word in loaded)
        floors.append(process_time() - before)
    offers = made.window().findChild(SuggestionList)
    assert offers.is_open() and offers.model().rowCount() == 1_000
    # A slow computer is no fault: it is compared with looking at each word ten times. The first key of a
    # name opens the list, which may take longer; every other one only narrows it.
    assert took[0] < 15 * median(floors) and median(took) < 5 * median(floors), (took, floors)
    typist.press("Down", "Enter")
    assert made.text() == "Preparation 19000"


def test_a_loaded_word_is_offered_by_any_of_its_names_and_taken_into_the_entry(
    arms: Study, tmp_path, qapp: QApplication
) -> None:
    desk = arms.sit("zhao.jing", roles.INVESTIGATOR)
    word_lists.load_words(desk, "medicines", word_lists.preview(written(tmp_path)))
    person = Somebody(arms, "zhao.jing")
    person.to_subject("SLE-001")
    codes = [code for code, *_ in person.page.entries]
    person.press(str(codes.index("medicines") + 1))
    person.until(lambda: person.page.tabs.code() == "medicines")
    person.press("c")
    person.until(lambda: field_in_focus() is not None)
    person.type("甲强")
    person.press("Down", "Enter")
    person.type("4")
    person.press("Enter", "1", "1")
    person.type("2026-01-UK")
    # The name is in no dictionary of the package: its kind is asked for, and left open here.
    person.press("Enter", "Ctrl+Enter", "Ctrl+Enter")
    person.until_page("subject")
    (row,) = log_entries.entries(person.desk, "medicines", 1)
    assert row.values["name"].text == "Medrol"
    person.to_page("audit")
    rows = [person.page.model.row(number) for number in range(person.page.model.rowCount())]
    loaded = next(each for each in rows if each.table == "word_list")
    values = AuditValues(person.language, person.desk.protocol)
    words = change_words(loaded, values)
    assert "names.csv" in words
    long = replace(loaded, new={"content": "x" * 5_000})
    assert len(shortened(change_words(long, values))) < LONGEST + 20
    person.close()


def test_any_of_its_names_finds_a_word_and_what_begins_so_comes_first() -> None:
    offer = Suggestion("a", "Medrol", ("美卓乐", "Medrone MP"))
    found = {sought: offer.rank(sought) for sought in ("med", "美卓", "mp", "rone", "", "xyz")}
    assert found == {"med": 0, "美卓": 0, "mp": 1, "rone": 1, "": 0, "xyz": None}
