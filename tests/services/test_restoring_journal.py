"""A restore where a killed save left its journal: neither what comes nor what goes is touched by it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.models.store import verification
from sle_desk.models.store.database import connect
from sle_desk.services import backup, studies, subjects
from sle_desk.services.backup_file import Backup


def killed_in_mid_save(study: Study) -> tuple[Backup, bytes]:
    """Back up, go on, and leave the folder as a process leaves it that was killed while it saved."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    made = backup.make_backup(desk, study.folder)
    subjects.register_subject(desk, someone())
    key = desk.database.data_key
    study.leave()
    journal = study.folder.study.with_name("study.sled-journal")
    aside = [path.with_name(f"aside-{path.name}") for path in (study.folder.study, journal)]
    connection = connect(study.folder.study, key)
    cursor = connection.cursor()
    cursor.execute("PRAGMA cache_size = 1")
    cursor.execute("BEGIN IMMEDIATE")
    cursor.execute('UPDATE "user" SET name = hex(zeroblob(3000))')
    cursor.execute("UPDATE study_fact SET value = hex(zeroblob(3000))")
    for path, copy in zip((study.folder.study, journal), aside, strict=True):
        shutil.copyfile(path, copy)
    cursor.execute("ROLLBACK")
    connection.close()
    for path, copy in zip((study.folder.study, journal), aside, strict=True):
        os.replace(copy, path)
    assert journal.stat().st_size > 0
    return made, key


def restored(study: Study, made: Backup) -> tuple[str, ...]:
    """Put the backup in place."""
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, study.folder)
    return backup.restore(made.path, study.folder, rehearsal, study.clock, accept_older=True)


def require_the_backup(study: Study, made: Backup) -> None:
    """Open what was restored: it is whole, and ends where the backup ends."""
    unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    verified = studies.opening_checks(unlocked, lambda step, share: None)
    studies.leave(unlocked)
    assert verified.holds, verified.faults
    assert verified.number == made.number


@pytest.mark.parametrize("lost", [("study.sled", "study.keys"), ("study.keys",), ("study.sled",)])
def test_what_is_restored_is_the_backup_whatever_journal_stood_there(
    study: Study, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    made, _ = killed_in_mid_save(study)
    for name in lost:
        (study.folder.path / name).rename(tmp_path / name)
    restored(study, made)
    require_the_backup(study, made)


def test_what_is_set_aside_takes_its_journal_along_and_stays_whole(study: Study, tmp_path: Path) -> None:
    made, key = killed_in_mid_save(study)
    study.folder.keys.rename(tmp_path / "study.keys")
    kept = restored(study, made)
    assert [name.partition(".pre-restore")[2] for name in kept] == ["", "-journal"]
    connection = connect(study.folder.path / kept[0], key)
    try:
        assert verification.verify(connection.cursor()).holds
    finally:
        connection.close()


# The first file that takes its name is the note that a restore has begun.
@pytest.mark.parametrize("at", [2, 3])
def test_a_restore_broken_off_between_its_files_is_ended_without_the_journal(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    made, _ = killed_in_mid_save(study)
    study.folder.keys.rename(tmp_path / "study.keys")
    replaced = 0

    def dies(source: Path, target: Path) -> None:
        nonlocal replaced
        replaced += 1
        if replaced == at:
            raise KeyboardInterrupt
        os.rename(source, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", dies)
        restored(study, made)
    require_the_backup(study, made)
