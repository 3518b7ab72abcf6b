"""Reference ranges at the keyboard: entered, corrected and confirmed singly on the Study page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel
from study_fixtures import Study
from study_room import Person, visible

from sle_desk.domain import roles
from sle_desk.services import laboratories
from sle_desk.services.laboratories import RangeRow
from sle_desk.ui.delegates import cell_width
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.theme import current

LIST = "List v4 of 2026-06-01"


@pytest.fixture
def at_tab(study: Study, qtbot: QObject) -> Callable[..., Person]:
    """Sit down at the ranges of the one laboratory there is."""

    def sit(login: str = "chen.lan", role: str = roles.COORDINATOR) -> Person:
        desk = study.sit("chen.lan", roles.COORDINATOR)
        if not laboratories.laboratories(desk):
            laboratories.record_laboratory(desk, "PKUPH", "Clinical laboratory", date(2026, 1, 1))
        person = Person(study, login, role, qtbot)
        person.to("laboratories")
        person.press("Home", "Tab")
        return person

    return sit


def of(person: Person, analyte: str) -> list[RangeRow]:
    return [row for row in laboratories.ranges(person.state.desk, 1) if row.analyte == analyte]


def to_row(person: Person, words: str) -> None:
    """Go down the ranges until the row with these words."""
    table = person.page.current_tab()._range_table
    person.wait(table.hasFocus)
    person.press("Home")
    for _ in range(table.model().rowCount()):
        if words in str(table.model().index(table.currentIndex().row(), 0).data()):
            return
        person.press("Down")
    raise AssertionError(words)


def test_a_range_is_entered_by_keys_from_the_row_one_stands_on(at_tab: Callable[..., Person]) -> None:
    person = at_tab()
    to_row(person, "ALT")
    person.press("n")
    # Its analyte and unit stand there already.
    assert person.sees("U/L")
    person.press("3")
    person.fill("18", "", "9-50", "", "20260601", LIST)
    person.press("Ctrl+Enter")
    person.wait_for("Range entered; what held before ends the day before.")
    new = next(row for row in of(person, "ALT") if row.source == LIST)
    assert (new.sex, new.limits.words, new.unit, new.valid_from) == (
        "both",
        "9 – 50",
        "U/L",
        date(2026, 6, 1),
    )
    assert {row.valid_until for row in of(person, "ALT") if row is not new} == {None, date(2026, 5, 31)}
    assert person.sees("until 2026-05-31")
    table = person.page.current_tab()._range_table
    width = max(cell_width(current(), table.model().columns[0], row) for row in of(person, "ALT"))
    assert table.columnWidth(0) >= width, "a long source left no room for the name of the analyte"


def test_what_cannot_be_read_keeps_what_was_typed_and_is_said_at_its_field(
    at_tab: Callable[..., Person],
) -> None:
    person = at_tab()
    before = laboratories.ranges(person.state.desk, 1)
    to_row(person, "ALT")
    person.press("n", "3")
    person.fill("18", "", "about 50", "", "20260601", LIST)
    person.press("Ctrl+Enter")
    person.wait_for("about 50 cannot be read as a range. Type it as it is printed: 3.5-9.5, <5")
    assert laboratories.ranges(person.state.desk, 1) == before and person.sees(LIST)


def test_a_range_is_corrected_with_a_reason_by_keys(at_tab: Callable[..., Person]) -> None:
    person = at_tab()
    to_row(person, "WBC")
    person.press("F2")
    person.wait_for("WBC: correct the range")
    person.press("Enter", "Enter", "Enter", "Ctrl+A")
    person.type("3.2-9.0")
    person.press("Enter", "Ctrl+Enter")
    person.wait_for("Pick a reason")
    person.press("1", "Ctrl+Enter")
    person.wait(lambda: [row.limits.words for row in of(person, "WBC")] == ["3.2 – 9"])
    assert of(person, "WBC")[0].confirmed


def test_one_range_is_confirmed_by_keys_and_the_focus_comes_back_to_it(
    at_tab: Callable[..., Person],
) -> None:
    person = at_tab()
    to_row(person, "WBC")
    person.press("k")
    assert person.sees("3.5 – 9.5")
    person.fill(LIST)
    person.press("Ctrl+Enter")
    person.wait_for("Range of WBC confirmed.")
    rows = laboratories.ranges(person.state.desk, 1)
    assert [row.analyte for row in rows if row.confirmed] == ["WBC"]
    assert person.page.current_tab()._range_table.hasFocus()
    assert person.sees(f"1 of {len(rows)} confirmed")


def test_a_nurse_reads_the_ranges_and_changes_none(at_tab: Callable[..., Person]) -> None:
    person = at_tab("lin.yue", roles.NURSE)
    for keys in ("n", "F2", "k", "Enter"):
        person.press(keys)
        assert person.page.current_tab().form is None
    assert not person.sees("Correct the range")


def test_no_label_is_cut_and_the_column_is_the_laboratory_in_both_languages(
    at_tab: Callable[..., Person],
) -> None:
    person = at_tab()
    for words in ("Correct the range…", "更正参考范围…"):
        person.wait(lambda: not [each for each in visible(person.shell, QLabel) if label_is_cut(each)])
        assert conflicts(person.shell) == () and person.sees(words)
        heads = person.page.current_tab().model
        assert heads.headerData(0, Qt.Orientation.Horizontal) == (
            "Laboratory" if words[0] == "C" else "实验室"
        )
        person.press("Ctrl+Shift+L")
