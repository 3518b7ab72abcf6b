"""Backups that nobody asks for: their time, their thinning, and the second folder."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study, make_study

from sle_desk.base.errors import NotAllowed
from sle_desk.domain import roles
from sle_desk.models.store.key_file import KeyFile, read_keys
from sle_desk.models.store.keys import change_keys
from sle_desk.services import (
    backup,
    backup_file,
    backup_folder,
    backup_times,
    history,
    people,
    studies,
    study_place,
    subjects,
)
from sle_desk.services.actor import NewPerson
from sle_desk.services.offered_backup import offered
from sle_desk.services.sign_in_checks import settle_clock


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


@pytest.fixture
def two_disks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let the second folder lie on a disk of its own, as long as the stick is in (the one item)."""
    stick = [True]
    monkeypatch.setattr(study_place, "same_disk", lambda first, second: not stick[0])
    return stick


def test_without_any_second_copy_a_week_is_told_however_few_files_there_are(study: Study) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    assert not backup_times.second_is_late(desk, study.folder)
    study.clock.advance(timedelta(days=7))
    assert backup_times.second_is_late(desk, study.folder)


def test_a_stick_that_is_out_is_told_and_its_empty_folder_is_not_filled(
    study: Study, tmp_path: Path, two_disks: list[bool]
) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    stick = tmp_path / "stick"
    backup_folder.choose_second_folder(desk, study.folder, str(stick))
    two_disks[0] = False
    study.clock.advance(timedelta(days=7))
    made = backup_times.back_up(desk, study.folder, quiet)
    assert made.fault is not None and made.fault.code == "backup.stick_is_out"
    assert len(made.backups) == 1 and not list(stick.iterdir())
    assert backup_times.second_is_late(desk, study.folder)
    two_disks[0] = True
    assert backup_times.back_up(desk, study.folder, quiet).fault is None
    assert not backup_times.second_is_late(desk, study.folder)


def test_everybodys_backup_goes_to_the_second_folder_and_nowhere_else(study: Study, tmp_path: Path) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    backup_folder.choose_second_folder(admin, study.folder, str(tmp_path / "stick"))
    (tmp_path / "own").mkdir()
    nurse = study.sit("lin.yue", roles.NURSE)
    assert backup_folder.make_backups(nurse, study.folder, quiet).fault is None
    assert len(backup_file.backups(tmp_path / "stick")) == 1
    with pytest.raises(NotAllowed):
        backup.make_backup(nurse, study.folder, tmp_path / "own")
    assert not list((tmp_path / "own").iterdir())


def test_a_copy_on_the_disk_of_the_study_is_no_second_one(study: Study, tmp_path: Path) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    study.clock.advance(timedelta(days=7))
    backup_folder.choose_second_folder(desk, study.folder, str(tmp_path / "other"))
    assert backup_times.back_up(desk, study.folder, quiet).fault is None
    assert len(list((tmp_path / "other").iterdir())) == 1
    assert backup_times.second_is_late(desk, study.folder)


def test_a_week_without_a_second_copy_is_told(study: Study, tmp_path: Path, two_disks: list[bool]) -> None:
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


