"""Locking the database and revealing the list at the keyboard, and what the window says meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from locking import lock
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from study_fixtures import PASSWORD, Study, made_study, study
from study_room import Person, visible
from trial_fixtures import ARMS, made_ready, made_trial, ready
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import consent_versions
from sle_desk.ui.buttons import Button
from sle_desk.ui.chips import Chip
from sle_desk.ui.desk_page import Go
from sle_desk.ui.key_conflicts import conflicts
from sle_desk.ui.labels import label_is_cut
from sle_desk.ui.pages.side_form import SideForm

__all__ = ["made_ready", "made_study", "made_trial", "opened", "ready", "study"]
Sit = Callable[[str, str], Person]


@pytest.fixture
def sit(ready: Study, qtbot: QObject) -> Sit:
    """Sit down as a person in a role."""
    return lambda login, role: Person(ready, login, role, qtbot)


def words_of(person: Person) -> set[str]:
    """Return the words of the buttons in the tab in sight."""
    return {button.words for button in visible(person.page.current_tab(), Button)}


def sign(person: Person) -> None:
    person.type(PASSWORD)
    person.press("Enter")


def test_the_pi_locks_reveals_prints_and_unlocks_by_keys(sit: Sit, tmp_path: Path) -> None:
    person = sit("wu.min", roles.PI)
    person.to("list")
    assert "Reveal the list…" not in words_of(person)
    person.press("Ctrl+R", "Ctrl+Shift+P")
    assert not any(person.sees(arm) for arm in ARMS)
    person.to("lock")
    assert person.sees("Database: not locked")
    person.at("Subjects who neither completed nor left", "1")
    gone: list[object] = []
    person.state.going.connect(gone.append)
    person.press("Enter")
    assert gone == [Go("subjects", tab="screening")]
    # What is missing is said, and what was typed stays.
    person.press("l", "Ctrl+Enter")
    assert person.sees("Say who reviewed the audit trail, when, and what of it.")
    person.type("Wu Min, today, by role")
    person.press("Tab")
    person.type("The sponsor waits.")
    person.press("Ctrl+Enter")
    assert person.sees("I lock the database of this study")
    assert person.sees("Subjects who neither completed nor left: 1")
    sign(person)
    assert person.sees("The database is locked.") and person.sees("by Wu Min")
    assert words_of(person) == {"Unlock the database…"}
    person.to("list")
    assert person.sees("concealment is a matter of conduct")
    person.press("Ctrl+R")
    sign(person)
    assert person.sees("All 30 rows agree with what was sealed")
    tab = person.page.current_tab()
    assert tab.revealed.model.rowCount() == 30
    tab.ask_new_file = lambda *_: tmp_path / "list.pdf"
    person.press("Ctrl+Shift+P")
    assert person.sees("written as PDF: have it signed in ink.")
    assert "BELIL2" in pypdf.PdfReader(tmp_path / "list.pdf").pages[0].extract_text()
    for _ in range(2):
        assert conflicts(person.shell) == ()
        person.wait(lambda: not [each for each in visible(person.shell, QLabel) if label_is_cut(each)])
        assert person.sees("全部 30 行") or person.sees("All 30 rows")
        person.press("Ctrl+Shift+L")
    person.to("lock")
    person.press("l")
    person.type("A value was found wrong.")
    person.press("Ctrl+Enter")
    sign(person)
    assert person.sees("The database is unlocked.") and person.sees("A value was found wrong.")
    person.to("list")
    assert not tab.revealed.isVisible() and not any(person.sees(f"{arm} (") for arm in ARMS)


def test_the_ward_sees_the_lock_on_every_page_and_begins_nothing(ready: Study, opened: Open) -> None:
    lock(ready)
    ready.leave()
    window, typist = opened(ready, "zhao.jing")
    assert "DATABASE LOCKED · DEMONSTRATION DATA" in [chip.word for chip in window.findChildren(Chip)]
    assert typist.sees("The database has been locked since")
    window.state.go(Go("study", tab="lock"))
    typist.wait_for("Database: locked since")
    assert not typist.sees("Unlock the database…")
    typist.press("l")
    assert window.state.desk.locked is not None
    window.close()
    window, typist = opened(ready, "chen.lan")
    window.state.go(Go("study", tab="consents"))
    typist.wait_for("v2.1")
    typist.press("Ctrl+N")
    assert not typist.sees("Save the version") and window.findChildren(SideForm) == []
    window.close()
    assert consent_versions.consent_versions(ready.sit("wu.min", roles.PI)) == ("v2.1",)


def test_the_coordinator_types_lock_reveal_and_unlocking_from_the_paper_of_the_pi(sit: Sit) -> None:
    person = sit("chen.lan", roles.COORDINATOR)

    def paper() -> None:
        person.wait_for("The signed paper")
        person.fill("Wu Min", "20261123", "Binder 7")
        person.press("Ctrl+Enter")

    person.to("lock")
    person.press("l")
    person.type("Wu Min, today, by role")
    person.press("Tab")
    person.type("The sponsor waits.")
    person.press("Ctrl+Enter")
    paper()
    person.wait_for("I have typed this lock of the database as it stands on the paper")
    sign(person)
    assert person.sees("The database is locked.")
    assert person.sees("by Wu Min on paper of 2026-11-23, typed by Chen Lan")
    person.to("list")
    person.press("Ctrl+R")
    paper()
    person.wait_for("I have typed this reveal of the allocation list")
    sign(person)
    assert person.sees("All 30 rows agree with what was sealed")
    person.to("lock")
    person.press("l")
    person.type("A value was found wrong.")
    person.press("Ctrl+Enter")
    paper()
    person.wait_for("I have typed this unlocking of the database")
    sign(person)
    assert person.sees("The database is unlocked.")
    assert person.study.desk is not None and person.study.desk.locked is None
