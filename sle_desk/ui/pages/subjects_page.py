"""Subjects: the list of everybody, found by typing, opened by Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.services import subjects
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.cards import Card
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.labels import label
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.state import State
from sle_desk.ui.table import Column, RowsModel, TableView
from sle_desk.ui.theme import current
from sle_desk.ui.wording import STATES, arm_words, sex_age_words, state_words

FILTERS = {
    "all": frozenset(STATES) - {"void"},
    "screening": frozenset({"screening"}),
    "in_study": frozenset({"randomised", "treatment"}),
    "ended": frozenset({"complete", "left", "failed", "died"}),
    "void": frozenset({"void"}),
}


class SubjectsPage(DeskPage):
    """The list of subjects."""

    reads = frozenset({"subject", "identity", "allocation", "dose", "disposition"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._rows: tuple[SubjectRow, ...] = ()
        self.new_button = Button("", "primary", keys="Ctrl+N", icon="plus")
        self.new_button.clicked.connect(self._new)
        self.filters = SegmentedButtons([(code, code) for code in FILTERS])
        self.filters.picked.connect(self._show)
        self.model = RowsModel(self._columns(), key=lambda row: row.id)
        self.table = TableView(self.model)
        self.table.opened.connect(self._open)
        self._empty = label(role="body", ink="text_2", wrap=True)
        card = Card()
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self.table)
        px = current().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self.filters)
        column.addWidget(self._empty)
        column.addWidget(card, 1)
        self._card = card
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.text("Subjects")

    def second(self) -> str:
        """Return how many there are."""
        return self.language.text("{count} registered", count=len(self._standing()))

    def top_parts(self) -> Sequence[QWidget]:
        """Return the button that registers, for roles that may."""
        return (self.new_button,) if self.may("subject.register") else ()

    def _columns(self) -> tuple[Column, ...]:
        language, protocol = self.language, self.state.desk.protocol
        return (
            Column(language.text("Subject"), lambda row: row.code, lambda row: row.code, look="strong"),
            Column(
                language.text("Name"),
                lambda row: self._name(row),
                lambda row: self._name(row),
                second=lambda row: sex_age_words(row, language),
                identity=True,
            ),
            Column(
                language.text("Screening no."),
                lambda row: row.screening_number,
                lambda row: row.screening_number,
            ),
            Column(
                language.text("Arm"),
                lambda row: row.arm,
                lambda row: arm_words(protocol, row.arm, language)[1],
                icon=lambda row: arm_words(protocol, row.arm, language)[0],
            ),
            Column(
                language.text("State"),
                lambda row: row.state,
                lambda row: state_words(row.state, language),
                look="chip",
                status=lambda row: STATES[row.state][1],
            ),
            Column(
                language.text("Registered"),
                lambda row: row.registered_on,
                lambda row: row.registered_on.isoformat(),
                stretch=True,
            ),
        )

    def _name(self, row: SubjectRow) -> str:
        return row.name if self.state.names_shown else ""

    def load(self) -> None:
        """Read the subjects."""
        self._rows = subjects.subjects(self.state.desk, void=True)
        self._show(self.filters.code())

    def _standing(self) -> list[SubjectRow]:
        return [row for row in self._rows if row.state in FILTERS["all"]]

    def _show(self, code: str) -> None:
        shown = [row for row in self._rows if row.state in FILTERS[code]]
        self.model.show_rows(shown)
        self._empty.setVisible(not self._rows)
        self._card.setVisible(bool(self._rows))

    def retranslate(self) -> None:
        """Speak the chosen language."""
        language = self.language
        self.new_button.set_words(language.text("New subject"))
        words = {
            "all": language.text("All"),
            "screening": language.text("Screening"),
            "in_study": language.text("In the study"),
            "ended": language.text("Ended"),
            "void": language.text("Entered in error"),
        }
        self.filters.set_texts([words[code] for code in FILTERS])
        self.model.set_columns(self._columns())
        self._empty.setText(language.text("No subject yet. Ctrl N registers the first."))

    def target(self, go: Go) -> None:
        """Take whom to show: one of the filters."""
        if go.tab in FILTERS:
            self.filters.pick(go.tab)

    def entered(self) -> None:
        """Show what there is, and let typing find."""
        super().entered()
        (self.table if self._rows else self.filters).setFocus()

    def _new(self) -> None:
        self.state.go(Go("register"))

    def _open(self, row: SubjectRow) -> None:
        self.state.go(Go("subject", subject_id=row.id))
