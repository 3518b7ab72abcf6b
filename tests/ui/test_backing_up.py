"""The window backs up by itself while somebody works, and says how the backups stand."""

from __future__ import annotations

from datetime import timedelta

from people_invented import someone
from study_fixtures import Study, clock, made_study, study
from whole_window import Open, opened

from sle_desk.domain import roles
from sle_desk.services import backup, backup_file, subjects
from sle_desk.ui.backing_up import BackingUp

__all__ = ["clock", "made_study", "opened", "study"]


def test_half_an_hour_after_a_change_a_backup_is_made_beside_the_work(study: Study, opened: Open) -> None:
    window, typist = opened(study, "chen.lan")
    typist.wait_for("no backup yet")
    watch = window.findChild(BackingUp)
    assert watch is not None
    subjects.register_subject(window.state.desk, someone())
    typist.wait(lambda: not window.state.jobs.running)
    watch.look()
    assert not backup_file.backups(study.folder.backups)
    study.clock.advance(timedelta(minutes=31))
    watch.look()
    typist.wait_for(f"backed up {study.clock.now():%m-%d %H:%M}")
    assert len(backup_file.backups(study.folder.backups)) == 1


def test_a_backup_that_fails_is_told_once_and_tried_again(study: Study, opened: Open) -> None:
    window, typist = opened(study, "chen.lan")
    typist.wait_for("no backup yet")
    subjects.register_subject(window.state.desk, someone())
    # A file where the folder of the backups should be.
    study.folder.backups.write_text("in the way", encoding="utf-8")
    study.clock.advance(timedelta(minutes=31))
    watch = window.findChild(BackingUp)
    assert watch is not None
    typist.wait(lambda: not window.state.jobs.running)
    watch.look()
    typist.wait_for("backups")
    typist.wait(lambda: not window.state.jobs.running)
    study.folder.backups.unlink()
    study.clock.advance(timedelta(minutes=1))
    watch.look()
    typist.wait_for("backed up")


def test_a_week_without_a_second_copy_stands_in_the_side_bar(study: Study, opened: Open) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    backup.make_backup(desk, study.folder)
    study.leave()
    study.clock.advance(timedelta(days=8))
    _, typist = opened(study, "chen.lan")
    typist.wait_for("No second copy for 7 days")
