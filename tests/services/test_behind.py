"""Both files of an older copy over the newer: it is told at the opening, while a backup knows better."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk import cli
from sle_desk.base.errors import StorageFailed
from sle_desk.domain import roles
from sle_desk.services import (
    backup,
    backup_folder,
    behind,
    history,
    keys_change,
    restoring,
    studies,
    subjects,
)
from sle_desk.services.backup_file import Backup


def brought_back(study: Study, place: Path, *, second: Path | None = None, rekeyed: bool = False) -> Backup:
    """Go on for a day and back up; then somebody brings back both files of yesterday."""
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    if second is not None:
        backup_folder.choose_second_folder(desk, study.folder, str(second))
    study.leave()
    shutil.copytree(study.folder.path, place)
    study.clock.advance(timedelta(days=1))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    if rekeyed:
        keys_change.change_data_key(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder)
    assert study.desk is not None
    made = backup.make_backup(study.desk, study.folder, second)
    study.leave()
    for name in ("study.sled", "study.keys"):
        shutil.copyfile(place / name, study.folder.path / name)
    return made


def refused(study: Study, login: str = "chen.lan", role: str = roles.COORDINATOR) -> dict[str, object]:
    """Try to sit down; return the facts of the refusal, or nothing where there is none."""
    study.leave()
    unlocked = studies.unlock(study.folder.path, login, PASSWORD, study.clock)
    try:
        desk = studies.sit_down(unlocked, role, study.clock)
    except StorageFailed as error:
        studies.leave(unlocked)
        assert error.code == behind.CODE
        return error.facts
    studies.stand_up(unlocked, desk)
    return {}


@pytest.mark.parametrize("where", ["beside", "second"])
@pytest.mark.parametrize("rekeyed", [False, True])
def test_yesterdays_files_do_not_open_without_a_word(
    study: Study, tmp_path: Path, where: str, rekeyed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "stick" if where == "second" else None
    later = brought_back(study, tmp_path / "yesterday", second=second, rekeyed=rekeyed)
    before = study.folder.study.read_bytes()
    told = refused(study)
    assert (told["later"], told["name"]) == (later.number, later.path.name)
    assert told["found"] == study.folder.header().last_number < later.number
    assert study.folder.study.read_bytes() == before
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    assert cli.main(["verify", str(study.folder.path), "--user", "chen.lan"]) == cli.NO


def test_restoring_the_later_backup_ends_it(study: Study, tmp_path: Path) -> None:
    later = brought_back(study, tmp_path / "yesterday")
    rehearsal = backup.rehearse(later.path, "xu.feng", PASSWORD, study.folder, clock=study.clock)
    wanted = restoring.Restoring(rehearsal, "xu.feng", PASSWORD, "mistake")
    assert restoring.put_in_place(study.folder, wanted, 1, study.clock).fault is None
    assert not refused(study)


def test_who_may_goes_on_with_a_reason_and_nobody_is_asked_again_before_a_later_backup(
    study: Study, tmp_path: Path
) -> None:
    later = brought_back(study, tmp_path / "yesterday")
    study.clock.advance(timedelta(hours=1))
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    desk = studies.sit_down(unlocked, roles.PI, study.clock, behind_reason="yesterday was tried out")
    (row,) = (row for row in history.audit_trail(desk) if row.action == behind.ACCEPT)
    assert row.reason == "yesterday was tried out" and row.facts["later"] == later.number
    studies.stand_up(unlocked, desk)
    assert not refused(study)


def test_backups_of_a_way_that_a_restore_left_ask_nobody(study: Study) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    first = backup.make_backup(desk, study.folder)
    study.clock.advance(timedelta(hours=1))
    subjects.register_subject(study.sit("chen.lan", roles.COORDINATOR), someone())
    backup.make_backup(study.desk, study.folder)  # type: ignore[arg-type]
    study.leave()
    study.clock.advance(timedelta(hours=1))
    rehearsal = backup.rehearse(first.path, "xu.feng", PASSWORD, study.folder, clock=study.clock)
    backup.restore(first.path, study.folder, rehearsal, study.clock, accept_older=True)
    assert not refused(study)
    assert not refused(study, "lin.yue", roles.NURSE)


def test_a_backup_of_a_copy_that_went_another_way_says_nothing_of_this_one(
    study: Study, tmp_path: Path
) -> None:
    shutil.copytree(study.folder.path, tmp_path / "copy")
    study.sit("lin.yue", roles.NURSE)
    study.leave()
    study.clock.advance(timedelta(minutes=1))
    other = Study(type(study.folder)(tmp_path / "copy"), study.clock, "")
    subjects.register_subject(other.sit("chen.lan", roles.COORDINATOR), someone())
    subjects.register_subject(
        other.sit("chen.lan", roles.COORDINATOR), someone(initials="LXM", identity_number="", name="Other")
    )
    study.folder.backups.mkdir()
    foreign = backup.make_backup(other.desk, other.folder)  # type: ignore[arg-type]
    shutil.copy(foreign.path, study.folder.backups)
    other.leave()
    assert not refused(study)
