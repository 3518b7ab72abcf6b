"""The one view of every table: rows chosen by keys, one key a verb, nothing that identifies is copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QElapsedTimer, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.delegates import RowDelegate, cell_width
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.keys import KEY, NONE, SHIFT, modifiers, plain_enter
from sle_desk.ui.labels import dress
from sle_desk.ui.rows import Column, Group, RowsModel
from sle_desk.ui.theme import current

__all__ = ["Column", "Group", "RowsModel", "TableView"]

HEIGHTS = {"dense": 36, "table": 40, "worklist": 52}
GROUP_HEIGHT = 30
# How long typed characters count as one search.
PAUSE = 1_200
_MEASURED = 200


class TableView(QTableView):
    """Arrows, Home and End choose a row; typing finds one; Enter opens it; verbs act on it."""

    opened = Signal(object)
    acted = Signal(object)
    row_changed = Signal(object)

    def __init__(self, model: RowsModel, density: str = "table", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._density = density
        self._sought, self._since = "", QElapsedTimer()
        self._kept_key: object = None
        self._kept_number = 0
        self._model = model
        self._delegate = RowDelegate(self)
        self._set_up()
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self._delegate.pressed.connect(self.acted)
        self.doubleClicked.connect(self._open)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._settle)
        self.selectionModel().currentRowChanged.connect(self._tell)
        self._settle()

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(current().px(36))
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(current().px(32))
        dress(self, part="table")

    # Rows.

    def current_row(self) -> Any:
        """Return the chosen row, or None."""
        return self._model.row(self.currentIndex().row())

    def choose(self, key: object) -> bool:
        """Choose the row with this key; false when it is not there."""
        number = self._model.number_of(key)
        if number >= 0:
            self.pick(number)
        return number >= 0

    def pick(self, number: int) -> None:
        """Choose a row by its place."""
        self.selectRow(number)

    def _remember(self) -> None:
        row = self.current_row()
        self._kept_number = self.currentIndex().row()
        self._kept_key = None if row is None else self._model.key(row)

    def _settle(self) -> None:
        """Fit rows and columns; the row that was chosen stays so, else the one in its place."""
        theme = current()
        row_height, group_height = theme.px(HEIGHTS[self._density]), theme.px(GROUP_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.clearSpans()
        wraps = any(column.wrap for column in self._model.columns)
        for number in range(self._model.rowCount()):
            grouped = self._model.group(number) is not None
            if grouped:
                self.setSpan(number, 0, 1, max(2, self._model.columnCount()))
            # The place of a group that moved keeps its height otherwise.
            high = group_height if grouped else row_height
            if (grouped or not wraps) and self.rowHeight(number) != high:
                self.setRowHeight(number, high)
        self._fit_columns()
        if wraps:
            self.resizeRowsToContents()
        if self._kept_key is None or not self.choose(self._kept_key):
            last = self._model.rowCount() - 1
            self._go(min(max(self._kept_number, 0), max(last, 0)) - 1, 1)

    def _fit_columns(self) -> None:
        theme, header = current(), self.horizontalHeader()
        rows = [self._model.row(number) for number in range(min(_MEASURED, self._model.rowCount()))]
        for number, column in enumerate(self._model.columns):
            if column.stretch:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
                continue
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
            wide = theme.px(column.width) or max(
                [header.sectionSizeHint(number)]
                + [cell_width(theme, column, row) for row in rows if row is not None]
            )
            header.resizeSection(number, wide)
        self._give_room(rows)

    def _give_room(self, rows: Sequence[Any]) -> None:
        """Let columns that yield leave the stretching one the width of its content, as far as they can."""
        theme, header, columns = current(), self.horizontalHeader(), self._model.columns
        stretched = next((number for number, column in enumerate(columns) if column.stretch), None)
        yielding = [number for number, column in enumerate(columns) if column.yields]
        if stretched is None or not yielding:
            return
        wanted = max(
            [header.sectionSizeHint(stretched)]
            + [cell_width(theme, columns[stretched], row) for row in rows if row is not None]
        )
        others = sum(header.sectionSize(number) for number in range(len(columns)) if number != stretched)
        lacking = wanted - (self.viewport().width() - others)
        for number in yielding:
            given = min(lacking, header.sectionSize(number) - header.sectionSizeHint(number))
            if given > 0:
                header.resizeSection(number, header.sectionSize(number) - given)
                lacking -= given

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns the room that there is now."""
        super().resizeEvent(event)
        if any(column.yields for column in self._model.columns):
            self._fit_columns()

    def _tell(self, now: QModelIndex, before: QModelIndex) -> None:
        self.row_changed.emit(self._model.row(now.row()))

    def _open(self, index: QModelIndex) -> None:
        row = self._model.row(index.row())
        if row is not None:
            self.opened.emit(row)

    # Keys.

    def add_verb(self, keys: str, text: str, act: Callable[[], object]) -> QAction:
        """Add a verb on a key that works while the table has the focus; return it for the key bar."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(act)
        self.addAction(action)
        return action

    def key_hints(self, language: Language) -> list[KeyHint]:
        """Return the keys that every table has."""
        return [KeyHint("↑ ↓", language.text("move")), KeyHint("Enter", language.text("open"))]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, open, find, copy."""
        held = modifiers(event)
        count = self._model.rowCount()
        page = max(1, self.viewport().height() // max(1, self.verticalHeader().defaultSectionSize()))
        here = self.currentIndex().row()
        ways = {
            KEY.Key_Up: (here, -1),
            KEY.Key_Down: (here, 1),
            KEY.Key_Home: (-1, 1),
            KEY.Key_End: (count, -1),
            # A page on; where only groups are left that way, the nearest row before them.
            KEY.Key_PageUp: (max(-1, here - page - 1), 1),
            KEY.Key_PageDown: (min(count, here + page + 1), -1),
        }
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._model.copied(here))
        elif plain_enter(event):
            self._open(self.currentIndex())
        elif held == NONE and event.key() in ways:
            self._go(*ways[KEY(event.key())])
        elif held in (NONE, SHIFT) and event.text().isprintable() and event.text().strip():
            self._find(event.text())
        else:
            event.ignore()

    def _go(self, start: int, step: int) -> None:
        """Choose the nearest row that is no group, from a place in a direction."""
        number = start + step
        while 0 <= number < self._model.rowCount():
            if self._model.row(number) is not None:
                self.pick(number)
                self.scrollTo(self._model.index(number, 0))
                return
            number += step

    def _find(self, typed: str) -> None:
        if not self._since.isValid() or self._since.elapsed() > PAUSE:
            self._sought = ""
        self._sought = (self._sought + typed).casefold()
        self._since.start()
        count, here = self._model.rowCount(), max(0, self.currentIndex().row())
        # A longer search may stay where it is, a new one goes on from the next row.
        first = here if len(self._sought) > 1 else here + 1
        for number in (*range(first, count), *range(first)):
            row = self._model.row(number)
            texts = [column.said(row).casefold() for column in self._model.columns] if row is not None else []
            if any(self._sought in text for text in texts):
                self.pick(number)
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the first row when none is."""
        super().focusInEvent(event)
        self._sought = ""
        if self.current_row() is None:
            self._go(-1, 1)
