"""Where a live study may lie, how much room it has, and whether its file is still the one that was opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk import cli
from sle_desk.base.errors import StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store import disk
from sle_desk.models.store.database import connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, studies, study_place, subjects
from sle_desk.services.backup_file import verify_file

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 22 0:44 / /mnt/share rw,relatime shared:19 - cifs //server/share rw
37 22 0:45 / /mnt/with\\040blank rw shared:20 - nfs4 server:/x rw
38 36 8:2 / /mnt/share/local rw shared:21 - xfs /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/ward/study", "ext4"),
        ("/mnt/share", "cifs"),
        ("/mnt/share/study", "cifs"),
        ("/mnt/share/local/study", "xfs"),
        ("/mnt/with blank/study", "nfs4"),
        ("/mnt/shared", "ext4"),
    ],
)
def test_the_file_system_under_a_path_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert disk.file_system(Path(path), MOUNTS) == kind


@pytest.mark.parametrize("path", ["/mnt/share/study", "/mnt/with blank/study"])
def test_a_folder_of_another_computer_is_refused(path: str) -> None:
    with pytest.raises(StorageFailed, match=r"place\.network"):
        disk.check_local(Path(path), MOUNTS)
    disk.check_local(Path("/srv/ward/study"), MOUNTS)


@pytest.mark.parametrize("name", ["OneDrive - Hospital", "Dropbox", "我的坚果云", "iCloud Drive"])
def test_a_synchronised_folder_is_refused_for_the_study_and_taken_for_backups(
    tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    place.mkdir()
    with pytest.raises(StorageFailed, match=r"place\.synchronised"):
        study_place.study_place(str(place / "study"))
    assert study_place.backup_place(str(place), tmp_path / "elsewhere").path == place


def test_a_study_moved_into_a_synchronised_folder_is_not_opened(study: Study, tmp_path: Path) -> None:
    study.leave()
    there = tmp_path / "Dropbox"
    study.folder.path.rename(there)
    with pytest.raises(StorageFailed, match=r"place\.synchronised"):
        studies.unlock(there, "chen.lan", PASSWORD, study.clock)
    assert not (there / "study.lock").exists()


def test_a_backup_is_not_restored_to_a_synchronised_folder(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder)
    study.leave()
    there = tmp_path / "OneDrive - Hospital" / "study"
    rehearsal = backup.rehearse(made.path, "chen.lan", PASSWORD, StudyFolder(there))
    with pytest.raises(StorageFailed, match=r"place\.synchronised"):
        backup.restore(made.path, StudyFolder(there), rehearsal, study.clock)
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, PASSWORD)
    assert cli.main(["restore", str(made.path), str(there), "--user", "chen.lan"]) == cli.WRONG
    assert "which a program copies away" in capsys.readouterr().err
    assert not there.exists()


def test_a_backup_in_a_synchronised_folder_is_read_and_rehearsed(study: Study, tmp_path: Path) -> None:
    place = tmp_path / "Dropbox"
    place.mkdir()
    made = backup.make_backup(study.sit("chen.lan", roles.COORDINATOR), study.folder, place)
    study.leave()
    assert backup.rehearse(made.path, "chen.lan", PASSWORD, study.folder).verified.holds
    with backup.opened_read_only(made.path, "chen.lan", PASSWORD, study.clock) as reading:
        assert subjects.subjects(reading) == ()


def test_nothing_new_is_begun_on_a_full_disk() -> None:
    disk.require_room(disk.REFUSE_BELOW)
    with pytest.raises(StorageFailed, match=r"disk\.full"):
        disk.require_room(disk.REFUSE_BELOW - 1)


@pytest.mark.parametrize("act", ["deleted", "renamed", "replaced"])
def test_a_file_taken_away_while_open_is_noticed_and_what_was_saved_is_put_beside(
    study: Study, act: str
) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    path, number, key = study.folder.study, desk.head().number, desk.database.data_key
    if act == "deleted":
        path.unlink()
    else:
        os.replace(path, path.with_name("elsewhere.sled"))
    if act == "replaced":
        path.write_bytes(path.with_name("elsewhere.sled").read_bytes())
    for _ in range(2):
        with pytest.raises(StorageFailed, match=r"file\.replaced") as caught:
            subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    rescued = Path(str(caught.value.facts["rescued"]))
    verified = verify_file(rescued, key)
    assert (verified.faults, verified.number) == ((), number)
    assert [each.name for each in path.parent.glob("*rescued*")] == [rescued.name]
    connect(rescued, key).close()
    desk.close()
    study.unlocked.lock.release()  # type: ignore[union-attr]
    study.desk = study.unlocked = None


@pytest.mark.parametrize("name", ["Dropbox", "Mobile Documents/com~apple~CloudDocs", "WPS云盘"])
def test_a_study_is_not_created_in_a_synchronised_folder(tmp_path: Path, study: Study, name: str) -> None:
    there = tmp_path / name / "study"
    person = studies.NewPerson("xu.feng", "Xu Feng", PASSWORD)
    new = studies.NewStudy(there, person, studies.NewPerson("wu.min", "Wu Min", PASSWORD))
    with pytest.raises(StorageFailed, match=r"place\.synchronised"):
        studies.create_study(new, studies.new_recovery_key(), study.clock)
    assert not there.parent.exists()


@pytest.mark.parametrize("kind", ["9p", "vboxsf", "virtiofs"])
def test_a_folder_of_the_computer_around_a_virtual_one_is_refused(kind: str) -> None:
    with pytest.raises(StorageFailed, match=r"place\.network"):
        disk.check_local(Path("/mnt/host/study"), f"40 22 0:9 / /mnt/host rw - {kind} host rw\n")
