"""A page of the desk in a window of its own: what it says and where it goes is kept for the test."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.ui.desk_page import Go
from sle_desk.ui.state import State


class DeskWindow:
    """One page for one person at the desk; `went` and `said` tell what left the page."""

    def __init__(self, qtbot, study, login, role, build, go=None, language="en"):
        self.desk = study.sit(login, role)
        self.state = State(study.clock, Language(language))
        self.state.sit(study.unlocked, self.desk)
        self.went: list[Go] = []
        self.said: list[str] = []
        self.state.going.connect(self.went.append)
        self.state.said.connect(self.said.append)
        self.state.refused.connect(self.said.append)
        self.window = QWidget()
        self.page = build(self.state)
        QVBoxLayout(self.window).addWidget(self.page)
        qtbot.addWidget(self.window)
        self.window.resize(1216, 720)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        if go is not None:
            self.page.target(go)
        self.page.entered()
        self.settle()

    def settle(self):
        """Let everything take its place."""
        for _ in range(3):
            QCoreApplication.processEvents()
            QTest.qWait(5)

    def close(self):
        """Give the desk up before the study signs out."""
        if self.state.seated:
            self.state.stand()
