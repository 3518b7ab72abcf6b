"""Where a live study may lie, how much room it has, and whether its file is still the one that was opened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk import cli
from sle_desk.base.errors import RuleBroken, StorageFailed
from sle_desk.domain import roles
from sle_desk.models.store import disk
from sle_desk.models.store.database import Database, connect
from sle_desk.models.store.folder import StudyFolder
from sle_desk.services import backup, drafts, keys_change, studies, study_place, subjects
from sle_desk.services.backup_file import verify_file
from sle_desk.services.desk import Desk

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


@pytest.mark.parametrize(
    ("kind", "elsewhere"),
    [
        *(
            (kind, False)
            for kind in ("ext4", "xfs", "ntfs3", "fuseblk", "fuse.ntfs-3g", "fuse.gocryptfs", "")
        ),
        *(
            (kind, True)
            for kind in ("nfs4", "beegfs", "vmhgfs", "fuse.vmhgfs-fuse", "fuse.juicefs", "fuse.new")
        ),
    ],
)
def test_what_a_program_keeps_may_be_on_another_computer(kind: str, elsewhere: bool) -> None:
    assert disk.is_elsewhere(kind) == elsewhere


@pytest.mark.parametrize(
    "name",
    [
        "OneDrive - Hospital",
        "Dropbox",
        "我的坚果云",
        "iCloud Drive",
        "SynologyDrive",
        "WPS云文档",
        "MEGA",
        "微云同步",
    ],
)
def test_a_synchronised_folder_is_refused_for_the_study_and_taken_for_backups(
    tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    place.mkdir()
    with pytest.raises(StorageFailed, match=r"place\.synchronised"):
        study_place.study_place(str(place / "study"))
    assert study_place.backup_place(str(place), tmp_path / "elsewhere").path == place


def test_a_short_name_within_another_word_is_no_synchronised_folder(tmp_path: Path) -> None:
    disk.check_local(tmp_path / "omega mailbox")


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
    made = backup.make_backup(study.sit("xu.feng", roles.ADMINISTRATOR), study.folder, place)
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


def older_copied_over(study: Study) -> Desk:
    """Copy an older file over the open one in place, as cp does: the file keeps its number on the disk."""
    older = study.folder.study.read_bytes()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subjects.register_subject(desk, someone())
    study.folder.study.write_bytes(older)
    return desk


def gone(study: Study) -> None:
    """Leave a desk whose file is not its own any more."""
    assert study.desk is not None and study.unlocked is not None
    study.desk.close()
    study.unlocked.lock.release()
    study.desk = study.unlocked = None


def test_an_older_file_copied_over_the_open_one_is_noticed_before_anything_more_is_saved(
    study: Study,
) -> None:
    desk = older_copied_over(study)
    before = study.folder.study.read_bytes()
    for _ in range(2):
        with pytest.raises(StorageFailed, match=r"file\.replaced") as caught:
            subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert study.folder.study.read_bytes() == before
    if caught.value.code == "file.replaced":
        # Told as kept only where it is whole up to the last entry.
        verified = verify_file(Path(str(caught.value.facts["rescued"])), desk.database.data_key)
        assert (verified.faults, verified.number) == ((), desk.database.last_number)
    gone(study)


def test_what_could_not_be_put_beside_whole_is_not_called_kept(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = study.folder.path.parent / "older.sled"
    shutil.copyfile(study.folder.study, older)
    desk = older_copied_over(study)
    # As if nothing of the file had been in memory any more: what is copied is the older one.
    monkeypatch.setattr(Database, "copy_to", lambda self, target: shutil.copyfile(older, target))
    with pytest.raises(StorageFailed) as caught:
        subjects.register_subject(desk, someone(initials="LXM", identity_number=""))
    assert caught.value.code == "file.replaced_lost"
    gone(study)


@pytest.mark.parametrize("how", ["taken away", "written over"])
def test_drafts_refusals_a_new_key_and_a_copy_look_at_the_file_too(study: Study, how: str) -> None:
    if how == "taken away":
        desk = study.sit("chen.lan", roles.COORDINATOR)
        os.replace(study.folder.study, study.folder.path / "elsewhere.sled")
    else:
        desk = older_copied_over(study)
    key = desk.database.data_key
    for act in (
        lambda: drafts.keep_draft(desk, drafts.Place("visit"), "note", "typed since"),
        lambda: desk.refuse("people.create", RuleBroken("login.taken", login="x")),
        lambda: desk.rekey(b"z" * 32),
        desk.vacuum,
        lambda: desk.snapshot(study.folder.path / "copy.sled"),
    ):
        with pytest.raises(StorageFailed, match=r"file\.replaced"):
            act()
    assert desk.database.data_key == key
    gone(study)


def test_our_own_writes_are_no_foreign_ones(study: Study, tmp_path: Path) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    for number in range(3):
        drafts.keep_draft(desk, drafts.Place("visit"), "note", f"typed {number}" * 2000)
        desk.note("setting.record", {"number": number})
        desk.refuse("people.create", RuleBroken("login.taken", login="x"))
    desk.vacuum()
    desk.note("setting.record", {})
    keys_change.change_data_key(desk, study.folder)
    desk.note("setting.record", {})
    with pytest.raises(RuleBroken), desk.change("setting.record") as change:
        change.event("setting.record", {"text": "much" * 1_000_000})
        change.session.flush()
        raise RuleBroken("login.taken", login="x")
    desk.note("setting.record", {})
    backup.make_backup(desk, study.folder, tmp_path)
    study.leave()


def saves(study: Study, desk: Desk) -> None:
    """Save something, often enough that the file has some pages more."""
    for number in range(3):
        desk.note("setting.record", {"number": number, "text": "x" * 3000})


def test_a_file_that_was_only_touched_is_no_foreign_write(study: Study) -> None:
    desk = study.sit("xu.feng", roles.ADMINISTRATOR)
    saves(study, desk)
    path = study.folder.study
    for moment in ((1, 1), (2_000_000_000, 2_000_000_000)):
        os.utime(path, moment)
        saves(study, desk)
        os.utime(path, moment)
        desk.snapshot(study.folder.path / f"copy-{moment[0]}.sled")
    subprocess.run(["touch", str(path)], check=True)
    saves(study, desk)
    # Our own lock on the file is held still: looking into it gave none of it up.
    with pytest.raises(StorageFailed, match=r"file\.held"):
        in_another_process(path, desk.database.data_key)
    study.leave()
    study.sit("xu.feng", roles.ADMINISTRATOR)


def in_another_process(path: Path, key: bytes) -> None:
    """Open the file in another process; StorageFailed where it is locked."""
    asked = (
        "import sys, pathlib\nfrom sle_desk.models.store.database import connect\n"
        "connect(pathlib.Path(sys.argv[1]), bytes.fromhex(sys.argv[2])).close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, str(path), key.hex()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StorageFailed(done.stderr.strip().rpartition("StorageFailed: ")[2].split(" ")[0])


PAGE = 4096


def page_of(content: bytes, number: int) -> bytes:
    """Return one page of a file, counted from 0."""
    return content[number * PAGE : (number + 1) * PAGE]


def put_back_whole(path: Path, before: bytes) -> None:
    """Copy what was there before over the file, at the length it has now."""
    path.write_bytes(before.ljust(path.stat().st_size, b"\0"))


def put_back_pages(path: Path, before: bytes) -> None:
    """Put pages of before into the file, each whole under its own seal, and leave the first as it is."""
    now = path.read_bytes()
    changed = [
        number for number in range(1, len(before) // PAGE) if page_of(now, number) != page_of(before, number)
    ]
    assert changed
    with path.open("r+b") as stream:
        for number in changed:
            stream.seek(number * PAGE)
            stream.write(page_of(before, number))


def flip(path: Path, before: bytes) -> None:
    """Change one byte in the middle of the file."""
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        found = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([found ^ 1]))


def put_back_with_its_time(path: Path, before: bytes) -> None:
    """Copy what was there before over the file, and set the time of the last change to that of ours."""
    ours = path.stat().st_mtime_ns
    put_back_whole(path, before)
    os.utime(path, ns=(ours, ours))


@pytest.mark.parametrize("write", [put_back_whole, put_back_with_its_time, put_back_pages, flip])
def test_what_somebody_else_wrote_into_the_open_file_is_noticed_at_the_next_save(
    study: Study, write: Callable[[Path, bytes], None]
) -> None:
    desk, path = study.sit("xu.feng", roles.ADMINISTRATOR), study.folder.study
    saves(study, desk)
    # Of this very session, after its first save; the next one finds room in the pages that are there.
    before = path.read_bytes()
    desk.note("setting.record", {})
    assert path.stat().st_size == len(before)
    write(path, before)
    with pytest.raises(StorageFailed, match=r"file\.replaced"):
        saves(study, desk)
    gone(study)


def test_where_times_say_nothing_a_copy_of_before_is_told_too(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on Windows.
    monkeypatch.setattr(disk, "_KEEPS_TIMES", False)
    desk, path = study.sit("xu.feng", roles.ADMINISTRATOR), study.folder.study
    saves(study, desk)
    before = path.read_bytes()
    desk.note("setting.record", {})
    put_back_whole(path, before)
    with pytest.raises(StorageFailed, match=r"file\.replaced"):
        saves(study, desk)
    gone(study)
