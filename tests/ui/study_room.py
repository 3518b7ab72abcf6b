"""A person at the Study page: the window's frame, the page in it, and keys that lead to its tabs."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from study_fixtures import Study
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.ui.chips import Chip
from sle_desk.ui.pages.study_page import StudyPage
from sle_desk.ui.shell import PageEntry, Shell
from sle_desk.ui.state import State


class Person(Typist):
    """Somebody signed in, with the Study page in sight."""

    def __init__(self, study: Study, login: str, role: str, qtbot: QObject) -> None:
        super().__init__()
        self.study = study
        self.state = State(study.clock, Language("en"))
        desk = study.sit(login, role)
        self.state.sit(study.unlocked, desk)
        self.shell = Shell([PageEntry("study", "Study", "study", self._build)], self.state.language)
        qtbot.addWidget(self.shell)
        self.state.said.connect(self.shell.say)
        self.state.refused.connect(self.shell.say)
        self.state.language_changed.connect(lambda: self.shell.set_language(self.state.language))
        self.shell.language_requested.connect(self.state.choose_language)
        self.shell.resize(1280, 720)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.page: StudyPage = self.shell.show_page("study")

    def _build(self) -> StudyPage:
        return StudyPage(self.state)

    def to(self, tab: str) -> None:
        """Go along the tabs until one is in sight."""
        for _ in range(20):
            if self.page.tabs.code() == tab:
                self.idle()
                self._arrive()
                return
            self.press("Ctrl+PageDown")
        raise AssertionError(f"no tab {tab}")

    def _arrive(self) -> None:
        """Let the focus come to the tab: its keys are heard from there, a moment after its words."""
        for _ in range(200):
            focus = QApplication.focusWidget()
            if focus is not None and self.page.current_tab().isAncestorOf(focus):
                return
            QTest.qWait(5)

    def at(self, *texts: str) -> None:
        """Go down the list in sight until a row holds every text."""
        table = self.page.current_tab().table
        self.press("Home")
        for _ in range(table.model().rowCount()):
            row = table.currentIndex().row()
            said = " ".join(
                str(table.model().index(row, column).data()) for column in range(table.model().columnCount())
            )
            if all(text in said for text in texts):
                return
            self.press("Down")
        raise AssertionError(f"no row with {texts}")

    def chips(self) -> list[str]:
        """Return the words of the chips in sight."""
        return [chip.word for chip in self.shell.findChildren(Chip) if chip.isVisible()]

    def idle(self) -> None:
        """Wait until no job is under way."""
        self.wait(lambda: not self.state.jobs.running)


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    """Return the widgets of a kind that are in sight."""
    return [widget for widget in root.findChildren(kind) if widget.isVisible()]
