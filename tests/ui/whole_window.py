"""The whole window on a study, with somebody who signs in by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study
from typist import Typist, has_line

from sle_desk.base.language import Language
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.state import State

Open = Callable[..., tuple[MainWindow, Typist]]


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[Open]:
    """Return a function that opens the window, types a name and a password, and waits for what is to come."""
    windows: list[MainWindow] = []

    def sign_in(made: Study, login: str, until: str = "Ctrl L") -> tuple[MainWindow, Typist]:
        made.leave()
        window = MainWindow(State(made.clock, Language("en")), made.folder.path)
        windows.append(window)
        window.show()
        window.activateWindow()
        typist = Typist()
        typist.wait_for("Use your own account")
        # The words stand before the line has the focus: what is typed sooner is lost.
        typist.wait(lambda: has_line(window))
        typist.fill(login, PASSWORD)
        typist.wait_for(until)
        # What a sign-in sets going has the study for itself: a lock or a watch waits for it.
        typist.wait(lambda: not window.state.jobs.running)
        return window, typist

    yield sign_in
    for window in windows:
        window.close()
