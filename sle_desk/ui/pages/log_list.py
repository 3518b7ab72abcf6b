"""Entries beside the visits as lists: a form at a time, its columns as the form declares them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction

from sle_desk.base.language import message
from sle_desk.domain.forms import LOG_WORDS, Field, Form
from sle_desk.domain.safety import REPORT
from sle_desk.domain.value_words import value_words
from sle_desk.services import form_records, log_entries
from sle_desk.services.log_entries import EntryRow
from sle_desk.services.printables import SAE
from sle_desk.ui.desk_page import Go
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.list_tab import SubjectList
from sle_desk.ui.state import State
from sle_desk.ui.table import Column
from sle_desk.ui.void_cases import add_void_key, form_case

STATES = {
    "partial": (message("Incomplete"), "warn"),
    "complete": (message("Complete"), "ok"),
    "signed": (message("Signed"), "sign"),
}
# What of an entry is told by colour too: a serious event.
BAD = {("serious", "Y"), ("outcome", "fatal")}


class LogList(SubjectList):
    """The entries of one log: of a subject on a tab, of everybody on a page of the sidebar."""

    log = ""
    add_keys = "A"
    reads = frozenset({"subject", "form_record", "answer", "signature"})

    def __init__(self, state: State) -> None:
        self._forms = state.desk.protocol.log_forms(self.log)
        self.filter_codes = tuple(form.code for form in self._forms)
        self._rows: Sequence[EntryRow] = ()
        super().__init__(state, key=lambda row: row.id)
        if self.may("form.save"):
            self._add = self.add_act(self.add_keys, self._new, on_row=False, icon="plus")
            self._report = self.add_act("R", self._about, on_row=True, icon="pen")
        add_void_key(state, self.table.add_verb, self._in_error)
        self.retranslate()

    def title(self) -> str:
        """Return the title."""
        return self.language.words(LOG_WORDS[self.log])

    def second(self) -> str:
        """Return how many entries there are."""
        return self.language.text("{count} entries", count=len(self._rows))

    def filter_words(self) -> Sequence[str]:
        """Return the forms of this log with the number of their entries."""
        counts = {form.code: 0 for form in self._forms}
        for row in self._rows:
            counts[row.form] += 1
        return [
            f"{self.language.words(form.label)} {counts[form.code] or ''}".strip() for form in self._forms
        ]

    @property
    def _form(self) -> Form | None:
        return next((form for form in self._forms if form.code == self.wanted()), None)

    def rows(self) -> Sequence[EntryRow]:
        """Read the entries and return those of the form in sight."""
        self._rows = log_entries.entries(self.state.desk, self.log, self.subject_id)
        return [row for row in self._rows if row.form == self.wanted()]

    def load(self) -> None:
        """Read again; the columns are those of the form in sight."""
        self.model.set_columns(self.columns())
        super().load()
        if self.filters is not None:
            self.filters.set_texts(self.filter_words())
        self._show_acts()

    def _show_acts(self) -> None:
        if not self._acts:
            return
        form = self._form
        here = self.subject_id is not None and form is not None and not form.about
        about = self._about_form()
        for (button, action), shown in zip(self._acts, (here, about is not None), strict=True):
            button.setVisible(shown)
            action.setEnabled(shown)
            action.setVisible(shown)
        for (button, action), words in zip(self._acts, self.verb_words(), strict=True):
            button.set_words(words)
            action.setText(words)

    def _about_form(self) -> Form | None:
        """Return the form whose entries are about those in sight."""
        return next((form for form in self._forms if form.about and form.about == self.wanted()), None)

    def columns(self) -> Sequence[Column]:
        """Return the subject on a page of all, the listed fields of the form, and the state."""
        form = self._form
        if form is None:
            return ()
        text = self.language.text
        first = () if self.subject_id is not None else (_subject(text("Subject")),)
        state = Column(
            text("State"),
            lambda row: row.state,
            lambda row: text(STATES[row.state][0]),
            look="chip",
            status=lambda row: STATES[row.state][1],
        )
        listed = [field for field in form.fields() if field.listed]
        return (*first, *(self._column(field, place == 0) for place, field in enumerate(listed)), state)

    def _column(self, field: Field, strong: bool) -> Column:
        language = self.language

        def said(row: EntryRow) -> str:
            return language.words(value_words(field, row.values.get(field.code)))

        def bad(row: EntryRow) -> str:
            value = row.values.get(field.code)
            return "bad" if value is not None and (field.code, value.choice) in BAD else "text"

        return Column(
            language.words(field.label),
            said,
            said,
            look="strong" if strong else "plain",
            stretch=strong,
            ink=bad,
        )

    def verb_words(self) -> Sequence[str]:
        """Return the words of the buttons."""
        if not self._acts:
            return ()
        words, form, about = self.language.words, self._form, self._about_form()
        return (
            self.language.text("Add: {form}", form=words(form.label) if form else ""),
            self.language.text("Add: {form}", form=words(about.label) if about else ""),
        )

    def count_words(self) -> str:
        """Return the number of all entries of the log."""
        return str(len(self._rows) or "")

    def empty_words(self) -> str:
        """Say that there is none."""
        return self.language.text("Nothing is entered here yet.")

    def target(self, go: Go) -> None:
        """Take the subject, and the form that is to be in sight."""
        super().target(go)
        if go.form and self.filters is not None and go.form in self.filter_codes:
            self.filters.pick(go.form)

    # Acts.

    def open_row(self, row: EntryRow) -> None:
        """Open the entry."""
        self.state.go(Go("form", subject_id=row.subject_id, form=row.form, record_id=row.id))

    def _new(self) -> None:
        form = self._form
        if form is not None and not form.about and self.subject_id is not None:
            self.state.go(Go("form", subject_id=self.subject_id, form=form.code))

    def _about(self) -> None:
        row, form = self.table.current_row(), self._about_form()
        if isinstance(row, EntryRow) and form is not None:
            self.state.go(Go("form", subject_id=row.subject_id, form=form.code, about=row.id))

    def _in_error(self) -> None:
        row = self.table.current_row()
        if isinstance(row, EntryRow):
            record = form_records.form_row(self.state.desk, row.id)
            ask_entered_in_error(self, self.state, form_case(self.state, record), self.reload)


def _subject(title: str) -> Column:
    return Column(title, lambda row: row.subject_code, lambda row: row.subject_code)


class EventList(LogList):
    """Adverse events, the reports of serious ones, pregnancies; P prints a report."""

    log = "events"

    def __init__(self, state: State) -> None:
        self._print_key: QAction | None = None
        super().__init__(state)
        if self.may("paper.print"):
            self._print_key = self.table.add_verb("P", "", self._print)
            self.retranslate()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        if self._print_key is not None:
            self._print_key.setText(self.language.text("print the report"))

    def _print(self) -> None:
        row = self.table.current_row()
        if isinstance(row, EntryRow) and row.form == REPORT:
            part = f"{row.parent_id}-{row.id}"
            self.state.go(Go("reports", subject_id=row.subject_id, form=part, tab=SAE))
        else:
            self.state.say(self.language.text("Reports of serious events are printed: pick one of them."))


class MedicineList(LogList):
    """Medication and allergies."""

    log = "medicines"
    add_keys = "C"


class RecordList(LogList):
    """History, procedures, hospital stays, vaccinations, contacts."""

    log = "records"
