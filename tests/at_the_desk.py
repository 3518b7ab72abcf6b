"""A person at the whole window: each step is a key, each answer goes where the focus stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from study_fixtures import PASSWORD, Study
from typist import Typist, has_line

from sle_desk.base.language import Language
from sle_desk.domain.forms import Field
from sle_desk.ui.chips import Chip
from sle_desk.ui.field_box import FieldBox
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.page_list import PAGES, may_open
from sle_desk.ui.pages.form_page import FormPage
from sle_desk.ui.pages.log_list import LogList
from sle_desk.ui.segments import SegmentedButtons
from sle_desk.ui.shell import Shell
from sle_desk.ui.state import State
from sle_desk.ui.table import TableView

CHOICE = "choice"


class Person(Typist):
    """Somebody who opens the study, signs in, and works by keys alone."""

    def __init__(self, study: Study, login: str, language: str = "en") -> None:
        super().__init__()
        self.study = study
        study.leave()
        self.window = MainWindow(State(study.clock, Language(language)), study.folder.path)
        self.window.show()
        self.window.activateWindow()
        self.wait(lambda: has_line(self.window))
        self.fill(login, PASSWORD)
        self.wait_for("Ctrl L")
        self.wait(lambda: not self.window.state.jobs.running)
        if self.window.state.language.code != language:
            self.window.state.choose_language(Language(language))
        self.language = self.window.state.language

    @property
    def desk(self) -> Any:
        """Return the desk this person sits at, to look what was saved."""
        return self.window.state.desk

    @property
    def shell(self) -> Shell:
        """Return the frame of the pages."""
        shell = self.window.findChild(Shell)
        assert shell is not None
        return shell

    @property
    def page(self) -> Any:
        """Return the page in sight."""
        return self.shell.current_page()

    def close(self) -> None:
        """Close the window: the study is backed up and the person signed out."""
        self.window.close()

    # Ways.

    def to_page(self, code: str) -> None:
        """Go to a page of the sidebar by its number."""
        role = self.desk.actor.role
        listed = [page.code for page in PAGES if not page.below and may_open(role, page.code)]
        self.press(f"Ctrl+{listed.index(code) + 1}")
        self.until_page(code)

    def until_page(self, code: str) -> None:
        """Wait until a page is in sight."""
        wanted = next(page for page in PAGES if page.code == code).load()
        self.wait(lambda: isinstance(self.page, wanted))

    def until(self, holds: Callable[[], object], milliseconds: int = 20_000) -> None:
        """Wait until something holds and no job is under way."""
        self.wait(lambda: bool(holds()) and not self.window.state.jobs.running, milliseconds)

    def to_subject(self, code: str) -> None:
        """Go to a subject through the list, by typing its number."""
        self.to_page("subjects")
        self.to_row(lambda row: getattr(row, "code", "") == code)
        self.press("Enter")
        self.until_page("subject")

    def to_row(self, fits: Callable[[Any], bool], *, from_here: bool = False) -> None:
        """Go down the table that has the focus until a row fits: from its top, or from where one is."""
        self.until_table()
        table = QApplication.focusWidget()
        assert isinstance(table, TableView)
        if not from_here:
            self.press("Home")
        for _ in range(2 * table.model().rowCount() + 1):
            if fits(table.current_row()):
                return
            before = table.currentIndex().row()
            self.press("Down")
            if table.currentIndex().row() == before:
                self.press("Home")
        raise AssertionError(f"no such row; on screen: {self.seen()}")

    def row_words(self, fits: Callable[[Any], bool]) -> str:
        """Go to a row of the table that has the focus and return every word in it."""
        self.to_row(fits)
        table = QApplication.focusWidget()
        assert isinstance(table, TableView)
        model, row = table.model(), table.currentIndex().row()
        said = (model.index(row, column) for column in range(model.columnCount()))
        roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
        return "\n".join(str(cell.data(role) or "") for cell in said for role in roles)

    def until_table(self) -> None:
        """Wait until a table has the focus; below a dialog that closed, the window takes it again."""
        self._window()
        self.wait(lambda: isinstance(QApplication.focusWidget(), TableView))

    def to_form(self, visit_id: int, code: str) -> None:
        """Open a form or panel of a visit from the subject's page."""
        wanted = (visit_id, code)
        self.to_row(
            lambda row: (getattr(row, "visit_id", 0), getattr(row, "code", "")) == wanted, from_here=True
        )
        self.press("Enter")
        self.wait(lambda: type(self.page).__name__ in ("FormPage", "LabsPage"))

    def to_tab(self, code: str) -> None:
        """Go to a tab of the subject in sight by its digit."""
        codes = [tab for tab, *_ in self.page.entries]
        self.press(str((codes.index(code) + 1) % 10))
        self.until(lambda: self.page.tabs.code() == code)

    def show_only(self, code: str) -> None:
        """Go from a list to the buttons above it, along them to one, and back into the list."""
        self.press("Shift+Tab")
        filters = QApplication.focusWidget()
        assert isinstance(filters, SegmentedButtons), self.seen()
        for _ in range(20):
            if filters.code() == code:
                break
            self.press("Right")
        assert filters.code() == code
        self.press("Tab")
        self.until_table()

    def until_form(self) -> None:
        """Wait until a form asks for something."""
        self.until(lambda: isinstance(self.page, FormPage) and field_in_focus() is not None)

    def until_log(self) -> None:
        """Wait until the entries of a log are in sight."""
        self.until(lambda: isinstance(getattr(self.page, "current_tab", lambda: None)(), LogList))

    def add_entry(self, tab: str, form: str, *steps: str) -> None:
        """Add an entry of a form from its tab of the subject in sight, and save it."""
        self.to_tab(tab)
        self.until_table()
        listed: LogList = self.page.current_tab()
        if listed.wanted() != form:
            self.show_only(form)
        self.press(listed.add_keys)
        self.until_form()
        self.told(*steps, "Ctrl+Enter")
        self.until_log()

    def chips(self) -> list[str]:
        """Return the words of the chips in sight: alerts, states of doses."""
        return [chip.word for chip in self.shell.findChildren(Chip) if chip.isVisible()]

    # Filling in.

    def told(self, *steps: str) -> None:
        """Press keys; a step that begins with a colon is typed and accepted with Enter."""
        for step in steps:
            if step.startswith(":"):
                self.fill(step[1:])
            else:
                self.press(step)

    def fill_in(self, answers: Mapping[str, str]) -> None:
        """Answer field by field as the focus goes; every answer must find its field."""
        given: set[str] = set()
        for _ in range(len(answers) * 3 + 40):
            box = field_in_focus()
            if box is None or box.asked.code in given:
                break
            code = box.asked.code
            given.add(code)
            self.answer(box.asked, answers.get(code, ""))
        missing = set(answers) - given
        assert not missing, f"never asked for: {sorted(missing)}; on screen: {self.seen()}"

    def to_field(self, code: str) -> None:
        """Go on from field to field until one has the focus."""
        for _ in range(40):
            box = field_in_focus()
            if box is not None and box.asked.code == code:
                return
            self.press("Enter")
        raise AssertionError(f"never came to {code}; on screen: {self.seen()}")

    def answer(self, asked: Field, answer: str) -> None:
        """Answer the field in focus by its key or by typing, or leave it empty."""
        if answer and asked.kind == CHOICE:
            self.press(next(choice.key for choice in asked.choices if choice.code == answer))
            return
        self.type(answer)
        self.press("Enter")

    def choose(self, words: str) -> None:
        """Take the one offer of the dialog in front that holds these words; wait for the dialog it opens."""
        self.until_dialog()
        asking = QApplication.activeModalWidget()
        box = field_in_focus()
        assert box is not None, self.seen()
        fitting = [each for each in box.asked.choices if words in self.language.words(each.label)]
        assert len(fitting) == 1, [self.language.words(each.label) for each in box.asked.choices]
        self.press(fitting[0].key)
        self.wait(lambda: QApplication.activeModalWidget() is not asking)
        self.until_dialog()

    def until_dialog(self) -> None:
        """Wait until a dialog has the focus."""
        self.wait(lambda: QApplication.focusWidget() is not None and in_dialog(QApplication.focusWidget()))

    def sign(self) -> None:
        """Type the password where a signature asks for it."""
        self.fill(PASSWORD)


@pytest.fixture
def people(qapp: QApplication) -> Iterator[list[Person]]:
    """Keep who sits at a window, and close it in the end."""
    seated: list[Person] = []
    yield seated
    for person in seated:
        person.close()


def serious(term: str) -> tuple[str, ...]:
    """Return the steps of an event of grade 3 that needs the hospital since today, known at 06:10."""
    criteria = ("Y", "N", "N", "Y", "N", "N", "N")
    return (f":{term}", "3", ":t", *criteria, ":t", ":t", ":0610", "3", "4", "3")


def field_in_focus() -> FieldBox | None:
    """Return the field that holds the focus."""
    widget: QWidget | None = QApplication.focusWidget()
    while widget is not None:
        if isinstance(widget, FieldBox):
            return widget
        widget = widget.parentWidget()
    return None


def in_dialog(widget: QWidget | None) -> bool:
    """Tell whether a widget stands in a dialog."""
    return widget is not None and isinstance(widget.window(), QDialog)
