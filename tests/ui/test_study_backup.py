"""The Backup tab at the keyboard: made, listed, rehearsed, opened to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from study_fixtures import PASSWORD, Study
from study_room import Person

from sle_desk.domain import roles
from sle_desk.services import backup, backup_file, backup_folder


@pytest.fixture
def person(study: Study, qtbot: QObject) -> Person:
    """The administrator at the Backup tab."""
    someone = Person(study, "xu.feng", roles.ADMINISTRATOR, qtbot)
    someone.to("backup")
    return someone


def made(person: Person) -> tuple[backup_file.Backup, ...]:
    return backup_file.backups(person.study.folder.backups)


def test_a_backup_is_made_verified_and_listed(person: Person) -> None:
    assert person.sees("No backup yet.")
    number = person.state.desk.head().number
    person.press("Ctrl+B")
    person.wait_for(f"Backup made and verified: audit number {number}, code")
    (backed_up,) = made(person)
    assert backed_up.number == number
    assert person.sees("2026-11-23 08:00 (UTC+08:00)") and person.sees(backed_up.code)
    assert person.sees("study folder")


def test_a_second_folder_gets_a_copy_too(person: Person, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    answers = [person.study.folder.path, stick]
    person.page.tab("backup").choose_folder = lambda parent, title, start: answers.pop(0)
    person.press("Ctrl+O")
    assert person.sees("lies in the study folder")
    person.press("Ctrl+O")
    assert person.sees(f"Backups go to {stick} too.") and not person.sees("lies in the study folder")
    assert backup_folder.second_folder(person.state.desk) == stick
    person.press("Ctrl+B")
    person.wait_for("Backup made and verified")
    assert len(made(person)) == 1 and len(backup_file.backups(stick)) == 1
    person.wait_for("same disk")
    assert person.sees(str(stick))


def test_a_second_folder_that_is_not_there_is_said(person: Person, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    person.page.tab("backup").choose_folder = lambda parent, title, start: stick
    person.press("Ctrl+O")
    stick.rmdir()
    person.press("Ctrl+B")
    person.wait_for(f"There is no folder {stick} for the backup.")
    person.wait_for("not there now")
    assert len(made(person)) == 1


def test_a_rehearsal_says_what_restoring_would_do(person: Person, study: Study) -> None:
    person.press("Ctrl+B")
    person.wait_for("Backup made and verified")
    (backed_up,) = made(person)
    before = study.folder.study.read_bytes()
    person.press("r")
    person.fill("not hers at all")
    person.wait_for("User name or password is not right.")
    person.fill(PASSWORD)
    person.wait_for("It holds: every page, seal, reference, link and value agrees.")
    lost = person.state.desk.head().number - backed_up.number
    assert lost > 0
    assert person.sees(
        f"It ends at audit number {backed_up.number}. Audit rows written since would be lost: {lost}."
    )
    assert person.sees("where it opens, is backed up first") and person.sees("Restore it…")
    assert study.folder.study.read_bytes() == before


def test_a_damaged_backup_is_called_so_and_not_opened(person: Person) -> None:
    asked: list[object] = []
    person.state.backup_requested.connect(asked.append)
    person.press("Ctrl+B")
    person.wait_for("Backup made and verified")
    (backed_up,) = made(person)
    content = bytearray(backed_up.path.read_bytes())
    content[5000] ^= 0xFF
    backed_up.path.write_bytes(content)
    person.press("r")
    person.fill(PASSWORD)
    person.idle()
    assert person.sees(f"{backed_up.path} is not a backup of sle_desk, or is cut short.")
    person.press("Ctrl+R")
    assert asked == []


def test_a_rehearsed_backup_is_asked_for_to_be_read(person: Person) -> None:
    asked: list[object] = []
    person.state.backup_requested.connect(asked.append)
    person.press("Ctrl+B")
    person.wait_for("Backup made and verified")
    person.press("Ctrl+R")
    assert asked == []
    person.press("r")
    person.fill(PASSWORD)
    person.wait_for("It holds:")
    person.press("Ctrl+R")
    (wanted,) = asked
    assert (wanted.path, wanted.login) == (made(person)[0].path, "xu.feng")
    assert PASSWORD not in repr(wanted)
    with backup.opened_read_only(wanted.path, wanted.login, wanted.password, person.study.clock) as desk:
        assert desk.read_only


def test_a_role_without_settings_makes_backups_and_chooses_no_folder(study: Study, qtbot: QObject) -> None:
    person = Person(study, "chen.lan", roles.COORDINATOR, qtbot)
    person.to("backup")
    assert not person.sees("Second folder…")
    person.press("Ctrl+B")
    person.wait_for("Backup made and verified")
    assert len(made(person)) == 1
