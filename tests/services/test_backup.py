"""Backups: they count when verified, and come back."""

from __future__ import annotations

import os
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk.base.errors import NotAllowed, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, backup_file, people, subjects


def made(study: Study) -> backup_file.Backup:
    """Make a backup with one subject in it."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    return backup.make_backup(desk, study.folder)


def test_a_backup_names_its_number_and_leaves_nothing_half_made(study: Study) -> None:
    made_one = made(study)
    assert [path.name for path in study.folder.backups.iterdir()] == [made_one.path.name]
    assert study.desk is not None
    assert backup.newest(study.desk, study.folder) == made_one
    assert made_one.made == study.clock.now()
    assert "张慧敏".encode() not in made_one.path.read_bytes()


def test_copies_that_a_crash_left_of_a_backup_or_a_restore_are_removed_at_the_next_opening(
    study: Study,
) -> None:
    made_one = made(study)
    study.leave()
    left = (study.folder.backups / ".backup-left", study.folder.path / ".restore-left")
    for place in left:
        place.mkdir()
        (place / "study.sled").write_bytes(b"a copy")
    study.sit("chen.lan", roles.COORDINATOR)
    assert not any(place.exists() for place in left)
    assert [path.name for path in study.folder.backups.iterdir()] == [made_one.path.name]


def test_a_backup_is_due_only_when_something_changed(study: Study) -> None:
    made(study)
    study.leave()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert not backup.is_due(desk, study.folder)
    subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert backup.is_due(desk, study.folder)


def test_a_backup_restored_to_an_empty_folder_has_the_same_head_and_people(
    study: Study, tmp_path: Path
) -> None:
    made_one = made(study)
    study.leave()
    target = StudyFolder(tmp_path / "elsewhere")
    rehearsal = backup.rehearse(made_one.path, "chen.lan", PASSWORD, target)
    assert rehearsal.verified.holds
    backup.restore(made_one.path, target, rehearsal, study.clock)
    restored = Study(target, study.clock, "")
    desk = restored.sit("chen.lan", roles.COORDINATOR)
    assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]
    restored.leave()


def test_restoring_an_older_backup_says_both_numbers_and_keeps_the_live_file(study: Study) -> None:
    made_one = made(study)
    subjects.register_subject(study.desk, someone(initials="LXM", identity_number=""))
    study.leave()
    rehearsal = backup.rehearse(made_one.path, "chen.lan", PASSWORD, study.folder)
    with pytest.raises(StorageFailed, match="backup.older") as refused:
        backup.restore(made_one.path, study.folder, rehearsal, study.clock)
    assert refused.value.facts["backup"] < refused.value.facts["live"]
    backup.restore(made_one.path, study.folder, rehearsal, study.clock, accept_older=True)
    kept = [path.name for path in study.folder.path.iterdir() if path.name.endswith(".pre-restore")]
    assert len(kept) == 2
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert len(subjects.subjects(desk)) == 1


def test_a_changed_or_cut_backup_is_refused_before_anything_is_replaced(study: Study, tmp_path: Path) -> None:
    made_one = made(study)
    whole = made_one.path.read_bytes()
    study.leave()
    live = study.folder.study.read_bytes()
    cut = tmp_path / "cut.slebak"
    cut.write_bytes(whole[: len(whole) // 2])
    flipped = tmp_path / "flipped.slebak"
    changed = bytearray(whole)
    changed[len(whole) // 3] ^= 1
    flipped.write_bytes(bytes(changed))
    for path in (cut, flipped):
        with pytest.raises(StorageFailed, match=r"backup\."):
            backup.rehearse(path, "chen.lan", PASSWORD, study.folder)
    assert study.folder.study.read_bytes() == live


def test_a_foreign_zip_is_not_a_backup(tmp_path: Path, study: Study) -> None:
    path = tmp_path / "other.slebak"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil", "x")
    with pytest.raises(StorageFailed, match="backup.not_one"):
        backup_file.read_manifest(path)


def test_a_backup_opens_read_only(study: Study) -> None:
    made_one = made(study)
    study.leave()
    with backup.opened_read_only(made_one.path, "chen.lan", PASSWORD, study.clock) as desk:
        assert [row.code for row in subjects.subjects(desk)] == ["SLE-001"]
        with pytest.raises(NotAllowed, match="read_only"):
            subjects.register_subject(desk, someone(initials="LXM", identity_number=""))


def test_two_copies_that_went_different_ways_are_told_apart_and_neither_is_overwritten(
    study: Study, tmp_path: Path
) -> None:
    made(study)
    study.leave()
    copy = StudyFolder(tmp_path / "copy")
    shutil.copytree(study.folder.path, copy.path)
    other = Study(copy, study.clock, "")
    desk = other.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone(initials="LXM", identity_number="", name="Invented Li"))
    elsewhere = backup.make_backup(desk, copy)
    other.leave()
    # Here somebody goes on too; a minute later, so that the two differ from the sign-in on.
    study.clock.advance(timedelta(minutes=1))
    desk = study.sit("chen.lan", roles.COORDINATOR)
    common = desk.head().number - 1
    open_now = backup.rehearse(
        elsewhere.path,
        "chen.lan",
        PASSWORD,
        study.folder,
        live_ask=desk.cursor_check,
    )
    assert open_now.live.parted_at == common
    study.leave()
    before = study.folder.study.read_bytes()
    rehearsal = backup.rehearse(elsewhere.path, "chen.lan", PASSWORD, study.folder)
    assert rehearsal.live.parted_at == common
    with pytest.raises(StorageFailed) as refused:
        backup.restore(elsewhere.path, study.folder, rehearsal, study.clock, accept_older=True)
    assert refused.value.code == "backup.parted"
    assert study.folder.study.read_bytes() == before
    assert backup.rehearse(elsewhere.path, "chen.lan", PASSWORD, copy).live.parted_at is None


def test_a_backup_of_later_than_the_study_is_no_other_way(study: Study, tmp_path: Path) -> None:
    made(study)
    study.leave()
    earlier = StudyFolder(tmp_path / "earlier")
    shutil.copytree(study.folder.path, earlier.path)
    desk = study.sit("chen.lan", roles.COORDINATOR)
    later = backup.make_backup(desk, study.folder)
    study.leave()
    rehearsal = backup.rehearse(later.path, "chen.lan", PASSWORD, earlier)
    assert rehearsal.live.parted_at is None and not rehearsal.goes_back
    backup.restore(later.path, earlier, rehearsal, study.clock)


def test_a_study_that_cannot_be_compared_is_not_overwritten_unasked(study: Study, tmp_path: Path) -> None:
    made_one = made(study)
    people.change_password(
        study.sit("chen.lan", roles.COORDINATOR), study.folder, PASSWORD, "another quiet one"
    )
    study.leave()
    rehearsal = backup.rehearse(made_one.path, "chen.lan", PASSWORD, study.folder)
    assert not rehearsal.live.compared and rehearsal.live.parted_at is None
    with pytest.raises(StorageFailed) as refused:
        backup.restore(made_one.path, study.folder, rehearsal, study.clock)
    assert refused.value.code == "backup.not_compared"
    # An empty folder has nothing to be compared with.
    assert backup.rehearse(made_one.path, "chen.lan", PASSWORD, StudyFolder(tmp_path / "new")).live.compared


def test_no_room_to_unpack_says_nothing_against_a_good_backup(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_one = made(study)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_file, "write_synced", full)
    with pytest.raises(StorageFailed) as refused:
        backup.rehearse(made_one.path, "chen.lan", PASSWORD, None)
    assert refused.value.code == "copy.no_place"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_backup_and_what_was_restored_are_their_owners_alone(study: Study, tmp_path: Path) -> None:
    made_one = made(study)
    study.leave()
    target = StudyFolder(tmp_path / "elsewhere")
    rehearsal = backup.rehearse(made_one.path, "chen.lan", PASSWORD, target)
    backup.restore(made_one.path, target, rehearsal, study.clock)
    for path in (made_one.path, target.study, target.keys):
        assert path.stat().st_mode & 0o077 == 0, path.name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_each_copy_of_the_keys_is_its_owners_alone(study: Study) -> None:
    seen: dict[str, int] = {}

    def look(step: str, share: float) -> None:
        for path in study.folder.path.rglob("study.keys*"):
            seen[path.name if path.parent == study.folder.path else "in a backup"] = (
                path.stat().st_mode & 0o077
            )

    desk = study.sit("chen.lan", roles.COORDINATOR)
    made_one = backup.make_backup(desk, study.folder, None, look)
    study.leave()
    rehearsal = backup.rehearse(made_one.path, "chen.lan", PASSWORD, study.folder)
    backup.restore(made_one.path, study.folder, rehearsal, study.clock, accept_older=True)
    look("", 0)
    kept = [name for name in seen if name.endswith(".pre-restore")]
    assert seen == dict.fromkeys(["study.keys", "study.keys.old", "in a backup", *kept], 0)
    assert kept


def test_a_folder_that_cannot_be_written_is_said_when_a_study_is_opened(study: Study) -> None:
    study.leave()
    # A folder where the lock should be: as refused as a disk that may only be read.
    (study.folder.path / "study.lock").mkdir()
    with pytest.raises(StorageFailed) as refused:
        study.sit("chen.lan", roles.COORDINATOR)
    assert refused.value.code == "folder.not_writable"
