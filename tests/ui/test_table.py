"""Tables at the keyboard: rows, groups, verbs, search, clipboard, what a screen reader hears."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from sle_desk.exports.drawing import Point, trend
from sle_desk.ui.delegates import button_box
from sle_desk.ui.rows import Column, Group, RowsModel
from sle_desk.ui.table import TableView
from sle_desk.ui.theme import current


@dataclass(frozen=True)
class Due:
    number: str
    name: str
    what: str
    status: str = "due"
    weight: Decimal | None = None


DUE = [
    Group("Overdue", "bad", "1"),
    Due("SLE-007", "何雪莹", "Home diary", "bad", Decimal("9")),
    Group("Today", "due", "2"),
    Due("SLE-004", "张慧敏", "Dose 36", "due", Decimal("56.4")),
    Due("SLE-011", "王雅琴", "Eligibility", "sign"),
]
COLUMNS = (
    Column("Subject", lambda r: r.number, lambda r: r.number, look="strong", identity=False),
    Column("Name", lambda r: r.name, lambda r: r.name, identity=True),
    Column("What", lambda r: r.what, lambda r: r.what, stretch=True, second=lambda r: f"for {r.number}"),
    Column(
        "Status", lambda r: r.status, lambda r: r.status.capitalize(), look="chip", status=lambda r: r.status
    ),
    Column("Weight", lambda r: r.weight, lambda r: f"{r.weight or ''}", align="right"),
    Column(
        "Trend",
        lambda r: None,
        lambda r: "falls from 9 to 7",
        look="trend",
        drawing=lambda r: trend([Point(0, Decimal(9)), Point(1, Decimal(7))]),
    ),
    Column("", lambda r: "", lambda r: "Open", look="button"),
)


@pytest.fixture
def table(shown):
    made = TableView(RowsModel(COLUMNS, DUE, key=lambda r: r.number), "worklist")
    shown(made, 1000, 500)
    return made


def chosen(table):
    row = table.current_row()
    return row.number if row else None


def test_the_first_row_is_chosen_and_no_group_ever_is(table, typist):
    seen = [chosen(table)]
    for key in ("Down", "Down", "Down", "Up", "Home", "End", "PageUp", "PageDown"):
        typist.press(key)
        seen.append(chosen(table))
    assert seen == [
        *("SLE-007", "SLE-004", "SLE-011", "SLE-011", "SLE-004"),
        *("SLE-007", "SLE-011", "SLE-007", "SLE-011"),
    ]


def test_enter_opens_the_chosen_row(table, typist, heard):
    table.opened.connect(lambda row: heard.append(row.number))
    typist.press("Down", "Enter")
    assert heard == ["SLE-004"]


def test_typing_finds_a_row_by_any_of_its_texts(table, typist):
    typist.type("011")
    assert chosen(table) == "SLE-011"
    QTest.qWait(1300)
    typist.type("diary")
    assert chosen(table) == "SLE-007"


def test_a_verb_on_its_key_comes_before_the_search(table, typist, heard):
    table.add_verb("G", "record as given", lambda: heard.append(chosen(table)))
    typist.press("Down", "g")
    assert heard == ["SLE-004"]


def test_a_name_is_never_copied(table, typist):
    typist.press("Down", "Ctrl+C")
    copied = QGuiApplication.clipboard().text()
    assert "SLE-004" in copied
    assert "张慧敏" not in copied
    assert "Open" not in copied


def test_a_click_on_the_button_of_a_row_acts_and_a_click_beside_it_does_not(table, heard):
    table.acted.connect(lambda row: heard.append(row.number))
    index = table.model().index(3, 6)
    cell = table.visualRect(index)
    theme = current()
    inner = cell.adjusted(theme.px(16), 0, -theme.px(12), -1)
    spot = button_box(inner, theme, "Open").center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.topLeft() + QPoint(2, 2))
    assert heard == ["SLE-004"]


def test_the_chosen_row_stays_chosen_when_the_rows_are_read_again(table, typist):
    typist.press("End")
    table.model().show_rows([Due("SLE-001", "新", "First"), *DUE])
    assert chosen(table) == "SLE-011"
    table.model().show_rows(DUE[:4])
    assert chosen(table) == "SLE-004"


def test_an_empty_table_has_no_row_and_takes_every_key(shown, typist, heard):
    made = TableView(RowsModel(COLUMNS, []))
    made.opened.connect(heard.append)
    shown(made)
    typist.press("Down", "Home", "End", "Enter", "x", "Ctrl+C")
    assert (chosen(made), heard) == (None, [])


def test_every_cell_says_its_column_and_everything_it_shows(table):
    said = [
        table.model().index(3, column).data(Qt.ItemDataRole.AccessibleTextRole)
        for column in range(len(COLUMNS))
    ]
    assert said == [
        "Subject: SLE-004",
        "Name: 张慧敏",
        "What: Dose 36, for SLE-004",
        "Status: Due",
        "Weight: 56.4",
        "Trend: falls from 9 to 7",
        "Open",
    ]
    assert table.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Overdue 1"


def test_a_group_spans_the_row_and_is_lower_than_a_row(table):
    assert table.columnSpan(0, 0) == len(COLUMNS)
    assert table.rowHeight(0) == 30
    assert table.rowHeight(1) == 52


def test_a_row_in_the_place_of_a_group_has_the_height_of_a_row(table):
    high, low = table.rowHeight(1), table.rowHeight(0)
    table.model().show_rows([*DUE[:2], DUE[3], DUE[2], DUE[4]])
    assert [table.rowHeight(number) for number in range(5)] == [low, high, high, low, high]
    table.model().show_rows([row for row in DUE if isinstance(row, Due)])
    assert [table.rowHeight(number) for number in range(3)] == [high] * 3


@pytest.mark.parametrize(("density", "height"), [("dense", 36), ("table", 40), ("worklist", 52)])
def test_rows_are_as_high_as_their_density(density, height, shown):
    made = TableView(RowsModel(COLUMNS, DUE[1:2]), density)
    shown(made)
    assert made.rowHeight(0) == height


def test_numbers_are_sorted_as_numbers_and_gaps_come_last():
    rows = [row for row in DUE if isinstance(row, Due)]
    model = RowsModel(COLUMNS, rows)
    model.sort(4)
    assert [model.row(n).weight for n in range(3)] == [Decimal(9), Decimal("56.4"), None]
    model.sort(4, Qt.SortOrder.DescendingOrder)
    assert [model.row(n).weight for n in range(3)] == [Decimal("56.4"), Decimal(9), None]


def test_a_list_with_groups_keeps_its_order():
    model = RowsModel(COLUMNS, DUE)
    model.sort(0)
    assert model.row(1).number == "SLE-007"


def test_tab_leaves_the_table(shown, typist, qtbot):
    from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

    page, line = QWidget(), QLineEdit()
    made = TableView(RowsModel(COLUMNS, DUE))
    column = QVBoxLayout(page)
    column.addWidget(made)
    column.addWidget(line)
    shown(page)
    made.setFocus()
    typist.press("Tab")
    assert line.hasFocus()


def test_a_wrapping_column_makes_its_row_as_high_as_its_text(shown):
    long = "registry words " * 30
    columns = (
        Column("No.", lambda r: r, lambda r: r),
        Column("Words", lambda r: r, lambda r: long, wrap=True, stretch=True),
    )
    made = TableView(RowsModel(columns, ["I 1"]))
    shown(made, 400, 500)
    assert made.rowHeight(0) > 100
