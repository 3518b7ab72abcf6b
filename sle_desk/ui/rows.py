"""The one model of every table: rows of any kind, and columns as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from sle_desk.exports.drawing import Drawing

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
WRAPS = Qt.TextFlag.TextWordWrap.value
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
    "centre": Qt.AlignmentFlag.AlignCenter,
}


@dataclass(frozen=True)
class Column:
    """One column: its title, a row's value (to sort by) and text, and how the text is shown.

    `look` is "text", "strong", "chip", "button" or "trend"; `second` is a quieter line below, `status`
    and `icon` colour a chip, `ink` a text. One that `yields` is cut, not below its title, where the
    stretching one would have too little room. A column that identifies a person is never copied.
    """

    title: str
    value: Callable[[Any], Any]
    text: Callable[[Any], str]
    align: str = "left"
    look: str = "text"
    second: Callable[[Any], str] | None = None
    second_icon: Callable[[Any], str] | None = None
    after: Callable[[Any], str] | None = None
    status: Callable[[Any], str] | None = None
    icon: Callable[[Any], str] | None = None
    ink: Callable[[Any], str] | None = None
    drawing: Callable[[Any], Drawing] | None = None
    width: int = 0
    stretch: bool = False
    yields: bool = False
    wrap: bool = False
    identity: bool = False

    def said(self, row: Any) -> str:
        """Return everything a cell says, for a screen reader."""
        parts = [self.text(row)]
        parts += [more(row) for more in (self.after, self.second) if more is not None]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Group:
    """A row that heads those below it, as "Overdue 1"; it is never selected."""

    text: str
    status: str = "neutral"
    count: str = ""
    icon: str = ""


class RowsModel(QAbstractTableModel):
    """Rows as they were handed over, shown through columns; `key` tells which row is which."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Any] = (),
        key: Callable[[Any], Any] = id,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key = key
        self._rows: list[Any] = list(rows)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows instead of those before."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show the rows through other columns, as after a change of language."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def row(self, number: int) -> Any:
        """Return a row, or None where there is none or a group stands."""
        found = self._rows[number] if 0 <= number < len(self._rows) else None
        return None if isinstance(found, Group) else found

    def group(self, number: int) -> Group | None:
        """Return the group that stands in this row, if one does."""
        found = self._rows[number]
        return found if isinstance(found, Group) else None

    def number_of(self, key: Any) -> int:
        """Return where the row with this key stands, -1 when it is gone."""
        for number, row in enumerate(self._rows):
            if not isinstance(row, Group) and self.key(row) == key:
                return number
        return -1

    def copied(self, number: int) -> str:
        """Return the texts of a row for the clipboard, without what identifies a person."""
        row = self.row(number)
        told = [column for column in self.columns if not column.identity and column.look != "button"]
        return "" if row is None else "\t".join(column.text(row) for column in told)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> Any:
        """Return the text, alignment or spoken text of a cell."""
        if role not in (ROLE.DisplayRole, ROLE.AccessibleTextRole, ROLE.TextAlignmentRole):
            return None
        found = self._rows[index.row()]
        if isinstance(found, Group):
            if role == ROLE.TextAlignmentRole or index.column() > 0:
                return None
            return f"{found.text} {found.count}".strip()
        column = self.columns[index.column()]
        if role == ROLE.TextAlignmentRole:
            return _ALIGN[column.align]
        if role == ROLE.AccessibleTextRole:
            said = column.said(found)
            title = column.title.replace("\n", ", ")
            return f"{title}: {said}" if title else said
        return column.text(found)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let rows be selected and groups not."""
        if self.group(index.row()) is not None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == ROLE.DisplayRole:
            return self.columns[section].title
        column = self.columns[section]
        if role != ROLE.TextAlignmentRole:
            return None
        # As a number: the header breaks the lines of a title whose cells do so too.
        return _ALIGN[column.align].value | WRAPS if column.wrap else _ALIGN[column.align]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the values of a column, what has none last; a list with groups keeps its order."""
        if any(isinstance(row, Group) for row in self._rows) or not 0 <= column < len(self.columns):
            return
        value = self.columns[column].value
        self.layoutAboutToBeChanged.emit()
        known = [row for row in self._rows if value(row) is not None]
        known.sort(key=value, reverse=order == Qt.SortOrder.DescendingOrder)
        self._rows = known + [row for row in self._rows if value(row) is None]
        self.layoutChanged.emit()
