"""Real widgets on the offscreen screen, dressed as in the application."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from keyboard import Keyboard
from specimens import SHORT, view
from study_fixtures import clock, desk, made_study, study

from sle_desk.ui import theme

__all__ = ["clock", "desk", "made_study", "study"]


@pytest.fixture(autouse=True)
def dressed(qapp):
    """Dress the application in the light theme at 100 %."""
    return theme.apply(qapp)


@pytest.fixture
def typist(qapp):
    """Return the person at the keyboard."""
    return Keyboard()


@pytest.fixture
def shown(qtbot):
    """Return a function that shows a widget as the active window and puts the focus into it."""

    def show(widget, width=1000, height=700):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        widget.setFocus()
        return widget

    return show


@pytest.fixture
def heard():
    """Return a list that keeps what signals tell."""
    return []


@pytest.fixture
def short(shown):
    """Return the short form on the screen, with the focus in its first field."""
    made = view(SHORT)
    shown(made)
    made.go_to_first()
    return made
