"""Faults 49 and 54: a fault nobody expected is shown once and logged without a patient's data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from people_invented import someone
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from study_fixtures import PASSWORD, Study
from typist import Typist

from sle_desk import app
from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import subjects
from sle_desk.ui import crash
from sle_desk.ui.hearing import hear_no_more
from sle_desk.ui.main_window import MainWindow
from sle_desk.ui.wheel import WheelGuard

CANARY = "Canary Patient 990105200306190242"


@pytest.fixture
def window(
    study: Study, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window with its crash handler, somebody signed in; logs and settings lie in a folder of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone(name=CANARY))
    study.leave()
    before = sys.excepthook
    made = app.make_window(study.folder.path, Language("en"), study.clock)
    assert isinstance(made, MainWindow)
    made.show()
    made.activateWindow()
    typist = Typist()
    typist.wait_for("Use your own account")
    typist.fill("chen.lan", PASSWORD)
    typist.wait_for("Ctrl L")
    yield made
    made.close()
    sys.excepthook = before
    for guard in qapp.findChildren(WheelGuard):
        hear_no_more(guard)
        guard.deleteLater()


def raised(error: Exception) -> None:
    """Let a fault reach the handler as Qt does from a slot."""
    try:
        raise error
    except Exception as caught:
        sys.excepthook(type(caught), caught, caught.__traceback__)


def test_fault_49_a_fault_in_a_slot_is_said_and_the_desk_goes_on(window: MainWindow) -> None:
    typist = Typist()
    QTimer.singleShot(0, lambda: raised(ValueError(f"weight of {CANARY}")))
    typist.wait_for("Something went wrong here and was not saved.")
    log = crash.log_path().read_text(encoding="utf-8")
    assert "ValueError" in log and CANARY not in log and not typist.sees("Traceback")
    desk = window.state.desk
    row = subjects.register_subject(desk, someone(initials="LXM", identity_number="", name="Li Xiaomei"))
    assert row.code == "SLE-002"


def test_fault_49_an_expected_fault_in_a_slot_is_its_sentence_and_no_bug(window: MainWindow) -> None:
    typist = Typist()
    QTimer.singleShot(0, lambda: raised(RuleBroken("change.reason_needed")))
    typist.wait_for("A saved value changes only with a reason.")
    assert not crash.log_path().exists()


def test_fault_54_nothing_outside_the_study_names_a_patient(
    window: MainWindow, study: Study, tmp_path: Path
) -> None:
    raised(ValueError(CANARY))
    outside = [
        path for path in tmp_path.rglob("*") if path.is_file() and study.folder.path not in path.parents
    ]
    assert outside
    for path in outside:
        assert CANARY.encode() not in path.read_bytes(), path
    titles = [each.windowTitle() for each in QApplication.topLevelWidgets()]
    assert not any(CANARY in title for title in titles)
    clipboard = QApplication.clipboard()
    assert CANARY not in clipboard.text()
    for path in study.folder.path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