def restored(study: Study) -> backup_file.Backup:
    """Back up, go on, back up again, and restore the first; return the second, on a way that was left."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    first = backup.make_backup(desk, study.folder)
    for number in range(5):
        new = someone(name=f"Invented {number}", initials=f"I{number}", identity_number="")
        subjects.register_subject(desk, new, not_duplicate="a study of ways")
    second = backup.make_backup(desk, study.folder)
    study.leave()
    rehearsal = backup.rehearse(first.path, "chen.lan", PASSWORD, study.folder)
    backup.restore(first.path, study.folder, rehearsal, study.clock, accept_older=True)
    return second


def test_after_a_restore_backups_go_on_and_the_way_that_was_left_is_never_thinned(study: Study) -> None:
    left = restored(study)
    study.clock.advance(timedelta(minutes=1))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    assert backup.is_due(desk, study.folder)
    study.clock.advance(timedelta(minutes=31))
    assert backup_times.is_time(desk, study.folder)
    backup_times.back_up(desk, study.folder, quiet)
    newest = backup.newest(desk, study.folder)
    assert newest is not None and newest.path != left.path
    study.clock.advance(timedelta(days=40))
    settle_clock(desk, "the ward was closed")
    backup_times.back_up(desk, study.folder, quiet)
    assert left.path.exists()


def test_a_backup_of_another_study_says_nothing_of_this_one(study: Study, tmp_path: Path) -> None:
    other = make_study(tmp_path / "other", study.clock)
    desk = other.sit("chen.lan", roles.COORDINATOR)
    for number in range(5):
        new = someone(name=f"Invented {number}", initials=f"I{number}", identity_number="")
        subjects.register_subject(desk, new, not_duplicate="another study")
    foreign = backup.make_backup(desk, other.folder)
    other.leave()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.folder.backups.mkdir()
    (study.folder.backups / foreign.path.name).write_bytes(foreign.path.read_bytes())
    subjects.register_subject(desk, someone())
    assert backup.is_due(desk, study.folder)
    assert backup.newest(desk, study.folder) is None
    assert offered(study.folder.path) == ()


def test_a_damaged_backup_takes_no_place_of_a_good_one(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    good = backup.make_backup(desk, study.folder)
    study.clock.advance(timedelta(hours=1))
    rotten = backup.make_backup(desk, study.folder)
    content = bytearray(rotten.path.read_bytes())
    content[len(content) // 2] ^= 1
    rotten.path.write_bytes(content)
    assert offered(study.folder.path) == (good,)
    study.clock.advance(timedelta(days=10))
    backup_times.back_up(desk, study.folder, quiet)
    assert good.path.exists()


def test_a_manifest_of_another_kind_is_left_out(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    made = backup.make_backup(desk, study.folder)
    for number, manifest in enumerate(("[]", "null", '{"number": null}')):
        with zipfile.ZipFile(study.folder.backups / f"study-{number}.slebak", "w") as archive:
            for name in ("study.sled", "study.keys"):
                archive.writestr(name, b"")
            archive.writestr("manifest.json", manifest)
    assert backup_file.backups(study.folder.backups) == (made,)
    subjects.register_subject(desk, someone())
    assert backup.is_due(desk, study.folder)


def test_a_clock_that_once_stood_ahead_stops_no_backup(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    study.clock.advance(timedelta(days=400))
    settle_clock(desk, "it is right")
    backup.make_backup(desk, study.folder)
    study.leave()
    study.clock.set_wrong(timedelta(days=-400))
    unlocked = studies.unlock(study.folder.path, "wu.min", PASSWORD, study.clock)
    studies.stand_up(
        unlocked, studies.sit_down(unlocked, roles.PI, study.clock, clock_reason="it stood ahead")
    )
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    study.clock.advance(timedelta(minutes=31))
    assert backup_times.is_time(desk, study.folder)


def test_a_header_written_beside_an_administrator_takes_no_slot_back(study: Study) -> None:
    admin = study.sit("xu.feng", roles.ADMINISTRATOR)
    key = admin.database.data_key

    def create() -> None:
        people.create_person(admin, study.folder, NewPerson("li.na", "Li Na", PASSWORD), (roles.NURSE,))

    administrator = threading.Thread(target=create)

    def slowly(keys: KeyFile) -> KeyFile:
        # A backup has read the file; the administrator makes an account before it writes the file back.
        administrator.start()
        administrator.join(1.5)
        return replace(keys, header=replace(keys.header, last_backup="just now"))

    change_keys(study.folder.keys, key, slowly)
    administrator.join()
    kept = read_keys(study.folder.keys)
    assert kept.slot("user:li.na") is not None and kept.header.last_backup == "just now"


def test_a_way_that_was_left_says_nothing_of_the_second_copy(
    study: Study, tmp_path: Path, two_disks: list[bool]
) -> None:
    restored(study)
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    backup_folder.choose_second_folder(desk, study.folder, str(tmp_path / "stick"))
    study.clock.advance(timedelta(days=9))
    backup_times.back_up(desk, study.folder, quiet)
    assert not backup_times.second_is_late(desk, study.folder)
