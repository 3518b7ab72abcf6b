"""What tabs with a list share: the list at the left, and at the right a form while one is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import Go
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.labels import label
from sle_desk.ui.pages.side_form import SideForm
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.tabbed_page import PageTab
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current

FORM_WIDTH = 400


class ListTab(PageTab):
    """A tab with a list; a subclass gives rows, columns and words, and opens forms beside it."""

    def __init__(self, state: State, key: Callable[[Any], Any], density: str = "table") -> None:
        super().__init__(state)
        self.form: SideForm | None = None
        self.model = RowsModel((), key=key)
        self.table = TableView(self.model, density)
        self.card = Card()
        self.card.body.setSpacing(current().px(10))
        self.buttons = QWidget()
        self._flow = FlowLayout(self.buttons, current().px(8))
        self.note = label(role="body", ink="text_2", wrap=True)
        self.note.hide()
        self._acts: list[tuple[Button, QAction]] = []
        self._lay_out()

    def _lay_out(self) -> None:
        px = current().px
        self.card.body.addWidget(self.note)
        self.card.body.addWidget(self.table, 1)
        self.card.body.addWidget(self.buttons)
        self.left_side = QVBoxLayout()
        self.left_side.setSpacing(px(12))
        for part in self.above():
            self.left_side.addWidget(part)
        self.left_side.addWidget(self.card, 1)
        self.side = QWidget()
        self.side.setFixedWidth(px(FORM_WIDTH))
        self._side = QVBoxLayout(self.side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self.side.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(16))
        row.addLayout(self.left_side, 1)
        row.addWidget(self.side)

    # What a subclass gives.

    def columns(self) -> Sequence[Column]:
        """Return the columns in the language of now."""
        raise NotImplementedError

    def rows(self) -> Sequence[Any]:
        """Read the rows."""
        raise NotImplementedError

    def above(self) -> Sequence[QWidget]:
        """Return what stands above the list, before it in the tab order."""
        return ()

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons, in the order they were added."""
        return ()

    # The list.

    def add_act(self, keys: str, act: Callable[[], object], *, on_row: bool, icon: str = "") -> Button:
        """Add a button below the list with a key: of the whole tab, or of the row that is chosen."""
        button = Button("", keys=keys, icon=icon, high=32)
        button.clicked.connect(act)
        # Behind the list in the tab order; its key is shorter.
        action = self.table.add_verb(keys, "", act) if on_row else self.add_key(keys, "", act)
        self._flow.addWidget(button)
        self._acts.append((button, action))
        return button

    def load(self) -> None:
        """Read the rows again."""
        self.model.show_rows(self.rows())

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        self.model.set_columns(self.columns())
        self.buttons.setVisible(bool(self._acts))
        for (button, action), words in zip(self._acts, self.verb_words(), strict=True):
            button.set_words(words)
            action.setText(words)
        if self.form is not None:
            self.form.retranslate()
            self._fit_form()

    def entered(self) -> None:
        """Put the focus on the form that is open, else on the list."""
        super().entered()
        if self.form is not None:
            self.form.focus_first()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # The form beside it.

    def open_form(self, form: SideForm) -> None:
        """Show a form beside the list, instead of one that is open."""
        self._drop_form()
        self.form = form
        form.closed.connect(self.close_form)
        self._side.addWidget(form)
        self._fit_form()
        self.side_changed(True)
        form.focus_first()

    def _fit_form(self) -> None:
        """Give the form the width that its widest answers need in this language."""
        if self.form is not None:
            self.side.setFixedWidth(max(current().px(FORM_WIDTH), self.form.needed_width()))

    def side_changed(self, open_now: bool) -> None:
        """Make room for the form, or take it back."""
        self.side.setVisible(open_now)

    def close_form(self) -> None:
        """Take the form away; what was typed in it stays a draft."""
        self._drop_form()
        self.side_changed(False)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_form(self) -> None:
        if self.form is not None:
            form, self.form = self.form, None
            form.keep_half_typed()
            self._side.removeWidget(form)
            form.hide()
            form.deleteLater()

    def left(self) -> None:
        """Keep what is half typed."""
        if self.form is not None:
            self.form.keep_half_typed()

    def go_up(self) -> bool:
        """Close the form that is open."""
        if self.form is None:
            return False
        self.close_form()
        return True


class SubjectList(ListTab):
    """A list about one subject; about everybody while no subject was told, as on a page of its own."""

    # The codes of the filters above the list, the first one letting everything through.
    filter_codes: Sequence[str] = ()

    def __init__(self, state: State, key: Callable[[Any], Any], density: str = "table") -> None:
        self.filters: SegmentedButtons | None = None
        super().__init__(state, key, density)
        self.subject_id: int | None = None
        self.table.opened.connect(self.open_row)

    def target(self, go: Go) -> None:
        """Take the subject."""
        if go.subject_id != self.subject_id:
            self.subject_id = go.subject_id
            self._stale = True

    def above(self) -> Sequence[QWidget]:
        """Return the filters; picking one reads again."""
        if not self.filter_codes:
            return ()
        self.filters = SegmentedButtons([(code, "") for code in self.filter_codes])
        self.filters.picked.connect(lambda *_: self.load())
        return (self.filters,)

    def wanted(self) -> str:
        """Return the code of the filter that is on."""
        return self.filters.code() if self.filters is not None else ""

    def filter_words(self) -> Sequence[str]:
        """Return the words of the filters."""
        return ()

    def open_row(self, row: Any) -> None:
        """Go to what a row is about."""

    def load(self) -> None:
        """Read the rows, say so where there are none, and count them on the tab."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)
        self.counted.emit(self.count_words(), "neutral")

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        self.note.setText(self.empty_words())
        if self.filters is not None:
            self.filters.set_texts(self.filter_words())

    def count_words(self) -> str:
        """Return the number on the tab."""
        return str(self.model.rowCount() or "")

    def empty_words(self) -> str:
        """Return what to say where there is nothing."""
        return ""
