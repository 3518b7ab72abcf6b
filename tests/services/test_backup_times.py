"""Backups that nobody asks for: their time, their thinning, and the second folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from people_invented import someone
from study_fixtures import Study

from sle_desk.domain import roles
from sle_desk.services import backup, backup_file, backup_folder, backup_times, history, subjects


def quiet(step: str, share: float) -> None:
    """Report progress to nobody."""


def test_half_an_hour_after_a_change_it_is_time_and_not_before(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    study.clock.advance(timedelta(minutes=29))
    assert not backup_times.is_time(desk, study.folder)
    study.clock.advance(timedelta(minutes=1))
    assert backup_times.is_time(desk, study.folder)
    backup_times.back_up(desk, study.folder, quiet)
    study.clock.advance(timedelta(minutes=31))
    assert not backup_times.is_time(desk, study.folder)


def test_old_backups_of_this_study_alone_are_thinned_and_it_is_noted(study: Study, tmp_path: Path) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    for _ in range(4):
        backup_times.back_up(desk, study.folder, quiet)
        study.clock.advance(timedelta(minutes=10))
    foreign = study.folder.backups / "study-20260101T000000-0000001.slebak"
    foreign.write_bytes(b"no backup of ours")
    study.clock.advance(timedelta(days=3))
    backup_times.back_up(desk, study.folder, quiet)
    stay = backup_file.backups(study.folder.backups)
    # The one of now, and the last of the day three days ago.
    assert len(stay) == 2
    assert foreign.exists()
    rows = [row for row in history.audit_trail(desk) if row.action == "backup.thin"]
    assert len(rows) == 1 and "slebak" in str(rows[0])


def test_a_week_without_a_second_copy_is_told(study: Study, tmp_path: Path) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    backup_times.back_up(desk, study.folder, quiet)
    assert not backup_times.second_is_late(desk, study.folder)
    study.clock.advance(timedelta(days=7))
    assert backup_times.second_is_late(desk, study.folder)
    backup_folder.choose_second_folder(desk, study.folder, str(tmp_path / "stick"))
    backup_times.back_up(desk, study.folder, quiet)
    assert not backup_times.second_is_late(desk, study.folder)
    study.clock.advance(timedelta(days=6))
    backup.make_backup(desk, study.folder)
    assert not backup_times.second_is_late(desk, study.folder)
    study.clock.advance(timedelta(days=1))
    assert backup_times.second_is_late(desk, study.folder)
